package checker

import (
	"maps"
	"slices"

	"github.com/wacheck/wacheck/analysis"
)

// worldWays are the ways by which values came in the worlds that a finding holds
// in: those of the first instance in each.
type worldWays map[string][]analysis.Step

// maxWays bounds the steps that a finding has of other worlds than the first.
const maxWays = 16

func (w *worldWays) note(f analysis.Finding) {
	world := f.Instances[0].World
	if world == "" {
		return
	}
	if *w == nil {
		*w = worldWays{}
	}
	if _, there := (*w)[world]; !there {
		(*w)[world] = f.Steps
	}
}

// tell adds to the steps of a finding those by which its values come in other
// worlds, where they come by another way: prod.tfvars says it as well as dev.tfvars.
func (w worldWays) tell(f *analysis.Finding) {
	if len(w) < 2 {
		return
	}
	steps := slices.Clip(f.Steps)
	for _, world := range slices.Sorted(maps.Keys(w)) {
		for _, s := range w[world] {
			if s.Kind != analysis.StepOrigin || slices.Contains(f.Steps, s) {
				continue
			}
			if len(steps)-len(f.Steps) == maxWays {
				f.Steps = steps
				return
			}
			s.Text = "in world " + world + ", " + s.Text
			steps = append(steps, s)
		}
	}
	f.Steps = steps
}
