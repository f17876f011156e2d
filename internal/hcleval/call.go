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
