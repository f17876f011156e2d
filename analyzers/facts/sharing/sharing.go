// Package sharing is the shared result about what several resources use
// together: networks, security groups, clusters, roles and keys, with all who
// use them.
package sharing

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/datause"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Fact is who uses what in a graph.
var Fact = analysis.NewFact("sharing", "which resources use the same networks, security groups, clusters, roles, keys and data stores",
	[]*analysis.Analyzer{topology.Fact.Analyzer, datause.Fact.Analyzer},
	func(p *analysis.Pass) (*Sharing, error) {
		return New(p.Graph, topology.Fact.Of(p), datause.Fact.Of(p)), nil
	})

// Sharing lists the things that are used, and who uses them.
type Sharing struct {
	// Things are in order of kind; declared ones are listed even if nobody uses them.
	Things []*Thing
	// unplaced are uses of something that is not known, by kind.
	unplaced map[aws.ShareKind][]Use
}

// Thing is something that resources use. It may lie outside the scan.
type Thing struct {
	Kind aws.ShareKind
	Node *graph.Node
	Uses []Use
}

// Use is one resource that uses a thing.
type Use struct {
	User *graph.Node
	// Sure is unknown if it may use something else, or may not exist.
	Sure tri.Bool
	// At is the reference that says so, and Hops lead to it.
	At   value.Value
	Hops []value.Fact
}

// New works out who uses what.
func New(g *graph.Graph, t *topology.Topology, d *datause.Uses) *Sharing {
	b := &builder{g: g, s: &Sharing{unplaced: map[aws.ShareKind][]Use{}}, index: map[key]*Thing{}}
	b.declared()
	b.networks(t)
	b.attributes()
	b.data(d)
	slices.SortStableFunc(b.s.Things, func(x, y *Thing) int { return slices.Index(kinds, x.Kind) - slices.Index(kinds, y.Kind) })
	return b.s
}

var kinds = []aws.ShareKind{aws.SharedVPC, aws.SharedSubnet, aws.SharedGroup, aws.SharedCluster, aws.SharedRole, aws.SharedKey, aws.SharedStore}

// Unplaced returns the uses of which it is not known what they use.
func (s *Sharing) Unplaced(k aws.ShareKind) []Use { return s.unplaced[k] }

type key struct {
	kind aws.ShareKind
	node graph.NodeID
}

type builder struct {
	g     *graph.Graph
	s     *Sharing
	index map[key]*Thing
	// unnamed are the units that declare a thing of a kind whose name is not known:
	// a name that nothing bears may be that one.
	unnamed map[unnamedKey]bool
}

type unnamedKey struct {
	kind aws.ShareKind
	unit *graph.Unit
}

// declared notes the things that the scan declares, used or not.
func (b *builder) declared() {
	b.unnamed = map[unnamedKey]bool{}
	for _, k := range kinds {
		for _, named := range aws.Shareable(k) {
			for _, n := range b.g.OfType(named.Type) {
				if n.Mode != graph.Managed {
					continue
				}
				b.thing(k, n)
				for _, attr := range named.By {
					if n.Body.Path(attr).IsUnknown() {
						b.unnamed[unnamedKey{k, n.Unit}] = true
					}
				}
			}
		}
	}
}

func (b *builder) thing(k aws.ShareKind, n *graph.Node) *Thing {
	t := b.index[key{k, n.ID}]
	if t == nil {
		t = &Thing{Kind: k, Node: n}
		b.index[key{k, n.ID}] = t
		b.s.Things = append(b.s.Things, t)
	}
	return t
}

// add notes a use once.
func (b *builder) add(k aws.ShareKind, thing *graph.Node, u Use) {
	t := b.thing(k, thing)
	if thing.Mode == graph.External && b.unnamed[unnamedKey{k, u.User.Unit}] {
		b.unplaced(k, u)
	}
	for i := range t.Uses {
		if t.Uses[i].User == u.User {
			t.Uses[i].Sure = tri.Or(t.Uses[i].Sure, u.Sure)
			return
		}
	}
	t.Uses = append(t.Uses, u)
}

func (b *builder) unplaced(k aws.ShareKind, u Use) {
	b.s.unplaced[k] = append(b.s.unplaced[k], u)
}

// networks notes subnets, VPCs and security groups of workloads.
func (b *builder) networks(t *topology.Topology) {
	for _, w := range t.Workloads() {
		for _, s := range w.Subnets {
			use := Use{User: w.Node, Sure: tri.And(s.Sure, w.Node.Exists), At: s.Value}
			b.add(aws.SharedSubnet, s.Node, use)
			b.network(t.Subnet(s.Node), use)
		}
		if !w.Complete {
			use := Use{User: w.Node, Sure: tri.Unknown, At: value.OfUnknown(value.KindAny, w.Node.Span.Head(), 0)}
			if last := len(w.Facts) - 1; last >= 0 {
				use.At = use.At.At(w.Facts[last].Span).From(w.Facts[last].Origin)
			}
			b.unplaced(aws.SharedSubnet, use)
			b.unplaced(aws.SharedVPC, use)
		}
	}
	for _, n := range b.g.Nodes() {
		if n.Mode != graph.Managed || !topology.IsWorkload(n.Type) {
			continue
		}
		groups, complete := t.SecurityGroups(n)
		b.targets(aws.SharedGroup, n, groups, complete, t.UnknownGroups(n))
	}
}

// network notes the VPC of a subnet that is used. That of a subnet outside the
// scan is none of the scan.
func (b *builder) network(s *topology.Subnet, u Use) {
	if s.Model == nil {
		return
	}
	targets := s.Model.VPC.Targets()
	for _, vpc := range targets {
		b.add(aws.SharedVPC, vpc.Node, Use{User: u.User, Sure: tri.And(u.Sure, vpc.Sure), At: u.At})
	}
	if len(targets) == 0 && s.Node.Mode == graph.Managed {
		b.unplaced(aws.SharedVPC, u)
	}
}

// attributes notes what the table of uses says.
func (b *builder) attributes() {
	for _, u := range aws.Uses() {
		for _, n := range b.g.OfType(u.Type) {
			if n.Mode != graph.Managed {
				continue
			}
			for _, v := range graph.Leaves(n.Body, u.Attr) {
				if v.IsUnset() || isDefault(v) {
					continue
				}
				targets, complete := b.g.Resolve(n, u.Attr, v)
				behind, sure := b.direct(targets)
				b.targets(u.Kind, n, behind, complete && sure, v)
			}
		}
	}
}

// targets notes what one attribute of a user names; at is the value of it that
// says so, or leaves it open.
func (b *builder) targets(k aws.ShareKind, user *graph.Node, targets []graph.Target, complete bool, at value.Value) {
	for _, t := range targets {
		b.add(k, t.Node, Use{User: user, Sure: tri.And(t.Sure, user.Exists), At: t.Value})
	}
	if !complete {
		b.unplaced(k, Use{User: user, Sure: tri.Unknown, At: at})
	}
}

// direct follows instance profiles to roles and aliases to keys.
func (b *builder) direct(targets []graph.Target) (out []graph.Target, complete bool) {
	complete = true
	for _, t := range targets {
		attr, indirect := aws.Indirect()[t.Node.Type]
		if !indirect || t.Node.Mode != graph.Managed {
			out = append(out, t)
			continue
		}
		leaves := graph.Leaves(t.Node.Body, attr)
		complete = complete && len(leaves) > 0
		for _, v := range leaves {
			behind, sure := b.g.Resolve(t.Node, attr, v)
			complete = complete && sure
			for _, x := range behind {
				x.Sure, x.Value = tri.And(x.Sure, t.Sure), t.Value
				out = append(out, x)
			}
		}
	}
	return out, complete
}

// data notes the data stores that workloads are told of or may access. A store
// itself is the first of its users: it has an environment of its own.
func (b *builder) data(d *datause.Uses) {
	for _, t := range b.s.Things {
		if t.Kind != aws.SharedStore {
			continue
		}
		if sure := tri.And(d.HoldsData(t.Node), t.Node.Exists); sure != tri.False {
			t.Uses = append(t.Uses, Use{User: t.Node, Sure: sure, At: value.OfUnknown(value.KindAny, t.Node.Span.Head(), 0)})
		}
	}
	for _, u := range d.List {
		b.add(aws.SharedStore, u.Store, Use{User: u.Workload, Sure: tri.And(u.Sure, u.Workload.Exists), At: u.At, Hops: u.Hops})
	}
	for _, u := range d.Unknown {
		b.unplaced(aws.SharedStore, Use{User: u.Workload, Sure: tri.Unknown, At: u.At})
	}
}

// isDefault recognises the keys that AWS keeps for each service of an account.
func isDefault(v value.Value) bool { return strings.Contains(v.Prefix(), "alias/aws/") }
