package value

import (
	"math/rand"
	"slices"
	"testing"
)

var (
	stage  = &Input{Name: "Stage", Choices: []string{"dev", "test", "prod"}}
	public = &Input{Name: "Public", Choices: []string{"true", "false"}}
	size   = &Input{Name: "Size", Choices: []string{"", "large", "other"}, Other: true}
)

func TestWhenSaysWhatItMeans(t *testing.T) {
	for _, c := range []struct {
		w    When
		want string
	}{
		{When{}, ""},
		{stage.Is(2), "Stage=prod"},
		{stage.Is(0, 1), "Stage is dev or test"},
		{stage.Is(0).Or(stage.Is(1)), "Stage is dev or test"},
		{stage.Is(2).And(public.Is(0)), "Public=true and Stage=prod"},
		{stage.Is(2).Or(public.Is(0)), "Public=true, or Stage=prod"},
		{size.Is(0), `Size=""`},
		{size.Is(2), `Size is not "" or large`},
		{size.Is(0, 2), "Size is not large"},
		{stage.Is(0, 1, 2), ""},
		{stage.Is(2).Not(), "Stage is dev or test"},
		{stage.Is(2).And(public.Is(0)).Or(stage.Is(2).And(public.Is(1))), "Stage=prod"},
		{stage.Is(2).Or(stage.Is(2).And(public.Is(0))), "Stage=prod"},
	} {
		if got := c.w.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestWhenKnowsWhatIsImpossible(t *testing.T) {
	prod, open := stage.Is(2), public.Is(0)
	if prod.And(stage.Is(0, 1)).IsPossible() {
		t.Error("prod and not prod")
	}
	if !prod.Or(prod.Not()).IsAlways() {
		t.Error("prod or not prod is not always")
	}
	if !prod.And(open).Implies(prod) || prod.Implies(open) || !Never().Implies(open) || !prod.Implies(When{}) {
		t.Error("implication")
	}
	if stage.Is().IsPossible() {
		t.Error("no choice is possible")
	}
}

// The algebra agrees with asking for every deployment, one by one.
func TestWhenAgreesWithEveryDeployment(t *testing.T) {
	inputs := []*Input{stage, public, size}
	r := rand.New(rand.NewSource(1))
	var build func(depth int) (When, func([]int) bool)
	build = func(depth int) (When, func([]int) bool) {
		if depth == 0 || r.Intn(4) == 0 {
			i := r.Intn(len(inputs))
			var set []int
			for c := range inputs[i].Choices {
				if r.Intn(2) == 0 {
					set = append(set, c)
				}
			}
			return inputs[i].Is(set...), func(d []int) bool {
				return slices.Contains(set, d[i])
			}
		}
		a, fa := build(depth - 1)
		b, fb := build(depth - 1)
		switch r.Intn(3) {
		case 0:
			return a.And(b), func(d []int) bool { return fa(d) && fb(d) }
		case 1:
			return a.Or(b), func(d []int) bool { return fa(d) || fb(d) }
		}
		return a.Not(), func(d []int) bool { return !fa(d) }
	}
	for range 2000 {
		w, f := build(4)
		if w.IsWide() {
			t.Fatal("too small an example to be widened")
		}
		some, every := false, true
		for a := range 3 {
			for b := range 2 {
				for c := range 3 {
					d := []int{a, b, c}
					want := f(d)
					some, every = some || want, every && want
					here := stage.Is(a).And(public.Is(b)).And(size.Is(c))
					if got := here.And(w).IsPossible(); got != want {
						t.Fatalf("%v in %v: %v, want %v", w, here, got, want)
					}
				}
			}
		}
		if w.IsPossible() != some || (When{}).Implies(w) != every {
			t.Fatalf("%v: possible %v, want %v; always %v, want %v", w, w.IsPossible(), some, (When{}).Implies(w), every)
		}
	}
}

// What is too complex is widened, never narrowed.
func TestWhenIsWidenedBeyondItsLimits(t *testing.T) {
	w := Never()
	var ins []*Input
	for range 2 * maxTerms {
		a, b := &Input{Name: "a", Choices: []string{"0", "1"}}, &Input{Name: "b", Choices: []string{"0", "1"}}
		ins = append(ins, a, b)
		w = w.Or(a.Is(0).And(b.Is(0)))
	}
	if !w.IsWide() || !w.IsPossible() || w.String() != "" {
		t.Error("not widened", w)
	}
	for _, in := range ins {
		if !w.And(in.Is(0)).IsPossible() || !w.Not().And(in.Is(0)).IsPossible() {
			t.Fatal("something possible was lost")
		}
	}
	if (When{}).Implies(w) {
		t.Error("what was widened is taken for certain")
	}
}
