package all_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analyzers/all"
)

var update = flag.Bool("update", false, "add new rule ids to testdata/rule-ids.txt")

func TestSuiteIsValid(t *testing.T) {
	if err := all.Suite().Validate(); err != nil {
		t.Error(err)
	}
}

// archives returns the tests of rules by rule id.
func archives(t *testing.T) map[string]string {
	t.Helper()
	found, err := filepath.Glob("../*/testdata/*.txtar")
	if err != nil || len(found) == 0 {
		t.Fatalf("no archive of a rule was found: %v", err)
	}
	out := map[string]string{}
	for _, p := range found {
		id := strings.TrimSuffix(filepath.Base(p), ".txtar")
		if out[id] != "" {
			t.Errorf("%s is tested by %s and %s", id, out[id], p)
		}
		out[id] = p
	}
	return out
}

func TestEveryRuleHasATest(t *testing.T) {
	tests := archives(t)
	for _, r := range all.Suite().Rules() {
		if tests[r.ID] == "" {
			t.Errorf("rule %s has no testdata/%s.txtar beside its analyzer", r.ID, r.ID)
		}
		delete(tests, r.ID)
	}
	for id, p := range tests {
		t.Errorf("%s: there is no rule %s", p, id)
	}
}

// TestRuleIDsAreForEver compares with the ids that were ever released: a rule
// that is renamed lives on as an alias (UR-21.1).
func TestRuleIDsAreForEver(t *testing.T) {
	const golden = "testdata/rule-ids.txt"
	ids := map[string]bool{}
	for _, r := range all.Suite().Rules() {
		for _, id := range append([]string{r.ID}, r.Aliases...) {
			ids[id] = true
		}
	}
	known := lines(t, golden)
	for _, id := range known {
		if !ids[id] {
			t.Errorf("rule id %s has disappeared: keep it as an alias of what replaces it", id)
		}
		delete(ids, id)
	}
	if len(ids) == 0 {
		return
	}
	for id := range ids {
		if !*update {
			t.Errorf("rule id %s is new: run this test with -update", id)
		}
		known = append(known, id)
	}
	if *update {
		slices.Sort(known)
		if err := os.WriteFile(golden, []byte(strings.Join(known, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(content))
}
