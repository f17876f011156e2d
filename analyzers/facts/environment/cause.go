package environment

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// causeOf names what is not known of a node whose environment is undecided, and what
// else it goes by: of two nodes of one unit for which both are the same, the
// environments are the same, too.
func causeOf(g *graph.Graph, n *graph.Node, s *Signs) string {
	parts := []string{n.Unit.Key}
	because := func(what string, v value.Value) bool {
		why := reasons(g, v)
		parts = append(parts, what+why)
		return why != ""
	}
	tags := aws.TagsOf(n)
	if s.TagUnknown {
		if !because("tag ", tags.Get(tagKeys...)) {
			return ""
		}
		return strings.Join(parts, "\n")
	}
	if s.TagsOpen && !because("tags ", tags.Get(tagKeys...)) {
		return ""
	}
	for _, f := range namesOf(n, tags) {
		if _, ok := settled(g, f.Value); f.Value.IsUnknown() && !ok && !because("name ", f.Value) {
			return ""
		}
	}
	for _, e := range []Evidence{s.Argument, s.World, s.Folder, s.State, s.Module, s.Stack, s.Provider, s.Name, s.Label} {
		parts = append(parts, string(e.Environment))
	}
	return strings.Join(parts, "\n")
}

// reasons names what a value is unknown for, or is empty if that is not known.
func reasons(g *graph.Graph, v value.Value) string {
	var out []string
	for _, o := range g.Origins.Reasons(v.Origin()) {
		if aws.IsCode(o) {
			continue // whichever it is, it names no environment
		}
		at := ""
		if o.Span.IsValid() {
			at = g.Files.Position(o.Span.Pos).String()
		}
		out = append(out, o.Text()+" "+at)
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}
