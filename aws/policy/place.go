package policy

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// places are where the parts of a text stand in the source of the value that
// holds the text: a heredoc, a quoted string, a block of YAML. Where the source
// does not spell the text out, every part is placed at the value as a whole.
type places struct {
	whole source.Span
	file  *source.File
	base  int
	spelling
}

func placesIn(g *graph.Graph, v value.Value, content string) places {
	p := places{whole: v.Span(), file: g.Files.File(v.Span().Pos)}
	if p.file != nil {
		p.base = p.file.Offset(p.whole.Pos)
		p.spelling = align(string(p.file.Content[p.base:p.file.Offset(p.whole.End)]), content)
	}
	return p
}

// at is the place of the bytes [start, end) of the text.
func (p places) at(start, end int) source.Span {
	if p.offsets == nil || start >= end {
		return p.whole
	}
	return p.file.Span(p.base+int(p.offsets[start]), p.base+int(p.offsets[end-1])+1)
}

// spelling says where in a source the bytes of a text are spelled.
type spelling struct {
	// offsets has one for each byte of the text; nil if the source can't be followed.
	offsets []int32
	// filled are the bytes that an interpolation puts there.
	filled []bool
}

// literal reports that the bytes [start, end) are written as such.
func (s spelling) literal(start, end int) bool {
	return s.offsets != nil && start < end && !slices.Contains(s.filled[start:end], true)
}

// aligner walks along a source text and the text that it means.
type aligner struct {
	raw, text string
	// quote is the character that opens the text, if one does.
	quote byte
	i, j  int
	spelling
}

// align finds for each byte of a text its offset in the source that spells it,
// if the source can be followed. It knows heredocs with and
// without indentation, quoted strings and their escapes, interpolations, and
// blocks of YAML. What it says is only ever used to show a place.
func align(raw, text string) spelling {
	a := &aligner{raw: raw, text: text, spelling: spelling{make([]int32, len(text)), make([]bool, len(text))}}
	if raw == "" {
		return spelling{}
	}
	if raw[0] == '!' { // a tag of YAML, such as !Sub
		a.i = min(len(raw)-1, strings.IndexAny(raw, " \t\n")+1)
	}
	switch a.quote = raw[a.i]; {
	case strings.HasPrefix(raw, "<<"), a.quote == '|', a.quote == '>':
		a.i += strings.IndexByte(raw[a.i:], '\n') + 1
	case a.quote == '"', a.quote == '\'':
		a.i++
	}
	for a.j < len(text) {
		if a.i == len(raw) && strings.TrimSpace(text[a.j:]) == "" {
			a.i--
			a.emit(len(text) - a.j) // the line feed that ends a block is not part of its source
			break
		}
		if !a.step() {
			return spelling{}
		}
	}
	return a.spelling
}

// step follows one piece; false if the source does not go with the text.
func (a *aligner) step() bool {
	raw, c := a.raw[a.i:], a.text[a.j]
	switch {
	case c == hole:
		n := interpolation(raw)
		if n == 0 {
			return a.skipBlanks()
		}
		a.fill(1)
		a.i += n
		return true
	case strings.HasPrefix(raw, "$${") && strings.HasPrefix(a.text[a.j:], "${"),
		strings.HasPrefix(raw, "%%{") && strings.HasPrefix(a.text[a.j:], "%{"):
		a.emit(1)
		a.i += 2
		return true
	case raw != "" && raw[0] == c && (c != '\\' || !a.escaped(raw)):
		a.emit(1)
		a.i++
		return true
	case a.escaped(raw):
		return true
	case strings.HasPrefix(raw, "''") && c == '\'':
		a.emit(1)
		a.i += 2
		return true
	case interpolation(raw) > 0:
		return a.resync(interpolation(raw))
	}
	return a.skipBlanks()
}

// emit places the next n bytes of the text here.
func (a *aligner) emit(n int) {
	for range n {
		a.offsets[a.j] = int32(a.i)
		a.j++
	}
}

// fill places the next n bytes of the text at the interpolation that makes them.
func (a *aligner) fill(n int) {
	for k := range n {
		a.filled[a.j+k] = true
	}
	a.emit(n)
}

// escaped follows an escape of a quoted string, such as \" or \n.
func (a *aligner) escaped(raw string) bool {
	if len(raw) < 2 || raw[0] != '\\' {
		return false
	}
	plain, ok := escapes[raw[1]]
	if !ok || a.text[a.j] != plain || a.quote != '"' {
		return false
	}
	a.emit(1)
	a.i += 2
	return true
}

// skipBlanks passes blanks that the text leaves out: the indentation of a line,
// or a carriage return.
func (a *aligner) skipBlanks() bool {
	if a.i < len(a.raw) && strings.IndexByte(" \t\r", a.raw[a.i]) >= 0 {
		a.i++
		return true
	}
	return false
}

// resync passes an interpolation whose value is known, so that the text holds
// the value. It goes on where the text has what the source has next.
func (a *aligner) resync(n int) bool {
	next := a.raw[a.i+n:]
	if end := strings.IndexAny(next, "\n\\\"$%"); end > 0 {
		next = next[:end]
	} else if end == 0 {
		next = next[:1]
	}
	rest := a.text[a.j:]
	upTo := rest // the next hole, which most often is the next interpolation
	if end := strings.IndexByte(rest, hole); end >= 0 {
		upTo = rest[:end+1]
	}
	switch {
	case strings.HasPrefix(next, "\\"):
		next = "\""
	case interpolation(a.raw[a.i+n:]) > 0:
		next = string([]byte{hole}) // one after the other: the first may be nothing
		if !strings.Contains(upTo, next) {
			next = ""
		}
	}
	skip := strings.Index(upTo, next)
	if skip < 0 {
		skip = strings.Index(rest, next) // it holds what is not known itself
	}
	if skip < 0 {
		return false
	}
	a.fill(skip)
	a.i += n
	return true
}

// interpolation is the length of the "${…}" or "%{…}" at the start of a source
// text, or 0.
func interpolation(raw string) int {
	if !strings.HasPrefix(raw, "${") && !strings.HasPrefix(raw, "%{") {
		return 0
	}
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case c == '\n' && depth == 0:
			return 0
		}
	}
	return 0
}
