package source

import (
	"bytes"
	"sort"
)

// Comment is a line of a comment, or what stands for one in a language that has
// none.
type Comment struct {
	Span Span
	// Text is what it says, without its marks.
	Text string
	// Within says that it is about the block around it, whatever follows.
	Within bool
}

// Item is a part of a file that a comment can be about: a block, an argument, a
// resource, a property.
type Item struct {
	Span Span
	// Block says that a comment inside is about this item, unless a block follows.
	Block bool
	Items []Item
}

// Remark is a comment with what it may be about. Tools differ in which of these
// they mean.
type Remark struct {
	Comment
	// Own says that the comment has its line for itself.
	Own bool
	// Next is the item that begins on the line below, further comments left out;
	// of a comment behind something, the largest item that begins or ends on
	// its line. It is invalid if there is none. NextBlock says that it is a block.
	Next      Span
	NextBlock bool
	// Around are the blocks that the comment lies in, innermost first.
	Around []Span
	// Line is the line of the comment, Below that which follows the comments.
	Line, Below Span
	// Head says that nothing but comments comes before it in the file.
	Head bool
}

// Targets is what the comment is about. Behind something, that is its line, and
// what begins or ends there. On a line of its own it is the block below; where
// none follows, the block around; outside of blocks, the item below.
func (r Remark) Targets() []Span {
	switch {
	case r.Within && len(r.Around) > 0:
		return r.Around[:1]
	case !r.Own && r.Next.IsValid():
		return []Span{r.Line, r.Next}
	case !r.Own:
		return []Span{r.Line}
	case r.Next.IsValid() && r.NextBlock:
		return []Span{r.Next}
	case len(r.Around) > 0:
		return r.Around[:1]
	case r.Next.IsValid():
		return []Span{r.Next}
	}
	return nil
}

// Remarks relates comments, which are in order, to the items of a file.
func Remarks(f *File, comments []Comment, items []Item) []Remark {
	a := annotator{f: f, items: items, own: map[int]bool{}, code: len(f.Content)}
	for i := range items {
		a.code = min(a.code, f.Offset(items[i].Span.Pos))
	}
	for _, c := range comments {
		if a.isOwn(c) {
			for l := a.line(c.Span.Pos); l <= a.line(c.Span.End); l++ {
				a.own[l] = true
			}
		}
	}
	out := make([]Remark, 0, len(comments))
	for _, c := range comments {
		out = append(out, a.remark(c))
	}
	return out
}

type annotator struct {
	f     *File
	items []Item
	// own are the lines that hold nothing but comments.
	own map[int]bool
	// code is the offset of the first item.
	code int
}

func (a *annotator) line(p Pos) int { return a.f.Position(p).Line }

// isOwn reports that only blanks stand before a comment on its line.
func (a *annotator) isOwn(c Comment) bool {
	start := int(a.f.lineStarts()[a.line(c.Span.Pos)-1])
	before := bytes.TrimPrefix(a.f.Content[start:a.f.Offset(c.Span.Pos)], bom)
	return len(bytes.TrimSpace(before)) == 0
}

func (a *annotator) remark(c Comment) Remark {
	r := Remark{Comment: c, Own: a.isOwn(c), Line: a.lineSpan(a.line(c.Span.Pos)), Head: a.f.Offset(c.Span.Pos) < a.code}
	last := a.line(c.Span.End)
	below := last + 1
	for a.own[below] {
		below++
	}
	r.Below = a.lineSpan(below)
	level := a.items
	for {
		in := sort.Search(len(level), func(i int) bool { return level[i].Span.End > c.Span.Pos })
		if in == len(level) || !level[in].Span.Contains(c.Span) {
			break
		}
		if level[in].Block {
			r.Around = append([]Span{level[in].Span}, r.Around...)
		}
		if !r.Own && !r.Next.IsValid() && a.touches(level[in].Span, last) {
			r.Next, r.NextBlock = level[in].Span, level[in].Block
		}
		level = level[in].Items
	}
	for _, it := range level {
		switch {
		case r.Next.IsValid():
		case r.Own && it.Span.Pos >= c.Span.End && a.line(it.Span.Pos) == below,
			!r.Own && it.Span.End <= c.Span.Pos && a.touches(it.Span, last):
			r.Next, r.NextBlock = it.Span, it.Block
		}
	}
	return r
}

// touches reports that a span begins or ends on a line.
func (a *annotator) touches(s Span, line int) bool {
	return a.line(s.Pos) == line || a.line(s.End) == line
}

// lineSpan is the span of a line; invalid behind the last one.
func (a *annotator) lineSpan(n int) Span {
	starts := a.f.lineStarts()
	if n < 1 || n > len(starts) {
		return Span{}
	}
	end := len(a.f.Content)
	if n < len(starts) {
		end = int(starts[n]) - 1
	}
	return a.f.Span(int(starts[n-1]), end)
}
