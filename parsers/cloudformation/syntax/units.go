package syntax

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unit relates a stretch of decoded text to the stretch of source it comes from.
type unit struct {
	dec, decEnd int
	src, srcEnd int
}

// linear tells that every byte stands for itself.
func (u unit) linear() bool { return u.decEnd-u.dec == u.srcEnd-u.src }

// at returns the source offset of a decoded offset in or before the unit.
func (u unit) at(i int) int {
	if i > u.dec && u.linear() {
		return u.src + i - u.dec
	}
	return u.src
}

// until returns the source offset of the end of a part that ends at the decoded
// offset j, in or before the unit.
func (u unit) until(j int) int {
	switch {
	case j <= u.dec:
		return u.src
	case u.linear():
		return u.src + j - u.dec
	}
	return u.srcEnd
}

// unitsOf returns the units of a scalar that stands at content[from:to] and was
// decoded to text, or nil if that style has none. They come in order; gaps
// in the decoded text are line ends of block scalars. The sequence ends early if
// source and text differ.
func unitsOf(s style, content []byte, from, to int, text string) func(func(unit) bool) {
	switch s {
	case stylePlain:
		return flowUnits(s, content, from, to, text)
	case styleSingle, styleDouble, styleJSON:
		return flowUnits(s, content, from+1, to-1, text)
	case styleLiteral, styleFolded:
		return blockUnits(content, from, to, text)
	case styleTOMLBasic, styleTOMLLiteral:
		from, to = insideTOML(content, from, to)
		return flowUnits(s, content, from, to, text)
	case styleNone, styleAlias:
		return nil
	}
	return nil
}

// flowUnits walks a plain or quoted scalar without its quotes. It stops when it
// has found all of the text, so that to may lie behind the end of a plain scalar.
func flowUnits(s style, content []byte, from, to int, text string) func(func(unit) bool) {
	return func(yield func(unit) bool) {
		dec := 0
		for i := from; i < to && (dec < len(text) || s != stylePlain); {
			part, width := flowPart(s, content[i:to])
			if rest := len(text) - dec; s == stylePlain && len(part) > rest {
				part, width = part[:rest], rest // to may lie behind its end
			}
			if !strings.HasPrefix(text[dec:], part) {
				return
			}
			if part != "" && !yield(unit{dec, dec + len(part), i, i + width}) {
				return
			}
			dec += len(part)
			i += width
		}
	}
}

// flowPart decodes the first part of the content of a plain or quoted scalar: an
// escape sequence, white space, or a run of characters that stand for themselves.
func flowPart(s style, b []byte) (text string, width int) {
	switch {
	case s == styleSingle && b[0] == '\'':
		return "'", min(2, len(b))
	case s == styleJSON && b[0] == '\\':
		return jsonEscape(b)
	case s == styleDouble && b[0] == '\\':
		return yamlEscape(b)
	case s == styleTOMLBasic && b[0] == '\\':
		return tomlEscape(b)
	case s.folds() && (isBlank(b[0]) || breakLen(b) > 0):
		return flowSpace(b)
	}
	n := 0
	for n < len(b) && !special(s, b[n:]) {
		n++
	}
	n = max(n, 1)
	return string(b[:n]), n
}

// special tells whether a run of ordinary characters ends before b.
func special(s style, b []byte) bool {
	switch b[0] {
	case '\\':
		return s == styleDouble || s == styleJSON || s == styleTOMLBasic
	case '\'':
		return s == styleSingle
	case ' ', '\t':
		return s.folds()
	}
	return s.folds() && breakLen(b) > 0
}

// folds reports a style in which line ends become blanks.
func (s style) folds() bool {
	return s != styleJSON && s != styleTOMLBasic && s != styleTOMLLiteral
}

// flowSpace decodes white space by the rule of line folding: a line end with the
// blanks around it becomes a blank; each further line end stays.
// See https://yaml.org/spec/1.2.2/#line-folding.
func flowSpace(b []byte) (text string, width int) {
	n := blankLen(b)
	first := breakLen(b[n:])
	if first == 0 {
		return string(b[:n]), n
	}
	lead := lineEnd(b[n:])
	n += first
	rest, more := emptyLines(b[n:])
	switch {
	case lead != "\n": // a separator of lines or paragraphs is text
		rest = lead + rest
	case rest == "":
		rest = " "
	}
	return rest, n + more
}

// emptyLines decodes the white space after a line end.
func emptyLines(b []byte) (text string, width int) {
	var ends strings.Builder
	n := 0
	for {
		n += blankLen(b[n:])
		l := breakLen(b[n:])
		if l == 0 {
			return ends.String(), n
		}
		ends.WriteString(lineEnd(b[n:]))
		n += l
	}
}

// yamlEscapes are the escape sequences of one letter in double quotes.
var yamlEscapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f",
	'r': "\r", 'e': "\x1b", ' ': " ", '"': `"`, '/': "/", '\\': `\`,
	'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

func yamlEscape(b []byte) (text string, width int) {
	if len(b) < 2 {
		return string(b), len(b)
	}
	if n := breakLen(b[1:]); n > 0 { // an escaped line end vanishes
		text, more := emptyLines(b[1+n:])
		return text, 1 + n + more
	}
	var digits int
	switch b[1] {
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		return yamlEscapes[b[1]], 2
	}
	r, ok := hex(b, 2, digits)
	if !ok {
		return "", min(2+digits, len(b))
	}
	return string(r), 2 + digits
}

// insideTOML is a string of TOML without its quotes, of which there may be three on
// each side; then a line end behind the first ones does not count.
func insideTOML(content []byte, from, to int) (start, end int) {
	quote := content[from : from+1]
	if three := bytes.Repeat(quote, 3); to-from < 6 || !bytes.HasPrefix(content[from:], three) {
		return from + 1, to - 1
	}
	from += 3
	return from + breakLen(content[from:to-3]), to - 3
}

// tomlEscape decodes an escape sequence. That of a line end takes all white space with it.
func tomlEscape(b []byte) (text string, width int) {
	rest := bytes.TrimLeft(b[1:], " \t\r\n")
	if n := len(b) - len(rest); n > 1 {
		return "", n
	}
	return yamlEscape(b)
}

func jsonEscape(b []byte) (text string, width int) {
	if len(b) < 2 {
		return string(b), len(b)
	}
	switch b[1] {
	case 'b':
		return "\b", 2
	case 'f':
		return "\f", 2
	case 'n':
		return "\n", 2
	case 'r':
		return "\r", 2
	case 't':
		return "\t", 2
	case 'u':
		r, _ := hex(b, 2, 4)
		if utf16.IsSurrogate(r) && len(b) > 7 && b[6] == '\\' && b[7] == 'u' {
			low, _ := hex(b, 8, 4)
			return string(utf16.DecodeRune(r, low)), min(12, len(b))
		}
		return string(r), min(6, len(b))
	}
	return string(b[1:2]), 2
}

func hex(b []byte, at, digits int) (rune, bool) {
	if at+digits > len(b) {
		return utf8.RuneError, false
	}
	n, err := strconv.ParseUint(string(b[at:at+digits]), 16, 32)
	return rune(n), err == nil
}

// blockUnits walks the lines of a literal or folded scalar that starts at from.
// Each line, without the indentation, must turn up in the text after line ends
// and the blanks that folding leaves.
func blockUnits(content []byte, from, to int, text string) func(func(unit) bool) {
	return func(yield func(unit) bool) {
		i := lineLen(content[from:to]) + from
		i += breakLen(content[i:to])
		indent := blockIndent(content[i:to], text)
		for dec := 0; i < to && dec < len(text); {
			n := lineLen(content[i:to])
			line := content[i : i+n]
			skip := min(indent, len(line)-len(bytes.TrimLeft(line, " ")))
			if line = line[skip:]; len(line) > 0 {
				dec += foldLen(text[dec:], string(line))
				if !strings.HasPrefix(text[dec:], string(line)) ||
					!yield(unit{dec, dec + len(line), i + skip, i + n}) {
					return
				}
				dec += len(line)
			}
			i += n
			i += breakLen(content[i:to])
		}
	}
}

// foldLen is the number of line ends and blanks before line in text.
func foldLen(text, line string) int {
	for n := 0; n < len(text); n++ {
		if strings.HasPrefix(text[n:], line) {
			return n
		}
		if c := text[n]; c != '\n' && c != ' ' {
			if l := breakLen([]byte(text[n:min(n+3, len(text))])); l > 0 {
				n += l - 1
				continue
			}
			return n
		}
	}
	return len(text)
}

// blockIndent finds the indentation of a block scalar by comparing the first
// line that is not blank, in the source and in the text: that holds for
// explicit indentation, too.
func blockIndent(lines []byte, text string) int {
	want := 0
	for i := range len(text) {
		switch text[i] {
		case ' ':
			want++
			continue
		case '\n':
			want = 0
			continue
		}
		break
	}
	for len(lines) > 0 {
		n := lineLen(lines)
		if got := leadingSpaces(lines[:n]); got < n {
			return max(got-want, 0)
		}
		lines = lines[min(len(lines), n+breakLen(lines[n:])):]
	}
	return 0
}
