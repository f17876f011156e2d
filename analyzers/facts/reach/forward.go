package reach

import (
	"fmt"
	"slices"

	"go4.org/netipx"

	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// A forward is a way in which something that stands in front (a load balancer,
// an API, a distribution) hands what comes to it on to something behind it.
type forward struct {
	// from is what stands in front. It is nil for a way that there may be, of
	// which nothing but missing is known.
	from, to *graph.Node
	// sure is True if it certainly hands on; missing says what is not known, and
	// cut why it does not.
	sure    tri.Bool
	missing []value.Fact
	cut     value.Fact
	hops    []value.Fact
	// listen are the ports of from at which it takes what it hands on, dest those
	// of to at which that arrives.
	listen, dest Ports
	// only are the clients that it serves; nil: all.
	only *clients
	by   sender
}

// clients are the addresses that a rule of a listener admits, by family:
// certainly, and at the most.
type clients struct{ sure, may [2]*netipx.IPSet }

// sender is who the thing behind sees as the sender of packets.
type sender struct {
	// service says that requests come by way of a service of AWS and not over the
	// network of the thing: it has no packet filter against them.
	service bool
	// client says whether the address of the client is kept.
	client value.Verdict
	// family is that of the packets, whatever it is in front.
	family []Family
	// subnets are those from which they come, if that is known.
	subnets []graph.Target
	// groups are the security groups of the sender, filtered says that it has any.
	groups         []graph.Target
	groupsComplete bool
	filtered       bool
	// edge says that packets come from addresses of AWS on the internet, routed that
	// they come to a public address like those of anybody.
	edge, routed bool
	// lists are the names of prefix lists of AWS that hold the sender.
	lists []string
}

// forwards are all ways of a graph by what is behind.
type forwards struct {
	to map[graph.NodeID][]forward
	// anyOf are reasons why something of a unit may be behind, by kind of target.
	anyOf map[*graph.Unit][]mayForward
}

// mayForward is a way to something that is not known.
type mayForward struct {
	kinds []targetKind
	why   value.Fact
}

// targetKind is what can be behind.
type targetKind uint8

const (
	instanceTarget targetKind = iota
	addressTarget
	functionTarget
	balancerTarget
	bucketTarget
)

// targetKindsOf are the ways in which a node can be named as a target; none if it
// is nothing that can be behind something.
func targetKindsOf(g *graph.Graph, n *graph.Node) []targetKind {
	switch {
	case n.Mode != graph.Managed:
		return nil
	case aws.Of[aws.Instance](g, n) != nil:
		return []targetKind{instanceTarget, addressTarget}
	case aws.Of[aws.LoadBalancerV2](g, n) != nil, aws.Of[aws.ClassicLoadBalancer](g, n) != nil:
		return []targetKind{balancerTarget}
	case aws.Of[aws.LambdaFunction](g, n) != nil:
		return []targetKind{functionTarget}
	case aws.Of[aws.Bucket](g, n) != nil:
		return []targetKind{bucketTarget}
	case aws.Of[aws.RestAPI](g, n) != nil, aws.Of[aws.HTTPAPI](g, n) != nil, aws.Of[aws.ECSService](g, n) != nil, aws.Of[aws.ECSTaskSet](g, n) != nil, aws.Of[aws.AutoScalingGroup](g, n) != nil:
		return []targetKind{} // whatever may name it as a target says so
	}
	return nil
}

func (f *forwards) add(w forward) { f.to[w.to.ID] = append(f.to[w.to.ID], w) }

// open adds a way that there may be.
func (f *forwards) open(to *graph.Node, why value.Fact) {
	f.add(forward{to: to, sure: tri.Unknown, missing: []value.Fact{why}})
}

// forwards works out all ways once.
func (r *Reach) forwards() *forwards {
	if r.fronts == nil {
		f := &forwards{to: map[graph.NodeID][]forward{}, anyOf: map[*graph.Unit][]mayForward{}}
		r.balancing(f)
		r.apis(f)
		r.distributions(f)
		r.accelerators(f)
		r.fronts = f
	}
	return r.fronts
}

// FromFronts says whether something that the internet reaches hands requests on
// to a node: load balancers, APIs, distributions, accelerators. Nodes that cannot
// be behind any of these are not known.
func (r *Reach) FromFronts(n *graph.Node) (e *Exposure, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if targetKindsOf(r.g, n) == nil {
		return nil, false
	}
	if e, ok := r.fronted[n.ID]; ok {
		return e, true
	}
	e = r.behind(n, everyPort(), nil)
	r.fronted[n.ID] = e
	return e, true
}

// Exposed joins what reaches a node directly and through what stands in front.
func (r *Reach) Exposed(n *graph.Node) (e *Exposure, known bool) {
	direct, sits := r.FromInternet(n)
	through, canBeBehind := r.FromFronts(n)
	switch {
	case !sits:
		return through, canBeBehind
	case !canBeBehind:
		return direct, true
	}
	e = &Exposure{Result: tri.Or(direct.Result, through.Result)}
	e.Paths = slices.Concat(direct.Paths, through.Paths)
	e.Missing, e.Cuts = appendFact(nil, direct.Missing...), appendFact(nil, direct.Cuts...)
	e.Missing, e.Cuts = appendFact(e.Missing, through.Missing...), appendFact(e.Cuts, through.Cuts...)
	return e, true
}

// behind joins all ways to a node at some of its ports. Via are the nodes behind
// which this was asked for: a ring of fronts leads nowhere.
func (r *Reach) behind(n *graph.Node, at Ports, via []*graph.Node) *Exposure {
	e := &Exposure{Result: tri.False}
	all := r.forwards()
	for i := range all.to[n.ID] {
		r.follow(e, &all.to[n.ID][i], at, append(slices.Clip(via), n))
	}
	for _, m := range all.anyOf[n.Unit] {
		if mayBeTarget(targetKindsOf(r.g, n), m.kinds) {
			e.open(m.why)
		}
	}
	for _, why := range r.g.MayHide(n) {
		e.open(why)
	}
	if e.Result == tri.False && len(e.Cuts) == 0 {
		e.Cuts = []value.Fact{{Text: "nothing in front of " + n.Addr + " hands requests on to it", Span: n.Span.Head()}}
	}
	return e
}

func mayBeTarget(kinds, of []targetKind) bool {
	for _, k := range kinds {
		if slices.Contains(of, k) {
			return true
		}
	}
	return false
}

func (e *Exposure) open(why ...value.Fact) {
	e.Result = tri.Or(e.Result, tri.Unknown)
	e.Missing = appendFact(e.Missing, why...)
}

// follow adds what comes by one way.
func (r *Reach) follow(e *Exposure, f *forward, at Ports, via []*graph.Node) {
	switch {
	case slices.Contains(via, f.from):
		return
	case f.sure == tri.False:
		e.Cuts = appendFact(e.Cuts, f.cut)
		return
	case f.from == nil:
		e.open(f.missing...)
		return
	}
	dest := f.dest.and(at)
	if dest.isEmpty() {
		e.Cuts = appendFact(e.Cuts, value.Fact{Text: fmt.Sprintf("%s sends to other ports of %s", f.from.Addr, f.to.Addr), Span: f.from.Span.Head()})
		return
	}
	outer := r.arriving(f.from, f.listen, via)
	if outer.Result == tri.False {
		e.Cuts = appendFact(e.Cuts, outer.Cuts...)
		return
	}
	if outer.Result == tri.Unknown {
		d := r.deliver(f, dest, [2]*netipx.IPSet{IPv4.public(), IPv6.public()}, IPv4)
		if d.result == tri.False {
			e.Cuts = appendFact(e.Cuts, d.cuts...)
			return
		}
		e.open(outer.Missing...)
		e.open(f.missing...)
		e.open(d.missing...)
		return
	}
	for i := range outer.Paths {
		r.extend(e, &outer.Paths[i], f, dest)
	}
}

// arriving is what reaches a front at some of its ports, directly or through
// another one.
func (r *Reach) arriving(front *graph.Node, at Ports, via []*graph.Node) *Exposure {
	e := &Exposure{Result: tri.False}
	if interfaces, ok := r.interfacesOf(front); ok {
		for i := range interfaces {
			interfaces[i].Ports = interfaces[i].Ports.and(at)
			e.add(r, &interfaces[i], nil)
		}
	} else if own := r.endpointOf(front); own != nil {
		e = own.at(at)
	} else if front.Mode != graph.Managed {
		e.open(value.Fact{Text: front.Addr + " is not in this scan", Span: front.Span.Head()})
		return e
	}
	further := r.behind(front, at, via)
	e.Paths, e.Result = append(e.Paths, further.Paths...), tri.Or(e.Result, further.Result)
	e.Missing, e.Cuts = appendFact(e.Missing, further.Missing...), appendFact(e.Cuts, further.Cuts...)
	return e
}

// extend makes a path to a front one to what is behind it.
func (r *Reach) extend(e *Exposure, outer *Path, f *forward, dest Ports) {
	sources := [2]*netipx.IPSet{&netipx.IPSet{}, &netipx.IPSet{}}
	sources[outer.Family] = outer.Sources
	if f.only != nil {
		may := awsnet.Both(outer.Sources, f.only.may[outer.Family])
		sources[outer.Family] = awsnet.Both(outer.Sources, f.only.sure[outer.Family])
		switch {
		case len(may.Ranges()) == 0:
			e.Cuts = appendFact(e.Cuts, f.cut)
			return
		case len(sources[outer.Family].Ranges()) == 0:
			e.open(f.missing...)
			return
		}
	}
	d := r.deliver(f, dest, sources, outer.Family)
	switch result := tri.And(f.sure, d.result); result {
	case tri.False:
		e.Cuts = appendFact(e.Cuts, d.cuts...)
	case tri.Unknown:
		if f.sure != tri.True {
			e.open(f.missing...)
		}
		if d.result != tri.True {
			e.open(d.missing...)
		}
	case tri.True:
		p := *outer
		p.Fronts = slices.Concat(outer.Fronts, []*graph.Node{f.from})
		p.Hops = slices.Concat(outer.Hops, f.hops, d.hops)
		p.Rules = slices.Concat(outer.Rules, d.rules)
		p.Concerns = slices.Concat(outer.Concerns, []graph.NodeID{f.from.ID}, d.concerns)
		p.Sources, p.Arrives = sources[outer.Family], d.ports
		if d.sources != nil {
			p.Sources = d.sources
		}
		e.Paths, e.Result = append(e.Paths, p), tri.True
	}
}

// at narrows what arrives at an endpoint to some ports.
func (e *Exposure) at(ports Ports) *Exposure {
	if e.Result != tri.True {
		return e
	}
	out := &Exposure{Result: tri.False}
	for _, p := range e.Paths {
		certain, may := false, false
		for i := range p.Ports {
			may = may || p.Ports[i].Overlaps(ports[i].Possible())
			p.Ports[i] = p.Ports[i].Intersect(ports[i].Certain())
			certain = certain || !p.Ports[i].IsEmpty()
		}
		switch {
		case certain:
			out.Paths, out.Result = append(out.Paths, p), tri.True
		case may:
			out.open(value.Fact{Text: "at which ports it takes requests is not known", Span: p.At})
		}
	}
	return out
}
