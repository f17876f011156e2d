package syntax

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wacheck/wacheck/source"
)

// checkTree fails unless every span of the tree lies in the file, and within the
// span of the collection that holds it.
func checkTree(t *testing.T, f *source.File, n *Node) {
	t.Helper()
	if n == nil {
		t.Fatal("nil node")
	}
	checkNode(t, f, n)
	for _, item := range n.Items {
		checkChild(t, f, n, item)
	}
	for i, p := range n.Pairs {
		if !f.Whole().Contains(p.KeySpan) || n.style != styleAlias && !n.Span.Contains(p.KeySpan) {
			t.Fatalf("key %q at %v outside of its mapping %v", p.Key, p.KeySpan, n.Span)
		}
		for _, q := range n.Pairs[:min(i, 3)] {
			if p.Key == q.Key {
				t.Fatalf("key %q is there twice", p.Key)
			}
		}
		checkChild(t, f, n, p.Value)
	}
}

func checkChild(t *testing.T, f *source.File, n, child *Node) {
	t.Helper()
	if n.style == styleAlias {
		return // what it refers to was checked there
	}
	if !n.Span.Contains(child.Extent()) {
		t.Fatalf("%s %v outside of its parent %v", child.Kind, child.Extent(), n.Span)
	}
	checkTree(t, f, child)
}

func checkNode(t *testing.T, f *source.File, n *Node) {
	t.Helper()
	whole := f.Whole()
	if !whole.Contains(n.Span) || n.Span.End < n.Span.Pos {
		t.Fatalf("%s at %v outside of the file %v", n.Kind, n.Span, whole)
	}
	if n.TagSpan.IsValid() && (!whole.Contains(n.TagSpan) || n.TagSpan.End > n.Span.Pos) {
		t.Fatalf("tag %s at %v does not stand before its value %v", n.Tag, n.TagSpan, n.Span)
	}
	if !n.IsScalar() && n.Text != "" {
		t.Fatalf("%s with text %q", n.Kind, n.Text)
	}
	if !n.IsScalar() || !utf8.Valid(f.Content) { // replaced bytes can't be traced
		return
	}
	last := n.Span.Pos
	for i := range min(len(n.Text)+1, 200) {
		p := n.Inner(i)
		if !n.Span.Contains(source.Span{Pos: p, End: p}) || p < last {
			t.Fatalf("byte %d of %q at %d, outside of %v or before %d", i, n.Text, p, n.Span, last)
		}
		last = p
	}
	if sp := n.Slice(0, len(n.Text)); !n.Span.Contains(sp) {
		t.Fatalf("text %q at %v, outside of %v", n.Text, sp, n.Span)
	}
	if n.style == stylePlain || n.style == styleSingle || n.style == styleDouble || n.style == styleJSON {
		if _, _, ok := n.locate(len(n.Text), len(n.Text)); !ok {
			t.Fatalf("no place in %v for %q", n.Span, n.Text)
		}
		if got := decoded(n, f.Content); got != n.Text {
			t.Fatalf("the source of %v decodes to %q, not %q", n.Span, got, n.Text)
		}
	}
}

// decoded puts the text of a scalar together from its source.
func decoded(n *Node, content []byte) string {
	var b strings.Builder
	from, to := n.file.Offset(n.Span.Pos), n.file.Offset(n.Span.End)
	unitsOf(n.style, content, from, to, n.Text)(func(u unit) bool {
		b.WriteString(n.Text[u.dec:u.decEnd])
		return true
	})
	return b.String()
}

func parse(t testing.TB, name, text string) (*source.File, []*Node, []source.Diagnostic) {
	t.Helper()
	f, err := source.NewFileSet().Add(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	docs, diags := Parse(f)
	return f, docs, diags
}

// FuzzParse finds input that makes the reader panic, or spans that are not where
// they should be.
func FuzzParse(f *testing.F) {
	seeds, err := filepath.Glob("testdata/seed/*")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range seeds {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b), strings.HasSuffix(name, ".json"))
	}
	for _, tt := range spanTests {
		f.Add(strings.NewReplacer("«", "", "»", "").Replace(tt.text), false)
	}
	f.Fuzz(func(t *testing.T, text string, asJSON bool) {
		name := "t.yaml"
		if asJSON {
			name = "t.json"
		}
		LooksLikeTemplate(name, []byte(text))
		file, docs, diags := parse(t, name, text)
		for _, d := range docs {
			checkTree(t, file, d)
		}
		for _, d := range diags {
			if !file.Whole().Contains(d.Span) || d.Message == "" {
				t.Fatalf("diagnostic %+v", d)
			}
		}
		if len(docs) == 0 && len(diags) == 0 && hasContent(text) {
			t.Fatal("neither a document nor a diagnostic")
		}
	})
}

// hasContent reports whether a text has more than blanks, comments and markers.
func hasContent(text string) bool {
	for _, line := range strings.FieldsFunc(strings.TrimPrefix(text, "\ufeff"), func(r rune) bool { return strings.ContainsRune("\n\r\u0085\u2028\u2029", r) }) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "...") && !strings.HasPrefix(line, "%") && line != "\ufeff" {
			return true
		}
	}
	return false
}
