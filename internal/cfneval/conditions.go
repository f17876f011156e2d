package cfneval

import (
	"fmt"
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
	// active guards against cycles while the condition is evaluated.
	active bool
	// inputs are all inputs on which the condition depends, once they are known.
	inputs []string
	// deps are those of them that have a domain.
	deps     []string
	depsDone bool
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

// decide decides a condition in a scope: it is known if every assignment of
// inputs that is possible there agrees.
func (t *Template) decide(name string, sc *scope) tri.Bool {
	if r := sc.assumed(name); r.Known() {
		return r
	}
	if sc != nil && sc.bare {
		return t.holds(name, sc)
	}
	key := memoKey{name, sc}
	if r, ok := t.memo[key]; ok {
		return r
	}
	r := t.agreed(sc, t.dependsOn(name), func(one *scope) tri.Bool { return t.holds(name, one) })
	t.memo[key] = r
	return r
}

// agreed returns what f says for all possible assignments, if it is the same.
func (t *Template) agreed(sc *scope, inputs []string, f func(*scope) tri.Bool) tri.Bool {
	r, first := tri.Unknown, true
	counted := t.assignments(sc, inputs, func(one *scope) bool {
		got := f(one)
		if first {
			r, first = got, false
		}
		r = tri.Same(r, got)
		return r.Known()
	})
	if !counted {
		bare := sc.child()
		bare.bare = true
		return f(bare)
	}
	return r
}

// holds evaluates a condition for one assignment. Where that does not decide
// it, what is assumed does.
func (t *Template) holds(name string, sc *scope) tri.Bool {
	c := t.conditions[name]
	if c == nil || c.active || !t.enter(c.span) {
		return sc.assumed(name)
	}
	defer t.leave()
	c.active = true
	r := t.truth(c.node, sc)
	c.active = false
	if !r.Known() {
		return sc.assumed(name)
	}
	return r
}

// truth evaluates an expression of the Conditions section.
func (t *Template) truth(n *syntax.Node, sc *scope) tri.Bool {
	if n == nil || !t.enter(n.Extent()) {
		return tri.Unknown
	}
	defer t.leave()
	c, ok := conditionCallOf(n)
	if !ok {
		if b, ok := t.scalarValue(n).Truth(); ok && n.IsScalar() {
			return tri.Of(b)
		}
		return tri.Unknown
	}
	c.sc = sc
	switch c.name {
	case "Condition":
		return t.conditionRef(c)
	case "Fn::Equals":
		if args, ok := t.arguments(c, 2, 2); ok {
			return t.equals(args[0], args[1], sc)
		}
	case "Fn::Not":
		if args, ok := t.arguments(c, 1, 1); ok {
			return t.truth(args[0], sc).Not()
		}
	case "Fn::And":
		return t.connect(c, tri.And)
	case "Fn::Or":
		return t.connect(c, tri.Or)
	case "Fn::If":
		return t.truthOfIf(c)
	default:
		if b, ok := t.call(c).Truth(); ok {
			return tri.Of(b)
		}
	}
	return tri.Unknown
}

func (t *Template) conditionRef(c call) tri.Bool {
	name, ok := literal(c.arg)
	if !ok {
		t.invalid(c.node.Extent(), "cloudformation-condition", "Condition takes the name of a condition")
		return tri.Unknown
	}
	if t.conditions[name] == nil {
		t.undefinedCondition(name, c.arg.Extent())
		return tri.Unknown
	}
	return t.decide(name, c.sc)
}

func (t *Template) undefinedCondition(name string, at source.Span) value.Value {
	return t.invalid(at, "cloudformation-condition", "there is no condition %q", name)
}

// connect evaluates Fn::And and Fn::Or. CloudFormation takes 2 to 10 operands;
// fewer or more do not change what is meant.
func (t *Template) connect(c call, with func(...tri.Bool) tri.Bool) tri.Bool {
	args, ok := t.arguments(c, 1, 1000)
	if !ok {
		return tri.Unknown
	}
	results := make([]tri.Bool, len(args))
	for i, a := range args {
		results[i] = t.truth(a, c.sc)
	}
	return with(results...)
}

func (t *Template) truthOfIf(c call) tri.Bool {
	args, ok := t.arguments(c, 3, 3)
	if !ok {
		return tri.Unknown
	}
	name, _ := literal(args[0])
	switch t.decide(name, c.sc) {
	case tri.True:
		return t.truth(args[1], c.sc)
	case tri.False:
		return t.truth(args[2], c.sc)
	case tri.Unknown:
	}
	return tri.Same(t.truth(args[1], c.sc), t.truth(args[2], c.sc))
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
	for _, known := range d.values {
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

// implied lists what follows for other conditions from the outcome of this one,
// by the way it is written.
func (c *condition) implied(want bool) []assumption { return impliedBy(c.node, want, 0) }

func impliedBy(n *syntax.Node, want bool, depth int) []assumption {
	k, ok := conditionCallOf(n)
	if !ok || depth > 20 {
		return nil
	}
	switch k.name {
	case "Condition":
		if name, ok := literal(k.arg); ok {
			return []assumption{{name, want}}
		}
	case "Fn::Not":
		if isSequence(k.arg) && len(k.arg.Items) == 1 {
			return impliedBy(k.arg.Items[0], !want, depth+1)
		}
	case "Fn::And", "Fn::Or":
		if want != (k.name == "Fn::And") || !isSequence(k.arg) {
			return nil
		}
		var out []assumption
		for _, item := range k.arg.Items {
			out = append(out, impliedBy(item, want, depth+1)...)
		}
		return out
	}
	return nil
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
