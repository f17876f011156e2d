package driver

import (
	"path/filepath"

	"github.com/wacheck/wacheck/graph"
)

// WorkTree returns the directory to which a run over files belongs: the git work
// tree that holds all of them, or the directory that they share.
func WorkTree(files []string) (string, error) {
	tree, _, err := treeFor(files, "")
	if err != nil {
		return "", err
	}
	return tree.Root, nil
}

// touch turns the touched files into paths of the tree.
func (r *run) touch() error {
	if r.o.Touched == nil {
		return nil
	}
	r.touched = []string{}
	for _, f := range r.o.Touched {
		abs, err := filepath.Abs(f)
		if err == nil {
			abs, err = filepath.EvalSymlinks(abs)
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(r.inv.tree.Root, abs)
		if err != nil {
			return err
		}
		r.touched = append(r.touched, filepath.ToSlash(rel))
	}
	r.out.Touched = map[string]bool{}
	for _, p := range r.touched {
		r.out.Touched[p] = true
	}
	return nil
}

// TouchedUnits returns the keys of the units that the touched files matter to:
// the roots that were evaluated for them, and the stacks that are made of one.
func (o *Output) TouchedUnits() map[string]bool {
	units := map[string]bool{}
	for _, u := range o.Graph.Units() {
		if u.Lang == graph.Terraform && !o.context[u.Key] || o.Touched[u.Path] {
			units[u.Key] = true
		}
	}
	for _, n := range o.Graph.Nodes() {
		if n.Unit == nil || units[n.Unit.Key] || o.context[n.Unit.Key] {
			continue
		}
		if f := o.Files.File(n.Span.Pos); f != nil && o.Touched[f.Path] {
			units[n.Unit.Key] = true // a nested stack or an included file
		}
	}
	return units
}
