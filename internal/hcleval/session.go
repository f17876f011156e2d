package hcleval

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/wacheck/wacheck/value"
)

// Session is what the worlds of one root share, which are evaluated one after
// the other. Most of a root does not depend on what tells its worlds apart:
// everything that is evaluated notes which inputs it has read, and is taken over
// by a world in which these are the same.
type Session struct {
	refs       []value.Ref
	refIndex   map[value.Ref]uint32
	traversals map[hclsyntax.Expression][]hcl.Traversal
	functions  map[string]function.Function
	// worlds are the inputs of those that were begun; known is nil where there
	// is to be only one.
	worlds [][]inputID
	known  map[memoKey]memo
	// lowered is what is known of each instance, by address.
	lowered map[string]*instanceMemo
	// instances is how many there were in the last world: about as many as in the next.
	instances int
}

// NewSession returns a session for so many worlds.
func NewSession(worlds int) *Session {
	s := &Session{refIndex: map[value.Ref]uint32{}, traversals: map[hclsyntax.Expression][]hcl.Traversal{}}
	if worlds > 1 {
		s.known, s.lowered = map[memoKey]memo{}, map[string]*instanceMemo{}
	}
	return s
}

// inputs is a set of inputs of the root, a bit for each: the workspace, and the
// variables in source order. All that find no bit share the last.
type inputs uint64

const lastInput = 63

func inputOf(i int) inputs { return 1 << min(i+1, lastInput) }

const workspaceInput inputs = 1

// inputID is where an input has its value from. Two worlds have an input in
// common if it is the same, not if the values are equal by chance: a finding
// tells where its values come from.
type inputID struct {
	attr *attribute
	raw  string
	kind value.OriginKind
}

// thing names something that is evaluated: the module or instance that it
// belongs to, and what it is in there. It is put together only for people.
type thing struct{ in, prefix, name string }

// String writes the address.
func (t thing) String() string {
	switch {
	case t.in == "":
		return t.prefix + t.name
	case t.prefix+t.name == "":
		return t.in
	}
	return t.in + "." + t.prefix + t.name
}

// memoKey names something that was evaluated, and in which form.
type memoKey struct {
	thing
	form memoForm
}

type memoForm uint8

const (
	formCty memoForm = iota
	formLow
	formExpansion
	formCollection
)

// memo is what came out in a world, and the inputs that were read on the way.
type memo struct {
	world int
	reads inputs
	cty   cty.Value
	low   value.Value
	exp   *expansion
}

// instanceMemo is what an instance was lowered to. It lies apart from what is
// found by name: there are many more arguments than names.
type instanceMemo struct {
	of         *resource
	body, meta lowMemo
	items      []lowMemo // by the order of the body
}

// lowMemo is what something was lowered to in a world; nothing as long as it
// has not been.
type lowMemo struct {
	there bool
	world int
	reads inputs
	low   value.Value
}

// memoOf finds what is known of an instance; nil where there is only one world.
func (ev *evaluator) memoOf(in *instance) *instanceMemo {
	if ev.known == nil || in.memo != nil {
		return in.memo
	}
	known, r := ev.lowered[in.addr], in.rs.r
	if known == nil || known.of != r { // a block that is there twice is not the same
		known = &instanceMemo{of: r, items: make([]lowMemo, len(r.body.items))}
		ev.lowered[in.addr] = known
	}
	in.memo = known
	return known
}

// begin notes the inputs of a further world.
func (ev *evaluator) begin(root *module) {
	ids := []inputID{{raw: ev.in.Unit.Workspace}}
	for _, name := range root.cfg.varNames {
		ids = append(ids, root.inputID(root.cfg.variables[name]))
	}
	ev.Session.worlds = append(ev.Session.worlds, ids)
	ev.world = len(ev.Session.worlds) - 1
	ev.root = root
}

func (m *module) inputID(v *variable) inputID {
	for _, src := range slices.Backward(m.ev.in.Vars) {
		if src.File != nil {
			for _, a := range src.File.attrs {
				if a.name == v.name {
					return inputID{attr: a, kind: src.Kind}
				}
			}
		}
		if raw, ok := src.Raw[v.name]; ok {
			return inputID{raw: raw, kind: src.Kind}
		}
		if low := src.Low.Get(v.name); !low.IsAbsent() {
			return inputID{raw: m.ev.in.Unit.Key, kind: src.Kind}
		}
	}
	return inputID{attr: v.def}
}

// same reports that this world has the inputs in common with another.
func (ev *evaluator) same(world int, reads inputs) bool {
	if world == ev.world || reads == 0 {
		return true
	}
	ours, theirs := ev.Session.worlds[ev.world], ev.Session.worlds[world]
	for i := range ours {
		if reads&inputOf(i-1) != 0 && ours[i] != theirs[i] {
			return false
		}
	}
	return true
}

// recall takes over what another world has evaluated.
func (ev *evaluator) recall(what thing, form memoForm) (memo, bool) {
	if ev.known == nil || ev.world == 0 {
		return memo{}, false
	}
	m, ok := ev.known[memoKey{what, form}]
	if !ok || !ev.same(m.world, m.reads) {
		return memo{}, false
	}
	return m, true
}

// remember keeps something for the worlds that follow. What the first world
// knew is kept: the inputs of one world are as likely to come again as those of
// another.
func (ev *evaluator) remember(what thing, form memoForm, m memo) {
	if ev.known == nil {
		return
	}
	k := memoKey{what, form}
	if _, there := ev.known[k]; !there {
		m.world = ev.world
		ev.known[k] = m
	}
}

// tracked runs compute and returns the inputs that were read in it. They count
// as read by what is around it as well.
func (ev *evaluator) tracked(compute func()) inputs {
	outer := ev.reads
	ev.reads = 0
	compute()
	reads := ev.reads
	ev.reads |= outer
	return reads
}

// again lowers something, or takes it over from another world. As for what is
// found by name, what the first world knew is kept.
func (ev *evaluator) again(known *lowMemo, lower func() value.Value) value.Value {
	if known.there && known.world != ev.world && ev.same(known.world, known.reads) {
		ev.reads |= known.reads
		return known.low
	}
	var low value.Value
	reads := ev.tracked(func() { low = lower() })
	ev.reads |= reads
	if !known.there {
		*known = lowMemo{true, ev.world, reads, low}
	}
	return low
}

// collected is the value of a block restricted to one attribute or output, from
// a table of those that were asked for. The prefix is that of the block.
func (m *module) collected(table *map[string]memo, block, only string, collect func() cty.Value) cty.Value {
	ev := m.ev
	c, ok := (*table)[only]
	if !ok {
		what := thing{m.path, block, only}
		if c, ok = ev.recall(what, formCollection); !ok {
			c.reads = ev.tracked(func() { c.cty = collect() })
			ev.remember(what, formCollection, c)
		}
		if *table == nil {
			*table = map[string]memo{}
		}
		(*table)[only] = c
	}
	ev.reads |= c.reads
	return c.cty
}

// expandTracked expands a block, and says which inputs its instances depend on.
func (m *module) expandTracked(r repetition, what thing) (*expansion, inputs) {
	if r.alone() {
		return m.expand(r, what), 0
	}
	known, ok := m.ev.recall(what, formExpansion)
	if !ok {
		known.reads = m.ev.tracked(func() { known.exp = m.expand(r, what) })
		// The index of a counted instance is told by its address. All else that the
		// frames hold depends on what the expansion does.
		if known.exp.mode == byKey || known.exp.symbolic {
			for _, k := range known.exp.keys {
				for i := range k.frames {
					k.frames[i].reads = known.reads
				}
			}
		}
		m.ev.remember(what, formExpansion, known)
	}
	return known.exp, known.reads
}

// instanceAt finds the instance of an address. In a world that took over what
// refers to it, its block may not have been expanded yet.
func (ev *evaluator) instanceAt(addr string) *instance {
	if in := ev.whole[addr]; in != nil || ev.known == nil {
		return in
	}
	m := ev.root
	steps := splitAddr(addr)
	for len(steps) > 1 && steps[0] == "module" {
		if m = m.childAt(steps[1]); m == nil {
			return nil
		}
		steps = steps[2:]
	}
	if len(steps) < 2 {
		return nil
	}
	name, _ := cutIndex(steps[len(steps)-1])
	key := steps[len(steps)-2] + "." + name
	if len(steps) > 2 {
		key = steps[0] + "." + key
	}
	if r := m.cfg.byKey[key]; r != nil {
		m.resourceOf(r)
	}
	return ev.whole[addr]
}

// childAt finds the instance of a module call from a step of an address.
func (m *module) childAt(step string) *module {
	name, suffix := cutIndex(step)
	c := m.cfg.callIndex[name]
	if c == nil {
		return nil
	}
	path := m.nameOf("module."+name) + suffix
	for _, child := range m.callOf(c).inst {
		if child.path == path && child.cfg != nil {
			return child
		}
	}
	return nil
}

// cutIndex splits a step of an address before its index.
func cutIndex(step string) (name, index string) {
	for i := range len(step) {
		if step[i] == '[' {
			return step[:i], step[i:]
		}
	}
	return step, ""
}
