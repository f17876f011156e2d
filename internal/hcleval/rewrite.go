package hcleval

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/wacheck/wacheck/internal/hcleval/funcs"
)

// rewrite replaces some nodes of a fresh syntax tree by ones of ours:
// conditionals, whose marks HCL takes from both arms; the bodies of nested for
// expressions, whose number of steps HCL does not bound; and names of
// directories of the checkout.
func rewrite(e hclsyntax.Expression) hclsyntax.Expression { return rewriteIn(e, 0) }

// rewriteIn is rewrite within so many for expressions.
func rewriteIn(e hclsyntax.Expression, loops int) hclsyntax.Expression {
	sub := func(p *hclsyntax.Expression) {
		if *p != nil {
			*p = rewriteIn(*p, loops)
		}
	}
	switch x := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		sub(&x.Expression)
	case *hclsyntax.RelativeTraversalExpr:
		sub(&x.Source)
	case *hclsyntax.FunctionCallExpr:
		for i := range x.Args {
			sub(&x.Args[i])
		}
		if l, ok := asLocation(x); ok {
			return l
		}
	case *hclsyntax.ConditionalExpr:
		sub(&x.Condition)
		sub(&x.TrueResult)
		sub(&x.FalseResult)
		return &conditional{x}
	case *hclsyntax.IndexExpr:
		sub(&x.Collection)
		sub(&x.Key)
	case *hclsyntax.TupleConsExpr:
		for i := range x.Exprs {
			sub(&x.Exprs[i])
		}
	case *hclsyntax.ObjectConsExpr:
		for i := range x.Items {
			sub(&x.Items[i].KeyExpr)
			sub(&x.Items[i].ValueExpr)
		}
	case *hclsyntax.ObjectConsKeyExpr:
		sub(&x.Wrapped)
	case *hclsyntax.SplatExpr:
		sub(&x.Source)
		sub(&x.Each)
	case *hclsyntax.TemplateExpr:
		for i := range x.Parts {
			sub(&x.Parts[i])
			if _, literal := x.Parts[i].(*hclsyntax.LiteralValueExpr); !literal {
				x.Parts[i] = &measured{inParentheses(x.Parts[i])}
			}
		}
	case *hclsyntax.TemplateJoinExpr:
		sub(&x.Tuple)
	case *hclsyntax.TemplateWrapExpr:
		sub(&x.Wrapped)
	case *hclsyntax.BinaryOpExpr:
		sub(&x.LHS)
		sub(&x.RHS)
	case *hclsyntax.UnaryOpExpr:
		sub(&x.Val)
	case *hclsyntax.ForExpr:
		sub(&x.CollExpr)
		loops++
		sub(&x.KeyExpr)
		sub(&x.ValExpr)
		sub(&x.CondExpr)
		x.ValExpr = &counted{inParentheses(x.ValExpr)}
	}
	return e
}

// inParentheses is an expression that can be embedded in one of ours. Walks enter what
// is below an embedded expression, not itself: without parentheses around it, a name
// that stands there alone ([for k in var.keys : local.size]) would not be found.
func inParentheses(e hclsyntax.Expression) hclsyntax.Expression {
	return &hclsyntax.ParenthesesExpr{Expression: e, SrcRange: e.Range()}
}

// conditional is a conditional expression of which only the chosen arm leaves
// its marks.
type conditional struct{ *hclsyntax.ConditionalExpr }

// Value evaluates the expression. HCL decides about the result and its type; it
// is handed arms without marks.
func (c *conditional) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	cond, diags := c.Condition.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal.WithSameMarks(cond), diags
	}
	bare, condMarks := cond.Unmark()
	yes, yesDiags := c.TrueResult.Value(ctx)
	no, noDiags := c.FalseResult.Value(ctx)
	var marks []cty.ValueMarks
	keep := func(v *cty.Value) {
		_, m := v.Unmark()
		marks = append(marks, m)
	}
	b, err := convert.Convert(bare, cty.Bool)
	decided := err == nil && b.IsKnown() && !b.IsNull()
	switch {
	case !decided:
		marks = append(marks, condMarks)
		// What is inside the arms is lost in an unknown result, so its marks rise.
		_, deepYes := yes.UnmarkDeep()
		_, deepNo := no.UnmarkDeep()
		marks = append(marks, deepYes, deepNo)
		diags = append(append(diags, yesDiags...), noDiags...)
	case b.True():
		keep(&yes)
		marks = append(marks, sensitiveOnly(condMarks))
		diags = append(diags, yesDiags...)
	default:
		keep(&no)
		marks = append(marks, sensitiveOnly(condMarks))
		diags = append(diags, noDiags...)
	}
	if diags.HasErrors() {
		return cty.DynamicVal.WithMarks(marks...), diags
	}
	yes, _ = yes.Unmark()
	no, _ = no.Unmark()
	plain := hclsyntax.ConditionalExpr{
		Condition:   &hclsyntax.LiteralValueExpr{Val: bare, SrcRange: c.Condition.Range()},
		TrueResult:  &hclsyntax.LiteralValueExpr{Val: yes, SrcRange: c.TrueResult.Range()},
		FalseResult: &hclsyntax.LiteralValueExpr{Val: no, SrcRange: c.FalseResult.Range()},
		SrcRange:    c.SrcRange,
	}
	v, more := plain.Value(ctx)
	return v.WithMarks(marks...), append(diags, more...)
}

// counted is the body of a for expression. It takes one step of the budget that
// the root context carries each time it is evaluated.
type counted struct{ hclsyntax.Expression }

// Value evaluates the body while there is budget.
func (c *counted) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if left := budgetOf(ctx); left != nil {
		if *left <= 0 {
			return cty.DynamicVal, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: overBudget,
				Detail: "The for expressions of this configuration take too many steps", Subject: c.Range().Ptr()}}
		}
		*left--
		v, diags := c.Expression.Value(ctx)
		*left -= funcs.Weight(v, maxWeight) / bytesPerStep
		return v, diags
	}
	return c.Expression.Value(ctx)
}

const (
	overBudget = "Too much to evaluate"
	// budgetName can't be written as an identifier.
	budgetName = "\x00budget"
	// maxSteps is how often the bodies of the for expressions of one unit may be
	// evaluated: some seconds' worth.
	maxSteps = 2_000_000
)

var budgetType = cty.Capsule("budget", budgetZero)

// budgetOf finds the budget of a context, or nil.
func budgetOf(ctx *hcl.EvalContext) *int {
	for ; ctx != nil; ctx = ctx.Parent() {
		if v, ok := ctx.Variables[budgetName]; ok {
			n, _ := v.EncapsulatedValue().(*int)
			return n
		}
	}
	return nil
}
