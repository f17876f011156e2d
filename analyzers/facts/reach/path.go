package reach

import (
	"fmt"
	"slices"

	"go4.org/netipx"

	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// way is how far packets of a family come into a subnet, before any security
// group: it is the same for all that sits there.
type way struct {
	sure, may [len(protocols)]awsnet.Region
	hops      []value.Fact
	missing   []value.Fact
	cuts      []value.Fact
	concerns  []graph.NodeID
}

type wayKey struct {
	subnet graph.NodeID
	family Family
}

// wayInto works out the way into a subnet once.
func (r *Reach) wayInto(n *graph.Node, f Family) *way {
	key := wayKey{n.ID, f}
	if w := r.ways[key]; w != nil {
		return w
	}
	w := &way{}
	r.ways[key] = w
	s := aws.Of[aws.Subnet](r.g, n)
	if s == nil || n.Mode != graph.Managed {
		for i := range protocols {
			w.may[i] = awsnet.RegionOf(f.public(), awsnet.AllPorts())
		}
		w.missing = append(w.missing, value.Fact{Text: "the routes of " + n.Addr + " are not in this scan", Span: n.Span.Head()})
		return w
	}
	sure, may := r.routeInto(s, f, w)
	for i, p := range protocols {
		acl := r.throughACLs(s, f, p)
		w.sure[i] = acl.sure.Intersect(awsnet.RegionOf(sure, awsnet.AllPorts()))
		w.may[i] = acl.may.Intersect(awsnet.RegionOf(may, awsnet.AllPorts()))
		if i == 0 {
			w.hops = append(w.hops, acl.hops...)
			w.concerns = append(w.concerns, acl.concerns...)
		}
		if !acl.sure.IsEmpty() || acl.may.IsEmpty() {
			if acl.may.IsEmpty() {
				w.cuts = appendFact(w.cuts, acl.cut)
			}
			continue
		}
		w.missing = appendFact(w.missing, acl.missing...)
	}
	return w
}

// routeInto follows the effective route table.
func (r *Reach) routeInto(s *aws.Subnet, f Family, w *way) (sure, may *netipx.IPSet) {
	may = &netipx.IPSet{}
	vpc := aws.Of[aws.VPC](r.g, s.VPC.One())
	for i, use := range r.tablesOf(s) {
		out := routed{sure: &netipx.IPSet{}, may: f.public(), missing: []value.Fact{use.hop}}
		switch {
		case use.table != nil:
			out = r.routes(use.table, vpc, f)
			w.concerns = append(w.concerns, use.table.Node().ID)
			w.hops = append(append(w.hops, use.hop), out.hops...)
		case use.none:
			out = routed{sure: &netipx.IPSet{}, may: &netipx.IPSet{}, cut: use.hop}
		}
		if i == 0 {
			sure = out.sure
		} else {
			sure = awsnet.Both(sure, out.sure)
		}
		may = union(may, out.may)
		w.missing = appendFact(w.missing, out.missing...)
		if use.unsure {
			w.missing = appendFact(w.missing, value.Fact{Text: "whether " + use.hop.Text + " is not known", Span: use.hop.Span, Origin: use.hop.Origin})
		}
		if len(out.may.Ranges()) == 0 {
			w.cuts = appendFact(w.cuts, out.cut)
		}
	}
	return sure, may
}

// add follows all ways to one interface, for anybody, or for one sender.
func (e *Exposure) add(r *Reach, i *Interface, by *sender) {
	for _, f := range []Family{IPv4, IPv6} {
		for _, s := range i.Subnets {
			e.through(r, i, f, s, by)
		}
		if address := i.Address(f, graph.Target{}); !i.SubnetsComplete && !address.IsBad() {
			e.Result = tri.Or(e.Result, tri.Unknown)
			e.Missing = appendFact(e.Missing, i.unplaced())
		}
	}
}

// through follows the way through one subnet.
func (e *Exposure) through(r *Reach, i *Interface, f Family, s graph.Target, by *sender) {
	address := i.Address(f, s)
	if address.IsBad() {
		e.Cuts = appendFact(e.Cuts, address.Facts()...)
		return
	}
	w := r.wayInto(s.Node, f)
	path := Path{Family: f, Subnet: s.Node, Concerns: slices.Concat([]graph.NodeID{s.Node.ID}, w.concerns, i.LaunchedBy)}
	var sources netipx.IPSetBuilder
	possible, elsewhere := false, false // elsewhere: packets pass, to ports on which nothing listens
	var missing []value.Fact
	for pi, p := range protocols {
		certainPorts, mayPorts := i.Ports[pi].Certain(), i.Ports[pi].Possible()
		for _, a := range r.admissions(i, f, p, by) {
			arriving := a.may.Intersect(w.may[pi])
			may := arriving.Intersect(awsnet.RegionOf(f.public(), mayPorts))
			if may.IsEmpty() {
				elsewhere = elsewhere || !arriving.IsEmpty()
				continue
			}
			possible = true
			sure := a.sure.Intersect(w.sure[pi]).Intersect(awsnet.RegionOf(f.public(), certainPorts))
			if sure.IsEmpty() {
				if a.sure.Intersect(awsnet.RegionOf(f.public(), mayPorts)).IsEmpty() {
					missing = appendFact(missing, a.missing()...)
				}
				continue
			}
			path.Ports[pi] = path.Ports[pi].Union(sure.Ports())
			sources.AddSet(sure.Addresses())
			path.admit(a)
		}
	}
	path.Sources = public(&sources, f)
	certain := len(path.Sources.Ranges()) > 0
	switch {
	case certain && address.IsGood() && s.Sure == tri.True:
		path.Hops = hops(i, address, s, w, path.Rules)
		path.At = addressSpan(i.Owner, address)
		e.Paths = append(e.Paths, path)
		e.Result = tri.True
	case possible:
		e.Result = tri.Or(e.Result, tri.Unknown)
		if address.IsOpen() {
			missing = appendFact(missing, address.Facts()...)
		}
		if !i.Ports.isKnown() {
			missing = appendFact(missing, i.PortFacts...)
		}
		if s.Sure != tri.True {
			missing = appendFact(missing, value.Fact{Text: "whether it sits in " + s.Node.Addr + " is not known", Span: s.Value.Span(), Origin: s.Value.Origin()})
		}
		e.Missing = appendFact(appendFact(e.Missing, w.missing...), missing...)
	default:
		e.Cuts = appendFact(e.Cuts, w.cuts...)
		switch {
		case elsewhere:
			e.Cuts = appendFact(e.Cuts, value.Fact{Text: fmt.Sprintf("nothing of %s listens on a port that its security groups let in", i.Owner.Addr),
				Span: i.Owner.Span.Head()})
		case len(w.cuts) == 0:
			e.Cuts = appendFact(e.Cuts, value.Fact{Text: fmt.Sprintf("no security group of %s lets %s packets in from public addresses", i.Owner.Addr, f),
				Span: i.Owner.Span.Head()})
		}
	}
}

func (p *Path) admit(a admission) {
	if a.rule == nil {
		return
	}
	if slices.Contains(p.Rules, a.rule) {
		return
	}
	p.Rules = append(p.Rules, a.rule)
}

// missing says what of an admission is not known.
func (a *admission) missing() []value.Fact {
	if a.rule == nil {
		return []value.Fact{a.why}
	}
	var out []value.Fact
	for _, attr := range []value.Attr{a.rule.Protocol.Attr, a.rule.From.Attr, a.rule.To.Attr, a.rule.CIDRs[0].Attr, a.rule.CIDRs[1].Attr, a.rule.Prefixes.Attr} {
		if attr.V.IsUnknown() || attr.V.IsOpen() {
			out = append(out, attr.Fact())
		}
	}
	if len(out) == 0 {
		out = append(out, a.why)
	}
	return out
}

// hops lays a certain path out, from the internet to the interface.
func hops(i *Interface, address value.Verdict, s graph.Target, w *way, rules []*aws.Ingress) []value.Fact {
	var out []value.Fact
	for _, v := range slices.Backward(w.hops) { // from the gateway inwards
		out = append(out, v)
	}
	out = append(out, value.Fact{Text: i.Owner.Addr + " sits in " + s.Node.Addr, Span: s.Value.Span(), Origin: s.Value.Origin()})
	for _, rule := range rules {
		out = append(out, value.Fact{Text: fmt.Sprintf("%s lets %s in from %s", rule.Node.Addr, rule.PortText(), rule.SourceText()), Span: sourceSpan(rule)})
	}
	out = append(out, address.Facts()...)
	for k := range out {
		out[k].Hop = true
	}
	return out
}

// addressSpan is what gives a resource its address, if that stands in it.
func addressSpan(n *graph.Node, address value.Verdict) source.Span {
	for _, f := range address.Facts() {
		if f.Span.IsValid() && n.Span.Contains(f.Span) {
			return f.Span
		}
	}
	return n.Span.Head()
}

// sourceSpan is where the address range stands, else the rule.
func sourceSpan(in *aws.Ingress) source.Span {
	for _, list := range in.CIDRs {
		items, _ := list.Items()
		for _, v := range items {
			if text, ok := v.Str(); ok {
				if p, _, err := awsnet.ParseSource(text); err == nil && awsnet.IsPublic(p) && in.Node.Span.Contains(v.Span()) {
					return v.Span()
				}
			}
		}
	}
	return in.Span.Head()
}

func appendFact(to []value.Fact, more ...value.Fact) []value.Fact {
	for _, f := range more {
		if f.Text == "" {
			continue
		}
		dup := false
		for _, o := range to {
			dup = dup || o == f
		}
		if !dup {
			to = append(to, f)
		}
	}
	return to
}
