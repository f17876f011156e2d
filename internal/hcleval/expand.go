package hcleval

import (
	"math/big"
	"strconv"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// maxInstances is how many instances of one block are made. The address space
// beyond is covered by a symbolic one.
const maxInstances = 10_000

// maxMade is how many instances of modules and resources one configuration has.
const maxMade = 200_000

// expansion says which instances a block has.
type expansion struct {
	mode expandMode
	// keys are the instances; a symbolic one if count or for_each is not known.
	keys     []instKey
	symbolic bool
	// why is the reason for which count or for_each is not known.
	why value.OriginID
	// refs is what an unknown count or for_each depends on.
	refs []value.Ref
	// places finds the keys by their suffixes, where there are many.
	places map[string]int
	// addrs are the addresses of the instances, once they were asked for.
	addrs []string
}

// single is the expansion of a block that is there once.
var single = &expansion{keys: []instKey{{exists: tri.True}}}

// addresses are those of the instances of a block. Worlds that share the
// expansion share them.
func (x *expansion) addresses(of thing) []string {
	addr := of.String()
	if x == single {
		return []string{addr}
	}
	if x.addrs == nil {
		x.addrs = make([]string, len(x.keys))
		for i, k := range x.keys {
			x.addrs[i] = addr + k.suffix
		}
	}
	return x.addrs
}

type expandMode uint8

const (
	alone expandMode = iota
	byCount
	byKey
)

// instKey is one instance: the suffix of its address, and what count or each
// are within it.
type instKey struct {
	suffix string
	name   string // the key of for_each
	index  int
	frames []frame
	exists tri.Bool
}

// symbolicSuffix ends the address of what stands for all instances.
const symbolicSuffix = "[*]"

// repetition is what says how many instances a block has: count, for_each, or
// enabled in its lifecycle (https://opentofu.org/docs/language/meta-arguments/enabled/).
type repetition struct{ count, forEach, enabled *attribute }

// written returns those that are given.
func (r repetition) written() []*attribute {
	var out []*attribute
	for _, a := range []*attribute{r.count, r.forEach} {
		if a != nil {
			out = append(out, a)
		}
	}
	return out
}

// expand works out the instances of a block in module m.
func (m *module) expand(r repetition, what thing) *expansion {
	switch {
	case r.count != nil:
		return m.expandCount(r.count, what)
	case r.forEach != nil:
		return m.expandEach(r.forEach, what)
	case r.enabled != nil:
		return m.expandEnabled(r.enabled, what)
	}
	return single
}

// afford counts the instances of a block among those of the configuration. Where there
// are too many, one that may exist stands for all of them: modules that are called a
// thousand times by modules that are called a thousand times are a million.
func (m *module) afford(x *expansion, r repetition, name thing, at source.Span) *expansion {
	m.ev.made += len(x.keys)
	if m.ev.made <= maxMade || len(x.keys) < 2 {
		return x
	}
	m.ev.say(source.Warning, codeLimit, at, "%s has %d instances, with which the configuration has more than %d: they are treated as one that may exist",
		name, len(x.keys), maxMade)
	m.ev.made -= len(x.keys) - 1
	if r.count != nil {
		return m.symbolicCount(r.count)
	}
	return m.symbolicEach(r.forEach)
}

// expandEnabled is the expansion of a block that is there or not, and has no
// index either way.
func (m *module) expandEnabled(a *attribute, name thing) *expansion {
	v, _ := m.scope.eval(a.expr).UnmarkDeep()
	b, err := convert.Convert(v, cty.Bool)
	switch {
	case err != nil || b.IsKnown() && b.IsNull():
		m.ev.say(source.Warning, codeEvaluation, spanOf(a.expr.Range()), "enabled of %s is neither true nor false", name)
	case b.IsKnown() && b.True():
		return single
	case b.IsKnown():
		return &expansion{}
	}
	low := m.scope.lowerAttr(a)
	return &expansion{why: low.Origin(), refs: refsIn(low), keys: []instKey{{exists: tri.Unknown}}}
}

func (m *module) expandCount(a *attribute, name thing) *expansion {
	at := spanOf(a.expr.Range())
	v, _ := m.scope.eval(a.expr).UnmarkDeep()
	n, err := convert.Convert(v, cty.Number)
	if err == nil && n.IsKnown() && !n.IsNull() {
		x := &expansion{mode: byCount}
		total, acc := n.AsBigFloat().Int64()
		if acc != big.Exact || total < 0 {
			m.ev.say(source.Warning, codeEvaluation, at, "the count of %s is not a whole number", name)
			return m.symbolicCount(a)
		}
		for i := range int(min(total, maxInstances)) {
			x.keys = append(x.keys, countKey(i, at))
		}
		if total > maxInstances {
			m.tooMany(name, at, total)
			x.keys = append(x.keys, m.symbolicCount(a).keys...)
		}
		return x
	}
	if err != nil || n.IsKnown() {
		m.ev.say(source.Warning, codeEvaluation, at, "the count of %s is not a number", name)
	}
	return m.symbolicCount(a)
}

func (m *module) tooMany(name thing, at source.Span, total int64) {
	m.ev.say(source.Warning, codeLimit, at, "%s has %d instances; those beyond %d are treated as one that may exist", name, total, maxInstances)
}

func countKey(i int, at source.Span) instKey {
	n := cty.NumberIntVal(int64(i))
	return instKey{suffix: "[" + strconv.Itoa(i) + "]", index: i, exists: tri.True, frames: []frame{
		objectFrame("count", []string{"index"}, []cty.Value{n}, []value.Value{value.OfInt(int64(i), at)})}}
}

// symbolicCount is the expansion of a count that is not known. Where it can
// only be 0 or 1, the index is 0.
func (m *module) symbolicCount(a *attribute) *expansion {
	low := m.scope.lowerAttr(a)
	x := &expansion{mode: byCount, symbolic: true, why: low.Origin(), refs: refsIn(low)}
	atMostOne := low.Alternatives() != nil
	for _, alt := range low.Alternatives() {
		n, ok := alt.Int()
		atMostOne = atMostOne && ok && n <= 1
	}
	index, lowIndex := cty.UnknownVal(cty.Number).RefineNotNull().Mark(mark{originMark, uint32(x.why)}),
		value.OfUnknown(value.KindNumber, low.Span(), x.why)
	if atMostOne {
		index, lowIndex = cty.NumberIntVal(0), value.OfInt(0, low.Span())
	}
	x.keys = []instKey{{suffix: symbolicSuffix, exists: tri.Unknown, frames: []frame{
		objectFrame("count", []string{"index"}, []cty.Value{index}, []value.Value{lowIndex})}}}
	return x
}

func (m *module) expandEach(a *attribute, name thing) *expansion {
	at := spanOf(a.expr.Range())
	v, marks := m.scope.eval(a.expr).Unmark()
	t := v.Type()
	switch {
	case !v.IsKnown():
		return m.symbolicEach(a)
	case v.IsNull(), !t.IsSetType() && !t.IsMapType() && !t.IsObjectType():
		m.ev.say(source.Warning, codeEvaluation, at, "the for_each of %s is neither a map nor a set of strings", name)
		return m.symbolicEach(a)
	}
	lowered := loweredEach(m.scope.lowerAttr(a))
	x := &expansion{mode: byKey}
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		k, _ = k.UnmarkDeep()
		if !k.IsKnown() || k.IsNull() || k.Type() != cty.String {
			if k.IsKnown() {
				m.ev.say(source.Warning, codeEvaluation, at, "the for_each of %s is not a set of strings", name)
			}
			return m.symbolicEach(a)
		}
		if len(x.keys) == maxInstances {
			m.tooMany(name, at, int64(v.LengthInt()))
			x.keys = append(x.keys, m.symbolicEach(a).keys...)
			break
		}
		e = inherit(e, marks)
		key := k.AsString()
		elem, ok := lowered[key]
		if !ok {
			elem = m.ev.fromCty(e, at)
		}
		x.keys = append(x.keys, m.eachKey(key, e, elem, at))
	}
	return x
}

// inherit gives an element the origin of its collection, if it has none.
func inherit(e cty.Value, marks cty.ValueMarks) cty.Value {
	if e.IsMarked() || len(marks) == 0 {
		return e
	}
	for m := range marks {
		if o, ok := m.(mark); !ok || o.kind == originMark {
			e = e.Mark(m)
		}
	}
	return e
}

// loweredEach finds the lowered elements of the collection of a for_each by key.
func loweredEach(low value.Value) map[string]value.Value {
	out := map[string]value.Value{}
	switch {
	case !low.IsKnown() || low.IsJSON():
	case low.Kind() == value.KindObject:
		for _, f := range low.Fields() {
			if _, there := out[f.Name]; !there && !f.Value.IsAbsent() {
				out[f.Name] = f.Value
			}
		}
	case low.Kind() == value.KindList:
		for _, v := range low.Elems() {
			s, ok := v.Str()
			if _, there := out[s]; ok && !there {
				out[s] = v
			}
		}
	}
	return out
}

func (m *module) eachKey(key string, e cty.Value, low value.Value, at source.Span) instKey {
	return instKey{suffix: keySuffix(key), name: key, exists: tri.True, frames: []frame{
		objectFrame("each", []string{"key", "value"}, []cty.Value{cty.StringVal(key), e},
			[]value.Value{value.OfString(key, at).From(low.Origin()), low})}}
}

// symbolicEach is the expansion of a for_each that is not known. What is known
// of its elements, each.key and each.value may be.
func (m *module) symbolicEach(a *attribute) *expansion {
	at := spanOf(a.expr.Range())
	low := m.scope.lowerAttr(a)
	x := &expansion{mode: byKey, symbolic: true, why: low.Origin(), refs: refsIn(low)}
	keys, values, open := candidates(low)
	if open {
		keys = append(keys, value.OfUnknown(value.KindString, at, x.why))
		values = append(values, value.OfUnknown(value.KindAny, at, x.why).WithRefs(low.Refs()...))
	}
	key, val := value.OneOf(keys, at, x.why), value.OneOf(values, at, x.why)
	x.keys = []instKey{{suffix: symbolicSuffix, exists: tri.Unknown, frames: []frame{
		objectFrame("each", []string{"key", "value"}, []cty.Value{m.ev.toCty(key), m.ev.toCty(val)}, []value.Value{key, val})}}}
	return x
}

// candidates lists what the elements of a collection may be, and whether there
// may be others. There is at least one, or others.
func candidates(v value.Value) (keys, values []value.Value, open bool) {
	var add func(v value.Value)
	add = func(v value.Value) {
		switch {
		case v.Alternatives() != nil:
			for _, alt := range v.Alternatives() {
				add(alt)
			}
		case v.IsUnset():
		case v.Kind() == value.KindObject && v.IsKnown():
			open = open || v.IsOpen()
			for _, f := range v.Fields() {
				key := value.OfString(f.Name, f.Span)
				if f.Name == symbolicSuffix {
					key = value.OfUnknown(value.KindString, f.Span, v.Origin())
				}
				keys = append(keys, key)
				values = append(values, sure(f.Value))
			}
		case v.Kind() == value.KindList && v.IsKnown():
			open = open || v.IsOpen()
			for _, e := range v.Elems() {
				keys = append(keys, e)
				values = append(values, e)
			}
		default:
			open = true
		}
	}
	add(v)
	return keys, values, open || len(keys) == 0
}

// refsIn lists the references of a value and of everything in it.
func refsIn(v value.Value) []value.Ref {
	var out []value.Ref
	seen := map[value.Ref]bool{}
	var walk func(v value.Value)
	walk = func(v value.Value) {
		for _, r := range v.Refs() {
			if !seen[r] {
				seen[r] = true
				out = append(out, r)
			}
		}
		for _, vs := range [][]value.Value{v.Alternatives(), v.Parts(), v.Elems()} {
			for _, e := range vs {
				walk(e)
			}
		}
		for _, f := range v.Fields() {
			walk(f.Value)
		}
	}
	walk(v)
	return out
}

// collect makes the value of a block from those of its instances. Where they
// are not known it is a list, map or object of unknown size that refers to the
// symbolic instance.
func (x *expansion) collect(objects []cty.Value) cty.Value {
	switch {
	case x.mode == alone && len(objects) == 1:
		return objects[0]
	case x.mode == alone:
		return cty.NullVal(cty.DynamicPseudoType) // disabled
	case x.symbolic || len(objects) > maxInstances:
		return x.unknownCollection(objects)
	case x.mode == byCount:
		return cty.TupleVal(objects)
	case x.mode == byKey:
		attrs := make(map[string]cty.Value, len(objects))
		for i, k := range x.keys {
			attrs[k.name] = objects[i]
		}
		return cty.ObjectVal(attrs)
	}
	return cty.DynamicVal
}

func (x *expansion) unknownCollection(objects []cty.Value) cty.Value {
	marks := deep(objects[len(objects)-1])
	if marks == nil {
		marks = cty.ValueMarks{}
	}
	if x.why != 0 {
		marks[mark{originMark, uint32(x.why)}] = struct{}{}
	}
	t := objects[len(objects)-1].Type()
	if t.HasDynamicTypes() {
		return cty.DynamicVal.WithMarks(marks)
	}
	if x.mode == byCount {
		return cty.UnknownVal(cty.List(t)).RefineNotNull().WithMarks(marks)
	}
	return cty.UnknownVal(cty.Map(t)).RefineNotNull().WithMarks(marks)
}

// collectLow is the same for lowered values. The symbolic instance is an element
// that may not exist, of a collection that may hold more.
func (x *expansion) collectLow(objects []value.Value, at source.Span) value.Value {
	if x.mode == alone && len(objects) == 1 {
		return objects[0]
	}
	if x.mode == alone {
		return value.OfNull(at) // disabled
	}
	open := x.symbolic || len(objects) > maxInstances
	if open {
		objects[len(objects)-1] = objects[len(objects)-1].Maybe()
	}
	var out value.Value
	if x.mode == byCount || x.symbolic {
		out = value.OfList(objects, at)
	} else {
		fields := make([]value.Field, len(objects))
		for i, k := range x.keys {
			fields[i] = value.Field{Name: k.name, Value: objects[i]}
			if k.suffix == symbolicSuffix {
				fields[i].Name = symbolicSuffix
			}
		}
		out = value.OfObject(fields, at)
	}
	if open {
		out = out.Opened().From(x.why)
	}
	return out
}
