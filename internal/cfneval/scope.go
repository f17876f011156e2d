package cfneval

import (
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// scope is what is taken for granted at a place: conditions that hold because
// the place is reached only if they do, and parameters that are pinned to one
// of their values while a function is evaluated for each of them. A scope is
// an immutable list; nil is the top of the template.
type scope struct {
	parent *scope
	// cond is assumed to be want, if it is not empty.
	cond string
	want bool
	// param is pinned to that choice of its domain, if it is not empty.
	param  string
	choice int
	// inFunction says that the parameters of the enclosing function are pinned.
	inFunction bool
	// bare says that a condition is being evaluated for one assignment:
	// parameters are not narrowed by what is assumed.
	bare bool
}

// domain is the set of values that an input may have.
type domain struct {
	// values are the known ones.
	values []value.Value
	// other says that it may also have a value that is none of these.
	other bool
}

// size counts the choices; the last one stands for all other values.
func (d *domain) size() int {
	if d.other {
		return len(d.values) + 1
	}
	return len(d.values)
}

func (sc *scope) child() *scope {
	if sc == nil {
		return &scope{}
	}
	return &scope{parent: sc, inFunction: sc.inFunction, bare: sc.bare}
}

func (sc *scope) pin(param string, choice int) *scope {
	c := sc.child()
	c.param, c.choice = param, choice
	return c
}

func (sc *scope) pinned(param string) (choice int, ok bool) {
	for ; sc != nil; sc = sc.parent {
		if sc.param == param {
			return sc.choice, true
		}
	}
	return 0, false
}

// assumed says whether a condition is taken for granted.
func (sc *scope) assumed(cond string) tri.Bool {
	for ; sc != nil; sc = sc.parent {
		if sc.cond == cond {
			return tri.Of(sc.want)
		}
	}
	return tri.Unknown
}

// assumption is a condition and the outcome that is taken for granted.
type assumption struct {
	cond string
	want bool
}

func (sc *scope) assumptions() []assumption {
	var out []assumption
	for ; sc != nil; sc = sc.parent {
		if sc.cond != "" {
			out = append(out, assumption{sc.cond, sc.want})
		}
	}
	return out
}

// assume returns sc in which a condition has the wanted outcome, and so have
// the conditions for which that follows from the way it is written.
func (t *Template) assume(sc *scope, cond string, want bool) *scope {
	if sc.assumed(cond).Known() {
		return sc
	}
	c := sc.child()
	c.cond, c.want = cond, want
	def := t.conditions[cond]
	if def == nil {
		return c
	}
	for _, follows := range def.implied(want) {
		c = t.assume(c, follows.cond, follows.want)
	}
	return c
}

// domain returns the set of values of an input, or nil if it has just one or
// nothing is known about it.
func (t *Template) domain(name string) *domain {
	if p := t.input(name); p != nil {
		return p.domain
	}
	return nil
}

// relevant returns the assumptions of a scope that bear on some inputs, and
// those inputs together with all others these assumptions depend on.
func (t *Template) relevant(sc *scope, inputs []string) ([]assumption, []string) {
	known := map[string]bool{}
	for _, n := range inputs {
		known[n] = true
	}
	rest := sc.assumptions()
	var out []assumption
	for grown := true; grown; {
		grown = false
		var left []assumption
		for _, a := range rest {
			deps := t.dependsOn(a.cond)
			if !overlaps(deps, known) {
				left = append(left, a)
				continue
			}
			grown = true
			out = append(out, a)
			for _, d := range deps {
				if !known[d] {
					known[d] = true
					inputs = append(inputs, d)
				}
			}
		}
		rest = left
	}
	return out, inputs
}

func overlaps(names []string, set map[string]bool) bool {
	for _, n := range names {
		if set[n] {
			return true
		}
	}
	return false
}

// assignments calls f with a scope for each assignment of the inputs that does
// not contradict what is assumed, until f returns false. It reports false
// without calling f if there are too many.
func (t *Template) assignments(sc *scope, inputs []string, f func(*scope) bool) bool {
	given, all := t.relevant(sc, inputs)
	var free []string
	total := 1
	for _, name := range all {
		if _, ok := sc.pinned(name); ok {
			continue
		}
		free = append(free, name)
		total *= t.domain(name).size()
		if total > maxAssignments {
			return false
		}
	}
	base := sc.child()
	base.bare = true
	t.product(base, free, func(one *scope) bool {
		for _, a := range given {
			if r := t.holds(a.cond, one); r.Known() && r != tri.Of(a.want) {
				return true
			}
		}
		return f(one)
	})
	return true
}

// product calls f for all combinations of choices of some inputs.
func (t *Template) product(sc *scope, inputs []string, f func(*scope) bool) bool {
	if len(inputs) == 0 {
		return f(sc)
	}
	d := t.domain(inputs[0])
	for i := range d.size() {
		if !t.product(sc.pin(inputs[0], i), inputs[1:], f) {
			return false
		}
	}
	return true
}

// feasible returns the choices of an input that do not contradict what is
// assumed in a scope, in order.
func (t *Template) feasible(sc *scope, name string) []int {
	if c, ok := sc.pinned(name); ok {
		return []int{c}
	}
	d := t.domain(name)
	every := make([]int, d.size())
	for i := range every {
		every[i] = i
	}
	if sc == nil || sc.bare {
		return every
	}
	may := make([]bool, d.size())
	counted := t.assignments(sc, []string{name}, func(one *scope) bool {
		c, _ := one.pinned(name)
		may[c] = true
		return true
	})
	var out []int
	for i, ok := range may {
		if ok {
			out = append(out, i)
		}
	}
	if !counted || len(out) == 0 { // nothing is possible: the place is never reached
		return every
	}
	return out
}
