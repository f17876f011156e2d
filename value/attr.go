package value

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value/tri"
)

// Attr is one attribute of a model: its value, and what is needed to speak
// about it. The typed views [Bool], [Int], [String] and [Strings] embed it.
type Attr struct {
	// V is the value as written; absent if nothing is.
	V Value
	// Name is the attribute's path as users of this language write it.
	Name string
	// Owner is the block or resource in which a missing attribute would stand.
	Owner source.Span
	// Default is what applies when the attribute is not set, if that is known;
	// else it is absent, and an unset attribute is open.
	Default Value
}

// Effective is the value or, when it is not set, the default.
func (a Attr) Effective() Value { return a.orDefault(a.V) }

func (a Attr) orDefault(v Value) Value {
	if v.IsUnset() && a.Default.IsKnown() {
		return a.Default
	}
	return v
}

// Span is where the attribute is written, also if it is taken away again, or the head
// of the block that lacks it.
func (a Attr) Span() source.Span {
	if !a.V.Span().IsValid() {
		return a.Owner.Head()
	}
	return a.V.Span()
}

// Fact states what the attribute is: "multi_az is false", "multi_az is not set
// (default false)", "multi_az is unknown".
func (a Attr) Fact() Fact {
	f := Fact{Span: a.Span(), Origin: a.V.Origin(), Secret: a.V.IsSensitive()}
	switch a.V.State() {
	case Absent, Null:
		f.Text = a.Name + " is not set"
		if a.Default.IsKnown() {
			f.Text += " (default " + Show(a.Default) + ")"
		}
	case Unknown:
		switch {
		case a.V.Alternatives() != nil:
			f.Text = a.Name + " is one of " + Show(a.V)
		case slices.ContainsFunc(a.V.Parts(), Value.IsKnown):
			f.Text = a.Name + " is " + Show(a.V) + ", known in part"
		default:
			f.Text = a.Name + " is unknown"
		}
	case Known:
		f.Text = a.Name + " is " + Show(a.V)
		if a.V.Kind() == KindList && a.V.IsOpen() {
			f.Text = a.Name + " is not known as a whole"
		}
	}
	return f
}

// Set says whether the attribute is given a value at all. An unknown value may
// turn out to be null, so it is open, unless it is the identity of a resource.
func (a Attr) Set() Verdict {
	return a.ask(func(v Value) tri.Bool {
		switch v.State() {
		case Absent, Null:
			return tri.False
		case Known:
			return tri.True
		case Unknown:
		}
		if v.Parts() != nil || v.IsGiven() { // a text of several pieces is one, and not null
			return tri.True
		}
		return tri.Unknown
	})
}

// NotEmpty says whether the attribute is set to something other than "".
func (a Attr) NotEmpty() Verdict {
	return a.Test(func(v Value) tri.Bool {
		switch {
		case v.IsUnset():
			return tri.False
		case v.IsGiven():
			return tri.True
		case v.Parts() != nil:
			return tri.Or(tri.Unknown, tri.Of(slices.ContainsFunc(v.Parts(), func(p Value) bool { return p.IsKnown() || p.IsGiven() })))
		case v.IsUnknown():
			return tri.Unknown
		case v.Kind() == KindList:
			return anyElement(v)
		case v.Kind() == KindObject:
			return tri.True
		}
		return tri.Of(v.Text() != "")
	})
}

// anyElement says whether a list has an element.
func anyElement(v Value) tri.Bool {
	r := tri.Of(false)
	if v.IsOpen() || len(v.Elems()) > 0 {
		r = tri.Unknown
	}
	for _, e := range v.Elems() {
		if !e.MayBeMissing() {
			r = tri.True
		}
	}
	return r
}

// Test decides a statement about the effective value. The function is handed
// known, null, absent (only where there is no default) and plainly unknown
// values, and never one of several: alternatives are asked one by one and must
// agree. It must say Unknown for what it can't tell.
func (a Attr) Test(f func(Value) tri.Bool) Verdict {
	return a.ask(func(v Value) tri.Bool { return f(a.orDefault(v)) })
}

// ask is Test without regard to the default.
func (a Attr) ask(f func(Value) tri.Bool) Verdict {
	alts := a.V.Alternatives()
	if alts == nil {
		alts = []Value{a.V}
	}
	plain := That(agree(alts, f), a.Fact())
	return decided(a.V, plain, func(one Value) Verdict { return That(f(one), a.just(one).Fact()) })
}

// just is the attribute where its value is that one of several.
func (a Attr) just(one Value) Attr {
	if one.Origin() == 0 {
		one = one.From(a.V.Origin())
	}
	a.V = one
	return a
}

func agree(alts []Value, f func(Value) tri.Bool) tri.Bool {
	r := f(alts[0])
	for _, alt := range alts[1:] {
		r = tri.Same(r, f(alt))
	}
	return r
}

// Bool is an attribute that is true or false.
type Bool struct{ Attr }

// Is says whether the attribute has that value.
func (b Bool) Is(want bool) Verdict {
	return b.Test(func(v Value) tri.Bool {
		got, ok := v.Truth()
		if !ok {
			return tri.Unknown
		}
		return tri.Of(got == want)
	})
}

// Int is an attribute that is a whole number.
type Int struct{ Attr }

// Get returns the effective number, if it is known.
func (i Int) Get() (int64, bool) { return i.Effective().Int() }

// AtLeast says whether the number is n or more.
func (i Int) AtLeast(n int64) Verdict { return i.is(func(v int64) bool { return v >= n }) }

// AtMost says whether the number is n or less.
func (i Int) AtMost(n int64) Verdict { return i.is(func(v int64) bool { return v <= n }) }

// Equals says whether the number is n.
func (i Int) Equals(n int64) Verdict { return i.is(func(v int64) bool { return v == n }) }

func (i Int) is(f func(int64) bool) Verdict {
	return i.Test(func(v Value) tri.Bool {
		n, ok := v.Int()
		if !ok {
			return tri.Unknown
		}
		return tri.Of(f(n))
	})
}

// String is an attribute that is text.
type String struct{ Attr }

// Get returns the effective text, if it is known.
func (s String) Get() (string, bool) { return s.Effective().Str() }

// Is says whether the text is one of the given, letter for letter. An
// attribute that is not set and has no default is none of them.
func (s String) Is(options ...string) Verdict {
	return s.Match(func(got string) bool {
		return slices.Contains(options, got)
	}, func(prefix string) bool {
		for _, w := range options {
			if strings.HasPrefix(w, prefix) {
				return true
			}
		}
		return false
	})
}

// IsFold is Is without regard to case.
func (s String) IsFold(options ...string) Verdict {
	return s.Match(func(got string) bool {
		for _, w := range options {
			if strings.EqualFold(got, w) {
				return true
			}
		}
		return false
	}, nil)
}

// HasPrefix says whether the text begins with one of the given prefixes,
// without regard to case.
func (s String) HasPrefix(prefixes ...string) Verdict {
	return s.Test(func(v Value) tri.Bool {
		known := strings.ToLower(v.Prefix())
		for _, p := range prefixes {
			if strings.HasPrefix(known, strings.ToLower(p)) {
				return tri.True
			}
		}
		if v.IsUnknown() {
			for _, p := range prefixes {
				if strings.HasPrefix(strings.ToLower(p), known) {
					return tri.Unknown
				}
			}
			return tri.False
		}
		if _, ok := v.Str(); ok || v.IsUnset() {
			return tri.False
		}
		return tri.Unknown
	})
}

// Match decides by the whole text. May, if not nil, tells whether a text of
// which only a prefix is known could still match; without it such a text is open.
func (s String) Match(is func(string) bool, may func(prefix string) bool) Verdict {
	return s.Test(func(v Value) tri.Bool {
		if got, ok := v.Str(); ok {
			return tri.Of(is(got))
		}
		if v.IsUnset() {
			return tri.False
		}
		if may != nil && v.IsUnknown() && !may(v.Prefix()) {
			return tri.False
		}
		return tri.Unknown
	})
}

// Strings is an attribute that is a list or set of texts. A single text
// counts as a list of one.
type Strings struct{ Attr }

// Items returns the elements, and whether there can be no others.
func (s Strings) Items() (items []Value, complete bool) {
	v := s.Effective()
	switch {
	case v.IsUnset():
		return nil, true
	case v.Kind() == KindList && v.IsKnown():
		return v.Elems(), !v.IsOpen()
	case v.IsKnown():
		return []Value{v}, true
	}
	return nil, false
}

// Has says whether one of the elements satisfies f.
func (s Strings) Has(f func(string) bool) Verdict {
	return decided(s.V, s.hasInAll(f), func(one Value) Verdict { return Strings{s.just(one)}.has(f) })
}

// hasInAll is Has where nothing is known of when a value is which of several.
func (s Strings) hasInAll(f func(string) bool) Verdict {
	alts := s.V.Alternatives()
	if alts == nil {
		return s.has(f)
	}
	out := Strings{s.just(alts[0])}.has(f)
	for _, alt := range alts[1:] {
		if (Strings{s.just(alt)}).has(f).Result != out.Result {
			return Open(s.Fact())
		}
	}
	return out
}

// element states that the list has an element: at its own place if that lies
// within the list, else where the attribute is given the list from elsewhere.
func (s Strings) element(item Value) Fact {
	f := Fact{Text: fmt.Sprintf("%s has %s", s.Name, Show(item)), Span: item.Span(), Origin: item.Origin(), Secret: item.IsSensitive()}
	if whole := s.V.Span(); whole.IsValid() && !whole.Contains(f.Span) {
		f.Span = whole
		if f.Origin == 0 {
			f.Origin = s.V.Origin()
		}
	}
	return f
}

// has is Has for a list that is not one of several.
func (s Strings) has(f func(string) bool) Verdict {
	items, complete := s.Items()
	var open []Fact
	for _, item := range items {
		fact := s.element(item)
		holds := satisfies(item, f)
		switch {
		case holds == tri.True && !item.MayBeMissing():
			return Good(fact)
		case holds == tri.True:
			fact.Text = fmt.Sprintf("%s may have %s", s.Name, Show(item))
			open = append(open, fact)
		case holds == tri.Unknown:
			fact.Text = s.Name + " has an element that is not known"
			open = append(open, fact)
		}
	}
	if !complete {
		open = append(open, s.Fact())
	}
	if len(open) > 0 {
		return Open(open...)
	}
	return Bad(s.Fact())
}

func satisfies(item Value, f func(string) bool) tri.Bool {
	if alts := item.Alternatives(); alts != nil {
		return agree(alts, func(v Value) tri.Bool { return satisfies(v, f) })
	}
	if got, ok := item.Str(); ok {
		return tri.Of(f(got))
	}
	if item.IsUnset() {
		return tri.False
	}
	return tri.Unknown
}

// Show writes a value the way a user would read it in one line, shortened.
func Show(v Value) string {
	const most = 80
	switch {
	case v.IsSensitive():
		return "(sensitive)"
	case v.Alternatives() != nil:
		var parts []string
		for _, a := range v.Alternatives() {
			parts = append(parts, Show(a))
		}
		return strings.Join(parts, ", ")
	case v.IsAbsent():
		return "not set"
	case v.State() == Null:
		return "null"
	case v.Parts() != nil:
		var b strings.Builder
		for _, p := range v.Parts() {
			if t, ok := p.Str(); ok {
				b.WriteString(t)
			} else {
				b.WriteString("…")
			}
		}
		return shorten(fmt.Sprintf("%q", b.String()), most)
	case v.IsUnknown():
		return "unknown"
	}
	switch v.Kind() {
	case KindString:
		return shorten(fmt.Sprintf("%q", v.Text()), most)
	case KindList:
		var parts []string
		for _, e := range v.Elems() {
			parts = append(parts, Show(e))
		}
		return shorten("["+strings.Join(parts, ", ")+"]", most)
	case KindObject:
		return "{…}"
	case KindAny, KindNumber, KindBool:
	}
	return v.Text()
}

func shorten(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}
