package terraform

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/source"
)

// A root is evaluated once for each set of inputs that its people have for it.
// Terraform itself reads only terraform.tfvars and what ends in .auto.tfvars;
// all else is named on its command line, and people put it where others would
// look for it: prod.tfvars, envs/prod.tfvars, environments/prod/terraform.tfvars,
// ../config/common.tfvars.

// world is one set of inputs of a root.
type world struct {
	// name is empty for the only one.
	name, workspace string
	// unit is set for a unit of Terragrunt.
	unit *wrapped
	// files are given beyond those that Terraform reads unasked, in order of
	// rising precedence.
	files []*source.File
}

const (
	// maxWorlds bounds the worlds of a root.
	maxWorlds = 16
	// maxAncestors is how far above a root variable files are looked for.
	maxAncestors = 4
	codeWorlds   = "terraform-worlds"
)

// inputDirs are names of directories in which variable files lie.
var inputDirs = map[string]bool{
	"env": true, "envs": true, "environment": true, "environments": true, "vars": true, "tfvars": true, "var-files": true,
	"variables": true, "config": true, "configs": true, "configuration": true, "params": true, "parameters": true,
	"settings": true, "inputs": true, "workspaces": true, "stages": true, "accounts": true, "values": true,
}

// commonInputs are names of variable files that hold for every world.
var commonInputs = map[string]bool{
	"common": true, "global": true, "globals": true, "shared": true, "default": true, "defaults": true, "base": true,
	"account": true, "backend": true, "all": true, "project": true, "general": true, "main": true, "region": true,
	"terraform": true, "vars": true, "variables": true, "config": true, "values": true, "inputs": true,
}

// inputFile is a variable file that was found, and the world that its name tells.
type inputFile struct {
	path, world string // world is empty for all
}

// worldsOf returns the worlds of a root, at least one.
func (l *loader) worldsOf(r root) ([]world, error) {
	if r.kind == graph.Example || len(l.o.VarFiles) > 0 || l.o.OneWorld {
		return []world{{name: l.o.World, workspace: l.o.Workspace}}, nil
	}
	common, byName, err := l.inputsOf(r.dir)
	if err != nil {
		return nil, err
	}
	workspaces := l.configs[r.dir].Workspaces()
	names := sortedDirs(byName)
	if len(names) == 0 && l.o.Workspace == "" {
		names = workspaces
	}
	if one := ownName(r.dir, names); one != "" {
		names = []string{one}
	}
	if l.o.Workspace != "" && slices.Contains(names, l.o.Workspace) {
		names = []string{l.o.Workspace}
	}
	if len(names) > maxWorlds {
		l.diags = append(l.diags, source.Diagnostic{Level: source.Warning, Code: codeWorlds, Path: r.dir,
			Message: fmt.Sprintf("%s has inputs for %d worlds, of which the first %d are analysed", r.dir, len(names), maxWorlds)})
		names = names[:maxWorlds]
	}
	if len(names) == 0 {
		return []world{{name: l.o.World, workspace: l.o.Workspace, files: common}}, nil
	}
	out := make([]world, len(names))
	for i, name := range names {
		out[i] = world{name: name, workspace: l.o.Workspace, files: append(slices.Clip(common), byName[name]...)}
		if l.o.Workspace == "" && slices.Contains(workspaces, name) {
			out[i].workspace = name
		}
	}
	return out, nil
}

// ownName is the world that the path of a root names: what lies in prod/network
// is not given the inputs of dev.
func ownName(dir string, names []string) string {
	for _, segment := range slices.Backward(strings.Split(dir, "/")) {
		for _, n := range names {
			if strings.EqualFold(segment, n) {
				return n
			}
		}
	}
	return ""
}

// inputsOf finds the variable files of a root that Terraform does not read
// unasked: those for all worlds, and those of each.
func (l *loader) inputsOf(dir string) (common []*source.File, byName map[string][]*source.File, err error) {
	byName = map[string][]*source.File{}
	levels := l.inputLevels(dir)
	for i, level := range levels { // the nearest first
		var here []*source.File
		found := map[string][]*source.File{}
		for _, in := range level {
			if !l.fits(dir, in.path, i > 0) {
				continue
			}
			f, err := l.load(in.path)
			if err != nil {
				return nil, nil, err
			}
			if f == nil {
				continue
			}
			l.accept(f)
			if in.world == "" {
				here = append(here, f)
			} else {
				found[in.world] = append(found[in.world], f)
			}
		}
		common = append(here, common...)
		if len(byName) == 0 {
			byName = found
		}
	}
	return common, byName, nil
}

// fits reports that a variable file is meant for a root: most of what it gives
// is declared there. One from further away must give something that has no
// value otherwise.
func (l *loader) fits(dir, file string, far bool) bool {
	names := l.given(file)
	declared := l.configs[dir].Variables()
	required := l.configs[dir].Required()
	known, needed := 0, 0
	for _, n := range names {
		if slices.Contains(declared, n) {
			known++
		}
		if slices.Contains(required, n) {
			needed++
		}
	}
	return known > 0 && 2*known >= len(names) && (!far || needed > 0)
}

// given returns the names of what a variable file gives. The file becomes part
// of the scan only if it is meant for a root.
func (l *loader) given(file string) []string {
	if names, ok := l.gives[file]; ok {
		return names
	}
	var names []string
	if content, err := l.o.Tree.Read(file); err == nil {
		if f, err := source.NewFileSet().Add(file, content); err == nil {
			names = hcleval.ParseFile(f).Names()
		}
	}
	l.gives[file] = names
	return names
}

// accept counts a variable file as read, and reports what is wrong with it.
func (l *loader) accept(f *source.File) {
	l.parseFiles([]*source.File{f})
	if _, done := l.status[f.Path]; done {
		return
	}
	l.diags = append(l.diags, l.parsed[f].Diagnostics...)
	l.noteStatus(f)
}

// inputLevels lists the variable files in a root, in its directories of inputs,
// and in those of the directories above it, the nearest level first.
func (l *loader) inputLevels(dir string) [][]inputFile {
	var out [][]inputFile
	own := l.varFilesIn(dir, "")
	own = append(own, l.inputDirsIn(dir)...)
	out = append(out, own)
	up := dir
	for range maxAncestors {
		if up == "." || up == "" {
			break
		}
		up = path.Dir(up)
		if files := l.inputDirsIn(up); len(files) > 0 {
			out = append(out, files)
		}
	}
	return out
}

// inputDirsIn lists the variable files in the directories of inputs of one.
func (l *loader) inputDirsIn(dir string) []inputFile {
	if files, ok := l.inputs[dir]; ok {
		return files
	}
	var out []inputFile
	entries, err := l.o.Tree.ReadDir(dir)
	if err == nil { // else it is told where it is read
		for _, e := range entries {
			if !e.IsDir() || !inputDirs[strings.ToLower(e.Name())] {
				continue
			}
			sub := path.Join(dir, e.Name())
			out = append(out, l.varFilesIn(sub, "")...)
			inner, err := l.o.Tree.ReadDir(sub)
			if err != nil {
				continue
			}
			for _, in := range inner {
				if in.IsDir() && len(l.listed[path.Join(sub, in.Name())]) == 0 { // a root of its own is no set of inputs
					out = append(out, l.varFilesIn(path.Join(sub, in.Name()), in.Name())...)
				}
			}
		}
	}
	l.inputs[dir] = out
	return out
}

// varFilesIn lists the variable files of a directory. Without a world, their
// names tell it.
func (l *loader) varFilesIn(dir, world string) []inputFile {
	entries, err := l.o.Tree.ReadDir(dir)
	if err != nil {
		return nil
	}
	root := len(l.listed[dir]) > 0
	var out []inputFile
	for _, e := range entries {
		name := e.Name()
		base, ok := strings.CutSuffix(strings.TrimSuffix(name, ".json"), ".tfvars")
		if e.IsDir() || !ok || strings.HasPrefix(name, ".") || isSample(base) || root && isAutoVars(name) {
			continue
		}
		in := inputFile{path: path.Join(dir, name), world: world}
		if world == "" {
			in.world = worldName(base)
		}
		out = append(out, in)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := varsRank(path.Base(out[i].path)), varsRank(path.Base(out[j].path))
		return a < b || a == b && out[i].path < out[j].path
	})
	return out
}

func isSample(base string) bool {
	for _, s := range []string{"example", "sample", "template", "tflint"} {
		if strings.Contains(strings.ToLower(base), s) {
			return true
		}
	}
	return false
}

// worldName is the world of which a variable file of that name is, without what
// only says that it is one; empty for one that holds for all.
func worldName(base string) string {
	base = strings.TrimSuffix(base, ".auto")
	base, _, _ = strings.Cut(base, ".")
	lower := strings.ToLower(base)
	for _, sep := range []string{"-", "_"} {
		for _, word := range []string{"config", "vars", "variables", "terraform", "values", "inputs", "env"} {
			if cut, ok := strings.CutSuffix(lower, sep+word); ok {
				lower = cut
			}
			if cut, ok := strings.CutPrefix(lower, word+sep); ok {
				lower = cut
			}
		}
	}
	if commonInputs[lower] {
		return ""
	}
	i := strings.Index(strings.ToLower(base), lower)
	return base[i : i+len(lower)]
}
