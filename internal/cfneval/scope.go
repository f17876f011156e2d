package cfneval

import (
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// scope is what is taken for granted at a place: it is reached for some
// deployments only, because it lies in a branch of Fn::If or in a resource with
// a condition, or because a function is evaluated for each value of a parameter.
// A scope is immutable; nil is the top of the template.
type scope struct {
	parent *scope
	// when says for which deployments the place is reached.
	when value.When
	// param is pinned to that choice of its domain, if it is not empty.
	param  string
	choice int
}

// reached says for which deployments a place is reached.
func (t *Template) reached(sc *scope) value.When {
	if sc == nil {
		return t.facts
	}
	return sc.when
}

// within narrows a scope.
func (t *Template) within(sc *scope, when value.When) *scope {
	return &scope{parent: sc, when: t.reached(sc).And(when)}
}

// assume returns sc with a condition taken for granted.
func (t *Template) assume(sc *scope, cond string, want bool) *scope {
	return t.within(sc, t.holds(cond, want))
}

// pin gives a parameter one of the values of its domain.
func (t *Template) pin(sc *scope, param string, choice int) *scope {
	out := t.within(sc, t.input(param).chosen(choice))
	out.param, out.choice = param, choice
	return out
}

func (sc *scope) pinned(param string) (choice int, ok bool) {
	for ; sc != nil; sc = sc.parent {
		if sc.param == param {
			return sc.choice, true
		}
	}
	return 0, false
}

// pinsAny reports that a function around the place is evaluated for each value
// of its parameters.
func (sc *scope) pinsAny() bool {
	for ; sc != nil; sc = sc.parent {
		if sc.param != "" {
			return true
		}
	}
	return false
}

// decide decides a condition at a place: it is known if all deployments agree
// that reach it.
func (t *Template) decide(name string, sc *scope) tri.Bool {
	key := decision{name, sc}
	if r, ok := t.decided[key]; ok {
		return r
	}
	r := t.either(sc, t.holds(name, true), t.holds(name, false))
	t.decided[key] = r
	return r
}

type decision struct {
	cond string
	sc   *scope
}

// either says which of two opposites holds at a place.
func (t *Template) either(sc *scope, yes, no value.When) tri.Bool {
	here := t.reached(sc)
	mayBe, mayNot := here.And(yes).IsPossible(), here.And(no).IsPossible()
	switch {
	case mayBe && !mayNot:
		return tri.True
	case mayNot && !mayBe:
		return tri.False
	}
	return tri.Unknown // both, or neither: then the place is never reached
}

// feasible returns the choices of an input that are possible at a place, in order.
func (t *Template) feasible(sc *scope, name string) []int {
	if c, ok := sc.pinned(name); ok {
		return []int{c}
	}
	p := t.input(name)
	here := t.reached(sc)
	var out []int
	for i := range p.domain.size() {
		if here.And(p.chosen(i)).IsPossible() {
			out = append(out, i)
		}
	}
	if len(out) == 0 { // nothing is possible: the place is never reached
		for i := range p.domain.size() {
			out = append(out, i)
		}
	}
	return out
}

// assignments calls f with a scope for each combination of values of some inputs
// that is possible at a place, until f returns false. It reports false if there
// are too many; f may have been called then.
func (t *Template) assignments(sc *scope, inputs []string, most int, f func(*scope) bool) bool {
	calls := 0
	var walk func(sc *scope, rest []string) bool
	walk = func(sc *scope, rest []string) bool {
		if len(rest) == 0 {
			calls++
			return calls <= most && f(sc)
		}
		for _, c := range t.feasible(sc, rest[0]) {
			if next := t.pin(sc, rest[0], c); next.when.IsPossible() && !walk(next, rest[1:]) {
				return false
			}
		}
		return true
	}
	walk(sc, inputs)
	return calls <= most
}
