package funcs

import (
	"sort"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// collectionFunctions are those on maps and objects, and the general ones.
func collectionFunctions() map[string]function.Function {
	return map[string]function.Function{
		"alltrue":   allTrue,
		"anytrue":   anyTrue,
		"contains":  stdlib.ContainsFunc,
		"keys":      stdlib.KeysFunc,
		"length":    length,
		"merge":     guarded(merge, elementsFor(cty.DynamicPseudoType)),
		"transpose": transpose,
		"values":    stdlib.ValuesFunc,
		"zipmap":    stdlib.ZipmapFunc,
	}
}

// elementsFor is fewElements for a result of type t.
func elementsFor(t cty.Type) func([]cty.Value) error {
	return func(args []cty.Value) error { return fewElements(args, t) }
}

// length counts elements, attributes, or the characters of a string (as a reader
// would: a flag made of two code points is one).
var length = function.New(&function.Spec{
	Params: []function.Parameter{{
		Name: "value", Type: cty.DynamicPseudoType,
		AllowDynamicType: true, AllowUnknown: true, AllowMarked: true,
	}},
	Type:         function.StaticReturnType(cty.Number),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		t := v.Type()
		switch {
		case t == cty.DynamicPseudoType:
			return cty.UnknownVal(cty.Number).Refine().NotNull().NumberRangeLowerBound(cty.Zero, true).NewValue().WithMarks(marks), nil
		case t == cty.String:
			n, err := stdlib.Strlen(v)
			if err != nil {
				return cty.NilVal, err
			}
			return n.WithMarks(marks), nil
		case t.IsObjectType():
			return cty.NumberIntVal(int64(len(t.AttributeTypes()))).WithMarks(marks), nil
		case t.IsTupleType():
			return cty.NumberIntVal(int64(t.Length())).WithMarks(marks), nil
		case t.IsCollectionType():
			return v.Length().WithMarks(marks), nil
		default:
			return cty.NilVal, function.NewArgErrorf(0, "must be a string, a collection or an object, not %s", t.FriendlyName())
		}
	},
})

// merge is cty's, which forgets the marks of a null argument: the result rests on
// that argument, too, as it would be another if it were not null.
var merge = wrap(stdlib.MergeFunc, func(args []cty.Value) (cty.Value, error) {
	v, err := stdlib.MergeFunc.Call(args)
	if err != nil {
		return cty.NilVal, err
	}
	for _, a := range args {
		v = v.WithMarks(a.Marks())
	}
	return v, nil
})

// truth makes alltrue and anytrue: the result is stop as soon as one element is,
// else the opposite. Null counts as false.
func truth(stop bool) function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:         function.StaticReturnType(cty.Bool),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			unknown := false
			for it := args[0].ElementIterator(); it.Next(); {
				_, v := it.Element()
				switch {
				case !v.IsKnown():
					unknown = true
				case (!v.IsNull() && v.True()) == stop:
					return cty.BoolVal(stop), nil
				}
			}
			if unknown {
				return cty.UnknownVal(cty.Bool), nil
			}
			return cty.BoolVal(!stop), nil
		},
	})
}

var (
	allTrue = truth(false)
	anyTrue = truth(true)
)

// transpose swaps keys and values of a map of lists of strings.
var transpose = function.New(&function.Spec{
	Params:       []function.Parameter{{Name: "values", Type: cty.Map(cty.List(cty.String))}},
	Type:         function.StaticReturnType(cty.Map(cty.List(cty.String))),
	RefineResult: notNull,
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(t), nil
		}
		keysOf := map[string][]string{}
		for it := args[0].ElementIterator(); it.Next(); {
			key, list := it.Element()
			if list.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "the list under %q is null", key.AsString())
			}
			for li := list.ElementIterator(); li.Next(); {
				_, v := li.Element()
				if v.IsNull() {
					return cty.NilVal, function.NewArgErrorf(0, "the list under %q has a null element", key.AsString())
				}
				keysOf[v.AsString()] = append(keysOf[v.AsString()], key.AsString())
			}
		}
		if len(keysOf) == 0 {
			return cty.MapValEmpty(cty.List(cty.String)), nil
		}
		out := make(map[string]cty.Value, len(keysOf))
		for v, keys := range keysOf {
			sort.Strings(keys)
			list := make([]cty.Value, len(keys))
			for i, k := range keys {
				list[i] = cty.StringVal(k)
			}
			out[v] = cty.ListVal(list)
		}
		return cty.MapVal(out), nil
	},
})
