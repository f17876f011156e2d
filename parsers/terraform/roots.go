package terraform

import (
	"path"
	"sort"
	"strings"

	"github.com/wacheck/wacheck/graph"
)

// root is a directory that is evaluated on its own.
type root struct {
	dir  string
	kind graph.UnitKind
}

// exampleSegments are names of directories that show or test how something is
// used.
var exampleSegments = map[string]bool{
	"example": true, "examples": true, "test": true, "tests": true, "fixture": true, "fixtures": true, "testdata": true,
}

// isExample reports whether a directory is an example: by a segment of its path
// below the scan root that holds it.
func (l *loader) isExample(dir string) bool {
	rel := dir
	for _, r := range l.o.ScanRoots {
		r = path.Clean(r)
		switch {
		case r == dir:
			return false // the user asks for this very directory
		case r == ".":
		case strings.HasPrefix(dir, r+"/"):
			if sub := dir[len(r)+1:]; len(sub) < len(rel) {
				rel = sub
			}
		}
	}
	for seg := range strings.SplitSeq(rel, "/") {
		if exampleSegments[strings.ToLower(seg)] {
			return true
		}
	}
	return false
}

// findRoots decides which directories of the scan are units: all that nothing
// calls, and those that only each other call.
func (l *loader) findRoots() []root {
	calls := map[string][]string{}
	called := map[string]bool{}
	for _, d := range sortedDirs(l.configs) {
		for _, c := range l.configs[d].Calls() {
			dir, _, ok := l.target("", "", d, c)
			if !ok {
				continue
			}
			calls[d] = append(calls[d], dir)
			if dir != d && l.dirs[d] && (!l.isExample(d) || l.isExample(dir)) {
				called[dir] = true
			}
		}
	}
	var out []root
	reached := map[string]bool{}
	var mark func(d string)
	mark = func(d string) {
		if !reached[d] {
			reached[d] = true
			for _, c := range calls[d] {
				mark(c)
			}
		}
	}
	for _, w := range l.units {
		called[w.module] = true // Terragrunt deploys it, and nobody as it is
		mark(w.module)
	}
	add := func(d string) {
		kind := graph.Root
		if l.isExample(d) {
			kind = graph.Example
		}
		out = append(out, root{d, kind})
		mark(d)
	}
	for _, d := range sortedDirs(l.dirs) {
		if l.configs[d].HasContent() && (!called[d] || l.o.StandaloneModules) {
			add(d)
		}
	}
	// Modules that call each other in a circle have no root; the first is as good
	// as any.
	for _, d := range sortedDirs(l.dirs) {
		if l.configs[d].HasContent() && !reached[d] {
			add(d)
		}
	}
	for _, d := range sortedDirs(l.dirs) {
		if c := l.configs[d]; !c.HasContent() && c.HasOutputs() && !called[d] {
			l.values = append(l.values, root{d, l.kindOf(d)})
		}
	}
	sortRoots(out)
	l.allRoots = out
	return l.touched(out, calls)
}

func sortRoots(rs []root) {
	sort.Slice(rs, func(i, j int) bool { return rs[i].dir < rs[j].dir })
}
