package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// outline writes a tree with the line and column of each scalar.
func outline(set *source.FileSet, n *syntax.Node, name string, b *strings.Builder) {
	for _, p := range n.Pairs {
		outline(set, p.Value, name+"/"+p.Key, b)
	}
	for i, item := range n.Items {
		outline(set, item, fmt.Sprintf("%s/%d", name, i), b)
	}
	if n.IsScalar() {
		at := set.Position(n.Span.Pos)
		fmt.Fprintf(b, "%s %s %q %d:%d\n", name, n.Kind, n.Text, at.Line, at.Column)
	}
}

func TestTOML(t *testing.T) {
	set := source.NewFileSet()
	f, err := set.Add("samconfig.toml", []byte("\xef\xbb\xbfversion = 0.1 # comment\n"+`
top.dotted = 'a\b'
[default.deploy.parameters]
flag = true
list = [ "x", # why
  'y' ]
table = {A = 1, "B C".D = 2024-01-02}
"quoted" = "é\t\u00e9"

[[many]]
a = 1
[[many]]
a = 2
[many.below]
b = 3
`))
	if err != nil {
		t.Fatal(err)
	}
	root, diags := syntax.ParseTOML(f)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	var b strings.Builder
	outline(set, root, "", &b)
	want := `/version number "0.1" 1:11
/top/dotted string "a\\b" 3:14
/default/deploy/parameters/flag bool "true" 5:8
/default/deploy/parameters/list/0 string "x" 6:10
/default/deploy/parameters/list/1 string "y" 7:3
/default/deploy/parameters/table/A number "1" 8:14
/default/deploy/parameters/table/B C/D string "2024-01-02" 8:27
/default/deploy/parameters/quoted string "é\té" 9:12
/many/0/a number "1" 12:5
/many/1/a number "2" 14:5
/many/1/below/b number "3" 16:5
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
}

// The pieces of a string are found where they stand.
func TestPlacesInTOML(t *testing.T) {
	for _, text := range []string{
		`x = "A=\"1\" «B=2»"`,
		`x = 'A="1" «B=2»'`,
		"x = \"\"\"\n  A=1\n  «B=2»\n\"\"\"",
		"x = \"\"\"A=1 \\\n\n    «B=2»\"\"\"",
		"x = '''\r\nA=\\1\r\n«B=2» '''",
		`x = "\u00e9\U0001F680 «B=2»"`,
		`x = """"A" «B=2»""""`,
	} {
		start := strings.Index(text, "«")
		end := strings.Index(text, "»") - len("«")
		set := source.NewFileSet()
		f, err := set.Add("samconfig.toml", []byte(strings.NewReplacer("«", "", "»", "").Replace(text)))
		if err != nil {
			t.Fatal(err)
		}
		root, diags := syntax.ParseTOML(f)
		if len(diags) > 0 {
			t.Errorf("%s: %v", text, diags)
			continue
		}
		n := root.Get("x")
		i := strings.Index(n.Text, "B=2")
		got := n.Slice(i, i+len("B=2"))
		if f.Offset(got.Pos) != start || f.Offset(got.End) != end {
			t.Errorf("%s: %q is at %d to %d, want %d to %d", text, n.Text, f.Offset(got.Pos), f.Offset(got.End), start, end)
		}
	}
}

func TestBrokenTOML(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a = 1\nb = ", "2 invalid TOML: expected value, not end of input"},
		{"a = 1\n[b\nc = 1", "2 invalid TOML: "},
		{"a = 1\nb = \"x\n", "2 invalid TOML: "},
		{"[a]\nb = 1\n[a]\n", "3 invalid TOML: "},
		{"a = 1\n\na = 2\n", "3 invalid TOML: "},
		{"[", "1 invalid TOML: "},
		{"\xff\xfe[", "1 the file is encoded in UTF-16"},
	} {
		set := source.NewFileSet()
		f, err := set.Add("samconfig.toml", []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		root, diags := syntax.ParseTOML(f)
		if root != nil || len(diags) != 1 {
			t.Errorf("%q: %v %v", c.text, root, diags)
			continue
		}
		got := fmt.Sprintf("%d %s", set.Position(diags[0].Span.Pos).Line, diags[0].Message)
		if !strings.HasPrefix(got, c.want) || strings.Contains(got, "x00") {
			t.Errorf("%q: %s", c.text, got)
		}
		t.Log(got)
	}
}

func FuzzTOML(f *testing.F) {
	f.Add("a = 1\n[b.c]\nd = ['x', {e = 1}]\n")
	f.Add("x = \"\"\"\n A=1 \\\n B=2\"\"\"")
	f.Add("a.b = 1\n[[c]]\n[c.d]\n")
	f.Fuzz(func(t *testing.T, text string) {
		set := source.NewFileSet()
		file, err := set.Add("samconfig.toml", []byte(text))
		if err != nil {
			t.Skip("not a text that a scan takes:", err)
		}
		root, diags := syntax.ParseTOML(file)
		if root == nil {
			if len(diags) == 0 {
				t.Error("nothing is read, and nothing is said")
			}
			return
		}
		var walk func(n *syntax.Node)
		walk = func(n *syntax.Node) {
			if n.Span.Pos < file.Whole().Pos || n.Span.End > file.Whole().End || n.Span.End < n.Span.Pos {
				t.Fatalf("%q lies outside of the file: %v", n.Text, n.Span)
			}
			for i := range n.Text {
				if at := n.Slice(i, len(n.Text)); at.Pos < n.Span.Pos || at.End > n.Span.End {
					t.Fatalf("%q[%d:] lies outside of the text", n.Text, i)
				}
			}
			for _, p := range n.Pairs {
				walk(p.Value)
			}
			for _, item := range n.Items {
				walk(item)
			}
		}
		walk(root)
	})
}
