package hcleval

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/internal/hcleval/funcs"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// A few lines of locals, each of which has the one before it ten times, make a value
// that no machine can hold, or one that it holds (its parts are shared) and nobody can
// walk through. What is heavier than this is not known.
const (
	maxWeight = 8 << 20 // bytes of text, and some for each element: as much as a file may have
	maxParts  = 1 << 20 // elements, fields and pieces of a lowered value
	// bytesPerStep is how much text in a template, or in what a for expression
	// makes, costs a step of the budget.
	bytesPerStep = 256
)

// tooHeavy is the trouble with a value of more than maxWeight.
func tooHeavy(e hcl.Expression) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: overBudget,
		Detail: "The value takes too much memory", Subject: e.Range().Ptr()}}
}

// value evaluates an expression to a value of bounded size.
func (s *scope) value(e hclsyntax.Expression, traversals []hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Value(s.context(traversals))
	if !diags.HasErrors() && funcs.Weight(v, maxWeight) > maxWeight {
		return cty.DynamicVal, tooHeavy(e)
	}
	return v, diags
}

// measured is a part of a template. Its text takes from the budget that the root
// context carries.
type measured struct{ hclsyntax.Expression }

// Value evaluates the part while there is budget.
func (p *measured) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := p.Expression.Value(ctx)
	if left := budgetOf(ctx); left != nil && v.Type() == cty.String {
		if *left -= funcs.Weight(v, maxWeight) / bytesPerStep; *left < 0 {
			return cty.DynamicVal, tooHeavy(p)
		}
	}
	return v, diags
}

// light returns a lowered value of bounded size: v, or what stands for something broken.
func (ev *evaluator) light(v value.Value, what thing, span source.Span) value.Value {
	left := maxParts
	if isWithin(v, &left) {
		return v
	}
	ev.say(source.Warning, codeLimit, span, "%s takes too much memory; it was taken as unknown", what)
	return value.OfUnknown(value.KindAny, span, ev.in.Origins.Add(value.Origin{
		Kind: value.InvalidInput, Name: what.String(), Detail: "takes too much memory", Span: span}))
}

// isWithin counts the parts of a value down from what is left.
func isWithin(v value.Value, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	for _, parts := range [][]value.Value{v.Elems(), v.Alternatives(), v.Parts()} {
		for _, p := range parts {
			if !isWithin(p, left) {
				return false
			}
		}
	}
	for _, f := range v.Fields() {
		if !isWithin(f.Value, left) {
			return false
		}
	}
	return true
}
