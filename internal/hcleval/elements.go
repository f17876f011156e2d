package hcleval

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// element is one element of a collection that something iterates over, with its
// key, in both forms.
type element struct {
	key, val       cty.Value
	keyLow, valLow value.Value
	maybe          bool
}

// elementsIn lists what iterating over an expression yields, and whether it may
// yield more; false if it can't be iterated over.
//
// Where the exact value is known, it says which elements there are and in which
// order, and lowering says where each was written. Else the lowered value says
// as much as is known.
func (s *scope) elementsIn(e hclsyntax.Expression) (elems []element, open bool, why value.OriginID, ok bool) {
	at := s.span(e.Range())
	low := s.lower(e)
	exact, good := s.quiet(e)
	bare, marks := exact.Unmark()
	if good && bare.IsKnown() {
		if bare.IsNull() || !bare.CanIterateElements() {
			return nil, false, 0, false
		}
		return s.exactElements(bare, marks, low, at), false, low.Origin(), true
	}
	elems, open, ok = s.lowElements(low, at, false)
	return elems, open, low.Origin(), ok
}

func (s *scope) exactElements(v cty.Value, marks cty.ValueMarks, low value.Value, at source.Span) []element {
	elems := make([]element, 0, v.LengthInt())
	set := v.Type().IsSetType()
	var ofSet setFinder
	if set {
		ofSet = s.ev.setFinder(low, at)
	}
	byPlace := low.Kind() == value.KindList && low.IsKnown() && !low.IsOpen() && !set &&
		len(low.Elems()) == v.LengthInt() && !anyMaybe(low.Elems())
	for it := v.ElementIterator(); it.Next(); {
		k, e := it.Element()
		e = inherit(e, marks)
		el := element{key: k, val: e}
		switch {
		case byPlace:
			el.valLow = low.Elems()[len(elems)]
		case set:
			el.valLow = ofSet.find(e)
		case k.Type() == cty.String:
			bareKey, _ := k.Unmark()
			if low.Kind() == value.KindObject && low.IsKnown() && !low.IsJSON() {
				el.valLow = low.Get(bareKey.AsString())
			}
		}
		if el.valLow.IsAbsent() || el.valLow.MayBeMissing() {
			el.valLow = s.ev.fromCty(e, at)
		}
		el.keyLow = s.ev.fromCty(k, at)
		if set {
			el.keyLow = el.valLow
		}
		elems = append(elems, el)
	}
	return elems
}

// setFinder finds the lowered elements of a set that equal exact ones.
type setFinder struct {
	ev     *evaluator
	at     source.Span
	elems  []value.Value
	byText map[string]value.Value
}

func (ev *evaluator) setFinder(low value.Value, at source.Span) setFinder {
	f := setFinder{ev: ev, at: at, byText: map[string]value.Value{}}
	if low.Kind() != value.KindList || !low.IsKnown() {
		return f
	}
	for _, l := range low.Elems() {
		text, plain := l.Str()
		if _, there := f.byText[text]; !plain || l.MayBeMissing() {
			f.elems = append(f.elems, l)
		} else if !there {
			f.byText[text] = l
		}
	}
	return f
}

func (f setFinder) find(e cty.Value) value.Value {
	exact := f.ev.fromCty(e, f.at)
	if text, ok := exact.Str(); ok {
		if l, ok := f.byText[text]; ok && l.Equal(exact) {
			return l
		}
	}
	for _, l := range f.elems {
		if l.Equal(exact) {
			return l
		}
	}
	return exact
}

// lowElements lists the elements of a lowered collection. Those of one of
// several collections may all be missing.
func (s *scope) lowElements(v value.Value, at source.Span, maybe bool) (elems []element, open, ok bool) {
	add := func(key, val value.Value, missing bool) {
		elems = append(elems, element{key: s.ev.toCty(key), val: s.ev.toCty(val), keyLow: key, valLow: val, maybe: missing})
	}
	switch {
	case v.Alternatives() != nil:
		for _, alt := range v.Alternatives() {
			more, o, good := s.lowElements(alt, at, true)
			elems, open, ok = append(elems, more...), open || o, ok || good
		}
		return elems, open, ok
	case v.IsUnset(), v.IsJSON(), v.Parts() != nil:
		return nil, false, false
	case v.IsUnknown():
		add(value.OfUnknown(value.KindAny, at, v.Origin()), sameUnknown(v), true)
		return elems, true, v.Kind() == value.KindAny || v.Kind() == value.KindList || v.Kind() == value.KindObject
	case v.Kind() == value.KindList:
		certain := true
		for i, e := range v.Elems() {
			key := value.OfInt(int64(i), at)
			if certain = certain && !e.MayBeMissing(); !certain {
				key = value.OfUnknown(value.KindAny, at, v.Origin())
			}
			add(key, sure(e), maybe || e.MayBeMissing())
		}
	case v.Kind() == value.KindObject:
		for _, f := range v.Fields() {
			key := value.OfString(f.Name, f.Span)
			if f.Name == symbolicSuffix {
				key = value.OfUnknown(value.KindString, at, v.Origin())
			}
			add(key, sure(f.Value), maybe || f.Value.MayBeMissing())
		}
	default:
		return nil, false, false
	}
	if v.IsOpen() && len(elems) == 0 {
		add(value.OfUnknown(value.KindAny, at, v.Origin()), sameUnknown(v), true)
	}
	return elems, v.IsOpen(), true
}

// loop lowers a for expression.
func (s *scope) loop(x *hclsyntax.ForExpr) (value.Value, bool) {
	elems, open, why, ok := s.elementsIn(x.CollExpr)
	if !ok {
		return value.Value{}, false
	}
	if s.ev.budget -= len(elems); s.ev.budget < 0 {
		return value.Value{}, false // the exact evaluation reports it
	}
	r := loopResult{s: s, x: x, open: open, index: map[string]int{}}
	for _, el := range elems {
		frames := []frame{{name: x.ValVar, cty: el.val, low: el.valLow}}
		if x.KeyVar != "" {
			frames = append(frames, frame{name: x.KeyVar, cty: el.key, low: el.keyLow})
		}
		if !r.step(s.with(frames), el.maybe) {
			return value.Value{}, false
		}
	}
	return r.value(s.span(x.SrcRange), why), true
}

// loopResult collects what the steps of a for expression yield.
type loopResult struct {
	s      *scope
	x      *hclsyntax.ForExpr
	elems  []value.Value
	fields []value.Field
	index  map[string]int
	open   bool
	why    value.OriginID
}

// step evaluates the expression for one element; false if it is faulty.
func (r *loopResult) step(in *scope, maybe bool) bool {
	if r.x.CondExpr != nil {
		c, ok := in.quiet(r.x.CondExpr)
		bare, _ := c.Unmark()
		b, err := convert.Convert(bare, cty.Bool)
		switch {
		case !ok || err != nil || b.IsKnown() && b.IsNull():
			return false
		case !b.IsKnown():
			maybe = true
			r.why = in.ev.in.Origins.Join(append([]value.OriginID{r.why}, in.ev.read(deep(c)).origins...)...)
		case b.False():
			return true
		}
	}
	v := in.lower(r.x.ValExpr)
	if maybe {
		v = v.Maybe()
	}
	if r.x.KeyExpr == nil {
		r.elems = append(r.elems, v)
		return true
	}
	key := in.lower(r.x.KeyExpr)
	name, known := key.Str()
	if !known {
		if key.IsKnown() || key.IsUnset() {
			return false
		}
		name, r.open = symbolicSuffix, true
		v = v.Maybe()
		r.why = in.ev.in.Origins.Join(r.why, key.Origin())
	}
	r.put(name, key.Span(), v)
	return true
}

// put adds a field; a group adds to what is there.
func (r *loopResult) put(name string, at source.Span, v value.Value) {
	i, there := r.index[name]
	switch {
	case !there:
		if r.x.Group {
			v = value.OfList([]value.Value{v}, at)
		}
		r.index[name] = len(r.fields)
		r.fields = append(r.fields, value.Field{Name: name, Span: at, Value: v})
	case r.x.Group:
		old := r.fields[i].Value
		r.fields[i].Value = value.OfList(append(append([]value.Value(nil), old.Elems()...), v), old.Span())
	case name == symbolicSuffix || v.MayBeMissing() || r.fields[i].Value.MayBeMissing():
		out := value.OneOf([]value.Value{sure(r.fields[i].Value), sure(v)}, at, r.why)
		if v.MayBeMissing() && r.fields[i].Value.MayBeMissing() {
			out = out.Maybe()
		}
		r.fields[i].Value = out
	default:
		r.fields[i].Value = v
	}
}

func (r *loopResult) value(at source.Span, why value.OriginID) value.Value {
	out := value.OfList(r.elems, at)
	if r.x.KeyExpr != nil {
		out = value.OfObject(r.fields, at)
	}
	if r.open {
		out = out.Opened()
	}
	if why = r.s.ev.in.Origins.Join(r.why, why); why != 0 {
		out = out.From(why)
	}
	return out
}
