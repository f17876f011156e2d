package policy

import (
	"strings"
	"testing"
)

// The source of a text spells it in different ways; each part of the text is
// found where it is spelled.
func TestAlign(t *testing.T) {
	const found = `"s3:*"`
	text := func(hole string) string { return "{\n  \"Resource\": \"" + hole + "\",\n  \"Action\": \"s3:*\"\n}\n" }
	for _, c := range []struct{ name, raw, text, want string }{
		{"a heredoc", "<<EOF\n" + text("x") + "EOF", text("x"), found},
		{"an indented heredoc", "<<-EOF\n    {\n      \"Resource\": \"x\",\n      \"Action\": \"s3:*\"\n    }\n  EOF", text("x"), found},
		{"a quoted string", `"{ \"Action\": \"s3:*\" }"`, `{ "Action": "s3:*" }`, `\"s3:*\"`},
		{"a quoted string with line feeds", `"{\n \"Action\":\t\"s3:*\" }"`, "{\n \"Action\":\t\"s3:*\" }", `\"s3:*\"`},
		{"a hole", "<<EOF\n" + text("${aws_s3_bucket.b[\"x\"].arn}/*") + "EOF", text("\xff/*"), found},
		{"a hole that is known", "<<EOF\n" + text("${var.arn}/*") + "EOF", text("arn:aws:s3:::b/*"), found},
		{"a hole in what is known", "<<EOF\n" + text("${var.bucket}/*") + "EOF", text("b-\xff-c/*"), found},
		{"two in a row", "<<EOF\n" + text("${var.a}${var.b}") + "EOF", text("x\xff"), found},
		{"an escaped interpolation", "<<EOF\n" + text("home/$${aws:username}") + "EOF", text("home/${aws:username}"), found},
		{"a block of YAML", "|\n        {\n          \"Resource\": \"x\",\n          \"Action\": \"s3:*\"\n        }\n", text("x"), found},
		{"a block with a tag", "!Sub |\n        {\n          \"Resource\": \"${B.Arn}\",\n          \"Action\": \"s3:*\"\n        }", text("\xff"), found},
		{"a tag alone", "!Sub '{\"Action\": \"s3:*\"}'", `{"Action": "s3:*"}`, found},
		{"carriage returns", "<<EOF\r\n" + strings.ReplaceAll(text("x"), "\n", "\r\n") + "EOF", text("x"), found},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := align(c.raw, c.text)
			offsets := s.offsets
			if offsets == nil {
				t.Fatal("the source was not followed")
			}
			start := strings.Index(c.text, `"s3:*"`)
			end := start + len(`"s3:*"`)
			if !s.literal(start, end) {
				t.Error("it is not written as such")
			}
			from, to := offsets[start], offsets[end-1]+1
			if c.raw[from] == '\\' {
				to++ // the last quote is two bytes
			}
			if got := c.raw[from:to]; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// What an interpolation puts into a text is not written as such.
func TestLiteral(t *testing.T) {
	const raw, text = "<<EOF\n{\"Action\": \"${var.service}:*\", \"Resource\": \"${aws_s3_bucket.b.arn}\"}\nEOF", "{\"Action\": \"s3:*\", \"Resource\": \"\xff\"}\n"
	s := align(raw, text)
	for part, want := range map[string]bool{`"Action"`: true, `"s3:*"`: false, `:*"`: true, `"Resource"`: true, "\"\xff\"": false} {
		start := strings.Index(text, part)
		if got := s.literal(start, start+len(part)); got != want {
			t.Errorf("%s is written as such: %v", part, got)
		}
	}
}

// Text that the source does not spell has no place of its own.
func TestAlignGivesUp(t *testing.T) {
	for raw, text := range map[string]string{"": "x", "var.policy": `{"Action": "*"}`, "<<EOF\nEOF": "{}", "!": "x", "!Sub": "x", "${": "\xffx"} {
		if got := align(raw, text); got.offsets != nil {
			t.Errorf("align(%q, %q) = %v", raw, text, got)
		}
	}
}
