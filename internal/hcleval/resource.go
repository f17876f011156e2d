package hcleval

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// resourceState is a resource or data block within a module instance.
type resourceState struct {
	m    *module
	r    *resource
	exp  *expansion
	st   state
	inst []*instance
	// reads are the inputs that exp depends on.
	reads inputs
	// vals are the values of the block restricted to one attribute, or "" for all.
	vals map[string]memo
	low  *symbol // of the block as a whole, where anybody reads it so
}

// instance is one instance of a resource.
type instance struct {
	rs     *resourceState
	addr   string
	exists tri.Bool
	why    value.OriginID
	scope  *scope
	attrs  map[string]*symbol
	memo   *instanceMemo
}

// resourceOf returns the state of a block, expanding it at first use.
func (m *module) resourceOf(r *resource) *resourceState {
	rs := m.resources[r.key]
	if rs == nil {
		rs = &resourceState{m: m, r: r}
		m.resources[r.key] = rs
	}
	if rs.st == untouched {
		name := thing{m.path, "", r.key}
		if !m.ev.enter(&rs.st, name, r.block.span) {
			return rs
		}
		rs.exp, rs.reads = m.expandTracked(r.repetition, name)
		rs.exp = m.afford(rs.exp, r.repetition, name, r.block.span)
		rs.inst = make([]*instance, len(rs.exp.keys))
		made := make([]instance, len(rs.exp.keys))
		for i, addr := range rs.exp.addresses(name) {
			k, in := &rs.exp.keys[i], &made[i]
			*in = instance{rs: rs, addr: addr, exists: tri.And(m.exists, k.exists), why: m.existsWhy, scope: m.scope.with(k.frames)}
			if k.exists != tri.True {
				in.why = m.ev.in.Origins.Join(m.existsWhy, rs.exp.why)
			}
			rs.inst[i] = in
			m.ev.whole[addr] = in
		}
		m.ev.leave(&rs.st)
	}
	m.ev.reads |= rs.reads
	return rs
}

// value is what "aws_vpc.main" stands for in an expression that reads one
// attribute of it, or any ("").
func (rs *resourceState) value(only string) cty.Value {
	if rs.exp == nil { // in a cycle
		return rs.m.ev.invalid(rs.m.nameOf(rs.r.key), "refers to itself", rs.r.block.span)
	}
	return rs.m.collected(&rs.vals, rs.r.key, only, func() cty.Value {
		rs.m.ev.reads |= rs.reads // of how many there are
		objects := make([]cty.Value, len(rs.inst))
		for i, in := range rs.inst {
			objects[i] = in.object(only)
		}
		return rs.exp.collect(objects)
	})
}

// whole lowers the block: references to its instances.
func (rs *resourceState) whole() value.Value {
	if rs.exp == nil {
		return rs.m.ev.fromCty(rs.value(""), rs.r.block.span)
	}
	if rs.low == nil {
		rs.low = &symbol{}
	}
	return rs.m.ev.lowOf(rs.low, thing{rs.m.path, "", rs.r.key}, rs.r.block.span, func() value.Value {
		rs.m.ev.reads |= rs.reads
		refs := make([]value.Value, len(rs.inst))
		for i, in := range rs.inst {
			refs[i] = in.ref("", value.KindObject)
		}
		return rs.exp.collectLow(refs, rs.r.block.span)
	})
}

// ref is an attribute, or the whole ("") of an instance, that is not known
// before it exists.
func (in *instance) ref(attr string, k value.Kind) value.Value {
	v := value.OfUnknown(k, in.rs.r.block.span, in.computed(attr)).WithRefs(value.Ref{Addr: in.addr, Attr: attr})
	if alwaysGiven[attr] && isAWS(in.addr) {
		return v.Given()
	}
	return v
}

// alwaysGiven are attributes by which everything that has them is known: what
// they are is open, that they are is not.
var alwaysGiven = map[string]bool{"id": true, "arn": true, "key_id": true, "key_arn": true, "target_key_id": true, "target_key_arn": true}

// computed is the reason for which an attribute is not known.
func (in *instance) computed(attr string) value.OriginID {
	o := value.Origin{Kind: value.Computed, Name: in.addr, Span: in.rs.r.block.span.Head()}
	if in.rs.r.data {
		o.Kind = value.DataSource
	}
	if attr != "" {
		o.Name += "." + attr
	}
	return in.rs.m.ev.in.Origins.Add(o)
}

// attributeStep is the origin of an attribute that the configuration gives.
func (in *instance) attributeStep(a *attribute) value.Origin {
	return value.Origin{Kind: value.Attribute, Name: in.addr + "." + a.name, Span: spanOf(a.expr.Range())}
}

// object is the value of an instance, with the attribute that is read or with
// all that are ever read anywhere.
func (in *instance) object(only string) cty.Value {
	r := in.rs.r
	attrs := map[string]cty.Value{}
	if output, ok := strings.CutPrefix(only, statePrefix); ok && r.data && r.typ == remoteStateType {
		return cty.ObjectVal(map[string]cty.Value{"outputs": cty.ObjectVal(map[string]cty.Value{output: in.attr(only)})})
	}
	if only != "" {
		if _, ok := r.attrType(only); ok || r.body.index[only] != nil {
			attrs[only] = in.attr(only)
		} else {
			attrs[only] = in.unknownAttr(only, cty.DynamicPseudoType) // newer than the schema
		}
		return cty.ObjectVal(attrs)
	}
	for _, it := range r.body.items {
		attrs[it.name] = in.attr(it.name)
	}
	// In a fixed order: that of first use decides the order of references.
	for _, name := range in.rs.m.ev.in.Names.sorted {
		if _, ok := r.attrType(name); ok {
			attrs[name] = in.attr(name)
		}
	}
	attrs["id"] = in.attr("id")
	return cty.ObjectVal(attrs)
}

// symbol returns the symbol of an attribute.
func (in *instance) symbol(name string) *symbol {
	s := in.attrs[name]
	if s == nil {
		if in.attrs == nil {
			in.attrs = map[string]*symbol{}
		}
		s = &symbol{}
		in.attrs[name] = s
	}
	return s
}

// attr evaluates one attribute.
func (in *instance) attr(name string) cty.Value {
	ev := in.rs.m.ev
	s := in.symbol(name)
	return ev.ctyOf(s, thing{in.addr, "", name}, in.rs.r.block.span, func() cty.Value { return in.computeAttr(name) })
}

func (in *instance) computeAttr(name string) cty.Value {
	ev := in.rs.m.ev
	t, _ := in.rs.r.attrType(name)
	if v, ok := in.lookedUp(name); ok {
		return ev.toCty(v)
	}
	it := in.rs.r.body.index[name]
	if it == nil || it.attr == nil {
		return in.unknownAttr(name, t)
	}
	v := in.scope.eval(it.attr.expr)
	if c, err := convert.Convert(v, t); err == nil {
		v = c
	}
	bare, marks := v.Unmark()
	if bare.IsNull() {
		return in.unknownAttr(name, t) // null is as if nothing were written
	}
	if !bare.IsKnown() && !ev.passes(marks) {
		v = bare.WithMarks(originsOnly(marks))
	} else if !bare.IsKnown() {
		return ev.via(v, in.attributeStep(it.attr))
	}
	return ev.via(v, in.attributeStep(it.attr)).Mark(ev.refMark(value.Ref{Addr: in.addr, Attr: name}))
}

// unknownAttr is an attribute that the provider gives.
func (in *instance) unknownAttr(name string, t cty.Type) cty.Value {
	ev := in.rs.m.ev
	v := cty.UnknownVal(t)
	if t != cty.DynamicPseudoType && in.rs.r.neverNull(name) {
		v = v.RefineNotNull()
	}
	return v.WithMarks(cty.NewValueMarks(
		ev.refMark(value.Ref{Addr: in.addr, Attr: name}), mark{originMark, uint32(in.computed(name))}))
}

func originsOnly(marks cty.ValueMarks) cty.ValueMarks {
	out := cty.ValueMarks{}
	for m := range marks {
		if o, ok := m.(mark); !ok || o.kind == originMark {
			out[m] = struct{}{}
		}
	}
	return out
}

// attrLow lowers one attribute or group of blocks, as others see it.
func (in *instance) attrLow(name string) value.Value {
	ev := in.rs.m.ev
	s := in.symbol(name)
	return ev.lowOf(s, thing{in.addr, "", name}, in.rs.r.block.span, func() value.Value {
		t, _ := in.rs.r.attrType(name)
		if v, ok := in.lookedUp(name); ok {
			return v
		}
		it := in.rs.r.body.index[name]
		if it == nil {
			return in.ref(name, kindOf(t))
		}
		v := in.scope.lowerItem(it)
		if v.IsUnset() {
			return in.ref(name, kindOf(t))
		}
		r := value.Ref{Addr: in.addr, Attr: name}
		if it.attr == nil {
			return ownBlocks(v, r)
		}
		v = own(v, r)
		return ev.hop(v, in.attributeStep(it.attr))
	})
}

// node makes the graph node of an instance.
func (in *instance) node() *graph.Node {
	r, m := in.rs.r, in.rs.m
	n := &graph.Node{Mode: graph.Managed, Lang: graph.Terraform, Type: r.typ, Addr: in.addr, Name: r.name,
		Module: m.g, Exists: in.exists, ExistsWhy: in.why, Span: r.block.span}
	if r.data {
		n.Mode = graph.Data
	}
	n.Provider = m.providerFor(r, in.scope)
	if known := m.ev.memoOf(in); known != nil {
		n.Body = m.ev.again(&known.body, in.body)
		n.Meta = m.ev.again(&known.meta, in.meta)
	} else {
		n.Body, n.Meta = in.body(), in.meta()
	}
	return n
}

// body lowers the arguments and blocks, each by itself: those of one that
// depend on the world leave the others alone.
func (in *instance) body() value.Value {
	r, ev := in.rs.r, in.rs.m.ev
	known := ev.memoOf(in)
	return in.scope.lowerBodyWith(r.body, r.block.span, func(i int, it *item) value.Value {
		if known == nil {
			return in.scope.lowerItem(it)
		}
		return ev.again(&known.items[i], func() value.Value { return in.scope.lowerItem(it) })
	})
}

// meta lowers what Terraform itself makes of a block.
func (in *instance) meta() value.Value {
	r := in.rs.r
	fields := in.rs.m.metaFields(in.scope, r.dependsOn, r.repetition, len(in.rs.inst))
	if len(r.lifecycle) > 0 {
		fields = append(fields, in.scope.lifecycle(r.lifecycle[0]))
	}
	for _, it := range r.meta {
		fields = append(fields, value.Field{Name: it.name, Span: it.blocks[0].span, Value: in.scope.lowerBlocks(it.blocks)})
	}
	return value.OfObject(fields, r.block.span)
}

// manyInstances is from how many instances on each has only its own element of
// for_each, and not the collection: together they would have its square.
const manyInstances = 64

// metaFields lowers depends_on, count and for_each of one of so many instances. The
// latter two are those of the block, so they are lowered in the scope of the module.
func (m *module) metaFields(s *scope, dependsOn *attribute, r repetition, instances int) []value.Field {
	var fields []value.Field
	if dependsOn != nil {
		var refs []value.Value
		for _, e := range elementsOf(dependsOn) {
			refs = append(refs, m.dependency(s, e))
		}
		fields = append(fields, value.Field{Name: "depends_on", Span: dependsOn.nameSpan, Value: value.OfList(refs, dependsOn.span)})
	}
	for _, a := range r.written() {
		if each, ok := s.lookup("each"); ok && a == r.forEach && instances >= manyInstances {
			key, _ := each.low.Get("key").Str()
			own := value.OfObject([]value.Field{{Name: key, Span: a.nameSpan, Value: each.low.Get("value")}}, a.span)
			fields = append(fields, value.Field{Name: a.name, Span: a.nameSpan, Value: own})
			continue
		}
		fields = append(fields, value.Field{Name: a.name, Span: a.nameSpan, Value: m.scope.lowerAttr(a)})
	}
	return fields
}

// lifecycle lowers a lifecycle block. What it ignores are names, not values.
func (s *scope) lifecycle(b *block) value.Field {
	var fields []value.Field
	for _, it := range b.body.items {
		a := it.attr
		if a == nil {
			continue // conditions
		}
		f := value.Field{Name: it.name, Span: a.nameSpan}
		switch it.name {
		case "ignore_changes", "replace_triggered_by":
			var elems []value.Value
			for _, e := range elementsOf(a) {
				elems = append(elems, value.OfString(s.ev.pathText(e), spanOf(e.Range())))
			}
			if t, ok := traversalOf(a.expr); ok {
				elems = append(elems, value.OfString(t.RootName(), a.span)) // all
			}
			f.Value = value.OfList(elems, spanOf(a.expr.Range()))
		default:
			f.Value = s.lowerAttr(a)
		}
		fields = append(fields, f)
	}
	return value.Field{Name: "lifecycle", Span: source.Span{Pos: b.span.Pos, End: b.span.Pos + source.Pos(len("lifecycle"))},
		Value: value.OfObject(fields, b.span)}
}
