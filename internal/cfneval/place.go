package cfneval

import (
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// mover rebuilds values at another place, and maybe for another unit.
type mover struct {
	at source.Span
	// unit is the unit in which references without one are at home.
	unit string
}

// place returns v, and all that is inside it, as written at another place:
// where a parameter or mapping is used, not where it stands.
func place(v value.Value, at source.Span) value.Value { return mover{at: at}.move(v) }

// Elsewhere returns v, and all that is inside it, as written at a place of
// another unit than the one it belongs to.
func Elsewhere(v value.Value, at source.Span, unit string) value.Value {
	return mover{at, unit}.move(v)
}

func (m mover) move(v value.Value) value.Value {
	var out value.Value
	switch {
	case v.Alternatives() != nil:
		cases := v.Cases()
		for i := range cases {
			cases[i].Value = m.move(cases[i].Value)
		}
		out = value.OneOfCases(cases, m.at, v.Origin())
	case v.Parts() != nil:
		out = value.OfParts(m.all(v.Parts()), m.at)
	case v.IsUnknown():
		out = value.OfUnknown(v.Kind(), m.at, v.Origin())
	case v.Kind() == value.KindList && v.IsKnown():
		out = value.OfList(m.all(v.Elems()), m.at)
	case v.Kind() == value.KindObject && v.IsKnown():
		fields := make([]value.Field, len(v.Fields()))
		for i, f := range v.Fields() {
			fields[i] = value.Field{Name: f.Name, Span: m.at, Value: m.move(f.Value)}
		}
		out = value.OfObject(fields, m.at).WithRemoved(v.Removed()...)
	case len(v.Refs()) == 0:
		return v.At(m.at)
	default:
		out = scalarLike(v, m.at)
	}
	refs := append([]value.Ref(nil), v.Refs()...)
	for i := range refs {
		if refs[i].Unit == "" {
			refs[i].Unit = m.unit
		}
	}
	return like(out.WithRefs(refs...), v)
}

func (m mover) all(vs []value.Value) []value.Value {
	out := make([]value.Value, len(vs))
	for i, v := range vs {
		out[i] = m.move(v)
	}
	return out
}

// scalarLike is a known text, number or bool without references.
func scalarLike(v value.Value, at source.Span) value.Value {
	switch v.Kind() {
	case value.KindNumber:
		return value.OfNumber(v.Text(), at)
	case value.KindBool:
		b, _ := v.Truth()
		return value.OfBool(b, at)
	case value.KindAny, value.KindString, value.KindList, value.KindObject:
	}
	return value.OfString(v.Text(), at)
}

// like gives a value that was rebuilt from another what is said of the other
// as a whole.
func like(v, old value.Value) value.Value {
	v = v.From(old.Origin())
	if old.IsOpen() && old.IsKnown() {
		v = v.Opened()
	}
	if old.IsGiven() {
		v = v.Given()
	}
	if old.IsSensitive() {
		v = v.Sensitive()
	}
	if old.IsJSON() {
		v = v.AsJSON()
	}
	if old.MayBeMissing() {
		v = v.MaybeWhen(old.Presence())
	}
	return v
}
