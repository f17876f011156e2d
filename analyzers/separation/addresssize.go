package separation

import (
	"fmt"
	"net/netip"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var tooSmall = &analysis.Rule{
	ID: "vpc-cidr-too-small", Title: "Address block is too small for what is to run in it",
	Why:      "Every task, node and network interface takes an address. Once they are used up, nothing scales out, deployments hang, and the block of a subnet can't be changed.",
	Fix:      "Plan a /16 to /22 for a VPC and at least a /24 for subnets of containers, instances that scale, and functions; a VPC can be given a second block.",
	Severity: analysis.Low, Precision: analysis.HighPrecision, Pillar: analysis.Reliability, Practice: "REL02-BP03", Effort: "L",
	Profile: analysis.Review,
}

// The prefixes from which on a block is too small: that of a whole VPC, that of a
// subnet of what grows by instances, and of what takes an address for each container.
const (
	smallVPC        = 25
	smallSubnet     = 27
	smallForTasks   = 26
	bitsOfAnAddress = 32
)

// needs are the workloads that take more addresses as they grow, with the prefix
// from which on a subnet is too small for them.
var needs = map[string]int{
	"aws_eks_node_group": smallForTasks, "aws_eks_fargate_profile": smallForTasks, "aws_ecs_service": smallForTasks,
	"aws_ecs_task_set": smallForTasks, "aws_autoscaling_group": smallSubnet, "aws_lambda_function": smallSubnet,
	"AWS::EKS::Nodegroup": smallForTasks, "AWS::EKS::FargateProfile": smallForTasks, "AWS::ECS::Service": smallForTasks,
	"AWS::ECS::TaskSet": smallForTasks, "AWS::AutoScaling::AutoScalingGroup": smallSubnet, "AWS::Lambda::Function": smallSubnet,
}

// AddressSize decides whether blocks have room for what is to run in them.
var AddressSize = &analysis.Analyzer{
	Name: "addresssize", Doc: "finds VPCs and subnets with too few addresses",
	Rules:    []*analysis.Rule{tooSmall},
	Requires: []*analysis.Analyzer{topology.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		for _, n := range vpcsOf(p.Graph) {
			p.Decide(tooSmall, n.node, n.roomy())
		}
		users := growing(topology.Fact.Of(p))
		for m := range aws.Managed[aws.Subnet](p.Graph) {
			v, concerns := users.fit(m)
			p.Decide(tooSmall, m.Node(), v, analysis.Concerns(concerns...))
		}
		return nil, nil
	},
}

// roomy judges the size of a VPC by its only block.
func (n *network) roomy() value.Verdict {
	if n.node.Type == "aws_default_vpc" {
		return value.Good() // 172.31.0.0/16, always
	}
	for _, b := range n.blocks {
		if b.prefix.Bits() < smallVPC && b.sure {
			return value.Good(b.attr.Fact())
		}
	}
	switch {
	case len(n.open) > 0:
		return value.Open(n.open...)
	case len(n.blocks) != 1:
		return value.Good() // several, of which none is the only one
	}
	b := n.blocks[0]
	if b.prefix.Bits() < smallVPC {
		return value.Open(b.attr.Fact())
	}
	return value.Bad(value.Fact{Text: fmt.Sprintf("%s, its only block, has %s", b.prefix, addresses(b.prefix)), Span: b.attr.Span(), Origin: b.attr.V.Origin()})
}

func addresses(p netip.Prefix) string {
	if n := 1 << (bitsOfAnAddress - p.Bits()); n != 1 {
		return fmt.Sprintf("%d addresses", n)
	}
	return "one address"
}

// occupant is a workload that grows, in a subnet.
type occupant struct {
	node  *graph.Node
	sure  tri.Bool
	at    value.Value
	limit int
}

// occupants are the workloads that grow by the subnet that they are in; anywhere
// are some of those of which it is not known where they are.
type occupants struct {
	in       map[*graph.Node][]occupant
	anywhere []occupant
}

func growing(t *topology.Topology) *occupants {
	out := &occupants{in: map[*graph.Node][]occupant{}}
	for _, w := range t.Workloads() {
		limit, grows := needs[w.Node.Type]
		if !grows {
			continue
		}
		for _, s := range w.Subnets {
			out.in[s.Node] = append(out.in[s.Node], occupant{w.Node, tri.And(s.Sure, w.Node.Exists), s.Value, limit})
		}
		if !w.Complete {
			at := value.OfUnknown(value.KindAny, w.Span(), lastOrigin(w.Facts))
			out.anywhere = append(out.anywhere, occupant{w.Node, tri.Unknown, at, limit})
		}
	}
	return out
}

// fit judges the size of a subnet by what is in it.
func (o *occupants) fit(m *aws.Subnet) (value.Verdict, []graph.NodeID) {
	n := m.Node()
	text, known := m.CIDR.Get()
	block, err := awsnet.ParsePrefix(text)
	if m.CIDR.V.IsUnset() || known && (err != nil || !block.Addr().Is4()) {
		return value.Good(), nil
	}
	var maybe []occupant
	for _, x := range o.in[n] {
		switch {
		case known && block.Bits() < x.limit:
		case known && x.sure == tri.True:
			return value.Bad(
				value.Fact{Text: fmt.Sprintf("%s has %s, and %s grows in it", block, addresses(block), x.node.Addr), Span: m.CIDR.Span(), Origin: m.CIDR.V.Origin()},
				value.Fact{Text: x.node.Addr + " is placed here", Span: x.at.Span(), Origin: x.at.Origin(), Hop: true}), []graph.NodeID{x.node.ID}
		default:
			maybe = append(maybe, x)
		}
	}
	for _, x := range o.anywhere {
		// Where neither the size nor the place is known, both are at least to be of
		// one unit: anything else would be far-fetched.
		if known && block.Bits() >= x.limit && deployed(n, x.node) || !known && n.Unit == x.node.Unit {
			maybe = append(maybe, x)
		}
	}
	if len(maybe) == 0 {
		return value.Good(), nil
	}
	x := maybe[0]
	if !known {
		return value.Open(m.CIDR.Fact()), []graph.NodeID{x.node.ID}
	}
	return value.Open(value.Fact{Text: fmt.Sprintf("whether %s, which grows, is in this subnet of %s is not known", x.node.Addr, addresses(block)),
		Span: x.at.Span(), Origin: x.at.Origin()}), []graph.NodeID{x.node.ID}
}
