package hcleval

import (
	"reflect"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

var budgetZero = reflect.TypeFor[int]()

// isFixed reports that an expression is made of literals only, so that its
// value is the same for all instances.
func isFixed(e hclsyntax.Expression) bool {
	switch x := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		_, ok := literal(x.Val, source.Span{}) // what stands for a syntax error is none
		return ok
	case *hclsyntax.ParenthesesExpr:
		return isFixed(x.Expression)
	case *hclsyntax.UnaryOpExpr:
		if _, ok := x.Val.(*hclsyntax.LiteralValueExpr); !ok {
			return false
		}
		v, diags := x.Value(nil)
		_, ok := literal(v, source.Span{})
		return ok && !diags.HasErrors() // -true has no value
	case *hclsyntax.TemplateExpr:
		return allFixed(x.Parts)
	case *hclsyntax.TupleConsExpr:
		return allFixed(x.Exprs)
	case *hclsyntax.ObjectConsExpr:
		for _, it := range x.Items {
			if _, named := keyword(it.KeyExpr); !named || !isFixed(it.ValueExpr) {
				return false
			}
		}
		return true
	}
	return false
}

func allFixed(es []hclsyntax.Expression) bool {
	for _, e := range es {
		if !isFixed(e) {
			return false
		}
	}
	return true
}

// keyword returns the name of an object key that is a bare word or a string
// without interpolations.
func keyword(e hclsyntax.Expression) (string, bool) {
	key, ok := e.(*hclsyntax.ObjectConsKeyExpr)
	if !ok {
		return "", false
	}
	switch x := key.Wrapped.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		if len(x.Traversal) == 1 && !key.ForceNonLiteral {
			return x.Traversal.RootName(), true
		}
	case *hclsyntax.TemplateExpr:
		if allFixed(x.Parts) {
			return lowerFixed(x).Str()
		}
	case *hclsyntax.LiteralValueExpr:
		return lowerFixed(x).Str()
	}
	return "", false
}

// lowerFixed lowers an expression for which isFixed holds.
func lowerFixed(e hclsyntax.Expression) value.Value {
	var s scope
	return s.lower(e)
}
