package analysistest

import (
	"fmt"
	"slices"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// loss is one piece of information that can be taken away.
type loss struct {
	what   string
	at     source.Span
	change change
}

// losses lists what can be taken away from an estate: what a node holds, which
// tags its provider adds, and which inputs a unit is given.
func (e *estate) losses(why value.OriginID) []loss {
	var out []loss
	for _, p := range e.parts {
		out = append(out, unitLosses(p.Unit, why)...)
		providers := map[*graph.Provider]bool{}
		for _, n := range p.Nodes {
			if n.Mode == graph.Opaque {
				continue // what a module that can't be read is given says nothing about a resource
			}
			out = append(out, nodeLosses(n, why)...)
			if n.Provider != nil && !providers[n.Provider] {
				providers[n.Provider] = true
				out = append(out, providerLosses(n.Provider, why)...)
			}
		}
	}
	return out
}

// nodeLosses are the value of each attribute at any depth, the number of
// elements of each list, the rest of each object, and whether the node exists.
func nodeLosses(n *graph.Node, why value.OriginID) []loss {
	var out []loss
	add := func(what string, apply func(*graph.Node)) {
		out = append(out, loss{what + " of " + n.Addr, n.Span, change{node: func(c *graph.Node) {
			if c.Addr == n.Addr && c.Span == n.Span {
				apply(c)
			}
		}}})
	}
	if n.Exists == tri.True {
		add("the existence", func(c *graph.Node) { c.Exists, c.ExistsWhy = tri.Unknown, why })
	}
	for _, l := range weaker(n.Body, "", why) {
		add(l.what, func(c *graph.Node) { c.Body = l.value })
	}
	for _, l := range weaker(n.Meta, "meta", why) {
		add(l.what, func(c *graph.Node) { c.Meta = l.value })
	}
	return out
}

// providerLosses are the tags that a provider gives to all that it makes, and what
// tells its account.
func providerLosses(p *graph.Provider, why value.OriginID) []loss {
	var out []loss
	for _, part := range []struct {
		name string
		of   func(*graph.Provider) *value.Value
	}{
		{"default_tags", func(p *graph.Provider) *value.Value { return &p.DefaultTags }},
		{"profile", func(p *graph.Provider) *value.Value { return &p.Profile }},
		{"role_arn", func(p *graph.Provider) *value.Value { return &p.AssumeRole }},
		{"allowed_account_ids", func(p *graph.Provider) *value.Value { return &p.AccountIDs }},
	} {
		if part.of(p).IsAbsent() {
			continue
		}
		for _, l := range unknowns(*part.of(p), part.name, why) {
			weak := *p
			*part.of(&weak) = l.value
			out = append(out, loss{l.what + " of provider " + p.Addr, p.Span, change{node: func(c *graph.Node) {
				if c.Provider == p {
					c.Provider = &weak
				}
			}}})
		}
	}
	return out
}

// unitLosses are the variables, parameters and tags of a unit, where its state is
// kept, and its account.
func unitLosses(u *graph.Unit, why value.OriginID) []loss {
	var out []loss
	add := func(list []weakened, of func(*graph.Unit) *value.Value) {
		for _, l := range list {
			out = append(out, loss{l.what + " of " + u.Key, u.Anchor, change{unit: func(c *graph.Unit) {
				if c.Key == u.Key {
					*of(c) = l.value
				}
			}}})
		}
	}
	add(weaker(u.Inputs, "input", why), func(u *graph.Unit) *value.Value { return &u.Inputs })
	add(weaker(u.Tags, "tag", why), func(u *graph.Unit) *value.Value { return &u.Tags })
	add(weaker(u.State, "state", why), func(u *graph.Unit) *value.Value { return &u.State })
	if u.Account.IsKnown() {
		add([]weakened{{"account", blank(u.Account, value.KindString, why)}}, func(u *graph.Unit) *value.Value { return &u.Account })
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
