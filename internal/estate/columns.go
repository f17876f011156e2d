package estate

import (
	"cmp"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/graph"
)

// column is an environment as it is shown: one that rules know, or one that the user
// calls by a name of their own.
type column struct {
	env  analysis.Environment
	name string
}

func columnOf(e environment.Evidence) column { return column{e.Environment, e.Name} }

// of is the column of a node.
func (s *surveyor) of(n *graph.Node) column { return columnOf(s.envs.Of(n.ID)) }

// String is how it is called.
func (c column) String() string {
	switch {
	case c.name != "":
		return c.name
	case c.env == analysis.UnknownEnvironment:
		return "unknown"
	}
	return string(c.env)
}

// differ reports that two columns are certainly different environments.
func differ(a, b column) bool {
	return environment.Evidence{Environment: a.env, Name: a.name}.Differs(environment.Evidence{Environment: b.env, Name: b.name})
}

// order is that of the environments that rules know.
var order = []analysis.Environment{analysis.Production, analysis.Staging, analysis.Test, analysis.Development, analysis.Sandbox,
	analysis.NonProduction, analysis.Shared, analysis.UnknownEnvironment}

// sorted are columns in the order in which they are shown: those of the user's own
// names behind what they count as.
func sorted[V any](columns map[column]V) []column {
	out := []column{}
	for c := range columns {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b column) int {
		return cmp.Or(slices.Index(order, a.env)-slices.Index(order, b.env), cmp.Compare(a.name, b.name))
	})
	return out
}

// holders are the environments that have a thing.
type holders map[column]bool

// several reports that two of them are certainly different environments.
func (h holders) several() bool {
	for c := range h {
		if h.shares(c) {
			return true
		}
	}
	return false
}

// shares reports that another environment has what this one has.
func (h holders) shares(c column) bool {
	for o := range h {
		if differ(c, o) {
			return true
		}
	}
	return false
}
