package source

import (
	"strings"
	"testing"
)

// place returns a set with one file, and the span between the two bars of text,
// which are not part of the file.
func place(t *testing.T, text string) (*FileSet, Span) {
	t.Helper()
	before, rest, ok := strings.Cut(text, "|")
	inner, after, ok2 := strings.Cut(rest, "|")
	if !ok || !ok2 {
		t.Fatalf("%q lacks two bars", text)
	}
	fs := NewFileSet()
	if _, err := fs.Add("other.tf", []byte("x\n")); err != nil {
		t.Fatal(err)
	}
	f, err := fs.Add("main.tf", []byte(before+inner+after))
	if err != nil {
		t.Fatal(err)
	}
	return fs, f.Span(len(before), len(before)+len(inner))
}

func TestRegion(t *testing.T) {
	tests := map[string]struct {
		text           string
		line, from, to int
	}{
		"a value":                      {"a = 1\nb = |false|\n", 2, 5, 10},
		"code points, not bytes":       {"é = \"日\" b = |x|\n", 1, 13, 14},
		"after a byte order mark":      {"\ufeffa = |1|\n", 1, 5, 6},
		"from a byte order mark":       {"|\ufeffa = 1|\n", 1, 1, 6},
		"several lines":                {"|resource \"a\" \"b\" {  \n  x = 1\n}|\n", 1, 1, 19},
		"several lines, CRLF":          {"|x {\r\n}|\r\n", 1, 1, 4},
		"a missing part":               {"  ||resource \"a\" {  \n}\n", 1, 3, 17},
		"a missing part in the indent": {"||  Type: X\n", 1, 3, 10},
		"behind the text":              {"ab  ||  \n", 1, 1, 3},
		"a blank line":                 {"a\n|\n|b\n", 2, 1, 1},
		"the end of the file":          {"a\n||", 2, 1, 1},
		"an empty file":                {"||", 1, 1, 1},
		"no line feed at the end":      {"a = |1|", 1, 5, 6},
		"invalid UTF-8":                {"\xff\xfe = |1|\n", 1, 6, 7},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			fs, sp := place(t, tt.text)
			got, ok := fs.Region(sp)
			want := Region{"main.tf", tt.line, tt.from, tt.to}
			if !ok || got != want {
				t.Errorf("got %+v (%v), want %+v", got, ok, want)
			}
		})
	}
	if _, ok := NewFileSet().Region(Span{}); ok {
		t.Error("an invalid span has a region")
	}
}

func TestExcerpt(t *testing.T) {
	tests := map[string]struct {
		text, want, under string
	}{
		"a value":        {"a = |1|\n", "a = 1", "    ^"},
		"tabs":           {"\t\tx = |false|\n", "        x = false", "            ^^^^^"},
		"a tab inside":   {"ab\t= |1|\n", "ab  = 1", "      ^"},
		"wide before":    {"日本 = |no|\n", "日本 = no", "       ^^"},
		"wide marked":    {"a = |日本|\n", "a = 日本", "    ^^^^"},
		"combining":      {"e\u0301 = |x|\n", "e\u0301 = x", "    ^"},
		"an emoji":       {"🚀 = |x|\n", "🚀 = x", "     ^"},
		"escape":         {"a\x1b[31m = |x|\n", "a\uFFFD[31m = x", "         ^"},
		"reordering":     {"a\u202e = |x|\n", "a\uFFFD = x", "     ^"},
		"header":         {"||resource \"a\" {\n}\n", "resource \"a\" {", "^^^^^^^^^^^^^^"},
		"a blank line":   {"a\n||\n", "", "^"},
		"carriage ends":  {"a = |1|\r\n", "a = 1", "    ^"},
		"multiple lines": {"a = |[\n1]|\n", "a = [", "    ^"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			fs, sp := place(t, tt.text)
			e, ok := fs.Excerpt(sp)
			if !ok || e.Text != tt.want || e.Underline("^") != tt.under {
				t.Errorf("got\n%s\n%s\nwant\n%s\n%s", e.Text, e.Underline("^"), tt.want, tt.under)
			}
		})
	}
}

func TestExcerptOfLongLines(t *testing.T) {
	for name, text := range map[string]string{
		"at the start":  "|bad|" + strings.Repeat(" abc", 5000),
		"in the middle": strings.Repeat("abc ", 5000) + "|bad|" + strings.Repeat(" abc", 5000),
		"at the end":    strings.Repeat("日本 ", 5000) + "|bad|",
		"all of it":     "|bad" + strings.Repeat("日", 5000) + "|",
	} {
		t.Run(name, func(t *testing.T) {
			fs, sp := place(t, text)
			e, _ := fs.Excerpt(sp)
			if w := TextWidth(e.Text); w > excerptWidth {
				t.Errorf("%d columns wide", w)
			}
			column := 0
			var marked strings.Builder
			for _, r := range e.Text {
				if column >= e.Indent && column < e.Indent+e.Width {
					marked.WriteRune(r)
				}
				column += runeWidth(r)
			}
			if !strings.HasPrefix(marked.String(), "bad") {
				t.Errorf("marked %q in %q", marked.String(), e.Text)
			}
		})
	}
}

func TestExcerptHides(t *testing.T) {
	fs, sp := place(t, "password = |\"hunter2\"| # old\n")
	for name, hide := range map[string]Span{"all": sp, "more": {sp.Pos - 2, sp.End}} {
		e, _ := fs.Excerpt(sp, hide)
		if strings.Contains(e.Text, "hunter") || !strings.Contains(e.Text, hiddenText) || !strings.HasSuffix(e.Text, "# old") {
			t.Errorf("%s: got %q", name, e.Text)
		}
	}
	e, _ := fs.Excerpt(sp, sp)
	if got, want := e.Underline("^"), "           ^^^^^^^^"; got != want {
		t.Errorf("underline %q, want %q", got, want)
	}
}

func TestPrintable(t *testing.T) {
	if got, want := Printable("a\r\nb\tc\x1b[0m\u2066é"), "a b c\uFFFD[0m\uFFFDé"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
