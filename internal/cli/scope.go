package cli

import (
	"fmt"
	"os"
	"path"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/source"
)

// The scopes of a run.
const (
	scopeAll   = "all"
	scopeRoots = "roots"
	scopeFiles = "files"
)

var scopes = []string{scopeAll, scopeRoots, scopeFiles}

// checkScope checks the flag.
func checkScope(name string) error {
	if slices.Contains(scopes, name) {
		return nil
	}
	return withHint(fmt.Errorf("--scope: unknown scope %q (one of all, roots, files)", name), name, scopes)
}

// touch turns a run over files, as of a pre-commit hook, into one over their work
// tree that is restricted to what the files matter to: a module judged without
// its callers would have other values, or none.
func touch(o *driver.Options, files []string) error {
	for _, f := range files {
		if _, err := os.Stat(f); err != nil {
			return fmt.Errorf("%s: no such file or directory", f)
		}
	}
	root, err := driver.WorkTree(files)
	if err != nil {
		return err
	}
	o.Paths, o.Touched = []string{root}, files
	return nil
}

// restrict leaves out what the files have nothing to do with.
func restrict(out *driver.Output, scope string) {
	if scope == scopeAll {
		return
	}
	units := out.TouchedUnits()
	outside := func(f analysis.Finding) bool {
		if scope == scopeFiles {
			return !restsOn(out, f)
		}
		return !slices.ContainsFunc(f.Instances, func(i analysis.Instance) bool { return units[i.Unit] })
	}
	out.Findings = slices.DeleteFunc(out.Findings, outside)
	out.Opens = slices.DeleteFunc(out.Opens, outside)
	out.Accepted = slices.DeleteFunc(out.Accepted, outside)
	dirs := touchedDirs(out, units)
	out.Diagnostics = slices.DeleteFunc(out.Diagnostics, func(d source.Diagnostic) bool {
		p := d.Path
		if f := out.Files.File(d.Span.Pos); f != nil {
			p = f.Path
		}
		return p != "" && !out.Touched[p] && !dirs[path.Dir(p)]
	})
}

// aboutUnits says which units a restricted run is about; nil means all.
func aboutUnits(out *driver.Output, scope string) func(string) bool {
	if scope == scopeAll {
		return nil
	}
	units := out.TouchedUnits()
	return func(unit string) bool { return units[unit] }
}

// restsOn reports that a touched file shows a finding, or part of its evidence:
// a changed default may be the cause of what is shown in a module.
func restsOn(out *driver.Output, f analysis.Finding) bool {
	in := func(s source.Span) bool {
		return s.IsValid() && out.Touched[out.Files.Position(s.Pos).Path]
	}
	return in(f.Place()) || in(f.Span) || slices.ContainsFunc(f.Steps, func(s analysis.Step) bool { return in(s.Span) })
}

// touchedDirs are the directories of the touched files, and of the roots and
// modules that they matter to.
func touchedDirs(out *driver.Output, units map[string]bool) map[string]bool {
	dirs := map[string]bool{}
	for p := range out.Touched {
		dirs[path.Dir(p)] = true
	}
	for _, n := range out.Graph.Nodes() {
		if n.Unit != nil && units[n.Unit.Key] && n.Unit.Path == "" {
			dirs[n.Unit.Dir] = true
			if n.Module != nil {
				dirs[n.Module.Dir] = true
			}
		}
	}
	return dirs
}
