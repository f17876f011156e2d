package hcleval

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// location is a call of basename() on an absolute path. What the checkout is
// called and where it lies is not known, but the names of the directories within
// it are: basename(path.cwd), which many take for the name of what they deploy.
// Terraform is taken to run in the directory of the root module.
type location struct{ *hclsyntax.FunctionCallExpr }

// asLocation recognizes such a call.
func asLocation(x *hclsyntax.FunctionCallExpr) (*location, bool) {
	if strings.TrimPrefix(x.Name, "core::") != "basename" || len(x.Args) != 1 || x.ExpandFinal || !isAbsolute(x.Args[0]) {
		return nil, false
	}
	return &location{x}, true
}

// isAbsolute reports that an expression is an absolute path by its form.
func isAbsolute(e hclsyntax.Expression) bool {
	switch x := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return isAbsolute(x.Expression)
	case *hclsyntax.ScopeTraversalExpr:
		name, _ := attrAt(x.Traversal, 1)
		return len(x.Traversal) == 2 && x.Traversal.RootName() == "path" && name == "cwd"
	case *hclsyntax.FunctionCallExpr:
		switch strings.TrimPrefix(x.Name, "core::") {
		case "abspath":
			return len(x.Args) == 1
		case "dirname":
			return len(x.Args) == 1 && isAbsolute(x.Args[0])
		}
	}
	return false
}

// Value is the last part of the path, if it lies within the checkout.
func (l *location) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	dir, marks, ok := within(l.Args[0], ctx)
	if dir = path.Clean(dir); !ok || dir == "." || dir == ".." || strings.HasPrefix(dir, "../") {
		return l.FunctionCallExpr.Value(ctx)
	}
	return cty.StringVal(path.Base(dir)).WithMarks(marks), nil
}

// within evaluates an absolute path to one relative to the tree.
func within(e hclsyntax.Expression, ctx *hcl.EvalContext) (string, cty.ValueMarks, bool) {
	switch x := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return within(x.Expression, ctx)
	case *hclsyntax.ScopeTraversalExpr:
		dir, ok := rootDirOf(ctx)
		return dir, nil, ok
	case *hclsyntax.FunctionCallExpr:
		arg := x.Args[0]
		if strings.HasSuffix(x.Name, "dirname") {
			dir, marks, ok := within(arg, ctx)
			return path.Join(dir, ".."), marks, ok
		}
		if isAbsolute(arg) {
			return within(arg, ctx)
		}
		v, diags := arg.Value(ctx)
		v, marks := v.Unmark()
		root, ok := rootDirOf(ctx)
		if !ok || diags.HasErrors() || !v.IsKnown() || v.IsNull() || v.Type() != cty.String || path.IsAbs(v.AsString()) {
			return "", nil, false
		}
		return path.Join(root, v.AsString()), marks, true
	}
	return "", nil, false
}

// rootDirName holds the directory of the root module in an evaluation context.
// It can't be written as an identifier.
const rootDirName = "\x00root"

func rootDirOf(ctx *hcl.EvalContext) (string, bool) {
	for ; ctx != nil; ctx = ctx.Parent() {
		if v, ok := ctx.Variables[rootDirName]; ok {
			return v.AsString(), true
		}
	}
	return "", false
}
