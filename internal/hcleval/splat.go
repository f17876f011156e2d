package hcleval

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// index lowers collection[key]. With a key that is not known it is any of the
// elements.
func (s *scope) index(coll, key value.Value) (value.Value, bool) {
	switch {
	case key.IsUnknown() && key.Alternatives() != nil:
		var outs []value.Value
		for _, k := range key.Alternatives() {
			if out, ok := s.index(coll, k); ok {
				outs = append(outs, out)
			}
		}
		if len(outs) > 0 {
			return value.OneOf(outs, coll.Span(), key.Origin()), true
		}
		return value.Value{}, false
	case key.IsUnknown():
		return s.anyOf(coll, key)
	}
	if n, ok := key.Int(); ok && key.Kind() == value.KindNumber {
		return s.step(coll, step{index: int(n), isIndex: true})
	}
	if name, ok := key.Str(); ok {
		return s.step(coll, step{name: name})
	}
	return value.Value{}, false
}

// anyOf is any element of a collection, since the key is not known.
func (s *scope) anyOf(coll, key value.Value) (value.Value, bool) {
	why := s.ev.in.Origins.Join(key.Origin(), coll.Origin())
	switch {
	case coll.IsUnset() || coll.IsJSON():
		return value.Value{}, false
	case coll.IsUnknown():
		return value.OfUnknown(value.KindAny, coll.Span(), why).WithRefs(refsIn(coll)...), true
	case coll.Kind() != value.KindList && coll.Kind() != value.KindObject,
		!coll.IsOpen() && len(coll.Elems())+len(coll.Fields()) == 0:
		return value.Value{}, false
	}
	v := anyElement(coll)
	if v.IsUnknown() {
		v = v.From(why)
	}
	return v, true
}

// splat lowers source[*].rest and source.*.rest.
func (s *scope) splat(x *hclsyntax.SplatExpr) (value.Value, bool) {
	steps, ok := splatSteps(x.Each)
	if !ok {
		return value.Value{}, false
	}
	return s.splatOver(s.lower(x.Source), steps, s.span(x.SrcRange))
}

// splatSteps reads what is done with each element, if that is only steps.
func splatSteps(each hclsyntax.Expression) ([]step, bool) {
	switch x := each.(type) {
	case *hclsyntax.AnonSymbolExpr:
		return nil, true
	case *hclsyntax.RelativeTraversalExpr:
		before, ok := splatSteps(x.Source)
		return append(before, stepsOf(x.Traversal)...), ok
	case *hclsyntax.IndexExpr:
		before, ok := splatSteps(x.Collection)
		if key, isLiteral := x.Key.(*hclsyntax.LiteralValueExpr); ok && isLiteral && key.Val.Type() == cty.Number {
			return append(before, stepOf(key.Val)), true
		}
	}
	return nil, false
}

func (s *scope) splatOver(v value.Value, steps []step, at source.Span) (value.Value, bool) {
	switch {
	case v.Alternatives() != nil:
		var outs []value.Value
		for _, alt := range v.Alternatives() {
			if out, ok := s.splatOver(alt, steps, at); ok {
				outs = append(outs, out)
			}
		}
		if len(outs) == 0 {
			return value.Value{}, false
		}
		return value.OneOf(outs, at, v.Origin()), true
	case v.State() == value.Null:
		return value.OfList(nil, at), true
	case v.IsUnknown() && v.Kind() != value.KindObject:
		e, ok := s.steps(sameUnknown(v), steps)
		return value.OfList([]value.Value{e.Maybe()}, at).Opened().From(v.Origin()), ok
	case v.Kind() != value.KindList || v.IsJSON():
		e, ok := s.steps(v, steps)
		return value.OfList([]value.Value{e}, at), ok
	}
	elems := make([]value.Value, len(v.Elems()))
	for i, e := range v.Elems() {
		out, ok := s.steps(sure(e), steps)
		if !ok {
			return value.Value{}, false
		}
		if e.MayBeMissing() {
			out = out.Maybe()
		}
		elems[i] = out
	}
	out := value.OfList(elems, at).From(v.Origin())
	if v.IsOpen() {
		out = out.Opened()
	}
	return out, true
}

// sameUnknown is an element of a collection that is not known.
func sameUnknown(v value.Value) value.Value {
	return value.OfUnknown(value.KindAny, v.Span(), v.Origin()).WithRefs(refsIn(v)...)
}
