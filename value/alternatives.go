package value

import "github.com/wacheck/wacheck/source"

// Case is one of several values, and when it is that one.
type Case struct {
	When  When
	Value Value
}

// MaxAlternatives bounds what OneOf keeps; with more it keeps none.
const MaxAlternatives = 8

// OneOf returns a value that is one of several, without saying when it is
// which. See OneOfCases.
func OneOf(alternatives []Value, at source.Span, why OriginID) Value {
	cases := make([]Case, len(alternatives))
	for i, a := range alternatives {
		cases[i].Value = a
	}
	return OneOfCases(cases, at, why)
}

// OneOfCases returns a value that is one of several. Equal alternatives are
// merged and impossible ones dropped; a single one is returned as it is. With
// more than MaxAlternatives, the result is plainly unknown. References of all
// alternatives are kept.
func OneOfCases(cases []Case, at source.Span, why OriginID) Value {
	distinct := distinctCases(flatCases(cases))
	if len(distinct) == 1 {
		return distinct[0].Value.At(at)
	}
	v := OfUnknown(distinct[0].Value.kind, at, why)
	for _, c := range distinct {
		if c.Value.kind != v.kind {
			v.kind = KindAny
		}
		v.flags |= c.Value.flags & flagSensitive
		v = v.WithRefs(c.Value.Refs()...)
	}
	if len(distinct) <= MaxAlternatives {
		v.flags |= flagOneOf
		v.ext = v.own()
		v.ext.elems = make([]Value, len(distinct))
		when := make([]When, len(distinct))
		told := false
		for i, c := range distinct {
			v.ext.elems[i], when[i] = c.Value, c.When
			told = told || !c.When.IsAlways()
		}
		if told {
			v.ext.when = when
		}
	}
	return v
}

// flatCases replaces alternatives that are one of several themselves, and drops
// those that are impossible. It keeps at least one.
func flatCases(cases []Case) []Case {
	var flat []Case
	for _, c := range cases {
		for _, inner := range c.Value.Cases() {
			if w := c.When.And(inner.When); w.IsPossible() {
				flat = append(flat, Case{w, inner.Value})
			}
		}
	}
	if len(flat) == 0 { // nothing is possible: the place is never reached
		return cases[:1]
	}
	return flat
}

// distinctCases joins the cases of equal values.
func distinctCases(cases []Case) []Case {
	var out []Case
next:
	for _, c := range cases {
		for i, o := range out {
			if o.Value.state != Unknown && c.Value.state != Unknown && o.Value.Equal(c.Value) {
				out[i].When = o.When.Or(c.When)
				continue next
			}
		}
		out = append(out, c)
	}
	return out
}

// Alternatives returns the values of which v is one, or nil.
func (v Value) Alternatives() []Value {
	if v.flags&flagOneOf == 0 {
		return nil
	}
	return v.ext.elems
}

// Cases returns the values of which v is one, with when it is which; v itself
// if it is not one of several.
func (v Value) Cases() []Case {
	if v.flags&flagOneOf == 0 {
		return []Case{{Value: v}}
	}
	out := make([]Case, len(v.ext.elems))
	for i, e := range v.ext.elems {
		out[i].Value = e
		if v.ext.when != nil {
			out[i].When = v.ext.when[i]
		}
	}
	return out
}

// each is one of what f makes of the alternatives of v.
func (v Value) each(f func(Value) Value) Value {
	cases := v.Cases()
	for i := range cases {
		cases[i].Value = f(cases[i].Value)
	}
	return OneOfCases(cases, v.span, v.origin)
}

// Maybe returns v as an element or field that may not exist.
func (v Value) Maybe() Value { v.flags |= flagMaybe; return v }

// MaybeWhen returns v as an element or field that exists in some deployments only.
func (v Value) MaybeWhen(w When) Value {
	v = v.Maybe()
	if v.flags&flagOneOf != 0 || w.IsAlways() { // the alternatives say it
		return v
	}
	v.ext = v.own()
	v.ext.when = []When{w}
	return v
}

// MayBeMissing reports that v is an element or field that may not exist.
func (v Value) MayBeMissing() bool { return v.flags&flagMaybe != 0 }

// Presence says when an element or field exists, as far as that is known.
func (v Value) Presence() When {
	if v.flags&flagMaybe == 0 || v.ext == nil || v.ext.when == nil {
		return When{}
	}
	some := Never()
	for _, w := range v.ext.when {
		some = some.Or(w)
	}
	return some
}

// orAbsent is a part that may be missing, as one of itself and nothing.
func (v Value) orAbsent() Value {
	if !v.MayBeMissing() {
		return v
	}
	there := v.Presence()
	v.flags &^= flagMaybe
	missing := When{}
	if !there.IsAlways() {
		missing = there.Not()
	}
	if v.flags&flagOneOf == 0 && v.ext != nil {
		v.ext = v.own()
		v.ext.when = nil
	}
	return OneOfCases([]Case{{there, v}, {missing, Value{}}}, v.span, v.origin)
}
