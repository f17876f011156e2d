package sarif

import (
	"testing"

	"github.com/wacheck/wacheck/report/reporttest"
)

// GitHub takes no notice of suppressions: what is accepted must not be there
// (UR-9.1), but counted (UR-9.2).
func TestAcceptedFindingsAreLeftOutByDefault(t *testing.T) {
	b := reporttest.Estate(t)
	without, _ := write(t, b, Options{})
	with, _ := write(t, b, Options{IncludeAccepted: true})
	suppressed := 0
	for _, r := range without.Runs[0].Results {
		suppressed += len(r.Suppressions)
	}
	if suppressed != 0 {
		t.Errorf("%d suppressions in the form for GitHub", suppressed)
	}
	for name, l := range map[string]log{"without": without, "with": with} {
		if p := l.Runs[0].Properties; p["suppressed"] != 1.0 || p["baselined"] != 1.0 {
			t.Errorf("%s: counts %v, %v", name, p["suppressed"], p["baselined"])
		}
	}
	kinds := map[string]string{}
	for _, r := range with.Runs[0].Results {
		for _, s := range r.Suppressions {
			kinds[s.Kind] = s.Justification
			if s.Status != "accepted" {
				t.Errorf("status %q", s.Status)
			}
		}
	}
	if len(kinds) != 2 || kinds["inSource"] != "it holds public data" {
		t.Errorf("suppressions by kind: %v", kinds)
	}
	if len(with.Runs[0].Results) != len(without.Runs[0].Results)+2 {
		t.Errorf("%d results with, %d without", len(with.Runs[0].Results), len(without.Runs[0].Results))
	}
}

func TestBaselineState(t *testing.T) {
	b := reporttest.Estate(t)
	b.Compare()
	plain, _ := write(t, b, Options{})
	for _, r := range plain.Runs[0].Results {
		if r.BaselineState != "" {
			t.Errorf("%s has the state %q in the form for GitHub", r.RuleID, r.BaselineState)
		}
	}
	full, _ := write(t, b, Options{IncludeChange: true})
	states := map[string]int{}
	for _, r := range full.Runs[0].Results {
		states[r.BaselineState]++
		if r.BaselineState == "new" && r.Properties["cause"] == nil {
			t.Error("the new result does not tell its cause")
		}
	}
	if states["new"] != 1 || states["updated"] != 1 || states["absent"] != 1 || states["unchanged"] == 0 || states[""] != 0 {
		t.Errorf("states: %v", states)
	}
}
