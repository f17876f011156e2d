package hcleval

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/wacheck/wacheck/internal/hcleval/funcs"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// variable is a variable block.
type variable struct {
	name     string
	number   int // in source order
	block    *block
	typ      cty.Type // without optional markers; any if the block gives none
	wide     cty.Type // with optional markers, for conversion
	hasType  bool
	defaults *typeexpr.Defaults
	def      *attribute
	nullable bool
	secret   bool
}

func (c *Config) addVariable(b *block) {
	name := b.label(0)
	if c.variables[name] != nil {
		c.duplicate(b.span, "var."+name)
		return
	}
	v := &variable{name: name, block: b, typ: cty.DynamicPseudoType, wide: cty.DynamicPseudoType,
		def: b.body.attr("default"), nullable: truth(b.body.attr("nullable"), true),
		secret: truth(b.body.attr("sensitive"), false) || truth(b.body.attr("ephemeral"), false)}
	if a := b.body.attr("type"); a != nil {
		t, d, diags := typeexpr.TypeConstraintWithDefaults(typeExpr(a.expr))
		if diags.HasErrors() {
			c.note(source.Warning, codeEvaluation, a.span, "the type of var."+name+" is not valid and was ignored")
		} else {
			v.wide, v.typ, v.defaults, v.hasType = t, t.WithoutOptionalAttributesDeep(), d, true
		}
	}
	v.number = len(c.varNames)
	c.variables[name] = v
	c.varNames = append(c.varNames, name)
}

// typeExpr returns the type expression that is written as a string: in JSON
// syntax, and in the language before 0.12. A list and a map without further
// word are still taken.
func typeExpr(e hclsyntax.Expression) hcl.Expression {
	s := hcl.ExprAsKeyword(e)
	if isFixed(e) {
		s, _ = lowerFixed(e).Str()
	}
	if s == "" {
		return e
	}
	switch s {
	case "list":
		s = "list(any)"
	case "map":
		s = "map(any)"
	}
	parsed, diags := hclsyntax.ParseExpression([]byte(s), e.Range().Filename, e.Range().Start)
	if diags.HasErrors() {
		return e
	}
	return parsed
}

// given is what a variable is given: an expression, and where it is evaluated.
type given struct {
	expr hclsyntax.Expression
	sc   *scope
	step value.Origin
}

// given finds the value that a variable is given from outside, if there is one.
func (m *module) given(v *variable) (given, bool) {
	step := value.Origin{Name: "var." + v.name}
	if m.parent != nil {
		a := m.call.argIndex[v.name]
		if a == nil {
			return given{}, false
		}
		step.Kind, step.Span = value.ModuleArgument, spanOf(a.expr.Range())
		return given{a.expr, m.argScope, step}, true
	}
	literal := &scope{ev: m.ev}
	for _, src := range slices.Backward(m.ev.in.Vars) {
		step.Kind = src.Kind
		if src.File != nil {
			for _, a := range src.File.attrs {
				if a.name == v.name {
					step.Span = spanOf(a.expr.Range())
					return given{a.expr, literal, step}, true
				}
			}
		}
		if raw, ok := src.Raw[v.name]; ok {
			return given{v.rawExpr(raw), literal, step}, true
		}
		if low := src.Low.Get(v.name); !low.IsAbsent() {
			step.Span = low.Span()
			if strings.HasPrefix(v.name, holePrefix) {
				step = value.Origin{} // the user has not written it: what is known of the value says it all
			}
			expr, sc := m.ready(low)
			return given{expr, sc, step}, true
		}
	}
	return given{}, false
}

// readyName is the name of a value that was worked out elsewhere. It can't be
// written as an identifier.
const readyName = "\x00ready"

// ready is an expression for a value that was worked out elsewhere.
func (m *module) ready(low value.Value) (hclsyntax.Expression, *scope) {
	at := hcl.Range{Start: hcl.Pos{Byte: int(low.Span().Pos)}, End: hcl.Pos{Byte: int(low.Span().End)}}
	sc := &scope{ev: m.ev, frames: []frame{{name: readyName, cty: m.ev.toCty(low), low: low}}}
	return &hclsyntax.ScopeTraversalExpr{Traversal: hcl.Traversal{hcl.TraverseRoot{Name: readyName, SrcRange: at}}, SrcRange: at}, sc
}

// rawExpr reads a text from a flag or the environment as Terraform does: as it
// is for a variable of primitive or no type, as an expression for all others.
func (v *variable) rawExpr(raw string) hclsyntax.Expression {
	text := &hclsyntax.LiteralValueExpr{Val: cty.StringVal(raw)}
	if !v.hasType || v.typ.IsPrimitiveType() || tooDeep([]byte(raw)) {
		return text
	}
	e, diags := hclsyntax.ParseExpression([]byte(raw), "", hcl.Pos{})
	if diags.HasErrors() {
		return text
	}
	return e
}

// varCty evaluates a variable that the configuration declares.
func (m *module) varCty(name string) cty.Value {
	v := m.cfg.variables[name]
	return m.ev.ctyOf(m.symbol(m.vars, name), thing{m.path, "var.", name}, v.block.span, func() cty.Value { return m.computeVar(v) })
}

// varFor evaluates a variable for an expression that reads one attribute of it,
// or any (""). A whole resource that is handed to a module is not evaluated for
// the sake of its id.
func (m *module) varFor(name, only string, all bool) cty.Value {
	v := m.cfg.variables[name]
	if only == "" || all || m.parent == nil || v.typ != cty.DynamicPseudoType || v.secret || v.def != nil {
		return m.varCty(name)
	}
	g, ok := m.given(v)
	if !ok {
		return m.varCty(name)
	}
	x, ok := g.expr.(*hclsyntax.ScopeTraversalExpr)
	if !ok || !g.sc.wholeResource(x.Traversal) {
		return m.varCty(name)
	}
	what := thing{m.path, "var.", name + "." + only}
	return m.ev.ctyOf(m.symbol(m.vars, what.name), what, v.block.span, func() cty.Value {
		t := append(slices.Clip(x.Traversal), hcl.TraverseAttr{Name: only, SrcRange: x.SrcRange})
		part, diags := t.TraverseAbs(g.sc.context([]hcl.Traversal{t}))
		if diags.HasErrors() {
			return m.varCty(name)
		}
		return cty.ObjectVal(map[string]cty.Value{only: m.ev.via(part, g.step)})
	})
}

// wholeResource reports that a traversal names a resource without going into it,
// or a variable that may be one.
func (s *scope) wholeResource(t hcl.Traversal) bool {
	root := t.RootName()
	for _, f := range s.frames {
		if f.name == root {
			return false
		}
	}
	if s.m == nil {
		return false
	}
	name, _ := attrAt(t, 1)
	switch root {
	case "var":
		return len(t) == 2 && s.m.cfg.variables[name] != nil
	case "data":
		second, _ := attrAt(t, 2)
		r := s.m.cfg.byKey["data."+name+"."+second]
		return len(t) == 3 && r != nil && r.alone()
	}
	r := s.m.cfg.byKey[root+"."+name]
	return len(t) == 2 && r != nil && r.alone()
}

// alone reports that a block has one instance, without index.
func (r repetition) alone() bool { return len(r.written()) == 0 && r.enabled == nil }

func (m *module) computeVar(v *variable) cty.Value {
	m.readInput(v)
	val, ok := cty.NilVal, false
	if g, found := m.given(v); found {
		val, ok = m.convertVar(v, g.sc.eval(g.expr), spanOf(g.expr.Range()))
		ok = ok && (v.nullable || val.IsMarked() && !m.bare(val).IsNull() || !val.IsMarked() && !val.IsNull())
		val = m.ev.via(val, g.step)
	} else if v.def == nil {
		return m.secretVar(v, m.noValue(v))
	}
	if !ok && v.def != nil {
		val, _ = m.convertVar(v, (&scope{ev: m.ev}).eval(v.def.expr), spanOf(v.def.expr.Range()))
		val = m.ev.via(val, m.defaultStep(v))
	}
	return m.secretVar(v, val)
}

// readInput notes that a variable of the root is read.
func (m *module) readInput(v *variable) {
	if m.parent == nil {
		m.ev.reads |= inputOf(v.number)
	}
}

func (m *module) bare(v cty.Value) cty.Value { v, _ = v.Unmark(); return v }

func (m *module) defaultStep(v *variable) value.Origin {
	return value.Origin{Kind: value.VariableDefault, Name: "var." + v.name, Span: spanOf(v.def.expr.Range())}
}

func (m *module) secretVar(v *variable, val cty.Value) cty.Value {
	if v.secret {
		return val.Mark(funcs.Sensitive)
	}
	return val
}

// noValueOrigin is the reason of a variable that has neither value nor default.
func (m *module) noValueOrigin(v *variable) value.Origin {
	detail := "has no value and no default"
	if m.parent != nil {
		detail = "is not given by the call of the module and has no default"
		m.ev.say(source.Warning, codeEvaluation, m.call.block.span, "%s does not give the required argument %q", m.path, v.name)
	}
	return value.Origin{Kind: value.NoValue, Name: "var." + v.name, Detail: detail, Span: v.block.span}
}

func (m *module) noValue(v *variable) cty.Value {
	val := cty.UnknownVal(v.typ)
	if !v.nullable && v.typ != cty.DynamicPseudoType {
		val = val.RefineNotNull()
	}
	return val.Mark(m.ev.originMark(m.noValueOrigin(v)))
}

// convertVar applies optional defaults and the type constraint.
func (m *module) convertVar(v *variable, val cty.Value, at source.Span) (cty.Value, bool) {
	if v.defaults != nil && !m.bare(val).IsNull() {
		val = v.defaults.Apply(val)
	}
	out, err := convert.Convert(val, v.wide)
	if err != nil {
		m.ev.say(source.Warning, codeEvaluation, at, "the value for var.%s does not fit its type: %s", v.name, err)
		return m.ev.invalid("var."+v.name, "does not fit its type", at).WithMarks(deep(val)), false
	}
	return out, true
}

// varLow lowers a variable that the configuration declares.
func (m *module) varLow(name string) value.Value {
	v := m.cfg.variables[name]
	return m.ev.lowOf(m.symbol(m.vars, name), thing{m.path, "var.", name}, v.block.span, func() value.Value {
		out := m.lowerVar(v)
		if v.secret {
			out = secret(out)
		}
		return out
	})
}

func (m *module) lowerVar(v *variable) value.Value {
	m.readInput(v)
	if g, ok := m.given(v); ok {
		low := g.sc.lower(g.expr)
		if !v.nullable && v.def != nil && low.State() == value.Null {
			return m.lowerDefault(v)
		}
		if low, ok := m.retypeVar(v, low); ok {
			return m.ev.hop(low, g.step)
		}
		// The type says something that lowering can't: the exact value decides.
		return m.ev.fromCty(m.varCty(v.name), spanOf(g.expr.Range()))
	}
	if v.def == nil {
		return value.OfUnknown(kindOf(v.typ), v.block.span, m.ev.in.Origins.Add(m.noValueOrigin(v)))
	}
	return m.lowerDefault(v)
}

func (m *module) lowerDefault(v *variable) value.Value {
	low := v.def.fixed
	if !v.def.isFixed {
		low = (&scope{ev: m.ev}).lower(v.def.expr)
	}
	if low, ok := m.retypeVar(v, low); ok {
		return m.ev.hop(low, m.defaultStep(v))
	}
	return m.ev.fromCty(m.varCty(v.name), spanOf(v.def.expr.Range()))
}

func (m *module) retypeVar(v *variable, low value.Value) (value.Value, bool) {
	if !v.hasType {
		return low, true
	}
	r := retyper{ev: m.ev, v: v}
	return r.to(low, v.wide, v.defaults)
}
