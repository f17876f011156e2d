package hcleval

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/internal/hcleval/funcs"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// scope is where an expression is evaluated: a module instance, and the names
// that count, for_each, dynamic blocks and for expressions bring.
type scope struct {
	ev     *evaluator
	m      *module // nil for variable files and defaults, which name nothing
	frames []frame // the last one wins
	// at, if valid, is the place of everything that is lowered here: the text of
	// a template file has no place in the configuration.
	at source.Span
}

// frame is one name with its value in both forms.
type frame struct {
	name string
	cty  cty.Value
	low  value.Value
	// reads are the inputs of the root that the value depends on, where it was
	// worked out elsewhere.
	reads inputs
}

// objectFrame makes a frame whose value has fields.
func objectFrame(name string, fields []string, vals []cty.Value, lows []value.Value) frame {
	attrs := make(map[string]cty.Value, len(fields))
	low := make([]value.Field, len(fields))
	for i, f := range fields {
		attrs[f] = vals[i]
		low[i] = value.Field{Name: f, Value: lows[i]}
	}
	return frame{name: name, cty: cty.ObjectVal(attrs), low: value.OfObject(low, source.Span{})}
}

// with returns the scope with more names in it.
func (s *scope) with(frames []frame) *scope {
	if len(frames) == 0 {
		return s
	}
	inner := *s
	if inner.frames = frames; len(s.frames) > 0 {
		inner.frames = slices.Concat(s.frames, frames)
	}
	return &inner
}

func (s *scope) lookup(name string) (frame, bool) {
	for _, f := range slices.Backward(s.frames) {
		if f.name == name {
			if s.ev != nil {
				s.ev.reads |= f.reads
			}
			return f, true
		}
	}
	return frame{}, false
}

// span is the place of a range.
func (s *scope) span(r hcl.Range) source.Span {
	if s.at.IsValid() {
		return s.at
	}
	return spanOf(r)
}

// traversalsOf returns the absolute traversals of an expression, remembered.
func (ev *evaluator) traversalsOf(e hclsyntax.Expression) []hcl.Traversal {
	if t, ok := ev.traversals[e]; ok {
		return t
	}
	t := hclsyntax.Variables(e)
	ev.traversals[e] = t
	return t
}

// context builds the evaluation context of an expression: only what its
// traversals name is in it, and only that is evaluated.
func (s *scope) context(traversals []hcl.Traversal) *hcl.EvalContext {
	b := contextBuilder{s: s, groups: map[string]map[string]cty.Value{}, roots: map[string]cty.Value{}}
	b.roots[budgetName] = cty.CapsuleVal(budgetType, &s.ev.budget)
	b.roots[rootDirName] = cty.StringVal(s.ev.in.Unit.Dir)
	for _, t := range traversals {
		b.add(t)
	}
	for name, group := range b.groups {
		b.roots[name] = cty.ObjectVal(group)
	}
	for root, byType := range b.nested {
		types := make(map[string]cty.Value, len(byType))
		for typ, group := range byType {
			types[typ] = cty.ObjectVal(group)
		}
		b.roots[root] = cty.ObjectVal(types)
	}
	return &hcl.EvalContext{Variables: b.roots, Functions: s.ev.functions}
}

type contextBuilder struct {
	s      *scope
	roots  map[string]cty.Value
	groups map[string]map[string]cty.Value
	// nested are data and ephemeral: by type, and then by name.
	nested map[string]map[string]map[string]cty.Value
}

func (b *contextBuilder) group(name string) map[string]cty.Value {
	g := b.groups[name]
	if g == nil {
		g = map[string]cty.Value{}
		b.groups[name] = g
	}
	return g
}

// group2 is a group within one: data.aws_vpc.
func (b *contextBuilder) group2(root, typ string) map[string]cty.Value {
	if b.nested == nil {
		b.nested = map[string]map[string]map[string]cty.Value{}
	}
	if b.nested[root] == nil {
		b.nested[root] = map[string]map[string]cty.Value{}
	}
	g := b.nested[root][typ]
	if g == nil {
		g = map[string]cty.Value{}
		b.nested[root][typ] = g
	}
	return g
}

// add evaluates what one traversal names. What is not declared is left out, and
// HCL complains about it.
func (b *contextBuilder) add(t hcl.Traversal) {
	root := t.RootName()
	if f, ok := b.s.lookup(root); ok {
		b.roots[root] = f.cty
		return
	}
	m := b.s.m
	if m == nil {
		return
	}
	name, named := attrAt(t, 1)
	switch root {
	case "var":
		g := b.group(root)
		if named && m.cfg.variables[name] != nil {
			_, there := g[name] // two attributes of one variable in an expression
			g[name] = m.varFor(name, firstName(t), there)
		} else if named {
			g[name] = m.absent("var." + name)
		}
	case "local":
		g := b.group(root)
		if named && m.cfg.locals[name] != nil {
			g[name] = m.localCty(name)
		} else if named {
			g[name] = m.absent("local." + name)
		}
	case "path", "terraform":
		if named {
			b.group(root)[name] = b.s.ev.toCty(m.builtin(root, name))
		}
	case "self":
		b.roots[root] = cty.DynamicVal
	case "module":
		if named {
			b.module(name, t)
		}
	case "data":
		if typ := name; named {
			if name, ok := attrAt(t, 2); ok {
				b.resource(b.group2(root, typ), "data."+typ+"."+name, name, t[3:])
			}
		}
	case "resource": // the long form of a reference
		if typ := name; named {
			if name, ok := attrAt(t, 2); ok {
				b.resource(b.group2(root, typ), typ+"."+name, name, t[3:])
			}
		}
	case "ephemeral":
		if typ := name; named {
			if name, ok := attrAt(t, 2); ok {
				b.group2(root, typ)[name] = m.ephemeral(typ + "." + name)
			}
		}
	case "each", "count": // outside of what has them
	default:
		if named {
			b.resource(b.group(root), root+"."+name, name, t[2:])
		}
	}
}

// attrAt returns the name of the i-th step if it is one.
func attrAt(t hcl.Traversal, i int) (string, bool) {
	if i >= len(t) {
		return "", false
	}
	a, ok := t[i].(hcl.TraverseAttr)
	return a.Name, ok
}

// ephemeral is an ephemeral resource: it is opened when Terraform runs, and
// nothing of it is kept.
func (m *module) ephemeral(key string) cty.Value {
	b := m.cfg.ephemeral[key]
	if b == nil {
		return m.absent("ephemeral." + key)
	}
	o := value.Origin{Kind: value.Computed, Name: m.nameOf("ephemeral." + key), Detail: "exists only while Terraform runs", Span: b.span.Head()}
	return cty.DynamicVal.Mark(m.ev.originMark(o)).Mark(funcs.Sensitive)
}

// absent is what is not declared, or stood in a file that could not be read.
func (m *module) absent(name string) cty.Value {
	if m.cfg.Broken {
		return m.ev.invalid(m.nameOf(name), "may stand in the part that could not be read", source.Span{})
	}
	return m.undeclared(name)
}

func (b *contextBuilder) module(name string, t hcl.Traversal) {
	m := b.s.m
	g := b.group("module")
	c := m.cfg.callIndex[name]
	if c == nil {
		g[name] = m.absent("module." + name)
		return
	}
	only := firstAttr(t[2:])
	if _, there := g[name]; there {
		only = "" // two outputs of one module in an expression
	}
	cs := m.callOf(c)
	if only != "" && cs.exp != nil && !cs.declares(only) {
		only = ""
	}
	g[name] = cs.value(only)
}

// declares reports that all instances of a call have an output.
func (cs *callState) declares(name string) bool {
	return cs.src.Config == nil || cs.src.Config.outputs[name] != nil
}

// firstName is the attribute that a traversal reads of a variable, or "".
func firstName(t hcl.Traversal) string {
	name, _ := attrAt(t, 2)
	return name
}

// firstAttr is the first attribute that a relative traversal reads, behind an
// index; "" if it reads the whole.
func firstAttr(t hcl.Traversal) string {
	if len(t) > 0 {
		if _, index := t[0].(hcl.TraverseIndex); index {
			t = t[1:]
		}
	}
	name, _ := attrAt(t, 0)
	return name
}

// stepsBehindIndex are the steps of a relative traversal, without the index of an
// instance at its beginning.
func stepsBehindIndex(t hcl.Traversal) []step {
	if len(t) > 0 {
		if _, index := t[0].(hcl.TraverseIndex); index {
			t = t[1:]
		}
	}
	return stepsOf(t)
}

// resource puts a resource into the group of its type.
func (b *contextBuilder) resource(g map[string]cty.Value, key, name string, rest hcl.Traversal) {
	m := b.s.m
	r := m.cfg.byKey[key]
	if r == nil {
		g[name] = m.absent(key)
		return
	}
	only := firstAttr(rest)
	if output, ok := r.stateOutput(stepsBehindIndex(rest)); ok {
		only = output
	}
	have, there := g[name]
	if there && strings.HasPrefix(only, statePrefix) {
		if both, ok := mergeStates(have, m.resourceOf(r).value(only)); ok {
			g[name] = both
			return
		}
	}
	if there {
		only = ""
	}
	g[name] = m.resourceOf(r).value(only)
}

// eval evaluates an expression exactly. Faults are reported; the result is then
// unknown.
func (s *scope) eval(e hclsyntax.Expression) cty.Value {
	traversals := s.ev.traversalsOf(e)
	v, diags := s.value(e, traversals)
	if !diags.HasErrors() {
		return v
	}
	return s.faulty(e, v, traversals, diags)
}

// quiet evaluates an expression that may be faulty.
func (s *scope) quiet(e hclsyntax.Expression) (cty.Value, bool) {
	v, diags := s.value(e, s.ev.traversalsOf(e))
	return v, !diags.HasErrors()
}

// faulty makes the value of an expression whose evaluation failed. If something
// in it was not known, that is taken for the cause: with it known, the
// expression might be good.
func (s *scope) faulty(e hclsyntax.Expression, v cty.Value, traversals []hcl.Traversal, diags hcl.Diagnostics) cty.Value {
	at := s.span(e.Range())
	marks := deep(v)
	if marks == nil {
		marks = cty.ValueMarks{}
	}
	known := true
	for _, t := range traversals {
		in, more := t.TraverseAbs(s.context([]hcl.Traversal{t}))
		if more.HasErrors() {
			continue
		}
		known = known && in.IsWhollyKnown()
		for m := range deep(in) {
			marks[m] = struct{}{}
		}
	}
	if fn := s.unknownFunction(e); fn != "" {
		s.ev.say(source.Note, codeUnknown, at, "the function %s is not known; its result was taken as unknown", fn)
		marks[s.ev.originMark(value.Origin{Kind: value.UnsupportedFunction, Name: fn + "()", Detail: "is not known", Span: at})] = struct{}{}
		return cty.DynamicVal.WithMarks(marks)
	}
	first := firstError(diags)
	if known || first.Summary == overBudget {
		place := at
		if first.Subject != nil && !s.at.IsValid() {
			place = spanOf(*first.Subject)
		}
		code := codeEvaluation
		if first.Summary == overBudget {
			code = codeLimit
		}
		s.ev.say(source.Warning, code, place, "%s", sentence(first))
		marks[s.ev.originMark(value.Origin{Kind: value.InvalidInput, Name: s.ev.excerpt(at), Detail: sentence(first), Span: at})] = struct{}{}
	}
	return cty.DynamicVal.WithMarks(marks)
}

// firstError is the first of some diagnostics that is an error. There is one.
func firstError(diags hcl.Diagnostics) *hcl.Diagnostic {
	i := slices.IndexFunc(diags, func(d *hcl.Diagnostic) bool { return d.Severity == hcl.DiagError })
	return diags[i]
}

// unknownFunction returns the name of a function in the expression that the
// table lacks, or "".
func (s *scope) unknownFunction(e hclsyntax.Expression) string {
	var name string
	_ = hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		if c, ok := n.(*hclsyntax.FunctionCallExpr); ok && name == "" {
			if _, known := s.ev.functions[c.Name]; !known {
				name = c.Name
			}
		}
		return nil
	})
	return name
}
