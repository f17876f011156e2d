package checker

import (
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// steps lays the evidence out: each fact with the way its value came, then the
// module calls that lead to the resource. What was said is not said again: the
// values of several facts often come by the same way.
func (b *builder) steps(it *item) []analysis.Step {
	var out stepList
	for _, f := range it.defect.Facts() {
		kind := analysis.StepFact
		switch {
		case f.Hop:
			kind = analysis.StepHop
		case f.Open:
			kind = analysis.StepMissing
		}
		out.add(analysis.Step{Kind: kind, Text: f.Text, Span: f.Span, Secret: f.Secret})
		for _, o := range b.g.Origins.Chain(f.Origin) {
			// Where a decided verdict rests on the id of another resource, it rests on
			// which one that is; that nobody knows the id yet is beside the point.
			if o.Kind == value.Computed && !it.defect.IsOpen() {
				continue
			}
			out.add(analysis.Step{Kind: analysis.StepOrigin, Text: o.Text(), Span: o.Span, Secret: f.Secret})
		}
	}
	for _, o := range b.g.Origins.Chain(it.Node.ExistsWhy) {
		out.add(analysis.Step{Kind: analysis.StepOrigin, Text: existence(it.Node) + o.Text(), Span: o.Span})
	}
	for _, f := range it.Related {
		out.add(analysis.Step{Kind: analysis.StepRelated, Text: f.Text, Span: f.Span})
	}
	for m := it.Node.Module; m != nil; m = m.Parent {
		out.add(analysis.Step{Kind: analysis.StepModule, Text: m.Path + " is called", Span: m.Call})
	}
	return out
}

// existence introduces what the existence of a node rests on.
func existence(n *graph.Node) string {
	if n.Exists == tri.True {
		return "it exists: "
	}
	return "it may not exist: "
}

// stepList is a list of steps that differ. Two hops do so by what they say: one
// list of several elements is one hop.
type stepList []analysis.Step

func (l *stepList) add(s analysis.Step) {
	again := slices.ContainsFunc(*l, func(o analysis.Step) bool {
		return o == s || s.Kind == analysis.StepHop && o.Kind == s.Kind && o.Text == s.Text
	})
	if !again {
		*l = append(*l, s)
	}
}

// reasons says what would have to be known to decide.
func (b *builder) reasons(it *item) []analysis.Reason {
	var out []analysis.Reason
	add := func(r analysis.Reason) {
		if slices.Contains(out, r) {
			return
		}
		out = append(out, r)
	}
	from := func(id value.OriginID) (found bool) {
		reasons := b.g.Origins.Reasons(id)
		for _, o := range reasons {
			add(analysis.Reason{Kind: o.Kind, Text: o.Text(), Span: o.Span})
		}
		return len(reasons) > 0
	}
	if it.conditional && it.Node.Exists != tri.True && !from(it.Node.ExistsWhy) {
		add(analysis.Reason{Kind: value.UndecidedCondition,
			Text: "whether " + it.Node.Addr + " exists is not known", Span: it.Node.Span.Head()})
	}
	for _, f := range it.Verdict.Facts() {
		switch {
		case !f.Open && !it.Verdict.IsOpen() || from(f.Origin):
		case f.Open && !f.Hop: // what a step on the way says is known
			add(analysis.Reason{Kind: value.DependsOnUnknown, Text: f.Text, Span: f.Span})
		}
	}
	if facts := it.Verdict.Facts(); len(out) == 0 && len(facts) > 0 {
		last := facts[len(facts)-1]
		add(analysis.Reason{Kind: value.DependsOnUnknown, Text: last.Text, Span: last.Span})
	}
	return out
}
