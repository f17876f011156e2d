// Package syntax reads CloudFormation templates into one concrete syntax tree
// for YAML and JSON, in which every key and value knows the bytes it stands on.
//
// The tree says what is written, not what it means: intrinsic functions stay
// tags or single-key mappings, and scalars keep their text, because only the
// type of a property tells whether 0123 is an account id or a number.
package syntax

import (
	"strings"

	"github.com/wacheck/wacheck/source"
)

// Kind is the kind of a Node.
type Kind uint8

const (
	// Null is null, ~, or a value that is left out.
	Null Kind = iota
	// Bool is true or false. The words yes, no, on and off are strings, as in YAML 1.2.
	Bool
	// Number is an integer or a floating-point number; Text has it as written.
	Number
	// String is any other scalar, dates included.
	String
	// Sequence is a list; its elements are in Items.
	Sequence
	// Mapping is a list of keys with values, in Pairs, in the order of the file.
	Mapping
	// Unreadable stands where there is a value that could not be read: it lies
	// in a part with a syntax error, behind an alias that refers to itself, or
	// beyond a limit. A diagnostic tells why. It is not null, but unknown.
	Unreadable
)

// String returns the lower-case name of the kind.
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case Bool:
		return "bool"
	case Number:
		return "number"
	case String:
		return "string"
	case Sequence:
		return "sequence"
	case Mapping:
		return "mapping"
	case Unreadable:
		return "unreadable"
	}
	return "unknown"
}

// Node is a value. Nodes are shared where YAML aliases refer to one anchor, so
// that they must not be changed.
type Node struct {
	Kind Kind
	// Plain tells that the value is an unquoted YAML scalar, whose Kind follows
	// from its text alone.
	Plain bool
	style style
	// Tag is the YAML tag of a value, such as "!Sub", or "". The tags of YAML's
	// own types for null, bool, int, float, str, timestamp, seq and map are not
	// kept: they only decide the Kind.
	Tag string
	// Text is the content of a scalar: unquoted, escapes and folded lines
	// resolved, but otherwise as written ("0x1F", "1_000", "TRUE", "~").
	Text string
	// Items are the elements of a sequence.
	Items []*Node
	// Pairs are the entries of a mapping, without those whose key was there before.
	Pairs []Pair
	// Span is the value without its tag: a scalar with its quotes, or, for block
	// scalars, from the indicator to the end of the last line that is not blank;
	// a flow collection with its brackets; a block collection from its first key
	// or dash to the end of its last value. It is empty where a value is left
	// out. An alias has its own span; the values below it have those of the anchor.
	Span source.Span
	// TagSpan is the tag; invalid without one, and for an alias.
	TagSpan source.Span

	file *source.File
}

// Pair is an entry of a mapping. A YAML merge key is an entry with the Key "<<":
// CloudFormation does not know it, and it is not carried out.
type Pair struct {
	// Key is the text of the key, whatever its kind: 1 and "1" are the same key.
	Key string
	// KeySpan is the key with its quotes.
	KeySpan source.Span
	Value   *Node
}

// style is how a scalar is written.
type style uint8

const (
	styleNone style = iota // not a scalar
	stylePlain
	styleSingle
	styleDouble
	styleLiteral
	styleFolded
	styleJSON // JSON string
	styleTOMLBasic
	styleTOMLLiteral
	styleAlias // the text stands elsewhere
)

// Get returns the value of a key, or nil if n is no mapping or has no such key.
func (n *Node) Get(key string) *Node {
	p, _ := n.Lookup(key)
	return p.Value
}

// Lookup returns the entry of a key.
func (n *Node) Lookup(key string) (Pair, bool) {
	if n == nil {
		return Pair{}, false
	}
	for _, p := range n.Pairs {
		if p.Key == key {
			return p, true
		}
	}
	return Pair{}, false
}

// IsScalar reports whether n is a null, bool, number or string.
func (n *Node) IsScalar() bool {
	if n == nil {
		return false
	}
	switch n.Kind {
	case Null, Bool, Number, String:
		return true
	case Sequence, Mapping, Unreadable:
		return false
	}
	return false
}

// Extent is the span of the value with its tag.
func (n *Node) Extent() source.Span {
	if n.TagSpan.IsValid() {
		return source.Span{Pos: n.TagSpan.Pos, End: max(n.TagSpan.End, n.Span.End)}
	}
	return n.Span
}

// Inner returns the position of the byte Text[i] in the source. Within a fold
// or an escape sequence it is the start of that; where Text can't be traced back
// to the source, as behind an alias, it is the start of the node. It walks over
// the text from its start.
func (n *Node) Inner(i int) source.Pos {
	if src, _, ok := n.locate(i, i); ok {
		return n.file.Span(src, src).Pos
	}
	return n.Span.Pos
}

// Slice returns the span of the part Text[i:j] in the source, or the span of the
// node where Text can't be traced back.
func (n *Node) Slice(i, j int) source.Span {
	if start, end, ok := n.locate(i, j); ok {
		return n.file.Span(start, end)
	}
	return n.Span
}

// locate translates a range of Text to a range of the file.
func (n *Node) locate(i, j int) (start, end int, ok bool) {
	if n == nil || n.file == nil || i < 0 || j < i || j > len(n.Text) {
		return 0, 0, false
	}
	from, to := n.file.Offset(n.Span.Pos), n.file.Offset(n.Span.End)
	units := unitsOf(n.style, n.file.Content, from, to, n.Text)
	if units == nil {
		return 0, 0, false
	}
	start, end = -1, -1
	covered := 0
	units(func(u unit) bool {
		covered = u.decEnd
		if start < 0 && i < u.decEnd {
			start = u.at(i)
		}
		if end < 0 && j <= u.decEnd {
			end = u.until(j)
		}
		return end < 0 || start < 0
	})
	if strings.Trim(n.Text[covered:], " \t\n") == "" { // line ends behind the last line
		if start < 0 {
			start = textEnd(n.style, to)
		}
		if end < 0 {
			end = textEnd(n.style, to)
		}
	}
	if i == j {
		end = start
	}
	return start, end, start >= 0 && end >= start
}

// textEnd is where the text of a scalar ends that ends at to.
func textEnd(s style, to int) int {
	switch s {
	case styleSingle, styleDouble, styleJSON:
		return to - 1
	case styleNone, stylePlain, styleLiteral, styleFolded, styleTOMLBasic, styleTOMLLiteral, styleAlias:
		return to
	}
	return to
}
