package hcleval

import (
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// The functions that pick one of several values, or an element.

// coalesce is the first argument that is neither null nor empty.
func coalesce(s *scope, args []value.Value, at source.Span) (value.Value, bool) {
	return firstOf(s, args, at, func(v value.Value) (use, certain bool) {
		text, known := v.Str()
		return !v.IsUnset() && (!known || text != ""), !v.IsUnknown() || isFull(v)
	})
}

// coalesceList is the first argument that has elements.
func coalesceList(s *scope, args []value.Value, at source.Span) (value.Value, bool) {
	return firstOf(s, args, at, func(v value.Value) (use, certain bool) {
		if !isList(v) {
			return v.IsUnknown(), false
		}
		n := 0
		for _, e := range v.Elems() {
			if !e.MayBeMissing() {
				n++
			}
		}
		return len(v.Elems()) > 0 || v.IsOpen(), n > 0
	})
}

// firstOf returns the first argument that is used, or one of several where that
// is not certain.
func firstOf(s *scope, args []value.Value, at source.Span, test func(value.Value) (use, certain bool)) (value.Value, bool) {
	var may []value.Value
	var consider func(v value.Value) (decided bool)
	consider = func(v value.Value) bool {
		if v.Alternatives() != nil {
			all := true
			for _, alt := range v.Alternatives() {
				all = consider(alt) && all
			}
			return all
		}
		use, certain := test(v)
		if use {
			may = append(may, v)
		}
		return use && certain
	}
	for _, a := range args {
		if consider(a) {
			break
		}
	}
	switch len(may) {
	case 0:
		return value.Value{}, false
	case 1:
		return may[0], true
	}
	var whys []value.OriginID
	for _, v := range may {
		if v.IsUnknown() {
			whys = append(whys, v.Origin())
		}
	}
	return value.OneOf(may, at, s.ev.in.Origins.Join(whys...)), true
}

// one is the element of a list of at most one.
func one(s *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) != 1 {
		return value.Value{}, false
	}
	if out, ok, did := overAlternatives(args, at, func(a []value.Value) (value.Value, bool) { return one(s, a, at) }); did {
		return out, ok
	}
	v := args[0]
	if v.State() == value.Null {
		return value.OfNull(at), true
	}
	elems := v.Elems()
	switch {
	case !isList(v):
		return value.Value{}, false
	case len(elems) == 0 && !v.IsOpen():
		return value.OfNull(at), true
	case len(elems) == 1 && !elems[0].MayBeMissing():
		return elems[0], true
	case len(elems) == 1:
		return value.OneOf([]value.Value{sure(elems[0]), value.OfNull(at)}, at, s.whyMissing(v, elems[0])), true
	}
	return value.Value{}, false
}

// whyMissing is the reason for which an element may not be in its list.
func (s *scope) whyMissing(list, elem value.Value) value.OriginID {
	if o := list.Origin(); o != 0 {
		return o
	}
	return elem.Origin()
}

// elementAt is element(list, index), which wraps around.
func elementAt(s *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) != 2 {
		return value.Value{}, false
	}
	if out, ok, did := overAlternatives(args[:1], at, func(a []value.Value) (value.Value, bool) {
		return elementAt(s, []value.Value{a[0], args[1]}, at)
	}); did {
		return out, ok
	}
	list := args[0]
	if args[1].IsUnknown() {
		return s.anyOf(list, args[1])
	}
	n, ok := args[1].Int()
	if !ok {
		return value.Value{}, false
	}
	switch {
	case isList(list) && !list.IsOpen() && !anyMaybe(list.Elems()):
		elems := list.Elems()
		if len(elems) == 0 {
			return value.Value{}, false
		}
		i := int(n) % len(elems)
		if i < 0 {
			i += len(elems)
		}
		return elems[i], true
	case isList(list):
		if e := list.Elems(); n >= 0 && int(n) < len(e) && !anyMaybe(e[:n+1]) {
			return e[n], true
		}
		if e := list.Elems(); len(e) == 1 && e[0].MayBeMissing() {
			return sure(e[0]), true
		}
		return anyElement(list), true
	case list.IsUnknown() && n >= 0 && n < distinctZones:
		return s.step(list, step{index: int(n), isIndex: true})
	case list.IsUnknown():
		return value.OfUnknown(value.KindAny, list.Span(), list.Origin()).WithRefs(list.Refs()...), true
	}
	return value.Value{}, false
}

// distinctZones is the number of elements of a list of unknown length below
// which element(list, i) is taken to be list[i]. The lists on which that matters
// are those of availability zones: hardly a region has fewer than three
// (https://aws.amazon.com/about-aws/global-infrastructure/regions_az/).
const distinctZones = 3

// slice is a part of a list. Of a list of unknown length, the part has the
// length that was asked for, or the run would fail.
func slice(s *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) != 3 {
		return value.Value{}, false
	}
	if out, ok, did := overAlternatives(args[:1], at, func(a []value.Value) (value.Value, bool) {
		return slice(s, []value.Value{a[0], args[1], args[2]}, at)
	}); did {
		return out, ok
	}
	from, ok1 := args[1].Int()
	to, ok2 := args[2].Int()
	if !ok1 || !ok2 || from < 0 || to < from || to-from > maxSlice {
		return value.Value{}, false
	}
	list := args[0]
	switch {
	case isList(list):
		if e := list.Elems(); int(to) <= len(e) && !anyMaybe(e[:to]) {
			return value.OfList(e[from:to:to], at).From(list.Origin()), true
		}
		return value.Value{}, false
	case list.IsUnknown() && list.Parts() == nil:
		var elems []value.Value
		for i := from; i < to; i++ {
			e, ok := s.step(list, step{index: int(i), isIndex: true})
			if !ok {
				return value.Value{}, false
			}
			elems = append(elems, e)
		}
		return value.OfList(elems, at).From(list.Origin()), true
	}
	return value.Value{}, false
}

// maxSlice bounds the elements that slice makes out of nothing.
const maxSlice = 1_000

// lookup is a field of an object, or the third argument.
func lookup(s *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) < 2 {
		return value.Value{}, false
	}
	if out, ok, did := overAlternatives(args[:1], at, func(a []value.Value) (value.Value, bool) {
		return lookup(s, append(a, args[1:]...), at)
	}); did {
		return out, ok
	}
	key, ok := args[1].Str()
	if !ok || !isObject(args[0]) {
		return value.Value{}, false
	}
	var otherwise value.Value
	if len(args) > 2 {
		otherwise = args[2]
	}
	for _, f := range args[0].Fields() {
		if f.Name != key {
			continue
		}
		if f.Value.MayBeMissing() && !otherwise.IsAbsent() {
			return value.OneOf([]value.Value{sure(f.Value), otherwise}, at, args[0].Origin()), true
		}
		return sure(f.Value), true
	}
	switch {
	case args[0].IsOpen() && !otherwise.IsAbsent():
		return value.OneOf([]value.Value{openPart(args[0]), otherwise}, at, args[0].Origin()), true
	case args[0].IsOpen():
		return openPart(args[0]), true
	case otherwise.IsAbsent():
		return value.Value{}, false
	}
	return otherwise, true
}
