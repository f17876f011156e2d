package judge

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// resources looks up the resources of findings. It implements suppress.Resources.
type resources struct {
	g     *graph.Graph
	units map[string]*graph.Unit
	// normal are the nodes by unit and address without numeric indices.
	normal map[string]*graph.Node
}

func newResources(g *graph.Graph) *resources {
	r := &resources{g: g, units: map[string]*graph.Unit{}}
	for _, u := range g.Units() {
		r.units[u.Key] = u
	}
	return r
}

// dir is the directory from which a unit is deployed.
func (r *resources) dir(unit string) string {
	if u := r.units[unit]; u != nil {
		return u.Dir
	}
	return ""
}

func (r *resources) node(f *analysis.Finding) *graph.Node {
	if len(f.Instances) == 0 {
		return nil
	}
	u := r.units[f.Instances[0].Unit]
	if u == nil {
		return nil
	}
	return r.g.Lookup(u, f.Instances[0].Address)
}

// Workspace is the Terraform workspace that the resource was evaluated for.
func (r *resources) Workspace(f *analysis.Finding) string {
	if len(f.Instances) == 0 {
		return ""
	}
	if u := r.units[f.Instances[0].Unit]; u != nil {
		return u.Workspace
	}
	return ""
}

// Attribute returns the values of an attribute: those of the innermost blocks
// that the finding is in and that have it, else of the resource. There are several
// such blocks where one is written and many are made.
func (r *resources) Attribute(f *analysis.Finding, name string) (values []string, ok bool) {
	n := r.node(f)
	if n == nil {
		return nil, false
	}
	steps := strings.Split(name, ".")
	var levels [][]value.Value
	around(n.Body, f.Span, 0, &levels)
	for i, level := range slices.Backward(levels) {
		has := func(v value.Value) bool { return !v.Get(steps[0]).IsAbsent() }
		if i > 0 && !slices.ContainsFunc(level, has) {
			continue
		}
		ok = true
		for _, v := range level {
			more, known := texts(v, steps, f.Span)
			values, ok = append(values, more...), ok && known
		}
		return meant(values, f.Subject), ok
	}
	return nil, false
}

// meant narrows down the values of several blocks that were made of one: to that
// which the subject of the finding names, if it names one.
func meant(values []string, subject string) []string {
	words := strings.FieldsFunc(subject, func(r rune) bool { return r == ' ' || r == ',' })
	var named []string
	for _, v := range values {
		if slices.Contains(words, v) {
			named = append(named, v)
		}
	}
	slices.Sort(named)
	if named = slices.Compact(named); len(named) == 1 {
		return named
	}
	return values
}

// around collects the objects of a body that a place is in, by depth. The body
// itself is one of them wherever the place is.
func around(v value.Value, at source.Span, depth int, levels *[][]value.Value) {
	if !v.IsKnown() || depth > 0 && !v.Span().Contains(at) {
		return
	}
	if v.Kind() == value.KindList {
		for _, e := range v.Elems() {
			around(e, at, max(depth, 1), levels)
		}
		return
	}
	if v.Kind() != value.KindObject {
		return
	}
	if len(*levels) <= depth {
		*levels = append(*levels, nil)
	}
	(*levels)[depth] = append((*levels)[depth], v)
	for _, f := range v.Fields() {
		around(f.Value, at, depth+1, levels)
	}
}

// texts follows a path. Of a list it takes the elements that the place is in, or
// all of them.
func texts(v value.Value, steps []string, at source.Span) (out []string, ok bool) {
	if v.Kind() == value.KindList && v.IsKnown() && !v.IsOpen() {
		elems := v.Elems()
		if slices.ContainsFunc(elems, func(e value.Value) bool { return e.Span().Contains(at) }) {
			elems = slices.DeleteFunc(slices.Clone(elems), func(e value.Value) bool { return !e.Span().Contains(at) })
		}
		ok = true
		for _, e := range elems {
			more, known := texts(e, steps, at)
			out, ok = append(out, more...), ok && known
		}
		return out, ok
	}
	if len(steps) > 0 {
		return texts(v.Get(steps[0]), steps[1:], at)
	}
	s, ok := v.Str()
	return []string{s}, ok
}

// App returns the directory of the CDK program.
func (r *resources) App(f *analysis.Finding) string {
	if n := r.node(f); n != nil && n.Construct != nil {
		return n.Construct.App
	}
	return ""
}

// Construct returns the path of the CDK construct. Of a template without its
// assembly, it is in the metadata of the resource.
func (r *resources) Construct(f *analysis.Finding) string {
	n := r.node(f)
	if n == nil {
		return ""
	}
	if n.Construct != nil {
		return n.Construct.Path
	}
	s, _ := n.Meta.Get("Metadata").Get("aws:cdk:path").Str()
	return s
}
