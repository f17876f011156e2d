package source

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Region is a stretch of one line, the form in which reports show a place: a
// code host shows an annotation in a pull request only if all its lines were
// changed, so that regions of several lines would hide findings.
type Region struct {
	// Path is that of the file.
	Path string
	// Line counts from 1; so do the columns, in Unicode code points. EndColumn is
	// the column behind the last one.
	Line, Column, EndColumn int
}

// Region returns the part of the first line that a span covers, without blanks
// at its end. An empty span, which stands for something that is missing, becomes
// the rest of its line: the header of the block. It reports false for an invalid
// span.
func (s *FileSet) Region(sp Span) (Region, bool) {
	c, ok := s.clip(sp)
	if !ok {
		return Region{}, false
	}
	start := 1 + utf8.RuneCount(c.text[:c.start])
	return Region{
		Path: c.file.Path, Line: c.line,
		Column: start, EndColumn: start + utf8.RuneCount(c.text[c.start:c.end]),
	}, true
}

// clipped is a span cut to its first line.
type clipped struct {
	file *File
	line int
	// base is the offset of text in the file.
	base int
	// text is the line without byte order mark and line ending.
	text []byte
	// start and end are the offsets of the region in text.
	start, end int
}

func (s *FileSet) clip(sp Span) (clipped, bool) {
	f := s.File(sp.Pos)
	if f == nil {
		return clipped{}, false
	}
	c := clipped{file: f, line: f.Position(sp.Pos).Line}
	starts := f.lineStarts()
	c.base = int(starts[c.line-1])
	end := len(f.Content)
	if c.line < len(starts) {
		end = int(starts[c.line])
	}
	c.text = f.Content[c.base:end]
	if c.base == 0 && bytes.HasPrefix(c.text, bom) {
		c.text, c.base = c.text[len(bom):], len(bom)
	}
	c.text = bytes.TrimSuffix(bytes.TrimSuffix(c.text, []byte("\n")), []byte("\r"))
	c.start = min(max(f.Offset(sp.Pos)-c.base, 0), len(c.text))
	c.end = min(max(f.Offset(sp.End)-c.base, c.start), len(c.text))
	if c.start == c.end {
		c.end = len(c.text)
	}
	c.trim()
	if c.start == c.end { // only blanks from there on
		c.start, c.end = 0, len(c.text)
		c.trim()
	}
	return c, true
}

// trim takes blanks from both ends of the region.
func (c *clipped) trim() {
	part := c.text[c.start:c.end]
	c.end = c.start + len(bytes.TrimRight(part, " \t\r"))
	c.start += len(part) - len(bytes.TrimLeft(part, " \t\r"))
	c.start = min(c.start, c.end)
}

// Excerpt is one line of source prepared for a terminal.
type Excerpt struct {
	// Line is the number of the line.
	Line int
	// Text is the line with tabs expanded, characters that would act on the
	// terminal replaced, and long lines cut around the region.
	Text string
	// Indent and Width say, in columns of a terminal, where the region begins in
	// Text and how wide it is. Width is 0 on a blank line.
	Indent, Width int
}

// Underline returns blanks and marks that fit under Text.
func (e Excerpt) Underline(mark string) string {
	return strings.Repeat(" ", e.Indent) + strings.Repeat(mark, max(e.Width, 1))
}

const (
	// excerptWidth is the most columns that an excerpt takes.
	excerptWidth = 96
	// excerptLead is how much of a long line is shown before a region far right.
	excerptLead = 24
	// tabWidth is how far apart tab stops are.
	tabWidth = 4
	// hiddenText stands for what must not be shown, whatever its length.
	hiddenText = "********"
)

// cell is what a character becomes on the terminal.
type cell struct {
	text   string
	width  int
	marked bool
}

// Excerpt returns the line of the region of a span. What the spans of hide
// cover is not shown. It reports false for an invalid span.
func (s *FileSet) Excerpt(sp Span, hide ...Span) (Excerpt, bool) {
	c, ok := s.clip(sp)
	if !ok {
		return Excerpt{}, false
	}
	return layOut(c.line, c.cells(hide)), true
}

func (c clipped) cells(hide []Span) []cell {
	var out []cell
	column := 0
	hidden := false
	for off := 0; off < len(c.text); {
		r, size := utf8.DecodeRune(c.text[off:])
		marked := off >= c.start && off < c.end
		pos := c.file.base + Pos(c.base+off)
		off += size
		if isHidden(pos, hide) {
			if !hidden {
				out = append(out, cell{hiddenText, len(hiddenText), marked})
				column += len(hiddenText)
			}
			hidden = true
			continue
		}
		hidden = false
		one := cell{text: string(r), width: runeWidth(r), marked: marked}
		switch {
		case r == '\t':
			one.width = tabWidth - column%tabWidth
			one.text = strings.Repeat(" ", one.width)
		case isUnprintable(r):
			one.text, one.width = "\uFFFD", 1
		}
		column += one.width
		out = append(out, one)
	}
	return out
}

func isHidden(p Pos, hide []Span) bool {
	for _, h := range hide {
		if h.Pos <= p && p < h.End {
			return true
		}
	}
	return false
}

// layOut joins cells to a line of at most excerptWidth columns.
func layOut(line int, cells []cell) Excerpt {
	left, right := window(cells)
	e := Excerpt{Line: line}
	var b strings.Builder
	column := 0
	if left > 0 {
		b.WriteString("…")
		column++
	}
	for _, c := range cells[left:right] {
		if c.marked {
			if e.Width == 0 {
				e.Indent = column
			}
			e.Width = column + c.width - e.Indent
		}
		b.WriteString(c.text)
		column += c.width
	}
	if right < len(cells) {
		b.WriteString("…")
	}
	e.Text = strings.TrimRight(b.String(), " ")
	return e
}

// window chooses the cells to show: all, or as many as fit from the start, or
// from shortly before a region that would not be seen otherwise.
func window(cells []cell) (left, right int) {
	total, first := 0, -1
	for _, c := range cells {
		if c.marked && first < 0 {
			first = total
		}
		total += c.width
	}
	if total <= excerptWidth {
		return 0, len(cells)
	}
	skip := 0
	if first > excerptWidth-excerptLead {
		skip = first - excerptLead
	}
	column := 0
	for left < len(cells) && column < skip {
		column += cells[left].width
		left++
	}
	room := excerptWidth - 2 // for the signs of omission
	for right = left; right < len(cells) && cells[right].width <= room; right++ {
		room -= cells[right].width
	}
	return left, right
}
