package analysistest

import (
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
)

// evidence checks that every finding proves itself (law 5): it is shown within
// the resource, a part of it, or a resource that it names as concerned; each
// step that has a place lies within a file; the sentence names a resource; and
// an open verdict says what is missing.
func (h *harness) evidence(t *testing.T, e *estate, o *outcome) {
	for _, list := range [][]analysis.Finding{o.Findings, o.Opens} {
		for i := range list {
			f := &list[i]
			at := e.files.Position(f.Span.Pos)
			nodes := o.concerned(f)
			if !slices.ContainsFunc(nodes, func(n *graph.Node) bool { return within(n.Span, f.Span) }) {
				t.Errorf("%s: shown outside the resource, its parts, and all that it concerns: %s", at, describe(f))
			}
			if !slices.ContainsFunc(nodes, func(n *graph.Node) bool { return strings.Contains(f.Message, n.Addr) }) {
				t.Errorf("%s: the sentence names no resource: %s", at, describe(f))
			}
			for _, s := range f.Steps {
				if s.Span.IsValid() && !inFile(e.files, s.Span) {
					t.Errorf("%s: the step %q lies in no file", at, s.Text)
				}
			}
			if f.Open && len(f.Reasons) == 0 {
				t.Errorf("%s: an open verdict must say what is missing: %s", at, describe(f))
			}
		}
	}
}

// within is Contains for spans that may be empty, at either edge.
func within(outer, inner source.Span) bool { return outer.Contains(inner) }

func inFile(files *source.FileSet, s source.Span) bool {
	f := files.File(s.Pos)
	return f != nil && f.Whole().Contains(s)
}

// concerned returns the nodes that a finding is about: its own, what the
// decision names as concerned, and the parts of all of these.
func (o *outcome) concerned(f *analysis.Finding) []*graph.Node {
	var out []*graph.Node
	for _, d := range o.decisions {
		if d.Node.Span != f.Block || d.Subject != f.Subject || d.Verdict.IsGood() {
			continue
		}
		out = append(out, d.Node)
		for _, id := range d.Concerns {
			out = append(out, o.graph.Node(id))
		}
	}
	for _, n := range slices.Clone(out) {
		for _, fold := range aws.Options().Folds {
			for _, s := range o.graph.Satellites(n, fold.Satellite).Items {
				out = append(out, s.Node)
			}
		}
	}
	return out
}
