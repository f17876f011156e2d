package funcs

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// secrecyFunctions are those that set, clear or ask for Sensitive and Ephemeral.
func secrecyFunctions() map[string]function.Function {
	return map[string]function.Function{
		"sensitive": onAnyValue(func(v cty.Value) cty.Value { return v.Mark(Sensitive) }),
		"nonsensitive": onAnyValue(func(v cty.Value) cty.Value {
			bare, marks := v.Unmark()
			return bare.WithMarks(without(marks, Sensitive))
		}),
		"issensitive":     isSensitive,
		"ephemeralasnull": onAnyValue(ephemeralAsNull),
	}
}

// onAnyValue makes a function of one argument of any kind, which cannot fail.
func onAnyValue(f func(cty.Value) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{anything("value")},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f(args[0]), nil },
	})
}

// anything is a parameter that takes every value as it is.
func anything(name string) function.Parameter {
	return function.Parameter{
		Name: name, Type: cty.DynamicPseudoType,
		AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true,
	}
}

// isSensitive asks for the mark on the value itself, not inside it. The answer
// for an unknown value is unknown unless the mark is there: the value may become
// sensitive when it becomes known.
var isSensitive = function.New(&function.Spec{
	Params:       []function.Parameter{anything("value")},
	Type:         function.StaticReturnType(cty.Bool),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		rest := without(marks, Sensitive)
		switch {
		case args[0].HasMark(Sensitive):
			return cty.True.WithMarks(rest), nil
		case !v.IsKnown():
			return cty.UnknownVal(cty.Bool).WithMarks(rest), nil
		default:
			return cty.False.WithMarks(rest), nil
		}
	},
})

// ephemeralAsNull replaces what is ephemeral, at any depth, by null. The other
// marks of the replaced value stay on the null.
func ephemeralAsNull(v cty.Value) cty.Value {
	if !v.HasMarkDeep(Ephemeral) {
		return v
	}
	out, err := cty.Transform(v, func(_ cty.Path, v cty.Value) (cty.Value, error) {
		if !v.HasMark(Ephemeral) {
			return v, nil
		}
		_, marks := v.Unmark()
		return cty.NullVal(v.Type()).WithMarks(without(marks, Ephemeral)), nil
	})
	if err != nil { // Transform fails only where its callback does
		return cty.UnknownVal(v.Type()).WithMarks(without(marksOf(v), Ephemeral))
	}
	return out
}
