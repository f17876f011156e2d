package reach

import (
	"fmt"

	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// loadBalancer is the interface of a load balancer: where it listens.
func (r *Reach) loadBalancer(m *aws.LoadBalancerV2) []Interface {
	i := r.placed(m.Node())
	facing, dual := m.IsInternetFacing(), m.Stack.IsFold("dualstack", "dualstack-without-public-ipv4")
	i.Address = func(f Family, _ graph.Target) value.Verdict {
		if f == IPv6 {
			return facing.And(dual)
		}
		return facing.And(m.Stack.IsFold("dualstack-without-public-ipv4").Not())
	}
	// A network load balancer may have no security group, and then filters nothing.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
	if len(i.Groups) == 0 && i.GroupsComplete {
		switch network := m.Type.IsFold("network", "gateway"); {
		case network.IsGood():
			i.Unfiltered = true
		case network.IsOpen():
			i.GroupsComplete = false
		}
	}
	ports := bothProtocols(noPorts)
	for _, l := range m.Listeners.Items {
		ports = ports.or(listensOn(l.Part, l.Sure))
		i.PortFacts = append(i.PortFacts, l.Part.Port.Fact(), l.Part.Protocol.Fact())
	}
	if len(m.Listeners.Open) > 0 {
		ports = ports.or(Ports{})
	}
	i.Ports = ports
	i.PortFacts = append(i.PortFacts, m.Listeners.Open...)
	return []Interface{i}
}

func (r *Reach) classicLoadBalancer(m *aws.ClassicLoadBalancer) []Interface {
	i := r.placed(m.Node())
	facing := m.IsInternetFacing()
	i.Address = func(f Family, _ graph.Target) value.Verdict {
		if f == IPv6 {
			return value.Bad(value.Fact{Text: m.Node().Addr + " has no IPv6 address in a VPC", Span: m.Node().Span.Head()})
		}
		return facing
	}
	ports := bothProtocols(noPorts)
	for _, l := range m.Listeners.Items {
		ports = ports.or(Ports{numbered(l.Port, l.Exists()), noPorts})
		i.PortFacts = append(i.PortFacts, l.Port.Fact())
	}
	if m.Listeners.Open {
		ports = ports.or(Ports{})
	}
	i.Ports = ports
	return []Interface{i}
}

// listensOn are the ports that a listener has: of UDP where its protocol says so.
func listensOn(l *aws.Listener, exists tri.Bool) Ports {
	port := numbered(l.Port, exists)
	tcp, udp := l.Protocol.IsFold("UDP", "QUIC").Not(), l.Protocol.IsFold("UDP", "TCP_UDP", "QUIC", "TCP_QUIC")
	if l.Protocol.V.IsUnset() { // CloudFormation, and Terraform, make it HTTP of an application load balancer
		tcp, udp = value.Good(), value.Bad()
	}
	return Ports{where(tcp, port), where(udp, port)}
}

// where are ports that something has where the verdict is good.
func where(v value.Verdict, p awsnet.Ports) awsnet.Ports {
	switch {
	case v.IsGood():
		return p
	case v.IsOpen():
		return awsnet.PortsBetween(awsnet.PortSet{}, p.Possible())
	}
	return noPorts
}

// function says whether a function has a URL of its own that asks for no
// credentials. Other ways to it are doors.
func (r *Reach) function(m *aws.LambdaFunction) *Exposure {
	e := &Exposure{Result: tri.False, Cuts: []value.Fact{{Text: m.Node().Addr + " has no function URL", Span: m.Node().Span.Head()}}}
	for _, u := range m.URLs.Items {
		n := u.Part.Node()
		switch open := sureOnly(u.Part.Auth.IsFold("NONE"), u.Sure); {
		case open.IsGood():
			hops := []value.Fact{
				{Text: fmt.Sprintf("%s gives %s an address on the internet", n.Addr, m.Node().Addr), Span: n.Span.Head(), Hop: true},
				hopOf(u.Part.Auth.Fact()),
			}
			e.Result = tri.True
			path := Path{At: n.Span.Head(), Hops: hops, Sources: IPv4.public(), Concerns: []graph.NodeID{n.ID}}
			path.Ports[0] = awsnet.SinglePorts(443)
			e.Paths = append(e.Paths, path)
		case open.IsOpen():
			e.Result = tri.Or(e.Result, tri.Unknown)
			e.Missing = appendFact(e.Missing, open.Facts()...)
		default:
			e.Cuts = appendFact(e.Cuts, open.Facts()...)
		}
	}
	if len(m.URLs.Open) > 0 {
		e.Result = tri.Or(e.Result, tri.Unknown)
		e.Missing = appendFact(e.Missing, m.URLs.Open...)
	}
	return e
}

func hopOf(f value.Fact) value.Fact { f.Hop = true; return f }
