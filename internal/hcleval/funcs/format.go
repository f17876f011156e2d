package funcs

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// shortFormat checks that the result of format() stays within bounds. What it
// reckons with is an upper bound: each verb writes the largest argument, and
// fills the width or precision that it asks for.
func shortFormat(args []cty.Value) error {
	spec, ok := text(args[0])
	if !ok {
		return nil
	}
	largest := 0
	for _, a := range args[1:] {
		largest = max(largest, weigh(a, maxText))
	}
	verbs, padding := formatSize(spec)
	if padding > maxText || len(spec)+padding+verbs*largest > maxText {
		return cannotTell(cty.String, "the result would be longer than %d bytes", maxText)
	}
	return nil
}

// formatSize returns the number of verbs in a format string and the sum of their
// widths and precisions. The index of an argument, as in %[3]s, is counted along.
func formatSize(spec string) (verbs, padding int) {
	inVerb, n := false, 0
	for i := 0; i < len(spec) && padding <= maxText; i++ {
		c := spec[i]
		switch {
		case !inVerb:
			if inVerb = c == '%'; inVerb {
				verbs, n = verbs+1, 0
			}
		case isDigit(c):
			n = min(n*10+int(c-'0'), maxText+1)
		default:
			padding, n = padding+n, 0
			inVerb = c == '.' || c == '[' || c == ']' || c == '+' || c == '-' || c == ' ' || c == '#'
		}
	}
	return verbs, padding
}

// formatList is format() once for each element of the lists among its
// arguments. Each result has the marks of the elements that went into it.
var formatList = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "format", Type: cty.String, AllowMarked: true}},
	VarParam: &function.Parameter{
		Name: "args", Type: cty.DynamicPseudoType,
		AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true,
	},
	Type:         function.StaticReturnType(cty.List(cty.String)),
	RefineResult: notNull,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		n, spread, err := rowsOf(args[1:])
		if err != nil {
			return cty.NilVal, err
		}
		if n < 0 {
			return cty.UnknownVal(cty.List(cty.String)), nil
		}
		if n == 0 {
			return cty.ListValEmpty(cty.String).WithMarks(marksOf(args...)), nil
		}
		rows, err := formatRows(args, spread, n)
		if err != nil {
			return cty.NilVal, err
		}
		var marks []cty.ValueMarks
		for i, elems := range spread {
			if elems != nil { // a single value leaves its marks on each row
				marks = append(marks, args[i+1].Marks())
			}
		}
		return hoistSensitive(cty.ListVal(rows).WithMarks(marks...), args...), nil
	},
})

// rowsOf returns how many results formatlist has, or -1 if that is unknown, and
// for each argument its elements, or nil if it is a single value.
func rowsOf(args []cty.Value) (int, [][]cty.Value, error) {
	n, unknown := -1, false
	spread := make([][]cty.Value, len(args))
	for i, a := range args {
		a, _ := a.Unmark()
		t := a.Type()
		isSequence := t.IsListType() || t.IsSetType() || t.IsTupleType()
		switch {
		case !isSequence || a.IsNull():
			unknown = unknown || t == cty.DynamicPseudoType && !a.IsKnown()
			continue
		case !a.IsKnown() || !a.Length().IsKnown():
			unknown = true
			continue
		}
		spread[i] = a.AsValueSlice()
		if spread[i] == nil {
			spread[i] = []cty.Value{}
		}
		if n >= 0 && n != len(spread[i]) {
			return 0, nil, function.NewArgErrorf(i+1, "has %d elements where an argument before it has %d", len(spread[i]), n)
		}
		n = len(spread[i])
	}
	switch {
	case unknown:
		return -1, nil, nil
	case n < 0:
		return 1, spread, nil
	default:
		return n, spread, nil
	}
}

// formatRows formats n rows of the arguments.
func formatRows(args []cty.Value, spread [][]cty.Value, n int) ([]cty.Value, error) {
	rows := make([]cty.Value, n)
	row := make([]cty.Value, len(args))
	row[0] = args[0]
	size := 0
	for r := range rows {
		for i, elems := range spread {
			row[i+1] = args[i+1]
			if elems != nil {
				row[i+1] = elems[r]
			}
		}
		bare := make([]cty.Value, len(row))
		for i, v := range row {
			bare[i], _ = v.UnmarkDeep()
		}
		if err := shortFormat(bare); err != nil {
			return nil, cannotTell(cty.List(cty.String), "the result would be longer than %d bytes", maxText)
		}
		v, err := stdlib.Format(row[0], row[1:]...)
		if err != nil {
			return nil, fmt.Errorf("element %d: %s", r, err) //nolint:errorlint // not wrapped: its argument index is of another call
		}
		rows[r] = v
		if size += weigh(v, maxText); size > maxText {
			return nil, cannotTell(cty.List(cty.String), "the result would be longer than %d bytes", maxText)
		}
	}
	return rows, nil
}
