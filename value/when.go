package value

import (
	"slices"
	"sort"
	"strings"
)

// Input is something that is chosen when a configuration is deployed, such as a
// parameter of a template: a finite set of choices. Inputs are told apart by
// their address, not by their name.
type Input struct {
	// Unit is where the input belongs; Name is how users write it.
	Unit, Name string
	// Choices are what may be chosen. All of them count, in this order.
	Choices []string
	// Other says that the last choice stands for everything that is not listed.
	Other bool
}

// Limits on a single When. Beyond these it is widened: it then holds for more
// deployments than it should, which makes verdicts open and never wrong.
const (
	maxTerms  = 64
	maxSplits = 256
)

// When says under which choices of inputs something holds: for which of all
// deployments. The zero When always holds.
type When struct {
	// terms are the alternatives, of which one must hold; none means always.
	terms []term
	never bool
	// wide says that it was widened.
	wide bool
}

// term restricts several inputs at once.
type term []restriction

// restriction is a set of choices of one input.
type restriction struct {
	in  *Input
	set choices
}

// choices is a set of small numbers.
type choices []uint64

func newChoices(n int) choices { return make(choices, (n+63)/64) }

func (c choices) add(i int)      { c[i/64] |= 1 << (i % 64) }
func (c choices) has(i int) bool { return c[i/64]&(1<<(i%64)) != 0 }

func (c choices) empty() bool { return !slices.ContainsFunc(c, func(w uint64) bool { return w != 0 }) }

func (c choices) with(o choices, f func(a, b uint64) uint64) choices {
	out := make(choices, len(c))
	for i := range c {
		out[i] = f(c[i], o[i])
	}
	return out
}

func and(a, b uint64) uint64    { return a & b }
func or(a, b uint64) uint64     { return a | b }
func andNot(a, b uint64) uint64 { return a &^ b }

// all is the set of all choices of an input.
func (in *Input) all() choices {
	c := newChoices(len(in.Choices))
	for i := range in.Choices {
		c.add(i)
	}
	return c
}

// Is holds where one of these choices is made.
func (in *Input) Is(which ...int) When {
	set := newChoices(len(in.Choices))
	for _, i := range which {
		set.add(i)
	}
	switch {
	case set.empty():
		return Never()
	case slices.Equal(set, in.all()):
		return When{}
	}
	return When{terms: []term{{{in, set}}}}
}

// Never holds for no deployment.
func Never() When { return When{never: true} }

// IsAlways reports that w restricts nothing, as far as that was kept.
func (w When) IsAlways() bool { return !w.never && len(w.terms) == 0 }

// IsPossible reports that w holds for some deployment.
func (w When) IsPossible() bool { return !w.never }

// IsWide reports that w may hold for fewer deployments than it says.
func (w When) IsWide() bool { return w.wide }

// And holds where both do.
func (w When) And(o When) When {
	wide := w.wide || o.wide
	switch {
	case w.never || o.never:
		return Never()
	case len(w.terms) == 0:
		o.wide = wide
		return o
	case len(o.terms) == 0:
		w.wide = wide
		return w
	}
	if len(w.terms)*len(o.terms) > maxSplits {
		w.wide = true
		return w
	}
	var terms []term
	for _, a := range w.terms {
		for _, b := range o.terms {
			if t, ok := a.and(b); ok {
				terms = append(terms, t)
			}
		}
	}
	return of(terms, wide)
}

// Or holds where one of both does.
func (w When) Or(o When) When {
	wide := w.wide || o.wide
	switch {
	case w.never:
		return o
	case o.never:
		return w
	case w.IsAlways() || o.IsAlways():
		return When{wide: wide}
	}
	return of(append(slices.Clone(w.terms), o.terms...), wide)
}

// Not holds where w doesn't. Of what was widened nothing is known: its opposite
// may hold anywhere.
func (w When) Not() When {
	switch {
	case w.wide:
		return When{wide: true}
	case w.never:
		return When{}
	case len(w.terms) == 0:
		return Never()
	}
	out := When{}
	for _, t := range w.terms {
		var opposite []term
		for _, r := range t {
			opposite = append(opposite, term{{r.in, r.in.all().with(r.set, andNot)}})
		}
		if out = out.And(of(opposite, false)); out.wide {
			return When{wide: true}
		}
	}
	return out
}

// Implies reports that o holds wherever w does.
func (w When) Implies(o When) bool {
	if o.wide {
		return w.never
	}
	return !w.And(o.Not()).IsPossible()
}

// of makes a When of its terms, in a simple form.
func of(terms []term, wide bool) When {
	terms = simplify(terms)
	switch {
	case len(terms) == 0:
		return Never()
	case slices.ContainsFunc(terms, func(t term) bool { return len(t) == 0 }):
		return When{wide: wide}
	case len(terms) > maxTerms:
		return When{wide: true}
	}
	return When{terms: terms, wide: wide}
}

// and joins two terms; it reports false if they contradict each other.
func (t term) and(o term) (term, bool) {
	out := slices.Clone(t)
	for _, r := range o {
		i := out.index(r.in)
		if i < 0 {
			out = append(out, r)
			continue
		}
		set := out[i].set.with(r.set, and)
		if set.empty() {
			return nil, false
		}
		out[i].set = set
	}
	return out, true
}

func (t term) index(in *Input) int {
	return slices.IndexFunc(t, func(r restriction) bool { return r.in == in })
}

// within reports that t holds nowhere but where o does.
func (t term) within(o term) bool {
	for _, r := range o {
		i := t.index(r.in)
		if i < 0 || !t[i].set.with(r.set, andNot).empty() {
			return false
		}
	}
	return true
}

// simplify drops terms that others cover, and joins those that differ in one
// input alone.
func simplify(terms []term) []term {
	for {
		var kept []term
		for i, t := range terms {
			covered := false
			for j, o := range terms {
				covered = covered || i != j && t.within(o) && (!o.within(t) || j < i)
			}
			if !covered {
				kept = append(kept, t)
			}
		}
		joined := false
	pairs:
		for i := range kept {
			for j := i + 1; j < len(kept); j++ {
				if t, ok := kept[i].join(kept[j]); ok {
					kept[i] = t
					kept = slices.Delete(kept, j, j+1)
					joined = true
					break pairs
				}
			}
		}
		if !joined {
			return kept
		}
		terms = kept
	}
}

// join makes one term of two that restrict the same inputs and differ in one.
func (t term) join(o term) (term, bool) {
	if len(t) != len(o) {
		return nil, false
	}
	differ := -1
	for i, r := range t {
		j := o.index(r.in)
		switch {
		case j < 0:
			return nil, false
		case slices.Equal(r.set, o[j].set):
		case differ >= 0:
			return nil, false
		default:
			differ = i
		}
	}
	if differ < 0 {
		return t, true
	}
	in := t[differ].in
	set := t[differ].set.with(o[o.index(in)].set, or)
	out := slices.Clone(t)
	if slices.Equal(set, in.all()) {
		return slices.Delete(out, differ, differ+1), true
	}
	out[differ].set = set
	return out, true
}

// String writes w for users: "Environment=prod and Public=true". It is empty
// for what always holds or is too complex to be told.
func (w When) String() string {
	if w.wide && len(w.terms) == 0 {
		return ""
	}
	texts := make([]string, len(w.terms))
	for i, t := range w.terms {
		texts[i] = t.String()
	}
	sort.Strings(texts)
	return strings.Join(texts, ", or ")
}

func (t term) String() string {
	texts := make([]string, len(t))
	for i, r := range t {
		texts[i] = r.String()
	}
	sort.Strings(texts)
	return strings.Join(texts, " and ")
}

func (r restriction) String() string {
	var is, isNot []string
	for i, c := range r.in.Choices {
		switch {
		case r.in.Other && i == len(r.in.Choices)-1:
		case r.set.has(i):
			is = append(is, quoted(c))
		default:
			isNot = append(isNot, quoted(c))
		}
	}
	if r.in.Other && r.set.has(len(r.in.Choices)-1) {
		return r.in.Name + " is not " + anyOf(isNot)
	}
	if len(is) == 1 {
		return r.in.Name + "=" + is[0]
	}
	return r.in.Name + " is " + anyOf(is)
}

// quoted shows a text so that an empty one can be seen.
func quoted(s string) string {
	if s == "" || strings.ContainsAny(s, " ,=") {
		return `"` + s + `"`
	}
	return s
}

func anyOf(texts []string) string {
	if n := len(texts); n > 1 {
		return strings.Join(texts[:n-1], ", ") + " or " + texts[n-1]
	}
	return strings.Join(texts, "")
}
