package cloudformation

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

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
		if isSAMConfig(c.path) {
			out = append(out, l.environments(f)...)
			continue
		}
		x, diags := readParameterFile(f)
		if x == nil {
			l.brokenParameters(f, diags)
			continue
		}
		l.result.Diagnostics = append(l.result.Diagnostics, diags...)
		if !x.tellsAnything() {
			continue
		}
		to, guessed := l.templateOf(x)
		if to == nil && x.form == flatMap {
			continue // any other file with a suggestive name
		}
		out = append(out, joined{x, to, guessed})
		l.result.Status[c.path] = FileStatus{Kind: ParameterFile}
	}
	return out
}

// environments reads samconfig.toml, or samconfig.yaml.
func (l *loader) environments(f *source.File) []joined {
	l.result.Status[f.Path] = FileStatus{Kind: ParameterFile}
	list, diags := samConfig(f)
	for _, d := range diags {
		if d.Level == source.Error {
			l.unreadParameters(f, d)
			return nil
		}
		l.aboutParameters(d.Level, d.Span, d.Message)
	}
	var out []joined
	for _, x := range list {
		to, _ := l.templateOf(x)
		out = append(out, joined{parameterFile: x, to: to})
	}
	return out
}

// unreadParameters tells of a parameter file that can't be read.
func (l *loader) unreadParameters(f *source.File, why source.Diagnostic) {
	l.result.Status[f.Path] = FileStatus{Kind: Broken, Reason: "could not be parsed"}
	l.aboutParameters(source.Warning, why.Span, "can't be read, so that the deployments that it describes are not analysed: "+why.Message)
}

// brokenParameters tells of a file that is called like a parameter file, or has the
// words of one, lies where the parameters of a template do, and can't be read.
func (l *loader) brokenParameters(f *source.File, diags []source.Diagnostic) {
	i := slices.IndexFunc(diags, func(d source.Diagnostic) bool { return d.Level == source.Error })
	if i < 0 || !slices.ContainsFunc(l.stacks, func(s *stack) bool { return distance(f.Path, s.path) > 0 }) {
		return
	}
	l.unreadParameters(f, diags[i])
}

func (l *loader) aboutParameters(level source.Level, at source.Span, msg string) {
	l.result.Diagnostics = append(l.result.Diagnostics, source.Diagnostic{Level: level, Code: codeParameterFile, Span: at, Message: msg})
}

func (l *loader) first(p string) *stack {
	for _, s := range l.stacks {
		if s.path == p {
			return s
		}
	}
	return nil
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
	template := s.path
	if f.guessed {
		template += ", the template that it is taken to be for,"
	}
	for _, g := range f.values {
		if !slices.Contains(names, g.Name) {
			l.aboutParameters(source.Warning, g.Span, "gives a value to "+g.Name+", a parameter that "+template+" does not have: "+f.form.onUnknown())
		}
	}
}

// untold tells of parameter files whose template is not here.
func (l *loader) untold(files []joined) {
	for _, f := range files {
		switch {
		case f.to != nil:
		case f.form == samEnvironment:
			l.aboutParameters(source.Note, f.at, "is a deployment of "+f.templates[0]+", which is not in the scan")
		case f.templates != nil:
			l.aboutParameters(source.Warning, f.at, "is for "+f.templates[0]+", which is not in the scan")
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
	x, _ := readParameterFile(f)
	if isSAMConfig(name) || path.Ext(name) == ".toml" {
		list, diags := samConfig(f)
		if i := slices.IndexFunc(diags, func(d source.Diagnostic) bool { return d.Level == source.Error }); i >= 0 {
			return nil, fmt.Errorf("line %d: %s", f.Position(diags[i].Span.Pos).Line, diags[i].Message)
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
