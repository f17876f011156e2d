package cloudformation

import (
	"encoding/json"
	"path"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/source"
)

// codeModule is the code of diagnostics about modules.
const codeModule = "cloudformation-module"

// fragmentsDir is the directory of a module project that holds its template.
// https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/modules-develop.html
const fragmentsDir = "fragments"

// projectFiles say the type that a module project is registered as: the settings that
// "cfn init" writes, and the schema that "cfn validate" makes of the fragment.
var projectFiles = []string{".rpdk-config", "schema.json"}

// useFragments finds the templates of modules. One that another template uses is
// analysed there, and is no stack itself.
func (l *loader) useFragments() {
	l.fragments = map[string][]*stack{}
	var fragments []*stack
	isFragment := map[*stack]bool{}
	for _, s := range l.stacks {
		if typ := l.moduleType(s.path); typ != "" {
			l.fragments[typ] = append(l.fragments[typ], s)
			fragments = append(fragments, s)
			isFragment[s] = true
		}
	}
	if len(fragments) == 0 {
		return
	}
	used, alone := map[*stack]bool{}, map[*stack]bool{}
	for _, s := range l.stacks {
		if !isFragment[s] {
			l.markUsed(s, used)
		}
	}
	for _, f := range fragments { // also one that only uses itself
		if !used[f] {
			alone[f] = true
			l.markUsed(f, used)
		}
	}
	kept := l.stacks[:0]
	for _, s := range l.stacks {
		if !used[s] || alone[s] {
			kept = append(kept, s)
		}
	}
	l.stacks = kept
	for _, s := range l.stacks {
		if s.missingModules() > 0 {
			s.prepare(nil)
		}
	}
}

// markUsed notes the fragments that a stack uses, and that these use.
func (l *loader) markUsed(s *stack, used map[*stack]bool) {
	for _, p := range s.resources {
		typ := p.Value.Get("Type")
		if typ == nil || len(l.fragments[typ.Text]) != 1 {
			continue
		}
		if f := l.fragments[typ.Text][0]; f != s && !used[f] {
			used[f] = true
			l.markUsed(f, used)
		}
	}
}

// moduleType is the type of the module of which a template is the fragment, or empty.
func (l *loader) moduleType(template string) string {
	dir := path.Dir(template)
	if path.Base(dir) != fragmentsDir || l.opt.Tree == nil {
		return ""
	}
	for _, name := range projectFiles {
		file := path.Join(path.Dir(dir), name)
		content, err := l.opt.Tree.Read(file)
		if err != nil {
			continue // it is not there, or told by whoever lists it
		}
		var project struct {
			TypeName string `json:"typeName"`
		}
		if err := json.Unmarshal(content, &project); err != nil {
			l.result.Diagnostics = append(l.result.Diagnostics, source.Diagnostic{Level: source.Warning, Code: codeModule, Path: file,
				Message: "can't be read, so that the module in " + template + " is not known by its type: " + err.Error()})
			continue
		}
		if cfneval.IsModule(project.TypeName) {
			return project.TypeName
		}
	}
	return ""
}
