package funcs

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// selectionFunctions return one of their arguments or elements. The result has
// the marks of what was looked at to find it and of the thing itself, not those
// of what comes after it.
func selectionFunctions() map[string]entry {
	return map[string]entry{
		"coalesce":     {coalesce, never},
		"coalescelist": {coalesceList, never},
		"element":      {stdlib.ElementFunc, anyUnknown},
		"index":        {index, always},
		"lookup":       {lookup, never},
		"matchkeys":    {matchKeys, always},
		"one":          {one, never},
	}
}

// severalOf is a parameter that takes any number of values as they are.
func severalOf(name string) *function.Parameter {
	p := anything(name)
	return &p
}

// coalesce returns the first argument that is neither null nor "".
var coalesce = function.New(&function.Spec{
	VarParam: severalOf("vals"),
	Type: func(args []cty.Value) (cty.Type, error) {
		types := make([]cty.Type, len(args))
		for i, v := range args {
			types[i] = v.Type()
		}
		t, _ := convert.UnifyUnsafe(types)
		if t == cty.NilType {
			return cty.NilType, errors.New("the arguments have no type in common")
		}
		return t, nil
	},
	RefineResult: notNull,
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		var seen []cty.ValueMarks
		for _, arg := range args {
			v, err := convert.Convert(arg, t)
			if err != nil {
				return cty.NilVal, err
			}
			bare, marks := v.Unmark()
			seen = append(seen, marks)
			switch isEmpty(bare) {
			case yes:
				continue
			case no:
				return hoistSensitive(v.WithMarks(seen...), args...), nil
			case maybe:
				return cty.UnknownVal(t).WithMarks(marksOf(args...)), nil
			}
		}
		return cty.NilVal, errors.New("every argument is null or empty")
	},
})

// answer is a yes, a no, or what can be said about an unknown.
type answer int

const (
	maybe answer = iota
	yes
	no
)

// isEmpty tells whether an unmarked value is null or the empty string.
func isEmpty(v cty.Value) answer {
	switch {
	case v.IsKnown() && v.IsNull():
		return yes
	case v.IsKnown() && v.Type() == cty.String && v.AsString() == "":
		return yes
	case v.IsKnown():
		return no
	case v.Type() == cty.DynamicPseudoType:
		return maybe
	}
	r := v.Range()
	if r.DefinitelyNotNull() && (v.Type() != cty.String || r.StringPrefix() != "") {
		return no
	}
	return maybe
}

// coalesceList returns the first of its arguments that has elements.
var coalesceList = function.New(&function.Spec{
	VarParam:     severalOf("vals"),
	Type:         function.StaticReturnType(cty.DynamicPseudoType),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if len(args) == 0 {
			return cty.NilVal, errors.New("at least one argument is required")
		}
		for i, v := range args {
			if v, _ := v.Unmark(); !v.IsKnown() {
				break
			}
			if t := v.Type(); !t.IsListType() && !t.IsTupleType() {
				return cty.NilVal, function.NewArgErrorf(i, "must be a list or a tuple, not %s", t.FriendlyName())
			}
		}
		var seen []cty.ValueMarks
		for _, arg := range args {
			bare, marks := arg.Unmark()
			seen = append(seen, marks)
			switch {
			case !bare.IsKnown():
				return cty.DynamicVal.WithMarks(marksOf(args...)), nil
			case !bare.IsNull() && bare.LengthInt() > 0:
				return hoistSensitive(arg.WithMarks(seen...), args...), nil
			}
		}
		return cty.NilVal, errors.New("every argument is null or empty")
	},
})

// index finds a value in a list.
var index = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "list", Type: cty.DynamicPseudoType},
		{Name: "value", Type: cty.DynamicPseudoType},
	},
	Type:         function.StaticReturnType(cty.Number),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if t := args[0].Type(); !t.IsListType() && !t.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "must be a list or a tuple, not %s", t.FriendlyName())
		}
		if args[0].LengthInt() == 0 {
			return cty.NilVal, errors.New("the list is empty")
		}
		for it := args[0].ElementIterator(); it.Next(); {
			i, v := it.Element()
			same, err := stdlib.Equal(v, args[1])
			if err != nil {
				return cty.NilVal, err
			}
			if !same.IsKnown() {
				return cty.UnknownVal(cty.Number), nil
			}
			if same.True() {
				return i, nil
			}
		}
		return cty.NilVal, errors.New("the value is not in the list")
	},
})

// one returns the only element, or null if there is none.
var one = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true}},
	Type:   oneType,
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		list, marks := args[0].Unmark()
		if !list.IsKnown() || !list.Length().IsKnown() {
			return cty.UnknownVal(t).WithMarks(marksOf(args...)), nil
		}
		v := cty.NullVal(t)
		switch n := list.LengthInt(); {
		case n > 1:
			return cty.NilVal, function.NewArgErrorf(0, "has %d elements, and may have one at most", n)
		case n == 1:
			v = list.AsValueSlice()[0]
		}
		return hoistSensitive(v.WithMarks(marks), args...), nil
	},
})

// oneType is the type of one's result, or the error that can be told by type.
func oneType(args []cty.Value) (cty.Type, error) {
	switch t := args[0].Type(); {
	case t.IsListType(), t.IsSetType():
		return t.ElementType(), nil
	case t == cty.DynamicPseudoType, t.IsTupleType() && t.Length() == 0:
		return cty.DynamicPseudoType, nil
	case t.IsTupleType() && t.Length() == 1:
		return t.TupleElementType(0), nil
	default:
		return cty.NilType, function.NewArgErrorf(0, "must be a list, set or tuple with at most one element")
	}
}

// matchKeys picks the values whose keys, at the same places of another list, are
// in a third one. Each keeps its marks; keys and the set searched mark the whole.
var matchKeys = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "values", Type: cty.List(cty.DynamicPseudoType), AllowMarked: true},
		{Name: "keys", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "searchset", Type: cty.List(cty.DynamicPseudoType)},
	},
	Type: func(args []cty.Value) (cty.Type, error) {
		if t, _ := convert.UnifyUnsafe([]cty.Type{args[1].Type(), args[2].Type()}); t == cty.NilType {
			return cty.NilType, errors.New("keys and searchset must be of the same type")
		}
		return args[0].Type(), nil
	},
	RefineResult: notNull,
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		values, marks := args[0].Unmark()
		keys, search := args[1], args[2]
		if !keys.IsWhollyKnown() || !search.IsWhollyKnown() {
			return cty.UnknownVal(t), nil
		}
		if values.LengthInt() != keys.LengthInt() {
			return cty.NilVal, errors.New("there must be as many keys as values")
		}
		if keys.LengthInt()*search.LengthInt() > maxCompare {
			return cty.NilVal, cannotTell(t, "it would take more than %d comparisons", maxCompare)
		}
		picked, err := pick(values.AsValueSlice(), keys, search)
		if err != nil {
			return cty.NilVal, err
		}
		if len(picked) == 0 {
			return hoistSensitive(cty.ListValEmpty(t.ElementType()).WithMarks(marks), args...), nil
		}
		return hoistSensitive(cty.ListVal(picked).WithMarks(marks), args...), nil
	},
})

// pick returns those of values whose key is in search.
func pick(values []cty.Value, keys, search cty.Value) ([]cty.Value, error) {
	unified, _ := convert.UnifyUnsafe([]cty.Type{keys.Type(), search.Type()})
	keys, err := convert.Convert(keys, unified)
	if err != nil {
		return nil, function.NewArgError(1, err)
	}
	if search, err = convert.Convert(search, unified); err != nil {
		return nil, function.NewArgError(2, err)
	}
	wanted := search.AsValueSlice()
	var picked []cty.Value
	for i, key := range keys.AsValueSlice() {
		for _, w := range wanted {
			same, err := stdlib.Equal(key, w)
			if err != nil {
				return nil, err
			}
			if same.IsKnown() && same.True() {
				picked = append(picked, values[i])
				break
			}
		}
	}
	return picked, nil
}
