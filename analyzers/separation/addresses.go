package separation

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var cidrOverlap = &analysis.Rule{
	ID: "cidr-overlap-between-environments", Title: "VPCs of different environments have overlapping addresses",
	Why:      "They can never be peered or joined by a transit gateway, and an address in a log or rule no longer says which environment is meant.",
	Fix:      "Plan one block per environment, for instance with IPAM, before anything is connected.",
	Severity: analysis.Medium, Precision: analysis.HighPrecision, Pillar: analysis.Reliability, Practice: "REL02-BP05", Effort: "L",
	Variants:       map[string]analysis.Severity{byName: analysis.Medium},
	ReviewVariants: []string{byName},
}

// Addresses decides whether the address plans of environments are apart.
var Addresses = &analysis.Analyzer{
	Name: "addresses", Doc: "finds VPCs of different environments whose address blocks intersect",
	Rules:    []*analysis.Rule{cidrOverlap},
	Requires: []*analysis.Analyzer{environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		plan := addressPlan(p.Graph, environment.Fact.Of(p))
		found := make([][]pairing, len(plan))
		named := make([]bool, len(plan))
		for i := range plan {
			for k := range i {
				at, other := shownAt(plan, i, k)
				if v := overlap(plan[at], plan[other]); !v.IsGood() {
					found[at] = append(found[at], pairing{plan[other].node, v})
					named[other] = true
				}
			}
		}
		for i, n := range plan {
			if len(found[i]) > 0 || !named[i] { // what is said about a pair is said once
				decidePlan(p, n.node, found[i])
			}
		}
		return nil, nil
	},
}

// pairing is what was found out about a VPC and another one.
type pairing struct {
	with    *graph.Node
	verdict value.Verdict
}

// shownAt orders a pair: production is the one that should stay as it is, and
// else the order of addresses decides.
func shownAt(plan []network, i, k int) (at, other int) {
	if plan[i].env.Environment == analysis.Production && plan[k].env.Environment != analysis.Production {
		return k, i
	}
	return i, k
}

// decidePlan speaks about a VPC: once for each one that it overlaps with, and
// else once about all of them together.
func decidePlan(p *analysis.Pass, n *graph.Node, pairs []pairing) {
	var open []value.Fact
	var concerns []graph.NodeID
	spoke := false
	for _, pair := range pairs {
		if pair.verdict.IsBad() {
			spoke = true
			p.Decide(cidrOverlap, n, pair.verdict, analysis.Concerns(pair.with.ID), analysis.Subject("overlap with "+nameFrom(n, pair.with)))
			continue
		}
		open = append(open, pair.verdict.Facts()...)
		concerns = append(concerns, pair.with.ID)
	}
	switch {
	case len(open) > 0:
		p.Decide(cidrOverlap, n, value.Open(distinctFacts(open)...), analysis.Concerns(concerns...))
	case !spoke:
		p.Decide(cidrOverlap, n, value.Good())
	}
}

// nameFrom names a node as seen from another one.
func nameFrom(n, other *graph.Node) string {
	if other.Unit == n.Unit {
		return other.Addr
	}
	return other.Unit.Key + " " + other.Addr
}

func distinctFacts(facts []value.Fact) []value.Fact {
	var out []value.Fact
	for _, f := range facts {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// network is a VPC with its blocks and environment.
type network struct {
	node   *graph.Node
	env    environment.Evidence
	blocks []block
	// anywhere says that it is not known to which environment it belongs.
	anywhere bool
	// open are blocks that are not known.
	open []value.Fact
}

type block struct {
	prefix netip.Prefix
	attr   value.String
	sure   bool
}

// addressPlan lists the VPCs that belong, or may belong, to an environment, by
// address.
func addressPlan(g *graph.Graph, envs *environment.Environments) []network {
	var out []network
	for vpc := range aws.Managed[aws.VPC](g) {
		n := network{node: vpc.Node(), env: envs.Of(vpc.Node().ID)}
		if envs.Signs(n.node.ID).Undecided() {
			n.anywhere = true
		} else if n.env.Environment == analysis.UnknownEnvironment || n.env.Environment == analysis.Shared {
			continue
		}
		n.add(vpc.CIDR, vpc.Node().Exists == tri.True)
		for _, s := range vpc.Secondary.Items {
			n.add(s.Part.CIDR, s.Sure == tri.True)
		}
		n.open = append(n.open, vpc.Secondary.Open...)
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b network) int {
		return cmp.Or(cmp.Compare(a.node.Unit.Key, b.node.Unit.Key), cmp.Compare(a.node.Addr, b.node.Addr))
	})
	return out
}

func (n *network) add(attr value.String, sure bool) {
	if attr.V.IsUnset() {
		return
	}
	text, ok := attr.Get()
	if p, err := awsnet.ParsePrefix(text); ok && err == nil {
		n.blocks = append(n.blocks, block{p, attr, sure})
		return
	}
	n.open = append(n.open, attr.Fact())
}

// apart says whether two networks belong to different environments.
func apart(a, b network) tri.Bool {
	switch {
	case a.node.Unit != b.node.Unit && (a.node.Unit.Kind == graph.Example || b.node.Unit.Kind == graph.Example):
		return tri.False // examples are not deployed next to anything
	case a.anywhere || b.anywhere:
		return tri.Unknown
	}
	return tri.Of(environment.Differ(a.env.Environment, b.env.Environment))
}

// overlap judges one pair of networks.
func overlap(v, o network) value.Verdict {
	different := apart(v, o)
	if different == tri.False {
		return value.Good()
	}
	var open []value.Fact
	for _, a := range v.blocks {
		for _, b := range o.blocks {
			if !awsnet.Overlap(a.prefix, b.prefix) {
				continue
			}
			if a.sure && b.sure && different == tri.True {
				return overlapping(v, o, a, b)
			}
			open = append(open, doubts(v, o, a, b)...)
		}
	}
	open = append(append(open, v.open...), o.open...)
	if len(open) > 0 {
		return value.Open(open...)
	}
	return value.Good()
}

func overlapping(v, o network, a, b block) value.Verdict {
	bad := value.Bad(
		value.Fact{Text: fmt.Sprintf("%s (%s) has %s, which overlaps with %s of %s (%s)", v.node.Addr, v.env.Environment, a.prefix, b.prefix, nameFrom(v.node, o.node), o.env.Environment),
			Span: a.attr.Span(), Origin: a.attr.V.Origin()},
		value.Fact{Text: fmt.Sprintf("%s has %s", o.node.Addr, b.prefix), Span: b.attr.Span(), Origin: b.attr.V.Origin(), Hop: true},
		value.Fact{Text: fmt.Sprintf("%s is %s: %s", v.node.Addr, v.env.Environment, v.env.Fact.Text), Span: v.env.Fact.Span, Origin: v.env.Fact.Origin, Hop: true},
		value.Fact{Text: fmt.Sprintf("%s is %s: %s", o.node.Addr, o.env.Environment, o.env.Fact.Text), Span: o.env.Fact.Span, Origin: o.env.Fact.Origin, Hop: true})
	if v.env.Confidence == environment.Weak || o.env.Confidence == environment.Weak {
		return bad.As(byName)
	}
	return bad
}

// doubts says why an overlap of two blocks is no certain defect.
func doubts(v, o network, a, b block) []value.Fact {
	var out []value.Fact
	for _, n := range []network{v, o} {
		if n.anywhere {
			out = append(out, value.Fact{Text: "the environment of " + n.node.Addr + " is not known", Span: n.node.Span.Head()})
		}
	}
	for _, x := range []struct {
		n *graph.Node
		block
	}{{v.node, a}, {o.node, b}} {
		if !x.sure {
			out = append(out, value.Fact{Text: fmt.Sprintf("whether %s has %s is not known", x.n.Addr, x.prefix), Span: x.attr.Span(), Origin: x.attr.V.Origin()})
		}
	}
	return out
}
