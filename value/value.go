// Package value holds what an evaluated configuration consists of: compact
// values that remember where they are written, how far they are known, where
// they came from and which resources they refer to; and the three-valued
// verdicts that rules make of them.
package value

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/source"
)

// Kind is the shape of a value.
type Kind uint8

const (
	// KindAny is a value whose shape is not known, or not important (null).
	KindAny Kind = iota
	// KindString is text.
	KindString
	// KindNumber is a number, kept as the decimal text that was computed or written.
	KindNumber
	// KindBool is true or false.
	KindBool
	// KindList is an ordered or unordered sequence; sets are lists here.
	KindList
	// KindObject is a map or object: fields by name.
	KindObject
)

// String returns the lower-case name.
func (k Kind) String() string {
	return [...]string{"any", "string", "number", "bool", "list", "object"}[k]
}

// State says how far a value is known.
type State uint8

const (
	// Absent means that nothing is written at this place.
	Absent State = iota
	// Null means that the place is explicitly left empty (null, AWS::NoValue is Absent).
	Null
	// Known means that the value itself is known; parts of a list or object may not be.
	Known
	// Unknown means that something is written, but the files do not tell what.
	Unknown
)

// String returns the lower-case name.
func (s State) String() string {
	return [...]string{"absent", "null", "known", "unknown"}[s]
}

type flags uint8

const (
	flagTrue      flags = 1 << iota // a KindBool that is true
	flagOpen                        // a list or object that may hold more than is listed
	flagMaybe                       // a list element or field that may not exist
	flagOneOf                       // unknown, but one of the elements of ext
	flagParts                       // unknown string: the concatenation of the elements of ext
	flagSensitive                   // never print
	flagJSON                        // an object or list that the configuration writes as a JSON string
	flagGiven                       // unknown, but neither null nor empty
)

// Value is an immutable value of 40 bytes. The zero Value is absent.
type Value struct {
	text   string
	ext    *ext
	span   source.Span
	origin OriginID
	kind   Kind
	state  State
	flags  flags
}

// ext holds what only some values have.
type ext struct {
	elems  []Value
	fields []Field
	refs   []Ref
	// when tells of each alternative, or of a part that may be missing, when it
	// holds; nil if that is not known.
	when []When
	// removed are fields that are written in an object and taken away again; nil if
	// there are none, as is nearly always the case.
	removed *[]Field
}

// Field is one named part of an object, in source order.
type Field struct {
	Name string
	// Span is where the name is written.
	Span  source.Span
	Value Value
}

// Ref is a reference to another resource that a value rests on.
type Ref struct {
	// Unit names the unit of the target; empty means the unit of the value itself.
	Unit string
	// Addr is the address of the target node in its unit. With "[*]" in it, it
	// names the symbolic instance of a block whose count or for_each is unknown.
	Addr string
	// Attr is the attribute that is read, in dotted form, or empty for the whole resource.
	Attr string
}

// OfString returns a known string.
func OfString(s string, at source.Span) Value {
	return Value{text: s, span: at, kind: KindString, state: Known}
}

// OfNumber returns a known number from its decimal text.
func OfNumber(text string, at source.Span) Value {
	return Value{text: text, span: at, kind: KindNumber, state: Known}
}

// OfInt returns a known whole number.
func OfInt(n int64, at source.Span) Value { return OfNumber(strconv.FormatInt(n, 10), at) }

// OfBool returns a known truth value.
func OfBool(b bool, at source.Span) Value {
	v := Value{span: at, kind: KindBool, state: Known}
	if b {
		v.flags = flagTrue
	}
	return v
}

// OfList returns a list. The elements are not copied.
func OfList(elems []Value, at source.Span) Value {
	return Value{ext: &ext{elems: elems}, span: at, kind: KindList, state: Known}
}

// OfObject returns an object. The fields are not copied; names must be unique.
func OfObject(fields []Field, at source.Span) Value {
	return Value{ext: &ext{fields: fields}, span: at, kind: KindObject, state: Known}
}

// OfNull returns an explicit null.
func OfNull(at source.Span) Value { return Value{span: at, state: Null} }

// OfUnknown returns a value of which only the kind is known, or not even that (Any).
func OfUnknown(k Kind, at source.Span, why OriginID) Value {
	return Value{span: at, kind: k, state: Unknown, origin: why}
}

// OfParts returns the string made by joining parts, each of which is a string,
// number or bool, known or not. If all are known the result is a known string,
// else an unknown one whose parts can be read with Parts. References of all
// parts are kept.
func OfParts(parts []Value, at source.Span) Value {
	var merged []Value
	var refs []Ref
	var origins []OriginID
	var secret flags
	for _, p := range parts {
		secret |= p.flags & flagSensitive
		refs = append(refs, p.Refs()...)
		if p.origin != 0 {
			origins = append(origins, p.origin)
		}
		switch {
		case p.flags&flagParts != 0:
			for _, q := range p.ext.elems {
				merged = appendPart(merged, q)
			}
		default:
			merged = appendPart(merged, p)
		}
	}
	v := OfString("", at)
	if len(merged) == 1 && merged[0].state == Known {
		v.text = merged[0].text
	}
	for _, p := range merged {
		if p.state != Known {
			v = OfUnknown(KindString, at, p.origin)
			v.ext = &ext{elems: merged}
			v.flags = flagParts
			break
		}
	}
	v.flags |= secret
	if v.origin == 0 && len(origins) > 0 {
		v.origin = origins[0]
	}
	return v.WithRefs(refs...)
}

// appendPart adds p, joining neighbouring known text, which keeps what it
// refers to.
func appendPart(parts []Value, p Value) []Value {
	if p.state == Known && p.kind != KindList && p.kind != KindObject {
		s := OfString(p.Text(), p.span).WithRefs(p.Refs()...)
		if s.text == "" {
			return parts
		}
		s.origin = p.origin
		if n := len(parts); n > 0 && parts[n-1].state == Known {
			parts[n-1].text += s.text
			parts[n-1].span = source.Span{}
			parts[n-1] = parts[n-1].WithRefs(s.Refs()...)
			return parts
		}
		return append(parts, s)
	}
	if p.state == Known {
		p = OfUnknown(KindString, p.span, p.origin)
	}
	return append(parts, p)
}

func (v Value) own() *ext {
	if v.ext == nil {
		return &ext{}
	}
	c := *v.ext
	return &c
}

// At returns v as written at another place.
func (v Value) At(at source.Span) Value { v.span = at; return v }

// From returns v with another origin.
func (v Value) From(o OriginID) Value { v.origin = o; return v }

// WithRefs returns v with more references; repetitions are dropped.
func (v Value) WithRefs(refs ...Ref) Value {
	if len(refs) == 0 {
		return v
	}
	e := v.own()
	e.refs = append([]Ref(nil), e.refs...)
	for _, r := range refs {
		if !slices.Contains(e.refs, r) {
			e.refs = append(e.refs, r)
		}
	}
	v.ext = e
	return v
}

// Opened returns a list or object that may hold more than is listed.
func (v Value) Opened() Value { v.flags |= flagOpen; return v }

// Sensitive returns v marked as never to be printed.
func (v Value) Sensitive() Value { v.flags |= flagSensitive; return v }

// AsJSON returns an object or list marked as written in the form of a JSON string.
func (v Value) AsJSON() Value { v.flags |= flagJSON; return v }

// Given returns an unknown marked as certainly neither null nor empty: the
// identity of something that another resource makes.
func (v Value) Given() Value { v.flags |= flagGiven; return v }

// Kind returns the shape.
func (v Value) Kind() Kind { return v.kind }

// State returns how far v is known.
func (v Value) State() State { return v.state }

// Span is where v is written: the expression at the place of use, not where a
// variable got its value; that is the Origin.
func (v Value) Span() source.Span { return v.span }

// Origin is where v came from, or for an unknown why it is not known.
func (v Value) Origin() OriginID { return v.origin }

// IsAbsent reports that nothing is written.
func (v Value) IsAbsent() bool { return v.state == Absent }

// IsUnset reports that v is absent or null.
func (v Value) IsUnset() bool { return v.state == Absent || v.state == Null }

// IsKnown reports that v has a known value; parts of it may be unknown.
func (v Value) IsKnown() bool { return v.state == Known }

// IsUnknown reports that something is written whose value is not known.
func (v Value) IsUnknown() bool { return v.state == Unknown }

// IsOpen reports that a list or object may hold more than is listed. An
// unknown value is always open.
func (v Value) IsOpen() bool { return v.state == Unknown || v.flags&flagOpen != 0 }

// IsGiven reports that v is unknown, but certainly neither null nor empty.
func (v Value) IsGiven() bool { return v.state == Unknown && v.flags&flagGiven != 0 }

// IsSensitive reports that v must not be printed.
func (v Value) IsSensitive() bool { return v.flags&flagSensitive != 0 }

// IsJSON reports that v stands for a JSON string.
func (v Value) IsJSON() bool { return v.flags&flagJSON != 0 }

// Text returns the text of a known string, number or bool, and "" otherwise.
func (v Value) Text() string {
	if v.state == Known && v.kind == KindBool {
		return strconv.FormatBool(v.flags&flagTrue != 0)
	}
	return v.text
}

// Str returns the text of a known string, number or bool: in configuration
// they convert into each other.
func (v Value) Str() (string, bool) {
	if v.state != Known {
		return "", false
	}
	switch v.kind {
	case KindString, KindNumber, KindBool:
		return v.Text(), true
	case KindAny, KindList, KindObject:
	}
	return "", false
}

// Int returns a known whole number, or a string that is one.
func (v Value) Int() (int64, bool) {
	s, ok := v.Str()
	if !ok || v.kind == KindBool {
		return 0, false
	}
	if n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != float64(int64(f)) {
		return 0, false
	}
	return int64(f), true
}

// Truth returns a known bool, or a string that is "true" or "false" in any case.
func (v Value) Truth() (b, ok bool) {
	s, ok := v.Str()
	if !ok {
		return false, false
	}
	switch strings.ToLower(s) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

// Elems returns the elements of a list. See IsOpen and MayBeMissing.
func (v Value) Elems() []Value {
	if v.kind != KindList || v.ext == nil || v.flags&(flagOneOf|flagParts) != 0 {
		return nil
	}
	return v.ext.elems
}

// Fields returns the fields of an object in source order.
func (v Value) Fields() []Field {
	if v.ext == nil {
		return nil
	}
	return v.ext.fields
}

// Parts returns the pieces whose concatenation v is, or nil.
func (v Value) Parts() []Value {
	if v.flags&flagParts == 0 {
		return nil
	}
	return v.ext.elems
}

// Prefix returns the longest text with which v is known to begin.
func (v Value) Prefix() string {
	if s, ok := v.Str(); ok {
		return s
	}
	if parts := v.Parts(); len(parts) > 0 && parts[0].IsKnown() {
		return parts[0].text
	}
	return ""
}

// Refs returns the references v itself rests on; those of elements and fields
// stand with these.
func (v Value) Refs() []Ref {
	if v.ext == nil {
		return nil
	}
	return v.ext.refs
}

// Get returns a field of an object. One that may be missing is one of its value
// and nothing. Of an unknown or open object a field that
// is not listed is unknown; of anything else it is absent. One of several
// objects has one of several fields.
func (v Value) Get(name string) Value {
	if v.flags&flagOneOf != 0 {
		return v.each(func(a Value) Value { return a.Get(name) })
	}
	out := v.field(name)
	out.flags |= v.flags & flagSensitive
	return out
}

func (v Value) field(name string) Value {
	if v.ext != nil {
		for i := range v.ext.fields {
			if v.ext.fields[i].Name == name {
				return v.ext.fields[i].Value.orAbsent()
			}
		}
	}
	if v.IsOpen() {
		return OfUnknown(KindAny, v.span, v.origin)
	}
	for _, f := range v.Removed() {
		if f.Name == name {
			return Value{span: f.Value.span, origin: f.Value.origin}
		}
	}
	return Value{}
}

// WithRemoved returns an object with fields that are written and taken away again. They
// are absent, and Get tells where they are written and through what they were taken away.
func (v Value) WithRemoved(fields ...Field) Value {
	if len(fields) == 0 {
		return v
	}
	v.ext = v.own()
	v.ext.removed = &fields
	return v
}

// Removed are the fields that are written in an object and taken away again.
func (v Value) Removed() []Field {
	if v.ext == nil || v.ext.removed == nil {
		return nil
	}
	return *v.ext.removed
}

// Path returns the value at a dotted path. A step into a list of one element
// (a block that may occur once) goes into that element; into a longer or open
// list it gives unknown.
func (v Value) Path(path string) Value {
	for path != "" {
		var step string
		step, path, _ = strings.Cut(path, ".")
		v = v.single().Get(step)
	}
	return v
}

// single unwraps a list of at most one element, and each of several such lists.
func (v Value) single() Value {
	if v.flags&flagOneOf != 0 {
		return v.each(Value.single)
	}
	if v.kind != KindList || v.state != Known {
		return v
	}
	elems := v.Elems()
	switch {
	case len(elems) == 0 && !v.IsOpen():
		return Value{}
	case len(elems) == 1 && !v.IsOpen():
		e := elems[0]
		e.flags |= v.flags & flagSensitive
		if e.MayBeMissing() && e.origin == 0 {
			e.origin = v.origin
		}
		return e.orAbsent()
	}
	out := OfUnknown(KindObject, v.span, v.origin)
	out.flags |= v.flags & flagSensitive
	return out
}

// Equal reports that two values are both known, all the way down, and the
// same; or both absent, or both null. Places and origins do not matter. What
// may be missing equals nothing.
func (v Value) Equal(o Value) bool {
	if v.state != o.state || v.state == Unknown || (v.flags|o.flags)&(flagOpen|flagMaybe) != 0 {
		return false
	}
	if v.state != Known {
		return true
	}
	if v.kind != o.kind {
		return false
	}
	switch v.kind {
	case KindList:
		return equalElems(v.Elems(), o.Elems())
	case KindObject:
		return equalFields(v.Fields(), o.Fields())
	case KindAny, KindString, KindNumber, KindBool:
	}
	return v.Text() == o.Text()
}

func equalElems(a, b []Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].Equal(b[i]) {
			return false
		}
	}
	return true
}

func equalFields(a, b []Field) bool {
	if len(a) != len(b) {
		return false
	}
	a, b = sorted(a), sorted(b)
	for i := range a {
		if a[i].Name != b[i].Name || !a[i].Value.Equal(b[i].Value) {
			return false
		}
	}
	return true
}

func sorted(fs []Field) []Field {
	fs = append([]Field(nil), fs...)
	sort.Slice(fs, func(i, j int) bool { return fs[i].Name < fs[j].Name })
	return fs
}
