package reach

import (
	"fmt"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// member is a target of a group.
type member struct {
	node *graph.Node
	sure tri.Bool
	port value.Int // unset: that of the group
	// dynamic says that the port is chosen when the task starts.
	dynamic bool
	hop     value.Fact
}

// pool is a target group with its members.
type pool struct {
	group   *aws.TargetGroup
	members []member
}

// pools are the target groups and classic load balancers by what is in them.
type pools struct {
	groups  map[graph.NodeID]*pool
	inOrder []*pool
	classic map[graph.NodeID][]member
}

// put makes a target a member of the groups that a reference may name.
func (p *pools) put(f *forwards, m member, groups []graph.Target, complete bool, why value.Fact) {
	for _, t := range groups {
		if in := p.groups[t.Node.ID]; in != nil {
			in.add(m, t, why)
			continue
		}
		f.open(m.node, value.Fact{Text: "the listeners of " + t.Node.Addr + " are not in this scan", Span: why.Span, Origin: why.Origin})
	}
	if !complete {
		f.open(m.node, why)
	}
}

// add makes a target a member that may be named by a reference.
func (in *pool) add(m member, t graph.Target, by value.Fact) {
	m.sure = tri.And(m.sure, t.Sure)
	m.hop = value.Fact{Text: fmt.Sprintf("%s is a target of %s", m.node.Addr, in.group.Node().Addr), Span: by.Span, Origin: by.Origin, Hop: true}
	in.members = append(in.members, m)
}

// fillGroups adds what groups and attachments name themselves.
func (r *Reach) fillGroups(f *forwards, p *pools) {
	for _, in := range p.inOrder {
		n := in.group.Node()
		for _, x := range in.group.Targets.Items {
			r.target(f, in, n.Unit, &x.Target, x.Port, x.Exists())
		}
		if in.group.Targets.Open {
			f.anyOf[n.Unit] = append(f.anyOf[n.Unit], mayForward{kindsOf(in.group), in.group.Targets.Fact()})
		}
		for _, a := range in.group.Attachments.Items {
			r.target(f, in, a.Part.Node().Unit, &a.Part.Target, a.Part.Port, tri.And(a.Sure, a.Part.Node().Exists))
		}
	}
	for a := range aws.Managed[aws.TargetAttachment](r.g) {
		if len(a.Group.Targets()) > 0 {
			continue // its groups have it
		}
		for _, t := range named(&a.Target) {
			f.open(t.Node, a.Group.Fact())
		}
	}
}

// named is all that a reference may name, whatever its type.
func named[T any](ref *aws.Ref[T]) []graph.Target {
	return append(append([]graph.Target(nil), ref.Targets()...), ref.Others()...)
}

// kindsOf are the kinds of targets that a group can have.
func kindsOf(tg *aws.TargetGroup) []targetKind {
	all := []struct {
		name string
		kind targetKind
	}{{"instance", instanceTarget}, {"ip", addressTarget}, {"lambda", functionTarget}, {"alb", balancerTarget}}
	var out []targetKind
	for _, k := range all {
		if !tg.Kind.IsFold(k.name).IsBad() {
			out = append(out, k.kind)
		}
	}
	return out
}

func (r *Reach) target(f *forwards, in *pool, u *graph.Unit, ref *aws.Ref[aws.Instance], port value.Int, exists tri.Bool) {
	targets := named(ref)
	for _, t := range targets {
		in.add(member{node: t.Node, sure: exists, port: port}, t, value.Fact{Span: ref.Span(), Origin: ref.V.Origin()})
	}
	if len(targets) == 0 && ref.V.IsUnknown() {
		f.anyOf[u] = append(f.anyOf[u], mayForward{kindsOf(in.group), ref.Fact()})
	}
}

// fillFromServices adds the tasks of services that name their groups.
func (r *Reach) fillFromServices(f *forwards, p *pools) {
	add := func(n *graph.Node, list aws.List[aws.ServiceLoadBalancer]) {
		for _, b := range list.Items {
			if !b.Group.V.IsUnset() {
				// Without interfaces of their own, tasks share those of their hosts.
				m := member{node: n, sure: tri.And(b.Exists(), n.Exists), port: b.Port, dynamic: len(r.placed(n).Subnets) == 0}
				p.put(f, m, b.Group.Targets(), len(b.Group.Targets()) > 0, b.Group.Fact())
			}
			if !b.Classic.V.IsUnset() {
				p.putClassic(f, n, b.Classic.Targets(), b.Classic.Fact(), b.Exists())
			}
		}
		if list.Open {
			f.open(n, list.Fact())
		}
	}
	for s := range aws.Managed[aws.ECSService](r.g) {
		add(s.Node(), s.LoadBalancers)
	}
	for s := range aws.Managed[aws.ECSTaskSet](r.g) {
		add(s.Node(), s.LoadBalancers)
	}
}

func (p *pools) putClassic(f *forwards, to *graph.Node, balancers []graph.Target, why value.Fact, exists tri.Bool) {
	for _, t := range balancers {
		p.classic[t.Node.ID] = append(p.classic[t.Node.ID], member{node: to, sure: tri.And(t.Sure, exists, to.Exists),
			hop: value.Fact{Text: fmt.Sprintf("%s is behind %s", to.Addr, t.Node.Addr), Span: why.Span, Origin: why.Origin, Hop: true}})
	}
	if len(balancers) == 0 {
		f.open(to, why)
	}
}

// fillFromScaling adds the instances of scaling groups.
func (r *Reach) fillFromScaling(f *forwards, p *pools) {
	for m := range aws.Managed[aws.AutoScalingGroup](r.g) {
		n := m.Node()
		p.put(f, member{node: n, sure: n.Exists}, m.TargetGroups.Targets, m.TargetGroups.Complete, m.TargetGroups.Fact())
		if !m.Classic.V.IsUnset() {
			p.putClassic(f, n, m.Classic.Targets, m.Classic.Fact(), tri.True)
		}
		for _, s := range m.Sources.Items {
			p.source(f, n, &s.Group, s.Exists())
		}
		if m.Sources.Open {
			f.open(n, m.Sources.Fact())
		}
		for _, a := range m.Attachments.Items {
			if !a.Part.Group.V.IsUnset() {
				p.put(f, member{node: n, sure: a.Sure}, a.Part.Group.Targets(), len(a.Part.Group.Targets()) > 0, a.Part.Group.Fact())
			}
			if !a.Part.Classic.V.IsUnset() {
				p.putClassic(f, n, a.Part.Classic.Targets(), a.Part.Classic.Fact(), a.Sure)
			}
		}
		for _, a := range m.TrafficAttachments.Items {
			p.source(f, n, &a.Part.Source, a.Sure)
		}
		for _, why := range append(append([]value.Fact(nil), m.Attachments.Open...), m.TrafficAttachments.Open...) {
			f.open(n, why)
		}
	}
}

// source adds a scaling group to what an identifier names.
func (p *pools) source(f *forwards, n *graph.Node, ref *aws.Ref[aws.TargetGroup], exists tri.Bool) {
	var classic []graph.Target
	for _, t := range ref.Others() {
		if t.Node.Type == "aws_elb" || t.Node.Type == "AWS::ElasticLoadBalancing::LoadBalancer" {
			classic = append(classic, t)
		}
	}
	if len(classic) > 0 {
		p.putClassic(f, n, classic, ref.Fact(), exists)
		return
	}
	p.put(f, member{node: n, sure: exists}, ref.Targets(), len(ref.Targets()) > 0, ref.Fact())
}
