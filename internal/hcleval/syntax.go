package hcleval

import (
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Positions in the syntax tree are positions of the file set: files are parsed
// with a start position whose byte is the base of the file, so that a range
// becomes a span without knowing the file.

// spanOf turns a range of the syntax tree into a span.
func spanOf(r hcl.Range) source.Span {
	return source.Span{Pos: source.Pos(r.Start.Byte), End: source.Pos(max(r.End.Byte, r.Start.Byte))}
}

// startOf is the position with which a file is parsed.
func startOf(f *source.File) hcl.Pos {
	return hcl.Pos{Line: 1, Column: 1, Byte: int(f.Whole().Pos)}
}

// attribute is one argument: name = expr.
type attribute struct {
	name           string
	nameSpan, span source.Span
	expr           hclsyntax.Expression
	// fixed is the lowered value of an expression that mentions nothing, shared
	// by all instances of the block.
	fixed   value.Value
	isFixed bool
}

// block is one block, from its type to the closing brace.
type block struct {
	typ    string
	labels []string
	span   source.Span
	body   *body
}

// label returns the i-th label, or "".
func (b *block) label(i int) string {
	if i < len(b.labels) {
		return b.labels[i]
	}
	return ""
}

// body is what stands between braces. Native and JSON syntax end up in the same
// form.
type body struct {
	// items are the arguments and the groups of blocks of one type, in the
	// order of their first appearance.
	items []*item
	index map[string]*item
}

// item is an argument, or all blocks of one type in a body. A dynamic block
// counts as one of the type that it makes. Both are set where the
// configuration writes "ingress" both ways, which Terraform refuses.
type item struct {
	name   string
	attr   *attribute
	blocks []*block
}

// attr returns the argument of that name, or nil.
func (b *body) attr(name string) *attribute {
	if it := b.index[name]; it != nil {
		return it.attr
	}
	return nil
}

// blocks returns the blocks of that type.
func (b *body) blocks(typ string) []*block {
	if it := b.index[typ]; it != nil {
		return it.blocks
	}
	return nil
}

// first returns the first block of that type, or nil.
func (b *body) first(typ string) *block {
	if bs := b.blocks(typ); len(bs) > 0 {
		return bs[0]
	}
	return nil
}

// newBody groups arguments and blocks.
func newBody(attrs []*attribute, blocks []*block) *body {
	type entry struct {
		pos   source.Pos
		attr  *attribute
		block *block
	}
	entries := make([]entry, 0, len(attrs)+len(blocks))
	for _, a := range attrs {
		entries = append(entries, entry{pos: a.nameSpan.Pos, attr: a})
	}
	for _, b := range blocks {
		entries = append(entries, entry{pos: b.span.Pos, block: b})
	}
	sort.SliceStable(entries, func(i, j int) bool { return entries[i].pos < entries[j].pos })
	out := &body{index: make(map[string]*item, len(entries))}
	for _, e := range entries {
		var name string
		if e.attr != nil {
			name = e.attr.name
		} else {
			name = producedType(e.block)
		}
		it := out.index[name]
		if it == nil {
			it = &item{name: name}
			out.index[name] = it
			out.items = append(out.items, it)
		}
		if e.attr == nil {
			it.blocks = append(it.blocks, e.block)
		} else if it.attr == nil {
			it.attr = e.attr
		}
	}
	return out
}

// producedType is the type of the blocks that b stands for.
func producedType(b *block) string {
	if b.typ == "dynamic" && len(b.labels) == 1 {
		return b.labels[0]
	}
	return b.typ
}

// override returns the body with what an override file says put over it, by the
// rules of https://developer.hashicorp.com/terraform/language/files/override:
// arguments replace those of the same name, and blocks of a type replace all
// blocks of that type.
func (b *body) override(o *body) *body {
	out := &body{index: make(map[string]*item, len(b.items)+len(o.items))}
	for _, it := range b.items {
		if over := o.index[it.name]; over != nil {
			it = over
		}
		out.items = append(out.items, it)
		out.index[it.name] = it
	}
	for _, it := range o.items {
		if out.index[it.name] == nil {
			out.items = append(out.items, it)
			out.index[it.name] = it
		}
	}
	return out
}

// nativeBody converts a body of the native syntax.
func nativeBody(b *hclsyntax.Body) *body {
	attrs := make([]*attribute, 0, len(b.Attributes))
	for _, a := range b.Attributes {
		attrs = append(attrs, newAttribute(a.Name, spanOf(a.NameRange), spanOf(a.SrcRange), a.Expr))
	}
	sort.Slice(attrs, func(i, j int) bool { return attrs[i].nameSpan.Pos < attrs[j].nameSpan.Pos })
	blocks := make([]*block, 0, len(b.Blocks))
	for _, bl := range b.Blocks {
		blocks = append(blocks, nativeBlock(bl))
	}
	return newBody(attrs, blocks)
}

func nativeBlock(b *hclsyntax.Block) *block {
	span := source.Span{Pos: source.Pos(b.TypeRange.Start.Byte), End: source.Pos(b.CloseBraceRange.End.Byte)}
	if span.End < span.Pos {
		span.End = source.Pos(b.OpenBraceRange.End.Byte)
	}
	return &block{typ: b.Type, labels: b.Labels, span: span, body: nativeBody(b.Body)}
}

func newAttribute(name string, nameSpan, span source.Span, expr hclsyntax.Expression) *attribute {
	expr = rewrite(expr)
	a := &attribute{name: name, nameSpan: nameSpan, span: span, expr: expr}
	if isFixed(expr) {
		a.fixed, a.isFixed = lowerFixed(expr), true
	}
	return a
}
