package checker

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// told is the evidence of what a rule found, as text.
func told(t *testing.T, exists tri.Bool, verdict func(o *value.Origins) value.Verdict) []string {
	t.Helper()
	var steps []string
	for _, f := range decided(t, exists, verdict) {
		for _, s := range f.Steps {
			steps = append(steps, string(s.Kind)+": "+s.Text)
		}
	}
	return steps
}

// decided runs one rule that gives one verdict about one resource, and returns
// the finding or the open verdict.
func decided(t *testing.T, exists tri.Bool, verdict func(o *value.Origins) value.Verdict) []analysis.Finding {
	t.Helper()
	files, origins := source.NewFileSet(), value.NewOrigins()
	f, err := files.Add("main.tf", []byte("resource\n"))
	if err != nil {
		t.Fatal(err)
	}
	n := &graph.Node{Type: "aws_x", Addr: "module.m.aws_x.a", Name: "a", Exists: exists, Span: f.Whole(), Body: value.OfObject(nil, f.Whole()),
		Module: &graph.Module{Path: "module.m", Call: f.Whole()}}
	if exists == tri.Unknown {
		n.ExistsWhy = origins.Add(value.Origin{Kind: value.NoValue, Name: "var.create"})
	}
	b := graph.NewBuilder(files, origins)
	if err := b.Add(&graph.Part{Unit: &graph.Unit{Key: "."}, Nodes: []*graph.Node{n}}); err != nil {
		t.Fatal(err)
	}
	g, _ := b.Freeze(graph.Options{})
	rule := &analysis.Rule{ID: "r", Title: "T"}
	a := &analysis.Analyzer{Name: "a", Rules: []*analysis.Rule{rule}, Run: func(p *analysis.Pass) (any, error) {
		p.Decide(rule, p.Graph.OfType("aws_x")[0], verdict(origins), analysis.Related(value.Fact{Text: "helps"}, value.Fact{Text: "helps"}))
		return nil, nil
	}}
	out, err := Run(context.Background(), g, Suite{Analyzers: []*analysis.Analyzer{a}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return append(out.Findings, out.Opens...)
}

// path is a fact with hops whose values came by the same way.
func path(o *value.Origins, open bool) []value.Fact {
	id := o.Add(value.Origin{Kind: value.Computed, Name: "aws_subnet.a.id"})
	argument := o.Add(value.Origin{Kind: value.ModuleArgument, Name: "var.subnets", From: []value.OriginID{id}})
	return []value.Fact{
		{Text: "it is public", Open: open},
		{Text: "it names its subnets", Span: source.Span{Pos: 1, End: 2}, Hop: true, Origin: argument},
		{Text: "it names its subnets", Span: source.Span{Pos: 2, End: 3}, Hop: true, Origin: argument},
		{Text: "it sits in aws_subnet.a", Hop: true, Origin: argument},
	}
}

func TestStepsOfADefect(t *testing.T) {
	got := told(t, tri.True, func(o *value.Origins) value.Verdict { return value.Bad(path(o, false)...) })
	want := []string{"fact: it is public", "hop: it names its subnets", "origin: var.subnets is set by the module call",
		"hop: it sits in aws_subnet.a", "related: helps", "module: module.m is called"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What is known only after deployment is the reason of an open verdict.
func TestStepsOfAnOpenVerdict(t *testing.T) {
	got := told(t, tri.True, func(o *value.Origins) value.Verdict { return value.Open(path(o, true)[:2]...) })
	want := []string{"missing: it is public", "hop: it names its subnets", "origin: var.subnets is set by the module call",
		"origin: aws_subnet.a.id is known only after deployment", "related: helps", "module: module.m is called"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A step on the way is no reason, but what it came by may be.
func TestReasonsAreWhatIsMissing(t *testing.T) {
	for name, tt := range map[string]struct {
		facts func(*value.Origins) []value.Fact
		want  []string
	}{
		"what is missing, not the way to it": {func(*value.Origins) []value.Fact {
			return []value.Fact{{Text: "its route may not exist"}, {Text: "it sits in aws_subnet.a", Hop: true}}
		}, []string{"its route may not exist"}},
		"what a step came by": {func(o *value.Origins) []value.Fact {
			return []value.Fact{{Text: "it names its subnets", Hop: true, Origin: o.Add(value.Origin{Kind: value.NoValue, Name: "var.subnets"})}}
		}, []string{"var.subnets has no value"}},
		"the last step rather than nothing": {func(*value.Origins) []value.Fact {
			return []value.Fact{{Text: "it names its subnets", Hop: true}, {Text: "it sits in aws_subnet.a", Hop: true}}
		}, []string{"it sits in aws_subnet.a"}},
	} {
		var got []string
		for _, f := range decided(t, tri.True, func(o *value.Origins) value.Verdict { return value.Open(tt.facts(o)...) }) {
			for _, r := range f.Reasons {
				got = append(got, r.Text)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestStepsOfWhatMayNotExist(t *testing.T) {
	got := told(t, tri.Unknown, func(*value.Origins) value.Verdict { return value.Bad(value.Fact{Text: "it is off"}) })
	want := []string{"fact: it is off", "origin: it may not exist: var.create has no value", "related: helps", "module: module.m is called"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
