package reach_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/wacheck/wacheck/analyzers/facts/reach"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/parsers/terraform"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// load evaluates a configuration: "main.tf" or "template.yaml".
func load(t testing.TB, name, text string) *graph.Graph {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	tree, err := source.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	files, origins := source.NewFileSet(), value.NewOrigins()
	b := graph.NewBuilder(files, origins)
	var parts []*graph.Part
	var diags []source.Diagnostic
	if name == "main.tf" {
		out, err := terraform.Load(context.Background(), terraform.Options{Tree: tree, Files: files, Origins: origins, Dirs: []string{"."}, ScanRoots: []string{"."}})
		if err != nil {
			t.Fatal(err)
		}
		parts, diags = out.Parts, out.Diagnostics
	} else {
		out, err := cloudformation.Load(context.Background(), cloudformation.Options{Tree: tree, Files: files, Origins: origins, Paths: []string{name}, ScanRoots: []string{"."}})
		if err != nil {
			t.Fatal(err)
		}
		parts, diags = out.Parts, out.Diagnostics
	}
	for _, d := range diags {
		if d.Level == source.Error {
			t.Fatalf("%s:\n%s\n%s", d.Message, files.Position(d.Span.Pos), text)
		}
	}
	for _, p := range parts {
		if err := b.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	g, _ := b.Freeze(aws.Options())
	return g
}

// exposure asks about the node at an address.
func exposure(t testing.TB, g *graph.Graph, r *reach.Reach, addr string) *reach.Exposure {
	t.Helper()
	n := g.Lookup(g.Units()[0], addr)
	if n == nil {
		t.Fatalf("no node %s", addr)
	}
	e, known := r.FromInternet(n)
	if !known {
		t.Fatalf("%s has no interface", addr)
	}
	return e
}

func reachOf(g *graph.Graph) *reach.Reach { return reach.New(g, topology.New(g)) }
