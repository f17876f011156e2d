package funcs

import (
	"sort"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// listFunctions rearrange lists.
func listFunctions() map[string]function.Function {
	return map[string]function.Function{
		"chunklist": guarded(stdlib.ChunklistFunc, elementsFor(cty.List(cty.DynamicPseudoType))),
		"compact":   compact,
		"concat":    guarded(stdlib.ConcatFunc, elementsFor(cty.DynamicPseudoType)),
		"distinct":  distinct,
		"flatten":   guarded(stdlib.FlattenFunc, flattens),
		"reverse":   reverse,
		"slice":     stdlib.SliceFunc,
		"sort":      sorted,
	}
}

// setFunctions are the operations on sets. Elements of sets have no marks of
// their own, so there is nothing to add to cty's.
func setFunctions() map[string]function.Function {
	return map[string]function.Function{
		"setintersection": stdlib.SetIntersectionFunc,
		"setproduct":      guarded(stdlib.SetProductFunc, shortProduct),
		"setsubtract":     stdlib.SetSubtractFunc,
		"setunion":        stdlib.SetUnionFunc,
	}
}

// shortProduct checks how many elements setproduct would make.
func shortProduct(args []cty.Value) error {
	total := len(args)
	for _, a := range args {
		if elements(a) == 0 {
			return nil // nothing is made, or the length is unknown
		}
		if total *= elements(a); total > maxElements {
			return cannotTell(cty.DynamicPseudoType, "the product would have more than %d elements", maxElements)
		}
	}
	return nil
}

// flattens checks how many elements flatten would make.
func flattens(args []cty.Value) error {
	if leaves(args[0]) > maxElements {
		return cannotTell(cty.DynamicPseudoType, "the result would have more than %d elements", maxElements)
	}
	return nil
}

// leaves counts the elements of nested lists, a little beyond maxElements.
func leaves(v cty.Value) int {
	t := v.Type()
	if !t.IsListType() && !t.IsSetType() && !t.IsTupleType() || elements(v) == 0 {
		return 1
	}
	n := 0
	for it := v.ElementIterator(); it.Next() && n <= maxElements; {
		_, elem := it.Element()
		n += leaves(elem)
	}
	return n
}

// reverse is cty's but for sets that hold something unknown: where that stands
// among the others is not known either.
var reverse = wrap(stdlib.ReverseListFunc, func(args []cty.Value) (cty.Value, error) {
	if v, _ := args[0].Unmark(); v.Type().IsSetType() && !v.IsNull() && v.IsKnown() && !v.IsWhollyKnown() {
		return cty.UnknownVal(cty.List(v.Type().ElementType())).RefineNotNull(), nil
	}
	return stdlib.ReverseListFunc.Call(args)
})

// rearranged makes a function from a list to a list of some of its elements.
// Marks stay with the elements. What f drops, it returns the marks of. It is
// called only with elements of which knownEnough holds; else the result is
// what whole makes of the list.
func rearranged(elem cty.Type, whole function.Function, knownEnough func(cty.Value) bool,
	f func([]cty.Value) ([]cty.Value, cty.ValueMarks, error),
) function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: "list", Type: cty.List(elem), AllowMarked: true, AllowUnknown: true}},
		Type:         func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		RefineResult: notNull,
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			list, marks := args[0].Unmark()
			if !list.IsKnown() {
				return whole.Call(args)
			}
			elems := list.AsValueSlice()
			for _, e := range elems {
				if e, _ := e.UnmarkDeep(); !knownEnough(e) {
					bare, all := args[0].UnmarkDeep()
					v, err := whole.Call([]cty.Value{bare})
					if err != nil {
						return cty.NilVal, err
					}
					return v.WithMarks(all), nil
				}
			}
			kept, dropped, err := f(elems)
			if err != nil {
				return cty.NilVal, err
			}
			out := cty.ListValEmpty(t.ElementType())
			if len(kept) > 0 {
				out = cty.ListVal(kept)
			}
			return hoistSensitive(out.WithMarks(marks, dropped), args...), nil
		},
	})
}

// compact drops nulls and empty strings.
var compact = rearranged(cty.String, stdlib.CompactFunc,
	func(v cty.Value) bool { return isEmpty(v) != maybe },
	func(elems []cty.Value) (kept []cty.Value, dropped cty.ValueMarks, _ error) {
		for _, e := range elems {
			bare, marks := e.Unmark()
			if isEmpty(bare) == yes {
				dropped = cty.NewValueMarks(dropped, marks)
				continue
			}
			kept = append(kept, e)
		}
		return kept, dropped, nil
	})

// sorted orders strings by their bytes.
var sorted = rearranged(cty.String, stdlib.SortFunc,
	func(v cty.Value) bool { return v.IsKnown() },
	func(elems []cty.Value) ([]cty.Value, cty.ValueMarks, error) {
		keys := make(map[int]string, len(elems))
		order := make([]int, len(elems))
		for i, e := range elems {
			e, _ = e.Unmark()
			if e.IsNull() {
				return nil, nil, function.NewArgErrorf(0, "element %d is null", i)
			}
			order[i], keys[i] = i, e.AsString()
		}
		sort.SliceStable(order, func(a, b int) bool { return keys[order[a]] < keys[order[b]] })
		out := make([]cty.Value, len(elems))
		for to, from := range order {
			out[to] = elems[from]
		}
		return out, nil, nil
	})

// distinct drops all but the first of equal elements. That one gets the marks of
// the others as well.
var distinct = rearranged(cty.DynamicPseudoType, guarded(stdlib.DistinctFunc, fewToCompare),
	func(v cty.Value) bool { return v.IsWhollyKnown() },
	func(elems []cty.Value) ([]cty.Value, cty.ValueMarks, error) {
		var kept []cty.Value
		places := map[int][]int{} // of kept elements by hash
	next:
		for _, e := range elems {
			bare, marks := e.UnmarkDeep()
			hash := bare.Hash()
			for _, at := range places[hash] {
				if same, _ := kept[at].UnmarkDeep(); same.RawEquals(bare) {
					kept[at] = kept[at].WithMarks(marks)
					continue next
				}
			}
			places[hash] = append(places[hash], len(kept))
			kept = append(kept, e)
		}
		return kept, nil, nil
	})

// fewToCompare bounds cty's distinct, which compares each with each.
func fewToCompare(args []cty.Value) error {
	if n := elements(args[0]); n*n > maxCompare {
		return cannotTell(args[0].Type(), "it would take more than %d comparisons", maxCompare)
	}
	return nil
}
