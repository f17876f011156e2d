package terraform

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// A fault of this program costs the root in which it happens, and no other.
func TestFaultsStayInTheirRoot(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"a", "b", "c"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, d, "main.tf"), []byte("resource \"aws_vpc\" \"v\" {\n}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := source.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	l := newLoader(Options{Tree: tree, Files: source.NewFileSet(), Origins: value.NewOrigins(), Dirs: []string{"a", "b", "c"}, ScanRoots: []string{"."}})
	if err := l.readAll(context.Background()); err != nil {
		t.Fatal(err)
	}
	units, err := l.findUnits()
	if err != nil {
		t.Fatal(err)
	}
	delete(l.configs, "b") // what no input can bring about
	results, err := l.evaluate(context.Background(), units)
	if err != nil {
		t.Fatal(err)
	}
	nodes := map[string]int{}
	broken := map[string]bool{}
	for _, r := range results {
		nodes[r.Part.Unit.Key] = len(r.Part.Nodes)
		broken[r.Part.Unit.Key] = r.Part.Unit.Broken
	}
	if nodes["a"] != 1 || nodes["b"] != 0 || nodes["c"] != 1 || !broken["b"] || broken["a"] {
		t.Errorf("nodes %v, broken %v", nodes, broken)
	}
	if len(l.faults) != 1 || !strings.Contains(l.faults[0].Error(), "evaluating b: ") {
		t.Errorf("faults %v", l.faults)
	}
	if d := failed(hcleval.Input{Unit: &graph.Unit{Dir: "x"}}).Diagnostics; len(d) != 1 || d[0].Level != source.Error {
		t.Errorf("diagnostics %v", d)
	}
}
