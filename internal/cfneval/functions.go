package cfneval

import (
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
	if c.sc != nil && (c.sc.inFunction || c.sc.bare) {
		return f(t, c)
	}
	inputs := t.closed(t.variesWith(c.node), c.sc)
	if len(inputs) == 0 {
		return f(t, c)
	}
	var scopes []*scope
	counted := t.assignments(c.sc, inputs, func(one *scope) bool {
		s := t.pins(c.sc, inputs, one)
		if !samePins(scopes, s, inputs) {
			scopes = append(scopes, s)
		}
		return len(scopes) <= maxCases
	})
	if !counted || len(scopes) == 0 || len(scopes) > maxCases {
		return f(t, c)
	}
	results := make([]value.Value, len(scopes))
	for i, s := range scopes {
		one := c
		one.sc = s
		results[i] = f(t, one)
	}
	v := t.oneOf(results, c.at(), t.choiceOf(inputs))
	if len(scopes) > value.MaxAlternatives && v.IsUnknown() && v.Alternatives() == nil {
		return f(t, c) // too many to be listed, but they may have a prefix or elements in common
	}
	return v
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

// pins pins some inputs in a scope as another scope has them.
func (t *Template) pins(sc *scope, inputs []string, as *scope) *scope {
	for _, name := range inputs {
		choice, _ := as.pinned(name)
		sc = sc.pin(name, choice)
	}
	sc.inFunction = true
	return sc
}

func samePins(scopes []*scope, s *scope, inputs []string) bool {
	for _, o := range scopes {
		same := true
		for _, name := range inputs {
			a, _ := o.pinned(name)
			b, _ := s.pinned(name)
			same = same && a == b
		}
		if same {
			return true
		}
	}
	return false
}

// choiceOf is the origin of what depends on some inputs.
func (t *Template) choiceOf(inputs []string) value.OriginID {
	ids := make([]value.OriginID, len(inputs))
	for i, name := range inputs {
		ids[i] = t.input(name).value.Origin()
	}
	return t.opt.Origins.Join(ids...)
}

// spread calls f for each combination of alternatives of its arguments. Where
// there are too many, f is given them as they are.
func (t *Template) spread(at source.Span, args []value.Value, f func([]value.Value) value.Value) value.Value {
	total := 1
	var why []value.OriginID
	for _, a := range args {
		if alts := a.Alternatives(); alts != nil {
			why = append(why, a.Origin())
			if total *= len(alts); total > value.MaxAlternatives {
				return f(args)
			}
		}
	}
	if total == 1 {
		return f(args)
	}
	results := make([]value.Value, 0, total)
	for i := range total {
		one := make([]value.Value, len(args))
		for j, a := range args {
			one[j] = a
			if alts := a.Alternatives(); alts != nil {
				one[j] = alts[i%len(alts)]
				i /= len(alts)
			}
		}
		results = append(results, f(one))
	}
	return t.oneOf(results, at, t.opt.Origins.Join(why...))
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
		return t.eval(args[1], c.sc)
	case tri.False:
		return t.eval(args[2], c.sc)
	case tri.Unknown:
	}
	return t.oneOf([]value.Value{
		t.eval(args[1], t.assume(c.sc, name, true)),
		t.eval(args[2], t.assume(c.sc, name, false)),
	}, c.at(), t.whyUndecided(cond, c.sc))
}

// truthValue is a condition function outside of the Conditions section.
func (t *Template) truthValue(c call) value.Value {
	r := t.truth(c.node, c.sc)
	if r.Known() {
		return value.OfBool(r == tri.True, c.at())
	}
	return value.OfUnknown(value.KindBool, c.at(), t.origin(value.UndecidedCondition, c.name, "can't be decided from the files", c.at()))
}

func (t *Template) transformNote(at source.Span) {
	t.report(source.Note, "cloudformation-macro", at, "what a macro puts here is not known")
}
