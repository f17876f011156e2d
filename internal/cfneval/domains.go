package cfneval

import (
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// domain is the set of values that an input may have.
type domain struct {
	// values are the known ones.
	values []value.Value
	// other says that it may also have a value that is none of these, and of
	// which nothing is known but that it is none of excluded, either.
	other    bool
	excluded []value.Value
	// in is the input that is chosen.
	in *value.Input
	// when says for which choices of other inputs it has which value: a nested
	// stack is passed what its parent chose. Nil if it is chosen itself.
	when []value.When
}

// size counts the choices; the last one stands for all other values.
func (d *domain) size() int {
	if d.other {
		return len(d.values) + 1
	}
	return len(d.values)
}

// setDomain gives an input a set of values.
func (t *Template) setDomain(p *parameter, d *domain) {
	d.in = &value.Input{Unit: t.opt.Unit, Name: p.name, Other: d.other}
	for _, v := range d.values {
		text := v.Text()
		if p.secret {
			text = "(secret)"
		}
		d.in.Choices = append(d.in.Choices, text)
	}
	if d.other {
		d.in.Choices = append(d.in.Choices, "")
	}
	p.domain = d
}

// chosen says when an input has a value of its domain.
func (p *parameter) chosen(choice int) value.When {
	if p.domain.when != nil {
		return p.domain.when[choice]
	}
	return p.domain.in.Is(choice)
}

// oneOfDomain is the value of an input that may have any of its domain.
func (p *parameter) oneOfDomain(why value.OriginID) value.Value {
	cases := make([]value.Case, len(p.domain.values))
	for i, v := range p.domain.values {
		cases[i] = value.Case{When: p.chosen(i), Value: v}
	}
	return value.OneOfCases(cases, p.span, why)
}

// domain returns the set of values of an input, or nil if it has just one or
// nothing is known about it.
func (t *Template) domain(name string) *domain {
	if p := t.input(name); p != nil {
		return p.domain
	}
	return nil
}

// inputValue is the value of an input at a place.
func (t *Template) inputValue(p *parameter, sc *scope, at source.Span) value.Value {
	d := p.domain
	switch {
	case d == nil && t.unfixed && p.byDefault:
		return value.OfUnknown(p.kind(), at, p.value.Origin())
	case d == nil:
		return place(p.value, at)
	}
	choices := t.feasible(sc, p.name)
	if len(choices) == d.size() {
		return place(p.value, at)
	}
	var cases []value.Case
	for _, c := range choices {
		if c == len(d.values) {
			return place(p.value, at)
		}
		v := place(d.values[c], at)
		if p.secret {
			v = v.Sensitive()
		}
		cases = append(cases, value.Case{When: p.chosen(c), Value: v})
	}
	return value.OneOfCases(cases, at, p.value.Origin())
}

// freeDomains gives inputs without value the domain of what conditions compare
// them with: each of these texts, and anything else.
func (t *Template) freeDomains(sections ...*syntax.Node) {
	compared := map[string][]value.Value{}
	for _, n := range sections {
		t.comparisons(n, compared, 0)
	}
	for _, name := range sortedKeys(compared) {
		p := t.input(name)
		if p.domain != nil || !p.value.IsUnknown() || p.kind() == value.KindList || p.stored() || len(p.value.Parts()) > 0 {
			continue
		}
		d := &domain{other: true}
		for _, v := range compared[name] {
			if p.permits == nil || p.permits(v.Text()) {
				d.values = append(d.values, v)
			} else {
				d.excluded = append(d.excluded, v)
			}
		}
		t.setDomain(p, d)
	}
}

// comparisons collects the literals with which inputs are compared.
func (t *Template) comparisons(n *syntax.Node, found map[string][]value.Value, depth int) {
	if n == nil || depth > maxDepth {
		return
	}
	if c, ok := conditionCallOf(n); ok && isSequence(c.arg) && len(c.arg.Items) == 2 {
		a, b := c.arg.Items[0], c.arg.Items[1]
		switch c.name {
		case "Fn::Equals":
			t.comparison(a, b, found)
			t.comparison(b, a, found)
		case "Fn::Contains":
			for _, item := range a.Items {
				t.comparison(b, item, found)
			}
		}
	}
	for _, item := range n.Items {
		t.comparisons(item, found, depth+1)
	}
	for _, p := range n.Pairs {
		t.comparisons(p.Value, found, depth+1)
	}
}

func (t *Template) comparison(ref, lit *syntax.Node, found map[string][]value.Value) {
	name := t.directRef(ref)
	text, ok := literal(lit)
	if name == "" || !ok {
		return
	}
	for _, v := range found[name] {
		if v.Text() == text {
			return
		}
	}
	full := name
	if t.params[name] != nil {
		full = "Parameters." + name
	}
	why := t.origin(value.AllowedValues, full, "follows from the condition that holds here", lit.Extent())
	found[name] = append(found[name], value.OfString(text, lit.Extent()).From(why))
}

// constraint is what the definition of a parameter says of its values, besides
// listing them: AllowedPattern, and bounds of length and size. Nil if it says
// nothing.
func constraint(def *syntax.Node) func(string) bool {
	var all []func(string) bool
	if re := allowedPattern(def); re != nil {
		all = append(all, re.MatchString)
	}
	bound := func(key string, measure func(string) (float64, bool), within func(n, bound float64) bool) {
		text, ok := literal(def.Get(key))
		limit, err := strconv.ParseFloat(text, 64)
		if !ok || err != nil {
			return
		}
		all = append(all, func(s string) bool {
			n, ok := measure(s)
			return !ok || within(n, limit)
		})
	}
	atLeast, atMost := func(n, b float64) bool { return n >= b }, func(n, b float64) bool { return n <= b }
	length := func(s string) (float64, bool) { return float64(len([]rune(s))), true }
	number := func(s string) (float64, bool) {
		n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		return n, err == nil
	}
	bound("MinLength", length, atLeast)
	bound("MaxLength", length, atMost)
	bound("MinValue", number, atLeast)
	bound("MaxValue", number, atMost)
	if all == nil {
		return nil
	}
	return func(s string) bool {
		for _, f := range all {
			if !f(s) {
				return false
			}
		}
		return true
	}
}
