package hcleval

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/value"
)

// step is one step into a value: an attribute or key, or an index.
type step struct {
	name    string
	index   int
	isIndex bool
}

// suffix is how the step is written behind a path.
func (st step) suffix() string {
	if st.isIndex {
		return "[" + strconv.Itoa(st.index) + "]"
	}
	return "." + st.name
}

// stepsOf converts a relative traversal.
func stepsOf(t hcl.Traversal) []step {
	out := make([]step, 0, len(t))
	for _, s := range t {
		switch x := s.(type) {
		case hcl.TraverseAttr:
			out = append(out, step{name: x.Name})
		case hcl.TraverseIndex:
			out = append(out, stepOf(x.Key))
		}
	}
	return out
}

func stepOf(key cty.Value) step {
	if key.Type() == cty.Number {
		n, _ := key.AsBigFloat().Int64()
		return step{index: int(n), isIndex: true}
	}
	return step{name: key.AsString()}
}

// traverse lowers an absolute traversal; false if it names nothing.
func (s *scope) traverse(t hcl.Traversal) (value.Value, bool) {
	root := t.RootName()
	if f, ok := s.lookup(root); ok {
		return s.steps(f.low, stepsOf(t[1:]))
	}
	name, named := attrAt(t, 1)
	if s.m == nil || !named {
		return value.Value{}, false
	}
	m := s.m
	switch root {
	case "var":
		if m.cfg.variables[name] != nil {
			return s.steps(m.varLow(name), stepsOf(t[2:]))
		}
	case "local":
		if m.cfg.locals[name] != nil {
			return s.steps(m.localLow(name), stepsOf(t[2:]))
		}
	case "path", "terraform":
		return s.steps(m.builtin(root, name), stepsOf(t[2:]))
	case "module":
		if c := m.cfg.callIndex[name]; c != nil {
			return s.moduleSteps(m.callOf(c), stepsOf(t[2:]))
		}
	case "data", "resource":
		if second, ok := attrAt(t, 2); ok {
			key := strings.TrimPrefix(root+"."+name+"."+second, "resource.")
			if r := m.cfg.byKey[key]; r != nil {
				return s.resourceSteps(m.resourceOf(r), stepsOf(t[3:]))
			}
		}
	case "self", "each", "count":
	default:
		if r := m.cfg.byKey[root+"."+name]; r != nil {
			return s.resourceSteps(m.resourceOf(r), stepsOf(t[2:]))
		}
	}
	return value.Value{}, false
}

// instanceSteps goes into the instance of a block that a known key picks, and
// leaves the others alone: there may be ten thousand, each of which picks one.
// False where the key is not known, or what it is applied to is no block.
func (s *scope) instanceSteps(x *hclsyntax.IndexExpr, rest []step) (value.Value, bool) {
	coll, ok := x.Collection.(*hclsyntax.ScopeTraversalExpr)
	if !ok || s.m == nil {
		return value.Value{}, false
	}
	t := coll.Traversal
	if _, shadowed := s.lookup(t.RootName()); shadowed {
		return value.Value{}, false
	}
	name, _ := attrAt(t, 1)
	c := s.m.cfg.callIndex[name]
	r := s.m.cfg.byKey[t.RootName()+"."+name]
	if second, ok := attrAt(t, 2); ok {
		r = s.m.cfg.byKey[strings.TrimPrefix(t.RootName()+"."+name+"."+second, "resource.")]
		if len(t) > 3 {
			r = nil
		}
	}
	isCall := t.RootName() == "module" && len(t) == 2 && c != nil
	if !isCall && r == nil {
		return value.Value{}, false
	}
	var first step
	key := s.lower(x.Key)
	if n, ok := key.Int(); ok && key.Kind() == value.KindNumber {
		first = step{index: int(n), isIndex: true}
	} else if text, ok := key.Str(); ok {
		first = step{name: text}
	} else {
		return value.Value{}, false
	}
	steps := append([]step{first}, rest...)
	if isCall {
		return s.moduleSteps(s.m.callOf(c), steps)
	}
	return s.resourceSteps(s.m.resourceOf(r), steps)
}

// moduleSteps goes into a module call. A single output is lowered without the
// others.
func (s *scope) moduleSteps(cs *callState, steps []step) (value.Value, bool) {
	if cs.exp == nil {
		return value.Value{}, false
	}
	rest := steps
	at := 0
	if cs.exp.mode != alone {
		if len(steps) == 0 {
			return cs.low(), true
		}
		i, ok := cs.exp.find(steps[0])
		if !ok {
			return value.Value{}, false
		}
		at, rest = i, steps[1:]
	}
	if at >= len(cs.inst) {
		return value.Value{}, false // disabled
	}
	m := cs.inst[at]
	if len(rest) == 0 {
		return m.objectLow(), true
	}
	v, ok := m.outputLow(rest[0].name)
	if !ok || rest[0].isIndex {
		return value.Value{}, false
	}
	return s.steps(v, rest[1:])
}

// resourceSteps goes into a resource block.
func (s *scope) resourceSteps(rs *resourceState, steps []step) (value.Value, bool) {
	if rs.exp == nil || len(steps) == 0 {
		return rs.whole(), true
	}
	rest := steps
	at := 0
	if rs.exp.mode != alone {
		i, ok := rs.exp.find(steps[0])
		if !ok {
			return value.Value{}, false
		}
		at, rest = i, steps[1:]
	}
	if at >= len(rs.inst) {
		return value.Value{}, false // disabled
	}
	in := rs.inst[at]
	if len(rest) == 0 {
		return in.ref("", value.KindObject), true
	}
	if rest[0].isIndex {
		return value.Value{}, false
	}
	if name, ok := rs.r.stateOutput(rest); ok {
		return s.steps(in.attrLow(name), rest[2:])
	}
	return s.steps(in.attrLow(rest[0].name), rest[1:])
}

// steps goes into a value; false if it can't have such a part.
func (s *scope) steps(v value.Value, steps []step) (value.Value, bool) {
	for _, st := range steps {
		var ok bool
		if v, ok = s.step(v, st); !ok {
			return value.Value{}, false
		}
	}
	return v, true
}

func (s *scope) step(v value.Value, st step) (value.Value, bool) {
	switch {
	case v.Alternatives() != nil:
		return s.stepAll(v, st)
	case v.IsUnset(), v.IsJSON(), v.Parts() != nil:
		return value.Value{}, false
	case v.IsUnknown():
		return s.stepUnknown(v, st), true
	case v.Kind() == value.KindList:
		return s.stepList(v, st)
	case v.Kind() == value.KindObject:
		if st.isIndex {
			st.name = strconv.Itoa(st.index)
		}
		for _, f := range v.Fields() {
			if f.Name == st.name {
				return f.Value, true
			}
		}
		if v.IsOpen() {
			return openPart(v), true
		}
	}
	return value.Value{}, false
}

// stepAll goes into each of several values. Those that have no such part are
// not the one, or the run would fail.
func (s *scope) stepAll(v value.Value, st step) (value.Value, bool) {
	var outs []value.Value
	for _, alt := range v.Alternatives() {
		if out, ok := s.step(alt, st); ok {
			outs = append(outs, out)
		}
	}
	if len(outs) == 0 {
		return value.Value{}, false
	}
	return value.OneOf(outs, v.Span(), v.Origin()), true
}

// stepUnknown goes into something that is not known. What refers to a whole
// instance then refers to its attribute.
func (s *scope) stepUnknown(v value.Value, st step) value.Value {
	refs := v.Refs()
	if len(refs) == 1 && refs[0].Attr == "" && refs[0].Unit == "" && !st.isIndex {
		if in := s.ev.instanceAt(refs[0].Addr); in != nil {
			return in.attrLow(st.name)
		}
	}
	out := value.OfUnknown(value.KindAny, v.Span(), v.Origin())
	if v.IsSensitive() {
		out = out.Sensitive()
	}
	for _, r := range refs {
		out = out.WithRefs(deeper(r, st))
	}
	return out
}

// deeper is a reference one step further in. Beyond the third element of a list
// of unknown length, element() may wrap around: which one is meant is open.
func deeper(r value.Ref, st step) value.Ref {
	switch {
	case r.Attr == "" && !st.isIndex:
		r.Attr = st.name
	case r.Attr != "":
		r.Attr += st.suffix()
	}
	return r
}

func (s *scope) stepList(v value.Value, st step) (value.Value, bool) {
	elems := v.Elems()
	if !st.isIndex {
		n, err := strconv.Atoi(st.name)
		if err != nil {
			// The instances of a block whose for_each is not known.
			if v.IsOpen() && len(elems) == 1 && elems[0].MayBeMissing() {
				return sure(elems[0]), true
			}
			return value.Value{}, false
		}
		st.index = n
	}
	if v.IsOpen() && len(elems) == 1 && elems[0].MayBeMissing() {
		return sure(elems[0]), true
	}
	for i, e := range elems {
		if e.MayBeMissing() {
			return anyElement(v), true
		}
		if i == st.index {
			return e, true
		}
	}
	if v.IsOpen() {
		return openPart(v), true
	}
	return value.Value{}, false
}

// openPart is a part of an open list or object that is not listed. The symbolic
// element or field, if there is one, may be it.
func openPart(v value.Value) value.Value {
	out := []value.Value{value.OfUnknown(value.KindAny, v.Span(), v.Origin()).WithRefs(v.Refs()...)}
	for _, f := range v.Fields() {
		if f.Name == symbolicSuffix {
			out = append([]value.Value{sure(f.Value)}, out...)
		}
	}
	for _, e := range v.Elems() {
		if e.MayBeMissing() {
			out = append(out, sure(e))
		}
	}
	return value.OneOf(out, v.Span(), v.Origin())
}

// anyElement is one of the elements of a list, and of what else it may hold.
func anyElement(v value.Value) value.Value {
	var out []value.Value
	for _, e := range v.Elems() {
		out = append(out, sure(e))
	}
	for _, f := range v.Fields() {
		out = append(out, sure(f.Value))
	}
	if v.IsOpen() || len(out) == 0 {
		out = append(out, value.OfUnknown(value.KindAny, v.Span(), v.Origin()).WithRefs(v.Refs()...))
	}
	return value.OneOf(out, v.Span(), v.Origin())
}

// sure takes off that an element may not exist.
func sure(v value.Value) value.Value {
	if !v.MayBeMissing() {
		return v
	}
	bare := func(out value.Value) value.Value {
		out = out.WithRefs(v.Refs()...).From(v.Origin())
		if v.IsKnown() && v.IsOpen() {
			out = out.Opened()
		}
		if v.IsSensitive() {
			out = out.Sensitive()
		}
		if v.IsJSON() {
			out = out.AsJSON()
		}
		return out
	}
	switch {
	case v.State() == value.Null:
		return value.OfNull(v.Span())
	case v.Alternatives() != nil:
		return bare(value.OneOf(v.Alternatives(), v.Span(), v.Origin()))
	case v.Parts() != nil:
		return bare(value.OfParts(v.Parts(), v.Span()))
	case v.IsUnknown():
		return bare(value.OfUnknown(v.Kind(), v.Span(), v.Origin()))
	}
	switch v.Kind() {
	case value.KindList:
		return bare(value.OfList(v.Elems(), v.Span()))
	case value.KindObject:
		return bare(value.OfObject(v.Fields(), v.Span()))
	case value.KindBool:
		b, _ := v.Truth()
		return bare(value.OfBool(b, v.Span()))
	case value.KindNumber:
		return bare(value.OfNumber(v.Text(), v.Span()))
	case value.KindString:
		return bare(value.OfString(v.Text(), v.Span()))
	case value.KindAny:
	}
	return v
}
