package cloudformation

import (
	"path"
	"strings"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// nestedURL names, for each type of nested stack, the property that says where
// its template is.
var nestedURL = map[string]string{
	"AWS::CloudFormation::Stack":   "TemplateURL",
	"AWS::Serverless::Application": "Location",
	stackSet:                       "TemplateURL",
}

// stackSet is deployed to other accounts and regions.
const stackSet = "AWS::CloudFormation::StackSet"

// listed turns the list of parameters of a stack set into a mapping.
func listed(params *syntax.Node) *syntax.Node {
	if params == nil || params.Kind != syntax.Sequence {
		return params
	}
	out := &syntax.Node{Kind: syntax.Mapping, Span: params.Extent()}
	for _, p := range params.Items {
		if key, val := p.Get("ParameterKey"), p.Get("ParameterValue"); key != nil && val != nil && key.IsScalar() {
			out.Pairs = append(out.Pairs, syntax.Pair{Key: key.Text, KeySpan: key.Extent(), Value: val})
		}
	}
	return out
}

// nesting is how a stack relates to those that nest it and that it nests.
type nesting struct {
	// calls are the resources of other templates that stand for this stack.
	calls []nestedCall
	// children are the stacks that this one nests, by logical id.
	children map[string]*stack
	// which is the call that a nested stack stands for, if there are several.
	which *value.Input
	// presence says whether one of the calls certainly exists.
	presence     presence
	outputValues map[string]value.Value
	// elsewhere says that the stack is deployed to other accounts and regions than
	// those that nest it.
	elsewhere bool
	// tagged says that the stack has the tags of those that nest it.
	tagged bool
	// state guards against stacks that nest each other.
	state nestingState
}

// presence says whether something exists, and if it may not, when it does and
// why that is not known; if it does, through what.
type presence struct {
	exists tri.Bool
	when   value.When
	why    value.OriginID
}

// and is the presence of something that exists in another one.
func (p presence) and(o presence) presence {
	why := p.why
	if p.exists == tri.True && (o.exists != tri.True || why == 0) {
		why = o.why
	}
	return presence{tri.And(p.exists, o.exists), p.when.And(o.when), why}
}

type nestingState uint8

const (
	notReady nestingState = iota
	gettingReady
	ready
)

// nestedCall is a resource that stands for a nested stack.
type nestedCall struct {
	parent    *stack
	id        string
	condition string
	params    *syntax.Node
	tags      *syntax.Node
}

// nest finds the nested stacks of which the template is in the scan, passes
// them their parameters and computes their outputs. It runs before stacks are
// evaluated in parallel, and leaves nothing to be computed across them.
func (l *loader) nest() {
	l.nested = false
	for _, s := range l.stacks {
		s.nesting = nesting{}
	}
	for _, s := range l.stacks {
		s.findChildren()
	}
	for _, s := range l.stacks {
		if len(s.calls) > 0 {
			s.getReady()
		}
	}
	for _, s := range l.stacks {
		if len(s.calls) > 0 {
			s.computeOutputs()
		}
	}
	for _, s := range l.stacks {
		s.inheritTags()
	}
	l.nested = true
}

func (s *stack) findChildren() {
	for _, p := range s.resources {
		typ := p.Value.Get("Type")
		if typ == nil || nestedURL[typ.Text] == "" || p.Value.Kind != syntax.Mapping {
			continue
		}
		call := nestedCall{parent: s, id: p.Key, params: listed(p.Value.Get("Properties").Get("Parameters")), tags: p.Value.Get("Properties").Get("Tags")}
		if c := p.Value.Get("Condition"); c != nil && c.Kind == syntax.String {
			call.condition = c.Text
			if made, _, _ := s.eval.Condition(c.Text); made == tri.False {
				continue
			}
		}
		child := s.childOf(p.Value, nestedURL[typ.Text], call.condition)
		if child == nil {
			continue
		}
		if child.contains(s, map[*stack]bool{}) {
			// not a report of the stack: these are told anew when it is given its parameters
			s.loader.result.Diagnostics = append(s.loader.result.Diagnostics, source.Diagnostic{Level: source.Warning, Code: codeStructure, Span: p.Value.Extent(),
				Message: "the nested stack " + p.Key + " leads back to this template: it was not followed"})
			continue
		}
		if s.children == nil {
			s.children = map[string]*stack{}
		}
		s.children[p.Key] = child
		child.calls = append(child.calls, call)
		child.elsewhere = child.elsewhere || typ.Text == stackSet
	}
}

// contains reports that a template is, or has at any depth, another one.
func (s *stack) contains(other *stack, seen map[*stack]bool) bool {
	if s == other {
		return true
	}
	seen[s] = true
	for _, child := range s.children {
		if !seen[child] && child.contains(other, seen) {
			return true
		}
	}
	return false
}

// childOf finds the template of a nested stack in the scan. The CDK tells the
// path in the metadata, or among what is uploaded; a path is relative to the
// template; of a URL, or of one that is known in part, the file must be the only
// one of that name.
func (s *stack) childOf(resource *syntax.Node, property, condition string) *stack {
	if asset := resource.Get("Metadata").Get("aws:asset:path"); asset != nil {
		if child := s.loader.stackAt(path.Join(path.Dir(s.path), asset.Text)); child != nil {
			return child
		}
	}
	url := s.eval.Eval(resource.Get("Properties").Get(property), condition)
	if alts := url.Alternatives(); alts != nil {
		child := s.byURL(alts[0])
		for _, alt := range alts[1:] {
			if s.byURL(alt) != child {
				return nil
			}
		}
		return child
	}
	return s.byURL(url)
}

func (s *stack) byURL(url value.Value) *stack {
	text, known := url.Str()
	if known && !strings.Contains(text, "://") {
		return s.loader.stackAt(path.Join(path.Dir(s.path), text))
	}
	if parts := url.Parts(); !known && len(parts) > 0 {
		text, _ = parts[len(parts)-1].Str()
		if !strings.Contains(text, "/") { // the name itself may begin in the unknown part
			return nil
		}
	}
	text, _, _ = strings.Cut(text, "?")
	if p := s.deployment.Uploaded[path.Base(text)]; p != "" {
		return s.loader.stackAt(p)
	}
	return s.loader.byName(text, path.Dir(s.path))
}

func (l *loader) stackAt(p string) *stack {
	for _, s := range l.stacks {
		if s.path == p {
			return s
		}
	}
	return nil
}

// byName finds the template with the longest end of its path in common with a
// URL, or of several such the one in a directory, and none if that leaves
// several. The name of the file must be the same; one that says nothing, such
// as template.yaml, is not enough.
func (l *loader) byName(url, dir string) *stack {
	var best []*stack
	most := 1
	switch base := path.Base(url); strings.TrimSuffix(base, path.Ext(base)) {
	case "template", "main", "index", "packaged", "stack":
		most = 2
	}
	for _, s := range l.stacks {
		n := commonEnd(url, s.path)
		switch {
		case n > most:
			best, most = []*stack{s}, n
		case n == most:
			best = append(best, s)
		}
	}
	if len(best) == 1 {
		return best[0]
	}
	for _, s := range best {
		if path.Dir(s.path) == dir {
			return s
		}
	}
	return nil
}

// commonEnd counts the last segments that two paths have in common.
func commonEnd(a, b string) int {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(as) && n < len(bs) && as[len(as)-1-n] == bs[len(bs)-1-n] && as[len(as)-1-n] != "" {
		n++
	}
	return n
}

// getReady prepares a nested stack with what it is passed. It reports false
// for a stack that nests itself, which is left as it is.
func (s *stack) getReady() bool {
	switch s.state {
	case ready:
		return true
	case gettingReady:
		return false
	case notReady:
	}
	s.state = gettingReady
	given := s.given()
	if given != nil && len(s.calls) > 0 || s.elsewhere { // also if it is passed nothing: then it has its defaults for sure
		s.prepare(given)
	}
	s.state = ready
	return true
}

// given collects the parameters that the calls of a stack pass.
func (s *stack) given() map[string]value.Value {
	own := s.eval.Parameters(source.Span{})
	passed := map[string][]value.Case{}
	all := presence{exists: tri.False, when: value.Never()}
	for i, c := range s.calls {
		if !c.parent.getReady() {
			return nil
		}
		here := c.presence()
		all.exists, all.when = tri.Or(all.exists, here.exists), all.when.Or(here.when)
		if here.exists == tri.Unknown && all.why == 0 {
			all.why = here.why
		}
		args := c.arguments(s.eval.ParameterNames())
		for _, name := range s.eval.ParameterNames() {
			if v, ok := args[name]; ok {
				passed[name] = append(passed[name], value.Case{When: s.oneCall(i).And(here.when), Value: v})
			}
		}
	}
	s.presence = all
	given := map[string]value.Value{}
	for _, name := range s.eval.ParameterNames() {
		vs := passed[name]
		if len(vs) == 0 {
			continue
		}
		if len(vs) < len(s.calls) {
			vs = append(vs, value.Case{Value: own.Get(name)})
		}
		given[name] = value.OneOfCases(vs, vs[0].Value.Span(), vs[0].Value.Origin())
	}
	return given
}

// presence says whether a nested stack exists.
func (c nestedCall) presence() presence {
	here := presence{exists: tri.True}
	if c.condition != "" {
		here.exists, here.when, here.why = c.parent.eval.Condition(c.condition)
	}
	if len(c.parent.calls) > 0 {
		here = here.and(c.parent.presence)
	}
	return here
}

// oneCall holds for the stack that one of several calls makes: what they pass
// belongs together.
func (s *stack) oneCall(i int) value.When {
	if len(s.calls) < 2 {
		return value.When{}
	}
	if s.which == nil {
		s.which = &value.Input{Unit: s.key(), Name: "nested stack"}
		for _, c := range s.calls {
			s.which.Choices = append(s.which.Choices, c.id)
		}
	}
	return s.which.Is(i)
}

// arguments evaluates what a call passes for some parameters.
func (c nestedCall) arguments(names []string) map[string]value.Value {
	if c.params == nil {
		return nil
	}
	o := c.parent.loader.opt.Origins
	obj := c.parent.eval.Eval(c.params, c.condition)
	out := map[string]value.Value{}
	for _, name := range names {
		v := obj.Get(name)
		if v.IsAbsent() {
			continue
		}
		origin := value.Origin{Kind: value.ModuleArgument, Name: c.id + ".Parameters." + name, Span: v.Span()}
		if v.Origin() != 0 {
			origin.From = []value.OriginID{v.Origin()}
		}
		out[name] = cfneval.Elsewhere(v, v.Span(), c.parent.part.Unit.Key).From(o.Add(origin))
	}
	return out
}

// computeOutputs evaluates all outputs, so that no one has to do so later.
func (s *stack) computeOutputs() {
	if section := s.root.Get("Outputs"); section != nil && section.Kind == syntax.Mapping {
		pairs, _ := s.eval.Expand(section, "")
		for _, p := range pairs {
			s.output(p.Key)
		}
	}
	s.eachModule(func(m *stack) {
		if section := m.root.Get("Outputs"); section != nil && section.Kind == syntax.Mapping {
			for _, p := range section.Pairs {
				s.output(strings.TrimPrefix(m.prefix, s.prefix) + p.Key)
			}
		}
	})
}

// output returns the value of an output, and absent if there is none or it
// rests on itself.
func (s *stack) output(name string) value.Value {
	if v, ok := s.outputValues[name]; ok {
		return v
	}
	if s.outputValues == nil {
		s.outputValues = map[string]value.Value{}
	}
	var pairs []syntax.Pair
	if section := s.root.Get("Outputs"); section != nil && section.Kind == syntax.Mapping {
		pairs, _ = s.eval.Expand(section, "")
	}
	for _, p := range pairs {
		if p.Key != name {
			continue
		}
		condition := ""
		if c := p.Value.Get("Condition"); c != nil {
			condition = c.Text
		}
		s.outputValues[name] = value.Value{}
		s.outputValues[name] = s.eval.Eval(p.Value.Get("Value"), condition)
	}
	if _, own := s.outputValues[name]; !own {
		s.outputValues[name] = s.moduleOutput(name)
	}
	return s.outputValues[name]
}

// resolveOutput is what Fn::GetAtt gives for an output of a nested stack.
func (s *stack) resolveOutput(id, name string, at source.Span) (value.Value, bool) {
	child := s.children[id]
	if child == nil {
		return value.Value{}, false
	}
	var v value.Value
	if s.loader.nested { // only what was computed before: others may be reading
		v = child.outputValues[name]
	} else if child.getReady() {
		v = child.output(name)
	}
	if v.IsAbsent() {
		return value.Value{}, false
	}
	origin := value.Origin{Kind: value.ModuleOutput, Name: id + ".Outputs." + name, Detail: child.path, Span: v.Span()}
	if v.Origin() != 0 {
		origin.From = []value.OriginID{v.Origin()}
	}
	return cfneval.Elsewhere(v, at, child.part.Unit.Key).From(s.loader.opt.Origins.Add(origin)), true
}
