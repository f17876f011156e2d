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

// crossing is whether packets get from a subnet of one VPC to a subnet of another,
// and back.
type crossing struct {
	result        tri.Bool
	hops, missing []value.Fact
	cut           value.Fact
}

// across follows the routes of both subnets: each has to lead to the other VPC, by a
// peering or a transit gateway that connects the two.
func (r *Reach) across(s, to *graph.Target, a, b *graph.Node) crossing {
	out := crossing{result: tri.True}
	for _, way := range []struct {
		from, to *graph.Target
		a, b     *graph.Node
	}{{s, to, a, b}, {to, s, b, a}} {
		leads := r.leads(way.from, r.addressesOf(way.to, IPv4), way.a, way.b)
		out.result = tri.And(out.result, leads.result)
		out.hops, out.missing = append(out.hops, leads.hops...), append(out.missing, leads.missing...)
		if leads.result == tri.False {
			out.cut = leads.cut
		}
	}
	return out
}

// leads says whether the route table of a subnet sends all addresses of a range to
// another VPC.
func (r *Reach) leads(from *graph.Target, addrs *netipx.IPSet, a, b *graph.Node) crossing {
	m := aws.Of[aws.Subnet](r.g, from.Node)
	if m == nil || from.Node.Mode != graph.Managed {
		return crossing{missing: []value.Fact{{Text: "the routes of " + from.Node.Addr + " are not in this scan", Span: from.Value.Span()}}}
	}
	d := destination{all: IPv4.all(), what: b.Addr, leads: func(e entry) tri.Bool { return r.connects(e, a, b) },
		name: func(entry) string { return b.Addr }, at: connectionOf}
	out := crossing{}
	for i, use := range r.tablesOf(m) {
		one := crossing{missing: []value.Fact{use.hop}}
		switch {
		case use.table != nil:
			routed := routesTo(use.table, IPv4, d)
			one = crossing{hops: append([]value.Fact{use.hop}, routed.hops...), missing: routed.missing, cut: routed.cut}
			switch {
			case len(awsnet.Without(addrs, routed.sure).Ranges()) == 0:
				one.result = tri.True
			case len(awsnet.Both(addrs, routed.may).Ranges()) == 0:
				one.result = tri.False
			}
		case use.none:
			one = crossing{result: tri.False, cut: value.Fact{Text: fmt.Sprintf("no route leads from %s to %s", from.Node.Addr, b.Addr), Span: from.Node.Span.Head()}}
		}
		if i == 0 {
			out = one
			continue
		}
		out.result = tri.Same(out.result, one.result)
		out.missing = append(out.missing, one.missing...)
	}
	return out
}

// connectionOf is the attribute of a route that names a peering or transit gateway.
func connectionOf(e entry) value.Attr {
	if e.peering.V.IsUnset() {
		return e.transit.Attr
	}
	return e.peering.Attr
}

// connects says whether a route leads from one VPC to another.
func (r *Reach) connects(e entry, a, b *graph.Node) tri.Bool {
	switch {
	case !e.peering.V.IsUnset():
		m := aws.Of[aws.Peering](r.g, e.peering.One())
		if m == nil || m.Node().Mode != graph.Managed {
			return tri.Unknown
		}
		x, y := m.VPC.One(), m.Peer.One()
		if x == nil || y == nil {
			return tri.Unknown
		}
		return tri.And(tri.Of(x == a && y == b || x == b && y == a), m.Node().Exists)
	case !e.transit.V.IsUnset():
		m := aws.Of[aws.TransitGateway](r.g, e.transit.One())
		if m == nil || m.Node().Mode != graph.Managed {
			return tri.Unknown
		}
		return tri.And(attachedTo(m, a), attachedTo(m, b))
	}
	return tri.False
}

// attachedTo says whether a VPC is attached to a transit gateway and routed by its
// default table; tables of one's own are not followed.
func attachedTo(gateway *aws.TransitGateway, vpc *graph.Node) tri.Bool {
	out := tri.False
	for _, x := range gateway.Attachments.Items {
		switch x.Part.VPC.One() {
		case vpc:
			is := tri.And(x.Sure, x.Part.UsesDefault(gateway).Result)
			if is == tri.False {
				is = tri.Unknown
			}
			out = tri.Or(out, is)
		case nil:
			out = tri.Or(out, tri.Unknown)
		}
	}
	if len(gateway.Attachments.Open) > 0 {
		out = tri.Or(out, tri.Unknown)
	}
	return out
}
