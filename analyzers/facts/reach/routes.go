package reach

import (
	"fmt"
	"sort"

	"go4.org/netipx"

	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// tableUse is a route table that a subnet uses, or may use.
type tableUse struct {
	table *aws.RouteTable // nil: a table of which nothing is known, or none at all
	none  bool            // no table with routes
	hop   value.Fact
	// unsure says that another use may hold instead.
	unsure bool
}

// tablesOf returns the route tables of which one is effective for a subnet:
// the associated one, else the main one of the VPC.
func (r *Reach) tablesOf(s *aws.Subnet) []tableUse {
	var out []tableUse
	for _, a := range s.Tables.Items {
		out = append(out, r.use(&a.Part.Table, a.Part.Node(), "gives it route table"))
		if a.Sure == tri.True {
			return out[len(out)-1:]
		}
		out[len(out)-1].unsure = true
	}
	if len(s.Tables.Open) > 0 {
		return append(out, tableUse{hop: s.Tables.Open[0]})
	}
	return append(out, r.mainTable(s)...)
}

func (r *Reach) use(ref *aws.Ref[aws.RouteTable], by *graph.Node, verb string) tableUse {
	n := ref.One()
	table := aws.Of[aws.RouteTable](r.g, n)
	if table == nil || n.Mode != graph.Managed {
		return tableUse{hop: ref.Fact()}
	}
	return tableUse{table: table, hop: value.Fact{Text: by.Addr + " " + verb + " " + n.Addr, Span: by.Span.Head(), Hop: true}}
}

func (r *Reach) mainTable(s *aws.Subnet) []tableUse {
	vpc := aws.Of[aws.VPC](r.g, s.VPC.One())
	if vpc == nil || vpc.Node().Mode != graph.Managed || vpc.Node().Type == "aws_default_vpc" || s.Node().Type == "aws_default_subnet" {
		return []tableUse{{hop: value.Fact{Text: "the main route table of its VPC is not in this scan", Span: s.VPC.Span(), Origin: s.VPC.V.Origin()}}}
	}
	var out []tableUse
	for _, m := range vpc.Main.Items {
		out = append(out, r.use(&m.Part.Table, m.Part.Node(), "makes the main route table"))
		if m.Sure == tri.True {
			return out[len(out)-1:]
		}
		out[len(out)-1].unsure = true
	}
	for _, d := range vpc.Defaults.Items {
		n := d.Part.Node()
		out = append(out, tableUse{table: d.Part, hop: value.Fact{Text: n.Addr + " is the main route table", Span: n.Span.Head(), Hop: true},
			unsure: d.Sure != tri.True})
		if d.Sure == tri.True && len(out) == 1 {
			return out
		}
	}
	if open := append(append([]value.Fact(nil), vpc.Main.Open...), vpc.Defaults.Open...); len(open) > 0 {
		return append(out, tableUse{hop: open[0]})
	}
	return append(out, tableUse{none: true, hop: value.Fact{
		Text: "no route table is associated, and the main one has no route to the internet", Span: s.Node().Span.Head()}})
}

// entry is a route of a table as far as it is known.
type entry struct {
	from, from6 value.String
	prefixList  value.Attr
	gateway     *aws.Ref[aws.InternetGateway]
	peering     *aws.Ref[aws.Peering]
	transit     *aws.Ref[aws.TransitGateway]
	exists      tri.Bool
	at          *graph.Node
}

func entriesOf(t *aws.RouteTable) []entry {
	var out []entry
	for _, i := range t.Inline.Items {
		out = append(out, entry{i.CIDR, i.CIDR6, i.Prefix, &i.Gateway, &i.Peering, &i.Transit, i.Exists(), t.Node()})
	}
	for _, i := range t.Routes.Items {
		out = append(out, entry{i.Part.CIDR, i.Part.CIDR6, i.Part.Prefix, &i.Part.Gateway, &i.Part.Peering, &i.Part.Transit, i.Sure, i.Part.Node()})
	}
	return out
}

// routed is the set of outside addresses whose packets go to an attached
// internet gateway, and so can come in by it and be answered.
type routed struct {
	sure, may *netipx.IPSet
	hops      []value.Fact // the routes that say so
	missing   []value.Fact
	cut       value.Fact
}

// destination is where routes may lead: an internet gateway, or another VPC.
type destination struct {
	// all are the addresses that are asked about.
	all *netipx.IPSet
	// leads says whether an entry leads there, name what to call it, and at where the
	// entry says so.
	leads func(entry) tri.Bool
	name  func(entry) string
	at    func(entry) value.Attr
	what  string
}

// routes works out which addresses a table leads to an internet gateway.
func (r *Reach) routes(t *aws.RouteTable, vpc *aws.VPC, f Family) routed {
	return routesTo(t, f, destination{all: f.public(), what: "an internet gateway",
		leads: func(e entry) tri.Bool { return r.toGateway(e.gateway, vpc) },
		name:  func(e entry) string { return gatewayName(e.gateway) },
		at:    func(e entry) value.Attr { return e.gateway.Attr }})
}

// routesTo works out which addresses a table leads somewhere: the longest prefix
// decides, so that wider routes are laid down first.
func routesTo(t *aws.RouteTable, f Family, d destination) routed {
	out := routed{sure: &netipx.IPSet{}, may: &netipx.IPSet{},
		cut: value.Fact{Text: fmt.Sprintf("%s has no %s route to %s", t.Node().Addr, f, d.what), Span: t.Node().Span.Head()}}
	type laid struct {
		entry
		bits int
		set  *netipx.IPSet
	}
	var known []laid
	elsewhere := false // a route of unknown destination leads elsewhere
	for _, e := range entriesOf(t) {
		cidr := e.from
		if f == IPv6 {
			cidr = e.from6
		}
		switch text, ok := cidr.Get(); {
		case cidr.V.IsUnset() && !e.prefixList.V.IsUnset():
			// A prefix list cannot hold the whole internet: it takes nothing away.
			continue
		case cidr.V.IsUnset():
			continue // a route of the other family
		case !ok:
			// It may be the default route, or lead any part of it elsewhere.
			gw := d.leads(e)
			if gw != tri.False {
				out.may = d.all
			}
			out.missing = append(out.missing, cidr.Fact())
			elsewhere = elsewhere || gw != tri.True
			continue
		default:
			p, err := awsnet.ParsePrefix(text)
			if err != nil || p.Addr().Is6() != (f == IPv6) {
				continue
			}
			known = append(known, laid{e, p.Bits(), awsnet.Both(awsnet.Addresses(p), d.all)})
		}
	}
	sort.SliceStable(known, func(i, j int) bool { return known[i].bits < known[j].bits })
	for _, k := range known {
		gw := d.leads(k.entry)
		switch {
		case gw == tri.True && k.exists == tri.True:
			out.sure, out.may = union(out.sure, k.set), union(out.may, k.set)
		case gw == tri.False && k.exists == tri.True:
			out.sure, out.may = awsnet.Without(out.sure, k.set), awsnet.Without(out.may, k.set)
		case gw == tri.False:
			out.sure = awsnet.Without(out.sure, k.set)
		case gw == tri.True: // it may not exist: a wider route may hold
			out.may = union(out.may, k.set)
		default:
			out.sure, out.may = awsnet.Without(out.sure, k.set), union(out.may, k.set)
		}
		text, _ := k.from.Get()
		if f == IPv6 {
			text, _ = k.from6.Get()
		}
		if gw == tri.True && k.exists == tri.True {
			out.hops = append(out.hops, value.Fact{Text: "route " + text + " goes to " + d.name(k.entry), Span: d.at(k.entry).Span(),
				Origin: d.at(k.entry).V.Origin(), Hop: true})
		} else if gw != tri.False {
			out.missing = append(out.missing, value.Fact{Text: "route " + text + " may lead to " + d.what, Span: d.at(k.entry).Span(), Origin: d.at(k.entry).V.Origin()})
		}
	}
	if elsewhere {
		out.sure = &netipx.IPSet{}
	}
	if t.Inline.Open {
		out.sure, out.may = &netipx.IPSet{}, d.all
		out.missing = append(out.missing, t.Inline.Fact())
	}
	if len(t.Routes.Open) > 0 {
		out.may = d.all
		out.missing = append(out.missing, t.Routes.Open...)
	}
	return out
}

func gatewayName(ref *aws.Ref[aws.InternetGateway]) string {
	if n := ref.One(); n != nil {
		return n.Addr
	}
	return "an internet gateway"
}

// toGateway says whether a route leads to an internet gateway that is attached
// to the VPC. One outside the scan is attached: AWS refuses routes to others.
func (r *Reach) toGateway(ref *aws.Ref[aws.InternetGateway], vpc *aws.VPC) tri.Bool {
	if ref.V.IsUnset() {
		return tri.False
	}
	targets := ref.Targets()
	if len(targets) == 0 && len(ref.Others()) > 0 {
		for _, o := range ref.Others() {
			if o.Sure != tri.True {
				return tri.Unknown
			}
		}
		return tri.False
	}
	if len(targets) != 1 || targets[0].Sure != tri.True {
		return tri.Unknown
	}
	n := targets[0].Node
	switch {
	case n.Type == "aws_internet_gateway" || n.Type == "AWS::EC2::InternetGateway":
		if n.Mode != graph.Managed {
			return tri.True
		}
		return attached(n, vpc)
	case n.Mode == graph.External && len(n.Addr) > 4 && n.Addr[:4] == "igw-":
		return tri.True
	}
	return tri.Unknown
}

// attached says whether a gateway is attached to a VPC.
func attached(gateway *graph.Node, vpc *aws.VPC) tri.Bool {
	if vpc == nil || vpc.Node().Mode != graph.Managed {
		return tri.True // routes to a gateway that is not attached are refused
	}
	out := tri.False
	for _, a := range vpc.Gateways.Items {
		switch {
		case a.Part.Node() == gateway, a.Part.Gateway.One() == gateway:
			out = tri.Or(out, a.Sure)
		case len(a.Part.Gateway.Targets()) != 1 && !a.Part.Gateway.V.IsUnset():
			out = tri.Or(out, tri.Unknown)
		}
	}
	if len(vpc.Gateways.Open) > 0 {
		out = tri.Or(out, tri.Unknown)
	}
	return out
}

func union(s, t *netipx.IPSet) *netipx.IPSet {
	var b netipx.IPSetBuilder
	b.AddSet(s)
	b.AddSet(t)
	set, _ := b.IPSet() // it never fails for sets that were built
	return set
}
