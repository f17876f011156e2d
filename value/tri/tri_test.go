package tri_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/wacheck/wacheck/value/tri"
)

const (
	u = tri.Unknown
	f = tri.False
	t = tri.True
)

var all = []tri.Bool{u, f, t}

func TestZeroIsUnknown(test *testing.T) {
	var b tri.Bool
	if b != tri.Unknown || b.Known() {
		test.Errorf("the zero Bool is %v", b)
	}
	if !f.Known() || !t.Known() {
		test.Error("true and false are known")
	}
	if tri.Of(true) != t || tri.Of(false) != f {
		test.Error("Of does not keep the truth")
	}
}

func TestTables(test *testing.T) {
	tables := []struct {
		name string
		f    func(a, b tri.Bool) tri.Bool
		want [3][3]tri.Bool // by a, then b: unknown, false, true
	}{
		{"and", func(a, b tri.Bool) tri.Bool { return tri.And(a, b) }, [3][3]tri.Bool{{u, f, u}, {f, f, f}, {u, f, t}}},
		{"or", func(a, b tri.Bool) tri.Bool { return tri.Or(a, b) }, [3][3]tri.Bool{{u, u, t}, {u, f, t}, {t, t, t}}},
		{"same", tri.Same, [3][3]tri.Bool{{u, u, u}, {u, f, u}, {u, u, t}}},
	}
	for _, table := range tables {
		for i, a := range all {
			for j, b := range all {
				if got := table.f(a, b); got != table.want[i][j] {
					test.Errorf("%v %s %v is %v, want %v", a, table.name, b, got, table.want[i][j])
				}
			}
		}
	}
	for i, want := range []tri.Bool{u, t, f} {
		if got := all[i].Not(); got != want {
			test.Errorf("not %v is %v, want %v", all[i], got, want)
		}
	}
	if tri.And() != t || tri.Or() != f {
		test.Error("the empty conjunction is true, the empty disjunction false")
	}
}

func TestString(test *testing.T) {
	for i, want := range []string{"unknown", "false", "true"} {
		if got := all[i].String(); got != want {
			test.Errorf("got %s, want %s", got, want)
		}
	}
}

// Forgetting an operand may make a result unknown, and never turns it round.
func TestMonotone(test *testing.T) {
	rapid.Check(test, func(r *rapid.T) {
		known := rapid.SliceOfN(rapid.SampledFrom(all), 0, 6).Draw(r, "operands")
		less := append([]tri.Bool(nil), known...)
		for i := range less {
			if rapid.Bool().Draw(r, "forget") {
				less[i] = tri.Unknown
			}
		}
		for name, f := range map[string]func(...tri.Bool) tri.Bool{"and": tri.And, "or": tri.Or} {
			before, after := f(known...), f(less...)
			if after != before && after != tri.Unknown {
				r.Fatalf("%s of %v is %v, but of %v it is %v", name, known, before, less, after)
			}
		}
	})
}

func TestDeMorgan(test *testing.T) {
	for _, a := range all {
		for _, b := range all {
			if tri.And(a, b).Not() != tri.Or(a.Not(), b.Not()) {
				test.Errorf("not (%v and %v) differs from (not %v) or (not %v)", a, b, a, b)
			}
		}
	}
}
