package reach

import (
	"strings"

	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// store is the interface of a managed data store that can have a public
// address: by a flag, and for IPv4 alone.
func (r *Reach) store(n *graph.Node) (list []Interface, ok bool) {
	g := r.g
	if m := aws.Of[aws.DBInstance](g, n); m != nil {
		return r.dbInstance(m), true
	}
	if m := aws.Of[aws.ClusterMember](g, n); m != nil {
		return r.clusterMember(m), true
	}
	if m := aws.Of[aws.RedshiftCluster](g, n); m != nil {
		return r.published(n, m.Public.Is(true), numbered(m.Port, tri.True), m.Port.Fact()), true
	}
	if m := aws.Of[aws.RedshiftWorkgroup](g, n); m != nil {
		return r.published(n, m.Public.Is(true), numbered(m.Port, tri.True), m.Port.Fact()), true
	}
	if m := aws.Of[aws.MessageBroker](g, n); m != nil {
		return r.published(n, m.Public.Is(true), brokerPorts(m.Engine), m.Engine.Fact()), true
	}
	if m := aws.Of[aws.StreamingCluster](g, n); m != nil {
		return r.published(n, m.Public.IsFold("SERVICE_PROVIDED_EIPS"), awsnet.KnownPorts(awsnet.SinglePorts(9194, 9196, 9198))), true
	}
	if m := aws.Of[aws.ReplicationInstance](g, n); m != nil {
		return r.published(n, m.Public.Is(true), awsnet.KnownPorts(awsnet.AllPorts())), true
	}
	return nil, false
}

func (r *Reach) published(n *graph.Node, public value.Verdict, ports awsnet.Ports, why ...value.Fact) []Interface {
	i := r.placed(n)
	i.Ports, i.PortFacts = bothProtocols(ports), why
	if len(i.Subnets) == 0 {
		i.toDefaultVPC()
	}
	i.Address = func(f Family, _ graph.Target) value.Verdict {
		if f == IPv6 {
			return value.Bad(value.Fact{Text: n.Addr + " has no public IPv6 address", Span: n.Span.Head()})
		}
		return public
	}
	return []Interface{i}
}

// dbInstance takes what it does not say itself from its cluster.
func (r *Reach) dbInstance(m *aws.DBInstance) []Interface {
	public := m.PubliclyAccessible.Is(true)
	engine, port := m.Engine, m.Port
	cluster := aws.Of[aws.DBCluster](r.g, m.Cluster.One())
	if cluster != nil {
		if engine.V.IsUnset() {
			engine = cluster.Engine
		}
		port = cluster.Port
	}
	list := r.published(m.Node(), public, enginePorts(engine, port), port.Fact(), engine.Fact())
	r.fromCluster(&list[0], cluster)
	return list
}

func (r *Reach) clusterMember(m *aws.ClusterMember) []Interface {
	cluster := aws.Of[aws.DBCluster](r.g, m.Cluster.One())
	ports, why := awsnet.Ports{}, m.Cluster.Fact()
	if cluster != nil {
		ports, why = enginePorts(cluster.Engine, cluster.Port), cluster.Port.Fact()
	}
	list := r.published(m.Node(), m.PubliclyAccessible.Is(true), ports, why)
	if cluster == nil {
		list[0].GroupsComplete = false
	}
	r.fromCluster(&list[0], cluster)
	return list
}

// fromCluster fills in the subnets and security groups of the cluster.
func (r *Reach) fromCluster(i *Interface, cluster *aws.DBCluster) {
	if cluster == nil {
		return
	}
	outer := r.placed(cluster.Node())
	if len(i.Groups) == 0 {
		i.Groups, i.GroupsComplete = outer.Groups, outer.GroupsComplete
	}
	if len(i.Subnets) == 0 && len(outer.Subnets) > 0 {
		i.Subnets, i.SubnetsComplete = outer.Subnets, outer.SubnetsComplete
	}
}

// numbered is the port that an attribute of something names.
func numbered(port value.Int, exists tri.Bool) awsnet.Ports {
	n, ok := port.Get()
	switch {
	case !ok:
		return awsnet.Ports{}
	case exists != tri.True:
		return awsnet.PortsBetween(awsnet.PortSet{}, awsnet.SinglePorts(int(n)))
	}
	return awsnet.KnownPorts(awsnet.SinglePorts(int(n)))
}

// enginePorts is the port of a database, by default that of its engine.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CreateDBInstance.Settings.html
func enginePorts(engine value.String, port value.Int) awsnet.Ports {
	if !port.V.IsUnset() {
		return numbered(port, tri.True)
	}
	name, ok := engine.Get()
	if !ok {
		return awsnet.Ports{}
	}
	for _, e := range []struct {
		prefix string
		port   int
	}{{"aurora-postgresql", 5432}, {"aurora", 3306}, {"postgres", 5432}, {"mysql", 3306}, {"mariadb", 3306}, {"oracle", 1521}, {"custom-oracle", 1521},
		{"sqlserver", 1433}, {"custom-sqlserver", 1433}, {"db2", 50000}, {"docdb", 27017}, {"neptune", 8182}} {
		if strings.HasPrefix(strings.ToLower(name), e.prefix) {
			return awsnet.KnownPorts(awsnet.SinglePorts(e.port))
		}
	}
	return awsnet.Ports{}
}

// brokerPorts are those of the wire protocols of Amazon MQ.
// https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/amazon-mq-working-with-protocols.html
func brokerPorts(engine value.String) awsnet.Ports {
	rabbit, active := awsnet.SinglePorts(5671, 443), awsnet.SinglePorts(8162, 61617, 5671, 61614, 61619, 8883)
	switch v := engine.IsFold("RabbitMQ"); {
	case v.IsGood():
		return awsnet.KnownPorts(rabbit)
	case v.IsBad():
		return awsnet.KnownPorts(active)
	}
	return awsnet.PortsBetween(rabbit.Intersect(active), rabbit.Union(active))
}
