// Package parameterstore finds, among the parameters of Systems Manager that a scan
// makes, the one that something reads by its name. Whatever it finds is a guess: the name
// is the same, and nothing in the code says that both are deployed to one account.
package parameterstore

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Place is where a unit is deployed, as far as that is known.
type Place struct {
	// Unit is the key of the unit, and Dir the directory that it is deployed from.
	Unit, Dir string
	// World is the name of its inputs.
	World string
	// Example says that it only shows how something is used.
	Example bool
	// Region and Account are empty where they are not known.
	Region, Account string
}

// Parameter is a parameter that a unit makes.
type Parameter struct {
	Place
	// Addr is its address in the unit.
	Addr string
	Name value.Value
	// Exists says whether it is made.
	Exists tri.Bool
	// Value is what is stored, as other units see it, with where that is written as the
	// last step of its way; false if it rests on itself.
	Value func() (value.Value, bool)
}

// Described names a parameter in a sentence that says by what it was found.
func (p *Parameter) Described() string {
	where := p.Dir
	if path, _, ok := strings.Cut(p.Unit, "@"); ok || path != p.Dir {
		where = path
	}
	if p.World != "" {
		where += " in the world " + p.World
	}
	return fmt.Sprintf("taken to be %s of %s by its name, the only such parameter of this scan", p.Addr, where)
}

// Stored is a value with the step that says where it is stored.
func (p *Parameter) Stored(v value.Value, origins *value.Origins) value.Value {
	step := value.Origin{Kind: value.Attribute, Name: p.Addr, Span: v.Span()}
	if v.Origin() != 0 {
		step.From = []value.OriginID{v.Origin()}
	}
	return v.From(origins.Add(step))
}

// Store is a set of parameters.
type Store struct{ list []*Parameter }

// New returns a store of parameters; those that are certainly not made don't count.
func New(list ...*Parameter) *Store {
	s := &Store{}
	for _, p := range list {
		if p.Exists != tri.False {
			s.list = append(s.list, p)
		}
	}
	return s
}

// Len is how many parameters there are.
func (s *Store) Len() int { return len(s.list) }

// Named finds the parameter of a name for a reader. There is none if several may be
// meant, if it may not exist, or if the reader makes it itself: it may not be there yet
// when the reader looks.
func (s *Store) Named(name string, reader Place) *Parameter {
	var found *Parameter
	for _, p := range s.list {
		if !near(p.Place, reader) {
			continue
		}
		switch have, known := p.Name.Str(); {
		case known && have != name, !known && !mayBe(p.Name, name):
		case !known || found != nil || p.Exists != tri.True || p.Unit == reader.Unit:
			return nil
		default:
			found = p
		}
	}
	return found
}

// Like finds the only parameter of other units whose name a test takes.
func (s *Store) Like(reader Place, test func(name value.Value) bool) *Parameter {
	var found *Parameter
	for _, p := range s.list {
		if !near(p.Place, reader) || !test(p.Name) {
			continue
		}
		if found != nil || p.Exists != tri.True || p.Unit == reader.Unit {
			return nil
		}
		found = p
	}
	return found
}

// mayBe reports that a name which is not known may be the one that is asked for.
func mayBe(v value.Value, text string) bool {
	if alts := v.Alternatives(); alts != nil {
		for _, a := range alts {
			if mayBe(a, text) {
				return true
			}
		}
		return false
	}
	if have, known := v.Str(); known {
		return have == text
	}
	if parts := v.Parts(); len(parts) > 0 {
		if last, known := parts[len(parts)-1].Str(); known && !strings.HasSuffix(text, last) {
			return false
		}
	}
	return v.IsUnknown() && strings.HasPrefix(text, v.Prefix())
}

// near reports that two units may be deployed to one place.
func near(a, b Place) bool {
	switch {
	case a.Example != b.Example, differ(a.Region, b.Region), differ(a.Account, b.Account), differ(a.World, b.World):
		return false
	}
	return !differ(EnvironmentOf(a.Dir), EnvironmentOf(b.Dir))
}

func differ(a, b string) bool { return a != "" && b != "" && a != b }
