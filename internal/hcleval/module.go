package hcleval

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/hcleval/funcs"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// module is one instance of a module: the root, or one element of a call.
type module struct {
	ev     *evaluator
	cfg    *Config
	parent *module
	// path is "" for the root, else "module.vpc[0].module.subnets".
	path string
	// key is the path without indices as modules.json has it: "vpc.subnets".
	key string
	// call and argScope say how the module was called and where its arguments
	// are evaluated; nil for the root.
	call     *call
	argScope *scope
	g        *graph.Module
	// lowFirst makes the exact values of locals of the lowered ones, for files of
	// a wrapper, whose functions are lowered.
	lowFirst bool

	exists    tri.Bool
	existsWhy value.OriginID

	scope      *scope
	vars       map[string]*symbol
	locals     map[string]*symbol
	outs       map[string]*symbol
	calls      map[string]*callState
	resources  map[string]*resourceState
	providerOf map[string]providerState
}

func newModule(ev *evaluator, parent *module, cfg *Config, path, key string) *module {
	m := &module{ev: ev, parent: parent, cfg: cfg, path: path, key: key,
		vars: map[string]*symbol{}, locals: map[string]*symbol{}, outs: map[string]*symbol{},
		calls: map[string]*callState{}, resources: map[string]*resourceState{}, providerOf: map[string]providerState{}}
	m.scope = &scope{ev: ev, m: m}
	return m
}

// symbol returns the symbol of that name in one of the module's tables.
func (m *module) symbol(table map[string]*symbol, name string) *symbol {
	s := table[name]
	if s == nil {
		s = &symbol{}
		table[name] = s
	}
	return s
}

// nameOf prefixes a name with the path of the module.
func (m *module) nameOf(name string) string {
	if m.path == "" {
		return name
	}
	return m.path + "." + name
}

func (m *module) localStep(a *attribute) value.Origin {
	return value.Origin{Kind: value.Local, Name: "local." + a.name, Span: spanOf(a.expr.Range())}
}

func (m *module) localCty(name string) cty.Value {
	a := m.cfg.locals[name]
	if m.lowFirst {
		return m.ev.toCty(m.localLow(name))
	}
	return m.ev.ctyOf(m.symbol(m.locals, name), thing{m.path, "local.", name}, a.span, func() cty.Value {
		return m.ev.via(m.scope.eval(a.expr), m.localStep(a))
	})
}

func (m *module) localLow(name string) value.Value {
	a := m.cfg.locals[name]
	return m.ev.lowOf(m.symbol(m.locals, name), thing{m.path, "local.", name}, a.span, func() value.Value {
		return m.ev.hop(m.scope.lowerAttr(a), m.localStep(a))
	})
}

func (m *module) outputStep(o *output) value.Origin {
	name := "output." + o.name
	if m.call != nil {
		name = "module." + m.call.name + "." + o.name
	}
	return value.Origin{Kind: value.ModuleOutput, Name: name, Span: spanOf(o.value.expr.Range())}
}

func (m *module) outCty(o *output) cty.Value {
	if o.value == nil {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return m.ev.ctyOf(m.symbol(m.outs, o.name), thing{m.path, "output.", o.name}, o.block.span, func() cty.Value {
		v := m.ev.via(m.scope.eval(o.value.expr), m.outputStep(o))
		if truth(o.sensitive, false) {
			v = v.Mark(funcs.Sensitive)
		}
		return v
	})
}

func (m *module) outLow(o *output) value.Value {
	if o.value == nil {
		return value.OfNull(o.block.span)
	}
	return m.ev.lowOf(m.symbol(m.outs, o.name), thing{m.path, "output.", o.name}, o.block.span, func() value.Value {
		v := m.ev.hop(m.scope.lowerAttr(o.value), m.outputStep(o))
		if truth(o.sensitive, false) {
			v = secret(v)
		}
		return v
	})
}

// callState is a module call with its instances.
type callState struct {
	m    *module
	c    *call
	exp  *expansion
	st   state
	inst []*module // with source
	src  Resolved
	// outs are the values of the call restricted to one output, or "" for all, and
	// lowered is the call lowered with all outputs.
	outs    map[string]memo
	lowered symbol
	// reads are the inputs that exp depends on.
	reads inputs
}

// maxModuleDepth bounds modules within modules; a module that calls itself
// would otherwise never end.
const maxModuleDepth = 32

// callOf returns the state of a call, expanding it at first use.
func (m *module) callOf(c *call) *callState {
	cs := m.calls[c.name]
	if cs == nil {
		cs = &callState{m: m, c: c}
		m.calls[c.name] = cs
		cs.resolve()
	}
	if cs.st == untouched {
		name := thing{m.path, "module.", c.name}
		if !m.ev.enter(&cs.st, name, c.block.span) {
			return cs
		}
		cs.exp, cs.reads = m.expandTracked(c.repetition, name)
		cs.exp = m.afford(cs.exp, c.repetition, name, c.block.span)
		for _, k := range cs.exp.keys {
			cs.inst = append(cs.inst, cs.instantiate(name.String(), k))
		}
		m.ev.leave(&cs.st)
	}
	m.ev.reads |= cs.reads
	return cs
}

// resolve finds the source of the call.
func (cs *callState) resolve() {
	m, c := cs.m, cs.c
	key := c.name
	if m.key != "" {
		key = m.key + "." + c.name
	}
	depth := 0
	for up := m; up != nil; up = up.parent {
		depth++
	}
	call := c.public()
	if text, ok := m.earlySource(c); ok {
		call.Source, call.Literal = text, true
	}
	switch {
	case depth > maxModuleDepth:
		cs.src = Resolved{Why: "modules are nested too deep"}
	case m.ev.made > maxMade:
		cs.src = Resolved{Why: fmt.Sprintf("the configuration has more than %d instances of modules and resources already", maxMade)}
	case m.ev.in.Resolve == nil:
		cs.src = Resolved{Why: "no source can be read"}
	default:
		cs.src = m.ev.in.Resolve(key, m.cfg, call)
	}
}

// instantiate makes the module of one element of the call. Without source it
// has no configuration and becomes an opaque node.
func (cs *callState) instantiate(name string, k instKey) *module {
	parent := cs.m
	cfg := cs.src.Config
	key := cs.c.name
	if parent.key != "" {
		key = parent.key + "." + key
	}
	child := newModule(parent.ev, parent, cfg, name+k.suffix, key)
	child.call = cs.c
	child.argScope = parent.scope.with(k.frames)
	child.exists, child.existsWhy = tri.And(parent.exists, k.exists), parent.existsWhy
	if k.exists != tri.True {
		child.existsWhy = parent.ev.in.Origins.Join(parent.existsWhy, cs.exp.why)
	}
	child.g = &graph.Module{Path: child.path, Name: cs.c.name, Parent: parent.g, Call: cs.c.block.span,
		Source: cs.c.source, Version: cs.c.version, Remote: cs.src.Remote}
	if cfg != nil {
		child.g.Dir = cfg.Dir
	}
	return child
}

// missingStep is the reason for which an output of a module without source is
// not known.
func (m *module) missingStep() value.Origin {
	return value.Origin{Kind: value.MissingModule, Name: "module." + m.call.name,
		Detail: "has a source that is not here: " + m.call.source, Span: m.call.block.span}
}

// output evaluates one output of an instance; false if there is none of that
// name.
func (m *module) output(name string) (cty.Value, bool) {
	if m.cfg == nil {
		return cty.DynamicVal.WithMarks(cty.NewValueMarks(
			m.ev.refMark(value.Ref{Addr: m.path, Attr: name}), m.ev.originMark(m.missingStep()))), true
	}
	o := m.cfg.outputs[name]
	switch {
	case o != nil:
		return m.outCty(o), true
	case m.cfg.Broken:
		return m.ev.invalid(m.nameOf("output."+name), "could not be read", m.call.block.span), true
	}
	return cty.NilVal, false
}

// outputLow lowers one output of an instance.
func (m *module) outputLow(name string) (value.Value, bool) {
	if m.cfg == nil {
		v := value.OfUnknown(value.KindAny, m.call.block.span, m.ev.in.Origins.Add(m.missingStep()))
		return v.WithRefs(value.Ref{Addr: m.path, Attr: name}), true
	}
	if o := m.cfg.outputs[name]; o != nil {
		return m.outLow(o), true
	}
	return value.Value{}, false
}

// object is the value of an instance: its outputs, or only the one named.
func (m *module) object(only string) cty.Value {
	if m.cfg == nil && only == "" {
		return cty.DynamicVal.WithMarks(cty.NewValueMarks(
			m.ev.refMark(value.Ref{Addr: m.path}), m.ev.originMark(m.missingStep())))
	}
	attrs := map[string]cty.Value{}
	if only != "" {
		if v, ok := m.output(only); ok {
			attrs[only] = v
		}
		return cty.ObjectVal(attrs)
	}
	for _, name := range m.cfg.outNames {
		attrs[name] = m.outCty(m.cfg.outputs[name])
	}
	return cty.ObjectVal(attrs)
}

// objectLow lowers an instance with all its outputs.
func (m *module) objectLow() value.Value {
	at := m.call.block.span
	if m.cfg == nil {
		return value.OfUnknown(value.KindObject, at, m.ev.in.Origins.Add(m.missingStep())).WithRefs(value.Ref{Addr: m.path})
	}
	fields := make([]value.Field, 0, len(m.cfg.outNames))
	for _, name := range m.cfg.outNames {
		fields = append(fields, value.Field{Name: name, Value: m.outLow(m.cfg.outputs[name])})
	}
	return value.OfObject(fields, at)
}

// value is what "module.x" stands for in an expression that reads one output,
// or any ("").
func (cs *callState) value(only string) cty.Value {
	if cs.exp == nil { // in a cycle
		return cs.m.ev.invalid(cs.m.nameOf("module."+cs.c.name), "refers to itself", cs.c.block.span)
	}
	return cs.m.collected(&cs.outs, cs.c.prefix, only, func() cty.Value {
		cs.m.ev.reads |= cs.reads // of how many there are
		objects := make([]cty.Value, len(cs.inst))
		for i, m := range cs.inst {
			objects[i] = m.object(only)
		}
		return cs.exp.collect(objects)
	})
}

// low is the same lowered, with all outputs.
func (cs *callState) low() value.Value {
	if cs.exp == nil {
		return value.OfUnknown(value.KindAny, cs.c.block.span, 0)
	}
	return cs.m.ev.lowOf(&cs.lowered, thing{cs.m.path, cs.c.prefix, ""}, cs.c.block.span, func() value.Value {
		cs.m.ev.reads |= cs.reads
		objects := make([]value.Value, len(cs.inst))
		for i, m := range cs.inst {
			objects[i] = m.objectLow()
		}
		return cs.exp.collectLow(objects, cs.c.block.span)
	})
}

// emit makes the nodes of the module and of everything below it, in source order.
func (m *module) emit() {
	ev := m.ev
	if m.g != nil {
		m.g.Args = m.textArgs()
	}
	for _, r := range m.cfg.resources {
		if ev.ctx.Err() != nil {
			return
		}
		rs := m.resourceOf(r)
		if rs.exp != nil && len(rs.exp.keys) == 0 {
			ev.empty++
		}
		for _, in := range rs.inst {
			ev.nodes = append(ev.nodes, in.node())
		}
	}
	for _, c := range m.cfg.calls {
		cs := m.callOf(c)
		if cs.exp != nil && len(cs.exp.keys) == 0 {
			ev.empty++
		}
		if cs.src.Config == nil && len(cs.inst) > 0 && !ev.reported[c] {
			ev.reported[c] = true
			ev.unread = append(ev.unread, Unread{c.public(), cs.src.Why, cs.src.Hint})
		}
		for _, child := range cs.inst {
			if child.cfg == nil {
				ev.missing++
				ev.nodes = append(ev.nodes, child.opaque())
				continue
			}
			ev.resolved++
			if cs.src.Remote {
				ev.remote++
			}
			ev.broken = ev.broken || child.cfg.Broken
			child.emit()
		}
	}
}

// textArgs are the arguments of the call that are, or may be, texts.
func (m *module) textArgs() value.Value {
	var fields []value.Field
	for _, name := range m.cfg.varNames {
		a := m.call.argIndex[name]
		if a == nil {
			continue
		}
		if v := m.varLow(name); v.Kind() == value.KindString || v.Kind() == value.KindAny {
			fields = append(fields, value.Field{Name: name, Span: a.nameSpan, Value: v})
		}
	}
	return value.OfObject(fields, m.call.block.span)
}

// public is the call as the reader of directories knows it.
func (c *call) public() Call {
	return Call{Name: c.name, Source: c.source, Version: c.version, Literal: c.literal, Span: c.block.span}
}

// opaque is the node of a module without source: its arguments are all that is
// known of it.
func (m *module) opaque() *graph.Node {
	fields := make([]value.Field, 0, len(m.call.args))
	for _, a := range m.call.args {
		fields = append(fields, value.Field{Name: a.name, Span: a.nameSpan, Value: m.argScope.lowerAttr(a)})
	}
	meta := []value.Field{}
	for _, name := range []string{"source", "version"} {
		if a := m.call.block.body.attr(name); a != nil {
			meta = append(meta, value.Field{Name: name, Span: a.nameSpan, Value: m.argScope.lowerAttr(a)})
		}
	}
	meta = append(meta, m.parent.metaFields(m.argScope, m.call.dependsOn, m.call.repetition, len(m.parent.callOf(m.call).inst))...)
	return &graph.Node{Mode: graph.Opaque, Lang: graph.Terraform, Type: "module", Addr: m.path, Name: m.call.name,
		Module: m.parent.g, Provider: m.handed(), Exists: m.exists, ExistsWhy: m.existsWhy, Span: m.call.block.span,
		Body: value.OfObject(fields, m.call.block.span), Meta: value.OfObject(meta, m.call.block.span)}
}

// lowerAttr lowers the expression of an argument.
func (s *scope) lowerAttr(a *attribute) value.Value {
	if a.isFixed {
		return a.fixed
	}
	return s.ev.light(s.lower(a.expr), thing{"", "", a.name}, a.span)
}
