package cloudformation

import (
	"maps"
	"slices"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// givenTags are the tags that a stack is deployed with, as far as its deployment tells:
// an object, absent if it tells of none.
func (s *stack) givenTags() value.Value {
	d := s.deployment
	var fields []value.Field
	add := func(name, text, detail string, at source.Span) {
		why := s.loader.opt.Origins.Add(value.Origin{Kind: value.StackTag, Name: name, Detail: detail, Span: at})
		fields = append(fields, value.Field{Name: name, Span: at, Value: value.OfString(text, at).From(why)})
	}
	detail := ""
	if d.guessed {
		detail = "in a file that is taken to be for this template by its name and parameters"
	}
	for _, g := range d.tags {
		add(g.Name, g.Text, detail, g.Span)
	}
	if len(d.tags) == 0 {
		for _, name := range slices.Sorted(maps.Keys(d.Tags)) {
			add(name, d.Tags[name], "", s.root.Extent().Head())
		}
	}
	if len(fields) == 0 {
		return value.Value{}
	}
	return value.OfObject(fields, s.root.Extent().Head())
}

// inheritTags adds to the tags of a nested stack those that its resource in the other
// template has, and those of the stack around that.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
func (s *stack) inheritTags() {
	if s.tagged || len(s.calls) == 0 {
		return
	}
	s.tagged = true // before its parents, one of which it may nest
	cases := map[string][]value.Case{}
	open := value.OriginID(0)
	var names []string
	for i, c := range s.calls {
		c.parent.inheritTags()
		tags, why := c.tagsOf()
		if open == 0 {
			open = why
		}
		for _, f := range tags {
			if cases[f.Name] == nil {
				names = append(names, f.Name)
			}
			cases[f.Name] = append(cases[f.Name], value.Case{When: s.oneCall(i), Value: f.Value})
		}
	}
	var fields []value.Field
	for _, name := range names {
		vs := cases[name]
		v := value.OneOfCases(vs, vs[0].Value.Span(), vs[0].Value.Origin())
		if len(vs) < len(s.calls) {
			v = v.Maybe()
		}
		fields = append(fields, value.Field{Name: name, Span: v.Span(), Value: v})
	}
	if len(fields) == 0 && open == 0 {
		return
	}
	u := s.part.Unit
	u.Tags = value.OfObject(fields, u.Anchor)
	if open != 0 {
		u.Tags = u.Tags.Opened().From(open)
	}
}

// tagsOf are the tags that a call gives to all that its stack creates, each once; why
// is set if there may be others.
func (c nestedCall) tagsOf() (tags []value.Field, why value.OriginID) {
	own := c.parent.eval.Eval(c.tags, c.condition)
	if own.IsOpen() {
		why = c.unknownTags(own)
	}
	for _, e := range own.Elems() {
		name, ok := e.Get("Key").Str()
		if !ok {
			why = c.unknownTags(e.Get("Key"))
			continue
		}
		v := e.Get("Value")
		origin := value.Origin{Kind: value.StackTag, Name: name, Detail: "of " + c.id, Span: v.Span()}
		if v.Origin() != 0 {
			origin.From = []value.OriginID{v.Origin()}
		}
		v = cfneval.Elsewhere(v, v.Span(), c.parent.part.Unit.Key).From(c.origins().Add(origin))
		if e.MayBeMissing() {
			v = v.MaybeWhen(e.Presence())
		}
		tags = append(tags, value.Field{Name: name, Span: v.Span(), Value: v})
	}
	around := c.parent.part.Unit.Tags
	for _, f := range around.Fields() {
		tags = addBehind(tags, f, why)
	}
	if around.IsOpen() && why == 0 {
		why = c.unknownTags(around)
	}
	return tags, why
}

// addBehind adds a tag that those before it replace; unknown is set if there may be
// others before it.
func addBehind(tags []value.Field, f value.Field, unknown value.OriginID) []value.Field {
	i := slices.IndexFunc(tags, func(t value.Field) bool { return t.Name == f.Name })
	switch {
	case i >= 0 && tags[i].Value.MayBeMissing():
		v := tags[i].Value
		tags[i].Value = value.OneOf([]value.Value{v, f.Value}, v.Span(), v.Origin())
		return tags
	case i >= 0:
		return tags
	case unknown != 0:
		other := value.OfUnknown(value.KindString, f.Value.Span(), unknown)
		f.Value = value.OneOf([]value.Value{f.Value, other}, f.Value.Span(), unknown)
	}
	return append(tags, f)
}

func (c nestedCall) origins() *value.Origins { return c.parent.loader.opt.Origins }

// unknownTags is the reason for which there may be tags that are not known.
func (c nestedCall) unknownTags(v value.Value) value.OriginID {
	if v.Origin() != 0 {
		return v.Origin()
	}
	return c.origins().Add(value.Origin{Kind: value.DependsOnUnknown, Name: c.id + ".Tags", Span: v.Span()})
}
