package graph

import (
	"fmt"
	"strings"

	"github.com/hashicorp/go-version"
)

// OlderThan reports that the provider is certainly older than a major version:
// the lock file says so or, without one, the version constraint rules that
// version and all later ones out.
func (p *Provider) OlderThan(major int) bool {
	if p.Locked != "" {
		v, err := version.NewVersion(p.Locked)
		return err == nil && v.Segments()[0] < major
	}
	if p.Constraint == "" {
		return false
	}
	cs, err := version.NewConstraint(p.Constraint)
	if err != nil {
		return false
	}
	for _, c := range cs {
		if exact, err := version.NewVersion(strings.TrimLeft(c.String(), "= ")); err == nil {
			return exact.Segments()[0] < major
		}
	}
	// What is left are intervals: versions at the edges of a major one tell.
	for m := major; m <= major+20; m++ {
		for _, text := range []string{fmt.Sprintf("%d.0.0", m), fmt.Sprintf("%d.999.0", m), fmt.Sprintf("%d.999.999", m)} {
			if cs.Check(version.Must(version.NewVersion(text))) {
				return false
			}
		}
	}
	return true
}
