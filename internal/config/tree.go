package config

import (
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/wacheck/wacheck/analysis"
)

// Tree is the configuration of a repository: the file at its root, and those of
// directories below it.
type Tree struct {
	// files are by directory; "" is the root.
	files map[string]*File
}

// NewTree makes a tree. A nil file stands for none at the root.
func NewTree(root *File) *Tree {
	t := &Tree{files: map[string]*File{}}
	if root != nil {
		t.files[""] = root
	}
	return t
}

// Add adds the file of a directory.
func (t *Tree) Add(f *File) { t.files[f.Dir] = f }

// Files returns all files, those of the upper directories first.
func (t *Tree) Files() []*File {
	var out []*File
	for _, f := range t.files {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *File) int { return strings.Compare(a.Dir, b.Dir) })
	return out
}

// chain returns the files that hold for a directory, that of the root first.
func (t *Tree) chain(dir string) []*File {
	var out []*File
	for d := clean(dir); ; d = clean(path.Dir(d)) {
		if f := t.files[d]; f != nil {
			out = append(out, f)
		}
		if d == "" {
			slices.Reverse(out)
			return out
		}
	}
}

func clean(dir string) string {
	if dir = path.Clean(dir); dir == "." || dir == "/" || strings.HasPrefix(dir, "../") || dir == ".." {
		return ""
	}
	return dir
}

// RuleState is what is said of a rule at a place.
type RuleState struct {
	// Enabled is nil where nothing is said; so is Severity.
	Enabled      *bool
	Severity     *analysis.Severity
	Suppressible bool
}

// Rule returns what holds for a rule in a file. What stands further down in the
// tree, or further down in a file, wins.
func (t *Tree) Rule(id, file string) RuleState {
	s := RuleState{Suppressible: true}
	for _, f := range t.chain(path.Dir(file)) {
		for i := range f.Rules {
			r := &f.Rules[i]
			if !slices.Contains(r.IDs, id) {
				continue
			}
			if r.Enabled != nil {
				s.Enabled = r.Enabled
			}
			if r.Severity != nil {
				s.Severity = r.Severity
			}
			if r.Suppressible != nil {
				s.Suppressible = *r.Suppressible
			}
		}
	}
	return s
}

// FailOn returns the threshold for a finding that is shown in a file and holds
// in an environment of a unit, which is deployed from a directory. It returns
// the default if nothing is said. What is deployed counts more than the file,
// what stands further down in the tree more than what stands above, and an
// environment more than a path.
func (t *Tree) FailOn(file, unit string, env analysis.Environment, by Threshold) Threshold {
	files := t.chain(path.Dir(file))
	for _, f := range t.chain(unit) {
		if !slices.Contains(files, f) {
			files = append(files, f)
		}
	}
	for _, f := range files {
		if f.FailOn != nil {
			by = *f.FailOn
		}
		for _, s := range f.Scopes {
			if s.Path != "" && (Match(s.Path, file) || Match(s.Path, unit)) {
				by = s.FailOn
			}
		}
		for _, s := range f.Scopes {
			if slices.Contains(s.Environments, env) {
				by = s.FailOn
			}
		}
	}
	return by
}

// Match reports whether a path is, or lies below, what a glob stands for.
func Match(pattern, name string) bool {
	for _, p := range []string{pattern, strings.TrimSuffix(pattern, "/") + "/**"} {
		if ok, err := doublestar.Match(p, name); ok && err == nil {
			return true
		}
	}
	return false
}

// Estate is what the file at the root says of environments.
func (t *Tree) Estate() *analysis.Settings {
	if f := t.files[""]; f != nil {
		return &f.Estate
	}
	return nil
}
