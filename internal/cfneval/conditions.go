package cfneval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// condition is an entry of the Conditions section.
type condition struct {
	name string
	node *syntax.Node
	span source.Span
	// active guards against cycles while the formula is computed.
	active  bool
	formula *formula
	// inputs are all inputs on which the condition depends, once they are known.
	inputs []string
}

func (t *Template) readConditions(n *syntax.Node) {
	if n == nil {
		return
	}
	if !isMapping(n) {
		t.report(source.Error, "cloudformation-structure", n.Span, "Conditions is not a mapping")
		return
	}
	pairs, _ := t.expand(n, nil)
	for _, p := range pairs {
		t.conditions[p.Key] = &condition{name: p.Key, node: p.Value, span: p.KeySpan}
	}
	t.reportCycles(pairs)
}

func (t *Template) undefinedCondition(name string, at source.Span) value.Value {
	return t.invalid(at, "cloudformation-condition", "there is no condition %q", name)
}

// equals compares two operands as CloudFormation does: as text, case included.
func (t *Template) equals(a, b *syntax.Node, sc *scope) tri.Bool {
	pa, pb := t.directRef(a), t.directRef(b)
	if pa != "" && pa == pb {
		return tri.True
	}
	va, vb := t.eval(a, sc), t.eval(b, sc)
	if r := t.otherThan(pa, vb, sc); r.Known() {
		return r
	}
	if r := t.otherThan(pb, va, sc); r.Known() {
		return r
	}
	return sameText(va, vb)
}

// directRef returns the input that a node refers to, if it is just that.
func (t *Template) directRef(n *syntax.Node) string {
	c, ok := callOf(n)
	if !ok || c.name != "Ref" {
		return ""
	}
	name, _ := literal(c.arg)
	if t.input(name) == nil {
		return ""
	}
	return name
}

// otherThan is false when an input is taken to have a value that is none of
// those it is compared with, and v is one of these.
func (t *Template) otherThan(input string, v value.Value, sc *scope) tri.Bool {
	d := t.domain(input)
	text, ok := v.Str()
	if d == nil || !ok {
		return tri.Unknown
	}
	if c, pinned := sc.pinned(input); !pinned || c < len(d.values) {
		return tri.Unknown
	}
	for _, known := range slices.Concat(d.values, d.excluded) {
		if known.Text() == text {
			return tri.False
		}
	}
	return tri.Unknown
}

func sameText(a, b value.Value) tri.Bool {
	for _, pair := range [2][2]value.Value{{a, b}, {b, a}} {
		if alts := pair[0].Alternatives(); alts != nil {
			r := sameText(alts[0], pair[1])
			for _, alt := range alts[1:] {
				r = tri.Same(r, sameText(alt, pair[1]))
			}
			return r
		}
	}
	sa, oka := a.Str()
	sb, okb := b.Str()
	switch {
	case oka && okb:
		return tri.Of(sa == sb)
	case oka && cannotBe(b, sa), okb && cannotBe(a, sb):
		return tri.False
	}
	if a.Kind() == value.KindList && b.Kind() == value.KindList && (a.Equal(b)) {
		return tri.True
	}
	return tri.Unknown
}

// cannotBe reports that the known pieces of a partly known text rule out that
// it is the given one.
func cannotBe(v value.Value, text string) bool {
	parts := v.Parts()
	if len(parts) == 0 {
		return false
	}
	last, ok := parts[len(parts)-1].Str()
	if !strings.HasPrefix(text, v.Prefix()) || ok && !strings.HasSuffix(text, last) {
		return true
	}
	for _, p := range parts {
		known, ok := p.Str()
		if !ok {
			continue
		}
		i := strings.Index(text, known)
		if i < 0 {
			return true
		}
		text = text[i+len(known):]
	}
	return false
}

// whyUndecided is the origin of what depends on an undecided condition: the
// condition, and behind it the inputs that are not known.
func (t *Template) whyUndecided(c *condition, sc *scope) value.OriginID {
	var names []string
	var from []value.OriginID
	for _, name := range t.inputsOf(c.name) {
		p := t.input(name)
		if v := t.inputValue(p, sc, c.span); v.IsUnknown() {
			names = append(names, name)
			from = append(from, v.Origin())
		}
	}
	detail := "can't be decided from the files"
	if len(names) > 0 {
		detail = fmt.Sprintf("depends on %s", strings.Join(names, ", "))
	}
	return t.origin(value.UndecidedCondition, "Conditions."+c.name, detail, c.span, from...)
}

// reportCycles tells of conditions that refer to themselves.
func (t *Template) reportCycles(pairs []syntax.Pair) {
	const visiting, done = 1, 2
	state := map[string]int{}
	var visit func(name string, depth int)
	visit = func(name string, depth int) {
		c := t.conditions[name]
		if c == nil || state[name] == done || depth > maxDepth {
			return
		}
		if state[name] == visiting {
			t.report(source.Error, "cloudformation-condition", c.span, fmt.Sprintf("the condition %q refers to itself", name))
			return
		}
		state[name] = visiting
		for _, used := range t.uses(c.node).conditions {
			visit(used, depth+1)
		}
		state[name] = done
	}
	for _, p := range pairs {
		visit(p.Key, 0)
	}
}
