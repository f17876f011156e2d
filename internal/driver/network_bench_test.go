package driver_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/wacheck/wacheck/analyzers/all"
	"github.com/wacheck/wacheck/internal/scale"
)

// networks are an estate of networks, and a tenth of it, in one root each.
var networks = []scale.Network{{VPCs: 20, Subnets: 50, Groups: 100, Seed: 1}, {VPCs: 200, Subnets: 50, Groups: 100, Seed: 1}}

// BenchmarkNetworks analyses estates of many subnets and security groups with all
// rules. The time of a resource should hardly grow with the estate.
func BenchmarkNetworks(b *testing.B) {
	for _, n := range networks {
		b.Run(fmt.Sprintf("%dvpcs", n.VPCs), func(b *testing.B) {
			dir := b.TempDir()
			if err := scale.Write(dir, n.Terraform()); err != nil {
				b.Fatal(err)
			}
			phases := map[string]float64{}
			runs, peak := 0.0, uint64(0)
			b.ReportAllocs()
			for b.Loop() {
				before := live()
				out := analyse(b, dir, all.Suite())
				if out.Coverage.Resources != n.Resources() {
					b.Fatalf("%d resources, not %d", out.Coverage.Resources, n.Resources())
				}
				for _, p := range out.Phases {
					phases[p.Name] += p.Took.Seconds() * 1000
				}
				peak = max(peak, live()-before)
				runtime.KeepAlive(out)
				runs++
			}
			for name, ms := range phases {
				b.ReportMetric(ms/runs, name+"-ms/op")
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e6/runs/float64(n.Resources()), "µs/resource")
			b.ReportMetric(float64(peak)/float64(n.Resources()), "live-B/resource")
		})
	}
}
