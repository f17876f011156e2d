package analysistest

import (
	"fmt"
	"slices"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// loss is one piece of information that can be taken from a node.
type loss struct {
	what  string
	apply func(*graph.Node)
}

// losses lists what can be taken away: the value of each attribute at any
// depth, the number of elements of each list, the rest of each object, and
// whether the node exists.
func losses(n *graph.Node, why value.OriginID) []loss {
	out := []loss{{"the existence", func(c *graph.Node) { c.Exists, c.ExistsWhy = tri.Unknown, why }}}
	if n.Exists != tri.True {
		out = nil
	}
	for _, l := range weaker(n.Body, "", why) {
		out = append(out, loss{l.what, func(c *graph.Node) { c.Body = l.value }})
	}
	for _, l := range weaker(n.Meta, "meta", why) {
		out = append(out, loss{l.what, func(c *graph.Node) { c.Meta = l.value }})
	}
	return out
}

// weakened is a value of which less is known.
type weakened struct {
	what  string
	value value.Value
}

// weaker lists the ways in which less may be known of a list or object without
// its being unknown as a whole.
func weaker(v value.Value, path string, why value.OriginID) []weakened {
	if !v.IsKnown() {
		return nil
	}
	var out []weakened
	switch v.Kind() {
	case value.KindObject:
		for i, f := range v.Fields() {
			name := f.Name
			if path != "" {
				name = path + "." + f.Name
			}
			for _, w := range unknowns(f.Value, name, why) {
				fields := slices.Clone(v.Fields())
				fields[i].Value = w.value
				out = append(out, weakened{w.what, like(v, value.OfObject(fields, v.Span()))})
			}
		}
		if !v.IsOpen() {
			out = append(out, weakened{"what is not written in " + path, v.Opened()})
		}
	case value.KindList:
		for i, e := range v.Elems() {
			name := fmt.Sprintf("%s[%d]", path, i)
			for _, w := range append(unknowns(e, name, why), weakened{"the existence of " + name, e.Maybe()}) {
				elems := slices.Clone(v.Elems())
				elems[i] = w.value
				out = append(out, weakened{w.what, like(v, value.OfList(elems, v.Span()))})
			}
			rest := slices.Delete(slices.Clone(v.Elems()), i, i+1)
			out = append(out, weakened{name + ", which may or may not be there,", like(v, value.OfList(rest, v.Span())).Opened()})
		}
		if !v.IsOpen() {
			out = append(out, weakened{"the length of " + path, v.Opened()})
		}
	case value.KindAny, value.KindString, value.KindNumber, value.KindBool:
	}
	return out
}

// unknowns lists the ways in which less may be known of a value.
func unknowns(v value.Value, path string, why value.OriginID) []weakened {
	out := []weakened{{path, blank(v, value.KindAny, why)}}
	if k := v.Kind(); k == value.KindList || k == value.KindObject {
		out = append(out, weakened{path + " but its kind", blank(v, k, why)})
	}
	return append(out, weaker(v, path, why)...)
}

// blank is an unknown value in the place of v.
func blank(v value.Value, k value.Kind, why value.OriginID) value.Value {
	u := value.OfUnknown(k, v.Span(), why)
	if v.MayBeMissing() {
		u = u.Maybe()
	}
	if v.IsSensitive() {
		u = u.Sensitive()
	}
	return u
}

// like gives a changed list or object what v has beside its content.
func like(v, changed value.Value) value.Value {
	changed = changed.From(v.Origin()).WithRefs(v.Refs()...)
	if v.IsOpen() {
		changed = changed.Opened()
	}
	if v.MayBeMissing() {
		changed = changed.Maybe()
	}
	if v.IsSensitive() {
		changed = changed.Sensitive()
	}
	if v.IsJSON() {
		changed = changed.AsJSON()
	}
	return changed
}
