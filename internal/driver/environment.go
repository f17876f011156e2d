package driver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/nearest"
)

// choose leaves out the worlds of other environments than the one asked for.
func (r *run) choose() error {
	want := r.o.Environment
	if want == "" {
		return nil
	}
	var names []string
	found := false
	for _, parts := range []*[]*graph.Part{&r.terraform.Parts, &r.cloudformation.Parts} {
		*parts = slices.DeleteFunc(*parts, func(p *graph.Part) bool {
			w := p.Unit.World
			if w == "" {
				return false
			}
			names = append(names, w)
			same := strings.EqualFold(w, want)
			found = found || same
			return !same
		})
	}
	if found {
		return nil
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) == 0 {
		return fmt.Errorf("--env %s: nothing here has several environments", want)
	}
	return nearest.Hint(fmt.Errorf("--env %s: no such environment (there are %s)", want, strings.Join(names, ", ")), want, names)
}
