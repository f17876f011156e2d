package hcleval

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Functions that only move values about are lowered here, so that what they
// move keeps its place and what is known of it. All others have their exact value.

// lowering is the lowered form of a function; false if the exact value has to
// decide.
type lowering func(s *scope, args []value.Value, at source.Span) (value.Value, bool)

// loweringOf returns the lowered form of a function, or nil.
func loweringOf(name string) lowering {
	switch name {
	case "coalesce":
		return coalesce
	case "coalescelist":
		return coalesceList
	case "compact":
		return compact
	case "concat":
		return concat
	case "distinct":
		return distinctOf
	case "element":
		return elementAt
	case "flatten":
		return flatten
	case "format":
		return format
	case "join":
		return join
	case "jsondecode":
		return jsonDecode
	case "jsonencode":
		return jsonEncode
	case "lookup":
		return lookup
	case "merge":
		return merge
	case "one":
		return one
	case "sensitive":
		return sensitive
	case "slice":
		return slice
	case "tolist":
		return toList
	case "tomap":
		return toMap
	case "toset":
		return toSet
	case "values":
		return values
	}
	return nil
}

// call lowers a function call.
func (s *scope) call(x *hclsyntax.FunctionCallExpr) (value.Value, bool) {
	name := strings.TrimPrefix(x.Name, "core::")
	at := s.span(x.Range())
	switch name {
	case "try":
		return s.tryCall(x, at)
	case "templatefile":
		return s.templateFile(x, at)
	}
	f := s.ev.extra[name]
	if f == nil {
		f = loweringOf(name)
	}
	if f == nil {
		return value.Value{}, false
	}
	args := make([]value.Value, 0, len(x.Args))
	for i, a := range x.Args {
		v := s.lower(a)
		if !x.ExpandFinal || i < len(x.Args)-1 {
			args = append(args, v)
			continue
		}
		if v.Kind() != value.KindList || !v.IsKnown() || v.IsOpen() || anyMaybe(v.Elems()) {
			return value.Value{}, false
		}
		args = append(args, v.Elems()...)
	}
	out, ok := f(s, args, at)
	if !ok {
		return value.Value{}, false
	}
	for _, a := range args {
		if a.IsSensitive() {
			out = secret(out)
			break
		}
	}
	return out, true
}

// overAlternatives applies f with each alternative of the one argument that is
// one of several, and reports whether there is just one such argument.
func overAlternatives(args []value.Value, at source.Span, f func([]value.Value) (value.Value, bool)) (value.Value, bool, bool) {
	which := -1
	for i, a := range args {
		if a.Alternatives() == nil {
			continue
		}
		if which >= 0 {
			return value.Value{}, false, false
		}
		which = i
	}
	if which < 0 {
		return value.Value{}, false, false
	}
	var outs []value.Value
	for _, alt := range args[which].Alternatives() {
		with := append([]value.Value(nil), args...)
		with[which] = alt
		if out, ok := f(with); ok {
			outs = append(outs, out)
		}
	}
	if len(outs) == 0 {
		return value.Value{}, false, true
	}
	return value.OneOf(outs, at, args[which].Origin()), true, true
}

// isList and isObject report that the elements or fields of v can be listed.
func isList(v value.Value) bool   { return v.IsKnown() && v.Kind() == value.KindList && !v.IsJSON() }
func isObject(v value.Value) bool { return v.IsKnown() && v.Kind() == value.KindObject && !v.IsJSON() }

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

// join joins the elements of lists. A list of one that may not exist gives one
// of two strings.
func join(s *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) != 2 {
		return value.Value{}, false
	}
	sep, ok := args[0].Str()
	list := args[1]
	if out, good, did := overAlternatives(args[1:], at, func(a []value.Value) (value.Value, bool) {
		return join(s, []value.Value{args[0], a[0]}, at)
	}); did && ok {
		return out, good
	}
	if !ok || !isList(list) {
		return value.Value{}, false
	}
	elems := list.Elems()
	if len(elems) == 1 && elems[0].MayBeMissing() && list.IsOpen() && sep == "" {
		return value.OneOf([]value.Value{sure(elems[0]), value.OfString("", at)}, at, s.whyMissing(list, elems[0])), true
	}
	if list.IsOpen() || anyMaybe(elems) {
		return value.OfUnknown(value.KindString, at, list.Origin()).WithRefs(refsIn(list)...), true
	}
	var parts []value.Value
	for i, e := range elems {
		if i > 0 && sep != "" {
			parts = append(parts, value.OfString(sep, args[0].Span()))
		}
		parts = append(parts, e)
	}
	return s.joinParts(parts, at)
}

// format handles the verbs that put a value in as it is.
func format(s *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) == 0 {
		return value.Value{}, false
	}
	spec, ok := args[0].Str()
	if !ok {
		return value.Value{}, false
	}
	var parts []value.Value
	next := 1
	for {
		i := strings.IndexByte(spec, '%')
		if i < 0 || i+1 >= len(spec) {
			break
		}
		if i > 0 {
			parts = append(parts, value.OfString(spec[:i], args[0].Span()))
		}
		verb := spec[i+1]
		spec = spec[i+2:]
		switch verb {
		case '%':
			parts = append(parts, value.OfString("%", args[0].Span()))
		case 's', 'v', 'd':
			if next >= len(args) || args[next].IsUnset() || verb == 'd' && args[next].Kind() != value.KindNumber ||
				args[next].Kind() == value.KindAny && verb == 'v' {
				return value.Value{}, false
			}
			if _, scalar := args[next].Str(); args[next].IsKnown() && !scalar && !args[next].IsJSON() {
				return value.Value{}, false
			}
			if verb == 'd' && strings.Contains(args[next].Text(), ".") {
				return value.Value{}, false
			}
			parts = append(parts, args[next])
			next++
		default:
			return value.Value{}, false
		}
	}
	if next != len(args) || strings.Contains(spec, "%") {
		return value.Value{}, false
	}
	parts = append(parts, value.OfString(spec, args[0].Span()))
	return s.joinParts(parts, at)
}

// jsonEncode keeps what is encoded, as a value in the form of JSON.
func jsonEncode(_ *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) != 1 {
		return value.Value{}, false
	}
	return encoded(args[0], at)
}

// jsonDecode takes a value out of the form of JSON.
func jsonDecode(_ *scope, args []value.Value, at source.Span) (value.Value, bool) {
	if len(args) != 1 || !args[0].IsJSON() {
		return value.Value{}, false
	}
	v := args[0]
	out := value.OfList(v.Elems(), at)
	if v.Kind() == value.KindObject {
		out = value.OfObject(v.Fields(), at)
	}
	out = out.From(v.Origin()).WithRefs(v.Refs()...)
	if v.IsOpen() {
		out = out.Opened()
	}
	return out, true
}

func encoded(v value.Value, at source.Span) (value.Value, bool) {
	if v.Alternatives() != nil {
		var outs []value.Value
		for _, alt := range v.Alternatives() {
			out, ok := encoded(alt, at)
			if !ok {
				return value.Value{}, false
			}
			outs = append(outs, out)
		}
		return value.OneOf(outs, at, v.Origin()), true
	}
	switch {
	case isList(v), isObject(v):
		return v.At(at).AsJSON(), true
	case v.IsGiven() && v.Kind() == value.KindString:
		// An id or ARN, and no null: a text between quotes. It has nothing to escape.
		quote := value.OfString(`"`, at)
		return value.OfParts([]value.Value{quote, v, quote}, at), true
	}
	return value.Value{}, false
}

func sensitive(_ *scope, args []value.Value, _ source.Span) (value.Value, bool) {
	if len(args) != 1 {
		return value.Value{}, false
	}
	return secret(args[0]), true
}

func toList(_ *scope, args []value.Value, _ source.Span) (value.Value, bool) {
	return convertEach(args, func(v value.Value) (value.Value, bool) { return v, isList(v) })
}

func toSet(_ *scope, args []value.Value, _ source.Span) (value.Value, bool) {
	return convertEach(args, func(v value.Value) (value.Value, bool) {
		if !isList(v) {
			return v, false
		}
		return distinct(v), true
	})
}

func toMap(_ *scope, args []value.Value, _ source.Span) (value.Value, bool) {
	return convertEach(args, func(v value.Value) (value.Value, bool) { return v, isObject(v) })
}

// convertEach converts a single argument, or each of what it may be.
func convertEach(args []value.Value, f func(value.Value) (value.Value, bool)) (value.Value, bool) {
	if len(args) != 1 {
		return value.Value{}, false
	}
	v := args[0]
	if v.Alternatives() == nil {
		if v.IsUnknown() && v.Parts() == nil || v.State() == value.Null {
			return v, true
		}
		return f(v)
	}
	good := true
	out := mapParts(v, func(alt value.Value) value.Value {
		alt, ok := convertEach([]value.Value{alt}, f)
		good = good && ok
		return alt
	})
	return out, good
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
