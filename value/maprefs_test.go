package value

import (
	"testing"

	"github.com/wacheck/wacheck/source"
)

func TestMapRefs(t *testing.T) {
	at := source.Span{Pos: 1, End: 2}
	ref := Ref{Addr: "a[*]"}
	leaf := OfUnknown(KindString, at, 3).WithRefs(ref)
	v := OfObject([]Field{{Name: "list", Value: OfList([]Value{OfString("x", at), leaf}, at).Opened()},
		{Name: "text", Value: OfParts([]Value{OfString("p-", at), leaf}, at)}}, at).From(7)
	got := v.MapRefs(func(r Ref) Ref { return Ref{Addr: "a[0]", Attr: r.Attr} })
	list := got.Get("list")
	if r := list.Elems()[1].Refs(); len(r) != 1 || r[0].Addr != "a[0]" {
		t.Errorf("in a list: %v", r)
	}
	if r := got.Get("text").Parts()[1].Refs(); len(r) != 1 || r[0].Addr != "a[0]" {
		t.Errorf("in a text: %v", r)
	}
	if !list.IsOpen() || got.Origin() != 7 || list.Elems()[1].Origin() != 3 {
		t.Error("something else changed")
	}
	if leaf.Refs()[0] != ref || v.Get("list").Elems()[1].Refs()[0] != ref {
		t.Error("the old value changed")
	}
	if same := v.MapRefs(func(r Ref) Ref { return r }); same.ext != v.ext {
		t.Error("a copy where nothing changes")
	}
}
