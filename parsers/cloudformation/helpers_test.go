package cloudformation_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// scan is a loaded set of files.
type scan struct {
	t       *testing.T
	files   *source.FileSet
	origins *value.Origins
	result  *cloudformation.Result
}

// load writes the files of an archive to a directory and loads all of them.
func load(t testing.TB, archive string, opt cloudformation.Options) *scan {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		p := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		opt.Paths = append(opt.Paths, f.Name)
	}
	tree, err := source.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := &scan{files: source.NewFileSet(), origins: value.NewOrigins()}
	s.t, _ = t.(*testing.T)
	opt.Tree, opt.Files, opt.Origins = tree, s.files, s.origins
	if s.result, err = cloudformation.Load(context.Background(), opt); err != nil {
		t.Fatal(err)
	}
	return s
}

// graph freezes what was loaded.
func (s *scan) graph(o graph.Options) *graph.Graph {
	s.t.Helper()
	b := graph.NewBuilder(s.files, s.origins)
	for _, p := range s.result.Parts {
		if err := b.Add(p); err != nil {
			s.t.Fatal(err)
		}
	}
	g, _ := b.Freeze(o)
	return g
}

// node returns the node of that logical id, which only one unit has.
func (s *scan) node(id string) *graph.Node {
	for _, p := range s.result.Parts {
		for _, n := range p.Nodes {
			if n.Addr == id {
				return n
			}
		}
	}
	return nil
}

// must is node for one that has to be there.
func (s *scan) must(id string) *graph.Node {
	s.t.Helper()
	n := s.node(id)
	if n == nil {
		s.t.Fatalf("no node %s", id)
	}
	return n
}

// text is what stands at a span.
func (s *scan) text(at source.Span) string {
	f := s.files.File(at.Pos)
	if f == nil {
		return ""
	}
	return string(f.Content[f.Offset(at.Pos):f.Offset(at.End)])
}

// diagnostics are the diagnostics as "path:line code".
func (s *scan) diagnostics() string {
	var out []string
	for _, d := range s.result.Diagnostics {
		place := d.Path
		if p := s.files.Position(d.Span.Pos); p.Line > 0 {
			place = fmt.Sprintf("%s:%d", p.Path, p.Line)
		}
		out = append(out, place+" "+d.Code)
	}
	return strings.Join(out, "\n")
}

// edges are the edges of a graph as "from -label-> to.attr", with "?" for those
// that may not exist.
func edges(g *graph.Graph) string {
	var out []string
	for _, e := range g.Edges() {
		s := fmt.Sprintf("%s -%s-> %s", g.Node(e.From).Addr, e.Label, g.Node(e.To).Addr)
		if e.Attr != "" {
			s += " (" + e.Attr + ")"
		}
		if !e.Exists.Known() {
			s += "?"
		}
		out = append(out, s)
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}

// show writes a value in short.
func show(v value.Value) string {
	if v.IsUnknown() && v.Alternatives() == nil && v.Parts() == nil {
		var refs []string
		for _, r := range v.Refs() {
			refs = append(refs, strings.TrimPrefix(r.Unit+"/"+r.Addr+"."+r.Attr, "/"))
		}
		return "?" + strings.Join(refs, " ")
	}
	if alts := v.Alternatives(); alts != nil {
		var out []string
		for _, a := range alts {
			out = append(out, show(a))
		}
		return strings.Join(out, "|")
	}
	return value.Show(v)
}
