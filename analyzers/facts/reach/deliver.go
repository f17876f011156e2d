package reach

import (
	"fmt"

	"go4.org/netipx"

	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// delivery is whether packets of a front get through to what is behind it.
type delivery struct {
	result        tri.Bool
	hops          []value.Fact
	missing, cuts []value.Fact
	rules         []*aws.Ingress
	concerns      []graph.NodeID
	// ports are those at which they arrive, sources the clients whose packets do
	// where their address is kept, else nil.
	ports   [len(protocols)]awsnet.PortSet
	sources *netipx.IPSet
}

func (d *delivery) or(o delivery) {
	if o.result == tri.True && d.result != tri.True {
		missing, cuts := d.missing, d.cuts
		*d = o
		d.missing, d.cuts = missing, cuts
	}
	d.result = tri.Or(d.result, o.result)
	d.missing, d.cuts = appendFact(d.missing, o.missing...), appendFact(d.cuts, o.cuts...)
}

// deliver follows packets from a front to what is behind it. Sources are the
// clients by family, outer the family in which they came to the front.
func (r *Reach) deliver(f *forward, dest Ports, sources [2]*netipx.IPSet, outer Family) delivery {
	interfaces, ok := r.interfacesOf(f.to)
	if f.by.service || !ok {
		d := delivery{result: tri.True}
		for pi := range protocols {
			d.ports[pi] = dest[pi].Certain()
		}
		return d
	}
	return r.deliverTo(f, interfaces, dest, sources, outer)
}

// deliverTo is deliver for the interfaces of what is behind.
func (r *Reach) deliverTo(f *forward, interfaces []Interface, dest Ports, sources [2]*netipx.IPSet, outer Family) delivery {
	d := delivery{result: tri.False}
	for i := range interfaces {
		interfaces[i].Ports = interfaces[i].Ports.and(dest)
		if f.by.routed {
			d.or(r.overInternet(f, &interfaces[i]))
			continue
		}
		for _, family := range f.by.family {
			// An address of the other family cannot be kept.
			kept := f.by.client
			if family != outer {
				kept = kept.And(value.Bad())
			}
			switch {
			case kept.IsGood():
				d.or(r.toInterface(f, &interfaces[i], family, sources[outer]))
			case kept.IsBad():
				d.or(r.toInterface(f, &interfaces[i], family, nil))
			default:
				asClient := r.toInterface(f, &interfaces[i], family, sources[outer])
				asFront := r.toInterface(f, &interfaces[i], family, nil)
				if asClient.result != asFront.result {
					asFront = delivery{result: tri.Unknown, missing: append(kept.Facts(), asFront.missing...)}
				}
				d.or(asFront)
			}
		}
	}
	return d
}

// overInternet follows packets that a service of AWS sends to a public address. They
// pass for certain only where those of everybody do, or the service is named.
func (r *Reach) overInternet(f *forward, i *Interface) delivery {
	e := &Exposure{Result: tri.False}
	e.add(r, i, &f.by)
	d := delivery{result: e.Result, missing: e.Missing, cuts: e.Cuts}
	if e.Result != tri.True {
		return d
	}
	for _, p := range e.Paths {
		if p.Family == IPv4 && p.FromEverywhere() {
			d.hops, d.rules, d.concerns, d.ports = p.Hops, p.Rules, p.Concerns, p.Ports
			return d
		}
	}
	return delivery{result: tri.Unknown, missing: []value.Fact{{
		Text: fmt.Sprintf("whether the security groups of %s let %s in is not known", i.Owner.Addr, f.from.Addr), Span: i.Owner.Span.Head()}}}
}

// toInterface follows packets to one interface, from clients or, where these are
// nil, from the front itself.
func (r *Reach) toInterface(f *forward, i *Interface, family Family, from *netipx.IPSet) delivery {
	d := delivery{result: tri.False}
	for k := range i.Subnets {
		to := &i.Subnets[k]
		for s := range f.by.subnets {
			d.or(r.between(f, i, family, from, &f.by.subnets[s], to))
		}
		if len(f.by.subnets) == 0 {
			d.or(r.between(f, i, family, from, nil, to))
		}
	}
	if !i.SubnetsComplete || len(i.Subnets) == 0 {
		o := r.between(f, i, family, from, nil, nil)
		if o.result == tri.True {
			o = delivery{result: tri.Unknown, missing: []value.Fact{i.unplaced()}}
		}
		d.or(o)
	}
	return d
}

// stage is a filter on the way: what passes certainly, and at the most.
type stage struct {
	sure, may awsnet.PortSet
	missing   []value.Fact
	cut       value.Fact
}

// between follows packets from one subnet to another. A nil subnet is one that is
// not known, or that packets need not leave.
func (r *Reach) between(f *forward, i *Interface, family Family, from *netipx.IPSet, s, to *graph.Target) delivery {
	d := delivery{result: tri.False}
	sender := senders{all: from}
	if from == nil {
		switch {
		case f.by.edge:
			sender.one = family.public()
		case s == nil:
			sender.one = r.networkOf(to, family)
		default:
			sender.one = r.addressesOf(s, family)
		}
	}
	for pi, p := range protocols {
		listening := stage{sure: i.Ports[pi].Certain(), may: i.Ports[pi].Possible(), missing: i.PortFacts}
		if listening.may.IsEmpty() {
			continue
		}
		stages := []stage{listening}
		inside := s != nil && to != nil && s.Node == to.Node
		if s != nil && !inside {
			stages = append(stages, r.leaving(s, r.addressesOf(to, family), family, p)...)
		}
		if f.by.filtered {
			stages = append(stages, r.egress(f, i, r.addressesOf(to, family), family, p))
		}
		in := r.entering(f, i, to, inside, sender, family, p)
		d.pass(pi, append(stages, in.stage), in, i, sender)
	}
	r.doubt(&d, f, s, to)
	return d
}

// pass puts the stages of one protocol together.
func (d *delivery) pass(pi int, stages []stage, in admitted, i *Interface, from senders) {
	sure, may := awsnet.AllPorts(), awsnet.AllPorts()
	for _, x := range stages {
		sure, may = sure.Intersect(x.sure), may.Intersect(x.may)
	}
	switch {
	case may.IsEmpty():
		for _, x := range stages {
			if x.may.IsEmpty() {
				d.cuts = appendFact(d.cuts, x.cut)
			}
		}
		if len(d.cuts) == 0 {
			d.cuts = appendFact(d.cuts, value.Fact{Text: fmt.Sprintf("%s takes packets at other ports than are sent to", i.Owner.Addr), Span: i.Owner.Span.Head()})
		}
	case sure.IsEmpty():
		d.result = tri.Or(d.result, tri.Unknown)
		for _, x := range stages {
			if !x.sure.Covers(x.may) {
				d.missing = appendFact(d.missing, x.missing...)
			}
		}
	default:
		d.result, d.ports[pi] = tri.True, sure
		d.hops = appendFact(d.hops, in.hops...)
		d.rules = append(d.rules, in.rules...)
		if from.one == nil {
			sources := in.region.Intersect(awsnet.RegionOf(from.all, sure)).Addresses()
			if d.sources != nil {
				sources = union(sources, d.sources)
			}
			d.sources = sources
		}
	}
}

// doubt opens what is delivered only if the two subnets are where they seem to be.
func (r *Reach) doubt(d *delivery, f *forward, s, to *graph.Target) {
	if d.result != tri.True {
		return
	}
	for _, t := range []*graph.Target{s, to} {
		if t != nil && t.Sure != tri.True {
			*d = delivery{result: tri.Unknown, missing: []value.Fact{{Text: "whether " + t.Node.Addr + " is among the subnets is not known", Span: t.Value.Span(), Origin: t.Value.Origin()}}}
			return
		}
	}
	if s == nil || to == nil {
		return
	}
	a, b := r.topo.Subnet(s.Node).VPC, r.topo.Subnet(to.Node).VPC
	if a == nil || b == nil || a == b {
		return
	}
	switch c := r.across(s, to, a, b); c.result {
	case tri.True:
		d.hops = append(c.hops, d.hops...)
	case tri.False:
		*d = delivery{result: tri.False, cuts: []value.Fact{c.cut}}
	case tri.Unknown:
		why := value.Fact{Text: fmt.Sprintf("whether packets of %s get from %s to %s is not known", f.from.Addr, a.Addr, b.Addr), Span: s.Value.Span()}
		*d = delivery{result: tri.Unknown, missing: append([]value.Fact{why}, c.missing...)}
	}
}
