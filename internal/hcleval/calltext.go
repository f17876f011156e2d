package hcleval

import (
	"strings"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// The functions that make text, or read it.

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
