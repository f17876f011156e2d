package gosource

import (
	"go/token"
	"path"
	"strings"
)

// mapper knows where constructs are created. It implements cdk.Mapper.
type mapper struct {
	fset *token.FileSet
	made map[string]*place
	// patterns are the paths with a wildcard in them.
	patterns []string
}

// place is where a construct is created.
type place struct {
	pos token.Pos
	// container is a stack or stage: it holds too much to tell a reader anything.
	container bool
	// several says that more than one place creates a construct of that path.
	several bool
}

func (m *mapper) add(construct string, pos token.Pos, container bool) {
	p := m.made[construct]
	if p == nil {
		m.made[construct] = &place{pos: pos, container: container}
		return
	}
	p.several = p.several || p.pos != pos
}

func (m *mapper) index() {
	for construct := range m.made {
		if strings.Contains(construct, "*") {
			m.patterns = append(m.patterns, construct)
		}
	}
}

// Locate implements cdk.Mapper: the place of the construct, else of the nearest one
// around it that only one place can have created.
func (m *mapper) Locate(construct string) (file string, line int, found string, ok bool) {
	for at := construct; at != "" && at != "."; at = path.Dir(at) {
		p := m.place(at)
		switch {
		case p == nil || p.several:
			continue
		case p.container:
			return "", 0, "", false
		}
		pos := m.fset.Position(p.pos)
		return pos.Filename, pos.Line, at, true
	}
	return "", 0, "", false
}

// place is that of a path, or of the only pattern that it fits.
func (m *mapper) place(construct string) *place {
	if p := m.made[construct]; p != nil { // no other one in the scope has that id, whatever fits
		return p
	}
	var found *place
	for _, pattern := range m.patterns {
		if !fits(pattern, construct) {
			continue
		}
		if found != nil && found.pos != m.made[pattern].pos {
			return &place{several: true}
		}
		found = m.made[pattern]
	}
	return found
}

// fits matches a path with a pattern, segment by segment.
func fits(pattern, construct string) bool {
	ok, err := path.Match(strings.NewReplacer("[", `\[`, "?", `\?`, `\`, `\\`).Replace(pattern), construct)
	return err == nil && ok
}
