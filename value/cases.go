package value

import (
	"slices"

	"github.com/wacheck/wacheck/value/tri"
)

// outcome is a verdict about some of all deployments. It has no cases itself.
type outcome struct {
	when    When
	verdict Verdict
}

// maxOutcomes bounds the cases that a verdict keeps apart. Beyond it, the
// verdict is open as if nothing were known of when which value holds.
const maxOutcomes = 64

// outcomes are the cases of a verdict; itself if it has none.
func (v Verdict) outcomes() []outcome {
	if v.cases == nil {
		return []outcome{{verdict: v}}
	}
	return v.cases
}

// byCase is plain, what a combination of verdicts is without regard to cases.
// If that is open, the combination is made for each case: what is bad in one
// deployment and what is bad in another need never be bad together.
func byCase(plain Verdict, vs []Verdict, combine func([]Verdict) Verdict) Verdict {
	if !plain.IsOpen() || !slices.ContainsFunc(vs, func(v Verdict) bool { return v.cases != nil }) {
		plain.cases = nil
		return plain
	}
	type partial struct {
		when     When
		verdicts []Verdict
	}
	combos := []partial{{}}
	for _, v := range vs {
		var next []partial
		for _, p := range combos {
			for _, o := range v.outcomes() {
				if w := p.when.And(o.when); w.IsPossible() {
					next = append(next, partial{w, append(slices.Clip(p.verdicts), o.verdict)})
				}
			}
		}
		if combos = next; len(combos) > maxOutcomes || len(combos) == 0 {
			plain.cases = nil
			return plain
		}
	}
	cases := make([]outcome, len(combos))
	for i, c := range combos {
		cases[i] = outcome{c.when, combine(c.verdicts)}
	}
	return plain.of(cases)
}

// of is v with these cases; what all of them agree on is decided.
func (v Verdict) of(cases []outcome) Verdict {
	first := cases[0].verdict
	same := first.Result.Known()
	for _, c := range cases[1:] {
		same = same && c.verdict.Result == first.Result
	}
	if !same {
		v.cases = cases
		return v
	}
	for _, c := range cases[1:] {
		for _, f := range c.verdict.facts {
			if !slices.Contains(first.facts, f) {
				first = first.With(f)
			}
		}
	}
	return first
}

// Under is the verdict about those deployments alone for which w holds.
func (v Verdict) Under(w When) Verdict {
	if v.cases == nil || w.IsAlways() {
		return v
	}
	var cases []outcome
	for _, c := range v.cases {
		if both := c.when.And(w); both.IsPossible() {
			cases = append(cases, outcome{both, c.verdict})
		}
	}
	if len(cases) == 0 { // there is no such deployment, as far as can be told
		v.cases = nil
		return v
	}
	return v.of(cases)
}

// Defect returns the verdict about those deployments for which an open verdict
// is certainly bad, and which these are. It is impossible if there are none, or
// they can't be named.
func (v Verdict) Defect() (Verdict, When) {
	bad, when, rest := Verdict{}, Never(), Never()
	for _, c := range v.cases {
		if c.verdict.Result != tri.False {
			rest = rest.Or(c.when)
			continue
		}
		if !when.IsPossible() {
			bad = c.verdict
		}
		when = when.Or(c.when)
	}
	when = when.And(rest.Not())
	if when.IsWide() || when.IsAlways() {
		return v, Never()
	}
	return bad, when
}

// mapped applies f to all cases.
func (v Verdict) mapped(f func(Verdict) Verdict) Verdict {
	if v.cases == nil {
		return v
	}
	cases := make([]outcome, len(v.cases))
	for i, c := range v.cases {
		cases[i] = outcome{c.when, f(c.verdict)}
	}
	v.cases = cases
	return v
}

// decided says what f decides about a value: plain, or, if that is open and it
// is known when the value is which, for each case.
func decided(v Value, plain Verdict, f func(Value) Verdict) Verdict {
	if !plain.IsOpen() {
		return plain
	}
	cases := splitCases(v)
	if !slices.ContainsFunc(cases, func(c Case) bool { return !c.When.IsAlways() }) {
		return plain
	}
	out := make([]outcome, len(cases))
	for i, c := range cases {
		one := f(c.Value)
		one.cases = nil
		out[i] = outcome{c.When, one}
	}
	return plain.of(out)
}

// splitCases are the cases of a value in which no element of a list may be
// missing, as far as it is known when it is.
func splitCases(v Value) []Case {
	const most = 16
	var out []Case
	for _, c := range v.Cases() {
		out = append(out, splitList(c)...)
		if len(out) > most {
			return v.Cases()
		}
	}
	return out
}

func splitList(c Case) []Case {
	elems := c.Value.Elems()
	i := slices.IndexFunc(elems, func(e Value) bool { return e.MayBeMissing() && !e.Presence().IsAlways() })
	if i < 0 {
		return []Case{c}
	}
	var out []Case
	e := elems[i]
	there := e.Presence()
	e.flags &^= flagMaybe
	with, without := c, c
	with.When, without.When = c.When.And(there), c.When.And(there.Not())
	with.Value = c.Value.withElems(append(append(slices.Clone(elems[:i]), e), elems[i+1:]...))
	without.Value = c.Value.withElems(append(slices.Clone(elems[:i]), elems[i+1:]...))
	for _, half := range []Case{with, without} {
		if half.When.IsPossible() {
			out = append(out, splitList(half)...)
		}
	}
	return out
}

func (v Value) withElems(elems []Value) Value {
	v.ext = v.own()
	v.ext.elems = elems
	return v
}
