package analysistest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
)

// evidence checks that every finding proves itself (law 5): it is shown within
// the resource, a part of it, or a resource that it names as concerned; each
// step that has a place lies within a file; the sentence names a resource; and
// an open verdict says what is missing.
func evidence(o *outcome) []string {
	var out []string
	for _, list := range [][]analysis.Finding{o.Findings, o.Opens} {
		for i := range list {
			f := &list[i]
			for _, problem := range o.unproven(f) {
				out = append(out, fmt.Sprintf("%s: %s: %s", o.estate.files.Position(f.Span.Pos), problem, describe(f)))
			}
		}
	}
	return out
}

// unproven says what is wrong with the evidence of a finding.
func (o *outcome) unproven(f *analysis.Finding) []string {
	var out []string
	nodes := o.concerned(f)
	if len(nodes) > 0 && o.whole(f) {
		nodes[0] = &graph.Node{Span: f.Block, Addr: nodes[0].Unit.Dir} // it is about the unit, and shown where that says what is wrong
	}
	if !slices.ContainsFunc(nodes, func(n *graph.Node) bool { return n.Span.Contains(f.Span) }) {
		out = append(out, "shown outside the resource, its parts, and all that it concerns")
	}
	if !slices.ContainsFunc(nodes, func(n *graph.Node) bool { return strings.Contains(f.Message, n.Addr) }) {
		out = append(out, "the sentence names no resource")
	}
	for _, s := range f.Steps {
		if s.Span.IsValid() && !inFile(o.estate.files, s.Span) {
			out = append(out, fmt.Sprintf("the step %q lies in no file", s.Text))
		}
	}
	if f.Open && len(f.Reasons) == 0 {
		out = append(out, "an open verdict must say what is missing")
	}
	return out
}

// whole reports that a finding is about a unit as a whole.
func (o *outcome) whole(f *analysis.Finding) bool {
	return slices.ContainsFunc(o.decisions, func(d analysis.Decision) bool {
		return d.Whole && d.At == f.Block && d.Subject == f.Subject && !d.Verdict.IsGood()
	})
}

func inFile(files *source.FileSet, s source.Span) bool {
	f := files.File(s.Pos)
	return f != nil && f.Whole().Contains(s)
}

// concerned returns the nodes that a finding is about: its own, what the
// decision names as concerned, and the parts of all of these.
func (o *outcome) concerned(f *analysis.Finding) []*graph.Node {
	var out []*graph.Node
	for _, d := range o.decisions {
		if d.Node.Span != f.Block && (!d.Whole || d.At != f.Block) || d.Subject != f.Subject || d.Verdict.IsGood() {
			continue
		}
		out = append(out, d.Node)
		for _, id := range d.Concerns {
			out = append(out, o.graph.Node(id))
		}
		for _, p := range d.Parts {
			out = append(out, o.graph.Node(p.Node))
		}
	}
	for _, n := range slices.Clone(out) {
		out = append(out, o.graph.Parts(n.ID)...)
	}
	return out
}
