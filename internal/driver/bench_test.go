package driver_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/analyzers/all"
	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/internal/scale"
)

// sizes are those of a service, a company and a large one.
var sizes = []int{1_000, 10_000, 100_000}

// estates makes the estates of each language.
var estates = []struct {
	name string
	make func(n int, seed int64) map[string]string
}{{"terraform", scale.Terraform}, {"cloudformation", scale.CloudFormation}}

// eachEstate runs f for every estate, written to a directory.
func eachEstate(b *testing.B, f func(b *testing.B, dir string, resources int)) {
	b.Helper()
	for _, e := range estates {
		for _, n := range sizes {
			b.Run(fmt.Sprintf("%s/%dk", e.name, n/1000), func(b *testing.B) {
				dir := b.TempDir()
				if err := scale.Write(dir, e.make(n, 1)); err != nil {
					b.Fatal(err)
				}
				f(b, dir, n)
			})
		}
	}
}

func analyse(b testing.TB, dir string, suite checker.Suite) *driver.Output {
	b.Helper()
	out, err := driver.Run(context.Background(), driver.Options{Paths: []string{dir}, Suite: suite})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// BenchmarkRun analyses whole estates with all rules. Beside the time of an
// analysis it tells that of each phase.
func BenchmarkRun(b *testing.B) {
	eachEstate(b, func(b *testing.B, dir string, resources int) {
		b.Helper()
		phases := map[string]float64{}
		runs := 0.0
		b.ReportAllocs()
		for b.Loop() {
			out := analyse(b, dir, all.Suite())
			if out.Coverage.Resources != resources {
				b.Fatalf("%d resources, not %d", out.Coverage.Resources, resources)
			}
			for _, p := range out.Phases {
				phases[p.Name] += p.Took.Seconds() * 1000
			}
			runs++
		}
		for name, ms := range phases {
			b.ReportMetric(ms/runs, name+"-ms/op")
		}
		b.ReportMetric(b.Elapsed().Seconds()*1e6/runs/float64(resources), "µs/resource")
	})
}

// BenchmarkMemory tells how much a resource takes: in the graph alone, and with
// what all rules have read and said. The source text is part of both.
func BenchmarkMemory(b *testing.B) {
	suites := []struct {
		name  string
		suite checker.Suite
	}{{"graph", checker.Suite{}}, {"rules", all.Suite()}}
	eachEstate(b, func(b *testing.B, dir string, resources int) {
		b.Helper()
		perResource := map[string]float64{}
		for b.Loop() {
			for _, s := range suites {
				before := live()
				out := analyse(b, dir, s.suite)
				perResource[s.name] = float64(live()-before) / float64(resources)
				text := 0
				for _, f := range out.Files.Files() {
					text += len(f.Content)
				}
				perResource["text"] = float64(text) / float64(resources)
				runtime.KeepAlive(out)
			}
		}
		for name, bytes := range perResource {
			b.ReportMetric(bytes, name+"-B/resource")
		}
	})
}

// live is the memory that is in use.
func live() uint64 {
	runtime.GC()
	runtime.GC() // what the first one has made ready for finalizers
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
