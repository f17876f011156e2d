package value_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var truths = []tri.Bool{tri.Unknown, tri.False, tri.True}

func fact(text string) value.Fact { return value.Fact{Text: text} }

func texts(v value.Verdict) []string {
	var out []string
	for _, f := range v.Facts() {
		out = append(out, f.Text)
	}
	return out
}

func TestZeroVerdictIsOpen(t *testing.T) {
	var v value.Verdict
	if !v.IsOpen() || v.IsGood() || v.IsBad() {
		t.Errorf("the zero verdict is %v", v.Result)
	}
}

// The combinations of verdicts decide as those of truth values do.
func TestVerdictsDecideLikeTruthValues(t *testing.T) {
	for _, a := range truths {
		for _, b := range truths {
			va, vb := value.That(a, fact("a")), value.That(b, fact("b"))
			if va.Result != a {
				t.Fatalf("That(%v) is %v", a, va.Result)
			}
			for name, got := range map[string]struct{ got, want tri.Bool }{
				"And":    {va.And(vb).Result, tri.And(a, b)},
				"Or":     {va.Or(vb).Result, tri.Or(a, b)},
				"Not":    {va.Not().Result, a.Not()},
				"Unless": {va.Unless(vb).Result, tri.Or(a, b)},
				"When":   {va.When(vb).Result, tri.Or(a, b.Not())},
			} {
				if got.got != got.want {
					t.Errorf("%s of %v and %v is %v, want %v", name, a, b, got.got, got.want)
				}
			}
		}
	}
	if !value.All().IsGood() || !value.Either().IsBad() {
		t.Error("All() is good and Either() is bad")
	}
}

func TestVerdictsKeepTheFactsThatCount(t *testing.T) {
	good, bad, open := value.Good(fact("g")), value.Bad(fact("b")), value.Open(fact("o"))
	tests := map[string]struct {
		v    value.Verdict
		want []string
	}{
		"the bad one makes a conjunction bad":           {good.And(open, bad), []string{"b"}},
		"the first of two bad ones":                     {bad.And(value.Bad(fact("b2"))), []string{"b"}},
		"what is open keeps a conjunction open":         {good.And(open, value.Open(fact("o2"))), []string{"o", "o2"}},
		"all that is good":                              {good.And(value.Good(fact("g2"))), []string{"g", "g2"}},
		"the good one makes a disjunction good":         {bad.Or(open, good), []string{"g"}},
		"all that is bad":                               {bad.Or(value.Bad(fact("b2"))), []string{"b", "b2"}},
		"what is open keeps a disjunction open":         {bad.Or(open), []string{"o"}},
		"an open exception says what is missing":        {bad.Unless(open), []string{"o"}},
		"an exception that does not hold says nothing":  {bad.Unless(value.Bad(fact("x"))), []string{"b"}},
		"an open verdict stays what it was":             {open.Unless(value.Open(fact("x"))), []string{"o"}},
		"more facts stand behind":                       {bad.With(fact("c")), []string{"b", "c"}},
		"the opposite rests on the same":                {bad.Not(), []string{"b"}},
		"a condition that is not known says what it is": {bad.When(open), []string{"o"}},
	}
	for name, tt := range tests {
		if got := texts(tt.v); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestVariants(t *testing.T) {
	mild := value.Bad(fact("m")).As("mild")
	if got := value.Bad(fact("b")).Or(mild); got.Variant != "mild" {
		t.Errorf("a disjunction of two defects has variant %q", got.Variant)
	}
	if got := value.Good().And(mild); got.Variant != "mild" {
		t.Errorf("a conjunction has variant %q", got.Variant)
	}
	if got := mild.Or(value.Good()); got.Variant != "" {
		t.Errorf("a good verdict has variant %q", got.Variant)
	}
}

func TestOpenMarksItsFacts(t *testing.T) {
	v := value.Open(fact("o"))
	if !v.Facts()[0].Open {
		t.Error("the fact is not marked as missing")
	}
}

// Verdicts are shared between analyzers that run at the same time: making one
// of another must leave that other alone.
func TestVerdictsAreNotChangedByOthers(t *testing.T) {
	shared := value.Bad(fact("a"), fact("b"))
	_ = value.Open(shared.Facts()...)
	_ = value.Bad().Unless(value.Open(shared.Facts()...))
	_ = shared.With(fact("c")).With(fact("d"))
	_ = shared.Or(value.Bad(fact("e")))
	_ = value.All(value.Good(), shared)
	for i, want := range []value.Fact{fact("a"), fact("b")} {
		if got := shared.Facts()[i]; got != want {
			t.Errorf("fact %d has become %+v", i, got)
		}
	}
}

// Forgetting what a part says may open the whole, and never turns it round.
func TestVerdictsAreMonotone(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var build func(depth int) (known, less value.Verdict)
		build = func(depth int) (known, less value.Verdict) {
			if depth == 0 || rapid.IntRange(0, 3).Draw(r, "leaf") == 0 {
				known = value.That(rapid.SampledFrom(truths).Draw(r, "truth"))
				if rapid.Bool().Draw(r, "forget") {
					return known, value.Open()
				}
				return known, known
			}
			k1, l1 := build(depth - 1)
			k2, l2 := build(depth - 1)
			switch rapid.IntRange(0, 4).Draw(r, "operator") {
			case 0:
				return k1.And(k2), l1.And(l2)
			case 1:
				return k1.Or(k2), l1.Or(l2)
			case 2:
				return k1.Unless(k2), l1.Unless(l2)
			case 3:
				return k1.When(k2), l1.When(l2)
			}
			return k1.Not(), l1.Not()
		}
		known, less := build(4)
		if less.Result != known.Result && !less.IsOpen() {
			r.Fatalf("%v has become %v", known.Result, less.Result)
		}
	})
}
