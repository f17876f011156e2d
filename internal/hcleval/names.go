package hcleval

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// names are the attribute names that expressions read. The object of a resource
// needs no others: a schema of eighty attributes of which two are ever read
// makes an object of two.
type names map[string]bool

func (n *names) add(name string) {
	if *n == nil {
		*n = names{}
	}
	(*n)[name] = true
}

func (n *names) body(b *body) {
	for _, it := range b.items {
		if it.attr != nil {
			n.attribute(it.attr)
		}
		for _, bl := range it.blocks {
			n.body(bl.body)
		}
	}
}

func (n *names) attribute(a *attribute) {
	if a.isFixed {
		return
	}
	_ = hclsyntax.VisitAll(a.expr, func(node hclsyntax.Node) hcl.Diagnostics {
		switch x := node.(type) {
		case *hclsyntax.ScopeTraversalExpr:
			n.traversal(x.Traversal)
		case *hclsyntax.RelativeTraversalExpr:
			n.traversal(x.Traversal)
		case *hclsyntax.IndexExpr:
			if t, ok := x.Key.(*hclsyntax.TemplateExpr); ok && t.IsStringLiteral() {
				if v, diags := t.Value(nil); !diags.HasErrors() && v.Type() == cty.String {
					n.add(v.AsString())
				}
			}
		}
		return nil
	})
}

func (n *names) traversal(t hcl.Traversal) {
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseAttr:
			n.add(s.Name)
		case hcl.TraverseIndex:
			if s.Key.Type() == cty.String {
				n.add(s.Key.AsString())
			}
		}
	}
}
