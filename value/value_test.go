package value_test

import (
	"testing"
	"unsafe"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

var (
	at   = source.Span{Pos: 10, End: 20}
	here = source.Span{Pos: 30, End: 40}
)

func str(s string) value.Value { return value.OfString(s, at) }

func unknown(k value.Kind) value.Value { return value.OfUnknown(k, at, 0) }

func list(elems ...value.Value) value.Value { return value.OfList(elems, at) }

func obj(pairs ...any) value.Value {
	var fields []value.Field
	for i := 0; i < len(pairs); i += 2 {
		fields = append(fields, value.Field{Name: pairs[i].(string), Value: pairs[i+1].(value.Value)})
	}
	return value.OfObject(fields, at)
}

func ref(addr string) value.Value {
	return unknown(value.KindString).WithRefs(value.Ref{Addr: addr, Attr: "id"})
}

func TestSize(t *testing.T) {
	if got := unsafe.Sizeof(value.Value{}); got != 40 {
		t.Errorf("a value takes %d bytes; a scan keeps millions of them", got)
	}
}

func TestStates(t *testing.T) {
	tests := []struct {
		name                        string
		v                           value.Value
		absent, unset, known, isUnk bool
		show                        string
	}{
		{"the zero value", value.Value{}, true, true, false, false, "not set"},
		{"null", value.OfNull(at), false, true, false, false, "null"},
		{"text", str("a\nb"), false, false, true, false, `"a\nb"`},
		{"a number", value.OfInt(-3, at), false, false, true, false, "-3"},
		{"true", value.OfBool(true, at), false, false, true, false, "true"},
		{"false", value.OfBool(false, at), false, false, true, false, "false"},
		{"a list", list(str("a"), unknown(value.KindAny)), false, false, true, false, `["a", unknown]`},
		{"an object", obj("a", str("b")), false, false, true, false, "{…}"},
		{"unknown", unknown(value.KindBool), false, false, false, true, "unknown"},
		{"one of two", value.OneOf([]value.Value{str("a"), value.OfNull(at)}, at, 0), false, false, false, true, `"a", null`},
		{"parts", value.OfParts([]value.Value{str("a-"), ref("x")}, at), false, false, false, true, `"a-…"`},
		{"a secret", str("hunter2").Sensitive(), false, false, true, false, "(sensitive)"},
	}
	for _, tt := range tests {
		if tt.v.IsAbsent() != tt.absent || tt.v.IsUnset() != tt.unset || tt.v.IsKnown() != tt.known || tt.v.IsUnknown() != tt.isUnk {
			t.Errorf("%s is %v", tt.name, tt.v.State())
		}
		if got := value.Show(tt.v); got != tt.show {
			t.Errorf("%s is shown as %s, want %s", tt.name, got, tt.show)
		}
	}
}

func TestConversions(t *testing.T) {
	ints := []struct {
		v    value.Value
		want int64
		ok   bool
	}{
		{value.OfInt(7, at), 7, true}, {str("7"), 7, true}, {str(" 7 "), 7, true}, {value.OfNumber("7.0", at), 7, true},
		{value.OfNumber("1e3", at), 1000, true}, {value.OfNumber("7.5", at), 0, false}, {str("seven"), 0, false},
		{value.OfBool(true, at), 0, false}, {unknown(value.KindNumber), 0, false}, {value.OfNumber("1e30", at), 0, false},
		{str("NaN"), 0, false}, {str("Inf"), 0, false},
	}
	for _, tt := range ints {
		if got, ok := tt.v.Int(); got != tt.want || ok != tt.ok {
			t.Errorf("Int of %s is %d, %v", value.Show(tt.v), got, ok)
		}
	}
	truths := []struct {
		v        value.Value
		want, ok bool
	}{
		{value.OfBool(true, at), true, true}, {value.OfBool(false, at), false, true}, {str("true"), true, true}, {str("True"), true, true},
		{str("FALSE"), false, true}, {str("1"), true, true}, {value.OfInt(0, at), false, true}, {str("yes"), false, false},
		{value.OfInt(2, at), false, false}, {unknown(value.KindBool), false, false}, {value.OfNull(at), false, false},
	}
	for _, tt := range truths {
		if got, ok := tt.v.Truth(); got != tt.want || ok != tt.ok {
			t.Errorf("Truth of %s is %v, %v", value.Show(tt.v), got, ok)
		}
	}
	if _, ok := list().Str(); ok {
		t.Error("a list has a text")
	}
}

func TestEqual(t *testing.T) {
	equal := [][2]value.Value{
		{str("a"), str("a").At(here).From(3)},
		{value.Value{}, value.Value{}},
		{value.OfNull(at), value.OfNull(here)},
		{list(str("a"), obj("x", str("y"))), list(str("a"), obj("x", str("y")))},
		{obj("a", str("1"), "b", str("2")), obj("b", str("2"), "a", str("1"))},
	}
	for _, p := range equal {
		if !p[0].Equal(p[1]) || !p[1].Equal(p[0]) {
			t.Errorf("%s differs from %s", value.Show(p[0]), value.Show(p[1]))
		}
	}
	different := map[string][2]value.Value{
		"text":                  {str("a"), str("b")},
		"absent and null":       {{}, value.OfNull(at)},
		"unknown and itself":    {unknown(value.KindString), unknown(value.KindString)},
		"an unknown element":    {list(unknown(value.KindString)), list(unknown(value.KindString))},
		"a number and its text": {value.OfInt(1, at), str("1")},
		"length":                {list(str("a")), list(str("a"), str("a"))},
		"order":                 {list(str("a"), str("b")), list(str("b"), str("a"))},
		"a field more":          {obj("a", str("1")), obj("a", str("1"), "b", str("1"))},
		"a name":                {obj("a", str("1")), obj("b", str("1"))},
		"more that may follow":  {list(str("a")).Opened(), list(str("a")).Opened()},
		"an element at all":     {list(str("a").Maybe()), list(str("a"))},
		"a field at all":        {obj("a", str("1").Maybe()), obj("a", str("1").Maybe())},
	}
	for name, p := range different {
		if p[0].Equal(p[1]) || p[1].Equal(p[0]) {
			t.Errorf("values are equal that may differ in %s", name)
		}
	}
}

func TestOneOf(t *testing.T) {
	if v := value.OneOf([]value.Value{str("a"), str("a").At(here)}, here, 5); !v.Equal(str("a")) || v.Span() != here {
		t.Errorf("alternatives that agree are %s at %v", value.Show(v), v.Span())
	}
	v := value.OneOf([]value.Value{str("a"), str("b")}, at, 5)
	if v.Kind() != value.KindString || !v.IsUnknown() || v.Origin() != 5 || len(v.Alternatives()) != 2 {
		t.Errorf("two texts make %v %v of %d, %d alternatives", v.Kind(), v.State(), v.Origin(), len(v.Alternatives()))
	}
	if nested := value.OneOf([]value.Value{v, str("c"), str("b")}, at, 6); len(nested.Alternatives()) != 3 {
		t.Errorf("nested alternatives are %s", value.Show(nested))
	}
	if mixed := value.OneOf([]value.Value{str("a"), list()}, at, 0); mixed.Kind() != value.KindAny || mixed.Elems() != nil {
		t.Errorf("text or list is a %v", mixed.Kind())
	}
	if lists := value.OneOf([]value.Value{list(str("a")), list(str("b"))}, at, 0); lists.Elems() != nil {
		t.Error("alternatives are read as elements")
	}
	withRefs := value.OneOf([]value.Value{ref("a"), ref("b"), str("c")}, at, 0)
	if got := len(withRefs.Refs()); got != 2 {
		t.Errorf("%d references are kept", got)
	}
	if two := value.OneOf([]value.Value{unknown(value.KindString), unknown(value.KindString)}, at, 0); len(two.Alternatives()) != 2 {
		t.Error("two unknowns were taken for the same")
	}
	var many []value.Value
	for i := range value.MaxAlternatives + 1 {
		many = append(many, value.OfInt(int64(i), at))
	}
	if v := value.OneOf(many, at, 7); v.Alternatives() != nil || !v.IsUnknown() || v.Origin() != 7 || v.Kind() != value.KindNumber {
		t.Errorf("too many alternatives make %s", value.Show(v))
	}
	if v := value.OneOf(many[:value.MaxAlternatives], at, 7); len(v.Alternatives()) != value.MaxAlternatives {
		t.Errorf("%d alternatives are kept", len(v.Alternatives()))
	}
}

func TestParts(t *testing.T) {
	if v := value.OfParts([]value.Value{str("a"), value.OfInt(1, at), value.OfBool(true, at)}, here); !v.Equal(str("a1true")) || v.Span() != here {
		t.Errorf("known parts make %s", value.Show(v))
	}
	if v := value.OfParts([]value.Value{str(""), ref("x")}, at); len(v.Parts()) != 1 {
		t.Errorf("an empty piece is kept: %s", value.Show(v))
	}
	if v := value.OfParts(nil, at); !v.Equal(str("")) {
		t.Errorf("no parts make %s", value.Show(v))
	}
	v := value.OfParts([]value.Value{str("a"), str("b"), ref("x"), str("c")}, at)
	if got := v.Parts(); len(got) != 3 || got[0].Text() != "ab" || !got[1].IsUnknown() || got[2].Text() != "c" {
		t.Errorf("parts are %v", got)
	}
	if v.Prefix() != "ab" || v.Kind() != value.KindString || len(v.Refs()) != 1 || v.Elems() != nil {
		t.Errorf("prefix %q, kind %v, refs %v", v.Prefix(), v.Kind(), v.Refs())
	}
	outer := value.OfParts([]value.Value{str("x-"), v, str("d")}, at)
	if outer.Prefix() != "x-ab" || len(outer.Parts()) != 3 {
		t.Errorf("nested parts make %s", value.Show(outer))
	}
	if v := value.OfParts([]value.Value{str("a"), list(str("b"))}, at); !v.IsUnknown() {
		t.Errorf("a list within a text makes %s", value.Show(v))
	}
	if v := value.OfParts([]value.Value{str("a"), unknown(value.KindString).From(4)}, at); v.Origin() != 4 {
		t.Errorf("the reason is lost: origin %d", v.Origin())
	}
}

// What is made of a secret is a secret.
func TestSecretsSpread(t *testing.T) {
	secret := str("hunter2").Sensitive()
	for name, v := range map[string]value.Value{
		"parts":                  value.OfParts([]value.Value{str("x-"), secret}, at),
		"parts with a hole":      value.OfParts([]value.Value{secret, ref("x")}, at),
		"a field":                obj("a", str("hunter2")).Sensitive().Get("a"),
		"a block's field":        list(obj("a", str("hunter2"))).Sensitive().Path("a"),
		"one of several":         value.OneOf([]value.Value{secret, str("b")}, at, 0),
		"one of several objects": value.OneOf([]value.Value{obj("a", secret), obj("a", str("b"))}, at, 0).Get("a"),
	} {
		if !v.IsSensitive() {
			t.Errorf("%s shows %s", name, value.Show(v))
		}
	}
}

func TestGet(t *testing.T) {
	o := obj("a", str("1"), "n", value.OfNull(at))
	for name, tt := range map[string]struct{ got, want value.Value }{
		"a field":              {o.Get("a"), str("1")},
		"null":                 {o.Get("n"), value.OfNull(at)},
		"no such field":        {o.Get("x"), value.Value{}},
		"of nothing":           {value.Value{}.Get("x"), value.Value{}},
		"of null":              {value.OfNull(at).Get("x"), value.Value{}},
		"of text":              {str("a").Get("x"), value.Value{}},
		"of one of two alike":  {value.OneOf([]value.Value{obj("a", str("1"), "b", str("2")), obj("a", str("1"))}, at, 0).Get("a"), str("1")},
		"of one of two, in no": {value.OneOf([]value.Value{obj("a", str("1")), obj("a", str("2"))}, at, 0).Get("x"), value.Value{}},
	} {
		if !tt.got.Equal(tt.want) {
			t.Errorf("%s: %s, want %s", name, value.Show(tt.got), value.Show(tt.want))
		}
	}
	for name, v := range map[string]value.Value{
		"of an open object":     o.Opened().Get("x"),
		"of an unknown object":  unknown(value.KindObject).From(9).Get("x"),
		"of one of two objects": value.OneOf([]value.Value{o, obj("a", str("2"))}, at, 0).Get("a"),
		"of an object or null":  value.OneOf([]value.Value{o, value.OfNull(at)}, at, 0).Get("a"),
	} {
		if !v.IsUnknown() {
			t.Errorf("%s: %s is known", name, value.Show(v))
		}
	}
	if v := unknown(value.KindObject).From(9).Get("x"); v.Origin() != 9 {
		t.Error("a field of something unknown does not say why it is unknown")
	}
	if v := o.Opened().Get("a"); !v.Equal(str("1")) {
		t.Errorf("a listed field of an open object is %s", value.Show(v))
	}
}

func TestPath(t *testing.T) {
	block := obj("in", obj("x", str("1")))
	for name, tt := range map[string]struct{ got, want value.Value }{
		"nothing":                      {block.Path(""), block},
		"through an object":            {block.Path("in.x"), str("1")},
		"through a block":              {obj("in", list(obj("x", str("1")))).Path("in.x"), str("1")},
		"through no block":             {obj("in", list()).Path("in.x"), value.Value{}},
		"beyond what is there":         {block.Path("in.y.z"), value.Value{}},
		"through either of two blocks": {obj("in", value.OneOf([]value.Value{list(obj("x", str("1"))), list(obj("x", str("1"), "y", str("2")))}, at, 0)).Path("in.x"), str("1")},
	} {
		if !tt.got.Equal(tt.want) {
			t.Errorf("%s: %s, want %s", name, value.Show(tt.got), value.Show(tt.want))
		}
	}
	two := list(obj("x", str("1")), obj("x", str("2")))
	for name, v := range map[string]value.Value{
		"through one of two blocks":    two.Path("x"),
		"through blocks of any number": list(obj("x", str("1"))).Opened().Path("x"),
		"through an unknown list":      unknown(value.KindList).Path("x"),
		"through lists that differ":    value.OneOf([]value.Value{list(obj("x", str("1"))), list(obj("x", str("2")))}, at, 0).Path("x"),
		"through a list or none":       value.OneOf([]value.Value{list(obj("x", str("1"))), {}}, at, 0).Path("x"),
	} {
		if !v.IsUnknown() {
			t.Errorf("%s: %s is known", name, value.Show(v))
		}
	}
	maybe := list(obj("x", str("1")).Maybe()).Path("x")
	if alts := maybe.Alternatives(); len(alts) != 2 || !alts[0].Equal(str("1")) || !alts[1].IsAbsent() {
		t.Errorf("a block that may be missing has %s", value.Show(maybe))
	}
}

func TestWithRefs(t *testing.T) {
	a, b := value.Ref{Addr: "a"}, value.Ref{Addr: "b"}
	v := list(str("x")).WithRefs(a, a)
	w := v.WithRefs(b, a)
	if len(v.Refs()) != 1 || len(w.Refs()) != 2 || len(w.Elems()) != 1 {
		t.Errorf("refs %v and %v", v.Refs(), w.Refs())
	}
}
