package cloudformation

import (
	"context"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
)

// A fault of this program costs the file in which it happens, and no other.
func TestFaultsStayInTheirFile(t *testing.T) {
	files := source.NewFileSet()
	l := &loader{opt: Options{Files: files}, result: &Result{Status: map[string]FileStatus{}}}
	for _, p := range []string{"a.yaml", "b.yaml", "c.yaml"} {
		f, err := files.Add(p, []byte("Resources: {}\n"))
		if err != nil {
			t.Fatal(err)
		}
		l.stacks = append(l.stacks, &stack{loader: l, file: f, path: p, part: &graph.Part{Unit: &graph.Unit{Key: p}}})
	}
	seen := make(map[string]bool, 3)
	if err := l.eachStack(context.Background(), func(s *stack) {
		if s.path == "b.yaml" {
			panic("oh")
		}
		s.status.Resources = 1
	}); err != nil {
		t.Fatal(err)
	}
	for _, s := range l.stacks {
		seen[s.path] = s.status.Resources == 1
	}
	if !seen["a.yaml"] || !seen["c.yaml"] || seen["b.yaml"] {
		t.Errorf("dealt with: %v", seen)
	}
	r := l.finish()
	if len(r.Faults) != 1 || !strings.Contains(r.Faults[0].Error(), "reading b.yaml: oh") {
		t.Errorf("faults %v", r.Faults)
	}
	if r.Status["b.yaml"].Kind != Broken || r.Status["a.yaml"].Kind != Template || !l.stacks[1].part.Unit.Broken {
		t.Errorf("status %v", r.Status)
	}
	if len(r.Diagnostics) != 1 || files.Position(r.Diagnostics[0].Span.Pos).String() != "b.yaml:1:1" || r.Diagnostics[0].Level != source.Error {
		t.Errorf("diagnostics %v", r.Diagnostics)
	}
}
