package hcleval

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/value"
)

// retyper converts lowered values to the type of a variable. It gives up where
// only cty can tell what comes out.
type retyper struct {
	ev *evaluator
	v  *variable
}

// to converts v to type t, with the defaults of its optional attributes.
func (r retyper) to(v value.Value, t cty.Type, d *typeexpr.Defaults) (value.Value, bool) {
	switch {
	case v.IsUnset() || t == cty.DynamicPseudoType:
		return v, true
	case v.Alternatives() != nil:
		return r.each(v, t, d)
	case v.IsUnknown():
		return r.unknown(v, t), true
	case t.IsPrimitiveType():
		return primitive(v, t)
	case t.IsObjectType():
		return r.object(v, t, d)
	case t.IsMapType():
		if v.Kind() != value.KindObject || v.IsJSON() {
			return v, false
		}
		return r.each(v, t.ElementType(), child(d, ""))
	case t.IsListType(), t.IsSetType():
		if v.Kind() != value.KindList || v.IsJSON() {
			return v, false
		}
		out, ok := r.each(v, t.ElementType(), child(d, ""))
		if ok && t.IsSetType() {
			out = distinct(out)
		}
		return out, ok
	case t.IsTupleType():
		return r.tuple(v, t, d)
	}
	return v, false
}

// each converts all elements, fields or alternatives of v.
func (r retyper) each(v value.Value, t cty.Type, d *typeexpr.Defaults) (value.Value, bool) {
	all := true
	out := mapParts(v, func(e value.Value) value.Value {
		e, ok := r.to(e, t, d)
		all = all && ok
		return e
	})
	return out, all
}

func child(d *typeexpr.Defaults, name string) *typeexpr.Defaults {
	if d == nil {
		return nil
	}
	return d.Children[name]
}

// unknown gives an unknown value the kind that the type says.
func (r retyper) unknown(v value.Value, t cty.Type) value.Value {
	if v.Parts() != nil || v.Kind() != value.KindAny {
		return v
	}
	return like(value.OfUnknown(kindOf(t), v.Span(), v.Origin()), v)
}

// primitive converts between text, numbers and bools.
func primitive(v value.Value, t cty.Type) (value.Value, bool) {
	text, ok := v.Str()
	if !ok {
		return v, v.IsJSON() && t == cty.String
	}
	switch {
	case kindOf(t) == v.Kind():
		return v, true
	case t == cty.String:
		return like(value.OfString(text, v.Span()), v), true
	case t == cty.Bool && (text == "true" || text == "false"):
		return like(value.OfBool(text == "true", v.Span()), v), true
	case t == cty.Number && plainNumber(text):
		return like(value.OfNumber(text, v.Span()), v), true
	}
	return v, false
}

// plainNumber reports that a text is a decimal number in its usual form.
func plainNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return s != "" && strings.Trim(s, "0123456789") == "" && (s == "0" || s[0] != '0')
}

// object keeps the attributes that the type declares, and gives those that are
// missing their defaults.
func (r retyper) object(v value.Value, t cty.Type, d *typeexpr.Defaults) (value.Value, bool) {
	if v.Kind() != value.KindObject || v.IsJSON() {
		return v, false
	}
	types := t.AttributeTypes()
	var fields []value.Field
	seen := map[string]bool{}
	for _, f := range v.Fields() {
		if _, declared := types[f.Name]; !declared {
			continue
		}
		seen[f.Name] = true
		x, ok := r.to(f.Value, types[f.Name], child(d, f.Name))
		if !ok || f.Value.Alternatives() != nil && mayBeNull(f.Value) && hasDefault(d, f.Name) {
			return v, false
		}
		if x.State() == value.Null && hasDefault(d, f.Name) {
			x = r.fallback(v, d, f.Name)
		}
		fields = append(fields, value.Field{Name: f.Name, Span: f.Span, Value: x})
	}
	for _, name := range sortedKeys(types) {
		switch {
		case seen[name] || v.IsOpen():
		case !t.AttributeOptional(name):
			return v, false
		case hasDefault(d, name):
			fields = append(fields, value.Field{Name: name, Value: r.fallback(v, d, name)})
		default:
			fields = append(fields, value.Field{Name: name, Value: value.OfNull(v.Span())})
		}
	}
	return like(value.OfObject(fields, v.Span()), v), true
}

func mayBeNull(v value.Value) bool {
	for _, a := range v.Alternatives() {
		if a.IsUnset() {
			return true
		}
	}
	return false
}

func hasDefault(d *typeexpr.Defaults, name string) bool {
	if d == nil {
		return false
	}
	_, ok := d.DefaultValues[name]
	return ok
}

// fallback is the default of an optional attribute.
func (r retyper) fallback(v value.Value, d *typeexpr.Defaults, name string) value.Value {
	def := d.DefaultValues[name]
	if c := child(d, name); c != nil {
		def = c.Apply(def)
	}
	low := r.ev.fromCty(def, v.Span())
	return low.From(r.ev.in.Origins.Add(value.Origin{Kind: value.VariableDefault, Name: "var." + r.v.name + "." + name, Span: r.v.block.span}))
}

func (r retyper) tuple(v value.Value, t cty.Type, d *typeexpr.Defaults) (value.Value, bool) {
	types := t.TupleElementTypes()
	if v.Kind() != value.KindList || v.IsOpen() || len(v.Elems()) != len(types) {
		return v, false
	}
	elems := make([]value.Value, len(types))
	for i, e := range v.Elems() {
		x, ok := r.to(e, types[i], nil)
		if !ok || d != nil {
			return v, false
		}
		elems[i] = x
	}
	return like(value.OfList(elems, v.Span()), v), true
}

// distinct drops what occurs again in a list, as a set does. What is unknown
// may be one of the others.
func distinct(v value.Value) value.Value {
	var out, others []value.Value
	type scalar struct {
		kind value.Kind
		text string
	}
	scalars := map[scalar]bool{} // most lists are of texts, and may be long
	for _, e := range v.Elems() {
		text, ok := e.Str()
		if ok && !e.MayBeMissing() {
			if k := (scalar{e.Kind(), text}); !scalars[k] {
				scalars[k] = true
				out = append(out, e)
			}
			continue
		}
		if !slices.ContainsFunc(others, e.Equal) {
			out, others = append(out, e), append(others, e)
		}
	}
	if len(out) == len(v.Elems()) {
		return v
	}
	return like(value.OfList(out, v.Span()), v)
}
