package syntax

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/source"
)

// Comments returns the comments of a YAML file, in order. A number sign begins
// one where it is no part of a scalar, and behind a blank; which parts of the
// text are scalars is what the parser found.
func Comments(f *source.File, docs []*Node) []source.Comment {
	var scalars []source.Span
	for _, d := range docs {
		scalars = collectScalars(d, scalars, 0)
	}
	slices.SortFunc(scalars, func(a, b source.Span) int { return cmp.Compare(a.Pos, b.Pos) })
	var out []source.Comment
	text := f.Content
	next := 0
	for i := 0; i < len(text); i++ {
		pos := f.Span(i, i).Pos
		for next < len(scalars) && scalars[next].End <= pos {
			next++
		}
		if next < len(scalars) && scalars[next].Pos <= pos {
			i = f.Offset(scalars[next].End) - 1
			continue
		}
		if text[i] != '#' || i > 0 && !isAny(text[i-1], " \t\r\n") {
			continue
		}
		n := lineLen(text[i:])
		said := strings.TrimSpace(strings.TrimLeft(string(text[i:i+n]), "#"))
		out = append(out, source.Comment{Span: f.Span(i, i+n), Text: said})
		i += n - 1
	}
	return out
}

// collectScalars adds the spans of all keys and scalars.
func collectScalars(n *Node, to []source.Span, depth int) []source.Span {
	if n == nil || depth > maxDepth {
		return to
	}
	switch n.Kind {
	case Sequence:
		for _, i := range n.Items {
			to = collectScalars(i, to, depth+1)
		}
	case Mapping:
		for _, p := range n.Pairs {
			to = append(to, p.KeySpan)
			to = collectScalars(p.Value, to, depth+1)
		}
	case Null, Bool, Number, String:
		if n.Span.IsValid() && n.Span.End > n.Span.Pos {
			to = append(to, n.Span)
		}
	case Unreadable:
	}
	return to
}

// Outline returns what the comments of a template can be about: its resources,
// and their properties.
func Outline(docs []*Node) []source.Item {
	var items []source.Item
	for _, d := range docs {
		if d == nil || d.Kind != Mapping {
			continue
		}
		for _, p := range d.Pairs {
			it := source.Item{Span: pairSpan(p)}
			if p.Key == "Resources" && p.Value != nil {
				for _, r := range p.Value.Pairs {
					it.Items = append(it.Items, resourceItem(r))
				}
			}
			items = append(items, it)
		}
	}
	return items
}

// resourceItem is a resource. Its sections are no blocks, so that a comment above
// "Properties" is about the resource.
func resourceItem(p Pair) source.Item {
	it := source.Item{Span: pairSpan(p), Block: true}
	if p.Value == nil {
		return it
	}
	for _, section := range p.Value.Pairs {
		s := source.Item{Span: pairSpan(section)}
		if section.Key == "Properties" {
			s.Items = partsOf(section.Value, 0)
		}
		it.Items = append(it.Items, s)
	}
	return it
}

// partsOf are the entries of a value. Those that hold others are blocks.
func partsOf(n *Node, depth int) []source.Item {
	if n == nil || depth > maxDepth || n.style == styleAlias {
		return nil
	}
	var out []source.Item
	add := func(span source.Span, v *Node) {
		it := source.Item{Span: span}
		if v != nil && (v.Kind == Mapping || v.Kind == Sequence) {
			it.Block, it.Items = true, partsOf(v, depth+1)
		}
		out = append(out, it)
	}
	for _, p := range n.Pairs {
		add(pairSpan(p), p.Value)
	}
	for _, i := range n.Items {
		add(i.Extent(), i)
	}
	return out
}

func pairSpan(p Pair) source.Span {
	end := p.KeySpan.End
	if p.Value != nil {
		end = max(end, p.Value.Extent().End)
	}
	return source.Span{Pos: p.KeySpan.Pos, End: end}
}
