package terraform

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// wrapperFile is the name of the file that makes a directory a unit of Terragrunt.
const wrapperFile = "terragrunt.hcl"

// wrapped is a unit of Terragrunt: a module that it deploys, with its inputs.
type wrapped struct {
	*hcleval.Wrapped
	// module is the directory of its module, or empty where that is not here.
	module string
	// file is where it is written, and values are what its stack gives it.
	file   string
	values value.Value
	// dir is the directory that a stack puts it into.
	dir    string
	config *hcleval.Config
	holes  map[string]value.Value
	// variant tells apart the configurations of a module that differ by what is
	// generated beside it.
	variant string
	outputs value.Value
}

// wrap reads the units of Terragrunt, as far as it takes to know their modules.
func (l *loader) wrap() error {
	included := map[string]bool{}
	var all []*wrapped
	all = append(all, l.stacks(included)...)
	for _, file := range l.o.Wrappers {
		if !included[file] { // a stack makes units of it
			all = append(all, &wrapped{file: file, values: l.givenValues(path.Dir(file))})
		}
	}
	for _, w := range all {
		if w.Wrapped != nil {
			continue // there is no file
		}
		w.Wrapped = hcleval.Unwrap(l.wrapperInput(w, nil))
		for _, inc := range w.Included {
			included[inc] = true
		}
	}
	for _, w := range all {
		if included[w.file] && w.dir == "" {
			continue // what others include is no unit
		}
		w.module = l.wrappedModule(w)
		if w.module == "" && w.Source.IsAbsent() {
			continue
		}
		if err := l.readLock(w.Dir); err != nil {
			return err
		}
		l.units = append(l.units, w)
		l.unitAt[w.Dir] = w
	}
	sort.Slice(l.units, func(i, j int) bool { return l.units[i].Dir < l.units[j].Dir })
	return nil
}

// wrapperInput is all that a unit of Terragrunt depends on.
func (l *loader) wrapperInput(w *wrapped, outputs func(string) (value.Value, bool)) hcleval.WrapperInput {
	return hcleval.WrapperInput{Path: w.file, Dir: w.dir, Values: w.values, Files: l.o.Files, Origins: l.o.Origins, TreeRoot: l.o.Tree.Root, Read: l.readHCL,
		Exists: func(p string) bool { _, err := l.o.Tree.Resolve(p); return err == nil }, Match: l.match, Env: l.o.WrapperEnv, Outputs: outputs}
}

// readHCL reads and parses a file of the tree, or returns nil.
func (l *loader) readHCL(file string) *hcleval.File {
	if _, err := l.o.Tree.Resolve(file); err != nil {
		return nil
	}
	f, err := l.load(file)
	if err != nil || f == nil {
		return nil
	}
	if _, done := l.parsed[f]; !done {
		l.parseFiles([]*source.File{f})
		l.diags = append(l.diags, l.parsed[f].Diagnostics...)
		l.noteStatus(f)
	}
	return l.parsed[f]
}

// match lists the files of the tree that a pattern with stars matches.
func (l *loader) match(pattern string) []string {
	entries, err := l.o.Tree.ReadDir(path.Dir(pattern))
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		p := path.Join(path.Dir(pattern), e.Name())
		if ok, err := path.Match(pattern, p); err == nil && ok {
			out = append(out, p)
		}
	}
	return out
}

// wrappedModule is the directory of the module that a unit deploys. Of several
// that it may be, it is the only one that is here.
func (l *loader) wrappedModule(w *wrapped) string {
	if w.Source.IsAbsent() {
		if l.hasFiles(w.Dir) {
			return w.Dir
		}
		return ""
	}
	candidates := w.Source.Alternatives()
	if candidates == nil {
		candidates = []value.Value{w.Source}
	}
	found := ""
	for _, c := range candidates {
		src, ok := c.Str()
		if !ok {
			continue
		}
		dir := localSource(w.Dir, src)
		if kept, ok := l.copyOf(w.Dir, src); ok && dir == "" {
			dir = kept
		}
		if dir == "" || !l.hasFiles(dir) || dir == found {
			continue
		}
		if found != "" {
			return ""
		}
		found = dir
	}
	return found
}

// localSource is the directory that a source names, or empty where it is not a
// path. What follows two slashes is a part of what is copied.
func localSource(dir, src string) string {
	src, _, _ = strings.Cut(src, "?")
	src = strings.TrimPrefix(src, "file://")
	switch {
	case isLocal(src):
		src = path.Join(dir, src)
	case strings.HasPrefix(src, "/"):
		src = strings.TrimPrefix(path.Clean(src), "/")
	default:
		return ""
	}
	if src == "" {
		src = "."
	}
	if strings.HasPrefix(src, "../") || src == ".." {
		return ""
	}
	return src
}

// hasFiles reports whether a directory holds configuration.
func (l *loader) hasFiles(dir string) bool {
	entries, err := l.o.Tree.ReadDir(dir)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		_, _, ok := configName(e.Name())
		return ok
	})
}

// completeUnits evaluates the units of Terragrunt with the outputs of those that
// they depend on.
func (l *loader) completeUnits() {
	done := map[string]bool{}
	running := map[string]bool{}
	var complete func(w *wrapped)
	complete = func(w *wrapped) {
		if done[w.Dir] || running[w.Dir] {
			return
		}
		running[w.Dir] = true
		outputs := func(dir string) (value.Value, bool) {
			dep := l.unitAt[l.canonical(dir)]
			if dep == nil || running[dep.Dir] {
				return value.Value{}, false
			}
			complete(dep)
			return l.outputsOf(dep), true
		}
		module := w.module
		if w.file != "" {
			w.Wrapped = hcleval.Unwrap(l.wrapperInput(w, outputs))
		}
		w.module = module
		l.diags = append(l.diags, w.Diagnostics...)
		l.configure(w)
		running[w.Dir] = false
		done[w.Dir] = true
	}
	for _, w := range l.units {
		complete(w)
	}
}

// outputsOf are the outputs of a unit as others see them.
func (l *loader) outputsOf(w *wrapped) value.Value {
	switch {
	case w.config == nil:
		why := l.o.Origins.Add(value.Origin{Kind: value.MissingModule, Name: w.Dir, Detail: "deploys a module that is not here", Span: w.Span})
		return value.OfUnknown(value.KindObject, w.Span, why).WithRefs(value.Ref{Unit: w.key(), Addr: opaqueAddr(w)})
	case w.outputs.IsAbsent():
		w.outputs = hcleval.NewPeer(l.unitInput(w, nil)).Outputs()
	}
	return w.outputs
}

// configure makes the configuration of a unit: its module, and what Terragrunt
// generates beside it.
func (l *loader) configure(w *wrapped) {
	if w.module == "" || l.configs[w.module] == nil {
		return
	}
	if len(w.Generated) == 0 {
		w.config = l.configs[w.module]
		return
	}
	taken := map[string]bool{}
	var extra []*hcleval.File
	var variant strings.Builder
	for _, g := range w.Generated {
		if _, _, ok := configName(g.Name); !ok {
			continue
		}
		taken[g.Name] = true
		fmt.Fprintf(&variant, "%s\x00%s\x00%s\x00", g.Name, g.Verbatim, contentKey(g.Content))
		if g.Verbatim != "" {
			if f := l.readHCL(g.Verbatim); f != nil {
				extra = append(extra, f)
				continue
			}
		}
		f, holes := hcleval.ParseGenerated(g)
		for name, v := range holes {
			if w.holes == nil {
				w.holes = map[string]value.Value{}
			}
			w.holes[name] = v
		}
		extra = append(extra, f)
	}
	w.variant = variant.String()
	for _, other := range l.units {
		if other != w && other.config != nil && other.module == w.module && other.variant == w.variant {
			w.config = other.config
			return
		}
	}
	var files []*hcleval.File
	for _, f := range l.listed[w.module] {
		if !taken[path.Base(f.Path)] {
			files = append(files, l.parsed[f])
		}
	}
	w.config = hcleval.NewConfig(w.module, append(files, extra...))
	l.wrapConfigs = append(l.wrapConfigs, w.config)
}

// contentKey tells contents apart.
func contentKey(v value.Value) string {
	if s, ok := v.Str(); ok {
		return s
	}
	var b strings.Builder
	for _, p := range v.Parts() {
		if s, ok := p.Str(); ok {
			b.WriteString(s)
		}
		b.WriteByte(0)
	}
	return b.String()
}

// key is the key of the unit.
func (w *wrapped) key() string {
	if w.module == "" || w.module == w.Dir {
		return w.Dir
	}
	return w.module + "@" + w.Dir
}

func opaqueAddr(w *wrapped) string { return "module." + path.Base(w.Dir) }

// unitInput is all that the evaluation of a unit depends on.
func (l *loader) unitInput(w *wrapped, names *hcleval.Names) hcleval.Input {
	in := l.input(root{dir: w.module, kind: l.kindOf(w.Dir)}, world{}, names)
	in.Unit.Key, in.Config = w.key(), w.config
	in.Unit.Backend, in.Unit.State = w.Backend, w.State
	if locked := l.locked(w.Dir); locked != nil {
		in.Locked = locked
	}
	if w.module != w.Dir {
		in.Unit.World = w.Dir
	}
	inputs := []hcleval.VarSource{{Kind: value.VariableEnv, Raw: l.o.Env}, {Kind: value.WrapperInput, Low: w.Inputs}}
	files := l.varFiles[w.module]
	for _, name := range w.VarFiles {
		if l.readHCL(name) != nil {
			files = append(slices.Clip(files), l.o.Files.Lookup(l.canonical(name)))
		}
	}
	for _, f := range append(slices.Clip(files), l.extra...) {
		inputs = append(inputs, hcleval.VarSource{Kind: value.VariableFile, File: l.parsed[f]})
	}
	if len(l.o.Vars) > 0 {
		inputs = append(inputs, hcleval.VarSource{Kind: value.VariableFlag, Raw: l.o.Vars})
	}
	if len(w.holes) > 0 {
		fields := make([]value.Field, 0, len(w.holes))
		for _, name := range sortedDirs(w.holes) {
			fields = append(fields, value.Field{Name: name, Value: w.holes[name]})
		}
		inputs = append(inputs, hcleval.VarSource{Kind: value.WrapperInput, Low: value.OfObject(fields, source.Span{})})
	}
	in.Vars = inputs
	return in
}

func (l *loader) kindOf(dir string) graph.UnitKind {
	if l.isExample(dir) {
		return graph.Example
	}
	return graph.Root
}

// wrappedDeployments groups the units of Terragrunt by what they deploy: those of
// one configuration share their work.
func (l *loader) wrappedDeployments() []deployment {
	var out []deployment
	index := map[*hcleval.Config]int{}
	for _, w := range l.units {
		if w.config == nil {
			continue
		}
		i, there := index[w.config]
		if !there {
			i = len(out)
			index[w.config] = i
			out = append(out, deployment{root: root{w.module, l.kindOf(w.Dir)}})
		}
		out[i].worlds = append(out[i].worlds, world{name: w.Dir, unit: w})
	}
	return out
}

// opaqueUnits are the units whose module is not here: all that is known of them
// is which inputs it is given.
func (l *loader) opaqueUnits() (parts []*graph.Part, unread []hcleval.Unread) {
	for _, w := range l.units {
		if w.config != nil {
			continue
		}
		src, literal := w.Source.Str()
		at := w.Source.Span()
		if !at.IsValid() {
			at = w.Span
		}
		u := &graph.Unit{Key: w.key(), Lang: graph.Terraform, Kind: l.kindOf(w.Dir), Dir: w.Dir, Anchor: at, Inputs: w.Inputs, Backend: w.Backend, State: w.State}
		why, hint := "it is fetched when Terragrunt runs", ""
		if localSource(w.Dir, src) != "" {
			why = "there is no configuration in it"
		}
		n := &graph.Node{Mode: graph.Opaque, Lang: graph.Terraform, Type: "module", Addr: opaqueAddr(w), Name: path.Base(w.Dir),
			Exists: tri.True, Span: at, Body: w.Inputs,
			Meta: value.OfObject([]value.Field{{Name: "source", Span: at, Value: w.Source}}, at)}
		parts = append(parts, &graph.Part{Unit: u, Nodes: []*graph.Node{n}})
		unread = append(unread, hcleval.Unread{Call: hcleval.Call{Name: path.Base(w.Dir), Source: src, Literal: literal, Span: at}, Why: why, Hint: hint})
	}
	sort.Slice(parts, func(i, j int) bool { return parts[i].Unit.Key < parts[j].Unit.Key })
	return parts, unread
}
