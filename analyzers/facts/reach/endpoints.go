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
	var ports []value.Int
	exists := tri.True
	for _, l := range m.Listeners.Items {
		ports = append(ports, l.Part.Port)
		i.PortFacts = append(i.PortFacts, l.Part.Port.Fact())
		exists = tri.And(exists, l.Sure)
	}
	i.PortFacts = append(i.PortFacts, m.Listeners.Open...)
	i.Ports = listening(ports, exists == tri.True && len(m.Listeners.Open) == 0)
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
	var ports []value.Int
	complete := !m.Listeners.Open
	for _, l := range m.Listeners.Items {
		ports = append(ports, l.Port)
		i.PortFacts = append(i.PortFacts, l.Port.Fact())
		complete = complete && l.Exists() == tri.True
	}
	i.Ports = listening(ports, complete)
	return []Interface{i}
}

// listening is the set of ports that listeners have; there may be more of them
// if it is not complete.
func listening(ports []value.Int, complete bool) awsnet.Ports {
	var certain awsnet.PortSet
	for _, p := range ports {
		if n, ok := p.Get(); ok {
			certain = certain.Union(awsnet.SinglePorts(int(n)))
		} else {
			complete = false
		}
	}
	if complete {
		return awsnet.KnownPorts(certain)
	}
	return awsnet.PortsBetween(certain, awsnet.AllPorts())
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
