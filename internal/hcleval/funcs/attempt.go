package funcs

import (
	"errors"
	"strings"

	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// attemptFunctions are try and can, which get expressions, not values.
//
// They are not those of hcl/ext/tryfunc, which lose the marks of an unknown
// result, evaluate every argument twice per level of nesting (so that the time
// doubles with each try inside a try), and forget a result of which any part is
// unknown.
func attemptFunctions() map[string]function.Function {
	expression := function.Parameter{Name: "expression", Type: customdecode.ExpressionClosureType}
	several := expression
	several.Name = "expressions"
	return map[string]function.Function{
		"try": function.New(&function.Spec{
			VarParam: &several,
			Type:     function.StaticReturnType(cty.DynamicPseudoType),
			Impl:     func(args []cty.Value, _ cty.Type) (cty.Value, error) { return try(args) },
		}),
		"can": function.New(&function.Spec{
			Params: []function.Parameter{expression},
			Type:   function.StaticReturnType(cty.Bool),
			Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return can(args[0]) },
		}),
	}
}

// try returns the value of the first expression that has one. Where that value
// may yet turn into an error when more is known, the result is wholly unknown,
// but keeps the marks: the expressions after it might give the value instead, and
// they may be of another type.
func try(args []cty.Value) (cty.Value, error) {
	if len(args) == 0 {
		return cty.NilVal, errors.New("at least one argument is required")
	}
	var reasons []string
	for _, arg := range args {
		closure := customdecode.ExpressionClosureFromVal(arg)
		v, diags := closure.Value()
		if diags.HasErrors() {
			for _, d := range diags {
				reasons = append(reasons, d.Summary+": "+d.Detail)
			}
			continue
		}
		if !isFinal(closure, v) {
			return cty.DynamicVal.WithMarks(marksOf(v)), nil
		}
		return v, nil
	}
	return cty.NilVal, errors.New("no expression succeeded: " + strings.Join(reasons, "; "))
}

// can reports whether the expression has a value. The answer keeps the marks of
// that value, less Sensitive: that something exists is no secret in Terraform.
func can(arg cty.Value) (cty.Value, error) {
	closure := customdecode.ExpressionClosureFromVal(arg)
	v, diags := closure.Value()
	if diags.HasErrors() {
		return cty.False, nil
	}
	marks := without(marksOf(v), Sensitive)
	if !isFinal(closure, v) {
		return cty.UnknownVal(cty.Bool).RefineNotNull().WithMarks(marks), nil
	}
	return cty.True.WithMarks(marks), nil
}

// isFinal reports whether the evaluation of an expression to v stays free of
// errors when what is unknown now becomes known.
//
// Terraform says so of wholly known values alone. It is also sure of a reference
// each step of which went through something known, say module.x.list with
// unknown elements: no index or attribute on the way can turn out to be missing.
func isFinal(closure *customdecode.ExpressionClosure, v cty.Value) bool {
	if v.IsWhollyKnown() {
		return true
	}
	ref, ok := closure.Expression.(*hclsyntax.ScopeTraversalExpr)
	if !ok {
		return false
	}
	if v.IsKnown() {
		return true
	}
	steps := ref.Traversal
	if len(steps) < 2 {
		return v.Type() != cty.DynamicPseudoType
	}
	parent, diags := steps[:len(steps)-1].TraverseAbs(closure.EvalContext)
	return !diags.HasErrors() && parent.IsKnown() && v.Type() != cty.DynamicPseudoType
}
