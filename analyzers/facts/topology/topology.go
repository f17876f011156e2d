// Package topology is the shared result about networks: which subnets a VPC
// has, which route table holds for a subnet, whether that leads to the
// internet, and in which subnets a resource is placed.
package topology

import (
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Fact is the topology of a graph.
var Fact = analysis.NewFact("topology", "which subnets, route tables and gateways belong together", nil,
	func(p *analysis.Pass) (*Topology, error) { return New(p.Graph), nil })

// Topology answers questions about the networks of a graph.
type Topology struct {
	g       *graph.Graph
	subnets map[graph.NodeID]*Subnet
}

// Subnet is what is known about a subnet, also about one outside the scan.
type Subnet struct {
	Node *graph.Node
	// Model is nil for a subnet that is only known by its identity.
	Model *aws.Subnet
	// VPC is the node of the VPC, which may lie outside the scan, or nil.
	VPC *graph.Node
	// Public is true if the effective route table has a default route to an
	// internet gateway; the facts are the hops that show it, or what is missing.
	Public value.Verdict
}

// New works the topology of a graph out.
func New(g *graph.Graph) *Topology {
	t := &Topology{g: g, subnets: map[graph.NodeID]*Subnet{}}
	for m := range aws.All[aws.Subnet](g) {
		s := &Subnet{Node: m.Node(), Model: m, VPC: m.VPC.One()}
		s.Public = t.public(m)
		t.subnets[s.Node.ID] = s
	}
	return t
}

// Graph returns the graph that the topology is of.
func (t *Topology) Graph() *graph.Graph { return t.g }

// Subnet returns what is known about the subnet of a node, never nil.
func (t *Topology) Subnet(n *graph.Node) *Subnet {
	if s := t.subnets[n.ID]; s != nil {
		return s
	}
	return &Subnet{Node: n, Public: value.Open(value.Fact{Text: n.Addr + " is not in this scan", Span: n.Span.Head()})}
}

// public follows the effective route table of a subnet.
func (t *Topology) public(s *aws.Subnet) value.Verdict {
	if s.Node().Mode != graph.Managed {
		return value.Open(value.Fact{Text: "the route table of " + s.Node().Addr + " is not in this scan", Span: s.Node().Span.Head()})
	}
	var verdicts []value.Verdict
	for _, a := range s.Tables.Items {
		v := t.tableOf(&a.Part.Table, a.Part.Node())
		if a.Sure != tri.True {
			v = v.And(value.Open(value.Fact{Text: a.Part.Node().Addr + " may not exist", Span: a.Part.Node().Span.Head(), Origin: a.Part.Node().ExistsWhy}))
		}
		if a.Sure == tri.True {
			return v // a subnet has one association
		}
		verdicts = append(verdicts, v)
	}
	if len(s.Tables.Open) > 0 {
		return value.Open(s.Tables.Open...)
	}
	verdicts = append(verdicts, t.mainTable(s))
	return undecidedUnlessSame(verdicts)
}

// undecidedUnlessSame is the verdict that all agree on.
func undecidedUnlessSame(vs []value.Verdict) value.Verdict {
	for _, v := range vs[1:] {
		if v.Result != vs[0].Result {
			if vs[0].IsOpen() {
				return vs[0]
			}
			return value.Open(v.Facts()...)
		}
	}
	return vs[0]
}

// tableOf follows the table that an association names.
func (t *Topology) tableOf(ref *aws.Ref[aws.RouteTable], from *graph.Node) value.Verdict {
	n := ref.One()
	table := aws.Of[aws.RouteTable](t.g, n)
	if table == nil || n.Mode != graph.Managed {
		return value.Open(ref.Fact())
	}
	hop := value.Fact{Text: from.Addr + " gives it route table " + n.Addr, Span: from.Span.Head(), Hop: true}
	return prepend(hop, t.Internet(table))
}

func prepend(f value.Fact, v value.Verdict) value.Verdict {
	out := value.That(v.Result, append([]value.Fact{f}, v.Facts()...)...)
	return out
}

// mainTable judges a subnet without association: by the main table of its VPC,
// which has no way out unless the code gives it one.
func (t *Topology) mainTable(s *aws.Subnet) value.Verdict {
	vpc := aws.Of[aws.VPC](t.g, s.VPC.One())
	if vpc == nil || vpc.Node().Mode != graph.Managed || vpc.Node().Type == "aws_default_vpc" {
		return value.Open(value.Fact{Text: "the main route table of its VPC is not in this scan", Span: s.VPC.Span(), Origin: s.VPC.V.Origin()})
	}
	if s.Node().Type == "aws_default_subnet" {
		return value.Open(value.Fact{Text: "a default subnet comes with a route table that is not in this scan", Span: s.Node().Span.Head()})
	}
	if len(vpc.Main.Items) > 0 {
		m := vpc.Main.Items[0]
		v := t.tableOf(&m.Part.Table, m.Part.Node())
		if m.Sure != tri.True && !v.IsOpen() {
			return value.Open(value.Fact{Text: m.Part.Node().Addr + " may not exist", Span: m.Part.Node().Span.Head(), Origin: m.Part.Node().ExistsWhy})
		}
		return v
	}
	if len(vpc.Main.Open) > 0 {
		return value.Open(vpc.Main.Open...)
	}
	if len(vpc.Defaults.Items) > 0 {
		d := vpc.Defaults.Items[0]
		hop := value.Fact{Text: d.Part.Node().Addr + " is the main route table", Span: d.Part.Node().Span.Head(), Hop: true}
		v := prepend(hop, t.Internet(d.Part))
		if d.Sure != tri.True && !v.IsOpen() {
			return value.Open(hop)
		}
		return v
	}
	if len(vpc.Defaults.Open) > 0 {
		return value.Open(vpc.Defaults.Open...)
	}
	return value.Bad(value.Fact{Text: "no route table is associated, and the main one has no route to the internet",
		Span: s.Node().Span.Head()})
}

// Internet says whether a route table has a default route to an internet
// gateway; the facts are hops.
func (t *Topology) Internet(table *aws.RouteTable) value.Verdict {
	var vs []value.Verdict
	for _, r := range table.Inline.Items {
		v := t.route(r.CIDR, r.CIDR6, &r.Gateway)
		if r.Exists() != tri.True && v.IsGood() {
			v = value.Open(v.Facts()...)
		}
		vs = append(vs, v)
	}
	for _, r := range table.Routes.Items {
		v := t.route(r.Part.CIDR, r.Part.CIDR6, &r.Part.Gateway)
		if r.Sure != tri.True && v.IsGood() {
			v = value.Open(v.Facts()...)
		}
		vs = append(vs, v)
	}
	if table.Inline.Open {
		vs = append(vs, value.Open(table.Inline.Fact()))
	}
	if len(table.Routes.Open) > 0 {
		vs = append(vs, value.Open(table.Routes.Open...))
	}
	if len(vs) == 0 {
		return value.Bad(value.Fact{Text: table.Node().Addr + " has no routes", Span: table.Node().Span.Head()})
	}
	return value.Either(vs...)
}

// route says whether one route is a default route to an internet gateway.
func (t *Topology) route(cidr, cidr6 value.String, gateway *aws.Ref[aws.InternetGateway]) value.Verdict {
	v := isAll(cidr).Or(isAll(cidr6)).And(toInternetGateway(gateway))
	if !v.IsGood() {
		return v
	}
	destination := cidr
	if !isAll(cidr).IsGood() {
		destination = cidr6
	}
	text, _ := destination.Get()
	return value.Good(value.Fact{Text: "route " + text + " goes to " + gateway.One().Addr, Span: gateway.Span(), Origin: gateway.V.Origin(), Hop: true})
}

func isAll(s value.String) value.Verdict {
	return s.Match(func(text string) bool {
		p, err := awsnet.ParsePrefix(text)
		return err == nil && p.Bits() == 0
	}, func(prefix string) bool {
		return prefix == "" || prefix[0] == '0' || prefix[0] == ':' // "10." can't become a default route
	})
}

func toInternetGateway(ref *aws.Ref[aws.InternetGateway]) value.Verdict {
	if ref.V.IsUnset() {
		return value.Bad(ref.Fact())
	}
	targets := ref.Targets()
	if len(targets) == 0 && len(ref.Others()) > 0 && allSure(ref.Others()) {
		return value.Bad(ref.Fact()) // a VPN gateway, a NAT gateway
	}
	if len(targets) != 1 || targets[0].Sure != tri.True {
		return value.Open(ref.Fact())
	}
	n := targets[0].Node
	switch {
	case n.Type == "aws_internet_gateway" || n.Type == "AWS::EC2::InternetGateway":
	case n.Mode == graph.External && strings.HasPrefix(n.Addr, "igw-"):
	default:
		return value.Open(ref.Fact())
	}
	return value.Good(ref.Fact())
}

func allSure(ts []graph.Target) bool {
	for _, t := range ts {
		if t.Sure != tri.True {
			return false
		}
	}
	return true
}
