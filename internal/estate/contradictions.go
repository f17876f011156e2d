package estate

import (
	"cmp"
	"slices"

	"github.com/wacheck/wacheck/analyzers/facts/environment"
)

// Contradiction is a strong sign that speaks of another environment than the one
// that decides, for all resources of which that is so.
type Contradiction struct {
	Environment string `json:"environment"`
	Sign        string `json:"sign"`
	Against     string `json:"against"`
	AgainstSign string `json:"againstSign"`
	// Address is that of the first of the resources, Place where it is written.
	Address   string `json:"address"`
	Place     string `json:"place"`
	Resources int    `json:"resources"`
}

func (s *surveyor) contradictions() []Contradiction {
	type key struct{ sign, against string }
	index := map[key]int{}
	out := []Contradiction{}
	for _, n := range s.deployed() {
		signs := s.envs.Signs(n.ID)
		best := signs.Best()
		if best.Confidence != environment.Strong {
			continue
		}
		for _, c := range signs.Contradictions() {
			if c.Confidence != environment.Strong {
				continue // a word in a name
			}
			k := key{best.Fact.Text, c.Fact.Text}
			i, seen := index[k]
			if !seen {
				i = len(out)
				index[k] = i
				out = append(out, Contradiction{Environment: columnOf(best).String(), Sign: best.Fact.Text, Against: columnOf(c).String(),
					AgainstSign: c.Fact.Text, Address: s.address(n), Place: s.place(n)})
			}
			out[i].Resources++
		}
	}
	slices.SortStableFunc(out, func(a, b Contradiction) int { return cmp.Compare(b.Resources, a.Resources) })
	return out
}
