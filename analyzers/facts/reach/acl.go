package reach

import (
	"math"
	"sort"
	"strings"

	"go4.org/netipx"

	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// ephemeral are the ports from which clients on the internet send, and to which
// answers go: a network ACL is stateless and must let them out.
// https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
var ephemeral = awsnet.NewPortSet(awsnet.PortRange{From: 1024, To: awsnet.MaxPort})

// aclIndex finds the network ACLs that list a subnet.
type aclIndex struct {
	listed map[graph.NodeID][]listing
	// unsure are ACLs whose list of subnets is not known to its end.
	unsure []*aws.NetworkACL
}

type listing struct {
	acl  *aws.NetworkACL
	sure tri.Bool
}

func indexACLs(g *graph.Graph) *aclIndex {
	x := &aclIndex{listed: map[graph.NodeID][]listing{}}
	for acl := range aws.Managed[aws.NetworkACL](g) {
		for _, t := range acl.Subnets.Targets {
			x.listed[t.Node.ID] = append(x.listed[t.Node.ID], listing{acl, tri.And(t.Sure, acl.Node().Exists)})
		}
		if !acl.Subnets.Complete {
			x.unsure = append(x.unsure, acl)
		}
	}
	return x
}

// aclUse is a network ACL that a subnet has, or may have. A nil ACL is the
// default one, which lets everything pass, or one of which nothing is known.
type aclUse struct {
	acl     *aws.NetworkACL
	unknown bool
	why     value.Fact
}

// aclsOf returns the ACLs of which one is in force for a subnet.
func (r *Reach) aclsOf(s *aws.Subnet) []aclUse {
	var out []aclUse
	for _, a := range s.ACLs.Items {
		acl := aws.Of[aws.NetworkACL](r.g, a.Part.ACL.One())
		use := aclUse{acl: acl, unknown: acl == nil || acl.Node().Mode != graph.Managed, why: a.Part.ACL.Fact()}
		if a.Sure == tri.True {
			return []aclUse{use}
		}
		out = append(out, use)
	}
	for _, l := range r.acls.listed[s.Node().ID] {
		use := aclUse{acl: l.acl, why: l.acl.Subnets.Fact()}
		if l.sure == tri.True {
			return []aclUse{use}
		}
		out = append(out, use)
	}
	for _, acl := range r.acls.unsure {
		if vpc := acl.VPC.One(); acl.Node().Unit == s.Node().Unit && (vpc == nil || vpc == s.VPC.One()) {
			out = append(out, aclUse{acl: acl, why: acl.Subnets.Fact()})
		}
	}
	if len(s.ACLs.Open) > 0 {
		out = append(out, aclUse{unknown: true, why: s.ACLs.Open[0]})
	}
	return append(out, r.defaultACL(s)...)
}

// defaultACL is the one of the VPC. It lets everything pass unless Terraform has
// adopted it and says otherwise; that of a VPC outside the scan is not known.
func (r *Reach) defaultACL(s *aws.Subnet) []aclUse {
	vpc := aws.Of[aws.VPC](r.g, s.VPC.One())
	if vpc == nil || vpc.Node().Mode != graph.Managed {
		return []aclUse{{unknown: true, why: value.Fact{Text: "the network ACL of " + s.Node().Addr + " is not in this scan", Span: s.Node().Span.Head()}}}
	}
	var out []aclUse
	for _, a := range vpc.ACLs.Items {
		out = append(out, aclUse{acl: a.Part, why: a.Part.DefaultOf.Fact()})
		if a.Sure == tri.True {
			return out
		}
	}
	if len(vpc.ACLs.Open) > 0 {
		out = append(out, aclUse{unknown: true, why: vpc.ACLs.Open[0]})
	}
	return append(out, aclUse{})
}

// passed is what network ACLs let pass.
type passed struct {
	sure, may awsnet.Region
	// hops name the ACL rules that admit, missing what is not known, cut the ACL.
	hops, missing []value.Fact
	cut           value.Fact
	concerns      []graph.NodeID
}

// throughACLs is what passes the effective ACL of a subnet in both directions,
// for each protocol.
func (r *Reach) throughACLs(s *aws.Subnet, f Family, p awsnet.Protocol) passed {
	universe := awsnet.RegionOf(f.all(), awsnet.AllPorts())
	var out passed
	for i, use := range r.aclsOf(s) {
		var sure, may awsnet.Region
		switch {
		case use.unknown:
			may = universe
			out.missing = append(out.missing, use.why)
		case use.acl == nil:
			sure, may = universe, universe
		default:
			inSure, inMay := applyACL(aclRules(use.acl, false, f, p), universe)
			outSure, outMay := applyACL(aclRules(use.acl, true, f, p), universe)
			sure, may = inSure.Intersect(answered(outSure, f)), inMay.Intersect(answered(outMay, f))
			n := use.acl.Node()
			out.cut = value.Fact{Text: "network ACL " + n.Addr + " lets nothing pass in or out that is needed", Span: n.Span.Head()}
			out.concerns = append(out.concerns, n.ID)
			out.hops = append(out.hops, value.Fact{Text: "network ACL " + n.Addr + " lets it pass, and the answer", Span: n.Span.Head(), Hop: true})
			out.missing = append(out.missing, aclUnknowns(use.acl)...)
		}
		if i == 0 {
			out.sure = sure
		} else {
			out.sure = out.sure.Intersect(sure)
		}
		out.may = out.may.Union(may)
	}
	return out
}

// passage is what passes in one direction.
type passage struct{ sure, may awsnet.Region }

// filters are the network ACLs of a subnet, by direction.
type filters struct {
	in, out       passage
	hops, missing []value.Fact
	cut           value.Fact
}

// filtersOf works the directions out apart, for packets within the network.
func (r *Reach) filtersOf(t *graph.Target, f Family, p awsnet.Protocol) filters {
	key := filterKey{t.Node.ID, f, p}
	if x, ok := r.filters[key]; ok {
		return x
	}
	x := r.workOutFilters(t, f, p)
	r.filters[key] = x
	return x
}

type filterKey struct {
	subnet   graph.NodeID
	family   Family
	protocol awsnet.Protocol
}

func (r *Reach) workOutFilters(t *graph.Target, f Family, p awsnet.Protocol) filters {
	universe := awsnet.RegionOf(f.all(), awsnet.AllPorts())
	s := aws.Of[aws.Subnet](r.g, t.Node)
	if s == nil || t.Node.Mode != graph.Managed {
		may := passage{may: universe}
		return filters{in: may, out: may, missing: []value.Fact{{Text: "the network ACL of " + t.Node.Addr + " is not in this scan", Span: t.Value.Span(), Origin: t.Value.Origin()}}}
	}
	var x filters
	for i, use := range r.aclsOf(s) {
		in, out := passage{universe, universe}, passage{universe, universe}
		switch {
		case use.unknown:
			in.sure, out.sure = awsnet.Region{}, awsnet.Region{}
			x.missing = append(x.missing, use.why)
		case use.acl != nil:
			n := use.acl.Node()
			in.sure, in.may = applyACL(aclRules(use.acl, false, f, p), universe)
			out.sure, out.may = applyACL(aclRules(use.acl, true, f, p), universe)
			x.cut = value.Fact{Text: "network ACL " + n.Addr + " does not let packets pass, or not their answers", Span: n.Span.Head()}
			x.hops = append(x.hops, value.Fact{Text: "network ACL " + n.Addr + " lets it pass, and the answer", Span: n.Span.Head(), Hop: true})
			x.missing = append(x.missing, aclUnknowns(use.acl)...)
		}
		if i == 0 {
			x.in.sure, x.out.sure = in.sure, out.sure
		} else {
			x.in.sure, x.out.sure = x.in.sure.Intersect(in.sure), x.out.sure.Intersect(out.sure)
		}
		x.in.may, x.out.may = x.in.may.Union(in.may), x.out.may.Union(out.may)
	}
	return x
}

// answered turns what may leave into the packets that can be answered: those
// from addresses to which some ephemeral port is open.
func answered(out awsnet.Region, f Family) awsnet.Region {
	answers := out.Intersect(awsnet.RegionOf(f.all(), ephemeral))
	return awsnet.RegionOf(answers.Addresses(), awsnet.AllPorts())
}

// aclUnknowns says what of an ACL is not known.
func aclUnknowns(acl *aws.NetworkACL) []value.Fact {
	var out []value.Fact
	note := func(attrs ...value.Attr) {
		for _, a := range attrs {
			if a.V.IsUnknown() {
				out = append(out, a.Fact())
			}
		}
	}
	for _, b := range append(append([]*aws.ACLRuleBlock(nil), acl.Ingress.Items...), acl.Egress.Items...) {
		note(b.Number.Attr, b.Action.Attr, b.Protocol.Attr, b.From.Attr, b.To.Attr, b.CIDR.Attr, b.CIDR6.Attr)
	}
	for _, s := range acl.Rules.Items {
		x := s.Part
		note(x.Egress.Attr, x.Number.Attr, x.Action.Attr, x.Protocol.Attr, x.From.Attr, x.To.Attr, x.CIDR.Attr, x.CIDR6.Attr)
		if s.Sure != tri.True {
			out = append(out, value.Fact{Text: x.Node().Addr + " may not exist", Span: x.Node().Span.Head(), Origin: x.Node().ExistsWhy})
		}
	}
	for _, l := range []aws.List[aws.ACLRuleBlock]{acl.Ingress, acl.Egress} {
		if l.Open {
			out = append(out, l.Fact())
		}
	}
	return append(out, acl.Rules.Open...)
}

// aclRule is a rule of one direction as far as it holds for a family and protocol.
type aclRule struct {
	number        int // math.MinInt: not known
	allow         tri.Bool
	exists        tri.Bool
	certain, most awsnet.Region
}

// aclRules returns the rules in order of evaluation.
func aclRules(acl *aws.NetworkACL, egress bool, f Family, p awsnet.Protocol) []aclRule {
	var out []aclRule
	blocks := acl.Ingress
	if egress {
		blocks = acl.Egress
	}
	for _, b := range blocks.Items {
		out = append(out, newACLRule(b.Number, b.Action, b.Protocol, b.From, b.To, b.CIDR, b.CIDR6, b.Exists(), f, p))
	}
	for _, s := range acl.Rules.Items {
		x := s.Part
		exists := s.Sure
		is := x.Egress.Is(egress)
		if is.IsBad() {
			continue
		}
		exists = tri.And(exists, is.Result)
		out = append(out, newACLRule(x.Number, x.Action, x.Protocol, x.From, x.To, x.CIDR, x.CIDR6, exists, f, p))
	}
	if blocks.Open || len(acl.Rules.Open) > 0 {
		all := awsnet.RegionOf(f.all(), awsnet.AllPorts())
		out = append(out, aclRule{number: math.MinInt, most: all})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].number < out[j].number })
	return out
}

func newACLRule(number value.Int, action, protocol value.String, from, to value.Int, cidr, cidr6 value.String, exists tri.Bool, f Family, p awsnet.Protocol) aclRule {
	x := aclRule{number: math.MinInt, exists: exists}
	if n, ok := number.Get(); ok {
		x.number = int(n)
	}
	if text, ok := action.Get(); ok {
		x.allow = tri.Of(strings.EqualFold(text, "allow"))
	}
	source := cidr
	if f == IPv6 {
		source = cidr6
	}
	sure, may := prefixOf(source, f)
	certain, possible := portsFor(aws.TrafficOf(protocol, from, to), p)
	x.certain, x.most = awsnet.RegionOf(sure, certain), awsnet.RegionOf(may, possible)
	return x
}

// prefixOf is the addresses of a CIDR attribute that may be unknown.
func prefixOf(s value.String, f Family) (sure, may *netipx.IPSet) {
	none := &netipx.IPSet{}
	text, ok := s.Get()
	switch {
	case ok:
		p, _, err := awsnet.ParseSource(text)
		if err != nil || p.Addr().Is6() != (f == IPv6) {
			return none, none
		}
		set := awsnet.Addresses(p)
		return set, set
	case s.V.IsUnset():
		return none, none
	}
	return none, f.all()
}

// portsFor is the ports that traffic has for a protocol: certainly, and at most.
func portsFor(t awsnet.Traffic, p awsnet.Protocol) (certain, possible awsnet.PortSet) {
	switch t.Protocol.Includes(p) {
	case tri.True:
		return t.Ports().Certain(), t.Ports().Possible()
	case tri.Unknown:
		return awsnet.PortSet{}, t.Ports().Possible()
	case tri.False:
	}
	return awsnet.PortSet{}, awsnet.PortSet{}
}

// applyACL is what an ordered list of rules lets pass: certainly, and at most.
// What no rule names is denied. A rule of which something is unknown denies all
// that it may, for the one answer, and allows all that it may for the other.
func applyACL(rules []aclRule, universe awsnet.Region) (sure, may awsnet.Region) {
	rest := universe
	for _, x := range rules {
		switch {
		case x.allow == tri.True && x.exists == tri.True && x.number != math.MinInt:
			sure = sure.Union(rest.Intersect(x.certain))
			rest = rest.Minus(x.certain)
		case x.allow == tri.True: // it can only add
		default:
			rest = rest.Minus(x.most)
		}
	}
	rest = universe
	for _, x := range rules {
		switch {
		case x.allow == tri.False && x.exists == tri.True && x.number != math.MinInt:
			rest = rest.Minus(x.certain)
		case x.allow == tri.False:
		default:
			may = may.Union(rest.Intersect(x.most))
		}
	}
	return sure, may
}
