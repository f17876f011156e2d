package policy

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// hole stands in the text of a policy for what is not known. It occurs in no
// text of UTF-8.
const hole = 0xff

const (
	// maxText is the most text that is read. IAM takes 20,480 characters at most.
	maxText = 1 << 20
	// maxNesting is how deep arrays and objects may nest.
	maxNesting = 64
)

// text is JSON with holes.
type text struct {
	content string
	holes   []value.Value
	places
	// all gives the values that are read their secrecy, and those that are not
	// written here their origin.
	all value.Value
}

// textOf joins the pieces of a string, known or not; false if it is too long,
// or no text.
func textOf(g *graph.Graph, v value.Value) (text, bool) {
	t := text{all: v}
	var b strings.Builder
	pieces := v.Parts()
	if pieces == nil {
		pieces = []value.Value{v}
	}
	for _, p := range pieces {
		s, ok := p.Str()
		switch {
		case !ok:
			t.holes = append(t.holes, p)
			b.WriteByte(hole)
		case strings.IndexByte(s, hole) >= 0 || b.Len()+len(s) > maxText:
			return t, false
		default:
			b.WriteString(s)
		}
	}
	t.content = b.String()
	t.places = placesIn(g, v, t.content)
	return t, true
}

// jsonError says what is wrong with a text, and where.
type jsonError struct {
	offset int
	msg    string
}

func (e *jsonError) Error() string { return e.msg }

// reader reads JSON. Commas that are missing or too many are forgiven: what is
// meant is clear, and whether IAM takes it is not the question here.
type reader struct {
	text
	pos int
	// hole is the number of holes passed.
	hole  int
	depth int
}

// parseJSON reads one JSON value. A hole in the place of a value is an unknown
// value, within a string an unknown piece, and anywhere else it leaves the list
// or object around it open.
func parseJSON(t text) (value.Value, error) {
	r := &reader{text: t}
	v, err := r.value()
	if err != nil {
		return v, err
	}
	if r.space(); r.pos < len(r.content) {
		return v, r.fail("there is something behind the end of the document")
	}
	return v, nil
}

// ReadJSON reads a value that is JSON text, or holds what the text would; false if it
// is not known at all, or is no JSON. Grammar and holes are those of documents.
func ReadJSON(g *graph.Graph, v value.Value) (value.Value, bool) {
	if v.Kind() == value.KindObject || v.Kind() == value.KindList {
		return v, v.IsKnown()
	}
	if _, ok := v.Str(); !ok && v.Parts() == nil {
		return v, false
	}
	t, ok := textOf(g, v)
	if !ok {
		return v, false
	}
	out, err := parseJSON(t)
	return out, err == nil
}

func (r *reader) fail(format string, args ...any) error {
	return &jsonError{r.pos, fmt.Sprintf(format, args...)}
}

func (r *reader) space() {
	for r.pos < len(r.content) && strings.IndexByte(" \t\r\n", r.content[r.pos]) >= 0 {
		r.pos++
	}
}

// peek returns the next character that is no blank, or 0 at the end.
func (r *reader) peek() byte {
	r.space()
	if r.pos == len(r.content) {
		return 0
	}
	return r.content[r.pos]
}

// made gives a value that was read from start on its origin and secrecy. What
// is written as such came by no way, whatever stands around it.
func (r *reader) made(v value.Value, start int) value.Value {
	if v.Origin() == 0 && !r.literal(start, r.pos) {
		v = v.From(r.all.Origin())
	}
	if r.all.IsSensitive() {
		v = v.Sensitive()
	}
	return v
}

func (r *reader) value() (value.Value, error) {
	switch c := r.peek(); c {
	case 0:
		return value.Value{}, r.fail("it ends where a value should stand")
	case '{':
		return r.nested(r.object)
	case '[':
		return r.nested(r.array)
	case '"':
		return r.str()
	case hole:
		start := r.pos
		v := r.take()
		if r.bare() { // something is glued to it
			return r.made(value.OfUnknown(value.KindAny, r.at(start, r.pos), v.Origin()), start), nil
		}
		return r.made(v.At(r.at(start, r.pos)), start), nil
	}
	return r.word()
}

func (r *reader) nested(read func() (value.Value, error)) (value.Value, error) {
	if r.depth++; r.depth > maxNesting {
		return value.Value{}, r.fail("it is nested too deeply")
	}
	v, err := read()
	r.depth--
	return v, err
}

// take passes a hole.
func (r *reader) take() value.Value {
	v := r.holes[r.hole]
	r.hole++
	r.pos++
	return v
}

// bare passes what can't begin or separate values, with the holes in it, and
// reports whether there was anything.
func (r *reader) bare() bool {
	start := r.pos
	for r.pos < len(r.content) {
		c := r.content[r.pos]
		if strings.IndexByte(" \t\r\n,:[]{}\"", c) >= 0 {
			break
		}
		if c == hole {
			r.hole++
		}
		r.pos++
	}
	return r.pos > start
}

// word reads true, false, null or a number.
func (r *reader) word() (value.Value, error) {
	start, holes := r.pos, r.hole
	r.bare()
	s, at := r.content[start:r.pos], r.at(start, r.pos)
	switch {
	case r.hole > holes:
		return r.made(value.OfUnknown(value.KindAny, at, r.holes[holes].Origin()), start), nil
	case s == "true" || s == "false":
		return r.made(value.OfBool(s == "true", at), start), nil
	case s == "null":
		return value.OfNull(at), nil
	case isNumber(s):
		return r.made(value.OfNumber(s, at), start), nil
	}
	r.pos = start
	return value.Value{}, r.fail("%s is no value", quote(s))
}

func isNumber(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	return digits != "" && digits[0] >= '0' && digits[0] <= '9' && strings.Trim(digits, "0123456789.eE+-") == ""
}

func quote(s string) string {
	const most = 20
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	if s == "" {
		return "nothing"
	}
	return fmt.Sprintf("%q", s)
}

// array reads a list. A hole that is an element by itself may stand for any
// number of them: "${join(",", …)}".
func (r *reader) array() (value.Value, error) {
	start := r.pos
	r.pos++
	elems := []value.Value{}
	open := false
	for {
		switch r.peek() {
		case 0:
			return value.Value{}, r.fail("a list is not closed")
		case ',':
			r.pos++
			continue
		case ']':
			r.pos++
			return r.made(opened(value.OfList(elems, r.at(start, r.pos)), open), start), nil
		case hole:
			open = true
			if v, err := r.value(); err != nil {
				return v, err
			} else if len(v.Refs()) > 0 {
				elems = append(elems, v.Maybe())
			}
			continue
		case '}', ':':
			return value.Value{}, r.fail("a list is not closed")
		}
		v, err := r.value()
		if err != nil {
			return v, err
		}
		elems = append(elems, v)
	}
}

func opened(v value.Value, open bool) value.Value {
	if open {
		return v.Opened()
	}
	return v
}

// object reads an object. Of fields that are written twice the last one counts.
func (r *reader) object() (value.Value, error) {
	start := r.pos
	r.pos++
	fields := []value.Field{}
	index := map[string]int{}
	open := false
	for {
		switch r.peek() {
		case 0:
			return value.Value{}, r.fail("an object is not closed")
		case ',':
			r.pos++
			continue
		case '}':
			r.pos++
			return r.made(opened(value.OfObject(fields, r.at(start, r.pos)), open), start), nil
		case hole:
			open = true
			r.bare()
			continue
		case '"':
		default:
			return value.Value{}, r.fail("the name of a field should stand here")
		}
		f, known, err := r.field()
		if err != nil {
			return value.Value{}, err
		}
		if !known {
			open = true
			continue
		}
		if i, again := index[f.Name]; again {
			fields[i] = f
			continue
		}
		index[f.Name] = len(fields)
		fields = append(fields, f)
	}
}

// field reads a name and its value; known is false for a name that has a hole.
func (r *reader) field() (f value.Field, known bool, err error) {
	start := r.pos
	name, err := r.str()
	if err != nil {
		return f, false, err
	}
	f.Span = r.at(start, r.pos)
	if r.peek() != ':' {
		return f, false, r.fail("a colon should stand here")
	}
	r.pos++
	if f.Value, err = r.value(); err != nil {
		return f, false, err
	}
	f.Name, known = name.Str()
	return f, known, nil
}

// str reads a string. With holes it becomes one of which only pieces are known.
func (r *reader) str() (value.Value, error) {
	start := r.pos
	r.pos++
	var parts []value.Value
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			parts = append(parts, value.OfString(b.String(), source.Span{}))
			b.Reset()
		}
	}
	for r.pos < len(r.content) {
		c := r.content[r.pos]
		switch c {
		case '"':
			r.pos++
			at := r.at(start, r.pos)
			if parts == nil {
				return r.made(value.OfString(b.String(), at), start), nil
			}
			flush()
			if len(parts) == 1 {
				return r.made(parts[0].At(at), start), nil
			}
			return r.made(value.OfParts(parts, at), start), nil
		case hole:
			flush()
			parts = append(parts, asText(r.take()))
		case '\\':
			if err := r.escape(&b); err != nil {
				return value.Value{}, err
			}
		default:
			b.WriteByte(c) // line feeds too: they are an error elsewhere, and clear here
			r.pos++
		}
	}
	r.pos = start
	return value.Value{}, r.fail("a text is not closed")
}

// asText is a hole within a text: one that is known as a list or object has no
// known form there.
func asText(v value.Value) value.Value {
	if v.IsUnknown() {
		return v
	}
	return value.OfUnknown(value.KindString, v.Span(), v.Origin()).WithRefs(v.Refs()...)
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (r *reader) escape(b *strings.Builder) error {
	if r.pos+1 == len(r.content) {
		return r.fail("a text is not closed")
	}
	c := r.content[r.pos+1]
	if plain, ok := escapes[c]; ok {
		b.WriteByte(plain)
		r.pos += 2
		return nil
	}
	n, ok := hex4(r.content, r.pos)
	if !ok {
		return r.fail("there is no such escape in JSON")
	}
	r.pos += 6
	if utf16.IsSurrogate(n) {
		low, _ := hex4(r.content, r.pos)
		if both := utf16.DecodeRune(n, low); both != utf8.RuneError {
			n = both
			r.pos += 6
		}
	}
	b.WriteRune(n) // half a pair becomes U+FFFD
	return nil
}

// hex4 reads \uXXXX at an offset.
func hex4(s string, at int) (rune, bool) {
	if at+6 > len(s) || s[at] != '\\' || s[at+1] != 'u' {
		return 0, false
	}
	n := rune(0)
	for _, c := range []byte(s[at+2 : at+6]) {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			n = n<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			n = n<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return n, true
}
