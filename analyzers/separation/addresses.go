package separation

import (
	"fmt"
	"net/netip"

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
		envs := environment.Fact.Of(p)
		plan := addressPlan(p.Graph, envs)
		for i, v := range plan {
			p.Decide(cidrOverlap, v.node, overlaps(v, plan[:i]), concernsOf(v, plan[:i])...)
		}
		return nil, nil
	},
}

// network is a VPC with its blocks and environment.
type network struct {
	node   *graph.Node
	env    environment.Evidence
	blocks []block
	// open are blocks that are not known.
	open []value.Fact
}

type block struct {
	prefix netip.Prefix
	attr   value.String
	sure   bool
}

// addressPlan lists the VPCs whose environment is known.
func addressPlan(g *graph.Graph, envs *environment.Environments) []network {
	var out []network
	for vpc := range aws.Managed[aws.VPC](g) {
		e := envs.Of(vpc.Node().ID)
		if e.Environment == analysis.UnknownEnvironment || e.Environment == analysis.Shared {
			continue
		}
		n := network{node: vpc.Node(), env: e}
		n.add(vpc.CIDR, vpc.Node().Exists == tri.True)
		for _, s := range vpc.Secondary.Items {
			n.add(s.Part.CIDR, s.Sure == tri.True)
		}
		n.open = append(n.open, vpc.Secondary.Open...)
		out = append(out, n)
	}
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

// apart reports that two networks belong to environments that are apart.
func apart(a, b network) bool {
	if a.node.Unit != b.node.Unit && (a.node.Unit.Kind == graph.Example || b.node.Unit.Kind == graph.Example) {
		return false // examples are not deployed next to anything
	}
	return conflict(a.env.Environment, b.env.Environment)
}

// conflict reports that two environments are certainly different ones.
func conflict(a, b analysis.Environment) bool {
	if a == b || a == analysis.Shared || b == analysis.Shared || a == analysis.UnknownEnvironment || b == analysis.UnknownEnvironment {
		return false
	}
	if a == analysis.NonProduction || b == analysis.NonProduction {
		return a == analysis.Production || b == analysis.Production // "nonprod" may well be dev
	}
	return true
}

func overlaps(v network, others []network) value.Verdict {
	out := value.Good()
	for _, o := range others {
		if !apart(v, o) {
			continue
		}
		pair := overlap(v, o)
		if pair.IsBad() {
			return pair
		}
		out = out.And(pair)
	}
	return out
}

// overlap judges one pair of networks.
func overlap(v, o network) value.Verdict {
	var open []value.Fact
	for _, a := range v.blocks {
		for _, b := range o.blocks {
			if !awsnet.Overlap(a.prefix, b.prefix) {
				continue
			}
			facts := []value.Fact{
				{Text: fmt.Sprintf("%s (%s) has %s, which overlaps with %s of %s (%s)", v.node.Addr, v.env.Environment, a.prefix, b.prefix, o.node.Addr, o.env.Environment),
					Span: a.attr.Span(), Origin: a.attr.V.Origin()},
				{Text: fmt.Sprintf("%s has %s", o.node.Addr, b.prefix), Span: b.attr.Span(), Origin: b.attr.V.Origin(), Hop: true},
				{Text: fmt.Sprintf("%s is %s: %s", v.node.Addr, v.env.Environment, v.env.Fact.Text), Span: v.env.Fact.Span, Hop: true},
				{Text: fmt.Sprintf("%s is %s: %s", o.node.Addr, o.env.Environment, o.env.Fact.Text), Span: o.env.Fact.Span, Hop: true},
			}
			if !a.sure || !b.sure {
				open = append(open, facts[0])
				continue
			}
			bad := value.Bad(facts...)
			if v.env.Confidence == environment.Weak || o.env.Confidence == environment.Weak {
				bad = bad.As(byName)
			}
			return bad
		}
	}
	open = append(open, v.open...)
	open = append(open, o.open...)
	if len(open) > 0 {
		return value.Open(open...)
	}
	return value.Good()
}

func concernsOf(v network, others []network) []analysis.Option {
	for _, o := range others {
		if apart(v, o) && overlap(v, o).IsBad() {
			return []analysis.Option{analysis.Concerns(o.node.ID), analysis.Subject("overlap with " + o.node.Addr)}
		}
	}
	return nil
}
