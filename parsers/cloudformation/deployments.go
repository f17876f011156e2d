package cloudformation

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/source"
)

// deploy gives each template its deployments: those that it was said to have, and
// those of the parameter files that belong to it, each a world.
func (l *loader) deploy() {
	var out []*stack
	files := l.parameterFiles()
	for _, s := range l.stacks {
		worlds := l.worldsOf(s, files)
		if len(worlds) == 0 || s.deployment.World != "" {
			out = append(out, s)
			continue
		}
		for i, d := range worlds {
			t := s
			if i > 0 {
				t = &stack{loader: l, file: s.file, path: s.path, root: s.root, status: s.status, broken: s.broken}
			}
			t.deployment = d
			t.prepare(nil)
			out = append(out, t)
		}
	}
	l.stacks = out
	l.untold(files)
}

// joined is a parameter file with the template that it belongs to.
type joined struct {
	*parameterFile
	to *stack
	// guessed says that the join rests on names alone.
	guessed bool
}

// parameterFiles reads the files that hold parameters, and finds their templates.
func (l *loader) parameterFiles() []joined {
	if l.opt.OneWorld {
		return nil
	}
	var out []joined
	for _, c := range l.inputs {
		f, err := l.opt.Files.Add(c.path, c.content)
		if err != nil {
			continue // the set is full: reported where templates are added
		}
		if path.Base(c.path) == "samconfig.toml" {
			list, err := samConfig(f)
			if err != nil {
				l.result.Diagnostics = append(l.result.Diagnostics, source.Diagnostic{Level: source.Warning, Code: "parameter-file", Span: f.Whole().Head(),
					Message: "can't be read, so that the deployments that it describes are not analysed: " + strings.ReplaceAll(err.Error(), "\n", " ")})
			}
			l.result.Status[c.path] = FileStatus{Kind: ParameterFile}
			for _, x := range list {
				out = append(out, joined{parameterFile: x, to: l.first(path.Join(path.Dir(c.path), x.template))})
			}
			continue
		}
		x := readParameterFile(f)
		if x == nil || !x.tellsAnything() {
			continue
		}
		to, guessed := l.templateOf(x)
		if to == nil && !x.certain {
			continue // any other file with a suggestive name
		}
		out = append(out, joined{x, to, guessed})
		l.result.Status[c.path] = FileStatus{Kind: ParameterFile}
	}
	return out
}

func (l *loader) first(p string) *stack {
	for _, s := range l.stacks {
		if s.path == p {
			return s
		}
	}
	return nil
}

// templateOf finds the template that a file is for: that which it names, else the
// one that declares all its parameters and is nearest by directory and name.
func (l *loader) templateOf(x *parameterFile) (to *stack, guessed bool) {
	if x.template != "" {
		for _, p := range []string{path.Clean(x.template), path.Join(path.Dir(x.path), x.template)} {
			if s := l.first(p); s != nil {
				return s, false
			}
		}
		return nil, false
	}
	var best *stack
	most, tie := 0, false
	for _, s := range l.stacks {
		if !declares(s, x.values) {
			continue
		}
		switch n := nearness(x, s.path); {
		case n > most:
			best, most, tie = s, n, false
		case n == most:
			tie = true
		}
	}
	if tie {
		return nil, false
	}
	return best, true
}

func declares(s *stack, values []cfneval.Given) bool {
	names := s.eval.ParameterNames()
	return !slices.ContainsFunc(values, func(g cfneval.Given) bool { return !slices.Contains(names, g.Name) })
}

// nearness is how near a file and a template are: 0 for strangers. A file without
// the form of a parameter file has to be nearer.
func nearness(x *parameterFile, template string) int {
	var n int
	dir, own := path.Dir(template), path.Dir(x.path)
	switch {
	case dir == own:
		n = 30
	case strings.HasPrefix(own, dir+"/") || dir == ".":
		n = 20
	case path.Dir(dir) == path.Dir(own), strings.HasPrefix(own, path.Dir(dir)+"/"):
		n = 10
	default:
		return 0
	}
	name, _, _ := strings.Cut(path.Base(template), ".")
	if strings.Contains(strings.ToLower(x.path[strings.LastIndexByte(own, '/')+1:]), strings.ToLower(name)) {
		n += 5
	}
	return n
}

// worldsOf are the deployments that parameter files describe, each with a name of
// its own.
func (l *loader) worldsOf(s *stack, files []joined) []Deployment {
	var out []Deployment
	used := map[string]int{}
	for _, f := range files {
		if f.to != s {
			continue
		}
		d := Deployment{World: f.worldOf(s.path), Region: f.region, StackName: f.stackName, tags: f.tags, given: f.values, guessed: f.guessed, from: f.path}
		used[d.World]++
		if n := used[d.World]; n > 1 {
			d.World = strings.TrimPrefix(fmt.Sprintf("%s-%d", d.World, n), "-")
		}
		out = append(out, d)
		l.unknownParameters(s, f)
	}
	if len(out) > 1 { // a nameless one would be taken for the only one
		for i := range out {
			if out[i].World == "" {
				out[i].World = "default"
			}
		}
	}
	return out
}

// unknownParameters tells of values for parameters that the template does not have.
func (l *loader) unknownParameters(s *stack, f joined) {
	names := s.eval.ParameterNames()
	for _, g := range f.values {
		if !slices.Contains(names, g.Name) {
			l.result.Diagnostics = append(l.result.Diagnostics, source.Diagnostic{Level: source.Warning, Code: "parameter-file", Span: g.Span,
				Message: "gives a value to " + g.Name + ", a parameter that " + s.path + " does not have"})
		}
	}
}

// untold tells of parameter files whose template is not here.
func (l *loader) untold(files []joined) {
	for _, f := range files {
		if f.to == nil && f.template != "" && path.Base(f.path) != "samconfig.toml" {
			l.result.Diagnostics = append(l.result.Diagnostics, source.Diagnostic{Level: source.Warning, Code: "parameter-file", Span: f.at,
				Message: "is for " + f.template + ", which is not in the scan"})
		}
	}
}

// Parameters reads the values of a parameter file that the user has named. Of
// samconfig.toml it takes the environment "default".
func Parameters(name string, content []byte) (map[string]string, error) {
	f, err := source.NewFileSet().Add(name, content)
	if err != nil {
		return nil, err
	}
	x := readParameterFile(f)
	if path.Ext(name) == ".toml" {
		list, err := samConfig(f)
		if err != nil {
			return nil, err
		}
		for _, env := range list {
			if len(list) == 1 || env.world == "default" {
				x = env
			}
		}
	}
	if x == nil {
		return nil, errors.New("has none of the forms of a parameter file: a list with ParameterKey and ParameterValue, a map of texts, a template configuration, a deployment file, or samconfig.toml with an environment named default")
	}
	out := map[string]string{}
	for _, g := range x.values {
		out[g.Name] = g.Text
	}
	return out, nil
}
