package hcleval

import (
	"path"
	"strings"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// builtin is path.… or terraform.….
func (m *module) builtin(root, name string) value.Value {
	ev := m.ev
	switch root + "." + name {
	case "path.module":
		return value.OfString(relativePath(ev.in.Unit.Dir, m.cfg.Dir), source.Span{})
	case "path.root":
		return value.OfString(".", source.Span{})
	case "terraform.workspace":
		ev.reads |= workspaceInput
		if w := ev.in.Unit.Workspace; w != "" {
			return value.OfString(w, source.Span{})
		}
		return value.OfUnknown(value.KindString, source.Span{}, ev.in.Origins.Add(value.Origin{
			Kind: value.NoValue, Name: "terraform.workspace", Detail: "is chosen when Terraform runs"}))
	}
	return value.OfUnknown(value.KindString, source.Span{}, ev.in.Origins.Add(value.Origin{
		Kind: value.UnsupportedFunction, Name: root + "." + name, Detail: "depends on where Terraform runs"}))
}

// relativePath is the slash path of to seen from a directory, both relative to
// the same root.
func relativePath(from, to string) string {
	from, to = path.Clean(from), path.Clean(to)
	if from == to {
		return "."
	}
	var a []string
	if from != "." {
		a = strings.Split(from, "/")
	}
	b := strings.Split(to, "/")
	if to == "." {
		b = nil
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	var out []string
	for range a {
		out = append(out, "..")
	}
	return path.Join(append(out, b...)...)
}
