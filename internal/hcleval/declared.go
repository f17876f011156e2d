package hcleval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// What is used without being declared is a fault of the configuration as it
// lies there, whatever its inputs; often a wrapper of Terraform generates the
// declaration. It is reported once for a directory, not at every use, and its
// value is unknown.

// usage is what a directory uses without declaring it.
type usage struct {
	names []string // in order of first use
	uses  int
	first source.Span
}

// checkDeclared reports what is used and not declared.
func (c *Config) checkDeclared(blocks []*block) {
	if c.Broken {
		return // it may stand in the part that could not be read
	}
	u := usage{}
	for _, b := range blocks {
		switch b.typ {
		case "moved", "removed", "import":
			continue // they name what is no longer, or not yet, there
		}
		c.checkBody(b.body, nil, &u)
	}
	if u.uses == 0 {
		return
	}
	const most = 8
	list := strings.Join(u.names[:min(len(u.names), most)], ", ")
	if n := len(u.names) - most; n > 0 {
		list += fmt.Sprintf(" and %d more", n)
	}
	verb, place := "is", "once"
	if len(u.names) > 1 {
		verb = "are"
	}
	if u.uses > 1 {
		place = fmt.Sprintf("in %d places", u.uses)
	}
	c.note(source.Warning, codeUndeclared, u.first, fmt.Sprintf("%s %s used here (%s) and declared nowhere; taken as unknown", list, verb, place))
}

// checkBody looks through a body. Iterators are the names that dynamic blocks
// around it bring.
func (c *Config) checkBody(b *body, iterators []string, u *usage) {
	for _, it := range b.items {
		switch it.name {
		case "provider", "providers", "ignore_changes", "iterator":
		default:
			if it.attr != nil && !it.attr.isFixed {
				c.checkExpr(it.attr.expr, iterators, u)
			}
		}
		for _, bl := range it.blocks {
			if bl.typ == "required_providers" {
				continue // configuration_aliases are names
			}
			inner := iterators
			if bl.typ == "dynamic" {
				inner = append(slices.Clip(iterators), iteratorOf(bl))
			}
			c.checkBody(bl.body, inner, u)
		}
	}
}

// iteratorOf is the name under which a dynamic block has its current element.
func iteratorOf(b *block) string {
	if it := b.body.attr("iterator"); it != nil {
		if t, ok := traversalOf(it.expr); ok {
			return t.RootName()
		}
	}
	return b.label(0)
}

func (c *Config) checkExpr(e hclsyntax.Expression, iterators []string, u *usage) {
	for _, t := range hclsyntax.Variables(e) {
		name := c.missing(t)
		if name == "" || slices.Contains(iterators, t.RootName()) {
			continue
		}
		if u.uses++; u.uses == 1 {
			u.first = spanOf(t.SourceRange())
		}
		if !slices.Contains(u.names, name) {
			u.names = append(u.names, name)
		}
	}
}

// missing returns the name of what a traversal means if the configuration does
// not declare it.
func (c *Config) missing(t hcl.Traversal) string {
	root := t.RootName()
	name, named := attrAt(t, 1)
	if !named {
		return ""
	}
	declared := true
	switch root {
	case "var":
		declared = c.variables[name] != nil
	case "local":
		declared = c.locals[name] != nil
	case "module":
		declared = c.callIndex[name] != nil
	case "path", "terraform", "each", "count", "self":
	case "data", "resource", "ephemeral":
		second, ok := attrAt(t, 2)
		if !ok {
			return ""
		}
		name += "." + second
		declared = c.byKey[strings.TrimPrefix(root+"."+name, "resource.")] != nil || root == "ephemeral" && c.ephemeral[name] != nil
	default:
		declared = c.byKey[root+"."+name] != nil || c.strange[root]
	}
	if declared {
		return ""
	}
	return root + "." + name
}

// undeclared is the value of what is used and not declared.
func (m *module) undeclared(name string) cty.Value {
	return cty.DynamicVal.Mark(m.ev.originMark(value.Origin{Kind: value.NoValue, Name: m.nameOf(name), Detail: "is not declared"}))
}
