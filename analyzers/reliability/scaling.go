package reliability

import (
	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var ecsNoScaling = &analysis.Rule{
	ID: "ecs-service-no-autoscaling", Title: "ECS service does not scale with its load",
	Why:      "The number of tasks is fixed: a peak overloads them, and a quiet night pays for all of them.",
	Fix:      "Add a scalable target for ecs:service:DesiredCount with a target tracking policy.",
	Severity: analysis.Medium, Precision: analysis.HighPrecision, Pillar: analysis.Reliability, Practice: "REL07-BP03", Effort: "M",
}

// Scaling decides whether services follow their load.
var Scaling = &analysis.Analyzer{
	Name: "scaling", Doc: "finds services without automatic scaling",
	Rules:    []*analysis.Rule{ecsNoScaling},
	Requires: []*analysis.Analyzer{environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		envs := environment.Fact.Of(p)
		for s := range aws.Managed[aws.ECSService](p.Graph) {
			if due := shouldScale(s, envs.Signs(s.Node().ID)); !due.IsBad() {
				p.Decide(ecsNoScaling, s.Node(), ecsScales(p.Graph, s).When(due))
			}
		}
		return nil, nil
	},
}

// shouldScale says whether a service is one that has to follow its load: in
// production, or behind a load balancer where nothing says what it is for.
func shouldScale(s *aws.ECSService, signs *environment.Signs) value.Verdict {
	balanced := s.LoadBalancers.NotEmpty()
	switch signs.Best().Environment {
	case analysis.Production:
		return value.Good()
	case analysis.Development, analysis.Test, analysis.Sandbox, analysis.Staging, analysis.NonProduction, analysis.Shared:
		return value.Bad()
	case analysis.UnknownEnvironment:
	}
	unknown := value.Fact{Text: "its environment is not known", Span: s.Node().Span.Head()}
	switch {
	case signs.TagUnknown || signs.TagsOpen:
		for _, name := range []string{"tags", "Tags"} {
			if v := s.Node().Body.Get(name); v.Span().IsValid() {
				unknown.Span, unknown.Origin = v.Span(), firstOrigin(v)
			}
		}
	case s.Name.V.IsUnknown():
		unknown.Span, unknown.Origin = s.Name.Span(), s.Name.V.Origin()
	default:
		return balanced
	}
	return value.Open(unknown)
}

// firstOrigin is why a value or the first part of it that is not known is not.
func firstOrigin(v value.Value) value.OriginID {
	for _, f := range v.Fields() {
		if f.Value.IsUnknown() {
			return f.Value.Origin()
		}
	}
	for _, e := range v.Elems() {
		if o := firstOrigin(e); o != 0 {
			return o
		}
	}
	return v.Origin()
}

// ecsScales judges the number of tasks of a service. One of a scheduler's own
// (DAEMON), or that somebody else runs, has no number of its own.
func ecsScales(g *graph.Graph, s *aws.ECSService) value.Verdict {
	const dimension = "ecs:service:DesiredCount"
	v := scales(g, s.Node(), s.Name, dimension)
	if v.IsBad() && ignoresDesiredCount(s.Node()) != tri.False && len(targetsFor(g, s.Node(), s.Name, dimension)) == 0 {
		v = value.Open(value.Fact{Text: "desired_count is in ignore_changes: it is scaled elsewhere", Span: s.Node().Span.Head()})
	}
	external := s.Controller.IsFold("EXTERNAL").Or(s.LaunchType.IsFold("EXTERNAL"))
	return v.When(s.Scheduling.IsFold("REPLICA")).Unless(external)
}

// ignoresDesiredCount says whether Terraform leaves the number of tasks to
// somebody else.
func ignoresDesiredCount(n *graph.Node) tri.Bool {
	list := n.Meta.Path("lifecycle.ignore_changes")
	out := tri.False
	if list.IsOpen() && !list.IsUnset() {
		out = tri.Unknown
	}
	for _, v := range graph.Leaves(list, "") {
		s, ok := v.Str()
		switch {
		case ok && (s == "desired_count" || s == "all"):
			return tri.True
		case !ok && !v.IsUnset():
			out = tri.Unknown
		}
	}
	return out
}

// target is a scalable target that names a resource, or may.
type target struct {
	model *aws.ScalableTarget
	sure  tri.Bool
}

func targetsFor(g *graph.Graph, n *graph.Node, name value.String, dimension string) []target {
	var out []target
	for _, t := range aws.TargetCandidates(g, n, name) {
		if t.Dimension.Is(dimension).IsBad() {
			continue
		}
		sure := tri.And(aws.NamesResource(g, t.Node(), t.Resource, n, name), t.Dimension.Is(dimension).Result, t.Node().Exists)
		if t.Node().Unit != n.Unit && sure != tri.True {
			continue // a name in another unit means something else there
		}
		if sure != tri.False {
			out = append(out, target{t, sure})
		}
	}
	return out
}

// scales says whether a resource has a scalable target that really scales it.
func scales(g *graph.Graph, n *graph.Node, name value.String, dimension string) value.Verdict {
	vs := []value.Verdict{value.Bad(value.Fact{Text: "no scalable target names it", Span: n.Span.Head()})}
	for _, t := range targetsFor(g, n, name, dimension) {
		v := targetWorks(g, t.model)
		if t.sure != tri.True {
			v = value.Open(whether(t.model.Node(), t.model.Resource.Fact()))
		}
		vs = append(vs, v)
	}
	if hidden := g.MayHide(n); len(hidden) > 0 {
		vs = append(vs, value.Open(hidden...))
	}
	if len(vs) > 1 {
		vs = vs[1:] // a target that does not work says more than that there is none
	}
	return value.Either(vs...)
}

// targetWorks says whether a target has room to scale, and something that makes it.
func targetWorks(g *graph.Graph, t *aws.ScalableTarget) value.Verdict {
	minimum, okMin := t.Min.Get()
	maximum, okMax := t.Max.Get()
	room := value.Open(t.Min.Fact(), t.Max.Fact())
	if okMin && okMax {
		room = value.That(tri.Of(minimum < maximum), t.Min.Fact(), t.Max.Fact())
	}
	return room.And(policyFor(g, t))
}

func policyFor(g *graph.Graph, t *aws.ScalableTarget) value.Verdict {
	vs := []value.Verdict{value.Bad(value.Fact{Text: t.Node().Addr + " has no scaling policy", Span: t.Node().Span.Head()})}
	if scheduled := t.Scheduled.NotEmpty(); !scheduled.IsBad() {
		vs = append(vs, scheduled)
	}
	moves := func(n *graph.Node, sure tri.Bool) {
		f := value.Fact{Text: n.Addr + " scales it", Span: n.Span.Head()}
		if sure != tri.True {
			f.Text = "whether " + n.Addr + " scales it is not known"
			f = whether(n, f)
		}
		vs = append(vs, value.That(notFalse(sure), f))
	}
	for _, s := range t.Policies.Items {
		moves(s.Part.Node(), s.Sure)
	}
	for _, s := range t.Actions.Items {
		moves(s.Part.Node(), s.Sure)
	}
	if open := append(append([]value.Fact(nil), t.Policies.Open...), t.Actions.Open...); len(open) > 0 {
		vs = append(vs, value.Open(open...))
	}
	for p := range aws.ManagedIn[aws.ScalingPolicy](g, t.Node().Unit) {
		if samePath(p.Resource.V, t.Resource.V) {
			moves(p.Node(), p.Node().Exists)
		}
	}
	for a := range aws.ManagedIn[aws.ScheduledAction](g, t.Node().Unit) {
		if samePath(a.Resource.V, t.Resource.V) {
			moves(a.Node(), a.Node().Exists)
		}
	}
	return value.Either(vs...)
}

// whether says of something that is not sure why that is: that the node may not
// exist, or what else there is to say.
func whether(n *graph.Node, otherwise value.Fact) value.Fact {
	if n.Exists == tri.True {
		return otherwise
	}
	return n.Undecided()
}

func notFalse(b tri.Bool) tri.Bool {
	if b == tri.False {
		return tri.Unknown
	}
	return b
}

// samePath reports that two paths name the same thing: the same text, or text
// around the same references.
func samePath(a, b value.Value) bool {
	if a.IsUnset() || b.IsUnset() {
		return false
	}
	if a.IsKnown() || b.IsKnown() {
		return a.Equal(b)
	}
	ra, rb := a.Refs(), b.Refs()
	if len(ra) == 0 || len(ra) != len(rb) {
		return false
	}
	for i := range ra {
		if ra[i] != rb[i] {
			return false
		}
	}
	return true
}

// scaled says whether Aurora adds readers by itself: a target for
// ReadReplicaCount with at least one of them.
func scaled(c *aws.DBCluster) value.Verdict {
	const dimension = "rds:cluster:ReadReplicaCount"
	var vs []value.Verdict
	for _, t := range targetsFor(c.Graph(), c.Node(), c.Identifier, dimension) {
		vs = append(vs, value.That(t.sure, t.model.Resource.Fact()).And(t.model.Min.AtLeast(1)))
	}
	return value.Either(vs...)
}
