package topology

import (
	"sync"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Placed is where a workload sits.
type Placed struct {
	Node *graph.Node
	Kind aws.WorkloadKind
	// Subnets are those it sits in, or may sit in where Sure is unknown.
	Subnets []graph.Target
	// Complete says that there are no others.
	Complete bool
	// Group is the subnet group through which it is placed, or nil.
	Group *graph.Node
	// Facts are the attributes that say so.
	Facts []value.Fact
}

// Span is the attribute of the workload that places it.
func (p *Placed) Span() source.Span {
	for _, f := range p.Facts {
		if p.Node.Span.Contains(f.Span) {
			return f.Span
		}
	}
	return p.Node.Span.Head()
}

var placements = sync.OnceValue(func() map[string]aws.Placement {
	m := map[string]aws.Placement{}
	for _, p := range aws.Placements() {
		m[p.Type] = p
	}
	return m
})

var subnetGroups = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, g := range aws.SubnetGroups() {
		m[g.Type] = g.Subnets
	}
	return m
})

// IsWorkload reports that resources of a type sit in subnets.
func IsWorkload(resourceType string) bool { _, ok := placements()[resourceType]; return ok }

// Workloads returns all managed resources that sit in subnets, in order of id,
// with where they sit. A workload that names no subnet at all is left out.
func (t *Topology) Workloads() []Placed {
	var out []Placed
	for _, n := range t.g.Nodes() {
		if n.Mode != graph.Managed {
			continue
		}
		if p, ok := t.Placement(n); ok && (len(p.Subnets) > 0 || !p.Complete) {
			out = append(out, p)
		}
	}
	return out
}

// Placement says where a node sits; ok is false if its type is no workload.
func (t *Topology) Placement(n *graph.Node) (p Placed, ok bool) {
	spec, ok := placements()[n.Type]
	if !ok {
		return Placed{}, false
	}
	p = Placed{Node: n, Kind: spec.Kind, Complete: true}
	for _, attr := range spec.Subnets {
		t.place(&p, n, attr)
	}
	for _, attr := range spec.Groups {
		t.placeByGroup(&p, n, attr)
	}
	return p, true
}

func (t *Topology) place(p *Placed, n *graph.Node, attr string) {
	for _, v := range graph.Leaves(n.Body, attr) {
		targets, complete := t.g.Resolve(n, attr, v)
		p.Subnets = append(p.Subnets, t.subnetsOf(undecidedBy(v, targets))...)
		p.Complete = p.Complete && complete
		p.Facts = append(p.Facts, value.Fact{Text: attr + " names its subnets", Span: v.Span(), Origin: v.Origin(), Hop: true})
	}
	if n.Body.Path(attr).IsUnknown() && len(p.Subnets) == 0 {
		p.Complete = false
	}
}

// undecidedBy makes targets that are not sure point to the value which leaves
// that open, instead of to themselves: a conditional, a list of unknown length.
func undecidedBy(v value.Value, targets []graph.Target) []graph.Target {
	for i := range targets {
		if targets[i].Sure != tri.True && targets[i].Node.Exists == tri.True {
			targets[i].Value = v
		}
	}
	return targets
}

// subnetsOf leaves out what is certainly no subnet.
func (t *Topology) subnetsOf(targets []graph.Target) []graph.Target {
	var out []graph.Target
	for _, target := range targets {
		_, known := t.subnets[target.Node.ID]
		if known || target.Node.Mode == graph.External || target.Node.Mode == graph.Opaque {
			out = append(out, target)
		}
	}
	return out
}

func (t *Topology) placeByGroup(p *Placed, n *graph.Node, attr string) {
	v := n.Body.Path(attr)
	if v.IsUnset() {
		return
	}
	targets, complete := t.g.Resolve(n, attr, v)
	var group *graph.Node
	if len(targets) == 1 && targets[0].Sure == tri.True && complete {
		group = targets[0].Node
	}
	if group == nil || subnetGroups()[group.Type] == "" || group.Mode != graph.Managed {
		p.Complete = false
		text := "the subnet group " + value.Show(v) + " is not in this scan"
		if !v.IsKnown() {
			text = "which subnet group " + attr + " names is not known"
		}
		p.Facts = append(p.Facts, value.Fact{Text: text, Span: v.Span(), Origin: v.Origin()})
		return
	}
	p.Group = group
	p.Facts = append(p.Facts, value.Fact{Text: attr + " names " + group.Addr, Span: v.Span(), Origin: v.Origin(), Hop: true})
	t.place(p, group, subnetGroups()[group.Type])
}

// SecurityGroups returns the security groups that a workload bears, and
// whether there can be no others.
func (t *Topology) SecurityGroups(n *graph.Node) (targets []graph.Target, complete bool) {
	complete = true
	for _, attr := range placements()[n.Type].SecurityGroups {
		for _, v := range graph.Leaves(n.Body, attr) {
			ts, c := t.g.Resolve(n, attr, v)
			targets = append(targets, undecidedBy(v, ts)...)
			complete = complete && c
		}
	}
	return targets, complete
}

// UnknownGroups is the first attribute that leaves open which security groups a
// workload bears.
func (t *Topology) UnknownGroups(n *graph.Node) value.Value {
	for _, attr := range placements()[n.Type].SecurityGroups {
		for _, v := range graph.Leaves(n.Body, attr) {
			if _, complete := t.g.Resolve(n, attr, v); !complete {
				return v
			}
		}
	}
	return value.Value{}
}
