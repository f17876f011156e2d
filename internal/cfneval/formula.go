package cfneval

import (
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// formula is for which deployments a condition is true and for which it is
// false. Both overlap only where it was too complex to be kept apart.
type formula struct{ yes, no value.When }

func (f formula) is(want bool) value.When {
	if want {
		return f.yes
	}
	return f.no
}

func (f formula) not() formula { return formula{f.no, f.yes} }

func (f formula) wide() bool { return f.yes.IsWide() || f.no.IsWide() }

func always(truth bool) formula {
	if truth {
		return formula{no: value.Never()}
	}
	return formula{yes: value.Never()}
}

// holds says for which deployments a condition has an outcome.
func (t *Template) holds(name string, want bool) value.When { return t.formulaOf(name).is(want) }

// formulaOf is the formula of a condition. One that is too complex, not defined
// or rests on itself is an input of its own: true or false, nobody knows when.
func (t *Template) formulaOf(name string) formula {
	c := t.conditions[name]
	if c == nil {
		return t.atom(name, "condition "+name)
	}
	if c.formula != nil {
		return *c.formula
	}
	if c.active || !t.enter(c.span) {
		return t.atom(name, "condition "+name)
	}
	c.active = true
	f := t.formula(c.node, name)
	c.active = false
	t.leave()
	if f.wide() {
		f = t.atom(name, "condition "+name)
	}
	c.formula = &f
	return f
}

// atom is a statement of which it is not known what decides it. The same key
// stands for the same statement.
func (t *Template) atom(name, key string) formula {
	in := t.atoms[key]
	if in == nil {
		in = &value.Input{Unit: t.opt.Unit, Name: name, Choices: []string{"true", "false"}}
		t.atoms[key] = in
	}
	return formula{in.Is(0), in.Is(1)}
}

// formula reads an expression of the Conditions or Rules section. Name is the
// condition that it is a part of.
func (t *Template) formula(n *syntax.Node, name string) formula {
	if n == nil || !t.enter(n.Extent()) {
		return t.atom(name, "condition "+name)
	}
	defer t.leave()
	c, ok := conditionCallOf(n)
	if !ok {
		if b, ok := t.scalarValue(n).Truth(); ok && n.IsScalar() {
			return always(b)
		}
		return t.statement(n, name)
	}
	switch c.name {
	case "Condition":
		return t.conditionRef(c, name)
	case "Fn::Equals":
		if args, ok := t.arguments(c, 2, 2); ok {
			return t.compared(n, name, func(sc *scope) tri.Bool { return t.equals(args[0], args[1], sc) })
		}
	case "Fn::Contains":
		if args, ok := t.arguments(c, 2, 2); ok {
			return t.compared(n, name, func(sc *scope) tri.Bool { return t.contains(args[0], args[1], sc) })
		}
	case "Fn::EachMemberEquals", "Fn::EachMemberIn":
		if args, ok := t.arguments(c, 2, 2); ok {
			return t.compared(n, name, func(sc *scope) tri.Bool { return t.eachMember(args[0], args[1], sc) })
		}
	case "Fn::Not":
		if args, ok := t.arguments(c, 1, 1); ok {
			return t.formula(args[0], name).not()
		}
	case "Fn::And":
		return t.conjunction(c, name)
	case "Fn::Or":
		return t.disjunction(c, name)
	case "Fn::If":
		return t.choice(c, name)
	default:
		return t.compared(n, name, func(sc *scope) tri.Bool {
			one := c
			one.sc = sc
			if b, ok := t.call(one).Truth(); ok {
				return tri.Of(b)
			}
			return tri.Unknown
		})
	}
	return t.statement(n, name)
}

// statement is an atom for an expression, which is called by the name of its
// condition if it is all of that.
func (t *Template) statement(n *syntax.Node, name string) formula {
	text := written(n, 0)
	if c := t.conditions[name]; c == nil || c.node != n {
		name = text
	}
	return t.atom(name, text)
}

func (t *Template) conditionRef(c call, name string) formula {
	used, ok := literal(c.arg)
	if !ok {
		t.invalid(c.node.Extent(), "cloudformation-condition", "Condition takes the name of a condition")
		return t.statement(c.node, name)
	}
	if t.conditions[used] == nil {
		t.undefinedCondition(used, c.arg.Extent())
	}
	return t.formulaOf(used)
}

// conjunction evaluates Fn::And. CloudFormation takes 2 to 10 operands; fewer or
// more do not change what is meant.
func (t *Template) conjunction(c call, name string) formula {
	args, ok := t.arguments(c, 1, 1000)
	if !ok {
		return t.statement(c.node, name)
	}
	out := always(true)
	for _, a := range args {
		f := t.formula(a, name)
		out = formula{out.yes.And(f.yes), out.no.Or(f.no)}
	}
	return out
}

func (t *Template) disjunction(c call, name string) formula {
	args, ok := t.arguments(c, 1, 1000)
	if !ok {
		return t.statement(c.node, name)
	}
	out := always(false)
	for _, a := range args {
		f := t.formula(a, name)
		out = formula{out.yes.Or(f.yes), out.no.And(f.no)}
	}
	return out
}

func (t *Template) choice(c call, name string) formula {
	args, ok := t.arguments(c, 3, 3)
	if !ok {
		return t.statement(c.node, name)
	}
	used, _ := literal(args[0])
	cond, a, b := t.formulaOf(used), t.formula(args[1], name), t.formula(args[2], name)
	return formula{
		cond.yes.And(a.yes).Or(cond.no.And(b.yes)),
		cond.yes.And(a.no).Or(cond.no.And(b.no)),
	}
}

// compared is the formula of an expression that f evaluates for each value of
// the inputs it depends on. Where that does not decide it, it is an atom: it
// depends on more than these.
func (t *Template) compared(n *syntax.Node, name string, f func(*scope) tri.Bool) formula {
	if readsAccount(n) {
		return formula{} // it may be either, whatever is chosen
	}
	open := t.statement(n, name)
	out := formula{value.Never(), value.Never()}
	counted := t.assignments(nil, t.variesWith(n), maxAssignments, func(sc *scope) bool {
		here := t.reached(sc)
		switch f(sc) {
		case tri.True:
			out.yes = out.yes.Or(here)
		case tri.False:
			out.no = out.no.Or(here)
		case tri.Unknown:
			out.yes, out.no = out.yes.Or(here.And(open.yes)), out.no.Or(here.And(open.no))
		}
		return true
	})
	if !counted || out.wide() {
		return open
	}
	return out
}

// written is an expression in one form, whatever the style it is written in:
// Equals(Stage, "prod").
func written(n *syntax.Node, depth int) string {
	if n == nil || depth > maxDepth {
		return ""
	}
	if c, ok := conditionCallOf(n); ok {
		if name, ok := literal(c.arg); ok && (c.name == "Ref" || c.name == "Condition") {
			return name
		}
		arg := written(c.arg, depth+1)
		if c.arg != nil && isSequence(c.arg) {
			arg = arg[1 : len(arg)-1]
		}
		return strings.TrimPrefix(c.name, "Fn::") + "(" + arg + ")"
	}
	var parts []string
	switch {
	case isSequence(n):
		for _, item := range n.Items {
			parts = append(parts, written(item, depth+1))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case isMapping(n):
		for _, p := range n.Pairs {
			parts = append(parts, p.Key+": "+written(p.Value, depth+1))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return strconv.Quote(n.Text)
}
