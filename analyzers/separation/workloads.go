package separation

import (
	"github.com/wacheck/wacheck/analyzers/facts/datause"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// mayBeWorkload says whether a node does the work of an environment or keeps its
// data, or may, and then what is not known. Of a module that is not here, anything
// may be inside.
func mayBeWorkload(uses *datause.Uses, n *graph.Node) (unsure []value.Fact, may bool) {
	switch {
	case n.Mode == graph.Opaque:
		return []value.Fact{{Text: "whether " + n.Addr + " declares workloads is not known, since its source is not here", Span: n.Span.Head()}}, true
	case n.Mode != graph.Managed || !aws.IsWorkload(n.Type):
		return nil, false
	case !aws.KeepsObjects(n.Type):
		return nil, true
	}
	// Buckets and tables also serve deployments and logs, of all environments on purpose.
	switch uses.HoldsData(n) {
	case tri.False:
		return nil, false
	case tri.Unknown:
		return []value.Fact{{Text: "whether " + n.Addr + " holds the data of one environment is not known", Span: n.Span.Head()}}, true
	case tri.True:
	}
	return nil, true
}

// workloadRole says of which environment a workload may be; ok is false for what
// is no workload, or belongs to no environment.
func workloadRole(envs *environment.Environments, uses *datause.Uses, n *graph.Node) (r role, ok bool) {
	unsure, may := mayBeWorkload(uses, n)
	if !may || n.Mode == graph.Opaque && envs.Signs(n.ID).Undecided() {
		return role{}, false // of the latter, nothing at all is known
	}
	r = roleOf(envs, n)
	r.unsure = append(r.unsure, unsure...)
	return r, r.prod || r.other
}
