package hcleval

import (
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// lower evaluates an expression by going down its syntax, as far as that tells
// more than the exact value does, and takes the exact value for the rest. The
// span of the result is that of the expression; what is inside keeps its own.
func (s *scope) lower(e hclsyntax.Expression) value.Value {
	if v, ok := s.down(e); ok {
		return place(v, s.span(e.Range()))
	}
	return s.exact(e)
}

// down lowers an expression by its syntax; false if there is nothing to be
// gained, or the expression is faulty in a way that the exact evaluation reports.
func (s *scope) down(e hclsyntax.Expression) (value.Value, bool) {
	switch x := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return literal(x.Val, s.span(x.SrcRange))
	case *hclsyntax.UnaryOpExpr:
		if l, ok := x.Val.(*hclsyntax.LiteralValueExpr); ok {
			if v, diags := x.Value(nil); !diags.HasErrors() {
				return literal(v, s.span(l.SrcRange))
			}
		}
		return value.Value{}, false
	case *hclsyntax.ParenthesesExpr:
		return s.down(x.Expression)
	case *counted:
		return s.down(x.Expression)
	case *measured:
		return s.down(x.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return s.lower(x.Wrapped), true
	case *hclsyntax.TemplateExpr:
		return s.template(x.Parts, s.span(x.SrcRange))
	case *hclsyntax.TupleConsExpr:
		elems := make([]value.Value, len(x.Exprs))
		for i, elem := range x.Exprs {
			elems[i] = s.lower(elem)
		}
		return value.OfList(elems, s.span(x.SrcRange)), true
	case *hclsyntax.ObjectConsExpr:
		return s.object(x), true
	case *conditional:
		return s.conditional(x)
	case *hclsyntax.ScopeTraversalExpr:
		return s.traverse(x.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		if i, ok := x.Source.(*hclsyntax.IndexExpr); ok {
			if v, ok := s.instanceSteps(i, stepsOf(x.Traversal)); ok {
				return v, true
			}
		}
		return s.steps(s.lower(x.Source), stepsOf(x.Traversal))
	case *hclsyntax.IndexExpr:
		if v, ok := s.instanceSteps(x, nil); ok {
			return v, true
		}
		return s.index(s.lower(x.Collection), s.lower(x.Key))
	case *hclsyntax.SplatExpr:
		return s.splat(x)
	case *hclsyntax.ForExpr:
		return s.loop(x)
	case *hclsyntax.FunctionCallExpr:
		return s.call(x)
	}
	return value.Value{}, false
}

// exact lowers the exact value of an expression.
func (s *scope) exact(e hclsyntax.Expression) value.Value {
	v := s.eval(e)
	low := s.ev.fromCty(v, s.span(e.Range()))
	if low.IsUnknown() && low.Origin() == 0 {
		low = low.From(s.reason(e))
	}
	return low
}

// reason joins the origins of what an expression reads, for a result that lost
// its marks.
func (s *scope) reason(e hclsyntax.Expression) value.OriginID {
	var ids []value.OriginID
	for _, t := range s.ev.traversalsOf(e) {
		if v, diags := t.TraverseAbs(s.context([]hcl.Traversal{t})); !diags.HasErrors() && !v.IsWhollyKnown() {
			ids = append(ids, s.ev.read(deep(v)).origins...)
		}
	}
	at := s.span(e.Range())
	return s.ev.in.Origins.Add(value.Origin{Kind: value.DependsOnUnknown, Name: s.ev.excerpt(at), Span: at, From: ids})
}

// literal lowers a value that is written down.
func literal(v cty.Value, at source.Span) (value.Value, bool) {
	switch {
	case v == cty.NilVal || !v.IsKnown():
		return value.Value{}, false
	case v.IsNull():
		return value.OfNull(at), true
	case v.Type() == cty.String:
		return value.OfString(v.AsString(), at), true
	case v.Type() == cty.Bool:
		return value.OfBool(v.True(), at), true
	case v.Type() == cty.Number:
		return value.OfNumber(numberText(v), at), true
	}
	return value.Value{}, false
}

// numberText writes a known number as Terraform does in strings.
func numberText(v cty.Value) string {
	f := v.AsBigFloat()
	if n, acc := f.Int64(); acc == 0 {
		return strconv.FormatInt(n, 10)
	}
	return f.Text('f', -1)
}

// object lowers an object constructor. A key that is not known leaves the
// object open.
func (s *scope) object(x *hclsyntax.ObjectConsExpr) value.Value {
	at := s.span(x.SrcRange)
	fields := make([]value.Field, 0, len(x.Items))
	index := make(map[string]int, len(x.Items))
	open := false
	var why value.OriginID
	for _, it := range x.Items {
		name, ok := keyword(it.KeyExpr)
		if !ok {
			key := s.key(it.KeyExpr)
			if name, ok = key.Str(); !ok {
				open, why = true, key.Origin()
				name = symbolicSuffix
			}
		}
		f := value.Field{Name: name, Span: s.span(it.KeyExpr.Range()), Value: s.lower(it.ValueExpr)}
		if name == symbolicSuffix && open {
			f.Value = f.Value.Maybe()
		}
		if i, again := index[name]; again {
			fields[i] = f
			continue
		}
		index[name] = len(fields)
		fields = append(fields, f)
	}
	out := value.OfObject(fields, at)
	if open {
		out = out.Opened().From(why)
	}
	return out
}

// key lowers the key of an object item.
func (s *scope) key(e hclsyntax.Expression) value.Value {
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		return s.lower(k.Wrapped)
	}
	return s.lower(e)
}

// sameText decides whether two texts are equal, which is what most conditions
// ask, without the exact value of all that they read. False where anything in it
// is not plain.
func (s *scope) sameText(e hclsyntax.Expression) (yes, ok bool) {
	x, is := e.(*hclsyntax.BinaryOpExpr)
	if !is || x.Op != hclsyntax.OpEqual && x.Op != hclsyntax.OpNotEqual {
		return false, false
	}
	a, b := s.lower(x.LHS), s.lower(x.RHS)
	for _, v := range []value.Value{a, b} {
		if !v.IsKnown() || v.Kind() != value.KindString || v.IsSensitive() || v.IsJSON() || v.MayBeMissing() {
			return false, false
		}
	}
	return (a.Text() == b.Text()) == (x.Op == hclsyntax.OpEqual), true
}

// conditional lowers to the chosen arm or, where the condition is not known, to
// one of both.
func (s *scope) conditional(x *conditional) (value.Value, bool) {
	if yes, ok := s.sameText(x.Condition); ok {
		if yes {
			return s.lower(x.TrueResult), true
		}
		return s.lower(x.FalseResult), true
	}
	cond, ok := s.quiet(x.Condition)
	bare, _ := cond.Unmark()
	if !ok || bare.IsKnown() && bare.IsNull() {
		return value.Value{}, false
	}
	hidden := sensitiveOnly(deep(cond)) != nil // which arm it was would tell
	chosen := func(arm hclsyntax.Expression) (value.Value, bool) {
		v := s.lower(arm)
		if hidden {
			v = secret(v)
		}
		return v, true
	}
	if bare.IsKnown() {
		low, _ := literal(bare, source.Span{})
		yes, ok := low.Truth()
		switch {
		case !ok:
			return value.Value{}, false
		case yes:
			return chosen(x.TrueResult)
		}
		return chosen(x.FalseResult)
	}
	if low := s.lower(x.Condition); low.IsKnown() {
		if yes, ok := low.Truth(); ok { // lowering knows more, as of coalesce with one outcome
			if yes {
				return chosen(x.TrueResult)
			}
			return chosen(x.FalseResult)
		}
	}
	at := s.span(x.Condition.Range())
	why := s.ev.in.Origins.Add(value.Origin{Kind: value.UndecidedCondition, Name: s.ev.excerpt(at),
		Detail: "is not decided", Span: at, From: s.ev.read(deep(cond)).origins})
	var arms []value.Value
	for _, arm := range []hclsyntax.Expression{x.TrueResult, x.FalseResult} {
		if v, ok := s.arm(arm); ok {
			arms = append(arms, v)
		}
	}
	if len(arms) == 0 {
		return value.Value{}, false
	}
	out := value.OneOf(arms, s.span(x.SrcRange), why)
	if hidden {
		out = secret(out)
	}
	return out, true
}

// arm lowers an arm that may not be the one that is taken: if it is faulty, it
// is not, or the run would fail.
func (s *scope) arm(e hclsyntax.Expression) (value.Value, bool) {
	if v, ok := s.down(e); ok {
		return place(v, s.span(e.Range())), true
	}
	if _, ok := s.quiet(e); !ok && s.unknownFunction(e) == "" {
		return value.Value{}, false
	}
	return s.exact(e), true
}

// template joins the parts of a string. One part that is one of several makes
// the string one of several.
func (s *scope) template(exprs []hclsyntax.Expression, at source.Span) (value.Value, bool) {
	parts := make([]value.Value, 0, len(exprs))
	for _, e := range exprs {
		if join, ok := e.(*hclsyntax.TemplateJoinExpr); ok {
			list := s.lower(join.Tuple)
			if list.Kind() != value.KindList || list.IsOpen() || anyMaybe(list.Elems()) {
				parts = append(parts, value.OfUnknown(value.KindString, s.span(e.Range()), list.Origin()).WithRefs(refsIn(list)...))
				continue
			}
			parts = append(parts, list.Elems()...)
			continue
		}
		parts = append(parts, s.lower(e))
	}
	return s.joinParts(parts, at)
}

func anyMaybe(vs []value.Value) bool {
	for _, v := range vs {
		if v.MayBeMissing() {
			return true
		}
	}
	return false
}

// joinParts makes a string of its parts; false if one of them can't be in a
// string.
func (s *scope) joinParts(parts []value.Value, at source.Span) (value.Value, bool) {
	several, size := -1, 0
	for i, p := range parts {
		if size += len(p.Text()); size > maxWeight {
			return value.Value{}, false
		}
		t, ok := s.asText(p)
		if !ok {
			return value.Value{}, false
		}
		parts[i] = t
		if t.Alternatives() != nil {
			if several >= 0 {
				several = len(parts) // too many to multiply
			} else {
				several = i
			}
		}
	}
	if several >= 0 && several < len(parts) {
		var outs []value.Value
		for _, alt := range parts[several].Alternatives() {
			with := append([]value.Value(nil), parts...)
			with[several] = alt
			if out, ok := s.joinParts(with, at); ok {
				outs = append(outs, out)
			}
		}
		if len(outs) == 0 {
			return value.Value{}, false
		}
		return value.OneOf(outs, at, parts[several].Origin()), true
	}
	return s.joinPlain(parts, at), true
}

func (s *scope) joinPlain(parts []value.Value, at source.Span) value.Value {
	if len(parts) == 1 && parts[0].Kind() == value.KindString && parts[0].IsKnown() {
		return parts[0].At(at)
	}
	v := value.OfParts(parts, at)
	var origins []value.OriginID
	hidden := false
	for _, p := range parts {
		hidden = hidden || p.IsSensitive()
		// The reason of an unknown string is that of its unknown parts.
		if v.IsKnown() || p.IsUnknown() {
			origins = append(origins, p.Origin())
		}
	}
	if s.ev != nil {
		v = v.From(s.ev.in.Origins.Join(origins...))
	}
	if hidden {
		v = v.Sensitive()
	}
	return v
}

// asText turns a value into what it is within a string.
func (s *scope) asText(v value.Value) (value.Value, bool) {
	switch {
	case v.IsUnknown():
		return v, true
	case v.IsUnset():
		return v, false
	case v.IsJSON():
		c := s.ev.toCty(v)
		bare, _ := c.UnmarkDeep()
		if !bare.IsKnown() {
			return value.OfUnknown(value.KindString, v.Span(), v.Origin()).WithRefs(refsIn(v)...), true
		}
		return value.OfString(bare.AsString(), v.Span()).From(v.Origin()).WithRefs(refsIn(v)...), true
	}
	_, ok := v.Str()
	return v, ok
}
