// Package datause is the shared result about which programs use which data: the
// data stores that functions and tasks are told of in their variables, by secrets
// and records too, and those that the policies of their roles name.
package datause

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/identity"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Fact is who uses which data store in a graph.
var Fact = analysis.NewFact("datause", "which functions and tasks use which data stores", []*analysis.Analyzer{identity.Fact.Analyzer},
	func(p *analysis.Pass) (*Uses, error) { return New(p.Graph, identity.Fact.Of(p)), nil })

// Uses are all that is known about the use of data.
type Uses struct {
	List []Use
	// Unknown are workloads that may use any data store.
	Unknown []Unknown
	stores  *stores
}

// Use says that a workload is told of a data store, or may access it.
type Use struct {
	Store, Workload *graph.Node
	// Sure is unknown if it may be another one.
	Sure tri.Bool
	// At is the reference that says so.
	At value.Value
	// Hops are the steps between the workload and the reference.
	Hops []value.Fact
}

// Unknown is something about a workload that is not known.
type Unknown struct {
	Workload *graph.Node
	At       value.Value
}

// HoldsData says whether a data store keeps data of one environment, as far as its
// name tells: logs, backups, artefacts and states are kept in one place on purpose.
func (u *Uses) HoldsData(n *graph.Node) tri.Bool { return u.stores.holdsData(n) }

// New looks for all uses.
func New(g *graph.Graph, ids *identity.Identities) *Uses {
	c := &collector{g: g, ids: ids, out: &Uses{stores: newStores(g)}, byRole: map[*identity.Principal]*collector{}}
	for m := range aws.Managed[aws.LambdaFunction](g) {
		c.workload(m.Node(), m.Variables, m.Variables.V, m.Role)
	}
	for m := range aws.Managed[aws.TaskDefinition](g) {
		content := m.Containers.V
		if read, ok := policy.ReadJSON(g, content); ok {
			content = read
		}
		c.workload(m.Node(), m.Containers, told(content), m.TaskRole)
	}
	return c.out
}

// told is what containers are given: their variables and secrets.
func told(containers value.Value) value.Value {
	if containers.Kind() != value.KindList || !containers.IsKnown() {
		return containers
	}
	var out []value.Value
	open := containers.IsOpen()
	for _, x := range containers.Elems() {
		if !x.IsKnown() || x.Kind() != value.KindObject {
			out = append(out, x)
			continue
		}
		open = open || x.IsOpen()
		for _, name := range []string{"environment", "secrets", "Environment", "Secrets"} {
			for _, one := range graph.Leaves(x.Get(name), "") {
				if x.MayBeMissing() {
					one = one.Maybe()
				}
				out = append(out, one)
			}
		}
	}
	v := value.OfList(out, containers.Span()).From(containers.Origin())
	if open {
		v = v.Opened()
	}
	return v
}

// collector gathers the uses of one workload, or what one role may access.
type collector struct {
	g   *graph.Graph
	ids *identity.Identities
	out *Uses
	// node is the resource in which a value is written, and attr where.
	node *graph.Node
	attr string
	// user is the workload that is looked at, hops the way to where the value is, and
	// variable what the value is called there.
	user     *graph.Node
	hops     []value.Fact
	variable string
	// ends says that whatever leads further does not count.
	ends   bool
	byRole map[*identity.Principal]*collector
}

func (c *collector) workload(n *graph.Node, variables value.Attr, content value.Value, role value.Attr) {
	c.node, c.user, c.attr, c.hops = n, n, variables.Name, nil
	c.walk(content, tri.True)
	held, open := c.ids.Roles(n, role)
	for _, f := range open {
		c.unknown(role.V.At(f.Span))
	}
	for _, h := range held {
		c.role(n, h)
	}
}

// role adds what the policies of a role name. It is looked up once for all that
// hold it.
func (c *collector) role(n *graph.Node, h identity.Held) {
	of := c.byRole[h.Role]
	if of == nil {
		of = &collector{g: c.g, ids: c.ids, out: &Uses{stores: c.out.stores}, user: h.Role.Node}
		for _, g := range h.Role.Grants {
			of.grant(g)
		}
		c.byRole[h.Role] = of
	}
	for _, u := range of.out.List {
		u.Workload, u.Sure = n, tri.And(u.Sure, h.Sure)
		u.Hops = append([]value.Fact{h.At}, u.Hops...)
		c.out.List = append(c.out.List, u)
	}
	for _, u := range of.out.Unknown {
		u.Workload = n
		c.out.Unknown = append(c.out.Unknown, u)
	}
}

// grant adds what a document allows access to. A policy of AWS names no store.
func (c *collector) grant(g policy.Grant) {
	if g.From == nil && len(g.Opens()) == 0 {
		return
	}
	for _, s := range g.All() {
		sure := tri.And(g.Exists, s.Exists, s.IsAllow())
		switch {
		case sure == tri.False || s.NotResources.V.IsKnown() || !mayBeAboutData(&s):
			continue
		case s.NotResources.V.IsUnknown():
			sure = tri.Unknown
		}
		c.node, c.attr = s.Node, ""
		c.hops = []value.Fact{{Text: s.Node.Addr + " allows it: " + s.Name(), Span: s.Span, Hop: true}}
		c.walk(s.Resources.V, sure)
	}
	for _, f := range g.Opens() {
		c.unknown(value.OfUnknown(value.KindAny, f.Span, f.Origin))
	}
}

// dataServices are the services whose actions read or write data, or the secrets
// that lead to it.
var dataServices = []string{"s3", "dynamodb", "rds-db", "rds-data", "es", "elasticache", "redshift-data", "redshift", "neptune-db", "docdb-elastic",
	"secretsmanager", "ssm"}

// mayBeAboutData says whether a statement allows an action on data.
func mayBeAboutData(s *policy.Statement) bool {
	if !s.NotActions.V.IsUnset() {
		return true
	}
	items, complete := s.Actions.Items()
	return !complete || slices.ContainsFunc(items, func(v value.Value) bool {
		service, _, ok := strings.Cut(v.Prefix(), ":")
		return !ok || slices.Contains(dataServices, strings.ToLower(service))
	})
}

func (c *collector) unknown(at value.Value) {
	c.out.Unknown = append(c.out.Unknown, Unknown{c.user, at})
}

// walk looks at all texts of a value.
func (c *collector) walk(v value.Value, sure tri.Bool) {
	if v.MayBeMissing() {
		sure = tri.And(sure, tri.Unknown)
	}
	switch {
	case v.IsUnset():
	case v.Alternatives() != nil:
		for _, a := range v.Alternatives() {
			c.walk(a, tri.And(sure, tri.Unknown))
		}
	case v.Parts() != nil:
		c.literal(v, joined(v), sure)
		for _, p := range v.Parts() {
			if p.IsUnknown() {
				c.reference(p.At(v.Span()), sure)
			}
		}
	case v.IsKnown() && (v.Kind() == value.KindList || v.Kind() == value.KindObject):
		if v.IsOpen() {
			c.unknown(v)
		}
		for _, e := range v.Elems() {
			c.walk(e, sure)
		}
		c.fields(v, sure)
	case v.IsUnknown() || len(v.Refs()) > 0:
		c.reference(v, sure)
	default:
		if text, ok := v.Str(); ok {
			c.literal(v, text, sure)
		}
	}
}

// fields looks at an object. The variables of containers are called by a field of
// their own.
func (c *collector) fields(v value.Value, sure tri.Bool) {
	outer := c.variable
	for _, f := range v.Fields() {
		c.variable = f.Name
		for _, name := range []string{"name", "Name"} {
			if text, ok := v.Get(name).Str(); ok && f.Name != name {
				c.variable = text
			}
		}
		if !strings.EqualFold(f.Name, "name") || len(v.Fields()) != 2 {
			c.walk(f.Value, sure)
		}
	}
	c.variable = outer
}

// reference follows what a value refers to.
func (c *collector) reference(v value.Value, sure tri.Bool) {
	targets, complete := c.g.Resolve(c.node, c.attr, v)
	for _, t := range targets {
		t.Sure = tri.And(t.Sure, sure)
		c.target(t, v)
	}
	if v.IsUnknown() && !complete {
		c.unknown(v)
	}
}

// target adds a data store that is referred to, or the one that stands behind what
// is.
func (c *collector) target(t graph.Target, at value.Value) {
	switch {
	case aws.IsStore(t.Node.Type):
		if t.Node.Mode == graph.Managed && aws.ReachesStore(t.Attr) {
			c.add(t.Node, t.Sure, at, nil)
		}
	case t.Node.Mode == graph.Managed && !c.ends:
		for _, b := range c.behind(t.Node) {
			c.through(t, b, at)
		}
	}
}

// through adds the data stores that something leads to which a workload is told of.
func (c *collector) through(t graph.Target, b content, at value.Value) {
	inner := &collector{g: c.g, ids: c.ids, out: &Uses{stores: c.out.stores}, node: b.node, attr: b.attr, user: c.user}
	// Whatever a record or secret refers to that is no store counts for nothing:
	// the way ends here.
	inner.shallow(b.value, tri.And(t.Sure, b.sure))
	hop := value.Fact{Text: b.node.Addr + " leads to it", Span: b.value.Span(), Origin: b.value.Origin(), Hop: true}
	for _, u := range inner.out.List {
		c.add(u.Store, u.Sure, at, []value.Fact{hop})
	}
	c.out.Unknown = append(c.out.Unknown, inner.out.Unknown...)
}

func (c *collector) add(store *graph.Node, sure tri.Bool, at value.Value, more []value.Fact) {
	sure = tri.And(sure, c.out.stores.holdsData(store))
	if sure == tri.False || store == c.user {
		return
	}
	c.out.List = append(c.out.List, Use{Store: store, Workload: c.user, Sure: sure, At: at, Hops: append(slices.Clone(c.hops), more...)})
}
