package security

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/reach"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var rdsPublicSubnet = &analysis.Rule{
	ID: "rds-in-public-subnet", Title: "Database sits in a public subnet",
	Why:      "The subnet has a route to the internet gateway: a public address, given by mistake or by default, is all that is missing to expose the database.",
	Fix:      "Move the subnet group to subnets without a default route to an internet gateway.",
	Severity: analysis.High, Precision: analysis.HighPrecision, Pillar: analysis.Security, Practice: "SEC05-BP01", Effort: "L",
	Covers: []string{"workload-in-public-subnet"},
}

var workloadPublicSubnet = &analysis.Rule{
	ID: "workload-in-public-subnet", Title: "Workload sits in a public subnet",
	Why:      "Only what serves the internet belongs into subnets with a route to an internet gateway; for the rest that route is an exposure waiting for one wrong setting.",
	Fix:      "Use private subnets with NAT or VPC endpoints, and leave load balancers alone in the public ones.",
	Severity: analysis.Medium, Precision: analysis.HighPrecision, Pillar: analysis.Security, Profile: analysis.Review, Practice: "SEC05-BP01", Effort: "L",
	Variants: map[string]analysis.Severity{withoutAddress: analysis.Low},
}

// withoutAddress is the milder form: in a public subnet, but with no public address.
const withoutAddress = "without public address"

// PublicSubnet decides which workloads sit in subnets that lead to the internet.
var PublicSubnet = &analysis.Analyzer{
	Name: "publicsubnet", Doc: "finds workloads and data stores in subnets with a default route to an internet gateway",
	Rules:    []*analysis.Rule{rdsPublicSubnet, workloadPublicSubnet},
	Requires: []*analysis.Analyzer{topology.Fact.Analyzer, reach.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		t, r := topology.Fact.Of(p), reach.Fact.Of(p)
		for _, w := range t.Workloads() {
			in := inPublicSubnet(t, w)
			if isRDS(w.Node.Type) {
				p.Decide(rdsPublicSubnet, w.Node, in.Not())
			}
			if v, judged := workload(t, r, w, in); judged {
				p.Decide(workloadPublicSubnet, w.Node, v)
			}
		}
		return nil, nil
	},
}

func isRDS(typ string) bool {
	switch typ {
	case "aws_db_instance", "aws_rds_cluster", "AWS::RDS::DBInstance", "AWS::RDS::DBCluster":
		return true
	}
	return false
}

// inPublicSubnet says whether one of the subnets of a workload is public. The
// facts are the hops: group, subnet, table, route.
func inPublicSubnet(t *topology.Topology, w topology.Placed) value.Verdict {
	var vs []value.Verdict
	for _, s := range w.Subnets {
		v := t.Subnet(s.Node).Public
		if s.Sure != tri.True && v.IsGood() {
			v = value.Open(value.Fact{Text: "whether it sits in " + s.Node.Addr + " is not known", Span: s.Value.Span(), Origin: s.Value.Origin()})
		}
		if v.IsGood() {
			hop := value.Fact{Text: "it sits in " + s.Node.Addr, Span: s.Value.Span(), Origin: s.Value.Origin(), Hop: true}
			facts := append(append(append([]value.Fact(nil), w.Facts...), hop), v.Facts()...)
			v = value.Good(append([]value.Fact{{Text: s.Node.Addr + " leads to the internet", Span: w.Span()}}, facts...)...)
		}
		vs = append(vs, v)
	}
	if !w.Complete {
		vs = append(vs, value.Open(w.Facts...))
	}
	return value.Either(vs...)
}

// workload judges everything that sits in subnets: data stores do not belong
// into public ones at all, compute only if it has to have an address.
func workload(t *topology.Topology, r *reach.Reach, w topology.Placed, in value.Verdict) (v value.Verdict, judged bool) {
	switch w.Kind {
	case aws.LoadBalancer:
		return value.Verdict{}, false
	case aws.Kubernetes:
		// The control plane's interfaces are reached through the endpoint only.
		if w.Node.Type == "aws_eks_cluster" || w.Node.Type == "AWS::EKS::Cluster" {
			return value.Verdict{}, false
		}
	case aws.Database, aws.Cache, aws.FileSystem, aws.Search, aws.Warehouse, aws.Broker, aws.Function, aws.Service, aws.Compute, aws.Analytics:
	}
	v = in.Not()
	if w.Kind == aws.Compute {
		v = v.Unless(isGate(w.Node))
	}
	if m := aws.Of[aws.Instance](t.Graph(), w.Node); m != nil {
		v = v.Unless(m.SourceDest.Is(false)) // it forwards for others: a NAT instance
	}
	// An address that is not known to be there does not make it graver.
	if v.IsBad() && !w.Kind.IsDataStore() && !publicAddress(t, r, w).IsGood() {
		v = v.As(withoutAddress)
	}
	return v, true
}

// isGate says whether the purpose of a host is to be reached from outside, or
// to lead others there: by its name, or by a tag.
func isGate(n *graph.Node) value.Verdict {
	if namesGate(n.Name) {
		return value.Good()
	}
	tags := aws.TagsOf(n)
	texts := []value.Field{
		{Name: "name", Value: n.Body.Get("name")},
		{Name: "AutoScalingGroupName", Value: n.Body.Get("AutoScalingGroupName")},
		{Name: "LaunchTemplateName", Value: n.Body.Get("LaunchTemplateName")},
	}
	for _, f := range tags.List() {
		if namesGate(f.Name) {
			return value.Good()
		}
		texts = append(texts, value.Field{Name: "tag " + f.Name, Value: f.Value})
	}
	var unknown []value.Fact
	for _, f := range texts {
		text, ok := f.Value.Str()
		switch {
		case ok && namesGate(text):
			return value.Good()
		case f.Value.IsUnknown():
			unknown = append(unknown, value.Fact{Text: f.Name + " is unknown", Span: f.Value.Span(), Origin: f.Value.Origin()})
		}
	}
	if tags.Open {
		unknown = append(unknown, value.Fact{Text: "it may have more tags", Span: n.Span.Head()})
	}
	if len(unknown) > 0 {
		return value.Open(unknown...)
	}
	return value.Bad()
}

// namesGate reports a text with one of the words for such hosts: "jumphost",
// "openvpn-2".
func namesGate(text string) bool {
	tokens := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' })
	return slices.ContainsFunc(tokens, func(token string) bool {
		return token == "nat" || strings.HasPrefix(token, "jump") || strings.Contains(token, "bastion") || strings.Contains(token, "vpn")
	})
}

// publicAddress says whether a compute workload gets a public address.
func publicAddress(t *topology.Topology, r *reach.Reach, w topology.Placed) value.Verdict {
	n, g := w.Node, t.Graph()
	if m := aws.Of[aws.ECSService](g, n); m != nil {
		return m.HasPublicIP()
	}
	if m := aws.Of[aws.ECSTaskSet](g, n); m != nil {
		return m.HasPublicIP()
	}
	if w.Kind == aws.Function {
		return value.Bad() // Lambda never gets one
	}
	if v, _, known := r.PublicAtLaunch(n); known {
		return v
	}
	var vs []value.Verdict
	for _, s := range w.Subnets {
		if m := t.Subnet(s.Node).Model; m != nil {
			vs = append(vs, m.MapPublicIPOnLaunch.Is(true))
		}
	}
	return value.Either(vs...)
}
