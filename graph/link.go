package graph

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Link says that an attribute names another resource. References that the
// evaluation found need no link; it is for literals: a name that another
// resource bears, or the id of something outside the scan.
type Link struct {
	// Type and Attr are where the name stands; Attr is dotted, without indices.
	Type, Attr string
	// To lists what may be named.
	To []Named
}

// Named is a resource type and the attributes that identify one of its kind.
type Named struct {
	Type string
	By   []string
}

type linker struct {
	g     *Graph
	links map[string][]Link
	// base finds the instances of a block by its address without last index.
	base map[addrKey][]*Node
	// units by key.
	units map[string]*Unit
	// by are the attributes that identify resources of a type that a link names.
	by map[string][]string
	// names finds nodes by what identifies them, within a unit.
	names map[nameKey][]*Node
}

type nameKey struct {
	unit            *Unit
	typ, attr, text string
}

// found is a reference before its target is looked up.
type found struct {
	label  string
	ref    value.Ref
	value  value.Value
	exists tri.Bool
	when   value.When
}

func newLinker(g *Graph, links []Link) *linker {
	l := &linker{g: g, links: map[string][]Link{}, base: map[addrKey][]*Node{}, units: map[string]*Unit{}, by: map[string][]string{}, names: map[nameKey][]*Node{}}
	for _, k := range links {
		l.links[k.Type] = append(l.links[k.Type], k)
		for _, t := range k.To {
			for _, attr := range t.By {
				if !slices.Contains(l.by[t.Type], attr) {
					l.by[t.Type] = append(l.by[t.Type], attr)
				}
			}
		}
	}
	for _, u := range g.units {
		l.units[u.Key] = u
	}
	for _, n := range g.nodes {
		if block, ok := blockOf(n.Addr); ok {
			k := addrKey{n.Unit, block}
			l.base[k] = append(l.base[k], n)
		}
	}
	return l
}

func (l *linker) run() {
	l.indexNames()
	own := slices.Clip(l.g.nodes)
	all := make([][]found, len(own))
	parallel(len(own), func(i int) {
		c := collector{origins: l.g.Origins}
		c.walk(own[i].Body, "", tri.True, value.When{})
		c.walk(own[i].Meta, "", tri.True, value.When{})
		all[i] = c.found
	})
	for i, n := range own {
		for _, f := range all[i] {
			l.resolve(n, f)
		}
		l.literals(n)
	}
}

// collector gathers the references of one node, in source order.
type collector struct {
	origins *value.Origins
	found   []found
}

// passesOn reports that an unknown value is what its only reference refers to: it
// came here through names alone, and was not computed or chosen with the help of
// something else that is not known.
func passesOn(origins *value.Origins, v value.Value) bool {
	if len(v.Refs()) != 1 || v.Kind() == value.KindList {
		return false
	}
	const most = 64 // steps; a chain is no ring, but that is not known here
	id := v.Origin()
	for range most {
		o := origins.At(id)
		switch {
		case id == 0 || isSource(o.Kind):
			return true
		case len(o.From) != 1:
			return false
		}
		id = o.From[0]
	}
	return false
}

// isSource reports that a value came straight from what a reference refers to,
// whether or not that knows it.
func isSource(k value.OriginKind) bool {
	switch k {
	case value.Attribute, value.Computed, value.DataSource, value.MissingModule, value.ImportValue, value.PseudoParameter:
		return true
	default:
		return false
	}
}

func (c *collector) walk(v value.Value, label string, exists tri.Bool, when value.When) {
	if v.MayBeMissing() {
		exists = tri.And(exists, tri.Unknown)
		when = when.And(v.Presence())
	}
	if v.Alternatives() != nil {
		for _, a := range v.Cases() {
			c.walk(a.Value, label, tri.And(exists, tri.Unknown), when.And(a.When))
		}
		return
	}
	if parts := v.Parts(); parts != nil {
		for _, p := range parts {
			c.walk(p, label, exists, when)
		}
		return
	}
	if refs := v.Refs(); len(refs) > 0 {
		// What was made of several references, or of one and something unknown, may
		// be any of them or none.
		sure := exists
		if v.IsUnknown() && !passesOn(c.origins, v) {
			sure = tri.And(exists, tri.Unknown)
		}
		for _, r := range refs {
			c.found = append(c.found, found{label, r, v, sure, when})
		}
	}
	for _, e := range v.Elems() {
		c.walk(e, label, exists, when)
	}
	for _, f := range v.Fields() {
		next := f.Name
		if label != "" {
			next = label + "." + f.Name
		}
		c.walk(f.Value, next, exists, when)
	}
}

// resolve adds the edges of one reference. What is not in the scan becomes an
// external node.
func (l *linker) resolve(from *Node, f found) {
	targets := l.lookup(from, f)
	if len(targets) == 0 {
		unit := from.Unit
		if f.ref.Unit != "" {
			unit = l.units[f.ref.Unit]
		}
		targets = []*Node{l.g.ext("", externalKey(unit, f.ref.Addr))}
	}
	for _, t := range targets {
		l.g.edges = append(l.g.edges, Edge{From: from.ID, To: t.ID, Label: f.label, Attr: f.ref.Attr,
			Span: f.value.Span(), Exists: tri.And(f.exists, t.ExistsWith(from)), When: f.when.And(t.When)})
	}
}

// targets finds the nodes at an address: the instance itself, the symbolic one
// that stands for it, or all instances of a block named without index.
func (l *linker) targets(u *Unit, addr string) []*Node {
	for _, a := range append([]string{addr}, symbolic(addr)...) {
		for _, b := range []string{a, a + "[*]"} {
			if n := l.g.byAddr[addrKey{u, b}]; n != nil {
				return []*Node{n}
			}
		}
	}
	return l.base[addrKey{u, strings.TrimSuffix(addr, "[*]")}]
}

// indexNames remembers the identifying texts of all nodes that a link may name.
func (l *linker) indexNames() {
	for _, n := range l.g.nodes {
		if n.Mode != Managed {
			continue
		}
		for _, attr := range l.by[n.Type] {
			if s, ok := n.Body.Path(attr).Str(); ok && s != "" {
				k := nameKey{n.Unit, n.Type, attr, s}
				l.names[k] = append(l.names[k], n)
			}
		}
	}
}

// literals links the texts of a node that name something without referring to it.
func (l *linker) literals(n *Node) {
	for _, k := range l.links[n.Type] {
		for _, v := range Leaves(n.Body, k.Attr) {
			if s, ok := v.Str(); ok && s != "" && len(v.Refs()) == 0 {
				l.literal(n, k, v, s)
			}
		}
	}
}

// globalID is an identifier that means the same thing wherever it is written.
var globalID = regexp.MustCompile(`^(?:[a-z]{2,12}-(?:[0-9a-f]{8}|[0-9a-f]{17})|arn:aws[a-z-]*:.+)$`)

func (l *linker) literal(n *Node, k Link, v value.Value, text string) {
	if len(k.To) == 0 {
		return
	}
	targets := l.named(n, k.Attr, text)
	if len(targets) == 0 {
		targets = []*Node{l.g.ext(k.To[0].Type, literalKey(n, k, text))}
	}
	sure := sureIfOne(targets)
	var when value.When
	if v.MayBeMissing() {
		when = v.Presence()
		sure = tri.Unknown
	}
	for _, t := range targets {
		l.g.edges = append(l.g.edges, Edge{From: n.ID, To: t.ID, Label: k.Attr, Span: v.Span(), Exists: tri.And(sure, t.ExistsWith(n)), When: when.And(t.When)})
	}
}

// sureIfOne says that a name means a thing for certain if only one bears it.
func sureIfOne(targets []*Node) tri.Bool {
	if len(targets) > 1 {
		return tri.Unknown
	}
	return tri.True
}

// Leaves returns the values at a dotted path, going through all elements of
// lists on the way, and the elements of a list at the end. A list that may hold
// more than is listed ends in an unknown leaf.
func Leaves(v value.Value, path string) []value.Value {
	if v.Kind() == value.KindList && v.Alternatives() == nil {
		var out []value.Value
		for _, e := range v.Elems() {
			if v.MayBeMissing() {
				e = e.Maybe()
			}
			out = append(out, Leaves(e, path)...)
		}
		if v.IsOpen() {
			out = append(out, value.OfUnknown(value.KindAny, v.Span(), v.Origin()).WithRefs(v.Refs()...))
		}
		return out
	}
	if path == "" {
		if v.IsAbsent() {
			return nil
		}
		return []value.Value{v}
	}
	step, rest, _ := strings.Cut(path, ".")
	next := v.Get(step)
	if v.MayBeMissing() {
		next = next.Maybe()
	}
	return Leaves(next, rest)
}
