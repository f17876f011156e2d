package hcleval

import (
	"path"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Terragrunt is read, never run: its files say which module a directory deploys
// and with which inputs (https://terragrunt.gruntwork.io/docs/reference/hcl/).
// Absolute paths begin at the root of the tree in it, so that nothing tells
// where the checkout lies.

// WrapperInput is a unit of Terragrunt and all that its evaluation depends on.
type WrapperInput struct {
	// Path is the file that makes a directory a unit.
	Path string
	// Dir is the directory that the unit is deployed from, where that is not the one
	// of the file, and Values are what a stack hands to it.
	Dir      string
	Values   value.Value
	Files    *source.FileSet
	Origins  *value.Origins
	TreeRoot string
	// Read returns a parsed file of the tree, or nil; Exists also knows directories.
	Read   func(path string) *File
	Exists func(path string) bool
	// Match lists the files of the tree that a pattern matches.
	Match func(pattern string) []string
	// Env are the environment variables that are given.
	Env map[string]string
	// Outputs are those of the unit in a directory.
	Outputs func(dir string) (value.Value, bool)
}

// Wrapped is what Terragrunt makes of a unit.
type Wrapped struct {
	// Dir is that of the unit.
	Dir string
	// Source is where the module is. Without one, it is in the directory itself.
	Source value.Value
	// Inputs are the values for its variables by name.
	Inputs value.Value
	// Generated are the files that are put beside those of the module, by name.
	Generated []Generated
	// VarFiles are further variable files, in order of rising precedence.
	VarFiles []string
	// Backend is the type of the remote state, and State its configuration.
	Backend string
	State   value.Value
	// Included are the files that were included, and Depends the directories of
	// the units that it depends on.
	Included, Depends []string
	// Span is where the unit is told which module it deploys.
	Span        source.Span
	Diagnostics []source.Diagnostic
}

// Generated is a file that Terragrunt writes.
type Generated struct {
	// Name is that of the file, and Verbatim the file of the tree of which it is
	// a copy, if it is one.
	Name, Verbatim string
	// Content is its text. Span is where it is written.
	Content value.Value
	Span    source.Span
}

// maxIncluded bounds files that read files that read files.
const maxIncluded = 16

// Unwrap evaluates a unit of Terragrunt.
func Unwrap(in WrapperInput) *Wrapped {
	t := newWrapper(in)
	f := t.open(in.Path, t.unit, nil)
	if f == nil {
		return t.out
	}
	merged := f.merged()
	t.out.Inputs, t.out.Source, t.out.Span = merged.inputs, merged.source, merged.span
	t.out.Generated, t.out.VarFiles = merged.generated(), merged.varFiles
	t.out.Backend, t.out.State = merged.backend, merged.state
	for _, ev := range t.evaluators {
		t.out.Diagnostics = append(t.out.Diagnostics, ev.diags...)
	}
	return t.out
}

func newWrapper(in WrapperInput) *wrapper {
	dir := in.Dir
	if dir == "" {
		dir = path.Dir(in.Path)
	}
	return &wrapper{in: in, unit: dir, out: &Wrapped{Dir: dir}}
}

// wrapper is the evaluation of one unit.
type wrapper struct {
	in    WrapperInput
	unit  string // its directory
	out   *Wrapped
	depth int // of files that read files
	// evaluators are those of the files.
	evaluators []*evaluator
}

// wrapperFile is one file in the evaluation of a unit.
type wrapperFile struct {
	t    *wrapper
	path string
	// at is the directory for which the file is evaluated: that of the unit for
	// what it includes, its own for what is read.
	at   string
	file *File
	m    *module
	// includes are the files that this one includes, by label, in order; parent
	// is the one by which this one was included.
	includes []*include
	isParent bool
}

type include struct {
	label, strategy string
	file            *wrapperFile
}

// open evaluates a file for a directory. Child is the file that includes it.
func (t *wrapper) open(file, at string, child *wrapperFile) *wrapperFile {
	if t.depth >= maxIncluded {
		return nil
	}
	parsed := t.in.Read(file)
	if parsed == nil {
		return nil
	}
	t.depth++
	defer func() { t.depth-- }()
	f := &wrapperFile{t: t, path: file, at: at, file: parsed, isParent: child != nil}
	cfg := &Config{Dir: path.Dir(file), locals: map[string]*attribute{}, variables: map[string]*variable{}, byKey: map[string]*resource{},
		callIndex: map[string]*call{}, ephemeral: map[string]*block{}, strange: map[string]bool{}, Broken: parsed.Broken}
	for _, b := range parsed.blocks {
		if b.typ != "locals" {
			continue
		}
		for _, it := range b.body.items {
			if it.attr != nil {
				cfg.locals[it.name] = it.attr
			}
		}
	}
	ev := newEvaluator(Input{Unit: &graph.Unit{Key: file, Dir: path.Dir(file)}, Files: t.in.Files, Origins: t.in.Origins, TreeRoot: t.in.TreeRoot})
	f.m = newModule(ev, nil, cfg, "", "")
	f.m.lowFirst = true
	ev.root = f.m
	t.evaluators = append(t.evaluators, ev)
	f.install()
	values := t.in.Values
	if values.IsAbsent() {
		values = value.OfUnknown(value.KindObject, source.Span{}, t.in.Origins.Add(value.Origin{Kind: value.NoValue, Name: "values", Detail: "are given by a stack"}))
	}
	f.frame("values", values)
	f.include()
	f.depend()
	f.m.scope.frames = append(f.m.scope.frames, f.features())
	return f
}

// blocks returns the blocks of a type.
func (f *wrapperFile) blocks(typ string) []*block {
	var out []*block
	for _, b := range f.file.blocks {
		if b.typ == typ {
			out = append(out, b)
		}
	}
	return out
}

// attr returns an argument at the top level of the file.
func (f *wrapperFile) attr(name string) *attribute {
	for _, a := range f.file.attrs {
		if a.name == name {
			return a
		}
	}
	return nil
}

func (f *wrapperFile) lower(a *attribute) value.Value {
	if a == nil {
		return value.Value{}
	}
	return f.m.scope.lowerAttr(a)
}

// include opens the files that this one includes.
func (f *wrapperFile) include() {
	var fields []value.Field
	for _, b := range f.blocks("include") {
		inc := &include{label: b.label(0), strategy: text(b.body.attr("merge_strategy"))}
		file, ok := f.lower(b.body.attr("path")).Str()
		if !ok {
			f.say(source.Warning, b.span, "the path of what is included is not known")
			continue
		}
		file = inTree(f.at, file)
		f.t.out.Included = append(f.t.out.Included, file)
		if inc.file = f.t.open(file, f.at, f); inc.file == nil {
			f.say(source.Warning, b.span, "%s is included and could not be read", file)
			continue
		}
		f.includes = append(f.includes, inc)
		exposed := inc.file.exposed()
		if inc.label == "" {
			fields = append(fields, exposed.Fields()...)
		} else {
			fields = append(fields, value.Field{Name: inc.label, Value: exposed})
		}
	}
	f.frame("include", value.OfObject(fields, source.Span{}))
}

// exposed is what another file sees of this one.
func (f *wrapperFile) exposed() value.Value {
	var locals []value.Field
	for _, name := range sortedKeys(f.m.cfg.locals) {
		locals = append(locals, value.Field{Name: name, Span: f.m.cfg.locals[name].nameSpan, Value: f.m.localLow(name)})
	}
	merged := f.merged()
	fields := []value.Field{
		{Name: "locals", Value: value.OfObject(locals, source.Span{})},
		{Name: "inputs", Value: merged.inputs},
	}
	terraform := value.OfObject([]value.Field{{Name: "source", Value: merged.source}}, merged.span)
	if !merged.source.IsAbsent() {
		fields = append(fields, value.Field{Name: "terraform", Value: terraform})
	}
	for _, fr := range f.m.scope.frames {
		if fr.name == "dependency" {
			fields = append(fields, value.Field{Name: "dependency", Value: fr.low})
		}
	}
	return value.OfObject(fields, source.Span{})
}

// depend makes what expressions see of the units that this one depends on.
func (f *wrapperFile) depend() {
	var fields []value.Field
	for _, b := range f.blocks("dependency") {
		name := b.label(0)
		a := b.body.attr("config_path")
		dir, known := f.lower(a).Str()
		outputs := value.OfUnknown(value.KindObject, b.span, f.t.in.Origins.Add(value.Origin{Kind: value.ModuleOutput,
			Name: "dependency." + name, Span: b.span.Head(), From: []value.OriginID{f.t.in.Origins.Add(value.Origin{
				Kind: value.MissingModule, Name: "dependency." + name, Detail: "is a unit that is not here", Span: b.span.Head()})}}))
		if known {
			dir = strings.TrimSuffix(inTree(f.at, dir), "/terragrunt.hcl")
			f.t.out.Depends = append(f.t.out.Depends, dir)
			if f.t.in.Outputs != nil {
				if v, ok := f.t.in.Outputs(dir); ok {
					step := value.Origin{Kind: value.ModuleOutput, Name: "dependency." + name, Span: spanOf(a.expr.Range())}
					outputs = f.m.ev.hop(v, step)
				}
			}
		}
		fields = append(fields, value.Field{Name: name, Span: b.span, Value: value.OfObject([]value.Field{
			{Name: "outputs", Value: outputs}, {Name: "inputs", Value: value.OfUnknown(value.KindObject, b.span, 0)}}, b.span)})
	}
	for _, b := range f.blocks("dependencies") {
		for _, p := range f.lower(b.body.attr("paths")).Elems() {
			if dir, ok := p.Str(); ok {
				f.t.out.Depends = append(f.t.out.Depends, inTree(f.at, dir))
			}
		}
	}
	f.frame("dependency", value.OfObject(fields, source.Span{}))
}

// features are the defaults of the switches that a unit has.
func (f *wrapperFile) features() frame {
	var fields []value.Field
	for _, b := range f.blocks("feature") {
		fields = append(fields, value.Field{Name: b.label(0), Span: b.span, Value: value.OfObject(
			[]value.Field{{Name: "value", Value: f.lower(b.body.attr("default"))}}, b.span)})
	}
	low := value.OfObject(fields, source.Span{})
	return frame{name: "feature", cty: f.m.ev.toCty(low), low: low}
}

// frame puts a name into what the expressions of the file see.
func (f *wrapperFile) frame(name string, low value.Value) {
	f.m.scope.frames = append(f.m.scope.frames, frame{name: name, cty: f.m.ev.toCty(low), low: low})
}

func (f *wrapperFile) say(level source.Level, span source.Span, format string, args ...any) {
	f.m.ev.say(level, codeWrapper, span, format, args...)
}

// inTree is a path of the tree from one that a file gives: absolute ones begin at
// the root of the tree.
func inTree(dir, p string) string {
	if strings.HasPrefix(p, "/") {
		return strings.TrimPrefix(path.Clean(p), "/")
	}
	return path.Join(dir, p)
}

// absolute is the absolute form of a path of the tree.
func absolute(p string) string {
	if p == "." || p == "" {
		return "/."
	}
	return "/" + p
}
