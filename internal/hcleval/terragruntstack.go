package hcleval

import (
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// StackPart is a unit or a stack that a stack of Terragrunt consists of
// (https://terragrunt.gruntwork.io/docs/features/stacks/).
type StackPart struct {
	// IsStack tells a stack from a unit.
	IsStack bool
	Name    string
	// Source is the directory that is copied, Path where to, and Values are what the
	// copy is given.
	Source, Path, Values value.Value
	// Plain says that the copy does not lie below .terragrunt-stack.
	Plain bool
	Span  source.Span
}

// Stack evaluates a file that describes a stack.
func Stack(in WrapperInput) ([]StackPart, []source.Diagnostic) {
	t := newWrapper(in)
	f := t.open(in.Path, t.unit, nil)
	if f == nil {
		return nil, nil
	}
	var out []StackPart
	for _, b := range f.file.blocks {
		if b.typ != "unit" && b.typ != "stack" {
			continue
		}
		plain, _ := f.lower(b.body.attr("no_dot_terragrunt_stack")).Truth()
		out = append(out, StackPart{IsStack: b.typ == "stack", Name: b.label(0), Source: f.lower(b.body.attr("source")),
			Path: f.lower(b.body.attr("path")), Values: f.lower(b.body.attr("values")), Plain: plain, Span: b.span.Head()})
	}
	var diags []source.Diagnostic
	for _, ev := range t.evaluators {
		diags = append(diags, ev.diags...)
	}
	return out, diags
}

// Values are the arguments at the top level of a file that Terragrunt writes
// beside a unit of a stack.
func Values(in WrapperInput) value.Value {
	t := newWrapper(in)
	f := t.open(in.Path, t.unit, nil)
	if f == nil {
		return value.Value{}
	}
	fields := make([]value.Field, 0, len(f.file.attrs))
	for _, a := range f.file.attrs {
		fields = append(fields, value.Field{Name: a.name, Span: a.nameSpan, Value: f.lower(a)})
	}
	return value.OfObject(fields, source.Span{})
}
