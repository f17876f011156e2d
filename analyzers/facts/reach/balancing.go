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

// balancing adds the ways through load balancers: listener, rule or default action,
// target group, target.
func (r *Reach) balancing(f *forwards) {
	p := &pools{groups: map[graph.NodeID]*pool{}, classic: map[graph.NodeID][]member{}}
	for tg := range aws.Managed[aws.TargetGroup](r.g) {
		in := &pool{group: tg}
		p.groups[tg.Node().ID], p.inOrder = in, append(p.inOrder, in)
	}
	r.fillGroups(f, p)
	r.fillFromServices(f, p)
	r.fillFromScaling(f, p)
	for l := range aws.Managed[aws.Listener](r.g) {
		r.listener(f, p, l)
	}
	for lb := range aws.Managed[aws.ClassicLoadBalancer](r.g) {
		r.classic(f, p, lb)
	}
	for _, in := range p.inOrder {
		for _, why := range r.g.MayHide(in.group.Node()) {
			for _, m := range in.members {
				f.open(m.node, why)
			}
		}
	}
}

// listener adds the ways that one listener and its rules open.
func (r *Reach) listener(f *forwards, p *pools, l *aws.Listener) {
	for _, a := range l.Actions.Items {
		r.action(f, p, l, l.Node(), a, tri.And(l.Node().Exists, a.Exists()), nil)
	}
	if l.Actions.Open {
		p.mayLead(f, l.Node(), l.Actions.Fact())
	}
	for _, rule := range l.Rules.Items {
		only, cut := clientsOf(rule.Part)
		for _, a := range rule.Part.Actions.Items {
			sure := tri.And(l.Node().Exists, rule.Sure, rule.Part.Node().Exists, a.Exists())
			if only != nil && cut {
				continue
			}
			r.action(f, p, l, rule.Part.Node(), a, sure, only)
		}
		if rule.Part.Actions.Open {
			p.mayLead(f, rule.Part.Node(), rule.Part.Actions.Fact())
		}
	}
	for _, why := range l.Rules.Open {
		p.mayLead(f, l.Node(), why)
	}
}

// mayLead says that every target group of a unit may be what something hands on to.
func (p *pools) mayLead(f *forwards, n *graph.Node, why value.Fact) {
	for _, in := range p.inOrder {
		if in.group.Node().Unit != n.Unit {
			continue
		}
		for _, m := range in.members {
			f.open(m.node, why)
		}
	}
}

// clientsOf are the addresses that the conditions of a rule ask for, nil if they do
// not; nobody says that there are none.
func clientsOf(rule *aws.ListenerRule) (only *clients, nobody bool) {
	for _, c := range rule.Conditions.Items {
		if c.Sources.V.IsUnset() {
			continue
		}
		if only == nil {
			only = &clients{sure: [2]*netipx.IPSet{IPv4.all(), IPv6.all()}, may: [2]*netipx.IPSet{IPv4.all(), IPv6.all()}}
		}
		items, complete := c.Sources.Items()
		for _, family := range []Family{IPv4, IPv6} {
			sure, may := prefixesOf(items, complete, family)
			if c.Exists() == tri.True {
				only.may[family] = awsnet.Both(only.may[family], may)
			}
			only.sure[family] = awsnet.Both(only.sure[family], sure)
		}
	}
	if only == nil {
		return nil, false
	}
	return only, len(only.may[IPv4].Ranges()) == 0 && len(only.may[IPv6].Ranges()) == 0
}

// action adds the ways of one action.
func (r *Reach) action(f *forwards, p *pools, l *aws.Listener, by *graph.Node, a *aws.ListenerAction, sure tri.Bool, only *clients) {
	refs := []forwardTo{{&a.Group, sure, false, value.Fact{}}}
	if b := a.Forward.Get(); b != nil {
		for _, g := range b.Groups.Items {
			weight := g.Weight.AtLeast(1)
			refs = append(refs, forwardTo{&g.Group, tri.And(sure, g.Exists(), weight.Result), weight.IsBad(), g.Weight.Fact()})
		}
		if b.Groups.Open {
			p.mayLead(f, by, b.Groups.Fact())
		}
	}
	for _, ref := range refs {
		if ref.V.IsUnset() {
			continue
		}
		if len(ref.Targets()) == 0 {
			p.mayLead(f, by, ref.Fact())
		}
		for _, t := range ref.Targets() {
			if in := p.groups[t.Node.ID]; in != nil {
				r.toMembers(f, l, by, in, ref, tri.And(ref.sure, t.Sure), only)
			}
		}
	}
}

// forwardTo is a target group that an action names.
type forwardTo struct {
	*aws.Ref[aws.TargetGroup]
	sure  tri.Bool
	spent bool // it gets no share of the requests
	why   value.Fact
}

func (r *Reach) toMembers(f *forwards, l *aws.Listener, by *graph.Node, in *pool, ref forwardTo, sure tri.Bool, only *clients) {
	balancers := l.LoadBalancer.Targets()
	if len(balancers) == 0 {
		for _, m := range in.members {
			f.open(m.node, l.LoadBalancer.Fact())
		}
	}
	for _, lb := range balancers {
		for _, m := range in.members {
			w := forward{from: lb.Node, to: m.node, sure: tri.And(sure, lb.Sure, m.sure), listen: listensOn(l, tri.True), only: only,
				dest: targetPorts(in.group, m), by: r.balancer(lb.Node, in.group)}
			text, _ := l.Port.Get()
			w.hops = []value.Fact{
				{Text: fmt.Sprintf("%s listens on port %d of %s", l.Node().Addr, text, lb.Node.Addr), Span: l.Node().Span.Head(), Hop: true},
				{Text: fmt.Sprintf("%s forwards to %s", by.Addr, in.group.Node().Addr), Span: ref.Span(), Origin: ref.V.Origin(), Hop: true},
				m.hop,
			}
			w.cut = value.Fact{Text: fmt.Sprintf("%s does not send to %s", by.Addr, in.group.Node().Addr), Span: ref.Span(), Origin: ref.V.Origin()}
			w.missing = []value.Fact{{Text: fmt.Sprintf("whether %s forwards to %s is not known", by.Addr, m.node.Addr), Span: ref.Span(), Origin: ref.V.Origin()}}
			if ref.spent {
				w.cut = ref.why
			}
			if fn := r.called(m.node, "", value.Value{}); fn != nil {
				w.to = fn.function
				w.require(r.mayInvoke(fn, "elasticloadbalancing.amazonaws.com", value.Attr{}))
			}
			f.add(w)
		}
	}
}

// targetPorts are the ports of a target: its own, else that of the group.
func targetPorts(tg *aws.TargetGroup, m member) Ports {
	if m.dynamic {
		return Ports{}
	}
	port := m.port
	if port.V.IsUnset() {
		port = tg.Port
	}
	udp, tcp := tg.Protocol.IsFold("UDP", "TCP_UDP", "QUIC", "TCP_QUIC"), tg.Protocol.IsFold("UDP", "QUIC").Not()
	if tg.Protocol.V.IsUnset() {
		tcp, udp = value.Good(), value.Bad()
	}
	p := numbered(port, tri.True)
	return Ports{where(tcp, p), where(udp, p)}
}

// balancer is who the targets of a group see.
func (r *Reach) balancer(n *graph.Node, tg *aws.TargetGroup) sender {
	s := sender{client: value.Bad(), family: familiesOf(tg.Family)}
	m := aws.Of[aws.LoadBalancerV2](r.g, n)
	if m == nil || n.Mode != graph.Managed {
		s.client = value.Open(value.Fact{Text: n.Addr + " is not in this scan", Span: n.Span.Head()})
		return s
	}
	r.sits(&s, n)
	if network := m.Type.IsFold("network", "gateway"); !network.IsBad() {
		s.client = network.And(tg.PreservesClient())
		s.filtered = s.filtered && (len(s.groups) > 0 || !s.groupsComplete)
	}
	s.service = tg.Kind.IsFold("lambda").IsGood()
	return s
}

// sits fills in from where a front sends.
func (r *Reach) sits(s *sender, n *graph.Node) {
	i := r.placed(n)
	s.subnets, s.groups, s.groupsComplete, s.filtered = i.Subnets, i.Groups, i.GroupsComplete, true
}

func familiesOf(kind value.String) []Family {
	switch v := kind.IsFold("ipv6"); {
	case v.IsGood():
		return []Family{IPv6}
	case v.IsBad():
		return []Family{IPv4}
	}
	return []Family{IPv4, IPv6}
}

// classic adds the ways through a load balancer of the first generation.
func (r *Reach) classic(f *forwards, p *pools, lb *aws.ClassicLoadBalancer) {
	n := lb.Node()
	members := p.classic[n.ID]
	add := func(targets []graph.Target, ref value.Fact, sure tri.Bool) {
		for _, t := range targets {
			members = append(members, member{node: t.Node, sure: tri.And(t.Sure, sure),
				hop: value.Fact{Text: fmt.Sprintf("%s is behind %s", t.Node.Addr, n.Addr), Span: ref.Span, Origin: ref.Origin, Hop: true}})
		}
	}
	add(lb.Instances.Targets, lb.Instances.Fact(), tri.True)
	if !lb.Instances.Complete {
		f.anyOf[n.Unit] = append(f.anyOf[n.Unit], mayForward{[]targetKind{instanceTarget}, lb.Instances.Fact()})
	}
	for _, a := range lb.Attachments.Items {
		add(a.Part.Instance.Targets(), a.Part.Instance.Fact(), a.Sure)
		if len(a.Part.Instance.Targets()) == 0 {
			f.anyOf[n.Unit] = append(f.anyOf[n.Unit], mayForward{[]targetKind{instanceTarget}, a.Part.Instance.Fact()})
		}
	}
	by := sender{client: value.Bad(), family: []Family{IPv4}}
	r.sits(&by, n)
	for _, l := range lb.Listeners.Items {
		for _, m := range members {
			port, _ := l.Port.Get()
			f.add(forward{from: n, to: m.node, sure: tri.And(m.sure, l.Exists(), n.Exists), by: by,
				listen: Ports{numbered(l.Port, tri.True), noPorts}, dest: Ports{numbered(l.TargetPort, tri.True), noPorts},
				hops:    []value.Fact{{Text: fmt.Sprintf("%s listens on port %d", n.Addr, port), Span: l.Span().Head(), Hop: true}, m.hop},
				missing: []value.Fact{{Text: fmt.Sprintf("whether %s is behind %s is not known", m.node.Addr, n.Addr), Span: m.hop.Span, Origin: m.hop.Origin}},
				cut:     value.Fact{Text: fmt.Sprintf("%s is not behind %s", m.node.Addr, n.Addr), Span: m.hop.Span}})
		}
	}
	if lb.Listeners.Open {
		for _, m := range members {
			f.open(m.node, lb.Listeners.Fact())
		}
	}
}
