package security

import (
	"fmt"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var cidrSource = &analysis.Rule{
	ID: "sg-cidr-instead-of-sg-source", Title: "Data store admits a range of its VPC instead of its clients",
	Why:      "Whatever runs in the range may connect, today and later: a break-in anywhere in it reaches the data store directly.",
	Fix:      "Name the security groups of the clients as the source of the rule.",
	Severity: analysis.Low, Precision: analysis.HighPrecision, Pillar: analysis.Security, Profile: analysis.Review, Practice: "SEC05-BP02", Effort: "S",
}

// CIDRSource decides whether data stores admit address ranges where they could admit
// security groups.
var CIDRSource = &analysis.Analyzer{
	Name: "cidrsource", Doc: "finds data stores that admit their whole VPC or subnet although the clients have security groups",
	Rules:    []*analysis.Rule{cidrSource},
	Requires: []*analysis.Analyzer{topology.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		t := topology.Fact.Of(p)
		c := &cidrSources{g: p.Graph, t: t, bearers: bearersOf(p.Graph, t, func(k aws.WorkloadKind) bool { return isClient(k) || isStore(k) }), groups: map[*graph.Unit]groupsIn{}}
		decided := map[graph.NodeID]bool{}
		for in := range aws.Ingresses(p.Graph) {
			if in.Group == nil || in.Group.Mode != graph.Managed {
				continue
			}
			decided[in.Group.ID] = true
			v := c.verdict(in)
			opts := []analysis.Option{analysis.Subject(subject(in))}
			if v.IsBad() {
				opts = append(opts, analysis.Says("%s: %s of %s admits %s", cidrSource.Title, in.PortText(), in.Group.Addr, in.SourceText()))
			}
			p.Decide(cidrSource, in.Node, v, opts...)
		}
		for sg := range aws.Managed[aws.SecurityGroup](p.Graph) {
			switch n := sg.Node(); {
			case sg.Ingress.Open:
				v := value.Open(sg.Ingress.Fact()).When(c.bornByStore(n))
				if !v.IsGood() {
					v = v.When(c.clients(n))
				}
				p.Decide(cidrSource, n, v)
			case !decided[n.ID]:
				p.Decide(cidrSource, n, value.Good())
			}
		}
		return nil, nil
	},
}

func isStore(k aws.WorkloadKind) bool {
	return k == aws.Database || k == aws.Cache || k == aws.Search
}

func isClient(k aws.WorkloadKind) bool {
	return k == aws.Service || k == aws.Function || k == aws.Compute
}

type cidrSources struct {
	g       *graph.Graph
	t       *topology.Topology
	bearers bearers
	groups  map[*graph.Unit]groupsIn
}

// verdict judges a rule.
func (c *cidrSources) verdict(in *aws.Ingress) value.Verdict {
	ports := value.That(in.Traffic().AllowsAny(awsnet.TCP, dataTCP), portFacts(in)...)
	exists := value.Good()
	if tri.And(in.Exists, in.Node.Exists) != tri.True {
		exists = value.Open(in.Undecided())
	}
	// Most rules fail one of the first: the rest is not worth the work then.
	v := c.bornByStore(in.Group)
	for _, more := range []func() value.Verdict{
		func() value.Verdict { return ports.And(in.Direction, exists) },
		func() value.Verdict { return c.inside(in) },
		func() value.Verdict { return c.clients(in.Group) },
	} {
		if v.IsBad() {
			break
		}
		v = more().And(v)
	}
	return v.Not()
}

// bornByStore says whether a data store bears a group, and no client does: that
// would admit its own kind.
func (c *cidrSources) bornByStore(group *graph.Node) value.Verdict {
	store, client := value.Bad(value.Fact{Text: "no data store bears " + group.Addr, Span: group.Span.Head()}), value.Bad()
	for _, b := range append(c.bearers.of[group.ID], c.bearers.perhaps[group.Unit]...) {
		is := value.That(b.sure, value.Fact{Text: b.node.Addr + " bears it", Span: b.at.Span(), Origin: b.at.Origin(), Hop: true})
		if isStore(b.kind) {
			store = store.Or(is)
		} else if b.sure == tri.True {
			client = client.Or(is)
		}
	}
	return store.And(client.Not())
}

// clients says whether there is compute in the VPC of a group, in the same root or
// stack, with a group of its own.
func (c *cidrSources) clients(group *graph.Node) value.Verdict {
	sg := aws.Of[aws.SecurityGroup](c.g, group)
	out := value.Bad(value.Fact{Text: "no clients are declared beside it", Span: group.Span.Head()})
	for _, other := range c.ofClients(group.Unit, sg.VPC.One()) {
		if other.Node() == group {
			continue
		}
		same := sameVPC(sg, other)
		if same.IsBad() {
			continue
		}
		for _, b := range c.bearers.of[other.Node().ID] {
			if isClient(b.kind) {
				is := value.That(b.sure, value.Fact{Text: fmt.Sprintf("%s bears %s", b.node.Addr, other.Node().Addr), Span: b.at.Span(), Origin: b.at.Origin(), Hop: true})
				out = out.Or(is.And(same))
			}
		}
	}
	for _, b := range c.bearers.perhaps[group.Unit] {
		if isClient(b.kind) {
			out = out.Or(value.Open(value.Fact{Text: "the security groups of " + b.node.Addr + " are not known", Span: b.at.Span(), Origin: b.at.Origin()}))
		}
	}
	return out
}

// groupsIn are security groups of a unit by their VPC; nil is one that is not known.
type groupsIn map[*graph.Node][]*aws.SecurityGroup

// ofClients are the groups that clients bear and that may be of a VPC.
func (c *cidrSources) ofClients(u *graph.Unit, vpc *graph.Node) []*aws.SecurityGroup {
	if c.groups[u] == nil {
		c.groups[u] = groupsIn{}
		for sg := range aws.ManagedIn[aws.SecurityGroup](c.g, u) {
			if slices.ContainsFunc(c.bearers.of[sg.Node().ID], func(b bearer) bool { return isClient(b.kind) }) {
				n := sg.VPC.One()
				c.groups[u][n] = append(c.groups[u][n], sg)
			}
		}
	}
	in := c.groups[u]
	if vpc != nil {
		return slices.Concat(in[vpc], in[nil])
	}
	var all []*aws.SecurityGroup
	for sg := range aws.ManagedIn[aws.SecurityGroup](c.g, u) {
		if slices.Contains(in[sg.VPC.One()], sg) {
			all = append(all, sg)
		}
	}
	return all
}

// sameVPC says whether two groups are of one VPC.
func sameVPC(a, b *aws.SecurityGroup) value.Verdict {
	x, y := a.VPC.One(), b.VPC.One()
	switch {
	case a.VPC.V.IsUnset() && b.VPC.V.IsUnset():
		return value.Good() // the default one
	case x == nil:
		return value.Open(a.VPC.Fact())
	case y == nil:
		return value.Open(b.VPC.Fact())
	}
	return value.That(tri.Of(x == y))
}

// inside says whether a rule admits the block of its VPC, or of a subnet in it.
func (c *cidrSources) inside(in *aws.Ingress) value.Verdict {
	sg := aws.Of[aws.SecurityGroup](c.g, in.Group)
	vpc := aws.Of[aws.VPC](c.g, sg.VPC.One())
	if vpc == nil {
		if sg.VPC.V.IsUnset() {
			return value.Bad(sg.VPC.Fact())
		}
		return c.someAddress(in, sg.VPC.Fact())
	}
	var vs []value.Verdict
	items, complete := in.CIDRs[0].Items()
	if v := in.CIDRs[0].V; len(items) == 0 && len(v.Refs()) > 0 { // one, known by what it refers to
		items, complete = []value.Value{v}, true
	}
	for _, v := range items {
		vs = append(vs, sureSource(c.isBlock(in.Node, v, vpc), v))
	}
	if !complete {
		vs = append(vs, value.Open(in.CIDRs[0].Fact()))
	}
	return value.Either(append(vs, value.Bad(in.CIDRs[0].Fact()))...)
}

// someAddress is open if a rule admits any private range at all.
func (c *cidrSources) someAddress(in *aws.Ingress, why value.Fact) value.Verdict {
	if in.CIDRs[0].V.IsUnset() {
		return value.Bad(in.CIDRs[0].Fact())
	}
	return value.Open(why)
}

func sureSource(v value.Verdict, at value.Value) value.Verdict {
	if v.IsGood() && at.MayBeMissing() {
		return value.Open(v.Facts()...)
	}
	return v
}

// isBlock says whether a range is the block of a VPC or one of its subnets, by what
// it is or by what it refers to.
func (c *cidrSources) isBlock(by *graph.Node, v value.Value, vpc *aws.VPC) value.Verdict {
	fact := func(n *graph.Node) value.Fact {
		return value.Fact{Text: "the source is the block of " + n.Addr, Span: v.Span(), Origin: v.Origin()}
	}
	targets, _ := c.g.Resolve(by, "", v)
	for _, t := range targets {
		whole := t.Attr == "cidr_block" || t.Attr == "CidrBlock"
		if whole && v.Parts() == nil && (t.Node == vpc.Node() || c.isSubnetOf(t.Node, vpc)) {
			return value.That(t.Sure, fact(t.Node))
		}
	}
	text, ok := v.Str()
	if !ok {
		return value.Open(value.Fact{Text: "the source is not known", Span: v.Span(), Origin: v.Origin()})
	}
	source, err := awsnet.ParsePrefix(text)
	if err != nil {
		return value.Bad()
	}
	equal := func(n *graph.Node, cidr value.String) value.Verdict {
		block, known := cidr.Get()
		switch {
		case known:
			p, err := awsnet.ParsePrefix(block)
			return value.That(tri.Of(err == nil && p == source), fact(n))
		case cidr.V.IsUnset():
			return value.Bad(cidr.Fact())
		}
		return value.Open(cidr.Fact())
	}
	vs := []value.Verdict{equal(vpc.Node(), vpc.CIDR)}
	for _, s := range vpc.Secondary.Items {
		vs = append(vs, equal(s.Part.Node(), s.Part.CIDR))
	}
	for _, s := range vpc.Subnets.Items {
		vs = append(vs, value.That(s.Sure, fact(s.Part.Node())).And(equal(s.Part.Node(), s.Part.CIDR)))
	}
	if open := append(append([]value.Fact(nil), vpc.Subnets.Open...), vpc.Secondary.Open...); len(open) > 0 {
		vs = append(vs, value.Open(open...))
	}
	return value.Either(vs...)
}

func (c *cidrSources) isSubnetOf(n *graph.Node, vpc *aws.VPC) bool {
	return c.t.Subnet(n).Model != nil && c.t.Subnet(n).VPC == vpc.Node()
}
