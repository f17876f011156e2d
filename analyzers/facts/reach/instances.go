package reach

import (
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// launch is what decides about the interface of an instance: its own settings
// or those of the launch template.
type launch struct {
	ipv4, ipv6     setting
	groups         []graph.Target
	groupsComplete bool
	subnets        []graph.Target
	complete       bool
	by             []graph.NodeID
	// decides is the template or configuration that settles the IPv4 address, if
	// the instance does not do so itself.
	decides *graph.Node
}

// instance is the interfaces of one instance: its own, and those that are
// resources of their own and attached to it.
func (r *Reach) instance(m *aws.Instance) []Interface {
	i := r.placed(m.Node())
	l := r.launchOf(m)
	i.LaunchedBy = l.by
	i.Groups, i.GroupsComplete = append(i.Groups, l.groups...), i.GroupsComplete && l.groupsComplete
	if len(i.Subnets) == 0 {
		i.Subnets, i.SubnetsComplete = l.subnets, l.complete
	}
	if len(i.Subnets) == 0 && i.SubnetsComplete && len(existing(m)) == 0 {
		i.toDefaultVPC()
	}
	elastic := hasElasticIP(m.Addresses, m.Associations)
	i.Address = func(f Family, s graph.Target) value.Verdict {
		if f == IPv6 {
			return l.ipv6.or(func() value.Verdict { return r.assignsIPv6(s) })
		}
		return l.ipv4.or(func() value.Verdict { return r.mapsPublicIPv4(s) }).Or(elastic)
	}
	return append([]Interface{i}, r.attachedInterfaces(m, i)...)
}

// launchOf reads an instance and, where it is silent, its template.
func (r *Reach) launchOf(m *aws.Instance) launch {
	l := launch{ipv4: flag(m.PublicIP), ipv6: ipv6Setting(m.IPv6Count, m.IPv6), groupsComplete: true, complete: true}
	r.readInterfaces(&l, m.Interfaces)
	if m.Template.V.IsUnset() {
		return l
	}
	item := m.Template.Get()
	if item == nil {
		return l.unknownBut(m.Template.Fact())
	}
	return r.fromTemplate(l, &item.ID, &item.Name)
}

// readInterfaces takes the settings of interface blocks.
func (r *Reach) readInterfaces(l *launch, list aws.List[aws.NetworkInterface]) {
	for _, x := range list.Items {
		switch set := x.Existing.Set(); {
		case set.IsGood():
			continue // it has settings of its own
		case set.IsOpen():
			open := setting{verdict: value.Open(x.Existing.Fact())}
			l.ipv4, l.ipv6 = either(l.ipv4, open, tri.True), either(l.ipv6, open, tri.True)
		}
		l.ipv4 = either(l.ipv4, flag(x.PublicIP), x.Exists())
		l.ipv6 = either(l.ipv6, ipv6Setting(x.IPv6Count, x.IPv6), x.Exists())
		subnets, complete := subnetsOf(&x.Subnet)
		l.subnets, l.complete = append(l.subnets, subnets...), l.complete && complete
	}
	if list.Open {
		open := setting{verdict: value.Open(list.Fact())}
		l.ipv4, l.ipv6 = either(l.ipv4, open, tri.True), either(l.ipv6, open, tri.True)
	}
}

// either joins the settings of several interfaces: one with an address is enough.
func either(a, b setting, exists tri.Bool) setting {
	switch {
	case b.silent:
		return a
	case a.silent:
		return setting{verdict: sureOnly(b.verdict, exists)}
	}
	return setting{verdict: a.verdict.Or(sureOnly(b.verdict, exists))}
}

func (l launch) unknownBut(why value.Fact) launch {
	open := setting{verdict: value.Open(why)}
	if l.ipv4.silent {
		l.ipv4 = open
	}
	if l.ipv6.silent {
		l.ipv6 = open
	}
	l.groupsComplete, l.complete = false, false
	return l
}

// fromTemplate fills in what the launch template says.
func (r *Reach) fromTemplate(l launch, id, name *aws.Ref[aws.LaunchTemplate]) launch {
	n := id.One()
	if n == nil {
		n = name.One()
	}
	lt := aws.Of[aws.LaunchTemplate](r.g, n)
	if lt == nil || n.Mode != graph.Managed {
		named := id
		if named.V.IsUnset() {
			named = name
		}
		return l.unknownBut(named.Unresolved("no launch template is named"))
	}
	inner := launch{ipv4: setting{silent: true}, ipv6: setting{silent: true}, complete: true}
	r.readInterfaces(&inner, lt.Interfaces)
	inner.groups, inner.groupsComplete = r.topo.SecurityGroups(n)
	l.by = append(l.by, n.ID)
	if l.ipv4.silent {
		l.ipv4 = inner.ipv4
		if !inner.ipv4.silent {
			l.decides = n
		}
	}
	if l.ipv6.silent {
		l.ipv6 = inner.ipv6
	}
	l.groups, l.groupsComplete = append(l.groups, inner.groups...), l.groupsComplete && inner.groupsComplete
	l.subnets, l.complete = append(l.subnets, inner.subnets...), l.complete && inner.complete
	return l
}

// launchOfGroup reads what a scaling group starts its instances from.
func (r *Reach) launchOfGroup(m *aws.AutoScalingGroup) launch {
	l := launch{ipv4: setting{silent: true}, ipv6: setting{silent: true}, groupsComplete: true, complete: true}
	switch {
	case !m.Configuration.V.IsUnset():
		return r.fromConfiguration(l, m)
	case !m.Template.V.IsUnset() && m.Template.Get() != nil:
		return r.fromTemplate(l, &m.Template.Get().ID, &m.Template.Get().Name)
	case !m.Mixed.V.IsUnset() && m.Mixed.Get() != nil:
		return r.fromTemplate(l, &m.Mixed.Get().ID, &m.Mixed.Get().Name)
	}
	return l.unknownBut(m.Template.Fact())
}

// autoScalingGroup is the interface of the instances of a group.
func (r *Reach) autoScalingGroup(m *aws.AutoScalingGroup) []Interface {
	i := r.placed(m.Node())
	l := r.launchOfGroup(m)
	i.LaunchedBy = l.by
	i.Groups, i.GroupsComplete = append(i.Groups, l.groups...), i.GroupsComplete && l.groupsComplete
	if len(i.Subnets) == 0 {
		i.Subnets, i.SubnetsComplete = l.subnets, l.complete
		if len(l.subnets) == 0 && l.complete {
			i.toDefaultVPC()
		}
	}
	i.Address = func(f Family, s graph.Target) value.Verdict {
		if f == IPv6 {
			return l.ipv6.or(func() value.Verdict { return r.assignsIPv6(s) })
		}
		return l.ipv4.or(func() value.Verdict { return r.mapsPublicIPv4(s) })
	}
	return []Interface{i}
}

func (r *Reach) fromConfiguration(l launch, m *aws.AutoScalingGroup) launch {
	n := m.Configuration.One()
	lc := aws.Of[aws.LaunchConfiguration](r.g, n)
	if lc == nil || n.Mode != graph.Managed {
		return l.unknownBut(m.Configuration.Fact())
	}
	l.ipv4, l.by, l.decides = flag(lc.PublicIP), append(l.by, n.ID), n
	l.groups, l.groupsComplete = r.topo.SecurityGroups(n)
	return l
}

// hasElasticIP says whether an address is bound to an instance.
func hasElasticIP(own aws.Satellites[aws.ElasticIP], associations aws.Satellites[aws.ElasticIPAssociation]) value.Verdict {
	var vs []value.Verdict
	bound := func(n *graph.Node, sure tri.Bool) {
		vs = append(vs, sureOnly(value.Good(value.Fact{Text: n.Addr + " gives it a public address", Span: n.Span.Head()}), sure))
	}
	for _, x := range own.Items {
		bound(x.Part.Node(), x.Sure)
	}
	for _, x := range associations.Items {
		bound(x.Part.Node(), x.Sure)
	}
	if open := append(append([]value.Fact(nil), own.Open...), associations.Open...); len(open) > 0 {
		vs = append(vs, value.Open(open...))
	}
	return value.Either(vs...)
}

// existing are the interface blocks of an instance that name one of their own.
func existing(m *aws.Instance) []*aws.NetworkInterface {
	var out []*aws.NetworkInterface
	for _, x := range m.Interfaces.Items {
		if !x.Existing.V.IsUnset() {
			out = append(out, x)
		}
	}
	return out
}

// attachedInterfaces are the interfaces that are resources of their own.
func (r *Reach) attachedInterfaces(m *aws.Instance, own Interface) []Interface {
	var out []Interface
	for _, x := range existing(m) {
		n := x.Existing.One()
		eni := aws.Of[aws.ElasticInterface](r.g, n)
		if eni == nil || n.Mode != graph.Managed {
			i := own
			i.SubnetsComplete, i.GroupsComplete = false, false
			i.Address = func(Family, graph.Target) value.Verdict { return value.Open(x.Existing.Fact()) }
			out = append(out, i)
			continue
		}
		out = append(out, r.elasticInterface(m, eni))
	}
	return out
}

func (r *Reach) elasticInterface(m *aws.Instance, eni *aws.ElasticInterface) Interface {
	i := Interface{Owner: m.Node(), Kind: aws.Compute, Groups: eni.SecurityGroups.Targets, GroupsComplete: eni.SecurityGroups.Complete, Ports: r.placed(m.Node()).Ports}
	i.Subnets, i.SubnetsComplete = subnetsOf(&eni.Subnet)
	elastic := r.elasticIPOf(eni.Node())
	i.Address = func(f Family, s graph.Target) value.Verdict {
		if f == IPv6 {
			return ipv6Setting(eni.IPv6Count, eni.IPv6).or(func() value.Verdict { return r.assignsIPv6(s) })
		}
		return elastic
	}
	return i
}

// elasticIPOf looks for an address that is bound to an interface.
func (r *Reach) elasticIPOf(eni *graph.Node) value.Verdict {
	vs := []value.Verdict{value.Bad(value.Fact{Text: "no address is bound to " + eni.Addr, Span: eni.Span.Head()})}
	bound := func(n *graph.Node, ref *aws.Ref[aws.ElasticInterface]) {
		for _, t := range ref.Targets() {
			if t.Node == eni {
				fact := value.Fact{Text: n.Addr + " gives " + eni.Addr + " a public address", Span: n.Span.Head()}
				vs = append(vs, sureOnly(value.Good(fact), tri.And(t.Sure, n.Exists)))
			}
		}
	}
	for x := range aws.Managed[aws.ElasticIP](r.g) {
		bound(x.Node(), &x.Interface)
	}
	for x := range aws.Managed[aws.ElasticIPAssociation](r.g) {
		bound(x.Node(), &x.Interface)
	}
	return value.Either(vs...)
}
