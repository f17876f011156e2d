package hcleval

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// mergedUnit is what a file and all that it includes say together.
type mergedUnit struct {
	f      *wrapperFile
	inputs value.Value
	source value.Value
	span   source.Span
	// files are the generate blocks by label, in order of first appearance.
	labels   []string
	files    map[string]Generated
	varFiles []string
	backend  string
	state    value.Value
}

// merged puts what a file says over what it includes
// (https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/#include).
func (f *wrapperFile) merged() *mergedUnit {
	out := &mergedUnit{f: f, files: map[string]Generated{}, inputs: value.OfObject(nil, source.Span{})}
	for _, inc := range f.includes {
		if inc.strategy == "no_merge" {
			continue
		}
		under := inc.file.merged()
		out.inputs = f.overlay(out.inputs, under.inputs, inc.strategy == "deep")
		out.take(under)
	}
	if a := f.attr("inputs"); a != nil {
		deep := false
		for _, inc := range f.includes {
			deep = deep || inc.strategy == "deep"
		}
		out.inputs = f.overlay(out.inputs, f.lower(a), deep)
	}
	for _, b := range f.blocks("terraform") {
		if a := b.body.attr("source"); a != nil {
			out.source, out.span = f.lower(a), a.span
		}
		for _, extra := range b.body.blocks("extra_arguments") {
			out.varFiles = append(out.varFiles, f.extraFiles(extra)...)
		}
	}
	for _, b := range f.blocks("generate") {
		out.generate(b.label(0), f.generate(b))
	}
	for _, b := range f.blocks("remote_state") {
		out.backend, out.state = text(b.body.attr("backend")), f.lower(b.body.attr("config"))
	}
	return out
}

// take overlays everything but the inputs.
func (u *mergedUnit) take(o *mergedUnit) {
	if !o.source.IsAbsent() {
		u.source, u.span = o.source, o.span
	}
	for _, label := range o.labels {
		u.generate(label, o.files[label])
	}
	u.varFiles = append(u.varFiles, o.varFiles...)
	if o.backend != "" {
		u.backend, u.state = o.backend, o.state
	}
}

func (u *mergedUnit) generate(label string, g Generated) {
	if _, again := u.files[label]; !again {
		u.labels = append(u.labels, label)
	}
	u.files[label] = g
}

func (u *mergedUnit) generated() []Generated {
	out := make([]Generated, len(u.labels))
	for i, label := range u.labels {
		out[i] = u.files[label]
	}
	return out
}

// overlay puts inputs over those of an included file.
func (f *wrapperFile) overlay(under, over value.Value, deep bool) value.Value {
	if !deep {
		if out, ok := merge(f.m.scope, []value.Value{under, over}, over.Span()); ok {
			return out
		}
		return over
	}
	return deepOverlay(f.m.scope, under, over)
}

// deepOverlay merges objects field by field and appends lists.
func deepOverlay(s *scope, under, over value.Value) value.Value {
	switch {
	case isObject(under) && isObject(over):
		var fields []value.Field
		seen := map[string]bool{}
		for _, fl := range under.Fields() {
			if o := over.Get(fl.Name); !o.IsAbsent() && !over.IsOpen() {
				fl.Value = deepOverlay(s, fl.Value, o)
			}
			seen[fl.Name] = true
			fields = append(fields, fl)
		}
		for _, fl := range over.Fields() {
			if !seen[fl.Name] {
				fields = append(fields, fl)
			}
		}
		out := value.OfObject(fields, over.Span()).From(over.Origin())
		if under.IsOpen() || over.IsOpen() {
			out = out.Opened()
		}
		return out
	case isList(under) && isList(over):
		if out, ok := concat(s, []value.Value{under, over}, over.Span()); ok {
			return out
		}
	}
	return over
}

// generate reads a generate block.
func (f *wrapperFile) generate(b *block) Generated {
	g := Generated{Span: b.span.Head()}
	if name, ok := f.lower(b.body.attr("path")).Str(); ok {
		g.Name = path.Base(name)
	}
	a := b.body.attr("contents")
	if a == nil {
		return g
	}
	g.Span = a.span
	if call, ok := a.expr.(*hclsyntax.FunctionCallExpr); ok && call.Name == "file" && len(call.Args) == 1 {
		if name, ok := f.m.scope.lower(call.Args[0]).Str(); ok {
			g.Verbatim = inTree(path.Dir(f.path), name)
		}
	}
	g.Content = f.lower(a)
	return g
}

// extraFiles are the variable files that Terragrunt hands to the commands of
// Terraform.
func (f *wrapperFile) extraFiles(b *block) []string {
	var out []string
	for _, name := range []string{"required_var_files", "optional_var_files"} {
		for _, e := range f.lower(b.body.attr(name)).Elems() {
			if file, ok := e.Str(); ok {
				out = append(out, inTree(f.at, file))
			}
		}
	}
	for _, e := range f.lower(b.body.attr("arguments")).Elems() {
		if arg, ok := e.Str(); ok {
			for _, flag := range []string{"-var-file=", "--var-file="} {
				if file, ok := strings.CutPrefix(arg, flag); ok {
					out = append(out, inTree(f.at, file))
				}
			}
		}
	}
	return out
}
