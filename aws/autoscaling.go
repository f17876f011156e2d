package aws

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// ScalableTarget is what Application Auto Scaling scales.
type ScalableTarget struct {
	Head      `tf:"aws_appautoscaling_target,by=resource_id" cfn:"AWS::ApplicationAutoScaling::ScalableTarget"`
	Dimension value.String `tf:"scalable_dimension" cfn:"ScalableDimension"`
	// Resource is a path such as "service/cluster/name" or "cluster:id".
	Resource value.String `tf:"resource_id" cfn:"ResourceId"`
	Min      value.Int    `tf:"min_capacity" cfn:"MinCapacity"`
	Max      value.Int    `tf:"max_capacity" cfn:"MaxCapacity"`
	// Scheduled are actions written within the target.
	Scheduled value.Attr `cfn:"ScheduledActions"`

	Policies Satellites[ScalingPolicy]
	Actions  Satellites[ScheduledAction]
}

// ScalingPolicy says when a target is scaled. In CloudFormation it may name
// what it scales instead of the target.
type ScalingPolicy struct {
	Head      `tf:"aws_appautoscaling_policy" cfn:"AWS::ApplicationAutoScaling::ScalingPolicy"`
	Target    Ref[ScalableTarget] `tf:"resource_id,parent" cfn:"ScalingTargetId,parent"`
	Resource  value.String        `tf:"resource_id" cfn:"ResourceId"`
	Dimension value.String        `tf:"scalable_dimension" cfn:"ScalableDimension"`
}

// ScheduledAction scales a target at certain times.
type ScheduledAction struct {
	Head     `tf:"aws_appautoscaling_scheduled_action"`
	Target   Ref[ScalableTarget] `tf:"resource_id,parent"`
	Resource value.String        `tf:"resource_id"`
}

// TargetCandidates returns the scalable targets that may name a resource of a name,
// in order of node id: all those of its unit, and of those elsewhere the ones that
// refer to it, or to something of that name.
func TargetCandidates(g *graph.Graph, n *graph.Node, name value.String) []*ScalableTarget {
	x := g.Memo(targetIndexKey{}, func() any { return indexTargets(g) }).(*targetIndex)
	var out []*ScalableTarget
	for t := range ManagedIn[ScalableTarget](g, n.Unit) {
		out = append(out, t)
	}
	elsewhere := x.byNode[n.ID]
	if want, ok := name.Get(); ok {
		elsewhere = append(slices.Clone(elsewhere), x.byName[want]...)
	}
	for _, t := range elsewhere {
		if t.Node().Unit != n.Unit && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *ScalableTarget) int { return cmp.Compare(a.Node().ID, b.Node().ID) })
	return out
}

// targetIndex finds scalable targets by what they refer to, and by the name at the
// end of their path.
type targetIndex struct {
	byNode map[graph.NodeID][]*ScalableTarget
	byName map[string][]*ScalableTarget
}

type targetIndexKey struct{}

func indexTargets(g *graph.Graph) *targetIndex {
	x := &targetIndex{byNode: map[graph.NodeID][]*ScalableTarget{}, byName: map[string][]*ScalableTarget{}}
	for t := range Managed[ScalableTarget](g) {
		targets, _ := g.Resolve(t.Node(), t.Resource.Name, t.Resource.V)
		for _, to := range targets {
			x.byNode[to.Node.ID] = append(x.byNode[to.Node.ID], t)
		}
		if last := lastSegment(t.Resource.V); last != "" {
			x.byName[last] = append(x.byName[last], t)
		}
	}
	return x
}

// NamesResource says whether a path as Application Auto Scaling uses it ends
// in a resource: by a reference to it, or by its name.
func NamesResource(g *graph.Graph, from *graph.Node, path value.String, n *graph.Node, name value.String) tri.Bool {
	targets, _ := g.Resolve(from, path.Name, path.V)
	sameKind := false
	for _, t := range targets {
		if t.Node == n {
			return t.Sure
		}
		sameKind = sameKind || t.Node.Type == n.Type && t.Sure == tri.True
	}
	if sameKind {
		return tri.False // it names another one
	}
	last := lastSegment(path.V)
	want, known := name.Get()
	switch {
	case last == "" && path.V.IsUnknown():
		return tri.Unknown
	case last == "":
		return tri.False
	case !known && name.V.IsUnset():
		return tri.False // the service makes the name up: a literal can't be it
	case !known:
		return tri.And(tri.Of(fits(name.V, last)), tri.Unknown)
	}
	return tri.Of(last == want)
}

// fits reports that a text of which only pieces are known, if any, may be that one.
func fits(v value.Value, text string) bool {
	parts := v.Parts()
	if len(parts) == 0 {
		return true
	}
	end, _ := parts[len(parts)-1].Str()
	return strings.HasPrefix(text, v.Prefix()) && strings.HasSuffix(text, end) && len(text) >= len(v.Prefix())+len(end)
}

// lastSegment is the known text behind the last "/" or ":" of a path.
func lastSegment(v value.Value) string {
	text, ok := v.Str()
	if parts := v.Parts(); !ok && len(parts) > 0 {
		if text, ok = parts[len(parts)-1].Str(); !ok || !strings.ContainsAny(text, "/:") {
			return ""
		}
	}
	return text[strings.LastIndexAny(text, "/:")+1:]
}
