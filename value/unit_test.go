package value

import (
	"testing"

	"github.com/wacheck/wacheck/source"
)

func TestInUnit(t *testing.T) {
	at := source.Span{}
	own := OfUnknown(KindString, at, 0).WithRefs(Ref{Addr: "aws_vpc.main", Attr: "id"})
	other := OfUnknown(KindString, at, 0).WithRefs(Ref{Unit: "third", Addr: "aws_vpc.other"})
	v := OfObject([]Field{
		{Name: "list", Value: OfList([]Value{own, other}, at)},
		{Name: "parts", Value: OfParts([]Value{OfString("x-", at), own}, at)},
	}, at).WithRefs(Ref{Addr: "aws_vpc.main"})
	moved := v.InUnit("net")
	want := map[Ref]bool{
		{Unit: "net", Addr: "aws_vpc.main", Attr: "id"}: true, {Unit: "third", Addr: "aws_vpc.other"}: true, {Unit: "net", Addr: "aws_vpc.main"}: true,
	}
	var walk func(v Value)
	seen := 0
	walk = func(v Value) {
		for _, r := range v.Refs() {
			seen++
			if !want[r] {
				t.Errorf("reference %v", r)
			}
		}
		for _, vs := range [][]Value{v.Elems(), v.Parts(), v.Alternatives()} {
			for _, e := range vs {
				walk(e)
			}
		}
		for _, f := range v.Fields() {
			walk(f.Value)
		}
	}
	walk(moved)
	if seen < 5 {
		t.Errorf("%d references, want 5 at least", seen)
	}
	if own.Refs()[0].Unit != "" || v.Refs()[0].Unit != "" {
		t.Error("the value itself was changed")
	}
}
