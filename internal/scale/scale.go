// Package scale makes synthetic estates for benchmarks: Terraform roots and
// CloudFormation templates of any size that are valid, look like what people
// write, and are the same bytes for the same options.
//
// The text stands in the templates beside this file, one an application, and is
// as readable as the real thing; this code only draws the values.
package scale

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// DefaultBad is the share of bad settings in the estates of Terraform and
// CloudFormation.
const DefaultBad = 0.1

// Options say what estate to make.
type Options struct {
	// Resources is the number of resources, counted after count, for_each and
	// modules are expanded. It is met exactly; below 1 there are none.
	Resources int

	// Seed chooses among the estates of this size.
	Seed int64

	// Bad is the chance, 0 to 1, that a setting which matters to a rule is made
	// badly.
	Bad float64
}

// Terraform returns an estate of n AWS resources as files by slash-separated
// path: roots under live/<environment>/<unit>, which use the modules in modules.
func Terraform(n int, seed int64) map[string]string {
	return Options{Resources: n, Seed: seed, Bad: DefaultBad}.Terraform()
}

// CloudFormation returns an estate of n resources as YAML templates by
// slash-separated path, none with more than 450 resources.
func CloudFormation(n int, seed int64) map[string]string {
	return Options{Resources: n, Seed: seed, Bad: DefaultBad}.CloudFormation()
}

// Write writes files below dir, which it makes if need be. A path that leads out
// of dir is an error.
func Write(dir string, files map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		local, err := filepath.Localize(name)
		if err != nil {
			return fmt.Errorf("estate file %q: %w", name, err)
		}
		path := filepath.Join(dir, local)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("estate: %w", err)
		}
		if err := os.WriteFile(path, []byte(files[name]), 0o644); err != nil {
			return fmt.Errorf("estate: %w", err)
		}
	}
	return nil
}

// dice draws values. math/rand/v2 promises the same sequence for the same seed
// in every release of Go.
type dice struct {
	rand *rand.Rand
	bad  float64
}

func (o Options) dice() *dice {
	const stream = 0x5ca1e // any constant: one seed, one sequence
	return &dice{rand: rand.New(rand.NewPCG(uint64(o.Seed), stream)), bad: o.Bad}
}

// Good is true unless a bad setting is drawn.
func (d *dice) Good() bool { return d.rand.Float64() >= d.bad }

// Bad returns good, or bad if a bad setting is drawn.
func (d *dice) Bad(good, bad string) string {
	if d.Good() {
		return good
	}
	return bad
}

// between returns a number of lo to hi, both included.
func (d *dice) between(lo, hi int) int { return lo + d.rand.IntN(hi-lo+1) }

func (d *dice) choose(from ...string) string { return from[d.rand.IntN(len(from))] }
