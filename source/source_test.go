package source_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/wacheck/wacheck/source"
)

func add(t testing.TB, fs *source.FileSet, path, text string) *source.File {
	t.Helper()
	f, err := fs.Add(path, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPosition(t *testing.T) {
	fs := source.NewFileSet()
	first := add(t, fs, "a.tf", "x = 1\r\né = \"日本\"\nlast")
	second := add(t, fs, "b.tf", "\ufeffy = 2\n")
	empty := add(t, fs, "c.tf", "")
	for _, tt := range []struct {
		f      *source.File
		offset int
		want   string
	}{
		{first, 0, "a.tf:1:1"},
		{first, 4, "a.tf:1:5"},
		{first, 7, "a.tf:2:1"},
		{first, strings.Index(string(first.Content), "\""), "a.tf:2:5"}, // code points, not bytes
		{first, strings.Index(string(first.Content), "本"), "a.tf:2:7"},
		{first, len(first.Content), "a.tf:3:5"},
		{first, len(first.Content) + 50, "a.tf:3:5"}, // moved to the edge, not into the next file
		{second, 3, "b.tf:1:1"},                      // behind the byte order mark
		{second, 7, "b.tf:1:5"},
		{empty, 0, "c.tf:1:1"},
	} {
		if got := fs.Position(tt.f.Span(tt.offset, tt.offset).Pos).String(); got != tt.want {
			t.Errorf("offset %d of %s is at %s, want %s", tt.offset, tt.f.Path, got, tt.want)
		}
	}
	if got := fs.Position(0).String(); got != "" {
		t.Errorf("nowhere is at %q", got)
	}
	if first.Lines() != 3 || first.Line(2) != `é = "日本"` || first.Line(1) != "x = 1" || first.Line(3) != "last" || first.Line(4) != "" || first.Line(0) != "" {
		t.Errorf("%d lines; the second is %q", first.Lines(), first.Line(2))
	}
}

func TestSpans(t *testing.T) {
	fs := source.NewFileSet()
	f := add(t, fs, "a.tf", "0123456789")
	outer, inner, across := f.Span(2, 8), f.Span(3, 8), f.Span(1, 4)
	if !outer.Contains(inner) || outer.Contains(across) || inner.Contains(outer) || outer.Contains(source.Span{}) || (source.Span{}).Contains(outer) {
		t.Error("a span holds what does not lie in it, or lacks what does")
	}
	if h := outer.Head(); h.Pos != h.End || h.Pos != outer.Pos || !outer.Contains(h) {
		t.Errorf("the head of %v is %v", outer, h)
	}
	if got := f.Span(8, 2); got.End < got.Pos {
		t.Errorf("a span that ends before it begins is %v", got)
	}
	if got, want := f.Whole(), f.Span(-5, 99); got != want {
		t.Errorf("beyond the edges lies %v, not %v", want, got)
	}
}

func TestFileSet(t *testing.T) {
	fs := source.NewFileSet()
	a := add(t, fs, "a.tf", "aaa")
	b := add(t, fs, "b.tf", "bbb")
	if again := add(t, fs, "a.tf", "other"); again != a {
		t.Error("a path was added twice")
	}
	if fs.Lookup("b.tf") != b || fs.Lookup("c.tf") != nil || len(fs.Files()) != 2 {
		t.Error("files are not found by path")
	}
	// The end of a file belongs to it, not to the next one.
	if fs.File(a.Whole().End) != a || fs.File(b.Whole().Pos) != b || fs.File(0) != nil {
		t.Error("positions lead to other files")
	}
	var none *source.FileSet
	if none.File(3) != nil {
		t.Error("no set has a file")
	}
}

func TestLess(t *testing.T) {
	fs := source.NewFileSet()
	z := add(t, fs, "z.tf", "zzzz")
	a := add(t, fs, "a.tf", "aaaa")
	order := []source.Span{{}, a.Span(0, 1), a.Span(0, 2), a.Span(1, 1), z.Span(0, 1)}
	for i := range order {
		for j := range order {
			if got := fs.Less(order[i], order[j]); got != (i < j) {
				t.Errorf("%v before %v: %v", order[i], order[j], got)
			}
		}
	}
}

func TestFileSetIsSafe(t *testing.T) {
	fs := source.NewFileSet()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				f, err := fs.Add(fmt.Sprintf("%d-%d.tf", i, j), []byte("x\ny\n"))
				if err != nil {
					t.Error(err)
					return
				}
				if p := fs.Position(f.Span(2, 3).Pos); p.Path != f.Path || p.Line != 2 {
					t.Errorf("%s has its second line at %v", f.Path, p)
				}
			}
		})
	}
	wg.Wait()
}

// Every character of every file has one place, and places are in the order of bytes.
func TestPositionsAreInOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		fs := source.NewFileSet()
		for i := range rapid.IntRange(1, 4).Draw(r, "files") {
			content := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "\n", "\r\n", "é", "日", "\xff", "\t"}), 0, 30).Draw(r, "content")
			if _, err := fs.Add(fmt.Sprint(i, ".tf"), []byte(strings.Join(content, ""))); err != nil {
				r.Fatal(err)
			}
		}
		for _, f := range fs.Files() {
			line, column := 1, 0
			for off := 0; off <= len(f.Content); {
				_, size := utf8.DecodeRune(f.Content[off:])
				pos := f.Span(off, off).Pos
				if fs.File(pos) != f || f.Offset(pos) != off {
					r.Fatalf("byte %d of %s lies elsewhere", off, f.Path)
				}
				p := fs.Position(pos)
				if p.Line < line || p.Line == line && p.Column < column || p.Line > f.Lines() || p.Column < 1 {
					r.Fatalf("byte %d of %q is at %v, the one before it at %d:%d", off, f.Content, p, line, column)
				}
				line, column = p.Line, p.Column
				off += max(size, 1)
			}
		}
	})
}

func TestTree(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("tree/in.tf", "in")
	write("tree/sub/deep.tf", "deep")
	write("tree-2/out.tf", "out")
	links := map[string]string{"tree/inside.tf": "in.tf", "tree/outside.tf": "../tree-2/out.tf", "tree/up": "..", "tree/gone.tf": "nowhere"}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	tree, err := source.NewTree(filepath.Join(dir, "tree"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"in.tf": "in", "./sub/../in.tf": "in", "sub/deep.tf": "deep", "inside.tf": "in"} {
		if got, err := tree.Read(name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"../tree-2/out.tf", "..", "/etc/passwd", "outside.tf", "up/tree-2/out.tf", "sub/../../tree-2/out.tf"} {
		if _, err := tree.Read(name); !errors.Is(err, source.ErrOutside) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"none.tf", "gone.tf", "sub/none.tf"} {
		_, err := tree.Read(name)
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(fmt.Sprint(err), dir) {
			t.Errorf("%s: the error names this machine's directory: %v", name, err)
		}
	}
	if _, err := tree.Read("sub"); err == nil {
		t.Error("a directory can be read like a file")
	}
	if entries, err := tree.ReadDir("sub"); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	if _, err := tree.ReadDir(".."); !errors.Is(err, source.ErrOutside) {
		t.Errorf("what lies above can be listed: %v", err)
	}
	if _, err := source.NewTree(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a tree grows from nothing")
	}
}

func TestTreeRefusesLargeFiles(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "large.tf"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(source.MaxFileBytes+1), f.Close()); err != nil {
		t.Fatal(err)
	}
	tree, err := source.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Read("large.tf"); !errors.Is(err, source.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestLoadReadsOnce(t *testing.T) {
	dir := t.TempDir()
	p := filepath.Join(dir, "a.tf")
	if err := os.WriteFile(p, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	tree, err := source.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := source.NewFileSet()
	first, err := tree.Load(files, "./a.tf")
	if err != nil || first.Path != "a.tf" {
		t.Fatalf("%v, %v", first, err)
	}
	if err := os.WriteFile(p, []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err := tree.Load(files, "a.tf"); err != nil || again != first {
		t.Errorf("the file was read twice: %v", err)
	}
	if _, err := tree.Load(files, "b.tf"); err == nil {
		t.Error("a file that is not there was loaded")
	}
}

func TestSortDiagnostics(t *testing.T) {
	files := source.NewFileSet()
	z, a := add(t, files, "z.tf", "zzzz"), add(t, files, "a.tf", "aaaa")
	in := []source.Diagnostic{
		{Code: "x", Span: z.Span(1, 2), Message: "z"},
		{Code: "x", Span: a.Span(2, 3), Message: "a2"},
		{Code: "x", Path: "b.tf", Message: "b"},
		{Code: "x", Span: a.Span(0, 3), Message: "a0"},
		{Code: "x", Span: a.Span(0, 3), Message: "a0"},
	}
	var got []string
	for _, d := range source.SortDiagnostics(files, in) {
		got = append(got, d.Message)
	}
	if s := strings.Join(got, " "); s != "a0 a2 b z" && s != "b a0 a2 z" {
		t.Errorf("the order is %s", s)
	}
}

// What can't be read is told alike by all readers, and without the path of the machine.
func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "large.json"), make([]byte, source.MaxFileBytes+1), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "sub.yaml"), 0o755); err != nil {
		t.Fatal(err)
	}
	tree, err := source.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"gone.yaml":  "could not be read: no such file or directory",
		"large.json": "could not be read: " + source.ErrTooLarge.Error(),
		"sub.yaml":   "could not be read: is not a regular file",
		"../up.yaml": "could not be read: " + source.ErrOutside.Error(),
	} {
		_, err := tree.Read(name)
		if err == nil {
			t.Errorf("%s is read", name)
			continue
		}
		if d := source.Unreadable(name, err); d.Message != want || d.Path != name || d.Code != "file-unreadable" || d.Level != source.Error {
			t.Errorf("%s: %+v, want %q", name, d, want)
		}
	}
}
