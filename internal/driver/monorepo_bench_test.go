package driver_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/wacheck/wacheck/analyzers/all"
	"github.com/wacheck/wacheck/internal/scale"
)

// monorepo writes the repository that BenchmarkMonorepo is about, and returns its
// directory and its roots.
func monorepo(tb testing.TB) (dir string, roots []string) {
	tb.Helper()
	dir = tb.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := scale.Write(dir, scale.Monorepo(1)); err != nil {
		tb.Fatal(err)
	}
	roots, err := filepath.Glob(filepath.Join(dir, "live", "*", "*"))
	if err != nil || len(roots) != 20 {
		tb.Fatalf("%d roots, %v", len(roots), err)
	}
	return dir, roots
}

// BenchmarkMonorepo analyses a repository as a whole, and each of its roots by itself.
func BenchmarkMonorepo(b *testing.B) {
	dir, roots := monorepo(b)
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			analyse(b, dir, all.Suite())
		}
	})
	b.Run("each root", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, r := range roots {
				analyse(b, r, all.Suite())
			}
		}
	})
}

// allocated is how many bytes f has allocated, which is about the same in every run, as
// its time is not.
func allocated(f func()) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc)
}

// usual is what an analysis of the repository as a whole allocates. Whoever makes it less
// lowers the figure; whoever has to make it more raises it, and says why in the commit.
const usual = 650e6

// TestMonorepoIsReadOnce bounds what the whole costs by what it used to cost, and by what
// its roots cost one by one: modules that many roots call are parsed once.
func TestMonorepoIsReadOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("analyses a large repository twice")
	}
	dir, roots := monorepo(t)
	whole := allocated(func() { analyse(t, dir, all.Suite()) })
	const sample = 4 // every fourth root stands for as many: with the race detector, all take a minute
	each := sample * allocated(func() {
		for i := 0; i < len(roots); i += sample {
			analyse(t, roots[i], all.Suite())
		}
	})
	t.Logf("the whole: %.0f MB; its roots, one by one: %.0f MB", whole/1e6, each/1e6)
	if whole > 1.2*each {
		t.Errorf("the whole allocates %.2f times what its roots do", whole/each)
	}
	if whole > 1.3*usual {
		t.Errorf("the whole allocates %.0f MB, which is %.2f times as much as usual", whole/1e6, whole/usual)
	}
}
