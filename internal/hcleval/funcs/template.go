package funcs

import (
	"errors"
	"fmt"
	"maps"
	"sort"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// varsParam holds the variables of a template. Each keeps its own marks, so that
// the result has those of the variables that the template uses.
var varsParam = function.Parameter{Name: "vars", Type: cty.DynamicPseudoType, AllowMarked: true}

// templateFile renders a file as a template. inner returns the functions that the
// template may call.
func templateFile(box *sandbox, inner func() map[string]function.Function) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}, varsParam},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			path := args[0].AsString()
			src, err := box.read(path, cty.DynamicPseudoType)
			if err != nil {
				return cty.NilVal, err
			}
			if !utf8.Valid(src) {
				return cty.NilVal, errNotText
			}
			return render(path, src, args[1], cty.DynamicPseudoType, inner)
		},
	})
}

// templateString renders a string that is referred to by its name.
func templateString(inner func() map[string]function.Function) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "template", Type: customdecode.ExpressionClosureType}, varsParam},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			closure := customdecode.ExpressionClosureFromVal(args[0])
			if !isReference(closure.Expression) {
				return cty.NilVal, function.NewArgErrorf(0, "must be a reference to the template, not the template itself")
			}
			v, diags := closure.Value()
			if diags.HasErrors() {
				return cty.NilVal, function.NewArgErrorf(0, "%s: %s", diags[0].Summary, diags[0].Detail)
			}
			return renderString(v, args[1], inner)
		},
	})
}

// isReference reports whether e is one of the forms that templatestring takes:
// local.a.b, local.a["b"] or local.a[local.b], but no parentheses or calls.
func isReference(e hcl.Expression) bool {
	switch e.(type) {
	case *hclsyntax.ScopeTraversalExpr, *hclsyntax.RelativeTraversalExpr, *hclsyntax.IndexExpr:
		return true
	default:
		return false
	}
}

// renderString renders the template in v.
func renderString(v, vars cty.Value, inner func() map[string]function.Function) (cty.Value, error) {
	v, marks := v.Unmark()
	switch {
	case !v.IsKnown():
		return cty.UnknownVal(cty.String).RefineNotNull().WithMarks(marks, marksOf(vars)), nil
	case v.IsNull() || v.Type() != cty.String:
		return cty.NilVal, function.NewArgErrorf(0, "must be a string")
	}
	out, err := render("template", []byte(v.AsString()), vars, cty.String, inner)
	if err != nil {
		return cty.NilVal, err
	}
	out, err = convert.Convert(out, cty.String)
	if err != nil {
		return cty.NilVal, errors.New("the result of the template is not a string")
	}
	return out.RefineNotNull().WithMarks(marks), nil
}

// render evaluates the template src. Should that be beyond limits, the error is
// a notKnowableError for a result of type t.
func render(name string, src []byte, vars cty.Value, t cty.Type, inner func() map[string]function.Function) (cty.Value, error) {
	scope, err := variables(vars)
	if err != nil {
		return cty.NilVal, err
	}
	if len(src) > maxTemplate {
		return cty.NilVal, cannotTell(t, "the template is longer than %d bytes", maxTemplate)
	}
	if why := tooIntricate(src, hclsyntax.LexTemplate); why != "" {
		return cty.NilVal, cannotTell(t, "%s", why)
	}
	expr, diags := hclsyntax.ParseTemplate(src, name, hcl.InitialPos)
	if diags.HasErrors() {
		return cty.NilVal, diagError(diags)
	}
	for _, ref := range expr.Variables() {
		if _, ok := scope[ref.RootName()]; !ok {
			return cty.NilVal, function.NewArgErrorf(1, "has no %q, which the template uses in line %d", ref.RootName(), ref.SourceRange().Start.Line)
		}
	}
	budget := meter(expr)
	v, diags := expr.Value(&hcl.EvalContext{Variables: scope, Functions: inner()})
	switch {
	case budget.blown():
		return cty.NilVal, cannotTell(t, "the template has more than %d rounds of loops, or writes more than %d bytes in them", maxIterations, maxText)
	case diags.HasErrors():
		return cty.NilVal, diagError(diags)
	}
	if bare, _ := v.Unmark(); bare.IsKnown() && bare.IsNull() {
		return cty.NilVal, errors.New("the result of the template is null")
	}
	return hoistSensitive(v.WithMarks(vars.Marks()), vars), nil
}

// diagError is the first error of diags.
func diagError(diags hcl.Diagnostics) error {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		if d.Subject != nil {
			return fmt.Errorf("%s, line %d: %s; %s", d.Subject.Filename, d.Subject.Start.Line, d.Summary, d.Detail)
		}
		return fmt.Errorf("%s; %s", d.Summary, d.Detail)
	}
	return diags
}

// variables returns the variables of a template by name.
func variables(vars cty.Value) (map[string]cty.Value, error) {
	bare, _ := vars.Unmark()
	if t := bare.Type(); !t.IsObjectType() && !t.IsMapType() {
		return nil, function.NewArgErrorf(1, "must be an object or a map, not %s", t.FriendlyName())
	}
	scope := bare.AsValueMap()
	names := make([]string, 0, len(scope))
	for name := range scope {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if !hclsyntax.ValidIdentifier(name) {
			return nil, function.NewArgErrorf(1, "%q cannot be the name of a variable", name)
		}
	}
	return scope, nil
}

// forTemplates returns the functions that templates may call: all but those that
// render templates, which are there only to say so.
func forTemplates(table map[string]function.Function) map[string]function.Function {
	inner := maps.Clone(table)
	for _, name := range []string{"templatefile", "templatestring"} {
		refuse := wrap(table[name], func([]cty.Value) (cty.Value, error) {
			return cty.NilVal, fmt.Errorf("a template cannot call %s", name)
		})
		inner[name] = refuse
		inner["core::"+name] = refuse
	}
	return inner
}
