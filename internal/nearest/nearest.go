// Package nearest finds the name that somebody meant.
package nearest

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Name returns the name that is nearest to what was typed, or an empty string if
// none is near enough to be meant.
func Name(got string, names []string) string {
	best, distance := "", 1+max(2, len(got)/3)
	for _, n := range names {
		if d := levenshtein.ComputeDistance(strings.ToLower(got), strings.ToLower(n)); d < distance {
			best, distance = n, d
		}
	}
	return best
}

// Hint adds "did you mean" to an error if a name is near enough.
func Hint(err error, got string, names []string) error {
	if best := Name(got, names); best != "" {
		return fmt.Errorf("%w (did you mean %q?)", err, best)
	}
	return err
}
