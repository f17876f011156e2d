package hcleval

import (
	"path"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// maxTemplate is the size in bytes above which a template is left to its exact
// value.
const maxTemplate = 1 << 20

// templateFile lowers templatefile(): a policy in a template keeps what is known
// of it when a single ARN is not. All that comes out of the file is placed at
// the call.
func (s *scope) templateFile(x *hclsyntax.FunctionCallExpr, at source.Span) (value.Value, bool) {
	if len(x.Args) != 2 || x.ExpandFinal || s.m == nil {
		return value.Value{}, false
	}
	if v, ok := s.quiet(x); ok && v.IsWhollyKnown() {
		return value.Value{}, false
	}
	name, ok := s.lower(x.Args[0]).Str()
	vars := s.lower(x.Args[1])
	if !ok || !isObject(vars) || vars.IsOpen() {
		return value.Value{}, false
	}
	e := s.ev.template(name)
	if e == nil {
		return value.Value{}, false
	}
	return s.ev.rendered(e, vars, at)
}

// rendered lowers a template with variables.
func (ev *evaluator) rendered(e hclsyntax.Expression, vars value.Value, at source.Span) (value.Value, bool) {
	inner := &scope{ev: ev, at: at}
	for _, f := range vars.Fields() {
		inner.frames = append(inner.frames, frame{name: f.Name, cty: ev.toCty(f.Value), low: f.Value})
	}
	v, ok := inner.down(e)
	if !ok {
		return value.Value{}, false
	}
	return v.At(at), true
}

// templateData is the attribute rendered of the data source template_file, which
// is what people had before templatefile().
func (in *instance) templateData() value.Value {
	body := in.rs.r.body
	text, vars := body.attr("template"), body.attr("vars")
	if text == nil {
		return value.Value{}
	}
	src, ok := in.scope.lowerAttr(text).Str()
	if !ok || len(src) > maxTemplate || tooDeep([]byte(src)) {
		return value.Value{}
	}
	given := value.OfObject(nil, text.span)
	if vars != nil {
		given = in.scope.lowerAttr(vars)
	}
	if !isObject(given) || given.IsOpen() {
		return value.Value{}
	}
	e, diags := hclsyntax.ParseTemplate([]byte(src), in.addr, hcl.InitialPos)
	if diags.HasErrors() {
		return value.Value{}
	}
	v, ok := in.rs.m.ev.rendered(rewrite(e), given, in.rs.r.block.span)
	if !ok {
		return value.Value{}
	}
	return v
}

// template reads and parses a template file of the tree, or returns nil.
func (ev *evaluator) template(name string) hclsyntax.Expression {
	if ev.in.TreeRoot == "" || filepath.IsAbs(name) || path.IsAbs(name) {
		return nil
	}
	tree := source.Tree{Root: ev.in.TreeRoot}
	text, err := tree.Read(path.Join(ev.in.Unit.Dir, name))
	if err != nil || len(text) > maxTemplate || tooDeep(text) {
		return nil // the exact evaluation says so
	}
	e, diags := hclsyntax.ParseTemplate(text, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil
	}
	return rewrite(e)
}
