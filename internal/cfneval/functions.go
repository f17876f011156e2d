package cfneval

import (
	"slices"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// call is a use of an intrinsic function.
type call struct {
	// name is "Ref", "Condition" or "Fn::…".
	name string
	// node is the whole expression, arg what the function is given.
	node, arg *syntax.Node
	sc        *scope
}

func (c call) at() source.Span { return c.node.Extent() }

// call evaluates a function.
func (t *Template) call(c call) value.Value {
	switch c.name {
	case "Ref":
		return t.ref(c)
	case "Fn::GetAtt":
		return t.getAtt(c)
	case "Fn::If":
		return t.branch(c)
	case "Condition", "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals":
		return t.truthValue(c)
	case "Fn::Transform":
		t.transformNote(c.at())
		return value.OfUnknown(value.KindAny, c.at(), t.origin(value.UnsupportedFunction, c.name, "is computed by a macro", c.at()))
	case "Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll":
		return value.OfUnknown(value.KindAny, c.at(), t.origin(value.DataSource, c.name, "is read from the account", c.at()))
	case opaqueText:
		return value.OfUnknown(value.KindAny, c.at(), t.origin(value.DependsOnUnknown, "Fn::ForEach", "the collection is not known", c.at()))
	}
	if f := functions(c.name); f != nil {
		return t.forEachAssignment(c, f)
	}
	t.report(source.Warning, "cloudformation-function", c.at(), "the function "+c.name+" is not supported")
	return value.OfUnknown(value.KindAny, c.at(), t.origin(value.UnsupportedFunction, c.name, "is not supported", c.at()))
}

type function func(t *Template, c call) value.Value

// functions is the table of what is computed from the values of its arguments.
func functions(name string) function {
	switch name {
	case "Fn::Base64":
		return base64
	case "Fn::Cidr":
		return cidr
	case "Fn::FindInMap":
		return findInMap
	case "Fn::GetAZs":
		return getAZs
	case "Fn::GetStackOutput":
		return getStackOutput
	case "Fn::ImportValue":
		return importValue
	case "Fn::Join":
		return join
	case "Fn::Length":
		return length
	case "Fn::Select":
		return selectItem
	case "Fn::Split":
		return split
	case "Fn::Sub":
		return sub
	case "Fn::ToJsonString":
		return toJSONString
	}
	return nil
}

// forEachAssignment evaluates a function once for each assignment of the
// inputs it depends on, so that several uses of one parameter always have the
// same value. Where there are too many, arguments are taken one by one.
func (t *Template) forEachAssignment(c call, f function) value.Value {
	if c.sc.pinsAny() {
		return f(t, c)
	}
	inputs := t.closed(t.variesWith(c.node), c.sc)
	if len(inputs) == 0 {
		return f(t, c)
	}
	var scopes []*scope
	counted := t.assignments(c.sc, inputs, maxCases, func(one *scope) bool {
		scopes = append(scopes, one)
		return true
	})
	if !counted || len(scopes) == 0 {
		return f(t, c)
	}
	results := make([]value.Case, len(scopes))
	for i, s := range scopes {
		one := c
		one.sc = s
		results[i] = value.Case{When: s.when, Value: f(t, one)}
	}
	v := t.oneOfCases(t.deployable(results), c.at(), t.choiceOf(inputs))
	if len(scopes) > value.MaxAlternatives && v.IsUnknown() && v.Alternatives() == nil {
		return f(t, c) // too many to be listed, but they may have a prefix or elements in common
	}
	return v
}

// deployable drops the cases in which a function fails, if there are others: a
// stack with these values of parameters is never deployed.
func (t *Template) deployable(cases []value.Case) []value.Case {
	kept := slices.DeleteFunc(slices.Clone(cases), func(c value.Case) bool {
		return c.Value.IsUnknown() && t.opt.Origins.At(c.Value.Origin()).Kind == value.InvalidInput
	})
	if len(kept) == 0 {
		return cases
	}
	return kept
}

// closed drops the inputs that may have a value outside of their domain: for
// these there is nothing to put in.
func (t *Template) closed(inputs []string, sc *scope) []string {
	var out []string
	for _, name := range inputs {
		d := t.domain(name)
		choices := t.feasible(sc, name)
		if len(choices) > 1 && (!d.other || choices[len(choices)-1] != len(d.values)) {
			out = append(out, name)
		}
	}
	return out
}

// choiceOf is the origin of what depends on some inputs.
func (t *Template) choiceOf(inputs []string) value.OriginID {
	ids := make([]value.OriginID, len(inputs))
	for i, name := range inputs {
		ids[i] = t.input(name).value.Origin()
	}
	return t.opt.Origins.Join(ids...)
}

// spread calls f for each possible combination of alternatives of its
// arguments. Where there are too many, f is given them as they are.
func (t *Template) spread(at source.Span, args []value.Value, f func([]value.Value) value.Value) value.Value {
	type combination struct {
		when value.When
		args []value.Value
	}
	combos := []combination{{}}
	var why []value.OriginID
	for _, a := range args {
		cases := a.Cases()
		if len(cases) > 1 {
			why = append(why, a.Origin())
		}
		var next []combination
		for _, c := range combos {
			for _, one := range cases {
				if w := c.when.And(one.When); w.IsPossible() {
					next = append(next, combination{w, append(slices.Clip(c.args), one.Value)})
				}
			}
		}
		if combos = next; len(combos) > value.MaxAlternatives || len(combos) == 0 {
			return f(args)
		}
	}
	if len(why) == 0 {
		return f(args)
	}
	results := make([]value.Case, len(combos))
	for i, c := range combos {
		results[i] = value.Case{When: c.when, Value: f(c.args)}
	}
	return t.oneOfCases(results, at, t.opt.Origins.Join(why...))
}

// arguments returns the elements of a function's argument, which is a list of
// that length.
func (t *Template) arguments(c call, least, most int) ([]*syntax.Node, bool) {
	if c.arg == nil || !isSequence(c.arg) || len(c.arg.Items) < least || len(c.arg.Items) > most {
		t.invalid(c.at(), "cloudformation-function", "%s is given the wrong arguments", c.name)
		return nil, false
	}
	return c.arg.Items, true
}

// broken is the value of a function with wrong arguments, which were reported.
func (t *Template) broken(c call) value.Value {
	return value.OfUnknown(value.KindAny, c.at(), t.origin(value.InvalidInput, c.name, "is given the wrong arguments", c.at()))
}

// branch evaluates Fn::If. In each branch the condition is taken to be decided.
func (t *Template) branch(c call) value.Value {
	args, ok := t.arguments(c, 3, 3)
	if !ok {
		return t.broken(c)
	}
	name, ok := literal(args[0])
	cond := t.conditions[name]
	if !ok || cond == nil {
		why := t.undefinedCondition(name, args[0].Extent()).Origin()
		return t.oneOf([]value.Value{t.eval(args[1], c.sc), t.eval(args[2], c.sc)}, c.at(), why)
	}
	switch t.decide(name, c.sc) {
	case tri.True:
		return t.chosen(t.eval(args[1], c.sc), name, true, c)
	case tri.False:
		return t.chosen(t.eval(args[2], c.sc), name, false, c)
	case tri.Unknown:
	}
	return t.oneOfCases([]value.Case{
		{When: t.holds(name, true), Value: t.eval(args[1], t.assume(c.sc, name, true))},
		{When: t.holds(name, false), Value: t.eval(args[2], t.assume(c.sc, name, false))},
	}, c.at(), t.whyUndecided(cond, c.sc))
}

// truthValue is a condition function outside of the Conditions section.
func (t *Template) truthValue(c call) value.Value {
	f := t.formula(c.node, written(c.node, 0))
	r := t.either(c.sc, f.yes, f.no)
	if r.Known() {
		return value.OfBool(r == tri.True, c.at())
	}
	why := t.origin(value.UndecidedCondition, c.name, "can't be decided from the files", c.at())
	return value.OneOfCases([]value.Case{
		{When: f.yes, Value: value.OfBool(true, c.at())},
		{When: f.no, Value: value.OfBool(false, c.at())},
	}, c.at(), why)
}

func (t *Template) transformNote(at source.Span) {
	t.report(source.Note, "cloudformation-macro", at, "what a macro puts here is not known")
}
