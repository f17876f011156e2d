package funcs

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// conversionFunctions are tostring, tolist and the like.
func conversionFunctions() map[string]function.Function {
	return map[string]function.Function{
		"tobool":   to(cty.Bool),
		"tolist":   to(cty.List(cty.DynamicPseudoType)),
		"tomap":    to(cty.Map(cty.DynamicPseudoType)),
		"tonumber": to(cty.Number),
		"toset":    to(cty.Set(cty.DynamicPseudoType)),
		"tostring": to(cty.String),
	}
}

// to makes a function that converts to the type want. Unlike the one that cty
// has for the purpose it leaves marks where they are: tolist([a, b]) has the
// marks of a on the first element alone. Elements of a set cannot have marks of
// their own, so toset does spread them.
func to(want cty.Type) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{anything("v")},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v := args[0]
			if weigh(v, maxText) > maxText || hugeText(v, want) {
				return cty.NilVal, cannotTell(want, "the value is too large to be converted")
			}
			out, err := convertTo(v, want)
			if tooMany := (notKnowableError{}); errors.As(err, &tooMany) {
				return cty.NilVal, err
			}
			if err != nil {
				return cty.NilVal, function.NewArgErrorf(0, "cannot convert %s to %s",
					v.Type().FriendlyName(), want.FriendlyNameForConstraint())
			}
			return out, nil
		},
	})
}

// hugeText reports whether v is text of a number that is too large to be made.
func hugeText(v cty.Value, want cty.Type) bool {
	v, _ = v.Unmark()
	s, ok := text(v)
	return ok && want == cty.Number && (len(s) > maxDigits || hasHugeNumber(s))
}

// convertTo is convert.Convert for values of any size. That takes time with the
// square of the length of a tuple, minutes for one of a hundred thousand
// elements, to find the type that the elements have in common.
func convertTo(v cty.Value, want cty.Type) (cty.Value, error) {
	bare, marks := v.Unmark()
	t := bare.Type()
	n := elements(bare)
	if !t.IsTupleType() || n < 256 || !want.IsListType() && !want.IsSetType() {
		return convert.Convert(v, want)
	}
	first := t.TupleElementType(0)
	for _, et := range t.TupleElementTypes() {
		if first.HasDynamicTypes() || !et.Equals(first) {
			if n > maxMixed {
				return cty.NilVal, cannotTell(want, "there are more than %d elements of different types", maxMixed)
			}
			return convert.Convert(v, want)
		}
	}
	elems := bare.AsValueSlice()
	for i, e := range elems {
		var err error
		if elems[i], err = convert.Convert(e, want.ElementType()); err != nil {
			return cty.NilVal, err
		}
	}
	if want.IsSetType() {
		return cty.SetVal(elems).WithMarks(marks), nil
	}
	return cty.ListVal(elems).WithMarks(marks), nil
}
