package separation

import (
	"fmt"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/datause"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// crossReferenceID is covered by all rules about more special relations.
const crossReferenceID = "resource-cross-environment-reference"

var crossReference = &analysis.Rule{
	ID: crossReferenceID, Title: "Production and another environment refer to each other",
	Why:      "A test can call, load or fill what customers use, or production rests on something that anybody may change or delete.",
	Fix:      "Refer to the resource of the same environment; pass what several environments need through one that belongs to all.",
	Severity: analysis.Medium, Precision: analysis.HighPrecision, Pillar: analysis.Security, Practice: "SEC01-BP01", Effort: "M",
	Profile:  analysis.Review,
	Variants: map[string]analysis.Severity{byName: analysis.Medium},
}

// CrossReferences decides about references between environments that no rule of
// its own is about.
var CrossReferences = &analysis.Analyzer{
	Name: "crossreferences", Doc: "finds resources of production that work on those of other environments, and the other way round",
	Rules:    []*analysis.Rule{crossReference},
	Requires: []*analysis.Analyzer{environment.Fact.Analyzer, datause.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		c := &crossing{p: p, envs: environment.Fact.Of(p), data: datause.Fact.Of(p), met: map[aws.RelationKind][]role{}}
		byType := map[string][]aws.Relation{}
		for _, r := range aws.Relations() {
			byType[r.Type] = append(byType[r.Type], r)
		}
		for _, n := range p.Graph.Nodes() {
			if relations := byType[n.Type]; len(relations) > 0 && n.Mode == graph.Managed {
				c.decide(n, relations)
			}
		}
		return nil, nil
	},
}

// crossing looks for relations that cross environments.
type crossing struct {
	p    *analysis.Pass
	envs *environment.Environments
	data *datause.Uses
	// met are some of what may stand at the end of a relation, by kind.
	met map[aws.RelationKind][]role
}

// decide speaks about each relation of a node that crosses, and once about what is
// not known of all of them.
func (c *crossing) decide(n *graph.Node, relations []aws.Relation) {
	var open []value.Fact
	judged := false
	seen := map[string]bool{}
	for _, r := range relations {
		to := c.ends(n, r.To, r.Kind.Types())
		judged = judged || to.refers || len(to.missing) > 0
		if len(to.found) == 0 && len(to.missing) == 0 {
			continue
		}
		for _, from := range c.starts(n, r) {
			for _, t := range to.found {
				open = append(open, c.pair(n, r, from, t, seen)...)
			}
			if len(to.missing) > 0 && c.mayMeet(from, r.Kind) {
				open = append(append(open, to.missing...), from.unsure...)
			}
		}
	}
	switch {
	case len(open) > 0:
		c.p.Decide(crossReference, n, value.Open(distinctFacts(open)...))
	case judged && len(seen) == 0:
		c.p.Decide(crossReference, n, value.Good())
	}
}

// starts are what stands at the beginning of a relation: the resource itself, or
// what it names. The resource speaks for what is of no environment.
func (c *crossing) starts(n *graph.Node, r aws.Relation) []role {
	self := roleOf(c.envs, n)
	if r.From == "" {
		if c.isForAll(n) == tri.True {
			return nil
		}
		return []role{self}
	}
	var out []role
	e := c.ends(n, r.From, nil)
	for _, f := range e.found {
		if !f.prod && !f.other {
			f.role = self
		}
		out = append(out, f.role)
	}
	switch {
	case e.forAll && len(out) == 0 && len(e.missing) == 0:
		return nil // what all environments have
	case len(e.missing) > 0:
		out = append(out, role{node: n, prod: true, other: true, unsure: e.missing})
	case len(out) == 0:
		out = append(out, self)
	}
	return out
}

// pair judges one reference. It reports what is not known.
func (c *crossing) pair(n *graph.Node, r aws.Relation, from role, to reference, seen map[string]bool) []value.Fact {
	if from.node == to.node || !opposite(from, to.role) || !deployed(from.node, to.node) || alike(from, to.role) {
		return nil
	}
	if unsure := slices.Concat(from.unsure, to.unsure); len(unsure) > 0 {
		return unsure
	}
	subject := fmt.Sprintf("%s %s %s", from.node.Addr, r.Says, nameFrom(n, to.node))
	if seen[subject] {
		return nil
	}
	seen[subject] = true
	x, y := c.envs.Of(from.node.ID), c.envs.Of(to.node.ID)
	at := to.at.Span()
	if !at.IsValid() || !n.Span.Contains(at) {
		at = n.Span.Head()
	}
	v := value.Bad(
		value.Fact{Text: fmt.Sprintf("%s (%s) %s %s (%s)", from.node.Addr, x.Environment, r.Says, nameFrom(n, to.node), y.Environment), Span: to.at.Span(), Origin: to.at.Origin()},
		value.Fact{Text: fmt.Sprintf("%s is %s: %s", from.node.Addr, x.Environment, x.Fact.Text), Span: x.Fact.Span, Origin: x.Fact.Origin, Hop: true},
		value.Fact{Text: fmt.Sprintf("%s is %s: %s", to.node.Addr, y.Environment, y.Fact.Text), Span: y.Fact.Span, Origin: y.Fact.Origin, Hop: true})
	if min(from.confidence, to.confidence) < environment.Strong {
		v = v.As(byName)
	}
	by := ""
	if n != from.node && n != to.node {
		by = ", by " + n.Addr
	}
	opts := []analysis.Option{analysis.Subject(subject), analysis.At(at), analysis.Says("%s: %s%s", crossReference.Title, v.Facts()[0].Text, by), analysis.Together()}
	if r.From == "" {
		opts = append(opts, analysis.Concerns(to.node.ID))
	}
	c.p.Decide(crossReference, n, v, opts...)
	return nil
}
