package report

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/report/reporttest"
)

// With a base, the text lists what the change brought, with its cause, and what
// it mended; what was there is only counted.
func TestTextOfAComparison(t *testing.T) {
	b := reporttest.Estate(t)
	b.Compare()
	text := write(t, Text, b, Options{})
	for _, want := range []string{
		"[rds-not-encrypted]  new\n",
		"cause: envs/prod/prod.tfvars:3: encrypted = false",
		"✓ EC2 instance is of an old generation  aws_instance.x  envs/prod/old.tf:7",
		"with main (0123456789ab): 1 new, 1 worse, 1 fixed,",
		"1 by suppressions, 1 by the baseline",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "\n    fix:"); n != 2 {
		t.Errorf("%d findings are listed, want the new and the worse one", n)
	}
	if all := write(t, Text, b, Options{Unchanged: true}); strings.Count(all, "\n    fix:") != len(b.Findings) {
		t.Error("--unchanged does not list all findings")
	}
}

func TestJSONOfAComparison(t *testing.T) {
	b := reporttest.Estate(t)
	b.Compare()
	d := decode(t, write(t, JSON, b, Options{}))
	if d.Comparison == nil || d.Comparison.New != 1 || len(d.Comparison.Fixed) != 1 || d.Comparison.Fixed[0].Location.Line != 7 {
		t.Fatalf("comparison: %+v", d.Comparison)
	}
	news := 0
	for _, f := range d.Findings {
		if f.Change == "new" {
			news++
			if f.Cause == nil || f.Cause.Location.Path != "envs/prod/prod.tfvars" || !f.Fails {
				t.Errorf("new finding: %+v", f)
			}
		}
	}
	if news != 1 {
		t.Errorf("%d new findings", news)
	}
	for _, f := range d.Accepted {
		if f.AcceptedBy == nil || f.AcceptedBy.Location == nil {
			t.Errorf("%s: accepted by %+v", f.Rule, f.AcceptedBy)
		}
	}
}
