package driver

import (
	"path/filepath"
)

// inTree turns a file or directory of the operating system into a path of the
// tree. One that lies outside keeps a path that leads out, which whoever reads it
// refuses.
func (r *run) inTree(name string) (string, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	if resolved, err := filepath.EvalSymlinks(abs); err == nil {
		abs = resolved
	} else if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		abs = filepath.Join(dir, filepath.Base(abs)) // it is not there, which is told where it is read
	}
	rel, err := filepath.Rel(r.inv.tree.Root, abs)
	return filepath.ToSlash(rel), err
}

// inputs turns the paths among the options into paths of the tree.
func (r *run) inputs() error {
	files := make([]string, len(r.o.VarFiles))
	for i, f := range r.o.VarFiles {
		rel, err := r.inTree(f)
		if err != nil {
			return err
		}
		files[i] = rel
	}
	modules := map[string]string{}
	for source, dir := range r.o.Modules {
		rel, err := r.inTree(dir)
		if err != nil {
			return err
		}
		modules[source] = rel
	}
	r.o.VarFiles, r.o.Modules = files, modules
	return nil
}
