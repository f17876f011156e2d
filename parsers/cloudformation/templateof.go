package cloudformation

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/source"
)

// candidate is a template that a parameter file may be for.
type candidate struct {
	to *stack
	// known counts the parameters of the file that the template declares.
	known int
	near  int
}

// templateOf finds the template that a file is for: that which it names, else the
// one that declares all its parameters and is nearest by directory and name. If there
// is none, a parameter may have been renamed or misspelt: then it is the template that
// declares most of them, if that is enough to go by.
func (l *loader) templateOf(x *parameterFile) (to *stack, guessed bool) {
	if x.templates != nil {
		return l.named(x), false
	}
	all := l.candidates(x)
	best := slices.MaxFunc(append(all, candidate{}), better)
	switch {
	case best.known == 0 || best.known < len(x.values) && !x.isEnough(best):
		l.nowhere(x, all)
		return nil, false
	case slices.ContainsFunc(all, func(c candidate) bool { return c.to.path != best.to.path && better(c, best) == 0 }):
		l.ambiguous(x, best, all)
		return nil, false
	}
	return best.to, true
}

// named is the template that a file names: below it, or below the root of the repository
// as in the files of Git sync.
func (l *loader) named(x *parameterFile) *stack {
	for _, name := range x.templates {
		names := []string{path.Join(path.Dir(x.path), name)}
		if x.form == deploymentFile {
			names = []string{path.Clean(name), names[0]}
		}
		for _, p := range names {
			if s := l.first(p); s != nil {
				return s
			}
		}
	}
	return nil
}

// candidates are the templates that lie where those do for which the file may be.
func (l *loader) candidates(x *parameterFile) []candidate {
	var out []candidate
	for _, s := range l.stacks {
		if near := nearness(x.path, s.path); near > 0 {
			out = append(out, candidate{s, x.knownTo(s), near})
		}
	}
	return out
}

func (x *parameterFile) knownTo(s *stack) int {
	names, n := s.eval.ParameterNames(), 0
	for _, g := range x.values {
		if slices.Contains(names, g.Name) {
			n++
		}
	}
	return n
}

func better(a, b candidate) int {
	if a.known != b.known {
		return a.known - b.known
	}
	return a.near - b.near
}

// isEnough says whether a file is for a template that lacks some of its parameters: one
// in whose name is that of the template, or one that has at least half of them
// in common with it, and more than half if only its name says that it holds parameters.
func (x *parameterFile) isEnough(c candidate) bool {
	if mentions(x.path, c.to.path) {
		return c.known > 0
	}
	if x.form == flatMap {
		return 2*c.known > len(x.values)
	}
	return 2*c.known >= len(x.values)
}

// ambiguous tells of a file that may be for several templates.
func (l *loader) ambiguous(x *parameterFile, best candidate, all []candidate) {
	var names []string
	for _, c := range all {
		if better(c, best) == 0 && !slices.Contains(names, c.to.path) {
			names = append(names, c.to.path)
		}
	}
	l.aboutParameters(source.Warning, x.at, fmt.Sprintf("may be for any of %s, which declare its parameters: none is analysed with it", strings.Join(names, ", ")))
}

// nowhere tells of a file in the form of a parameter file that is for no template here.
func (l *loader) nowhere(x *parameterFile, near []candidate) {
	switch {
	case x.form == flatMap:
	case len(near) == 0:
		l.aboutParameters(source.Note, x.at, "gives values to parameters of a template that is not in the scan, or lies elsewhere: it is not used")
	default:
		l.aboutParameters(source.Warning, x.at, "gives values to parameters of which no template near it declares enough: it is not used")
	}
}

// nearness is how near a file and a template are: 0 for strangers.
func nearness(file, template string) int {
	n := distance(file, template)
	if n > 0 && mentions(file, template) {
		n += 5
	}
	return n
}

// distance ranks a template by its directory: that of the file, one above, or a sister
// of one of these; 0 for any other.
func distance(file, template string) int {
	dir, own := path.Dir(template), path.Dir(file)
	switch {
	case dir == own:
		return 30
	case strings.HasPrefix(own, dir+"/") || dir == ".":
		return 20
	case path.Dir(dir) == path.Dir(own), strings.HasPrefix(own, path.Dir(dir)+"/"):
		return 10
	}
	return 0
}

// mentions reports that the name of a template is in that of a file.
func mentions(file, template string) bool {
	name, _, _ := strings.Cut(path.Base(template), ".")
	return strings.Contains(strings.ToLower(path.Base(file)), strings.ToLower(name))
}
