package funcs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// origin is the kind of mark that an evaluator puts on values.
type origin struct{ from string }

// call is a call that succeeds with known arguments, taken from the recorded
// expressions.
type call struct {
	expr, name string
	f          function.Function
	args       []cty.Value
	result     cty.Value
}

// recordedCalls are all recorded expressions that are a single call with
// arguments that are values.
func recordedCalls(t *testing.T) []call {
	t.Helper()
	table := Table(testOptions(t))
	ctx := &hcl.EvalContext{Functions: table, Variables: moduleScope(t)}
	var calls []call
	for _, r := range readRecords(t) {
		if r.expr == "" || strings.HasPrefix(r.expr, "issensitive(") {
			continue
		}
		e, diags := hclsyntax.ParseExpression([]byte(r.expr), "test", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		fc, ok := e.(*hclsyntax.FunctionCallExpr)
		if !ok || fc.ExpandFinal {
			continue
		}
		c := call{expr: r.expr, name: strings.TrimPrefix(fc.Name, "core::"), f: table[fc.Name]}
		if c.args, ok = argumentsOf(fc, c.f, ctx); !ok {
			continue
		}
		if c.result, ok = c.try(c.args); ok && c.result.IsWhollyKnown() {
			calls = append(calls, c)
		}
	}
	if len(calls) < 400 {
		t.Fatalf("only %d calls to work with", len(calls))
	}
	return calls
}

// argumentsOf evaluates arguments, unless some are taken as expressions.
func argumentsOf(fc *hclsyntax.FunctionCallExpr, f function.Function, ctx *hcl.EvalContext) ([]cty.Value, bool) {
	for _, t := range parameterTypes(f) {
		if customdecode.CustomExpressionDecoderForType(t) != nil {
			return nil, false
		}
	}
	args := make([]cty.Value, len(fc.Args))
	for i, a := range fc.Args {
		v, diags := a.Value(ctx)
		if diags.HasErrors() {
			return nil, false
		}
		args[i], _ = v.UnmarkDeep()
	}
	return args, true
}

func (c call) try(args []cty.Value) (cty.Value, bool) {
	v, err := c.f.Call(args)
	return v, err == nil
}

// with is the arguments with one replaced.
func (c call) with(i int, v cty.Value) []cty.Value {
	args := append([]cty.Value(nil), c.args...)
	args[i] = v
	return args
}

// looksOnlyAtSome names the functions whose result need not rest on all of their
// arguments, or on all elements of one.
var looksOnlyAtSome = setOf("coalesce", "coalescelist", "lookup")

var dropsElements = setOf("coalesce", "coalescelist", "element", "keys", "length", "lookup", "matchkeys",
	"merge", "setproduct", "slice", "templatefile", "zipmap")

func TestMarksOfArgumentsSurvive(t *testing.T) {
	for _, c := range recordedCalls(t) {
		for i, arg := range c.args {
			m := origin{fmt.Sprint(i)}
			got, ok := c.try(c.with(i, arg.Mark(m)))
			if !ok {
				t.Errorf("%s: fails when argument %d is marked", c.expr, i)
				continue
			}
			if bare, _ := got.UnmarkDeep(); !bare.RawEquals(bareOf(c.result)) {
				t.Errorf("%s: a mark on argument %d makes it %#v", c.expr, i, got)
			}
			if !looksOnlyAtSome[c.name] && !got.HasMarkDeep(m) {
				t.Errorf("%s: the mark of argument %d is lost: %#v", c.expr, i, got)
			}
		}
	}
}

func bareOf(v cty.Value) cty.Value {
	v, _ = v.UnmarkDeep()
	return v
}

func TestMarksOfElementsSurvive(t *testing.T) {
	for _, c := range recordedCalls(t) {
		for i, arg := range c.args {
			marked, marks := markLeaves(arg)
			got, ok := c.try(c.with(i, marked))
			if !ok {
				t.Errorf("%s: fails when elements of argument %d are marked", c.expr, i)
				continue
			}
			if !bareOf(got).RawEquals(bareOf(c.result)) {
				t.Errorf("%s: marks on elements of argument %d make it %#v", c.expr, i, got)
			}
			if dropsElements[c.name] {
				continue
			}
			for _, m := range marks {
				if !got.HasMarkDeep(m) {
					t.Errorf("%s: mark %v of argument %d is lost: %#v", c.expr, m, i, got)
				}
			}
		}
	}
}

// markLeaves puts another mark on each value inside v that is not a container.
func markLeaves(v cty.Value) (cty.Value, []origin) {
	var marks []origin
	out, err := cty.Transform(v, func(p cty.Path, v cty.Value) (cty.Value, error) {
		// Nulls are left out as their marks are lost before the call, where cty
		// converts one to the type of the parameter.
		if v.CanIterateElements() || len(p) == 0 || v.IsNull() {
			return v, nil
		}
		m := origin{fmt.Sprintf("%#v", p)}
		marks = append(marks, m)
		return v.Mark(m), nil
	})
	if err != nil {
		panic(err)
	}
	return out, marks
}

// TestUnknownArguments checks that knowing less never leads to another result:
// what is still known must be as it was, and what is not known must allow it.
func TestUnknownArguments(t *testing.T) {
	m := origin{"unknown"}
	for _, c := range recordedCalls(t) {
		for i, arg := range c.args {
			for _, less := range lessKnown(arg) {
				got, ok := c.try(c.with(i, less.Mark(m)))
				if !ok {
					// Some types can be told to be wrong only once they are known,
					// but no call that succeeds may fail for want of knowledge.
					t.Errorf("%s: fails when argument %d is %#v", c.expr, i, less)
					continue
				}
				// As in Terraform, an argument without a type cannot take part in the
				// choice of the type that all are converted to.
				typeless := less == cty.DynamicVal && (c.name == "coalesce" || strings.HasPrefix(c.name, "set"))
				if !typeless && !allows(bareOf(got), bareOf(c.result)) {
					t.Errorf("%s: with argument %d as %#v the result is %#v", c.expr, i, less, got)
				}
				if !got.IsKnown() && !got.HasMarkDeep(m) {
					t.Errorf("%s: the unknown argument %d leaves no mark: %#v", c.expr, i, got)
				}
			}
		}
	}
}

// lessKnown returns variants of v about which less is known.
func lessKnown(v cty.Value) []cty.Value {
	out := []cty.Value{cty.UnknownVal(v.Type())}
	if v.Type() != cty.DynamicPseudoType {
		out = append(out, cty.DynamicVal)
	}
	if !v.IsNull() && v.Type() != cty.DynamicPseudoType {
		out = append(out, cty.UnknownVal(v.Type()).RefineNotNull())
	}
	if v.IsNull() || !v.CanIterateElements() || v.LengthInt() == 0 {
		return out
	}
	leaves := 0
	_ = cty.Walk(v, func(cty.Path, cty.Value) (bool, error) {
		leaves++
		return true, nil
	})
	for n := 1; n < min(leaves, 12); n++ { // each value inside in turn; 0 is v itself
		at := 0
		var target cty.Path
		_ = cty.Walk(v, func(p cty.Path, _ cty.Value) (bool, error) {
			if at == n {
				target = p.Copy()
			}
			at++
			return true, nil
		})
		part, err := cty.Transform(v, func(p cty.Path, v cty.Value) (cty.Value, error) {
			if p.Equals(target) {
				return cty.UnknownVal(v.Type()), nil
			}
			return v, nil
		})
		if err == nil {
			out = append(out, part)
		}
	}
	return out
}

// allows reports whether v may turn out to be full.
func allows(v, full cty.Value) bool {
	switch {
	case v == cty.DynamicVal:
		return true
	case !v.IsKnown():
		r := v.Range()
		if full.IsNull() {
			return !r.DefinitelyNotNull()
		}
		if !full.Type().Equals(v.Type()) {
			return len(full.Type().TestConformance(v.Type())) == 0
		}
		if full.RawEquals(cty.PositiveInfinity) || full.RawEquals(cty.NegativeInfinity) {
			return true // which cty does not count among the numbers here
		}
		in := r.Includes(full)
		return !in.IsKnown() || in.True()
	case v.IsNull() || full.IsNull():
		return v.IsNull() && full.IsNull()
	case v.IsWhollyKnown():
		return v.RawEquals(full)
	case v.Type().IsSetType(), !v.CanIterateElements():
		return true // elements that are unknown may coincide
	case !full.CanIterateElements() || v.LengthInt() != full.LengthInt():
		return false
	}
	other := full.ElementIterator()
	for it := v.ElementIterator(); it.Next(); {
		other.Next()
		k, a := it.Element()
		fk, b := other.Element()
		if !k.RawEquals(fk) || !allows(a, b) {
			return false
		}
	}
	return true
}

// TestAnyArguments calls every function with values of every kind, so as to find
// a panic, or a mark on something unknown that goes astray.
func TestAnyArguments(t *testing.T) {
	t.Parallel()
	m := origin{"any"}
	kinds := []cty.Value{
		cty.DynamicVal, cty.NullVal(cty.DynamicPseudoType), cty.UnknownVal(cty.String), cty.NullVal(cty.String),
		cty.StringVal(""), cty.StringVal("a"), cty.StringVal("10.0.0.0/8"), cty.StringVal("2020-01-01T00:00:00Z"), cty.Zero, cty.NumberIntVal(-1),
		cty.NumberFloatVal(1.5), cty.PositiveInfinity, cty.True, cty.UnknownVal(cty.Number), cty.UnknownVal(cty.Bool),
		cty.EmptyTupleVal, cty.EmptyObjectVal, cty.ListValEmpty(cty.String), cty.ListVal([]cty.Value{cty.StringVal("a")}),
		cty.ListVal([]cty.Value{cty.UnknownVal(cty.String).Mark(m)}), cty.TupleVal([]cty.Value{cty.Zero, cty.DynamicVal.Mark(m)}),
		cty.MapVal(map[string]cty.Value{"a": cty.UnknownVal(cty.String)}), cty.SetVal([]cty.Value{cty.StringVal("a"), cty.UnknownVal(cty.String)}),
		cty.ObjectVal(map[string]cty.Value{"a": cty.DynamicVal, "b": cty.True.Mark(m)}), cty.NullVal(cty.List(cty.String)),
		cty.UnknownVal(cty.List(cty.String)), cty.UnknownVal(cty.EmptyObject), cty.UnknownVal(cty.Map(cty.DynamicPseudoType)),
	}
	for name, f := range Table(testOptions(t)) {
		if strings.HasPrefix(name, "core::") {
			continue
		}
		for _, a := range kinds {
			for _, b := range kinds {
				args, ok := fill(f, a, b)
				if !ok {
					continue
				}
				checkAny(t, name, f, args, m)
			}
		}
	}
}

// fill makes an argument list of f out of a, b and a again.
func fill(f function.Function, a, b cty.Value) ([]cty.Value, bool) {
	types := parameterTypes(f)
	if f.VarParam() != nil {
		types = append(types, cty.DynamicPseudoType)
	}
	args := make([]cty.Value, len(types))
	for i, t := range types {
		if customdecode.CustomExpressionDecoderForType(t) != nil {
			return nil, false
		}
		args[i] = []cty.Value{a, b, a}[i%3]
	}
	return args, true
}

func checkAny(t *testing.T, name string, f function.Function, args []cty.Value, m origin) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s(%#v) panics: %v", name, args, r)
		}
	}()
	v, err := f.Call(args)
	if err != nil {
		if strings.Contains(err.Error(), "goroutine") {
			t.Errorf("%s(%#v): a stack trace in the error", name, args)
		}
		return
	}
	for _, a := range args {
		if !v.IsKnown() && a.HasMarkDeep(m) && !v.HasMarkDeep(m) {
			t.Errorf("%s(%#v) loses a mark: %#v", name, args, v)
		}
	}
}
