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

// FailOn returns the threshold for a finding that is shown in a file and holds for
// an instance of a unit, which is deployed from a directory. It returns
// the default if nothing is said. What is deployed counts more than the file,
// what stands further down in the tree more than what stands above, an
// environment more than a path, and one of the user's own more than that it counts as.
func (t *Tree) FailOn(file, unit string, i analysis.Instance, by Threshold) Threshold {
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
			if !s.Own && slices.Contains(s.Environments, i.Environment) {
				by = s.FailOn
			}
		}
		for _, s := range f.Scopes {
			if s.Own && s.Name == i.EnvironmentName {
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

// Estate is what the file at the root says of environments, nil if there is none. It
// names places relative to the root, as all that is said of the estate is the same
// wherever the program is started.
func (t *Tree) Estate() *analysis.Settings {
	f := t.files[""]
	if f == nil {
		return nil
	}
	out := analysis.Settings{Environments: slices.Clone(f.Estate.Environments), CountAs: slices.Clone(f.Estate.CountAs), Own: slices.Clone(f.Estate.Own)}
	for i := range out.Environments {
		f.relate(&out.Environments[i].Where)
	}
	for i := range out.CountAs {
		f.relate(&out.CountAs[i].Where)
	}
	for i := range out.Own {
		f.relate(&out.Own[i].Where)
	}
	return &out
}

// relate puts a place in the file into terms of the root, if it lies in there.
func (f *File) relate(where *string) {
	if line, ok := strings.CutPrefix(*where, f.Path); ok && f.Rel != "" && !strings.HasPrefix(f.Rel, "../") {
		*where = f.Rel + line
	}
}
