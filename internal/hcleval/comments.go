package hcleval

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wacheck/wacheck/source"
)

// Comments returns the comments of a file of the native syntax, in order, as
// the lexer sees them: what looks like one inside a string is none.
func Comments(f *source.File) []source.Comment {
	if len(f.Content) > maxBytes {
		return nil
	}
	tokens, _ := hclsyntax.LexConfig(f.Content, f.Path, startOf(f)) // a comment is one in a broken file, too
	var out []source.Comment
	for _, t := range tokens {
		if t.Type == hclsyntax.TokenComment {
			out = append(out, commentLines(f, spanOf(t.Range).Pos, string(t.Bytes))...)
		}
	}
	return out
}

// commentLines splits a comment of several lines.
func commentLines(f *source.File, at source.Pos, text string) []source.Comment {
	text = strings.TrimRight(text, "\r\n") // the token of a line comment has the line end
	offset := f.Offset(at)
	var out []source.Comment
	block := strings.HasPrefix(text, "/*")
	for line := range strings.SplitSeq(text, "\n") {
		said := strings.TrimSuffix(line, "\r")
		if block {
			said = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(said), "/*"), "*/")
			said = strings.TrimLeft(strings.TrimSpace(said), "*")
		} else {
			said = strings.TrimLeft(strings.TrimPrefix(said, "//"), "#")
		}
		end := offset + len(strings.TrimSuffix(line, "\r"))
		if block { // one place for all of its lines: they are above or behind the same thing
			out = append(out, source.Comment{Span: f.Span(f.Offset(at), f.Offset(at)+len(text)), Text: strings.TrimSpace(said)})
		} else {
			out = append(out, source.Comment{Span: f.Span(offset, end), Text: strings.TrimSpace(said)})
		}
		offset += len(line) + 1
	}
	return out
}

// Outline returns what the comments of a file can be about.
func (out *File) Outline() []source.Item {
	items := make([]source.Item, 0, len(out.blocks)+len(out.attrs))
	for _, a := range out.attrs {
		items = append(items, source.Item{Span: a.span})
	}
	for _, b := range out.blocks {
		items = append(items, outlineOf(b))
	}
	return sortedItems(items)
}

func outlineOf(b *block) source.Item {
	it := source.Item{Span: b.span, Block: true}
	for _, i := range b.body.items {
		if i.attr != nil {
			it.Items = append(it.Items, source.Item{Span: i.attr.span})
		}
		for _, inner := range i.blocks {
			it.Items = append(it.Items, outlineOf(inner))
		}
	}
	it.Items = sortedItems(it.Items)
	return it
}

func sortedItems(items []source.Item) []source.Item {
	slices.SortFunc(items, func(a, b source.Item) int { return cmp.Compare(a.Span.Pos, b.Span.Pos) })
	return items
}
