package cloudformation

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// evaluate makes the nodes of all resources, also of those in modules.
func (s *stack) evaluate() {
	s.makeNodes()
	s.publish()
}

func (s *stack) makeNodes() {
	for _, p := range s.resources {
		if m := s.used[p.Key]; m != nil {
			if m.made.exists != tri.False {
				m.makeNodes()
			}
			continue
		}
		s.status.Resources++
		if n := s.resource(p); n != nil {
			s.part.Nodes = append(s.part.Nodes, n)
		}
	}
}

// resource makes the node of one resource. A mistake costs this resource alone.
func (s *stack) resource(p syntax.Pair) *graph.Node {
	if p.Value == nil || p.Value.Kind != syntax.Mapping {
		if p.Value == nil || p.Value.Kind != syntax.Unreadable { // then the parser has said so
			s.report(source.Error, codeStructure, p.KeySpan, "the resource "+p.Key+" is not a mapping")
		}
		s.part.Unit.Broken = true
		return nil
	}
	typ := p.Value.Get("Type")
	if typ == nil || typ.Kind != syntax.String || typ.Text == "" || typ.Tag != "" {
		s.report(source.Error, codeStructure, p.KeySpan, "the resource "+p.Key+" has no type")
		s.part.Unit.Broken = true
		return nil
	}
	if !s.take(s.prefix + p.Key) {
		s.report(source.Error, codeModule, p.KeySpan, "there is a second resource "+s.prefix+p.Key+", which is left out")
		s.part.Unit.Broken = true
		return nil
	}
	n := &graph.Node{
		Mode: s.modeOf(p.Key, typ.Text), Type: typ.Text, Addr: s.prefix + p.Key, Name: p.Key, Module: s.module, Lang: graph.CloudFormation, Exists: tri.True,
		Span: source.Span{Pos: p.KeySpan.Pos, End: max(p.KeySpan.End, p.Value.Extent().End)},
	}
	if from := s.generated[p.Key]; from != p.Key {
		n.MadeOf = from
	}
	condition := s.exists(n, p.Value.Get("Condition"))
	if n.Exists == tri.False {
		s.status.Excluded++
		return nil
	}
	if strings.Contains(p.Key, "*") { // the body of a loop over something that is not known
		n.Exists = tri.Unknown
		n.ExistsWhy = s.loader.opt.Origins.Add(value.Origin{Kind: value.DependsOnUnknown, Name: "Fn::ForEach",
			Detail: "the collection is not known", Span: p.KeySpan})
	}
	if around, known := s.around(); known {
		here := presence{n.Exists, n.When, n.ExistsWhy}.and(around)
		n.Exists, n.When, n.ExistsWhy = here.exists, here.when, here.why
	}
	n.Body = s.body(n, p, condition)
	n.Meta = s.meta(n, p, condition)
	return n
}

// modeOf says what a resource stands for. A nested stack and a module bring
// resources of their own; where these are in the scan, they are nodes themselves.
func (s *stack) modeOf(logicalID, typ string) graph.Mode {
	if s.children[logicalID] == nil && (nestedURL[typ] != "" || cfneval.IsModule(typ)) {
		return graph.Opaque
	}
	return graph.Managed
}

// exists decides the condition of a resource, and returns its name.
func (s *stack) exists(n *graph.Node, condition *syntax.Node) string {
	if condition == nil {
		return ""
	}
	if condition.Kind != syntax.String || condition.Tag != "" {
		s.report(source.Warning, "cloudformation-condition", condition.Extent(), "the condition of "+n.Addr+" is not a name")
		n.Exists = tri.Unknown
		n.ExistsWhy = s.unread(n.Addr+".Condition", "is not a name", condition.Extent())
		return ""
	}
	if !s.eval.Defined(condition.Text) {
		s.report(source.Warning, "cloudformation-condition", condition.Extent(), "there is no condition \""+condition.Text+"\"")
	}
	n.Exists, n.When, n.ExistsWhy = s.eval.Condition(condition.Text)
	if n.Exists == tri.True {
		n.ExistsWhy = s.eval.Deciding(condition.Text)
	}
	return condition.Text
}

// body is the object of the properties, which spans the whole resource.
func (s *stack) body(n *graph.Node, p syntax.Pair, condition string) value.Value {
	body := value.OfObject(nil, n.Span)
	if props := p.Value.Get("Properties"); props != nil && props.Kind != syntax.Null {
		body = s.properties(n, props, condition)
	}
	for _, name := range s.computed[n.Addr] {
		body = s.withComputed(body, n, name)
	}
	switch {
	case s.transforms.macro != nil:
		body = body.Opened().From(s.macro())
	case s.damaged(n.Span):
		body = body.Opened().From(s.unread(n.Addr, "could not be read in full", n.Span.Head()))
	}
	return body
}

// withComputed marks a property that SAM computes: wholly, or to which it adds.
func (s *stack) withComputed(body value.Value, n *graph.Node, name string) value.Value {
	if !body.IsKnown() {
		return body
	}
	why := s.loader.opt.Origins.Add(value.Origin{Kind: value.UnsupportedFunction, Name: n.Addr + "." + name, Detail: "is computed by the SAM transform", Span: n.Span.Head()})
	var fields []value.Field
	for _, f := range body.Fields() {
		if f.Name == name {
			f.Value = f.Value.Opened().From(why)
		}
		fields = append(fields, f)
	}
	if body.Get(name).IsAbsent() {
		fields = append(fields, value.Field{Name: name, Span: n.Span, Value: value.OfUnknown(value.KindAny, n.Span, why).Given()})
	}
	out := value.OfObject(fields, body.Span()).From(body.Origin()).WithRefs(body.Refs()...)
	if body.IsOpen() {
		out = out.Opened()
	}
	return out
}

// unread is the reason for which something broken is not known.
func (s *stack) unread(name, how string, at source.Span) value.OriginID {
	return s.loader.opt.Origins.Add(value.Origin{Kind: value.InvalidInput, Name: name, Detail: how, Span: at})
}

// macro is the reason for which what is not written is not known, if the whole
// template is given to a macro; else none.
func (s *stack) macro() value.OriginID {
	m := s.transforms.macro
	if m == nil {
		return 0
	}
	return s.loader.opt.Origins.Add(value.Origin{Kind: value.UnsupportedFunction, Name: "the macro " + m.Text, Detail: "may change the template", Span: m.Extent()})
}

func (s *stack) properties(n *graph.Node, props *syntax.Node, condition string) value.Value {
	v := s.eval.Eval(props, condition)
	switch {
	case v.IsKnown() && v.Kind() == value.KindObject:
		return v.At(n.Span)
	case v.IsAbsent():
		return value.OfObject(nil, n.Span)
	case v.Alternatives() != nil && v.Kind() == value.KindObject:
		return merged(v, n.Span)
	case v.IsKnown():
		s.report(source.Error, codeStructure, props.Extent(), "the properties of "+n.Addr+" are not a mapping")
	}
	why := v.Origin()
	if why == 0 {
		why = s.unread(n.Addr+".Properties", "could not be read", props.Extent())
	}
	return value.OfObject(nil, n.Span).Opened().From(why).WithRefs(cfneval.DeepRefs(v)...)
}

// merged is one object in the place of one of several: each field is one of
// several fields.
func merged(v value.Value, at source.Span) value.Value {
	var fields []value.Field
	seen := map[string]bool{}
	for _, alt := range v.Alternatives() {
		for _, f := range alt.Fields() {
			if !seen[f.Name] {
				seen[f.Name] = true
				fields = append(fields, value.Field{Name: f.Name, Span: f.Span, Value: v.Get(f.Name)})
			}
		}
	}
	obj := value.OfObject(fields, at)
	for _, alt := range v.Alternatives() {
		if alt.IsOpen() {
			obj = obj.Opened()
		}
	}
	return obj
}

// damaged reports that something within a span could not be read.
func (s *stack) damaged(at source.Span) bool {
	return slices.ContainsFunc(s.broken, at.Contains)
}

// metaKeys are the attributes of a resource next to its type and properties.
var metaKeys = []string{"Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy", "Metadata"}

// meta is the object of what governs a resource.
func (s *stack) meta(n *graph.Node, p syntax.Pair, condition string) value.Value {
	var fields []value.Field
	for _, pair := range p.Value.Pairs {
		if !slices.Contains(metaKeys, pair.Key) || pair.Key == "Condition" && condition == "" {
			continue
		}
		v := s.eval.Eval(pair.Value, condition)
		if pair.Key == "DependsOn" {
			v = s.dependsOn(pair.Value, v)
		}
		if !v.IsAbsent() {
			fields = append(fields, value.Field{Name: pair.Key, Span: pair.KeySpan, Value: v})
		}
	}
	return value.OfObject(s.moduleMeta(fields), n.Span)
}

// dependsOn makes references of the names of other resources.
func (s *stack) dependsOn(n *syntax.Node, v value.Value) value.Value {
	if bad := notNames(n); bad != nil {
		s.report(source.Warning, codeStructure, bad.Extent(), "DependsOn is neither the name of a resource nor a list of names, which CloudFormation refuses")
	}
	items := v.Elems()
	if _, single := v.Str(); single {
		items = []value.Value{v}
	}
	refs := make([]value.Value, 0, len(items))
	for _, item := range items {
		name, ok := item.Str()
		if !ok {
			refs = append(refs, item)
			continue
		}
		for _, addr := range s.addresses(name) {
			why := s.loader.opt.Origins.Add(value.Origin{Kind: value.Computed, Name: "DependsOn " + name, Detail: "is known once the resource exists"})
			refs = append(refs, value.OfUnknown(value.KindString, item.Span(), why).WithRefs(value.Ref{Addr: addr}))
		}
	}
	return value.OfList(refs, n.Extent())
}

// notNames is the part of DependsOn that is no name.
func notNames(n *syntax.Node) *syntax.Node {
	switch {
	case n.Kind == syntax.Mapping && !isFunction(n):
		return n
	case n.Kind == syntax.Sequence && n.Tag == "":
		for _, item := range n.Items {
			if (item.Kind == syntax.Mapping || item.Kind == syntax.Sequence) && !isFunction(item) {
				return item
			}
		}
	}
	return nil
}
