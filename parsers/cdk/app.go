package cdk

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/wacheck/wacheck/source"
)

// unsynthesized tells of programs whose assembly is not here: nothing is known of
// what they deploy until somebody runs them.
func (r *Result) unsynthesized(manifests map[string]*manifest) {
	for _, p := range r.opt.Paths {
		if path.Base(p) != "cdk.json" || r.inAssembly(p) {
			continue
		}
		content, err := r.opt.Tree.Read(p)
		var settings struct {
			App    json.RawMessage `json:"app"`
			Output string          `json:"output"`
		}
		if err != nil || json.Unmarshal(content, &settings) != nil || settings.App == nil {
			continue // cdk.json of a library, or what the parser of templates tells of
		}
		dir := path.Dir(p)
		out := path.Join(dir, firstOf(settings.Output, "cdk.out"))
		if _, here := manifests[out]; here || r.anyBelow(dir, manifests) {
			continue
		}
		where := "here"
		if dir != "." {
			where = "in " + dir
		}
		r.report(source.Warning, "cdk-not-synthesized", p,
			"is the configuration of a CDK program, of which "+out+" "+r.missing(out)+": run \"npx cdk synth\" "+where+" and scan again; wacheck reads what that writes, and runs no program")
	}
}

// missing says what is wrong with an assembly that could not be read: a program that fails
// leaves a directory behind.
func (r *Result) missing(out string) string {
	if _, err := r.opt.Tree.ReadDir(out); err == nil {
		return "has no manifest.json, as if the program had failed"
	}
	return "is not there"
}

func (r *Result) inAssembly(p string) bool {
	for _, a := range r.Assemblies {
		if within(a.Dir, p) {
			return true
		}
	}
	return false
}

// anyBelow reports an assembly of that program in another place.
func (r *Result) anyBelow(dir string, manifests map[string]*manifest) bool {
	for d := range manifests {
		if within(dir, d+"/") && strings.TrimPrefix(r.appOf(d), "./") == dir {
			return true
		}
	}
	return false
}
