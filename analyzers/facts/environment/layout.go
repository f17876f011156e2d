package environment

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/graph"
)

// layout is the directories that hold one for each environment. Beside those, a folder
// called network or global is what the environments share; elsewhere it says what is
// in there, or where that holds.
type layout map[string]bool

// layoutOf looks at the directories that units are deployed from.
func (v vocabulary) layoutOf(units []*graph.Unit) layout {
	l := layout{}
	for _, u := range units {
		dir := u.Dir
		if isLeaf(u) {
			dir = u.World
		}
		segments := strings.Split(dir, "/")
		for i, segment := range segments {
			switch v.read(segment, fromFolder) {
			case analysis.UnknownEnvironment, analysis.Shared:
			case analysis.Test: // may hold the tests of what stands beside it
			default:
				l[strings.Join(segments[:i], "/")] = true
			}
		}
	}
	return l
}

// saysShared reports that a folder is called after what all share by a word that says
// nothing else.
func saysShared(segment string) bool {
	return slices.ContainsFunc(split(segment), func(word string) bool { return shared[word] == analysis.Shared && !places[word] })
}
