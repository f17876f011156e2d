package hcleval

import (
	"encoding/json"
	"math/big"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/wacheck/wacheck/internal/hcleval/funcs"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// kindOf is the kind of a cty type.
func kindOf(t cty.Type) value.Kind {
	switch {
	case t == cty.String:
		return value.KindString
	case t == cty.Number:
		return value.KindNumber
	case t == cty.Bool:
		return value.KindBool
	case t.IsListType(), t.IsSetType(), t.IsTupleType():
		return value.KindList
	case t.IsMapType(), t.IsObjectType():
		return value.KindObject
	}
	return value.KindAny
}

// fromCty lowers an exact value. Everything in it gets the one span there is.
func (ev *evaluator) fromCty(v cty.Value, at source.Span) value.Value {
	return ev.fromCtyWithin(v, at, 0, false)
}

// fromCtyWithin lowers a part of a value whose origin and secrecy it shares
// where it has none of its own.
func (ev *evaluator) fromCtyWithin(v cty.Value, at source.Span, origin value.OriginID, hidden bool) value.Value {
	bare, marks := v.Unmark()
	p := ev.read(marks)
	if o := ev.in.Origins.Join(p.origins...); o != 0 {
		origin = o
	}
	hidden = hidden || p.sensitive
	out := ev.fromBare(bare, at, origin, hidden).WithRefs(p.refs...)
	if out.Origin() == 0 {
		out = out.From(origin)
	}
	if hidden {
		out = out.Sensitive()
	}
	return out
}

func (ev *evaluator) fromBare(v cty.Value, at source.Span, origin value.OriginID, hidden bool) value.Value {
	t := v.Type()
	switch {
	case !v.IsKnown():
		u := value.OfUnknown(kindOf(t), at, origin)
		if t == cty.String {
			if prefix := v.Range().StringPrefix(); prefix != "" {
				return value.OfParts([]value.Value{value.OfString(prefix, at), u}, at)
			}
		}
		return u
	case v.IsNull():
		return value.OfNull(at)
	case t.IsListType(), t.IsSetType(), t.IsTupleType():
		elems := make([]value.Value, 0, v.LengthInt())
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			elems = append(elems, ev.fromCtyWithin(e, at, origin, hidden))
		}
		return value.OfList(elems, at)
	case t.IsMapType(), t.IsObjectType():
		fields := make([]value.Field, 0, v.LengthInt())
		for it := v.ElementIterator(); it.Next(); {
			k, e := it.Element()
			k, _ = k.Unmark()
			fields = append(fields, value.Field{Name: k.AsString(), Span: at, Value: ev.fromCtyWithin(e, at, origin, hidden)})
		}
		return value.OfObject(fields, at)
	}
	if out, ok := literal(v, at); ok {
		return out
	}
	return value.OfUnknown(value.KindAny, at, origin)
}

// toCty is the way back, for what is known only in lowered form: lists become
// tuples, and what cty can't hold is unknown. References and origins become marks.
func (ev *evaluator) toCty(v value.Value) cty.Value {
	out := ev.toBare(v)
	marks := cty.ValueMarks{}
	refs := v.Refs()
	if !out.IsKnown() {
		refs = refsIn(v)
	}
	for _, r := range refs {
		marks[ev.refMark(r)] = struct{}{}
	}
	if o := v.Origin(); o != 0 {
		marks[mark{originMark, uint32(o)}] = struct{}{}
	}
	if v.IsSensitive() {
		marks[funcs.Sensitive] = struct{}{}
	}
	if len(marks) == 0 {
		return out
	}
	return out.WithMarks(marks)
}

func (ev *evaluator) toBare(v value.Value) cty.Value {
	switch {
	case v.IsUnset():
		return cty.NullVal(cty.DynamicPseudoType)
	case v.IsJSON():
		return ev.jsonText(v)
	case v.IsUnknown():
		return unknownOf(v)
	case v.IsOpen():
		return cty.DynamicVal
	}
	switch v.Kind() {
	case value.KindString:
		return cty.StringVal(v.Text())
	case value.KindBool:
		b, _ := v.Truth()
		return cty.BoolVal(b)
	case value.KindNumber:
		f, _, err := big.ParseFloat(v.Text(), 10, 512, big.ToNearestEven)
		if err != nil {
			return cty.UnknownVal(cty.Number)
		}
		return cty.NumberVal(f)
	case value.KindList:
		if anyMaybe(v.Elems()) {
			return cty.DynamicVal
		}
		elems := make([]cty.Value, len(v.Elems()))
		for i, e := range v.Elems() {
			elems[i] = ev.toCty(e)
		}
		return cty.TupleVal(elems)
	case value.KindObject:
		attrs := make(map[string]cty.Value, len(v.Fields()))
		for _, f := range v.Fields() {
			if f.Value.MayBeMissing() {
				return cty.DynamicVal
			}
			attrs[f.Name] = ev.toCty(f.Value)
		}
		return cty.ObjectVal(attrs)
	case value.KindAny:
	}
	return cty.DynamicVal
}

// unknownOf is an unknown of the kind of v, with the prefix that is known.
func unknownOf(v value.Value) cty.Value {
	switch v.Kind() {
	case value.KindString:
		u := cty.UnknownVal(cty.String)
		if prefix := v.Prefix(); prefix != "" {
			return u.Refine().NotNull().StringPrefixFull(prefix).NewValue()
		}
		return u
	case value.KindNumber:
		return cty.UnknownVal(cty.Number)
	case value.KindBool:
		return cty.UnknownVal(cty.Bool)
	case value.KindAny, value.KindList, value.KindObject:
	}
	return cty.DynamicVal
}

// jsonText is the string that stands for a value written as JSON, unknown if
// any part of it is. The form is that of jsonencode.
func (ev *evaluator) jsonText(v value.Value) cty.Value {
	plain := value.OfList(v.Elems(), v.Span())
	if v.Kind() == value.KindObject {
		plain = value.OfObject(v.Fields(), v.Span())
	}
	if v.IsOpen() {
		return cty.UnknownVal(cty.String).RefineNotNull()
	}
	c, _ := ev.toCty(plain).UnmarkDeep()
	if !c.IsWhollyKnown() {
		return cty.UnknownVal(cty.String).RefineNotNull()
	}
	b, err := ctyjson.Marshal(c, c.Type())
	if err != nil || !json.Valid(b) {
		return cty.UnknownVal(cty.String).RefineNotNull()
	}
	return cty.StringVal(strings.TrimSpace(string(b)))
}
