package hcleval

import (
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// The functions that make collections of collections.

// merge overlays objects. Behind one that is not known, a field may have been
// replaced by anything.
func merge(s *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if out, ok, did := overAlternatives(args, at, func(a []value.Value) (value.Value, bool) { return merge(s, a, at) }); did {
		return out, ok
	}
	var fields []value.Field
	index := map[string]int{}
	var refs []value.Ref
	var whys, froms []value.OriginID
	open := false
	for _, a := range args {
		switch {
		case a.State() == value.Null:
			continue
		case !isObject(a) && !a.IsUnknown(), a.Parts() != nil:
			return value.Value{}, false
		}
		froms = append(froms, a.Origin())
		if a.IsUnknown() || a.IsOpen() {
			open = true
			whys = append(whys, a.Origin())
			refs = append(refs, a.Refs()...)
			for i := range fields {
				fields[i].Value = maybeReplaced(fields[i].Value, a)
			}
		}
		for _, f := range a.Fields() {
			i, there := index[f.Name]
			switch {
			case !there:
				index[f.Name] = len(fields)
				fields = append(fields, f)
			case f.Value.MayBeMissing():
				fields[i].Value = value.OneOf([]value.Value{fields[i].Value, sure(f.Value)}, fields[i].Value.Span(), a.Origin())
			default:
				fields[i] = f
			}
		}
	}
	out := value.OfObject(fields, at).WithRefs(refs...)
	if open {
		return out.Opened().From(s.ev.in.Origins.Join(whys...)), true
	}
	return out.From(s.ev.in.Origins.Join(froms...)), true
}

// maybeReplaced is a field that an unknown object may have replaced.
func maybeReplaced(v, by value.Value) value.Value {
	replaced := value.OfUnknown(value.KindAny, by.Span(), by.Origin()).WithRefs(by.Refs()...)
	out := value.OneOf([]value.Value{sure(v), replaced}, v.Span(), by.Origin())
	if v.MayBeMissing() {
		out = out.Maybe()
	}
	return out
}

// concat joins lists. What is in a list that is not known stays open.
func concat(s *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if out, ok, did := overAlternatives(args, at, func(a []value.Value) (value.Value, bool) { return concat(s, a, at) }); did {
		return out, ok
	}
	var elems []value.Value
	var whys, froms []value.OriginID
	open := false
	for _, a := range args {
		switch {
		case isList(a):
			elems = append(elems, a.Elems()...)
		case a.IsUnknown() && a.Parts() == nil:
			elems = append(elems, sameUnknown(a).Maybe())
		default:
			return value.Value{}, false
		}
		froms = append(froms, a.Origin())
		if a.IsOpen() {
			open = true
			whys = append(whys, a.Origin())
		}
	}
	out := value.OfList(elems, at)
	if open {
		return out.Opened().From(s.ev.in.Origins.Join(whys...)), true
	}
	return out.From(s.ev.in.Origins.Join(froms...)), true
}

// flatten replaces lists in a list by their elements, at all depths.
func flatten(s *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) != 1 {
		return value.Value{}, false
	}
	if out, ok, did := overAlternatives(args, at, func(a []value.Value) (value.Value, bool) { return flatten(s, a, at) }); did {
		return out, ok
	}
	if !isList(args[0]) {
		return args[0], args[0].IsUnknown() && args[0].Kind() == value.KindList
	}
	var elems []value.Value
	open := args[0].IsOpen()
	var add func(vs []value.Value, maybe bool)
	add = func(vs []value.Value, maybe bool) {
		for _, v := range vs {
			missing := maybe || v.MayBeMissing()
			switch {
			case isList(v):
				open = open || v.IsOpen()
				add(v.Elems(), missing)
				continue
			case v.Alternatives() != nil:
				add(v.Alternatives(), true)
				continue
			case v.IsUnknown() && (v.Kind() == value.KindAny || v.Kind() == value.KindList):
				open, missing = true, true // it may be a list of any length
				v = sameUnknown(v)
			}
			if missing {
				v = v.Maybe()
			}
			elems = append(elems, v)
		}
	}
	add(args[0].Elems(), false)
	out := value.OfList(elems, at).From(args[0].Origin())
	if open {
		out = out.Opened()
	}
	return out, true
}

// compact drops nulls and empty strings.
func compact(_ *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) != 1 || !isList(args[0]) {
		return value.Value{}, false
	}
	var elems []value.Value
	for _, v := range args[0].Elems() {
		text, known := v.Str()
		switch {
		case v.IsUnset(), known && text == "":
			continue
		case v.Alternatives() != nil:
			var full []value.Value
			for _, alt := range v.Alternatives() {
				if t, ok := alt.Str(); !alt.IsUnset() && (!ok || t != "") {
					full = append(full, alt)
				}
			}
			if len(full) == 0 {
				continue
			}
			if len(full) < len(v.Alternatives()) || !allFull(full) {
				v = value.OneOf(full, v.Span(), v.Origin()).Maybe()
			}
		case v.IsUnknown() && !isFull(v):
			v = v.Maybe()
		}
		elems = append(elems, v)
	}
	out := value.OfList(elems, at).From(args[0].Origin())
	if args[0].IsOpen() {
		out = out.Opened()
	}
	return out, true
}

func allFull(vs []value.Value) bool {
	for _, v := range vs {
		if v.IsUnknown() && !isFull(v) {
			return false
		}
	}
	return true
}

// isFull reports that an unknown value is neither null nor empty.
func isFull(v value.Value) bool {
	return v.Prefix() != "" || v.Parts() == nil && identifies(v.Refs())
}

func distinctOf(_ *scope, args []value.Value, _ source.Span) (value.Value, bool) {
	if len(args) != 1 || !isList(args[0]) {
		return value.Value{}, false
	}
	return distinct(args[0]), true
}

// values lists the values of a map in order of key.
func values(_ *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) != 1 || !isObject(args[0]) {
		return value.Value{}, false
	}
	byName := map[string]value.Value{}
	for _, f := range args[0].Fields() {
		byName[f.Name] = f.Value
	}
	var elems []value.Value
	for _, name := range sortedKeys(byName) {
		elems = append(elems, byName[name])
	}
	out := value.OfList(elems, at).From(args[0].Origin())
	if args[0].IsOpen() {
		out = out.Opened()
	}
	return out, true
}
