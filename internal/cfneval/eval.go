// Package cfneval evaluates CloudFormation templates: parameters, mappings,
// conditions and intrinsic functions, as far as the files tell.
//
// Values are computed over sets of inputs. A parameter with AllowedValues may
// be any of them, so what depends on it is one of several values; a condition
// is decided only if every assignment agrees. Inside a branch of Fn::If, and
// inside a resource with a Condition, only those assignments count for which
// the branch is taken (see scope.go). Whatever can't be told is unknown, with
// the reason as its origin.
package cfneval

import (
	"fmt"
	"sort"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Limits on a single template, so that no input can hold up a scan.
const (
	// maxSteps bounds the nodes that are evaluated, repetitions included.
	maxSteps = 4_000_000
	// maxDepth bounds the nesting of nodes and of what they refer to.
	maxDepth = 400
	// maxExpanded bounds the nodes that Fn::ForEach makes.
	maxExpanded = 200_000
	// maxAssignments bounds the assignments over which a condition is decided.
	maxAssignments = 1024
	// maxCases bounds the assignments for each of which a function is evaluated.
	maxCases = 64
)

// Resource is what the evaluation needs to know of a resource.
type Resource struct {
	// Type is the resource type.
	Type string
	// Properties is the node of its properties, or nil.
	Properties *syntax.Node
}

// Options are what a template is evaluated with.
type Options struct {
	// Parameters are values given from outside, by name. Names that the template
	// does not declare are ignored.
	Parameters map[string]string
	// Files are values of a parameter file; Parameters win over them. Guessed says that
	// the file was joined to the template by names alone.
	Files   []Given
	Guessed bool
	// Region, AccountID and StackName say where the stack is deployed, and under
	// which name; empty if not known.
	Region, AccountID, StackName string
	// Unit is the key of the unit that the template makes.
	Unit string
	// Origins is the table of the scan.
	Origins *value.Origins
	// Report takes diagnostics. It is called from the goroutine that evaluates.
	Report func(source.Diagnostic)
	// Import, if not nil, resolves the name of an export of another stack; it
	// reports false when the scan has no such export.
	Import func(name value.Value, at source.Span) (value.Value, bool)
	// StackOutput, if not nil, resolves an output of another stack by the name under
	// which it is deployed; it reports false when the scan has no such stack.
	StackOutput func(stack, output string, at source.Span) (value.Value, bool)
	// Output, if not nil, resolves an output of a nested stack; it reports false
	// when the template of the stack is not in the scan.
	Output func(logicalID, output string, at source.Span) (value.Value, bool)
	// Stored, if not nil, resolves the name of a parameter of Systems Manager that is
	// read under a name of the template; it reports false when the scan makes none.
	Stored func(name value.Value, as string, at source.Span) (value.Value, bool)
	// Given holds values for parameters that a parent stack passes; they take
	// the place of Parameters.
	Given map[string]value.Value
	// Prefix begins the addresses of the resources of a module within the unit.
	Prefix string
	// Module says that a module is evaluated: its parameters have no constraints, and
	// those that are not given have their defaults for sure.
	Module bool
	// Duplicates are keys that the parser left out because they are there twice.
	Duplicates []Duplicate
	// IsPlaceholder reports texts that only stand in for a value, which is not known;
	// nil if none does.
	IsPlaceholder func(text string) bool
	// Opens is set if every mapping may hold more than is written, with the
	// reason: a macro that is given the whole template.
	Opens value.OriginID
}

// Given is a value for a parameter with the place where it is written.
type Given struct {
	Name, Text string
	Span       source.Span
}

// Duplicate is the second entry of a key in one mapping.
type Duplicate struct {
	Key  string
	Span source.Span
}

// Template is a template under evaluation. It is not safe for concurrent use.
type Template struct {
	opt Options

	params     map[string]*parameter
	paramOrder []string
	pseudo     map[string]*parameter
	mappings   *syntax.Node
	conditions map[string]*condition
	resources  map[string]Resource
	aliases    map[string]string
	// generated says that a transform makes resources which the template does
	// not list, so that a reference to one of them is not a mistake.
	generated bool

	// unfixed says that parameters are not taken to have their defaults.
	unfixed bool
	// facts say which deployments there can be at all, by the Rules section.
	facts   value.When
	atoms   map[string]*value.Input
	decided map[decision]tri.Bool
	// through are the steps by which conditions that are decided choose values.
	through map[step]value.OriginID
	under   map[string]*scope

	steps, depth, expanded int
	exhausted              bool
}

// New prepares the evaluation of a template, of which root is the top-level
// mapping. Resources are declared afterwards.
func New(root *syntax.Node, opt Options) *Template {
	t := &Template{
		opt: opt, params: map[string]*parameter{}, pseudo: map[string]*parameter{},
		conditions: map[string]*condition{}, resources: map[string]Resource{},
		atoms: map[string]*value.Input{}, decided: map[decision]tri.Bool{}, through: map[step]value.OriginID{}, under: map[string]*scope{},
	}
	if t.opt.Report == nil {
		t.opt.Report = func(source.Diagnostic) {}
	}
	t.mappings = root.Get("Mappings")
	t.pseudoParameters()
	t.readParameters(root.Get("Parameters"))
	t.readConditions(root.Get("Conditions"))
	t.freeDomains(root.Get("Conditions"), root.Get("Rules"))
	t.readRules(root.Get("Rules"))
	return t
}

// Declare makes a resource known, so that it can be referred to.
func (t *Template) Declare(logicalID string, r Resource) { t.resources[logicalID] = r }

// Forget takes back a resource that was declared: a module is what it adds.
func (t *Template) Forget(logicalID string) { delete(t.resources, logicalID) }

// Alias makes a name stand for a resource in references: SAM knows "Api.Stage", and
// resources of modules are "Module.Resource".
func (t *Template) Alias(name, logicalID string) {
	if t.aliases == nil {
		t.aliases = map[string]string{}
	}
	t.aliases[name] = logicalID
}

// Generates says that a transform adds resources to those that are declared.
func (t *Template) Generates() { t.generated = true }

// Parameters returns the parameters as an object of their values.
func (t *Template) Parameters(at source.Span) value.Value {
	fields := make([]value.Field, 0, len(t.paramOrder))
	for _, name := range t.paramOrder {
		p := t.params[name]
		fields = append(fields, value.Field{Name: name, Span: p.span, Value: p.value.At(p.span)})
	}
	return value.OfObject(fields, at)
}

// ReadsStored reports a template with parameters that name parameters of Systems Manager.
func (t *Template) ReadsStored() bool {
	for _, p := range t.params {
		if p.stored() {
			return true
		}
	}
	return false
}

// ParameterNames returns the names of the declared parameters in source order.
func (t *Template) ParameterNames() []string { return t.paramOrder }

// Eval evaluates a node. Condition, if not empty, names the condition under
// which the node exists: it is taken to hold.
func (t *Template) Eval(n *syntax.Node, condition string) value.Value {
	return t.eval(n, t.underCondition(condition))
}

// Condition decides a condition of the template. Where it can't, it says for
// which deployments the condition holds, and why that is not known.
func (t *Template) Condition(name string) (tri.Bool, value.When, value.OriginID) {
	c, ok := t.conditions[name]
	if !ok {
		return tri.Unknown, value.When{}, t.origin(value.InvalidInput, "Conditions."+name, "is not defined", source.Span{})
	}
	r := t.decide(name, nil)
	if r.Known() {
		return r, value.When{}, 0
	}
	return r, t.facts.And(t.holds(name, true)), t.whyUndecided(c, nil)
}

// Defined reports whether the template defines a condition of that name.
func (t *Template) Defined(condition string) bool { return t.conditions[condition] != nil }

func (t *Template) underCondition(name string) *scope {
	if name == "" || t.conditions[name] == nil {
		return nil
	}
	sc, ok := t.under[name]
	if !ok {
		if t.decide(name, nil) == tri.Unknown {
			sc = t.assume(nil, name, true)
		}
		t.under[name] = sc
	}
	return sc
}

// eval is the evaluation of any node in a scope.
func (t *Template) eval(n *syntax.Node, sc *scope) value.Value {
	if n == nil {
		return value.Value{}
	}
	if !t.enter(n.Extent()) {
		return value.OfUnknown(value.KindAny, n.Extent(), t.origin(value.InvalidInput, "", "the template is too complex to be evaluated", n.Extent()))
	}
	defer t.leave()
	if c, ok := callOf(n); ok {
		c.sc = sc
		return t.call(c)
	}
	switch {
	case isMapping(n):
		return t.object(n, sc)
	case isSequence(n):
		return assemble(t.items(n, sc), n.Extent())
	}
	v := t.scalarValue(n)
	if text, ok := v.Str(); ok && t.opt.IsPlaceholder != nil && t.opt.IsPlaceholder(text) {
		return value.OfUnknown(value.KindString, n.Extent(), t.origin(value.DependsOnUnknown, text, "stands for a look-up that has not been made", n.Extent()))
	}
	return t.resolveDynamic(v)
}

// enter counts a step, and reports false if there were too many.
func (t *Template) enter(at source.Span) bool {
	t.steps++
	t.depth++
	if t.steps <= maxSteps && t.depth <= maxDepth {
		return true
	}
	t.depth--
	if !t.exhausted {
		t.exhausted = true
		t.report(source.Warning, "cloudformation-too-complex", at, "the template is too complex: part of it was not evaluated")
	}
	return false
}

func (t *Template) leave() { t.depth-- }

// items evaluates the elements of a sequence. Those that are removed by
// AWS::NoValue are absent, and those that may be have an absent alternative.
func (t *Template) items(n *syntax.Node, sc *scope) []value.Value {
	out := make([]value.Value, 0, len(n.Items))
	for _, item := range n.Items {
		out = append(out, t.eval(item, sc))
	}
	return out
}

// assemble makes a list of evaluated elements: absent ones are left out, and
// ones that may be absent are marked.
func assemble(items []value.Value, at source.Span) value.Value {
	kept := make([]value.Value, 0, len(items))
	for _, v := range items {
		if v = present(v); !v.IsAbsent() {
			kept = append(kept, v)
		}
	}
	return value.OfList(kept, at)
}

// present turns an absent alternative into the mark that v may be missing.
func present(v value.Value) value.Value {
	cases := v.Cases()
	var there []value.Case
	some := value.Never()
	for _, c := range cases {
		if !c.Value.IsAbsent() {
			there = append(there, c)
			some = some.Or(c.When)
		}
	}
	if len(there) == len(cases) || len(there) == 0 {
		return v
	}
	one := value.OneOfCases(there, v.Span(), v.Origin())
	if one.Origin() == 0 {
		one = one.From(v.Origin())
	}
	return one.WithRefs(v.Refs()...).MaybeWhen(some)
}

// object evaluates a mapping that is not a function.
func (t *Template) object(n *syntax.Node, sc *scope) value.Value {
	pairs, loops := t.expand(n, sc)
	open, why := t.opt.Opens != 0, t.opt.Opens
	if loops {
		open, why = true, t.origin(value.DependsOnUnknown, "Fn::ForEach", "runs over something that is not known", n.Extent())
	}
	fields := make([]value.Field, 0, len(pairs))
	var removed []value.Field
	index := make(map[string]int, len(pairs))
	for _, p := range pairs {
		if p.Key == "Fn::Transform" {
			open, why = true, t.origin(value.UnsupportedFunction, p.Key, "is computed by a macro", p.KeySpan)
			t.transformNote(p.KeySpan)
			continue
		}
		v := t.eval(p.Value, sc)
		if v.IsAbsent() {
			if v.Origin() != 0 {
				removed = append(removed, value.Field{Name: p.Key, Span: p.KeySpan, Value: v})
			}
			continue
		}
		if _, twice := index[p.Key]; twice { // made by a loop
			t.report(source.Error, "duplicate-key", p.KeySpan, "a loop makes the key "+p.Key+" again, which is left out")
			open, why = true, t.origin(value.InvalidInput, p.Key, "is made twice", p.KeySpan)
			continue
		}
		if twice, is := t.duplicate(n, p); is {
			v, open, why = value.OfUnknown(value.KindAny, v.Span(), twice).WithRefs(deepRefs(v)...), true, twice
		}
		index[p.Key] = len(fields)
		fields = append(fields, value.Field{Name: p.Key, Span: p.KeySpan, Value: v})
	}
	obj := value.OfObject(fields, n.Extent()).WithRemoved(removed...)
	if open {
		obj = obj.Opened().From(why)
	}
	return obj
}

// duplicate says that a key of a mapping was written twice: which of its values
// counts is anyone's guess.
func (t *Template) duplicate(n *syntax.Node, p syntax.Pair) (value.OriginID, bool) {
	for _, d := range t.opt.Duplicates {
		if d.Key == p.Key && n.Extent().Contains(d.Span) && !inOther(n, d.Span) {
			return t.origin(value.InvalidInput, p.Key, "is written twice", d.Span), true
		}
	}
	return 0, false
}

// inOther reports that a place lies in one of the values of a mapping.
func inOther(n *syntax.Node, at source.Span) bool {
	for _, p := range n.Pairs {
		if p.Value != nil && p.Value.Extent().Contains(at) {
			return true
		}
	}
	return false
}

// oneOf is oneOfCases where nothing is known of when a value is which.
func (t *Template) oneOf(alternatives []value.Value, at source.Span, why value.OriginID) value.Value {
	cases := make([]value.Case, len(alternatives))
	for i, a := range alternatives {
		cases[i].Value = a
	}
	return t.oneOfCases(cases, at, why)
}

// oneOfCases is value.OneOfCases, but where there are too many alternatives to
// be kept, the references inside them are.
func (t *Template) oneOfCases(cases []value.Case, at source.Span, why value.OriginID) value.Value {
	v := value.OneOfCases(cases, at, why)
	if v.IsUnknown() && v.Alternatives() == nil {
		for _, c := range cases {
			v = v.WithRefs(deepRefs(c.Value)...)
		}
	}
	return v
}

// DeepRefs returns the references of a value and of all that is inside it.
func DeepRefs(v value.Value) []value.Ref { return deepRefs(v) }

// deepRefs gathers the references of values and of all that is inside them.
func deepRefs(vs ...value.Value) []value.Ref {
	var out []value.Ref
	seen := map[value.Ref]bool{}
	var walk func(v value.Value)
	walk = func(v value.Value) {
		for _, r := range v.Refs() {
			if !seen[r] {
				seen[r] = true
				out = append(out, r)
			}
		}
		for _, e := range v.Elems() {
			walk(e)
		}
		for _, f := range v.Fields() {
			walk(f.Value)
		}
		for _, a := range v.Alternatives() {
			walk(a)
		}
	}
	for _, v := range vs {
		walk(v)
	}
	return out
}

// unknown is a value computed from others of which at least one is not known.
func (t *Template) unknown(k value.Kind, at source.Span, from ...value.Value) value.Value {
	v := value.OfUnknown(k, at, t.reasons(from...)).WithRefs(deepRefs(from...)...)
	if anySensitive(from) {
		v = v.Sensitive()
	}
	return v
}

// reasons joins the origins of those values that are not wholly known.
func (t *Template) reasons(vs ...value.Value) value.OriginID {
	var ids []value.OriginID
	var walk func(v value.Value)
	walk = func(v value.Value) {
		if v.IsOpen() || v.MayBeMissing() {
			ids = append(ids, v.Origin())
		}
		for _, e := range v.Elems() {
			walk(e)
		}
	}
	for _, v := range vs {
		walk(v)
	}
	if id := t.opt.Origins.Join(ids...); id != 0 {
		return id
	}
	return t.origin(value.DependsOnUnknown, "", "is computed from something that is not known", source.Span{})
}

func anySensitive(vs []value.Value) bool {
	for _, v := range vs {
		if v.IsSensitive() || anySensitive(v.Elems()) || anySensitive(v.Alternatives()) {
			return true
		}
	}
	return false
}

// invalid is the value of something that is broken, which is reported.
func (t *Template) invalid(at source.Span, code, format string, args ...any) value.Value {
	msg := fmt.Sprintf(format, args...)
	t.report(source.Warning, code, at, msg)
	return value.OfUnknown(value.KindAny, at, t.origin(value.InvalidInput, "", msg, at))
}

func (t *Template) report(l source.Level, code string, at source.Span, msg string) {
	t.opt.Report(source.Diagnostic{Level: l, Code: code, Span: at, Message: msg})
}

func (t *Template) origin(k value.OriginKind, name, detail string, at source.Span, from ...value.OriginID) value.OriginID {
	o := value.Origin{Kind: k, Name: name, Detail: detail, Span: at}
	if id := t.opt.Origins.Join(from...); id != 0 {
		o.From = []value.OriginID{id}
	}
	return t.opt.Origins.Add(o)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
