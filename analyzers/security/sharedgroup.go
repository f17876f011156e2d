package security

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var sgShared = &analysis.Rule{
	ID: "sg-shared-by-components", Title: "One security group serves different components",
	Why:      "Every port that one of them needs is open on all of them, so that a break-in at the front reaches the data at the back.",
	Fix:      "Give each component a security group of its own, and name the groups of its clients as sources.",
	Severity: analysis.Medium, Precision: analysis.HighPrecision, Pillar: analysis.Security, Practice: "SEC05-BP02", Effort: "M",
}

// SharedGroups decides whether components have security groups of their own.
var SharedGroups = &analysis.Analyzer{
	Name: "sharedgroups", Doc: "finds security groups that different kinds of components bear",
	Rules:    []*analysis.Rule{sgShared},
	Requires: []*analysis.Analyzer{topology.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		t := topology.Fact.Of(p)
		bearers := bearersOf(p.Graph, t)
		ingress := ingressOf(p.Graph)
		for sg := range aws.Managed[aws.SecurityGroup](p.Graph) {
			p.Decide(sgShared, sg.Node(), ownGroup(sg, bearers[sg.Node().ID], ingress[sg.Node().ID]))
		}
		return nil, nil
	},
}

// bearer is a component that bears a security group.
type bearer struct {
	node *graph.Node
	kind aws.WorkloadKind
	sure tri.Bool
	at   value.Value
}

// bearersOf lists the components by group. Volumes and brokers are not among
// the kinds that the rule compares.
func bearersOf(g *graph.Graph, t *topology.Topology) map[graph.NodeID][]bearer {
	out := map[graph.NodeID][]bearer{}
	for _, n := range g.Nodes() {
		placed, ok := t.Placement(n)
		if !ok || n.Mode != graph.Managed || !isComponent(placed.Kind) {
			continue
		}
		groups, _ := t.SecurityGroups(n)
		for _, s := range groups {
			out[s.Node.ID] = append(out[s.Node.ID], bearer{n, placed.Kind, tri.And(s.Sure, n.Exists), s.Value})
		}
	}
	return out
}

func isComponent(k aws.WorkloadKind) bool {
	switch k {
	case aws.LoadBalancer, aws.Service, aws.Function, aws.Compute, aws.Database, aws.Cache:
		return true
	case aws.Kubernetes, aws.FileSystem, aws.Search, aws.Warehouse, aws.Broker, aws.Analytics:
	}
	return false
}

// ingressOf says which groups certainly, or perhaps, admit anything.
func ingressOf(g *graph.Graph) map[graph.NodeID]tri.Bool {
	out := map[graph.NodeID]tri.Bool{}
	for in := range aws.Ingresses(g) {
		if in.Group == nil || in.Direction.IsBad() {
			continue
		}
		sure := tri.And(in.Exists, in.Node.Exists, in.Direction.Result)
		if old, ok := out[in.Group.ID]; ok {
			sure = tri.Or(old, sure)
		}
		out[in.Group.ID] = sure
	}
	return out
}

// ownGroup judges a group: it should serve one kind of component, and one service.
func ownGroup(sg *aws.SecurityGroup, list []bearer, ingress tri.Bool) value.Verdict {
	different := differ(list)
	if !different.IsGood() {
		return different.Not()
	}
	admits := value.That(tri.True)
	if ingress != tri.True {
		admits = value.Bad()
		if sg.Ingress.Open || len(sg.Rules.Open) > 0 || len(sg.IngressOnly.Open) > 0 || hasUnsure(sg) || ingress == tri.Unknown && hasSatellite(sg) {
			admits = value.Open(value.Fact{Text: "whether the group has ingress rules is not known", Span: sg.Node().Span.Head()})
		}
	}
	return different.And(admits).Not()
}

func hasSatellite(sg *aws.SecurityGroup) bool {
	return len(sg.Rules.Items)+len(sg.IngressOnly.Items) > 0
}

func hasUnsure(sg *aws.SecurityGroup) bool {
	for _, i := range sg.Ingress.Items {
		if i.Exists() != tri.True {
			return true
		}
	}
	return false
}

// differ says whether two components are different ones: of different kinds,
// or services with different names.
func differ(list []bearer) value.Verdict {
	out := value.Bad()
	for i, a := range list {
		for _, b := range list[:i] {
			if !distinct(a, b) {
				continue
			}
			f := []value.Fact{
				{Text: fmt.Sprintf("%s (%s) and %s (%s) bear it", b.node.Addr, b.kind, a.node.Addr, a.kind)},
				{Text: b.node.Addr + " bears it", Span: b.at.Span(), Origin: b.at.Origin(), Hop: true},
				{Text: a.node.Addr + " bears it", Span: a.at.Span(), Origin: a.at.Origin(), Hop: true},
			}
			if a.sure == tri.True && b.sure == tri.True {
				return value.Good(f...)
			}
			out = value.Open(f...)
		}
	}
	return out
}

func distinct(a, b bearer) bool {
	if block(a.node) == block(b.node) && a.node.Unit == b.node.Unit {
		return false // copies made by count or for_each
	}
	if a.kind != b.kind {
		return true
	}
	if a.kind != aws.Service {
		return false
	}
	na, okA := serviceName(a.node)
	nb, okB := serviceName(b.node)
	return okA && okB && na != nb
}

func serviceName(n *graph.Node) (string, bool) {
	for _, attr := range []string{"name", "ServiceName"} {
		if s, ok := n.Body.Get(attr).Str(); ok {
			return s, true
		}
	}
	return "", false
}

// block is the address of the block that a node is an instance of.
func block(n *graph.Node) string {
	if i := strings.LastIndexByte(n.Addr, '['); i > 0 && strings.HasSuffix(n.Addr, "]") {
		return n.Addr[:i]
	}
	return n.Addr
}
