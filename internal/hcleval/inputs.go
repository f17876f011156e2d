package hcleval

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Names returns the names of the arguments at the top level of a file: the
// variables that a variable file gives.
func (out *File) Names() []string {
	names := make([]string, len(out.attrs))
	for i, a := range out.attrs {
		names[i] = a.name
	}
	return names
}

// Required returns the names of the variables without default.
func (c *Config) Required() []string {
	var out []string
	for _, name := range c.varNames {
		if c.variables[name].def == nil {
			out = append(out, name)
		}
	}
	return out
}

// Workspaces returns the workspaces by which the configuration tells its
// environments apart: the keys of what is looked up by terraform.workspace or,
// where nothing is, what it is compared with.
func (c *Config) Workspaces() []string {
	w := workspaceFinder{c: c, looked: map[string]bool{}, compared: map[string]bool{}}
	for _, b := range c.blocks {
		w.body(b.body)
	}
	if len(w.looked) > 0 {
		return slices.Sorted(maps.Keys(w.looked))
	}
	return slices.Sorted(maps.Keys(w.compared))
}

// ReadsWorkspace reports that the name of the workspace is read anywhere.
func (c *Config) ReadsWorkspace() bool {
	found := false
	w := workspaceFinder{c: c, read: &found}
	for _, b := range c.blocks {
		w.body(b.body)
	}
	return found
}

type workspaceFinder struct {
	c                *Config
	looked, compared map[string]bool
	// read, if not nil, is all that is asked for.
	read *bool
}

func (w workspaceFinder) body(b *body) {
	for _, it := range b.items {
		if it.attr != nil && !it.attr.isFixed {
			_ = hclsyntax.VisitAll(it.attr.expr, func(n hclsyntax.Node) hcl.Diagnostics {
				w.node(n)
				return nil
			})
		}
		for _, bl := range it.blocks {
			w.body(bl.body)
		}
	}
}

func (w workspaceFinder) node(n hclsyntax.Node) {
	if w.read != nil {
		if x, ok := n.(*hclsyntax.ScopeTraversalExpr); ok {
			*w.read = *w.read || isWorkspace(w.c, x)
		}
		return
	}
	switch x := n.(type) {
	case *hclsyntax.BinaryOpExpr:
		if x.Op != hclsyntax.OpEqual && x.Op != hclsyntax.OpNotEqual {
			return
		}
		for _, pair := range [][2]hclsyntax.Expression{{x.LHS, x.RHS}, {x.RHS, x.LHS}} {
			if isWorkspace(w.c, pair[0]) {
				w.text(pair[1])
			}
		}
	case *hclsyntax.IndexExpr:
		if isWorkspace(w.c, x.Key) {
			w.keys(x.Collection)
		}
	case *hclsyntax.FunctionCallExpr:
		switch {
		case x.Name == "lookup" && len(x.Args) > 1 && isWorkspace(w.c, x.Args[1]):
			w.keys(x.Args[0])
		case x.Name == "contains" && len(x.Args) == 2 && isWorkspace(w.c, x.Args[1]):
			if t, ok := x.Args[0].(*hclsyntax.TupleConsExpr); ok {
				for _, e := range t.Exprs {
					w.text(e)
				}
			}
		}
	}
}

// text notes a name that is written down. The default workspace is the one of
// those who have none.
func (w workspaceFinder) text(e hclsyntax.Expression) {
	if !isFixed(e) {
		return
	}
	if s, ok := lowerFixed(e).Str(); ok && s != "" && s != "default" {
		w.compared[s] = true
	}
}

// keys notes the keys of an object that is written down, here or in a local or
// the default of a variable.
func (w workspaceFinder) keys(e hclsyntax.Expression) {
	switch x := e.(type) {
	case *hclsyntax.ObjectConsExpr:
		for _, it := range x.Items {
			if name, ok := keyword(it.KeyExpr); ok && name != "default" {
				w.looked[name] = true
			}
		}
	case *hclsyntax.ScopeTraversalExpr:
		if a := w.c.written(x.Traversal); a != nil {
			w.keys(a.expr)
		}
	}
}

// written is what a local or the default of a variable is written as.
func (c *Config) written(t hcl.Traversal) *attribute {
	name, ok := attrAt(t, 1)
	if !ok || len(t) != 2 {
		return nil
	}
	switch t.RootName() {
	case "local":
		return c.locals[name]
	case "var":
		if v := c.variables[name]; v != nil {
			return v.def
		}
	}
	return nil
}

// isWorkspace reports that an expression is the name of the workspace, or a
// local that is nothing else.
func isWorkspace(c *Config, e hclsyntax.Expression) bool {
	switch x := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return isWorkspace(c, x.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return isWorkspace(c, x.Wrapped)
	case *hclsyntax.ScopeTraversalExpr:
		name, _ := attrAt(x.Traversal, 1)
		if x.Traversal.RootName() == "terraform" {
			return name == "workspace"
		}
		if x.Traversal.RootName() == "local" && len(x.Traversal) == 2 {
			if a := c.locals[name]; a != nil && !refersToLocal(a.expr) {
				return isWorkspace(c, a.expr)
			}
		}
	}
	return false
}

// refersToLocal reports that an expression goes on to another local: one step
// is enough, and a circle must not be followed.
func refersToLocal(e hclsyntax.Expression) bool {
	x, ok := e.(*hclsyntax.ScopeTraversalExpr)
	return ok && x.Traversal.RootName() == "local"
}

// Text is the text that a file gives to an argument at its top level.
func (out *File) Text(name string) (string, bool) {
	for _, a := range out.attrs {
		if a.name == name {
			return a.fixed.Str()
		}
	}
	return "", false
}
