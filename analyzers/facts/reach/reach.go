// Package reach is the shared result about what packets from the internet can
// arrive at: along which path, on which ports, from which addresses.
//
// A path is internet → attached internet gateway → effective route table →
// network ACL, in and out → security groups → an interface with a public
// address. Each part is worked out twice: what certainly passes, and what
// passes at the most. A packet that certainly passes all of them proves that
// the thing is reachable; if none passes even at the most, it is not; else the
// answer is open, and says what would settle it.
//
// Behind what the internet reaches there is more: load balancers hand on what
// comes to them. [Reach.FromFronts] follows these ways, which end at filters that
// see another sender.
//
// Addresses and ports are kept as sets ([awsnet.Region]), never enumerated.
package reach

import (
	"net/netip"
	"sync"

	"go4.org/netipx"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Fact is what the internet reaches in a graph.
var Fact = analysis.NewFact("reach", "which resources packets from the internet can arrive at, and by which path",
	[]*analysis.Analyzer{topology.Fact.Analyzer},
	func(p *analysis.Pass) (*Reach, error) { return New(p.Graph, topology.Fact.Of(p)), nil })

// Family is an address family.
type Family uint8

// The address families.
const (
	IPv4 Family = iota
	IPv6
)

// String returns "IPv4" or "IPv6".
func (f Family) String() string { return [...]string{"IPv4", "IPv6"}[f] }

func (f Family) public() *netipx.IPSet { return awsnet.PublicAddresses(f == IPv6) }

// all is every address of the family, private ones included.
func (f Family) all() *netipx.IPSet {
	if f == IPv6 {
		return allIPv6()
	}
	return allIPv4()
}

var (
	allIPv4 = sync.OnceValue(func() *netipx.IPSet { return awsnet.Addresses(netip.MustParsePrefix("0.0.0.0/0")) })
	allIPv6 = sync.OnceValue(func() *netipx.IPSet { return awsnet.Addresses(netip.MustParsePrefix("::/0")) })
)

// protocols are those whose packets are followed.
var protocols = [...]awsnet.Protocol{awsnet.TCP, awsnet.UDP}

// Reach answers questions about one graph.
type Reach struct {
	g    *graph.Graph
	topo *topology.Topology
	acls *aclIndex

	mu      sync.Mutex
	ways    map[wayKey]*way
	groups  map[groupKey][]admission
	filters map[filterKey]filters
	fronts  *forwards
	answers map[graph.NodeID]*Exposure
	fronted map[graph.NodeID]*Exposure
}

// New prepares the answers for a graph; each is worked out when it is asked for.
func New(g *graph.Graph, t *topology.Topology) *Reach {
	return &Reach{g: g, topo: t, acls: indexACLs(g), ways: map[wayKey]*way{}, groups: map[groupKey][]admission{},
		filters: map[filterKey]filters{}, answers: map[graph.NodeID]*Exposure{}, fronted: map[graph.NodeID]*Exposure{}}
}

// Exposure is what the internet can do to a resource.
type Exposure struct {
	// Result is True if packets certainly arrive, False if certainly none does.
	Result tri.Bool
	// Paths are the certain ones: one for each subnet and address family, or endpoint.
	Paths []Path
	// Missing says what would have to be known where Result is Unknown.
	Missing []value.Fact
	// Cuts says, for every way that was tried, where it ends.
	Cuts []value.Fact
}

// Path is a way on which packets certainly arrive.
type Path struct {
	Family Family
	// Subnet is nil for endpoints that sit in none.
	Subnet *graph.Node
	// At is where the resource says that it has an address, or its head.
	At source.Span
	// Hops are the places of the code that make the path, from the internet on.
	Hops []value.Fact
	// Rules are the security group rules that let packets pass.
	Rules []*aws.Ingress
	// Ports by protocol, in the order TCP, UDP.
	Ports [len(protocols)]awsnet.PortSet
	// Sources are the public addresses from which packets pass.
	Sources *netipx.IPSet
	// Fronts are what hands packets on, from the internet inwards, and Arrives the
	// ports at which they arrive behind; both are empty on a direct path.
	Fronts  []*graph.Node
	Arrives [len(protocols)]awsnet.PortSet
	// Concerns are the nodes along the path, but for the groups of Rules.
	Concerns []graph.NodeID
}

// FromEverywhere reports that every public address of the family may send.
func (p *Path) FromEverywhere() bool {
	return len(awsnet.Without(p.Family.public(), p.Sources).Ranges()) == 0
}

// FromInternet says whether packets from the internet arrive at a node. Nodes
// that have no interface are not reached this way; known is false for them.
func (r *Reach) FromInternet(n *graph.Node) (e *Exposure, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.answers[n.ID]; ok {
		return e, e != nil
	}
	e = r.answer(n)
	r.answers[n.ID] = e
	return e, e != nil
}

// answer works the exposure of a node out; nil if it has no interface.
func (r *Reach) answer(n *graph.Node) *Exposure {
	if e := r.endpointOf(n); e != nil {
		return e
	}
	interfaces, ok := r.interfacesOf(n)
	if !ok {
		return nil
	}
	e := &Exposure{Result: tri.False}
	for i := range interfaces {
		e.add(r, &interfaces[i], nil)
	}
	return e
}

// endpointOf is what reaches something that has an address on the internet without
// sitting in a network; nil for everything else.
func (r *Reach) endpointOf(n *graph.Node) *Exposure {
	if n.Mode != graph.Managed {
		return nil
	}
	if m := aws.Of[aws.LambdaFunction](r.g, n); m != nil {
		return r.function(m)
	}
	if m := aws.Of[aws.RestAPI](r.g, n); m != nil {
		return r.restAPI(m)
	}
	if m := aws.Of[aws.HTTPAPI](r.g, n); m != nil {
		return r.httpAPI(m)
	}
	if m := aws.Of[aws.Distribution](r.g, n); m != nil {
		return endpoint(n, m.Enabled.Is(true), awsnet.SinglePorts(80, 443))
	}
	if m := aws.Of[aws.Accelerator](r.g, n); m != nil {
		return endpoint(n, m.Enabled.Is(true), awsnet.AllPorts(), awsnet.AllPorts())
	}
	return nil
}
