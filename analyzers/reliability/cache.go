package reliability

import (
	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/check"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

const (
	// zonesOff: failover is on, but the nodes may all be in one zone.
	zonesOff = "without Multi-AZ"
	// singleNode is a cache cluster outside of any replication group.
	singleNode = "single node"
)

// Cache decides whether caches survive the loss of a node.
var Cache = check.Table("elasticache-reliability", "checks that caches fail over to a replica",
	check.Also(check.On(analysis.Rule{
		ID: "elasticache-no-failover", Title: "ElastiCache does not survive the loss of a node or zone",
		Why:      "When the primary node fails, or the zone that all nodes are in, the cache is down and its content lost until somebody replaces it.",
		Fix:      "Run at least one replica per shard with automatic_failover_enabled / AutomaticFailoverEnabled and multi_az_enabled / MultiAZEnabled.",
		Severity: analysis.Medium, Precision: analysis.HighPrecision, Pillar: analysis.Reliability, Practice: "REL10-BP01", Effort: "S",
		Variants: map[string]analysis.Severity{zonesOff: analysis.Low, singleNode: analysis.Low},
	}, failsOver), func(c *aws.CacheCluster) value.Verdict {
		// A member of a group is judged with its group.
		return value.Bad(value.Fact{Text: "it is a single node", Span: c.Node().Span.Head()}).
			When(c.Engine.IsFold("redis", "valkey")).Unless(c.Group.Set()).As(singleNode)
	}),
)

func failsOver(r *aws.ReplicationGroup) value.Verdict {
	on := r.Failover.Is(true).And(replicated(r)).Unless(r.Global.Set())
	if !on.IsGood() || r.Global.Set().IsGood() {
		return on
	}
	return r.MultiAZ.Is(true).Unless(r.Global.Set()).As(zonesOff)
}

// replicated is bad if there is known to be one node in each shard.
func replicated(r *aws.ReplicationGroup) value.Verdict {
	for _, count := range []value.Int{r.Nodes, r.OldNodes} {
		if !count.V.IsUnset() {
			if v := count.AtLeast(2); !v.IsGood() {
				return v
			}
		}
	}
	if !r.ReplicasPerShard.V.IsUnset() {
		return r.ReplicasPerShard.AtLeast(1)
	}
	return shardsReplicated(r)
}

// shardsReplicated is bad only if every shard is known to have no replica.
func shardsReplicated(r *aws.ReplicationGroup) value.Verdict {
	var vs []value.Verdict
	for _, s := range r.Shards.Items {
		if s.Replicas.V.IsUnset() {
			return value.Good()
		}
		vs = append(vs, s.Replicas.AtLeast(1))
	}
	if r.Shards.Open {
		vs = append(vs, value.Open(r.Shards.Fact()))
	}
	if len(vs) == 0 {
		return value.That(tri.True) // the number of nodes is not written: nothing is known to be wrong
	}
	return value.Either(vs...)
}
