package separation

import (
	"cmp"
	"fmt"
	"maps"
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

// toStaging is the milder form: staging is kept close to production on purpose.
const toStaging = "to staging"

var peeringAcross = &analysis.Rule{
	ID: "vpc-peering-cross-environment", Title: "Networks of production and another environment are connected",
	Why:      "Whoever gets into the other environment has a network path to production, and a test there can load or break what customers use.",
	Fix:      "Take the connection away, or give each environment a route table of its own on the transit gateway.",
	Severity: analysis.High, Precision: analysis.HighPrecision, Pillar: analysis.Security, Practice: "SEC05-BP01", Effort: "L",
	Variants:       map[string]analysis.Severity{toStaging: analysis.Medium, byName: analysis.High},
	ReviewVariants: []string{byName},
	Covers:         []string{crossReferenceID},
}

var connectedOverlap = &analysis.Rule{
	ID: "cidr-overlap-connected-vpcs", Title: "Connected VPCs have overlapping addresses",
	Why:      "AWS refuses to peer them, and a transit gateway sends the packets to one of the two: the other can't be reached.",
	Fix:      "Give one of them another block before they are connected.",
	Severity: analysis.Critical, Precision: analysis.VeryHigh, Pillar: analysis.Reliability, Practice: "REL02-BP05", Effort: "L",
	Covers: []string{"cidr-overlap-between-environments"},
}

// Connections decides about networks that are joined.
var Connections = &analysis.Analyzer{
	Name: "connections", Doc: "finds VPCs of different environments, or with the same addresses, that are connected",
	Rules:    []*analysis.Rule{peeringAcross, connectedOverlap},
	Requires: []*analysis.Analyzer{environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		envs := environment.Fact.Of(p)
		for m := range aws.Managed[aws.Peering](p.Graph) {
			c := connection{node: m.Node(), ends: [2]end{endOf(&m.VPC), endOf(&m.Peer)}, joined: value.Good()}
			decideConnections(p, envs, m.Node(), []connection{c})
		}
		attachments := slices.SortedFunc(aws.Managed[aws.TransitAttachment](p.Graph), byAddress)
		for i, a := range attachments {
			decideConnections(p, envs, a.Node(), transits(p.Graph, a, attachments[:i]))
		}
		return nil, nil
	},
}

func byAddress(a, b *aws.TransitAttachment) int {
	x, y := a.Node(), b.Node()
	return cmp.Or(cmp.Compare(x.Unit.Key, y.Unit.Key), cmp.Compare(x.Addr, y.Addr))
}

// decideConnections gives the verdicts about all that a resource connects.
func decideConnections(p *analysis.Pass, envs *environment.Environments, n *graph.Node, list []connection) {
	across, overlap := value.Good(), value.Good()
	opts := []analysis.Option{analysis.At(n.Span.Head())}
	for _, c := range list {
		across = across.And(c.apart(envs).When(c.joined))
		overlap = overlap.And(c.distinct(p.Graph).When(c.joined))
		for _, end := range c.ends {
			if end.vpc != nil {
				opts = append(opts, analysis.Concerns(end.vpc.ID))
			}
		}
	}
	p.Decide(peeringAcross, n, across, opts...)
	p.Decide(connectedOverlap, n, overlap, opts...)
}

// connection joins two VPCs.
type connection struct {
	// node is the peering, or the later one of two attachments to a transit gateway.
	node *graph.Node
	ends [2]end
	// joined says whether packets really are routed between the two.
	joined  value.Verdict
	transit bool
}

// end is one of the VPCs, with the attribute that names it.
type end struct {
	vpc  *graph.Node // nil: not known
	attr value.Attr
}

func endOf(ref *aws.Ref[aws.VPC]) end { return end{ref.One(), ref.Attr} }

// transits are the connections of an attachment with those before it, in the
// order of their addresses: of a pair, the later one is reported.
func transits(g *graph.Graph, a *aws.TransitAttachment, before []*aws.TransitAttachment) []connection {
	var out []connection
	for _, b := range before {
		x, y := a.Gateway.One(), b.Gateway.One()
		c := connection{node: a.Node(), transit: true, ends: [2]end{endOf(&a.VPC), endOf(&b.VPC)}}
		switch {
		case x != nil && y != nil && x != y, a.Node().Unit != b.Node().Unit && (x == nil || y == nil):
			continue
		case x == nil:
			c.joined = value.Open(a.Gateway.Fact())
		case y == nil:
			c.joined = value.Open(b.Gateway.Fact())
		default:
			both := value.Fact{Text: "both are attached to " + x.Addr, Span: a.Gateway.Span(), Hop: true}
			c.joined = value.That(b.Node().Exists, both).And(routedTogether(aws.Of[aws.TransitGateway](g, x), a, b))
		}
		out = append(out, c)
	}
	return out
}

// routedTogether says whether two attachments share a route table.
func routedTogether(gateway *aws.TransitGateway, a, b *aws.TransitAttachment) value.Verdict {
	shared := shareTable(a, b)
	if gateway == nil || gateway.Node().Mode != graph.Managed {
		return shared.Or(value.Open(value.Fact{Text: "its transit gateway is not in this scan", Span: a.Gateway.Span(), Origin: a.Gateway.V.Origin()}))
	}
	return a.UsesDefault(gateway).And(b.UsesDefault(gateway)).Or(shared)
}

func shareTable(a, b *aws.TransitAttachment) value.Verdict {
	x, openX := tablesOf(a)
	y, openY := tablesOf(b)
	shared := slices.DeleteFunc(slices.Collect(maps.Keys(x)), func(table *graph.Node) bool { return y[table] == nil })
	if len(shared) > 0 {
		first := slices.MinFunc(shared, func(a, b *graph.Node) int { return cmp.Compare(a.ID, b.ID) }) // the same one every time
		return value.Good(value.Fact{Text: "both use " + first.Addr, Span: x[first].Span.Head(), Hop: true})
	}
	if open := slices.Concat(openX, openY); len(open) > 0 {
		return value.Open(open...)
	}
	return value.Bad(value.Fact{Text: "they share no route table", Span: a.Node().Span.Head()})
}

// tablesOf are the tables that an attachment is associated with or propagates to.
func tablesOf(a *aws.TransitAttachment) (sure map[*graph.Node]*graph.Node, open []value.Fact) {
	sure = map[*graph.Node]*graph.Node{}
	add := func(ref *aws.Ref[aws.TransitRouteTable], n *graph.Node, exists tri.Bool) {
		if t := ref.One(); t != nil && exists == tri.True {
			sure[t] = n
		} else {
			open = append(open, ref.Fact())
		}
	}
	for _, s := range a.Associations.Items {
		add(&s.Part.Table, s.Part.Node(), s.Sure)
	}
	for _, s := range a.Propagations.Items {
		add(&s.Part.Table, s.Part.Node(), s.Sure)
	}
	return sure, append(append(open, a.Associations.Open...), a.Propagations.Open...)
}

// apart says whether the ends belong to environments that may be connected.
func (c *connection) apart(envs *environment.Environments) value.Verdict {
	var found [2]environment.Evidence
	for i, e := range c.ends {
		if e.vpc == nil {
			return value.Open(e.attr.Fact())
		}
		found[i] = envs.Of(e.vpc.ID)
		if envs.Signs(e.vpc.ID).Undecided() {
			return value.Open(value.Fact{Text: "the environment of " + e.vpc.Addr + " is not known", Span: e.vpc.Span.Head()})
		}
	}
	a, b := found[0], found[1]
	if b.Environment == analysis.Production {
		a, b = b, a
	}
	if a.Environment != analysis.Production || !b.Environment.IsNonProduction() {
		return value.Good()
	}
	facts := []value.Fact{{Text: fmt.Sprintf("it connects %s (%s) with %s (%s)", c.ends[0].vpc.Addr, found[0].Environment, c.ends[1].vpc.Addr, found[1].Environment),
		Span: c.node.Span.Head()}}
	for i, e := range c.ends {
		facts = append(facts,
			value.Fact{Text: e.attr.Name + " names " + e.vpc.Addr, Span: e.attr.Span(), Origin: e.attr.V.Origin(), Hop: true},
			value.Fact{Text: fmt.Sprintf("%s is %s: %s", e.vpc.Addr, found[i].Environment, found[i].Fact.Text), Span: found[i].Fact.Span, Origin: found[i].Fact.Origin, Hop: true})
	}
	bad := value.Bad(facts...)
	switch {
	case a.Confidence == environment.Weak && b.Confidence == environment.Weak:
		return bad.As(byName)
	case b.Environment == analysis.Staging || b.Environment == analysis.NonProduction:
		return bad.As(toStaging)
	}
	return bad
}

// distinct says whether the ends have different addresses.
func (c *connection) distinct(g *graph.Graph) value.Verdict {
	var nets [2]network
	for i, e := range c.ends {
		vpc := aws.Of[aws.VPC](g, e.vpc)
		switch {
		case e.vpc == nil:
			return value.Open(e.attr.Fact())
		case vpc == nil || e.vpc.Mode != graph.Managed:
			return value.Open(value.Fact{Text: "the blocks of " + e.vpc.Addr + " are not in this scan", Span: e.attr.Span(), Origin: e.attr.V.Origin()})
		}
		nets[i] = c.blocks(vpc)
	}
	if nets[0].node == nets[1].node {
		return value.Good()
	}
	var open []value.Fact
	for _, a := range nets[0].blocks {
		for _, b := range nets[1].blocks {
			if !awsnet.Overlap(a.prefix, b.prefix) {
				continue
			}
			first := value.Fact{Text: fmt.Sprintf("%s of %s overlaps with %s of %s", a.prefix, nets[0].node.Addr, b.prefix, nets[1].node.Addr), Span: c.node.Span.Head()}
			if !a.sure || !b.sure {
				open = append(open, first)
				continue
			}
			return value.Bad(first,
				value.Fact{Text: nets[0].node.Addr + " has " + a.prefix.String(), Span: a.attr.Span(), Origin: a.attr.V.Origin(), Hop: true},
				value.Fact{Text: nets[1].node.Addr + " has " + b.prefix.String(), Span: b.attr.Span(), Origin: b.attr.V.Origin(), Hop: true})
		}
	}
	if open = append(append(open, nets[0].open...), nets[1].open...); len(open) > 0 {
		return value.Open(open...)
	}
	return value.Good()
}

// carrierGrade is the block that many VPCs use for pods and the like, on purpose
// the same everywhere, since a transit gateway need not propagate it.
var carrierGrade = netip.MustParsePrefix("100.64.0.0/10")

// blocks are the blocks of a VPC that count for the connection.
func (c *connection) blocks(vpc *aws.VPC) network {
	n := network{node: vpc.Node()}
	n.add(vpc.CIDR, vpc.Node().Exists == tri.True)
	if vpc.CIDR.V.IsUnset() {
		n.open = append(n.open, vpc.CIDR.Fact()) // from an IPAM pool
	}
	for _, s := range vpc.Secondary.Items {
		if text, ok := s.Part.CIDR.Get(); ok && c.transit {
			if p, err := awsnet.ParsePrefix(text); err == nil && awsnet.Overlap(p, carrierGrade) {
				continue
			}
		}
		n.add(s.Part.CIDR, s.Sure == tri.True)
	}
	n.open = append(n.open, vpc.Secondary.Open...)
	return n
}
