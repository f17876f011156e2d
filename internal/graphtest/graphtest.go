// Package graphtest makes graphs of configuration that stands in a test.
package graphtest

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/parsers/terraform"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Write puts the files of a txtar archive into a new directory, which it returns.
func Write(t testing.TB, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		full := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Load returns the graph of the files of a txtar archive, of both languages. A
// broken file ends the test.
func Load(t testing.TB, archive string) *graph.Graph {
	t.Helper()
	tree, err := source.NewTree(Write(t, archive))
	if err != nil {
		t.Fatal(err)
	}
	var dirs, templates []string
	for _, f := range txtar.Parse([]byte(archive)).Files {
		switch {
		case path.Ext(f.Name) == ".tf":
			dirs = append(dirs, path.Dir(f.Name))
		case path.Ext(f.Name) == ".yaml":
			templates = append(templates, f.Name)
		}
	}
	slices.Sort(dirs)
	files, origins := source.NewFileSet(), value.NewOrigins()
	tf, err := terraform.Load(context.Background(), terraform.Options{Tree: tree, Files: files, Origins: origins,
		Dirs: slices.Compact(dirs), ScanRoots: []string{"."}})
	if err != nil {
		t.Fatal(err)
	}
	cfn, err := cloudformation.Load(context.Background(), cloudformation.Options{Tree: tree, Files: files, Origins: origins,
		Paths: templates, ScanRoots: []string{"."}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range append(tf.Diagnostics, cfn.Diagnostics...) {
		if d.Level == source.Error {
			t.Fatalf("%s: %s", files.Position(d.Span.Pos), d.Message)
		}
	}
	b := graph.NewBuilder(files, origins)
	for _, p := range append(tf.Parts, cfn.Parts...) {
		if err := b.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	g, _ := b.Freeze(aws.Options())
	return g
}

// Node returns the only node whose address ends in that; the test ends without one.
func Node(t testing.TB, g *graph.Graph, addr string) *graph.Node {
	t.Helper()
	var found []*graph.Node
	for _, n := range g.Nodes() {
		if n.Addr == addr || strings.HasSuffix(n.Addr, "."+addr) {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d nodes called %s", len(found), addr)
	}
	return found[0]
}
