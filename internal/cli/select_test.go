package cli

import (
	"slices"
	"testing"

	"github.com/wacheck/wacheck/analysis"
)

// A former id stands for the rule wherever ids are taken, in any case (UR-21.1).
func TestFormerIDs(t *testing.T) {
	rules := []*analysis.Rule{{ID: "new-name", Aliases: []string{"old-name", "older-name"}}, {ID: "other"}}
	for pattern, want := range map[string][]string{
		"new-name": {"new-name"}, "Old-Name": {"new-name"}, "older-*": {"new-name"}, "*": {"new-name", "other"}, "OTHER": {"other"},
	} {
		got, err := matchAmong(rules, pattern)
		if err != nil || len(got) != len(want) || slices.ContainsFunc(want, func(id string) bool { return !got[id] }) {
			t.Errorf("%s: %v, %v", pattern, got, err)
		}
	}
	if _, err := matchAmong(rules, "old-nam"); err == nil || err.Error() != `unknown rule "old-nam" (did you mean "old-name"?)` {
		t.Errorf("got %v", err)
	}
}
