package security

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analyzers/facts/reach"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// unreached is the milder form of an open rule: all that bears the group is known,
// and the internet reaches none of it.
const unreached = "on what the internet does not reach"

// hiding finds out what bears a security group, and whether the internet reaches it.
type hiding struct {
	r *reach.Reach
	// known are the answers for groups, and for templates on the way.
	known map[graph.NodeID]borne
}

// borne is what is known of all that bears a group: Unreached says that there is
// something, and that the internet reaches none of it.
type borne struct {
	unreached bool
	why       []value.Fact
}

// of looks at a group. A module that is given the group and can't be read, or a
// resource of which it is not known whether it has a public address, leaves it as it is.
func (b *hiding) of(g *graph.Graph, group *graph.Node) borne {
	if out, ok := b.known[group.ID]; ok {
		return out
	}
	b.known[group.ID] = borne{} // templates do not name each other
	out := borne{unreached: len(g.MayHide(group)) == 0}
	found := false
	for e := range g.In(group.ID) {
		n := g.Node(e.From)
		if isGroupRule(n) || e.Label == "depends_on" || e.Label == "DependsOn" || n.Exists == tri.False {
			continue
		}
		found = true
		why, ok := b.hidden(g, n)
		out.unreached = out.unreached && ok
		out.why = append(out.why, why...)
	}
	out.unreached = out.unreached && found
	b.known[group.ID] = out
	return out
}

// isGroupRule reports what names a group without bearing it.
func isGroupRule(n *graph.Node) bool {
	return strings.HasPrefix(n.Type, "aws_security_group") || strings.HasPrefix(n.Type, "aws_vpc_security_group_") ||
		strings.HasPrefix(n.Type, "AWS::EC2::SecurityGroup") || n.Type == "aws_default_security_group"
}

// hidden says whether the internet certainly does not reach a resource, or what is
// started from it.
func (b *hiding) hidden(g *graph.Graph, n *graph.Node) (why []value.Fact, ok bool) {
	if n.Mode != graph.Managed {
		return nil, false
	}
	if aws.Of[aws.LaunchTemplate](g, n) != nil || aws.Of[aws.LaunchConfiguration](g, n) != nil || aws.Of[aws.ElasticInterface](g, n) != nil {
		out := b.of(g, n) // whoever uses it bears the group
		return out.why, out.unreached
	}
	if aws.Of[aws.LambdaFunction](g, n) != nil {
		return []value.Fact{{Text: "nothing connects to " + n.Addr + " over its network", Span: n.Span.Head()}}, true
	}
	if e, known := b.r.Exposed(n); known {
		if e.Result != tri.False || len(e.Cuts) == 0 {
			return nil, false
		}
		cut := e.Cuts[0]
		return []value.Fact{{Text: "the internet does not reach " + n.Addr + ": " + cut.Text, Span: cut.Span, Origin: cut.Origin}}, true
	}
	if m := aws.Of[aws.DBCluster](g, n); m != nil {
		return b.membersHidden(g, m)
	}
	if !slices.Contains(withoutAddresses, n.Type) {
		return nil, false
	}
	return []value.Fact{{Text: n.Addr + " never has a public address", Span: n.Span.Head()}}, true
}

// withoutAddresses are the types of resources that bear security groups and never
// have a public address.
var withoutAddresses = []string{
	"aws_db_proxy", "aws_docdb_cluster", "aws_elasticache_cluster", "aws_elasticache_replication_group", "aws_elasticache_serverless_cache",
	"aws_memorydb_cluster", "aws_opensearch_domain", "aws_elasticsearch_domain", "aws_efs_mount_target", "aws_vpc_endpoint",
	"AWS::RDS::DBProxy", "AWS::DocDB::DBCluster", "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::ServerlessCache",
	"AWS::MemoryDB::Cluster", "AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain", "AWS::EFS::MountTarget", "AWS::EC2::VPCEndpoint",
}

// membersHidden asks the instances of a cluster, which bear its groups.
func (b *hiding) membersHidden(g *graph.Graph, m *aws.DBCluster) (why []value.Fact, ok bool) {
	if !m.PubliclyAccessible.V.IsUnset() || len(g.MayHide(m.Node())) > 0 {
		return nil, false
	}
	for e := range g.In(m.Node().ID) {
		n := g.Node(e.From)
		if aws.Of[aws.DBInstance](g, n) == nil && aws.Of[aws.ClusterMember](g, n) == nil {
			continue
		}
		facts, hidden := b.hidden(g, n)
		if !hidden {
			return nil, false
		}
		why = append(why, facts...)
	}
	return why, len(why) > 0
}
