package value_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// pair is a value and the same with less known about it.
type pair struct{ known, less value.Value }

// drawText, drawElems and drawValue make pairs. What is taken away is drawn
// along with the value, so that every way of not knowing meets every shape.
func drawText(r *rapid.T) pair {
	s := rapid.SampledFrom([]string{"", "a", "ab", "b", "aws:kms", "true", "false", "7", "0.0.0.0/0"}).Draw(r, "text")
	v := rapid.SampledFrom([]value.Value{str(s), str(s), value.OfBool(s == "true", at), value.OfInt(int64(len(s)), at)}).Draw(r, "scalar")
	less := v
	text, _ := v.Str()
	switch rapid.IntRange(0, 3).Draw(r, "hole") {
	case 0:
		i := rapid.IntRange(0, len(text)).Draw(r, "cut")
		less = value.OfParts([]value.Value{str(text[:i]), unknown(value.KindString)}, at)
	case 1:
		i := rapid.IntRange(0, len(text)).Draw(r, "cut")
		less = value.OfParts([]value.Value{unknown(value.KindString), str(text[i:])}, at)
	}
	return forget(r, pair{v, less})
}

// forget may hide a value among others, or altogether.
func forget(r *rapid.T, p pair) pair {
	other := rapid.SampledFrom([]value.Value{str("a"), str("zz"), value.OfNull(at), {}, value.OfBool(false, at), list(), list(str("a")), obj("x", str("a")),
		unknown(value.KindAny)}).Draw(r, "other")
	switch rapid.IntRange(0, 8).Draw(r, "forget") {
	case 0:
		p.less = unknown(value.KindAny)
	case 1:
		p.less = oneOf(p.less, other)
	case 2:
		p.less = oneOf(other, p.less)
	}
	return p
}

func drawList(r *rapid.T, elem func(*rapid.T) pair) pair {
	n := rapid.IntRange(0, 3).Draw(r, "length")
	var known, less []value.Value
	open := rapid.IntRange(0, 2).Draw(r, "open") == 0
	for range n {
		e := elem(r)
		known = append(known, e.known)
		switch rapid.IntRange(0, 4).Draw(r, "element") {
		case 0:
			if !open { // with a list that is left open, elements may be left out
				less = append(less, e.less)
			}
		case 1:
			less = append(less, e.less.Maybe())
		default:
			less = append(less, e.less)
		}
	}
	if rapid.IntRange(0, 4).Draw(r, "extra") == 0 {
		less = append(less, elem(r).known.Maybe())
	}
	p := pair{list(known...), list(less...)}
	if open {
		p.less = p.less.Opened()
	}
	return forget(r, p)
}

func drawObject(r *rapid.T, field func(*rapid.T) pair) pair {
	var known, less []value.Field
	open := false
	for _, name := range []string{"x", "y"} {
		switch rapid.IntRange(0, 4).Draw(r, "field "+name) {
		case 0: // no such field
			if rapid.IntRange(0, 3).Draw(r, "stray") == 0 {
				less = append(less, value.Field{Name: name, Value: field(r).known.Maybe()})
			}
		case 1: // one that the rest may hide
			known = append(known, value.Field{Name: name, Value: field(r).known})
			open = true
		default:
			f := field(r)
			known = append(known, value.Field{Name: name, Value: f.known})
			less = append(less, value.Field{Name: name, Value: f.less})
		}
	}
	p := pair{value.OfObject(known, at), value.OfObject(less, at)}
	if open {
		p.less = p.less.Opened()
	}
	return forget(r, p)
}

// answers are what rules may ask about an attribute.
func answers(a value.Attr) map[string]tri.Bool {
	s := value.String{Attr: a}
	return map[string]tri.Bool{
		"Set":       a.Set().Result,
		"NotEmpty":  a.NotEmpty().Result,
		"Bool":      value.Bool{Attr: a}.Is(true).Result,
		"AtLeast":   value.Int{Attr: a}.AtLeast(3).Result,
		"Equals":    value.Int{Attr: a}.Equals(7).Result,
		"Is":        s.Is("a", "aws:kms").Result,
		"IsFold":    s.IsFold("A", "AWS:KMS").Result,
		"HasPrefix": s.HasPrefix("aws:", "ab").Result,
		"Has":       value.Strings{Attr: a}.Has(func(s string) bool { return strings.HasPrefix(s, "a") }).Result,
	}
}

func check(r *rapid.T, p pair, path string, deflt value.Value) {
	before := answers(withDefault(p.known.Path(path), deflt))
	for name, after := range answers(withDefault(p.less.Path(path), deflt)) {
		if after != before[name] && after != tri.Unknown {
			r.Fatalf("%s at %q of %s (default %s) is %v; of %s it is %v", name, path, value.Show(p.known), value.Show(deflt), before[name],
				value.Show(p.less), after)
		}
	}
}

// TestViewsAreMonotone holds the law for everything that rules are built of:
// knowing less may open an answer, and never turns it round.
func TestViewsAreMonotone(t *testing.T) {
	defaults := rapid.SampledFrom([]value.Value{{}, str("a"), value.OfBool(true, at), value.OfInt(5, at)})
	shapes := map[string]struct {
		draw func(*rapid.T) pair
		path string
	}{
		"a text":          {drawText, ""},
		"a list":          {func(r *rapid.T) pair { return drawList(r, drawText) }, ""},
		"a field":         {func(r *rapid.T) pair { return drawObject(r, drawText) }, "x"},
		"a block's field": {func(r *rapid.T) pair { return drawList(r, func(r *rapid.T) pair { return drawObject(r, drawText) }) }, "x"},
		"a field of a block in a block": {func(r *rapid.T) pair {
			return drawObject(r, func(r *rapid.T) pair {
				return drawList(r, func(r *rapid.T) pair { return drawObject(r, drawText) })
			})
		}, "x.y"},
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) { check(r, shape.draw(r), shape.path, defaults.Draw(r, "default")) })
		})
	}
}
