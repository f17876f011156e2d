package reach

import (
	"fmt"

	"go4.org/netipx"

	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// senders are the addresses that packets come from: any of all, or a single one of
// which only the range is known.
type senders struct{ all, one *netipx.IPSet }

// certain are the ports at which a region certainly admits the sender.
func (s senders) certain(r awsnet.Region) awsnet.PortSet {
	if s.one != nil {
		return wholly(r, s.one)
	}
	return r.Intersect(awsnet.RegionOf(s.all, awsnet.AllPorts())).Ports()
}

// possible are those at which it may.
func (s senders) possible(r awsnet.Region) awsnet.PortSet {
	from := s.all
	if s.one != nil {
		from = s.one
	}
	return r.Intersect(awsnet.RegionOf(from, awsnet.AllPorts())).Ports()
}

// wholly are the ports at which a region holds every address of a set.
func wholly(r awsnet.Region, addrs *netipx.IPSet) awsnet.PortSet {
	return awsnet.RegionOf(addrs, awsnet.AllPorts()).Minus(r).Ports().Complement()
}

// addressesOf is the range of a subnet, else of its VPC, else everything.
func (r *Reach) addressesOf(t *graph.Target, f Family) *netipx.IPSet {
	if t == nil || f == IPv6 { // ranges of IPv6 are given by AWS
		return f.all()
	}
	s := r.topo.Subnet(t.Node)
	if s.Model != nil && t.Node.Mode == graph.Managed {
		if set := rangeOf(s.Model.CIDR); set != nil {
			return set
		}
	}
	return r.networkOf(t, f)
}

// networkOf is the range of the VPC of a subnet, else everything.
func (r *Reach) networkOf(t *graph.Target, f Family) *netipx.IPSet {
	if t == nil || f == IPv6 {
		return f.all()
	}
	if set := rangeOf(r.vpcRange(r.topo.Subnet(t.Node))); set != nil {
		return set
	}
	return f.all()
}

// vpcRange is the range of the VPC of a subnet if it has but one.
func (r *Reach) vpcRange(s *topology.Subnet) value.String {
	vpc := aws.Of[aws.VPC](r.g, s.VPC)
	if vpc == nil || vpc.Node().Mode != graph.Managed || len(vpc.Secondary.Items) > 0 || len(vpc.Secondary.Open) > 0 {
		return value.String{}
	}
	return vpc.CIDR
}

// rangeOf is a known range of IPv4, or nil.
func rangeOf(cidr value.String) *netipx.IPSet {
	text, ok := cidr.Get()
	if !ok {
		return nil
	}
	p, err := awsnet.ParsePrefix(text)
	if err != nil || !p.Addr().Is4() {
		return nil
	}
	return awsnet.Addresses(p)
}

// admitted is what the filters in front of an interface let in.
type admitted struct {
	stage
	// region is what they certainly let in and let be answered.
	region awsnet.Region
	hops   []value.Fact
	rules  []*aws.Ingress
}

// entering is the network ACL of the subnet of an interface, unless packets come
// from inside it, and the security groups. A nil subnet is not known.
func (r *Reach) entering(f *forward, i *Interface, to *graph.Target, inside bool, from senders, family Family, p awsnet.Protocol) admitted {
	universe := awsnet.RegionOf(family.all(), awsnet.AllPorts())
	acl := filters{in: passage{universe, universe}, out: passage{universe, universe}}
	switch {
	case to == nil:
		acl.in.sure = awsnet.Region{}
		acl.missing = []value.Fact{i.unplaced()}
	case !inside:
		acl = r.filtersOf(to, family, p)
	}
	var out admitted
	var sure, may awsnet.Region
	for _, a := range r.admissions(i, family, p, &f.by) {
		sure, may = sure.Union(a.sure), may.Union(a.may)
		ports := from.possible(a.sure).Intersect(i.Ports[p0(p)].Possible())
		switch {
		case !ports.IsEmpty() && a.rule != nil:
			out.rules = append(out.rules, a.rule)
			out.hops = append(out.hops, value.Fact{Hop: true, Span: a.rule.Span.Head(),
				Text: fmt.Sprintf("%s lets %s in from %s", a.rule.Node.Addr, a.rule.PortText(), a.rule.FromText())})
		case ports.IsEmpty() && !from.possible(a.may).IsEmpty():
			out.missing = appendFact(out.missing, a.missing()...)
		}
	}
	out.hops = append(acl.hops, out.hops...)
	out.missing = appendFact(out.missing, acl.missing...)
	out.cut = value.Fact{Text: fmt.Sprintf("no security group of %s lets %s packets of %s in", i.Owner.Addr, family, f.from.Addr), Span: i.Owner.Span.Head()}
	if !from.possible(may).IsEmpty() {
		out.cut = acl.cut
	}
	answer, mayAnswer := answered(acl.out.sure, family), answered(acl.out.may, family)
	if from.one != nil {
		// A single sender is answered if the ACL lets packets out to all it may be.
		answer, mayAnswer = answeredTo(from, acl.out, universe)
	}
	out.region = sure.Intersect(acl.in.sure).Intersect(answer)
	out.stage.sure = from.certain(out.region)
	out.stage.may = from.possible(may.Intersect(acl.in.may).Intersect(mayAnswer))
	return out
}

// p0 is the index of a protocol.
func p0(p awsnet.Protocol) int {
	for i := range protocols {
		if protocols[i] == p {
			return i
		}
	}
	return 0
}

// answeredTo is everything if the sender can be answered, else nothing.
func answeredTo(from senders, out passage, universe awsnet.Region) (sure, may awsnet.Region) {
	if from.certain(out.sure).Overlaps(ephemeral) {
		sure = universe
	}
	if from.possible(out.may).Overlaps(ephemeral) {
		may = universe
	}
	return sure, may
}

// leaving is the network ACL of the subnet that packets leave, out and for the
// answer in, towards a range of which one address is meant.
func (r *Reach) leaving(s *graph.Target, to *netipx.IPSet, family Family, p awsnet.Protocol) []stage {
	acl := r.filtersOf(s, family, p)
	one := senders{one: to}
	out := stage{sure: one.certain(acl.out.sure), may: one.possible(acl.out.may), missing: acl.missing, cut: acl.cut}
	back := stage{missing: acl.missing, cut: acl.cut}
	if one.certain(acl.in.sure).Overlaps(ephemeral) {
		back.sure = awsnet.AllPorts()
	}
	if one.possible(acl.in.may).Overlaps(ephemeral) {
		back.may = awsnet.AllPorts()
	}
	return []stage{out, back}
}

// egress is what the security groups of a front let out to an interface.
func (r *Reach) egress(f *forward, i *Interface, to *netipx.IPSet, family Family, p awsnet.Protocol) stage {
	out := stage{cut: value.Fact{Text: fmt.Sprintf("no security group of %s lets packets out to %s", f.from.Addr, i.Owner.Addr), Span: f.from.Span.Head()}}
	behind := &sender{groups: i.Groups, groupsComplete: i.GroupsComplete}
	one := senders{one: to}
	var sure, may awsnet.Region
	for _, t := range f.by.groups {
		for _, a := range r.egressOf(t.Node, family, p, behind) {
			if t.Sure != tri.True {
				a.sure = awsnet.Region{}
			}
			sure, may = sure.Union(a.sure), may.Union(a.may)
			if one.certain(a.sure).IsEmpty() && !one.possible(a.may).IsEmpty() {
				out.missing = appendFact(out.missing, a.missing()...)
			}
		}
	}
	if !f.by.groupsComplete || len(f.by.groups) == 0 {
		may = awsnet.RegionOf(family.all(), awsnet.AllPorts())
		out.missing = appendFact(out.missing, value.Fact{Text: "the security groups of " + f.from.Addr + " are not known", Span: f.from.Span.Head()})
	}
	out.sure, out.may = one.certain(sure), one.possible(may)
	if len(out.missing) == 0 {
		out.missing = []value.Fact{{Text: "the address of " + i.Owner.Addr + " is not known", Span: i.Owner.Span.Head()}}
	}
	return out
}
