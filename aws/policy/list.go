package policy

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// List is an element that is one text or a list of texts.
type List struct {
	// V is the value as written; absent if nothing is.
	V value.Value
	// Name is what the element is called where it is written: "Action" or "actions".
	Name string
	// Owner is where a missing list would stand.
	Owner source.Span
}

// Items returns the elements, and whether there can be no others. An element
// may be unknown, one of several, or perhaps not there.
func (l List) Items() (items []value.Value, complete bool) {
	v := l.V
	switch {
	case v.IsUnset():
		return nil, true
	case v.Alternatives() != nil:
		return []value.Value{v}, false
	case v.Kind() == value.KindList && v.Parts() == nil:
		return v.Elems(), v.IsKnown() && !v.IsOpen()
	case v.IsUnknown() && v.Kind() == value.KindAny:
		return []value.Value{v}, false
	}
	return []value.Value{v}, true
}

// Has says whether an element satisfies match. May tells of an element that is
// not known whether it could; nil means that it could. The value is the element
// that satisfies, or the first one that could.
func (l List) Has(match func(string) bool, may func(value.Value) bool) (tri.Bool, value.Value) {
	return has(l.V, match, may)
}

func has(v value.Value, match func(string) bool, may func(value.Value) bool) (tri.Bool, value.Value) {
	switch {
	case v.IsUnset():
		return tri.False, v
	case v.Alternatives() != nil:
		return hasEach(v, match, may)
	case v.Kind() == value.KindList && v.Parts() == nil:
		return hasElement(v, match, may)
	}
	if text, ok := v.Str(); ok {
		return tri.Of(match(text)), v
	}
	if v.IsKnown() || may != nil && !may(v) {
		return tri.False, v
	}
	return tri.Unknown, v
}

// hasEach asks all of which v is one: they must agree.
func hasEach(v value.Value, match func(string) bool, may func(value.Value) bool) (tri.Bool, value.Value) {
	alts := v.Alternatives()
	out, at := has(alts[0], match, may)
	for _, a := range alts[1:] {
		is, _ := has(a, match, may)
		out = tri.Same(out, is)
	}
	if out == tri.Unknown {
		at = v
	}
	return out, at
}

func hasElement(v value.Value, match func(string) bool, may func(value.Value) bool) (tri.Bool, value.Value) {
	out, at := tri.False, v
	if v.IsOpen() {
		out = tri.Unknown
	}
	for _, e := range v.Elems() {
		is, which := has(e, match, may)
		if e.MayBeMissing() {
			is = tri.And(is, tri.Unknown)
		}
		switch {
		case is == tri.True:
			return is, which
		case is == tri.Unknown && out == tri.False:
			out, at = is, which
		}
	}
	return out, at
}

// Every says whether all elements satisfy match; an empty list does not.
func (l List) Every(match func(string) bool) tri.Bool {
	if l.V.IsUnset() {
		return tri.False
	}
	other, _ := l.Has(func(s string) bool { return !match(s) }, nil)
	return tri.And(l.some(), other.Not())
}

// some says whether there is any element.
func (l List) some() tri.Bool {
	items, complete := l.Items()
	out := tri.Of(false)
	if !complete {
		out = tri.Unknown
	}
	for _, v := range items {
		there := eachOf(v, func(v value.Value) tri.Bool {
			switch {
			case v.IsUnset(), v.Kind() == value.KindList && v.IsKnown() && len(v.Elems()) == 0:
				return tri.False
			case v.IsKnown(), v.Prefix() != "", isFixed(v):
				return tri.True
			}
			return tri.Unknown // may turn out to be null or empty
		})
		if v.MayBeMissing() {
			there = tri.And(there, tri.Unknown)
		}
		out = tri.Or(out, there)
	}
	return out
}

// Fact states what the list says with the element v of it: `Action has "*"`.
func (l List) Fact(v value.Value) value.Fact {
	f := value.Fact{Span: v.Span(), Origin: v.Origin(), Secret: v.IsSensitive()}
	if !f.Span.IsValid() {
		f.Span = l.Owner.Head()
	}
	switch {
	case l.V.IsUnset():
		f.Text = l.Name + " is not set"
	case v.IsKnown() && v.Kind() != value.KindList:
		f.Text = fmt.Sprintf("%s has %s", l.Name, value.Show(v))
	case v.IsKnown() && !v.IsOpen():
		f.Text = fmt.Sprintf("%s is %s", l.Name, value.Show(v))
	default:
		f.Text = l.Name + " is not known in full"
	}
	return f
}

// shown bounds how many elements a name lists.
const shown = 3

// text lists the elements for a name.
func (l List) text() string {
	items, complete := l.Items()
	var out []string
	for i, v := range items {
		if i == shown {
			break
		}
		if text, ok := v.Str(); ok && !v.IsSensitive() {
			out = append(out, text)
		} else {
			out = append(out, "…")
		}
	}
	if (!complete || len(items) > shown) && (len(out) == 0 || out[len(out)-1] != "…") {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}

// eachOf decides about a value by asking all of which it is one: they must agree.
func eachOf(v value.Value, f func(value.Value) tri.Bool) tri.Bool {
	alts := v.Alternatives()
	if alts == nil {
		return f(v)
	}
	out := eachOf(alts[0], f)
	for _, a := range alts[1:] {
		out = tri.Same(out, eachOf(a, f))
	}
	return out
}
