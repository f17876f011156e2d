package hcleval

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// lowerBody lowers the arguments and blocks of a body to an object.
func (s *scope) lowerBody(b *body, at source.Span) value.Value {
	return s.lowerBodyWith(b, at, func(_ int, it *item) value.Value { return s.lowerItem(it) })
}

// lowerBodyWith does so with another way of lowering an item.
func (s *scope) lowerBodyWith(b *body, at source.Span, lower func(int, *item) value.Value) value.Value {
	fields := make([]value.Field, 0, len(b.items))
	for i, it := range b.items {
		f := value.Field{Name: it.name, Value: lower(i, it)}
		if it.attr != nil {
			f.Span = it.attr.nameSpan
		} else {
			start := it.blocks[0].span
			f.Span = source.Span{Pos: start.Pos, End: min(start.Pos+source.Pos(len(it.blocks[0].typ)), start.End)}
		}
		fields = append(fields, f)
	}
	return value.OfObject(fields, at)
}

// lowerItem lowers an argument, or all blocks of a type to a list.
func (s *scope) lowerItem(it *item) value.Value {
	if it.attr != nil {
		return s.lowerAttr(it.attr)
	}
	return s.lowerBlocks(it.blocks)
}

// lowerBlocks lowers blocks of one type to a list of objects.
func (s *scope) lowerBlocks(blocks []*block) value.Value {
	elems := make([]value.Value, 0, len(blocks))
	open := false
	var why value.OriginID
	for _, b := range blocks {
		if b.typ != "dynamic" || len(b.labels) != 1 {
			elems = append(elems, s.lowerBody(b.body, b.span))
			continue
		}
		made, more, reason := s.dynamic(b)
		elems = append(elems, made...)
		if more {
			open = true
			why = s.ev.in.Origins.Join(why, reason)
		}
	}
	out := value.OfList(elems, source.Span{Pos: blocks[0].span.Pos, End: blocks[0].span.End})
	if open {
		out = out.Opened().From(why)
	}
	return out
}

// dynamic expands a dynamic block. Where for_each is not known, there is one
// block that may not exist, in a list that may hold more.
func (s *scope) dynamic(b *block) (made []value.Value, open bool, why value.OriginID) {
	content := b.body.first("content")
	each := b.body.attr("for_each")
	if content == nil || each == nil {
		s.ev.say(source.Warning, codeEvaluation, b.span, "the dynamic block %q lacks for_each or content", b.labels[0])
		return nil, true, 0
	}
	elems, open, why, ok := s.elementsIn(each.expr)
	if !ok {
		v := s.eval(each.expr) // reports the fault
		if v, _ = v.Unmark(); v.IsKnown() {
			s.ev.say(source.Warning, codeEvaluation, spanOf(each.expr.Range()), "the for_each of the dynamic block %q can't be iterated over", b.labels[0])
		}
		return nil, true, s.lower(each.expr).Origin()
	}
	name := b.labels[0]
	if it := b.body.attr("iterator"); it != nil {
		if t, ok := traversalOf(it.expr); ok {
			name = t.RootName()
		}
	}
	if s.ev.budget -= len(elems); s.ev.budget < 0 {
		s.ev.say(source.Warning, codeLimit, b.span, "the blocks of this configuration are too many to be expanded")
		return nil, true, why
	}
	for _, el := range elems {
		inner := s.with([]frame{objectFrame(name, []string{"key", "value"},
			[]cty.Value{el.key, el.val}, []value.Value{el.keyLow, el.valLow})})
		v := inner.lowerBody(content.body, content.span)
		if el.maybe {
			v = v.Maybe()
			if why != 0 {
				v = v.From(why)
			}
		}
		made = append(made, v)
	}
	return made, open, why
}

// dependency lowers one entry of depends_on.
func (m *module) dependency(s *scope, e hclsyntax.Expression) value.Value {
	at := spanOf(e.Range())
	t, ok := traversalOf(e)
	if !ok {
		return value.OfUnknown(value.KindAny, at, 0)
	}
	v, ok := s.traverse(t)
	if !ok {
		return value.OfString(m.ev.pathText(e), at)
	}
	if t.RootName() == "module" {
		name, _ := attrAt(t, 1)
		if c := m.cfg.callIndex[name]; c != nil && m.callOf(c).src.Config != nil {
			return value.OfString("module."+name, at) // not a node
		}
	}
	return value.OfUnknown(value.KindAny, at, v.Origin()).WithRefs(refsIn(v)...)
}

// pathText writes a reference as text.
func (ev *evaluator) pathText(e hclsyntax.Expression) string {
	t, ok := traversalOf(e)
	if !ok {
		return ev.excerpt(spanOf(e.Range()))
	}
	var out strings.Builder
	out.WriteString(t.RootName())
	for _, st := range t[1:] {
		switch x := st.(type) {
		case hcl.TraverseAttr:
			out.WriteString("." + x.Name)
		case hcl.TraverseIndex:
			if x.Key.Type() == cty.String {
				out.WriteString(keySuffix(x.Key.AsString()))
			} else {
				out.WriteString(stepOf(x.Key).suffix())
			}
		}
	}
	return out.String()
}
