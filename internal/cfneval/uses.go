package cfneval

import (
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// used is what an expression names.
type used struct{ names, conditions []string }

// uses collects the names that Ref and Fn::Sub refer to in a node, and the
// conditions, in source order and with repetitions.
func (t *Template) uses(n *syntax.Node) used {
	var u used
	budget := maxExpanded
	var walk func(n *syntax.Node, depth int)
	walk = func(n *syntax.Node, depth int) {
		if budget--; n == nil || depth > maxDepth || budget < 0 {
			return
		}
		if c, ok := conditionCallOf(n); ok {
			u.add(c)
		}
		for _, item := range n.Items {
			walk(item, depth+1)
		}
		for _, p := range n.Pairs {
			walk(p.Value, depth+1)
		}
	}
	walk(n, 0)
	return u
}

func (u *used) add(c call) {
	switch c.name {
	case "Ref":
		if name, ok := literal(c.arg); ok {
			u.names = append(u.names, name)
		}
	case "Condition":
		if name, ok := literal(c.arg); ok {
			u.conditions = append(u.conditions, name)
		}
	case "Fn::If":
		if isSequence(c.arg) && len(c.arg.Items) > 0 {
			if name, ok := literal(c.arg.Items[0]); ok {
				u.conditions = append(u.conditions, name)
			}
		}
	case "Fn::Sub":
		text := c.arg
		if isSequence(text) && len(text.Items) > 0 {
			text = text.Items[0]
		}
		if s, ok := literal(text); ok {
			for _, piece := range parseSub(s) {
				if piece.variable && !strings.Contains(piece.text, ".") {
					u.names = append(u.names, piece.text)
				}
			}
		}
	case "Fn::GetAZs":
		u.names = append(u.names, "AWS::Region")
	}
}

// inputsOf returns the inputs on which a condition depends, also by way of
// other conditions, in source order and each once.
func (t *Template) inputsOf(name string) []string {
	if c := t.conditions[name]; c != nil && c.inputs != nil {
		return c.inputs
	}
	out := []string{}
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		c := t.conditions[name]
		if c == nil || seen["condition "+name] {
			return
		}
		seen["condition "+name] = true
		u := t.uses(c.node)
		for _, input := range u.names {
			if t.input(input) != nil && !seen[input] {
				seen[input] = true
				out = append(out, input)
			}
		}
		for _, used := range u.conditions {
			visit(used)
		}
	}
	visit(name)
	if c := t.conditions[name]; c != nil {
		c.inputs = out
	}
	return out
}

// variesWith returns the inputs with a closed domain on which an expression
// depends, directly or by its conditions.
func (t *Template) variesWith(n *syntax.Node) []string {
	var out []string
	seen := map[string]bool{}
	add := func(name string) {
		if p := t.input(name); p != nil && p.domain != nil && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	u := t.uses(n)
	for _, name := range u.names {
		add(name)
	}
	for _, c := range u.conditions {
		for _, name := range t.inputsOf(c) {
			add(name)
		}
	}
	return out
}
