package reach

import (
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Interface is where packets can arrive at a resource.
type Interface struct {
	Owner *graph.Node
	Kind  aws.WorkloadKind
	// Address says whether it has a public address of the family in a subnet.
	Address func(f Family, subnet graph.Target) value.Verdict
	// LaunchedBy are the templates that say so for the instances of a group.
	LaunchedBy []graph.NodeID
	// Subnets are those that it sits in, or may sit in where Sure is unknown.
	Subnets         []graph.Target
	SubnetsComplete bool
	// PlacedBy are the attributes that place it. InDefaultVPC says that there are none:
	// it is in the default VPC of the account, which no code makes.
	PlacedBy     []value.Fact
	InDefaultVPC bool
	// Groups are its security groups. Unfiltered says that it has none at all.
	Groups         []graph.Target
	GroupsComplete bool
	Unfiltered     bool
	// Ports are those that something listens on by protocol, and PortFacts what
	// says so.
	Ports     Ports
	PortFacts []value.Fact
}

// Ports are sets of ports of which membership may be undecided, by protocol.
type Ports [len(protocols)]awsnet.Ports

// bothProtocols are the same ports of TCP and UDP.
func bothProtocols(p awsnet.Ports) Ports { return Ports{p, p} }

// everyPort is all ports of both protocols.
func everyPort() Ports { return bothProtocols(awsnet.KnownPorts(awsnet.AllPorts())) }

// and are the ports that are in both.
func (p Ports) and(o Ports) Ports {
	for i := range p {
		p[i] = p[i].Intersect(o[i])
	}
	return p
}

// or are the ports that are in one of the two.
func (p Ports) or(o Ports) Ports {
	for i := range p {
		p[i] = p[i].Union(o[i])
	}
	return p
}

// noPorts is no port at all; the zero value of Ports says that nothing is known.
var noPorts = awsnet.KnownPorts(awsnet.PortSet{})

// isEmpty reports that no port can be among them.
func (p Ports) isEmpty() bool {
	for _, x := range p {
		if !x.Possible().IsEmpty() {
			return false
		}
	}
	return true
}

// isKnown reports that membership is decided for every port.
func (p Ports) isKnown() bool {
	for _, x := range p {
		if !x.Equal(awsnet.KnownPorts(x.Certain())) {
			return false
		}
	}
	return true
}

// interfacesOf returns the interfaces of a node; ok is false for resources that
// have none of their own.
func (r *Reach) interfacesOf(n *graph.Node) (list []Interface, ok bool) {
	if n.Mode != graph.Managed {
		return nil, false
	}
	g := r.g
	if m := aws.Of[aws.Instance](g, n); m != nil {
		return r.instance(m), true
	}
	if m := aws.Of[aws.AutoScalingGroup](g, n); m != nil {
		return r.autoScalingGroup(m), true
	}
	if m := aws.Of[aws.ECSService](g, n); m != nil {
		return r.tasks(n, m.IsFargate(), m.HasPublicIP()), true
	}
	if m := aws.Of[aws.ECSTaskSet](g, n); m != nil {
		return r.tasks(n, m.IsFargate(), m.HasPublicIP()), true
	}
	if m := aws.Of[aws.LoadBalancerV2](g, n); m != nil {
		return r.loadBalancer(m), true
	}
	if m := aws.Of[aws.ClassicLoadBalancer](g, n); m != nil {
		return r.classicLoadBalancer(m), true
	}
	return r.store(n)
}

// placed is an interface as the placement table says, open on every port.
func (r *Reach) placed(n *graph.Node) Interface {
	p, _ := r.topo.Placement(n)
	i := Interface{Owner: n, Kind: p.Kind, Subnets: p.Subnets, SubnetsComplete: p.Complete, PlacedBy: p.Facts, Ports: everyPort()}
	i.Groups, i.GroupsComplete = r.topo.SecurityGroups(n)
	return i
}

// toDefaultVPC places an interface for which no subnet is known: where none is even
// named, it is in the default VPC.
func (i *Interface) toDefaultVPC() { i.SubnetsComplete, i.InDefaultVPC = false, len(i.PlacedBy) == 0 }

// unplaced says why it is not known in which subnets an interface is.
func (i *Interface) unplaced() value.Fact {
	switch {
	case i.InDefaultVPC:
		return value.Fact{Text: i.Owner.Addr + " names no subnet, and the default VPC of the account is not in this scan", Span: i.Owner.Span.Head()}
	case len(i.PlacedBy) > 0:
		by := i.PlacedBy[0]
		return value.Fact{Text: "in which subnets " + i.Owner.Addr + " sits is not known", Span: by.Span, Origin: by.Origin}
	}
	return value.Fact{Text: "where " + i.Owner.Addr + " sits is not known", Span: i.Owner.Span.Head()}
}

// tasks is the interface of the tasks of a service. Only those on Fargate take
// the flag: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
func (r *Reach) tasks(n *graph.Node, fargate, public value.Verdict) []Interface {
	i := r.placed(n)
	i.Address = func(f Family, s graph.Target) value.Verdict {
		if f == IPv4 {
			return public.And(fargate)
		}
		// The account setting dualStackIPv6 decides, and the code does not tell it.
		v := r.assignsIPv6(s)
		if v.IsGood() {
			return value.Open(v.Facts()...)
		}
		return v
	}
	return []Interface{i}
}

// assignsIPv6 says whether a subnet gives IPv6 addresses, which are always
// public, to what starts in it.
func (r *Reach) assignsIPv6(s graph.Target) value.Verdict {
	m, why := r.subnet(s)
	if m == nil {
		return value.Open(why)
	}
	return m.AssignIPv6.Is(true)
}

// mapsPublicIPv4 says the same of IPv4.
func (r *Reach) mapsPublicIPv4(s graph.Target) value.Verdict {
	m, why := r.subnet(s)
	if m == nil {
		return value.Open(why)
	}
	return m.MapPublicIPOnLaunch.Is(true)
}

// subnet is the model of a target, or why there is none.
func (r *Reach) subnet(s graph.Target) (*aws.Subnet, value.Fact) {
	if s.Node == nil {
		return nil, value.Fact{Text: "its subnet is not known"}
	}
	if m := r.topo.Subnet(s.Node).Model; m != nil && s.Node.Mode == graph.Managed {
		return m, value.Fact{}
	}
	return nil, value.Fact{Text: s.Node.Addr + " is not in this scan", Span: s.Value.Span(), Origin: s.Value.Origin()}
}

// setting is what an instance or its template says of an address: decided, or
// left to the subnet.
type setting struct {
	verdict value.Verdict
	silent  bool
}

func (s setting) or(f func() value.Verdict) value.Verdict {
	if s.silent {
		return f()
	}
	return s.verdict
}

// flag is the setting that a flag makes.
func flag(b value.Bool) setting {
	if b.V.IsUnset() {
		return setting{silent: true}
	}
	return setting{verdict: b.Is(true)}
}

// ipv6Setting is the setting of a count or a list of addresses.
func ipv6Setting(count value.Int, list value.Attr) setting {
	if count.V.IsUnset() && list.V.IsUnset() {
		return setting{silent: true}
	}
	v := value.Bad()
	if !count.V.IsUnset() {
		v = v.Or(count.AtLeast(1))
	}
	if !list.V.IsUnset() {
		v = v.Or(list.NotEmpty())
	}
	return setting{verdict: v}
}

// sureOnly opens a good verdict about something that may not exist.
func sureOnly(v value.Verdict, exists tri.Bool) value.Verdict {
	if v.IsGood() && exists != tri.True {
		return value.Open(v.Facts()...)
	}
	return v
}

// subnetsOf are the targets of a reference to a subnet.
func subnetsOf(ref *aws.Ref[aws.Subnet]) (list []graph.Target, complete bool) {
	if ref.V.IsUnset() {
		return nil, true
	}
	return ref.Targets(), len(ref.Targets()) > 0
}
