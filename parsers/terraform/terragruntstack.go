package terraform

import (
	"path"
	"slices"

	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

const (
	// stackFile is the name of the file that makes a directory a stack of Terragrunt.
	stackFile = "terragrunt.stack.hcl"
	// valuesFile is what "terragrunt stack generate" writes beside a unit.
	valuesFile = "terragrunt.values.hcl"
	// stackDir is where it puts the units of a stack.
	stackDir = ".terragrunt-stack"
	// maxStackDepth bounds stacks in stacks, and maxStackUnits their units.
	maxStackDepth = 8
	maxStackUnits = 10_000
)

// stacks makes the units of all stacks, as "terragrunt stack generate" would. What
// they are made of is used, and is no unit or stack of its own.
func (l *loader) stacks(used map[string]bool) []*wrapped {
	s := stackReader{l: l, used: used}
	var units [][]*wrapped
	for _, file := range l.o.Stacks {
		s.units = nil
		s.read(&wrapped{file: file}, 0)
		units = append(units, s.units)
	}
	var out []*wrapped
	for i, file := range l.o.Stacks {
		if !used[file] { // else it is made where a stack calls for it
			out = append(out, units[i]...)
		}
	}
	return out
}

type stackReader struct {
	l     *loader
	used  map[string]bool
	units []*wrapped
}

// read makes the units of a stack, which is deployed from the directory of w.
func (s *stackReader) read(w *wrapped, depth int) {
	at := w.dir
	if at == "" {
		at = path.Dir(w.file)
	}
	parts, diags := hcleval.Stack(s.l.wrapperInput(w, nil))
	if depth == 0 {
		s.l.diags = append(s.l.diags, diags...)
	}
	for _, p := range parts {
		if len(s.units) >= maxStackUnits {
			s.l.diags = append(s.l.diags, source.Diagnostic{Level: source.Warning, Code: codeStack, Span: p.Span, Message: "the stack has more units than are analysed"})
			return
		}
		sub, ok := p.Path.Str()
		if !ok {
			s.l.diags = append(s.l.diags, source.Diagnostic{Level: source.Warning, Code: codeStack, Span: p.Span,
				Message: "the path of " + p.Name + " is not known, so that it was left out of the stack"})
			continue
		}
		dir := path.Join(at, stackDir, sub)
		if p.Plain {
			dir = path.Join(at, sub)
		}
		s.part(p, path.Dir(w.file), dir, depth)
	}
}

// part makes a unit, or those of a stack in the stack.
func (s *stackReader) part(p hcleval.StackPart, from, dir string, depth int) {
	name := wrapperFile
	if p.IsStack {
		name = stackFile
	}
	if slices.Contains(s.l.o.Wrappers, path.Join(dir, wrapperFile)) {
		return // it has been generated, and is read as any other
	}
	src, _ := p.Source.Str()
	file := ""
	if local := localSource(from, src); local != "" {
		file = path.Join(s.l.canonical(local), name)
	}
	if _, err := s.l.o.Tree.Resolve(file); file == "" || err != nil {
		s.units = append(s.units, &wrapped{dir: dir, Wrapped: &hcleval.Wrapped{Dir: dir, Source: p.Source, Inputs: p.Values, Span: p.Span}})
		return
	}
	s.used[file] = true
	w := &wrapped{file: file, dir: dir, values: p.Values}
	if w.values.IsAbsent() {
		w.values = value.OfObject(nil, p.Span)
	}
	switch {
	case !p.IsStack:
		s.units = append(s.units, w)
	case depth < maxStackDepth:
		s.read(w, depth+1)
	default:
		s.l.diags = append(s.l.diags, source.Diagnostic{Level: source.Warning, Code: codeStack, Span: p.Span, Message: "stacks are nested too deep"})
	}
}

const codeStack = "terragrunt-stack"

// givenValues are the values beside a unit that was generated, absent if there are
// none.
func (l *loader) givenValues(dir string) value.Value {
	file := path.Join(dir, valuesFile)
	if _, err := l.o.Tree.Resolve(file); err != nil {
		return value.Value{}
	}
	return hcleval.Values(l.wrapperInput(&wrapped{file: file}, nil))
}
