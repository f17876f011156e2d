package terraform

import (
	"path"
	"sort"
	"strings"

	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// isAutoVars reports whether Terraform reads a variable file unasked.
func isAutoVars(name string) bool {
	return name == "terraform.tfvars" || name == "terraform.tfvars.json" ||
		strings.HasSuffix(name, ".auto.tfvars") || strings.HasSuffix(name, ".auto.tfvars.json")
}

// readVars reads the variable files that a root comes with, in order of
// rising precedence
// (https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence).
func (l *loader) readVars(dir string, names []string) error {
	sort.Slice(names, func(i, j int) bool {
		a, b := varsRank(names[i]), varsRank(names[j])
		return a < b || a == b && names[i] < names[j]
	})
	for _, n := range names {
		f, err := l.load(path.Join(dir, n))
		if err != nil {
			return err
		}
		if f != nil {
			l.varFiles[dir] = append(l.varFiles[dir], f)
		}
	}
	return nil
}

func varsRank(name string) int {
	switch name {
	case "terraform.tfvars":
		return 0
	case "terraform.tfvars.json":
		return 1
	}
	return 2
}

// readExtra reads the variable files that the user named.
func (l *loader) readExtra() error {
	for _, p := range l.o.VarFiles {
		f, err := l.load(p)
		if err != nil {
			return err
		}
		if f != nil {
			l.extra = append(l.extra, f)
		}
	}
	l.parse()
	for _, f := range l.extra {
		l.diags = append(l.diags, l.parsed[f].Diagnostics...)
	}
	return nil
}

// variables lists what gives values to the variables of a root, in order of
// rising precedence. Files are those of a world.
func (l *loader) variables(dir string, files []*source.File) []hcleval.VarSource {
	var out []hcleval.VarSource
	if len(l.o.Env) > 0 {
		out = append(out, hcleval.VarSource{Kind: value.VariableEnv, Raw: l.o.Env})
	}
	for _, files := range [][]*source.File{l.varFiles[dir], files, l.extra} {
		for _, f := range files {
			out = append(out, hcleval.VarSource{Kind: value.VariableFile, File: l.parsed[f]})
		}
	}
	if len(l.o.Vars) > 0 {
		out = append(out, hcleval.VarSource{Kind: value.VariableFlag, Raw: l.o.Vars})
	}
	if len(l.o.Planned) > 0 {
		out = append(out, hcleval.VarSource{Kind: value.PlanVariable, Raw: l.o.Planned})
	}
	return out
}
