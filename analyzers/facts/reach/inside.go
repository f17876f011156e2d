package reach

import (
	"slices"

	"go4.org/netipx"

	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Neighbour is a workload that may connect to a resource over the network.
type Neighbour struct {
	Node *graph.Node
	// Result is True if packets certainly arrive, Unknown if Missing decides.
	Result  tri.Bool
	Ports   [len(protocols)]awsnet.PortSet
	Hops    []value.Fact
	Missing []value.Fact
}

// Network is something by which other networks lead into a VPC.
type Network struct {
	Node *graph.Node
	What string
}

// FromInside returns the workloads (instances, scaling groups, services, functions)
// from which packets arrive at a data store, in order of node id, and the other
// networks that lead into its VPC. What is not decided is told of its own root or
// stack alone. Known is false for what is no data store.
func (r *Reach) FromInside(n *graph.Node) (list []Neighbour, networks []Network, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, placed := r.topo.Placement(n)
	if n.Mode != graph.Managed || !placed || !p.Kind.IsDataStore() {
		return nil, nil, false
	}
	interfaces, ok := r.interfacesOf(n)
	if !ok {
		interfaces = []Interface{r.placed(n)}
	}
	for _, w := range r.topo.Workloads() {
		if !opensConnections(w.Kind) || w.Node == n {
			continue
		}
		for _, by := range r.sendersOf(w.Node) {
			f := forward{from: w.Node, to: n, by: by}
			d := r.deliverTo(&f, interfaces, everyPort(), [2]*netipx.IPSet{IPv4.all(), IPv6.all()}, IPv4)
			// Of what other roots and stacks make, only what is certain is worth a word.
			if d.result == tri.True || d.result == tri.Unknown && w.Node.Unit == n.Unit {
				list = append(list, Neighbour{w.Node, d.result, d.ports, d.hops, d.missing})
			}
		}
	}
	return list, r.networksInto(p.Subnets), true
}

func opensConnections(k aws.WorkloadKind) bool {
	return k == aws.Compute || k == aws.Service || k == aws.Function
}

// sendersOf are the interfaces of a workload as senders.
func (r *Reach) sendersOf(n *graph.Node) []sender {
	interfaces, ok := r.interfacesOf(n)
	if !ok {
		interfaces = []Interface{r.placed(n)}
	}
	var out []sender
	for _, i := range interfaces {
		if len(i.Subnets) == 0 && i.SubnetsComplete {
			continue // it has none in a VPC
		}
		out = append(out, sender{client: value.Bad(), family: []Family{IPv4}, subnets: i.Subnets, groups: i.Groups, groupsComplete: i.GroupsComplete, filtered: true})
	}
	return out
}

// networksInto lists what connects the VPC of some subnets with other networks.
func (r *Reach) networksInto(subnets []graph.Target) []Network {
	var out []Network
	if len(subnets) == 0 {
		return nil
	}
	vpc := r.topo.Subnet(subnets[0].Node).VPC
	if vpc == nil {
		return nil
	}
	for m := range aws.Managed[aws.Peering](r.g) {
		x, y := m.VPC.One(), m.Peer.One()
		switch vpc {
		case x:
			out = append(out, Network{m.Node(), "peering with " + addrOf(y)})
		case y:
			out = append(out, Network{m.Node(), "peering with " + addrOf(x)})
		}
	}
	for m := range aws.Managed[aws.TransitAttachment](r.g) {
		if m.VPC.One() == vpc {
			out = append(out, Network{m.Node(), "transit gateway " + addrOf(m.Gateway.One())})
		}
	}
	for m := range aws.Managed[aws.VPNGateway](r.g) {
		if m.VPC.One() == vpc && (m.Node().Lang == graph.Terraform || !m.VPN.V.IsUnset()) {
			out = append(out, Network{m.Node(), "VPN or Direct Connect"})
		}
	}
	for m := range aws.Managed[aws.EndpointService](r.g) {
		for _, t := range slices.Concat(m.Network.Targets, m.Gateways.Targets) {
			if p := r.placed(t.Node); len(p.Subnets) > 0 && r.topo.Subnet(p.Subnets[0].Node).VPC == vpc {
				out = append(out, Network{m.Node(), "endpoint service of " + t.Node.Addr})
			}
		}
	}
	return out
}

func addrOf(n *graph.Node) string {
	if n == nil {
		return "a network that is not known"
	}
	return n.Addr
}
