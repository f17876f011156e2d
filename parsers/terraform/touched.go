package terraform

import (
	"path"
	"strings"
)

// inputFolders are names of directories that hold the variable files of roots
// beside or above them.
var inputFolders = map[string]bool{"config": true, "configs": true, "env": true, "envs": true, "environments": true, "vars": true, "tfvars": true, "variables": true}

// touched keeps the roots that a changed file can matter to: those that reach
// its directory by module calls, or that a variable file may be for.
func (l *loader) touched(roots []root, calls map[string][]string) []root {
	if l.o.Touched == nil {
		return roots
	}
	dirs, inputs := map[string]bool{}, []string{}
	for _, p := range l.o.Touched {
		dir := path.Dir(p)
		dirs[dir] = true
		if strings.HasSuffix(p, ".tfvars") || strings.HasSuffix(p, ".tfvars.json") {
			if inputFolders[path.Base(dir)] {
				dir = path.Dir(dir)
			}
			inputs = append(inputs, dir)
		}
	}
	var out []root
	for _, r := range roots {
		if reaches(r.dir, calls, dirs, map[string]bool{}) || mayRead(r.dir, inputs) {
			out = append(out, r)
		}
	}
	return out
}

func reaches(dir string, calls map[string][]string, dirs, seen map[string]bool) bool {
	if dirs[dir] {
		return true
	}
	seen[dir] = true
	for _, d := range calls[dir] {
		if !seen[d] && reaches(d, calls, dirs, seen) {
			return true
		}
	}
	return false
}

// mayRead reports whether a root may be given a variable file of one of the
// directories: one in it, below it, or above it.
func mayRead(root string, inputs []string) bool {
	for _, d := range inputs {
		if d == "." || d == root || strings.HasPrefix(d, root+"/") || strings.HasPrefix(root, d+"/") {
			return true
		}
	}
	return false
}
