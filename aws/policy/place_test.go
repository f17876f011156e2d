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
		{"two in a row", "<<EOF\n" + text("${var.a}${var.b}") + "EOF", text("x\xff"), found},
		{"an escaped interpolation", "<<EOF\n" + text("home/$${aws:username}") + "EOF", text("home/${aws:username}"), found},
		{"a block of YAML", "|\n        {\n          \"Resource\": \"x\",\n          \"Action\": \"s3:*\"\n        }\n", text("x"), found},
		{"a block with a tag", "!Sub |\n        {\n          \"Resource\": \"${B.Arn}\",\n          \"Action\": \"s3:*\"\n        }", text("\xff"), found},
		{"a tag alone", "!Sub '{\"Action\": \"s3:*\"}'", `{"Action": "s3:*"}`, found},
		{"carriage returns", "<<EOF\r\n" + strings.ReplaceAll(text("x"), "\n", "\r\n") + "EOF", text("x"), found},
	} {
		t.Run(c.name, func(t *testing.T) {
			offsets := align(c.raw, c.text)
			if offsets == nil {
				t.Fatal("the source was not followed")
			}
			start := strings.Index(c.text, `"s3:*"`)
			end := start + len(`"s3:*"`)
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

// Text that the source does not spell has no place of its own.
func TestAlignGivesUp(t *testing.T) {
	for raw, text := range map[string]string{"": "x", "var.policy": `{"Action": "*"}`, "<<EOF\nEOF": "{}", "!": "x", "!Sub": "x", "${": "\xffx"} {
		if got := align(raw, text); got != nil {
			t.Errorf("align(%q, %q) = %v", raw, text, got)
		}
	}
}
