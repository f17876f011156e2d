package hcleval

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// tryCall lowers try(). An argument that may turn out to be faulty leaves the
// choice between it and those behind it.
func (s *scope) tryCall(x *hclsyntax.FunctionCallExpr, at source.Span) (value.Value, bool) {
	var may []value.Value
	var why []value.OriginID
	for i, a := range x.Args {
		v, ok := s.quiet(a)
		if !ok {
			continue
		}
		low := s.lower(a)
		may = append(may, low)
		if i == len(x.Args)-1 || v.IsWhollyKnown() || !s.mayFail(a) {
			break
		}
		why = append(why, s.ev.read(deep(v)).origins...)
	}
	switch len(may) {
	case 0:
		return value.Value{}, false
	case 1:
		return may[0], true
	}
	return value.OneOf(may, at, s.ev.in.Origins.Join(why...)), true
}

// mayFail reports that an expression with unknown parts could turn out to be
// faulty: one that goes into something whose size or type is not known.
func (s *scope) mayFail(e hclsyntax.Expression) bool {
	switch x := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return s.stepsMayFail(x.Traversal)
	case *hclsyntax.ParenthesesExpr:
		return s.mayFail(x.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return s.mayFail(x.Wrapped)
	}
	if slices.ContainsFunc(s.ev.traversalsOf(e), s.stepsMayFail) {
		return true
	}
	_, simple := e.(*hclsyntax.TemplateExpr)
	return !simple
}

// stepsMayFail reports that a traversal goes through something unknown.
func (s *scope) stepsMayFail(t hcl.Traversal) bool {
	ctx := s.context([]hcl.Traversal{t})
	for n := 1; n <= len(t); n++ {
		v, diags := t[:n].TraverseAbs(ctx)
		if diags.HasErrors() {
			return true
		}
		if v, _ = v.Unmark(); !v.IsKnown() {
			// An object of known type has its attributes.
			return n < len(t) && !v.Type().IsObjectType() || v.Type() == cty.DynamicPseudoType && !s.isReference(t)
		}
	}
	return false
}

// isReference reports that a traversal reads an attribute of a resource that
// certainly exists: such a value may have any type, but it is there.
func (s *scope) isReference(t hcl.Traversal) bool {
	if s.m == nil {
		return false
	}
	v, ok := s.traverse(t)
	refs := v.Refs()
	if !ok || len(refs) != 1 || refs[0].Attr == "" {
		return false
	}
	return !strings.Contains(refs[0].Addr, symbolicSuffix) && s.ev.instanceAt(refs[0].Addr) != nil
}
