package funcs

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// notKnowableError is the error by which a function says that its result, of type t,
// cannot be told from the configuration. Options.settle makes a value of it.
type notKnowableError struct {
	why string
	t   cty.Type
}

func (e notKnowableError) Error() string { return "cannot be told from the configuration: " + e.why }

// cannotTell returns the error for a result of type t that is out of reach.
func cannotTell(t cty.Type, format string, args ...any) error {
	return notKnowableError{why: fmt.Sprintf(format, args...), t: t}
}

// entry is a function and the rule by which the marks of all its arguments, however
// deep, are put on a result that is unknown.
//
// cty drops the marks of an unknown argument where the parameter has AllowMarked,
// as those of element and merge do. References are mostly to things that are
// unknown before apply, so it is just the marks that count which would go.
type entry struct {
	function.Function
	smear func(args []cty.Value) bool
}

// always, never and anyUnknown are the rules of an entry. What most functions make
// is known or unknown as a whole, so it is always right to add the marks. One that
// picks elements may pick an unknown one out of a known list, which must not get
// the marks of the others: there it depends on whether an argument itself is
// unknown. And some functions see to it themselves.
func always([]cty.Value) bool { return true }

func never([]cty.Value) bool { return false }

func anyUnknown(args []cty.Value) bool {
	for _, a := range args {
		if !a.IsKnown() {
			return true
		}
	}
	return false
}

// bind returns the function of e as it stands in a table under the given name. It
// adds what all functions have in common: marks on unknown results, values for
// notKnowableError errors, errors without stack traces, and the conversion of arguments.
//
// That last is otherwise done by hclsyntax, whatever it takes: upper(1e400000000)
// would keep it busy with digits for some ten minutes. So to hclsyntax all
// parameters are of any type.
func (o Options) bind(name string, e entry) function.Function {
	types := parameterTypes(e.Function)
	return wrapTyped(e.Function, anyType, func(args []cty.Value) (cty.Value, error) {
		in, err := converted(args, types)
		if err != nil {
			return o.settle(name, err, args)
		}
		v, err := e.Call(in)
		if err != nil {
			return o.settle(name, err, args)
		}
		if !v.IsKnown() && e.smear(in) {
			v = v.WithMarks(marksOf(args...))
		}
		return v, nil
	})
}

// settle returns the unknown value that a notKnowableError error stands for, and other
// errors as they are.
func (o Options) settle(name string, err error, args []cty.Value) (cty.Value, error) {
	if e, ok := errors.AsType[notKnowableError](err); ok {
		return o.unknown(name, e.why, e.t).WithMarks(marksOf(args...)), nil
	}
	if _, ok := errors.AsType[function.PanicError](err); ok {
		err = errors.New("the function has no result for these arguments")
	}
	return cty.NilVal, err
}

// parameterTypes returns the types of the parameters of f, the last of which is
// that of all further arguments if f takes any number of them.
func parameterTypes(f function.Function) []cty.Type {
	var types []cty.Type
	for _, p := range f.Params() {
		types = append(types, p.Type)
	}
	if v := f.VarParam(); v != nil {
		types = append(types, v.Type)
	}
	return types
}

// converted returns args as values of the given types.
func converted(args []cty.Value, types []cty.Type) ([]cty.Value, error) {
	out := make([]cty.Value, len(args))
	for i, a := range args {
		want := types[min(i, len(types)-1)]
		if want == cty.DynamicPseudoType || a.Type().Equals(want) {
			out[i] = a
			continue
		}
		bare, marks := a.Unmark()
		if Unwritable(bare) {
			return nil, cannotTell(cty.DynamicPseudoType, "a number has more than %d digits", maxDigits)
		}
		v, err := convertTo(bare, want)
		if tooMany := (notKnowableError{}); errors.As(err, &tooMany) {
			return nil, err
		}
		if err != nil {
			return nil, function.NewArgError(i, err)
		}
		out[i] = v.WithMarks(marks)
	}
	return out, nil
}

// unknown asks the caller's hook for a value, and insists on the type.
func (o Options) unknown(name, why string, t cty.Type) cty.Value {
	plain := cty.UnknownVal(t)
	if t != cty.DynamicPseudoType {
		plain = plain.RefineNotNull()
	}
	if o.Unknown == nil {
		return plain
	}
	v := o.Unknown(name, why, t)
	if v == cty.NilVal {
		return plain
	}
	if !v.Type().Equals(t) {
		return plain.WithMarks(v.Marks())
	}
	if t == cty.DynamicPseudoType || v.IsKnown() {
		return v
	}
	return v.RefineNotNull()
}

// wrap returns a function that takes the parameters of f and leaves everything
// else about the arguments (nulls, unknowns, marks) to impl, which is expected to
// call f.
func wrap(f function.Function, impl func([]cty.Value) (cty.Value, error)) function.Function {
	return wrapTyped(f, func(t cty.Type) cty.Type { return t }, impl)
}

// anyType is the type of a parameter that takes every value, instead of one of
// type t. A parameter that gets expressions stays what it is.
func anyType(t cty.Type) cty.Type {
	if customdecode.CustomExpressionDecoderForType(t) != nil {
		return t
	}
	return cty.DynamicPseudoType
}

// wrapTyped is wrap with the types of the parameters changed.
func wrapTyped(f function.Function, change func(cty.Type) cty.Type, impl func([]cty.Value) (cty.Value, error)) function.Function {
	open := func(p function.Parameter) function.Parameter {
		p.Type = change(p.Type)
		p.AllowNull, p.AllowUnknown, p.AllowDynamicType, p.AllowMarked = true, true, true, true
		return p
	}
	spec := &function.Spec{
		Type: function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return impl(args) },
	}
	for _, p := range f.Params() {
		spec.Params = append(spec.Params, open(p))
	}
	if v := f.VarParam(); v != nil {
		p := open(*v)
		spec.VarParam = &p
	}
	return function.New(spec)
}

// guarded returns f with a check that runs before it on the unmarked arguments.
// The check must cope with null and unknown ones; an error of its stands for the
// call's.
func guarded(f function.Function, check func(args []cty.Value) error) function.Function {
	return wrap(f, func(args []cty.Value) (cty.Value, error) {
		bare := make([]cty.Value, len(args))
		for i, a := range args {
			bare[i], _ = a.UnmarkDeep()
		}
		if err := check(bare); err != nil {
			return cty.NilVal, err
		}
		return f.Call(args)
	})
}

// notNull is the refinement of results that are never null.
func notNull(b *cty.RefinementBuilder) *cty.RefinementBuilder { return b.NotNull() }
