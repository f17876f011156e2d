package plan

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// index matches the key or index of an instance.
var index = regexp.MustCompile(`\["(?:[^"\\]|\\.)*"\]|\[[^\]"]*\]`)

// block is an address without keys: that of the block in the configuration.
func block(addr string) string { return index.ReplaceAllString(addr, "") }

// Overlay lays a plan over a unit that was evaluated from its configuration. It
// returns the addresses of instances that the configuration has no block for.
func (p *Plan) Overlay(part *graph.Part, origins *value.Origins) (strangers []string) {
	o := &overlay{part: part, origins: origins, exact: map[string]*graph.Node{}, blocks: map[string]*graph.Node{}, modules: map[string]*graph.Module{},
		planned: map[string][]string{}}
	for _, n := range part.Nodes {
		o.exact[n.Addr] = n
		if b := block(n.Addr); o.blocks[b] == nil {
			o.blocks[b] = n
		}
		for m := n.Module; m != nil; m = m.Parent {
			o.modules[m.Path] = m
		}
	}
	for _, i := range p.Instances {
		o.planned[block(i.Addr)] = append(o.planned[block(i.Addr)], i.Addr)
	}
	var nodes []*graph.Node
	used := map[*graph.Node]bool{}
	for _, i := range p.Instances {
		n, from := o.node(i)
		if from != nil {
			used[from] = true
		} else {
			strangers = append(strangers, i.Addr)
		}
		n.Exists, n.ExistsWhy, n.When = tri.True, 0, value.When{}
		n.Body = o.merge(n.Body, i.Values, i.Unknown, i.Sensitive, n)
		nodes = append(nodes, n)
	}
	for _, n := range part.Nodes {
		if !used[n] && o.stays(n, p) {
			nodes = append(nodes, n)
		}
	}
	for _, n := range nodes {
		n.Body = o.follow(n.Body, n.Addr)
	}
	slices.SortStableFunc(nodes, func(a, b *graph.Node) int { return strings.Compare(a.Addr, b.Addr) })
	part.Nodes = nodes
	return strangers
}

type overlay struct {
	part    *graph.Part
	origins *value.Origins
	// exact are the nodes of the configuration by address, blocks one of each block.
	exact, blocks map[string]*graph.Node
	modules       map[string]*graph.Module
	// planned are the addresses of the plan by block.
	planned map[string][]string
}

// node is the node of an instance: that of the configuration, or one like those of
// its block. It returns the node of the configuration that it comes from, if any.
func (o *overlay) node(i Instance) (n, from *graph.Node) {
	if n := o.exact[i.Addr]; n != nil {
		return n, n
	}
	like := o.blocks[block(i.Addr)]
	if like == nil {
		mode := graph.Managed
		if i.Data {
			mode = graph.Data
		}
		at := o.part.Unit.Anchor
		return &graph.Node{Mode: mode, Lang: graph.Terraform, Type: i.Type, Addr: i.Addr, Name: i.Name, Module: o.module(i.Module, nil), Span: at,
			Body: value.OfObject(nil, at)}, nil
	}
	c := *like
	c.Addr, c.Module = i.Addr, o.module(i.Module, like.Module)
	return &c, like
}

// module is the module of an address, made after one like it where the
// configuration did not know its key.
func (o *overlay) module(path string, like *graph.Module) *graph.Module {
	if path == "" {
		return nil
	}
	if m := o.modules[path]; m != nil {
		return m
	}
	m := &graph.Module{}
	if like != nil {
		*m = *like
	}
	parent := ""
	if i := lastModule(path); i > 0 {
		parent = path[:i-1]
	}
	m.Path = path
	if like == nil {
		m.Name = strings.TrimPrefix(block(path[max(lastModule(path), 0):]), "module.")
		m.Parent = o.module(parent, nil)
	} else {
		m.Parent = o.module(parent, like.Parent)
	}
	o.modules[path] = m
	return m
}

// lastModule is where the last call of a path begins; keys may hold anything.
func lastModule(path string) int {
	blank := index.ReplaceAllStringFunc(path, func(key string) string { return strings.Repeat("-", len(key)) })
	return strings.LastIndex(blank, "module.")
}

// stays reports a node of the configuration that the plan does not mention and that
// is there all the same: data sources, which plans leave out when they have nothing
// to tell, and all if the plan is of a part only.
func (o *overlay) stays(n *graph.Node, p *Plan) bool {
	return n.Mode != graph.Managed || p.Partial
}

// merge gives a value of the configuration what the plan knows of it.
func (o *overlay) merge(h value.Value, planned, unknown, sensitive any, n *graph.Node) value.Value {
	at := h.Span()
	if !at.IsValid() {
		at = n.Span
	}
	v := o.value(h, planned, unknown, sensitive, at, n)
	if h.IsSensitive() || sensitive == true {
		v = v.Sensitive()
	}
	return v
}

func (o *overlay) value(h value.Value, planned, unknown, sensitive any, at source.Span, n *graph.Node) value.Value {
	if unknown == true {
		return o.unknown(h, at)
	}
	switch p := planned.(type) {
	case nil:
		if u, some := unknown.(map[string]any); some && len(u) > 0 {
			return o.object(h, nil, u, sensitive, at, n)
		}
		if h.IsAbsent() || h.IsKnown() && !h.IsUnset() && isEmpty(h) {
			return h
		}
		return value.OfNull(at).From(h.Origin())
	case map[string]any:
		return o.object(h, p, unknown, sensitive, at, n)
	case []any:
		return o.list(h, p, unknown, sensitive, at, n)
	}
	return scalar(h, planned, at)
}

// unknown is what the plan does not know either. What the configuration does not
// set stays so: that the provider will choose it is what rules take a default for.
func (o *overlay) unknown(h value.Value, at source.Span) value.Value {
	if h.IsAbsent() || h.IsUnknown() {
		return h
	}
	// The configuration knows the parts of a text, or a value that the plan has
	// behind something it does not look through.
	return h.At(at)
}

// isEmpty reports a list or object without elements.
func isEmpty(v value.Value) bool {
	switch v.Kind() {
	case value.KindList:
		return len(v.Elems()) == 0
	case value.KindObject:
		return len(v.Fields()) == 0
	case value.KindAny, value.KindString, value.KindNumber, value.KindBool:
	}
	return false
}

func (o *overlay) object(h value.Value, p map[string]any, unknown, sensitive any, at source.Span, n *graph.Node) value.Value {
	u, _ := unknown.(map[string]any)
	s, _ := sensitive.(map[string]any)
	if h.IsJSON() && h.IsKnown() && !h.IsOpen() {
		return h
	}
	known := h.IsKnown() && h.Kind() == value.KindObject
	var fields []value.Field
	seen := map[string]bool{}
	add := func(name string, span source.Span, old value.Value) {
		v := o.merge(old, p[name], u[name], s[name], n)
		if seen[name] = true; !v.IsAbsent() {
			fields = append(fields, value.Field{Name: name, Span: span, Value: v})
		}
	}
	if known {
		for _, f := range h.Fields() {
			if _, planned := p[f.Name]; !planned && u[f.Name] == nil {
				fields = append(fields, f) // such as what is written only, and the blocks that providers keep out of plans
				seen[f.Name] = true
				continue
			}
			add(f.Name, f.Span, f.Value)
		}
	}
	for _, name := range names(p, u) {
		if !seen[name] && !unset(p[name]) {
			add(name, at, value.Value{})
		}
	}
	return value.OfObject(fields, at).From(h.Origin()).WithRefs(h.Refs()...)
}

// unset reports what a plan has in the place of what was not written.
func unset(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func names(maps ...map[string]any) []string {
	var out []string
	for _, m := range maps {
		for k := range m {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// list pairs the elements of a plan with those of the configuration. Sets come in
// an order of their own: an element goes with the first that says nothing else.
func (o *overlay) list(h value.Value, p []any, unknown, sensitive any, at source.Span, n *graph.Node) value.Value {
	if h.Kind() == value.KindObject && h.IsKnown() && len(p) == 1 { // a block that is written once
		inner := o.merge(h, p[0], element(unknown, 0), element(sensitive, 0), n)
		return inner
	}
	var old []value.Value
	if h.IsKnown() && h.Kind() == value.KindList {
		old = h.Elems()
	}
	taken := make([]bool, len(old))
	elems := make([]value.Value, len(p))
	for i := range p {
		from := value.Value{}
		if j := partner(old, taken, p, i, element(unknown, i)); j >= 0 {
			taken[j], from = true, old[j]
		}
		elems[i] = o.merge(from, p[i], element(unknown, i), element(sensitive, i), n)
	}
	out := value.OfList(elems, at).From(h.Origin())
	if !h.IsKnown() {
		out = out.WithRefs(h.Refs()...)
	}
	if h.IsJSON() {
		out = out.AsJSON()
	}
	return out
}

func element(v any, i int) any {
	switch v := v.(type) {
	case []any:
		if i < len(v) {
			return v[i]
		}
	case bool:
		return v
	}
	return nil
}

// partner is the element of the configuration that an element of a plan is: that in
// the same place, if nothing speaks against it, else the first that may be it.
func partner(old []value.Value, taken []bool, p []any, i int, unknown any) int {
	if i < len(old) && !taken[i] && may(old[i], p[i], unknown) {
		return i
	}
	for j := range old {
		if !taken[j] && may(old[j], p[i], unknown) {
			return j
		}
	}
	return -1
}

// may reports that nothing that both know differs.
func may(h value.Value, p, unknown any) bool {
	if unknown == true || !h.IsKnown() {
		return true
	}
	switch p := p.(type) {
	case nil:
		return true
	case map[string]any:
		u, _ := unknown.(map[string]any)
		for _, f := range h.Fields() {
			if v, ok := p[f.Name]; ok && !may(f.Value, v, u[f.Name]) {
				return false
			}
		}
		return true
	case []any:
		if h.Kind() != value.KindList || h.IsOpen() {
			return true
		}
		if len(h.Elems()) != len(p) {
			return false
		}
		for j, e := range h.Elems() {
			if !e.MayBeMissing() && !slices.ContainsFunc(p, func(x any) bool { return may(e, x, element(unknown, j)) }) {
				return false
			}
		}
		return true
	}
	return h.Kind() == value.KindObject || h.Kind() == value.KindList || sameText(h, p)
}
