package schema

import "fmt"

// reader goes through one line of a table. Its first failure stays in err, and
// from then on it is at the end of the line, so that every loop over it ends.
type reader struct {
	text string
	pos  int
	err  error
}

func (r *reader) fail(want string) {
	if r.err == nil {
		r.err = fmt.Errorf("schema table: %s expected at byte %d", want, r.pos)
	}
	r.pos = len(r.text)
}

func (r *reader) end() bool { return r.pos >= len(r.text) }

func (r *reader) at(c byte) bool { return !r.end() && r.text[r.pos] == c }

// take steps over c if it is next.
func (r *reader) take(c byte) bool {
	if !r.at(c) {
		return false
	}
	r.pos++
	return true
}

func (r *reader) expect(c byte) {
	if !r.take(c) {
		r.fail(fmt.Sprintf("%q", c))
	}
}

// next steps over a byte, or returns 0 at the end.
func (r *reader) next() byte {
	if r.end() {
		return 0
	}
	r.pos++
	return r.text[r.pos-1]
}

// name steps over letters, digits and underscores.
func (r *reader) name() string {
	start := r.pos
	for !r.end() && isNameByte(r.text[r.pos]) {
		r.pos++
	}
	if r.pos == start {
		r.fail("a name")
		return ""
	}
	return r.text[start:r.pos]
}

func (r *reader) digit() int {
	if r.end() || r.text[r.pos] < '0' || r.text[r.pos] > '9' {
		r.fail("a digit")
		return 0
	}
	return int(r.next() - '0')
}

// number steps over one digit or more. No table has a million of anything.
func (r *reader) number() int {
	n := r.digit()
	for !r.end() && r.text[r.pos] >= '0' && r.text[r.pos] <= '9' && n < 1e6 {
		n = n*10 + r.digit()
	}
	return n
}

func isNameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
