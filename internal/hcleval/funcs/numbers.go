package funcs

import (
	"math/big"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// numberFunctions are arithmetic.
func numberFunctions() map[string]function.Function {
	return map[string]function.Function{
		"abs":      stdlib.AbsoluteFunc,
		"ceil":     stdlib.CeilFunc,
		"floor":    stdlib.FloorFunc,
		"log":      stdlib.LogFunc,
		"max":      stdlib.MaxFunc,
		"min":      stdlib.MinFunc,
		"parseint": guarded(stdlib.ParseIntFunc, tooLong(maxDigits, cty.Number)),
		"pow":      stdlib.PowFunc,
		"range":    stdlib.RangeFunc, // has a limit of 1,024 elements
		"signum":   stdlib.SignumFunc,
		"sum":      sum,
	}
}

// sum adds the numbers in a list, set or tuple.
var sum = function.New(&function.Spec{
	Params:       []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:         function.StaticReturnType(cty.Number),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		list := args[0]
		if t := list.Type(); !t.IsListType() && !t.IsSetType() && !t.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "must be a list, set or tuple of numbers, not %s", t.FriendlyName())
		}
		known := list.IsWhollyKnown()
		if known && list.LengthInt() == 0 {
			return cty.NilVal, function.NewArgErrorf(0, "an empty list has no sum")
		}
		total := new(big.Float).SetPrec(512)
		for it := list.ElementIterator(); it.Next(); {
			_, elem := it.Element()
			n, err := convert.Convert(elem, cty.Number)
			if err != nil || n.IsKnown() && n.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "must be a list, set or tuple of numbers")
			}
			if known {
				total = add(total, n.AsBigFloat())
			}
		}
		if !known {
			return cty.UnknownVal(cty.Number), nil
		}
		return cty.NumberVal(total), nil
	},
})

// add adds at the precision of cty's numbers. The sum of two opposite infinities
// is not a number, which makes big.Float panic; cty turns that into an error.
func add(a, b *big.Float) *big.Float {
	return new(big.Float).SetPrec(512).Add(a, b)
}
