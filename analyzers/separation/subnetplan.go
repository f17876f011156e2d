package separation

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var subnetOverlap = &analysis.Rule{
	ID: "cidr-overlap-subnets", Title: "Subnet does not fit the address plan of its VPC",
	Why:      "AWS refuses a subnet that overlaps with another one or lies outside its VPC: the deployment stops half-way.",
	Fix:      "Derive the blocks of subnets from that of the VPC, each from a number of its own (cidrsubnet, Fn::Cidr).",
	Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Reliability, Practice: "REL02-BP03", Effort: "M",
}

// SubnetPlan decides whether subnets fit into their VPCs, beside each other.
var SubnetPlan = &analysis.Analyzer{
	Name: "subnetplan", Doc: "finds subnets that overlap with a sibling or lie outside their VPC",
	Rules: []*analysis.Rule{subnetOverlap},
	Run: func(p *analysis.Pass) (any, error) {
		plan := planSubnets(p.Graph)
		near := neighbours{in: map[*graph.Node][]int{}, somewhere: map[*graph.Unit][]int{}, all: map[*graph.Unit][]int{}}
		for i, s := range plan {
			v, other := value.Good(), (*plannedSubnet)(nil)
			for _, k := range near.of(&s) {
				pair := s.beside(&plan[k])
				if pair.IsBad() {
					v, other = pair, &plan[k]
					break
				}
				if pair.IsOpen() {
					v = v.And(pair)
				}
			}
			near.add(&s, i)
			if !v.IsBad() {
				v = s.inside(p.Graph).And(v)
			}
			opts := []analysis.Option{analysis.At(s.cidr.Span())}
			if other != nil {
				opts = append(opts, analysis.Concerns(other.node.ID))
			}
			p.Decide(subnetOverlap, s.node, v, opts...)
		}
		return nil, nil
	},
}

// plannedSubnet is a subnet with its block and VPC, as far as they are known.
type plannedSubnet struct {
	node  *graph.Node
	vpc   *graph.Node // nil: not known
	where value.Attr
	block netip.Prefix // not valid: not known
	cidr  value.String
}

// neighbours finds the subnets that may be in one VPC with another: large estates
// have many, and most of them are in others.
type neighbours struct {
	in             map[*graph.Node][]int
	somewhere, all map[*graph.Unit][]int
}

func (n *neighbours) add(s *plannedSubnet, i int) {
	u := s.node.Unit
	n.all[u] = append(n.all[u], i)
	if s.vpc == nil {
		n.somewhere[u] = append(n.somewhere[u], i)
		return
	}
	n.in[s.vpc] = append(n.in[s.vpc], i)
}

// of returns those that were added before, in that order.
func (n *neighbours) of(s *plannedSubnet) []int {
	if s.vpc == nil {
		return n.all[s.node.Unit]
	}
	out := slices.Concat(n.in[s.vpc], n.somewhere[s.node.Unit])
	slices.Sort(out)
	return out
}

// planSubnets lists the subnets in the order of their addresses, which no edit
// elsewhere changes: of a pair, the later one is reported.
func planSubnets(g *graph.Graph) []plannedSubnet {
	var out []plannedSubnet
	for m := range aws.Managed[aws.Subnet](g) {
		n := m.Node()
		if m.CIDR.V.IsUnset() {
			continue // IPv6 only, a default subnet, or from a pool
		}
		s := plannedSubnet{node: n, vpc: m.VPC.One(), where: m.VPC.Attr, cidr: m.CIDR}
		if text, ok := m.CIDR.Get(); ok {
			if p, err := awsnet.ParsePrefix(text); err == nil {
				s.block = p
			}
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b plannedSubnet) int {
		return cmp.Or(cmp.Compare(a.node.Unit.Key, b.node.Unit.Key), cmp.Compare(len(a.node.Addr), len(b.node.Addr)), cmp.Compare(a.node.Addr, b.node.Addr))
	})
	return out
}

// beside judges two subnets.
func (s *plannedSubnet) beside(o *plannedSubnet) value.Verdict {
	if s.vpc != nil && o.vpc != nil && s.vpc != o.vpc || s.node.Unit != o.node.Unit && (s.vpc == nil || o.vpc == nil) {
		return value.Good()
	}
	switch {
	case !s.block.IsValid():
		return value.Open(s.cidr.Fact())
	case !o.block.IsValid():
		return value.Open(o.cidr.Fact())
	case !awsnet.Overlap(s.block, o.block):
		return value.Good()
	}
	facts := []value.Fact{
		{Text: fmt.Sprintf("%s overlaps with %s of %s", s.block, o.block, o.node.Addr), Span: s.cidr.Span(), Origin: s.cidr.V.Origin()},
		{Text: fmt.Sprintf("%s has %s", o.node.Addr, o.block), Span: o.cidr.Span(), Origin: o.cidr.V.Origin(), Hop: true},
	}
	switch {
	case s.vpc == nil:
		return value.Open(s.where.Fact())
	case o.vpc == nil:
		return value.Open(o.where.Fact())
	case o.node.Exists != tri.True:
		return value.Open(o.node.Undecided())
	}
	return value.Bad(facts...)
}

// inside judges a subnet against the blocks of its VPC.
func (s *plannedSubnet) inside(g *graph.Graph) value.Verdict {
	vpc := aws.Of[aws.VPC](g, s.vpc)
	switch {
	case !s.block.IsValid():
		return value.Open(s.cidr.Fact())
	case s.vpc == nil:
		return value.Open(s.where.Fact())
	case vpc == nil || s.vpc.Mode != graph.Managed || s.vpc.Type == "aws_default_vpc":
		return value.Good() // nothing is known against it
	}
	n := network{node: s.vpc}
	n.add(vpc.CIDR, s.vpc.Exists == tri.True)
	for _, c := range vpc.Secondary.Items {
		n.add(c.Part.CIDR, c.Sure == tri.True)
		if c.Part.CIDR.V.IsUnset() {
			n.open = append(n.open, c.Part.CIDR.Fact())
		}
	}
	if vpc.CIDR.V.IsUnset() {
		n.open = append(n.open, vpc.CIDR.Fact()) // from an IPAM pool
	}
	n.open = append(n.open, vpc.Secondary.Open...)
	for _, b := range n.blocks {
		if b.prefix.Bits() <= s.block.Bits() && b.prefix.Contains(s.block.Addr()) {
			if b.sure {
				return value.Good(b.attr.Fact())
			}
			n.open = append(n.open, b.attr.Fact())
		}
	}
	if len(n.open) > 0 {
		return value.Open(n.open...)
	}
	return value.Bad(value.Fact{Text: fmt.Sprintf("%s lies outside %s of %s", s.block, blocksText(n.blocks), s.vpc.Addr), Span: s.cidr.Span(), Origin: s.cidr.V.Origin()},
		value.Fact{Text: vpc.CIDR.Fact().Text, Span: vpc.CIDR.Span(), Origin: vpc.CIDR.V.Origin(), Hop: true})
}

func blocksText(blocks []block) string {
	texts := make([]string, len(blocks))
	for i, b := range blocks {
		texts[i] = b.prefix.String()
	}
	return strings.Join(texts, ", ")
}
