package policy

import (
	"testing"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

func TestListHasAndEvery(t *testing.T) {
	const no, yes, open = tri.False, tri.True, tri.Unknown
	star := func(s string) bool { return s == "*" }
	at := source.Span{}
	for _, c := range []struct {
		name       string
		in         value.Value
		has, every tri.Bool
	}{
		{"absent", value.Value{}, no, no},
		{"null", value.OfNull(at), no, no},
		{"a text", holed("*"), yes, yes},
		{"another text", holed("x"), no, no},
		{"a list", listOf("x", "*"), yes, no},
		{"a list of it", listOf("*", "*"), yes, yes},
		{"an empty list", listOf(), no, no},
		{"a hole", listOf("x", "«y»"), open, no},
		{"a hole beside it", listOf("*", "«y»"), yes, open},
		{"a list that may go on", listOf("x").Opened(), open, no},
		{"a list of it that may go on", listOf("*").Opened(), yes, open},
		{"an element that may be missing", value.OfList([]value.Value{holed("*").Maybe()}, at), open, open},
		{"one of two", value.OneOf([]value.Value{holed("*"), holed("x")}, at, 0), open, open},
		{"one of two, both", value.OneOf([]value.Value{listOf("*", "x"), listOf("*", "y")}, at, 0), yes, no},
		{"one of two, none", value.OneOf([]value.Value{holed("x"), listOf("y")}, at, 0), no, no},
		{"unknown", value.OfUnknown(value.KindList, at, 0), open, open},
		{"unknown, of any kind", value.OfUnknown(value.KindAny, at, 0), open, open},
	} {
		l := List{V: c.in, Name: "Action"}
		if got, _ := l.Has(star, nil); got != c.has {
			t.Errorf("%s: Has is %v, want %v", c.name, got, c.has)
		}
		if got := l.Every(star); got != c.every {
			t.Errorf("%s: Every is %v, want %v", c.name, got, c.every)
		}
	}
}

func TestListFact(t *testing.T) {
	for want, l := range map[string]List{
		`Action has "*"`:                 {V: listOf("*"), Name: "Action"},
		`Action is not set`:              {Name: "Action"},
		`Action is not known in full`:    {V: listOf("«x»"), Name: "Action"},
		`actions is ["a", "b"]`:          {V: listOf("a", "b"), Name: "actions"},
		`resources is not known in full`: {V: listOf("a").Opened(), Name: "resources"},
	} {
		v := l.V
		if items, _ := l.Items(); len(items) == 1 && !v.IsOpen() {
			v = items[0]
		}
		if got := l.Fact(v).Text; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
