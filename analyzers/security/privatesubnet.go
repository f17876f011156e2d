package security

import (
	"fmt"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var noPrivateSubnet = &analysis.Rule{
	ID: "vpc-no-private-subnet", Title: "VPC has no private subnet for its workloads",
	Why:      "Every subnet leads to the internet: whatever runs there is one public address and one security group rule away from being exposed.",
	Fix:      "Add subnets without a route to the internet gateway, move workloads and data stores there, and leave load balancers and NAT gateways alone in the public ones.",
	Severity: analysis.Medium, Precision: analysis.HighPrecision, Pillar: analysis.Security, Profile: analysis.Review, Practice: "SEC05-BP01", Effort: "L",
	In:     analysis.Minor(analysis.Low),
	Covers: []string{"workload-in-public-subnet"},
}

// PrivateSubnet decides which networks keep nothing from the internet.
var PrivateSubnet = &analysis.Analyzer{
	Name: "privatesubnet", Doc: "finds VPCs with workloads of which all subnets lead to the internet",
	Rules:    []*analysis.Rule{noPrivateSubnet},
	Requires: []*analysis.Analyzer{topology.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		t := topology.Fact.Of(p)
		in, somewhere := map[graph.NodeID][]resident{}, map[*graph.Unit][]resident{}
		for _, w := range t.Workloads() {
			counts := belongsInside(t, w)
			sure, known := residence(t, w)
			for id, where := range sure {
				in[id] = append(in[id], resident{w.Node, counts.And(where)})
			}
			if !known {
				why := value.Open(value.Fact{Text: "in which VPC " + w.Node.Addr + " sits is not known", Span: w.Span()})
				somewhere[w.Node.Unit] = append(somewhere[w.Node.Unit], resident{w.Node, counts.And(why)})
			}
		}
		for vpc := range aws.Managed[aws.VPC](p.Graph) {
			if n := vpc.Node(); len(vpc.Subnets.Items) > 0 {
				decidePrivateSubnet(p, t, vpc, append(in[n.ID], somewhere[n.Unit]...))
			}
		}
		return nil, nil
	},
}

// resident is a workload of a VPC; counts is good if it is one that belongs into a
// private subnet.
type resident struct {
	node   *graph.Node
	counts value.Verdict
}

// belongsInside says whether a workload belongs into a private subnet: what serves
// the internet, or leads others there, does not.
func belongsInside(t *topology.Topology, w topology.Placed) value.Verdict {
	counts := value.Good()
	switch w.Kind {
	case aws.LoadBalancer:
		return value.Bad()
	case aws.Compute:
		counts = isGate(w.Node).Not()
	case aws.Service, aws.Function, aws.Database, aws.Cache, aws.Kubernetes, aws.FileSystem, aws.Search, aws.Warehouse, aws.Broker, aws.Analytics:
	}
	if m := aws.Of[aws.Instance](t.Graph(), w.Node); m != nil {
		counts = counts.And(m.SourceDest.Is(true))
	}
	if w.Node.Exists != tri.True {
		counts = counts.And(value.Open(value.Fact{Text: w.Node.Addr + " may not exist", Span: w.Node.Span.Head()}))
	}
	return counts
}

// residence finds the VPCs that a workload sits in, and whether there can be no
// others.
func residence(t *topology.Topology, w topology.Placed) (in map[graph.NodeID]value.Verdict, known bool) {
	in, known = map[graph.NodeID]value.Verdict{}, w.Complete
	for _, s := range w.Subnets {
		vpc := t.Subnet(s.Node).VPC
		if vpc == nil {
			known = false
			continue
		}
		where := value.Good()
		if s.Sure != tri.True {
			where = value.Open(value.Fact{Text: "whether " + w.Node.Addr + " sits in " + s.Node.Addr + " is not known", Span: s.Value.Span(), Origin: s.Value.Origin()})
		}
		if was, ok := in[vpc.ID]; ok {
			where = where.Or(was)
		}
		in[vpc.ID] = where
	}
	return in, known
}

func decidePrivateSubnet(p *analysis.Pass, t *topology.Topology, vpc *aws.VPC, residents []resident) {
	n := vpc.Node()
	inhabited := []value.Verdict{value.Bad(value.Fact{Text: n.Addr + " holds no workload", Span: n.Span.Head()})}
	opts := []analysis.Option{analysis.Together()}
	for _, r := range residents {
		c := r.counts
		if c.IsGood() {
			c = value.Good(value.Fact{Text: "it holds " + r.node.Addr, Span: r.node.Span.Head(), Hop: true})
		}
		inhabited = append(inhabited, c)
		if !r.counts.IsBad() {
			opts = append(opts, analysis.Concerns(r.node.ID))
		}
	}
	v := value.Either(inhabited...).And(allPublic(t, vpc))
	if v.IsGood() {
		opts = append(opts, analysis.Says("%s: all %d subnets of %s lead to the internet", noPrivateSubnet.Title, len(vpc.Subnets.Items), n.Addr))
	}
	p.Decide(noPrivateSubnet, n, v.Not(), opts...)
}

// notSurely says why a subnet may not be one of a VPC.
func notSurely(subnet, vpc *graph.Node) value.Fact {
	if subnet.Exists != tri.True {
		return subnet.Undecided()
	}
	return value.Fact{Text: "whether " + subnet.Addr + " is in " + vpc.Addr + " is not known", Span: subnet.Span.Head()}
}

// allPublic says whether every subnet of a VPC leads to the internet.
func allPublic(t *topology.Topology, vpc *aws.VPC) value.Verdict {
	v := value.Good(value.Fact{Text: fmt.Sprintf("%s has no private subnet", vpc.Node().Addr), Span: vpc.Node().Span.Head()})
	for _, s := range vpc.Subnets.Items {
		public := t.Subnet(s.Part.Node()).Public
		switch {
		case public.IsBad() && s.Sure != tri.True:
			public = value.Open(notSurely(s.Part.Node(), vpc.Node()))
		case public.IsGood():
			public = value.Good(append([]value.Fact{{Text: s.Part.Node().Addr + " leads to the internet", Span: s.Part.Node().Span.Head(), Hop: true}}, public.Facts()...)...)
		}
		v = v.And(public)
	}
	if len(vpc.Subnets.Open) > 0 {
		v = v.And(value.Open(vpc.Subnets.Open...))
	}
	return v
}
