package graph

import (
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Target is what a value refers to.
type Target struct {
	Node *Node
	// Attr is the attribute of Node that is read, or empty.
	Attr string
	// Sure is True if the value certainly refers to that node, which exists
	// wherever the node of the value does.
	Sure tri.Bool
	// Value is the reference itself.
	Value value.Value
}

// Resolve returns what a value of a node refers to, in source order: by
// reference, or, where a link says that the attribute names something, by the
// name. Attr is the dotted path of the attribute that holds the value. The
// second result is true if there can be no others: every part of the value is
// a reference or a name.
func (g *Graph) Resolve(n *Node, attr string, v value.Value) (targets []Target, complete bool) {
	c := collector{origins: g.Origins}
	c.walk(v, attr, tri.True, value.When{})
	for _, f := range c.found {
		for _, t := range g.linker.lookup(n, f) {
			targets = append(targets, Target{t, f.ref.Attr, tri.And(f.exists, t.ExistsWith(n)), f.value})
		}
	}
	complete = g.leavesNamed(n, attr, v, &targets)
	return targets, complete
}

// leavesNamed adds the targets of literal names and reports whether all leaves
// are accounted for.
func (g *Graph) leavesNamed(n *Node, attr string, v value.Value, targets *[]Target) bool {
	complete := true
	var walk func(v value.Value, sure tri.Bool)
	walk = func(v value.Value, sure tri.Bool) {
		if v.MayBeMissing() {
			sure = tri.And(sure, tri.Unknown)
		}
		switch {
		case v.IsUnset():
		case v.Alternatives() != nil:
			for _, a := range v.Alternatives() {
				walk(a, tri.And(sure, tri.Unknown))
			}
		case v.Kind() == value.KindList && v.IsKnown():
			complete = complete && !v.IsOpen()
			for _, e := range v.Elems() {
				walk(e, sure)
			}
		case v.IsUnknown():
			complete = complete && (v.Parts() != nil && len(v.Refs()) == 1 || passesOn(g.Origins, v))
		case len(v.Refs()) == 0:
			if text, ok := v.Str(); ok && text != "" {
				named := g.linker.named(n, attr, text)
				for _, t := range named {
					*targets = append(*targets, Target{t, "", tri.And(sure, sureIfOne(named), t.ExistsWith(n)), v})
				}
			}
		}
	}
	walk(v, tri.True)
	return complete
}

// lookup finds the nodes that a reference means.
func (l *linker) lookup(from *Node, f found) []*Node {
	unit := from.Unit
	if f.ref.Unit != "" {
		unit = l.units[f.ref.Unit]
	}
	if ts := l.targets(unit, f.ref.Addr); len(ts) > 0 {
		return ts
	}
	if n := l.g.external[externalKey(unit, f.ref.Addr)]; n != nil {
		return []*Node{n}
	}
	return nil
}

// externalKey is the identity of something named by a unit but not in it.
func externalKey(u *Unit, addr string) string {
	if u == nil {
		return addr
	}
	return u.Key + "//" + addr
}

// named finds the node that a literal of an attribute names, if a link says
// that it names one. Where several bear the name, it may be any of them.
func (l *linker) named(n *Node, attr, text string) []*Node {
	for _, k := range l.links[n.Type] {
		if k.Attr != attr {
			continue
		}
		for _, t := range k.To {
			for _, by := range t.By {
				if found := l.names[nameKey{n.Unit, t.Type, by, text}]; len(found) > 0 {
					return found
				}
			}
		}
		if ext := l.g.external[literalKey(n, k, text)]; ext != nil {
			return []*Node{ext}
		}
		return nil
	}
	return nil
}

// literalKey is the identity of what a literal names outside the scan.
func literalKey(n *Node, k Link, text string) string {
	if globalID.MatchString(text) || len(k.To) == 0 {
		return text
	}
	return n.Unit.Key + "//" + k.To[0].Type + "/" + text // a name is unique in its account only
}
