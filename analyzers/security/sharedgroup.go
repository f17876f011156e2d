package security

import (
	"fmt"
	"slices"
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
		bearers := bearersOf(p.Graph, t, isComponent)
		ingress := ingressOf(p.Graph)
		for sg := range aws.Managed[aws.SecurityGroup](p.Graph) {
			n := sg.Node()
			list := append(slices.Clip(bearers.of[n.ID]), bearers.perhaps[n.Unit]...)
			p.Decide(sgShared, n, ownGroup(sg, list, ingress))
		}
		return nil, nil
	},
}

// bearer is a component that bears a security group.
type bearer struct {
	node *graph.Node
	kind aws.WorkloadKind
	// sure is unknown for one that may bear it.
	sure tri.Bool
	// at is the reference to the group, or what leaves it open.
	at value.Value
}

// bearers are the components by what they bear.
type bearers struct {
	of map[graph.NodeID][]bearer
	// perhaps are components of a unit of which not all groups are known, so that
	// they may bear any: a few of each kind are enough to leave a verdict open.
	perhaps map[*graph.Unit][]bearer
}

// bearersOf lists the components of the wanted kinds by group.
func bearersOf(g *graph.Graph, t *topology.Topology, wanted func(aws.WorkloadKind) bool) bearers {
	out := bearers{map[graph.NodeID][]bearer{}, map[*graph.Unit][]bearer{}}
	seen := map[*graph.Unit]map[aws.WorkloadKind]int{}
	for _, n := range g.Nodes() {
		placed, ok := t.Placement(n)
		if !ok || n.Mode != graph.Managed || !wanted(placed.Kind) || n.Exists == tri.False {
			continue
		}
		groups, complete := t.SecurityGroups(n)
		for _, s := range groups {
			out.of[s.Node.ID] = append(out.of[s.Node.ID], bearer{n, placed.Kind, tri.And(s.Sure, n.Exists), s.Value})
		}
		const enough = 3
		if seen[n.Unit] == nil {
			seen[n.Unit] = map[aws.WorkloadKind]int{}
		}
		if !complete && seen[n.Unit][placed.Kind] < enough {
			seen[n.Unit][placed.Kind]++
			out.perhaps[n.Unit] = append(out.perhaps[n.Unit], bearer{n, placed.Kind, tri.Unknown, t.UnknownGroups(n)})
		}
	}
	for _, list := range out.of {
		// The order in which components are written must not show.
		slices.SortFunc(list, func(a, b bearer) int { return strings.Compare(a.node.Addr, b.node.Addr) })
	}
	return out
}

// isComponent reports the kinds that the rule compares: volumes and brokers are not
// among them.
func isComponent(k aws.WorkloadKind) bool {
	switch k {
	case aws.LoadBalancer, aws.Service, aws.Function, aws.Compute, aws.Database, aws.Cache:
		return true
	case aws.Kubernetes, aws.FileSystem, aws.Search, aws.Warehouse, aws.Broker, aws.Analytics:
	}
	return false
}

// ingressOf says which groups certainly, or perhaps, admit anything, if they
// exist. Those that are not listed admit nothing that is known.
func ingressOf(g *graph.Graph) map[graph.NodeID]tri.Bool {
	out := map[graph.NodeID]tri.Bool{}
	for in := range aws.Ingresses(g) {
		if in.Group == nil || in.Direction.IsBad() {
			continue
		}
		sure := tri.And(in.Exists, in.Direction.Result)
		if in.Node != in.Group {
			sure = tri.And(sure, in.Node.ExistsWith(in.Group))
		}
		if old, ok := out[in.Group.ID]; ok {
			sure = tri.Or(old, sure)
		}
		out[in.Group.ID] = sure
	}
	return out
}

// ownGroup judges a group: it should serve one kind of component, and one service.
func ownGroup(sg *aws.SecurityGroup, list []bearer, ingress map[graph.NodeID]tri.Bool) value.Verdict {
	different := differ(list)
	if hidden := sg.Graph().MayHide(sg.Node()); different.IsBad() && len(hidden) > 0 {
		different = value.Open(hidden...) // components may stand there
	}
	return different.And(admits(sg, ingress)).Not()
}

// admits says whether a group has an ingress rule.
func admits(sg *aws.SecurityGroup, ingress map[graph.NodeID]tri.Bool) value.Verdict {
	sure, ok := ingress[sg.Node().ID]
	if sure == tri.True {
		return value.Good()
	}
	unknown := append(slices.Clip(sg.Rules.Open), sg.IngressOnly.Open...)
	if sg.Ingress.Open {
		unknown = append(unknown, sg.Ingress.Fact())
	}
	for _, r := range sg.Rules.Items {
		if !r.Part.Type.IsFold("ingress").IsBad() {
			unknown = append(unknown, mayAdmit(r.Part.Node()))
		}
	}
	for _, r := range sg.IngressOnly.Items {
		unknown = append(unknown, mayAdmit(r.Part.Node()))
	}
	if ok && len(unknown) == 0 {
		unknown = append(unknown, sg.Ingress.Fact())
	}
	if len(unknown) > 0 {
		return value.Open(unknown...)
	}
	return value.Bad()
}

func mayAdmit(rule *graph.Node) value.Fact {
	return value.Fact{Text: "whether " + rule.Addr + " admits anything is not known", Span: rule.Span.Head(), Origin: rule.ExistsWhy}
}

// differ says whether two components are different ones: of different kinds,
// or services with different names.
func differ(list []bearer) value.Verdict {
	out := value.Bad()
	for i, a := range list {
		for _, b := range list[:i] {
			different, why := distinct(a, b)
			sure := tri.And(different, a.sure, b.sure)
			if different == tri.False || sure != tri.True && out.IsOpen() {
				continue
			}
			together := value.Fact{Text: fmt.Sprintf("%s (%s) and %s (%s) bear it", b.node.Addr, b.kind, a.node.Addr, a.kind)}
			hops := []value.Fact{
				{Text: b.node.Addr + " bears it", Span: b.at.Span(), Origin: b.at.Origin(), Hop: true},
				{Text: a.node.Addr + " bears it", Span: a.at.Span(), Origin: a.at.Origin(), Hop: true},
			}
			if sure == tri.True {
				return value.Good(append([]value.Fact{together}, hops...)...)
			}
			out = value.Open(append(why, doubts(a, b)...)...)
		}
	}
	return out
}

// doubts says for each of two components why it may not bear the group.
func doubts(pair ...bearer) []value.Fact {
	var out []value.Fact
	for _, b := range pair {
		if b.sure != tri.True {
			out = append(out, value.Fact{Text: "whether " + b.node.Addr + " bears it is not known", Span: b.at.Span(), Origin: b.at.Origin()})
			if b.node.Exists != tri.True {
				out = append(out, b.node.Undecided())
			}
		}
	}
	return out
}

// distinct says whether two components need groups of their own, and what
// would have to be known to tell.
func distinct(a, b bearer) (different tri.Bool, why []value.Fact) {
	if a.node == b.node || graph.Block(a.node.Addr) == graph.Block(b.node.Addr) && a.node.Unit == b.node.Unit {
		return tri.False, nil // copies made by count or for_each
	}
	if a.kind != b.kind {
		return tri.True, nil
	}
	if a.kind != aws.Service {
		return tri.False, nil
	}
	na, nb := serviceName(a.node), serviceName(b.node)
	textA, okA := na.Str()
	textB, okB := nb.Str()
	switch {
	case okA && okB:
		return tri.Of(textA != textB), nil
	case na.IsAbsent() || nb.IsAbsent():
		return tri.True, nil // CloudFormation makes one up for each
	}
	for _, v := range []value.Value{na, nb} {
		if !v.IsKnown() {
			why = append(why, value.Fact{Text: "the name of a service is not known", Span: v.Span(), Origin: v.Origin()})
		}
	}
	return tri.Unknown, why
}

func serviceName(n *graph.Node) value.Value {
	if n.Lang == graph.CloudFormation {
		return n.Body.Get("ServiceName")
	}
	return n.Body.Get("name")
}
