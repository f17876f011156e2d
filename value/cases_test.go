package value

import (
	"testing"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value/tri"
)

func at(n source.Pos) source.Span { return source.Span{Pos: n, End: n + 1} }

// when makes a value that is a where w holds, else b.
func when(w When, a, b Value) Value {
	return OneOfCases([]Case{{w, a}, {w.Not(), b}}, at(9), 0)
}

func boolAttr(name string, v Value) Bool { return Bool{Attr{V: v, Name: name}} }

func TestVerdictNamesTheDeploymentsThatAreBad(t *testing.T) {
	prod := stage.Is(2)
	encrypted := boolAttr("Encrypted", when(prod, OfBool(true, at(1)), OfBool(false, at(2))))
	v := encrypted.Is(true)
	if !v.IsOpen() {
		t.Fatal("decided", v.Result)
	}
	bad, w := v.Defect()
	if w.String() != "Stage is dev or test" || bad.Facts()[0].Text != "Encrypted is false" || bad.Facts()[0].Span != at(2) {
		t.Error(w, bad.Facts())
	}
	if got := v.Under(prod); !got.IsGood() {
		t.Error("in prod it is", got.Result)
	}
	if got := v.Under(prod.Not()); !got.IsBad() {
		t.Error("elsewhere it is", got.Result)
	}
	if _, w := v.Not().Defect(); w.String() != "Stage=prod" {
		t.Error(w)
	}
}

// What is bad in one deployment, and what is bad in another, are never bad
// together.
func TestVerdictsOfOneConditionBelongTogether(t *testing.T) {
	prod := stage.Is(2)
	yes, no := OfBool(true, at(1)), OfBool(false, at(2))
	a := boolAttr("A", when(prod, yes, no))
	b := boolAttr("B", when(prod, no, yes))
	if got := a.Is(true).Or(b.Is(true)); !got.IsGood() {
		t.Error("A or B:", got.Result)
	}
	if got := a.Is(true).And(b.Is(true)); !got.IsBad() {
		t.Error("A and B:", got.Result)
	}
	if got := a.Is(true).Unless(b.Is(true)); !got.IsGood() {
		t.Error("A unless B:", got.Result)
	}
	other := boolAttr("C", when(public.Is(0), no, yes))
	_, w := a.Is(true).Or(other.Is(true)).As("variant").Defect()
	if w.String() != "Public=true and Stage is dev or test" {
		t.Error(w)
	}
}

// An open case is no defect, and takes away what it overlaps.
func TestVerdictIsNotBadWhereItIsOpen(t *testing.T) {
	prod := stage.Is(2)
	a := boolAttr("A", OneOfCases([]Case{{prod, OfBool(false, at(1))}, {prod.Not(), OfUnknown(KindBool, at(2), 0)}}, at(9), 0))
	if _, w := a.Is(true).Defect(); w.String() != "Stage=prod" {
		t.Error(w)
	}
	b := boolAttr("B", OneOfCases([]Case{{prod, OfBool(false, at(1))}, {When{}, OfBool(true, at(2))}}, at(9), 0))
	if _, w := b.Is(true).Defect(); w.IsPossible() {
		t.Error("it may be true in prod as well, but is called a defect when", w)
	}
}

func TestUnsetInSomeDeploymentsHasItsDefault(t *testing.T) {
	a := Bool{Attr{V: when(public.Is(0), OfBool(true, at(1)), Value{}), Name: "A", Default: OfBool(false, source.Span{})}}
	bad, w := a.Is(true).Defect()
	if w.String() != "Public=false" || bad.Facts()[0].Text != "A is not set (default false)" {
		t.Error(w, bad.Facts())
	}
	if _, w := a.Set().Defect(); w.String() != "Public=false" {
		t.Error(w)
	}
}

func TestElementsThatAreThereInSomeDeployments(t *testing.T) {
	prod := stage.Is(2)
	list := OfList([]Value{OfString("a", at(1)).MaybeWhen(prod), OfString("b", at(2))}, at(9))
	s := Strings{Attr{V: list, Name: "L"}}
	has := s.Has(func(x string) bool { return x == "a" })
	if _, w := has.Defect(); w.String() != "Stage is dev or test" {
		t.Error(w)
	}
	only := Strings{Attr{V: OfList([]Value{OfString("a", at(1)).MaybeWhen(prod)}, at(9)), Name: "L"}}
	if got := only.NotEmpty().Under(prod); !got.IsGood() {
		t.Error(got.Result)
	}
}

// Fields of alternatives, and equal alternatives, keep when they hold.
func TestCasesSurviveAccess(t *testing.T) {
	prod := stage.Is(2)
	obj := func(v Value) Value { return OfObject([]Field{{Name: "X", Value: v}}, at(3)) }
	v := OneOfCases([]Case{{stage.Is(0), obj(OfInt(1, at(1)))}, {stage.Is(1), obj(OfInt(1, at(1)))}, {prod, obj(OfInt(2, at(2)))}}, at(9), 0)
	if n := len(v.Cases()); n != 2 {
		t.Error(n, "cases")
	}
	x := Int{Attr{V: v.Get("X"), Name: "X"}}
	if _, w := x.Equals(2).Defect(); w.String() != "Stage is dev or test" {
		t.Error(w)
	}
	nested := when(prod, when(prod, OfInt(1, at(1)), OfInt(2, at(2))), OfInt(3, at(3)))
	if n := len(nested.Cases()); n != 2 {
		t.Error("an impossible case is kept:", Show(nested))
	}
	if got := nested.Cases()[1]; got.When.String() != "Stage is dev or test" || got.Value.Text() != "3" {
		t.Error(got)
	}
}

// With too many combinations a verdict is open, and names nothing.
func TestVerdictGivesUpOnTooManyCases(t *testing.T) {
	var vs []Verdict
	for range 12 {
		in := &Input{Name: "X", Choices: []string{"0", "1"}}
		vs = append(vs, boolAttr("A", when(in.Is(0), OfBool(true, at(1)), OfBool(false, at(2)))).Is(true))
	}
	v := All(vs...)
	if _, w := v.Defect(); v.Result != tri.Unknown || w.IsPossible() {
		t.Error(v.Result, w)
	}
}
