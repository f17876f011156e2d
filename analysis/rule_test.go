package analysis_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
)

func TestSeverityNames(t *testing.T) {
	for _, s := range analysis.Severities() {
		got, err := analysis.ParseSeverity(strings.ToUpper(s.String()))
		if err != nil || got != s {
			t.Errorf("%s is read as %v, %v", s, got, err)
		}
	}
	if _, err := analysis.ParseSeverity("hihg"); err == nil || !strings.Contains(err.Error(), `"hihg"`) || !strings.Contains(err.Error(), "critical") {
		t.Errorf("an unknown severity: %v", err)
	}
	all := analysis.Severities()
	for i := 1; i < len(all); i++ {
		if all[i-1] <= all[i] {
			t.Errorf("%s comes before %s", all[i-1], all[i])
		}
	}
	if analysis.High.Risk() != "HRI" || analysis.Critical.Risk() != "HRI" || analysis.Medium.Risk() != "MRI" {
		t.Error("a severity has the wrong risk")
	}
}

func TestProfileNames(t *testing.T) {
	for _, p := range []analysis.Profile{analysis.Gate, analysis.Review, analysis.Everything} {
		if got, err := analysis.ParseProfile(p.String()); err != nil || got != p {
			t.Errorf("%s is read as %v, %v", p, got, err)
		}
	}
	if _, err := analysis.ParseProfile("everything"); err == nil {
		t.Error("a name that the profile does not have is taken")
	}
}

func TestProfileOfVariants(t *testing.T) {
	r := analysis.Rule{Profile: analysis.Gate, ReviewVariants: []string{"weak"}}
	strict := analysis.Rule{Profile: analysis.Everything, ReviewVariants: []string{"weak"}}
	if r.ProfileOf("") != analysis.Gate || r.ProfileOf("weak") != analysis.Review || strict.ProfileOf("weak") != analysis.Everything {
		t.Error("a form of a defect speaks in the wrong profile")
	}
}

func TestSeverityIn(t *testing.T) {
	r := analysis.Rule{Severity: analysis.High, In: analysis.Minor(analysis.Low),
		Variants: map[string]analysis.Severity{"mild": analysis.Medium, "grave": analysis.Critical}}
	for _, tt := range []struct {
		env     analysis.Environment
		variant string
		want    analysis.Severity
	}{
		{analysis.UnknownEnvironment, "", analysis.High},
		{analysis.Production, "", analysis.High},
		{analysis.Sandbox, "", analysis.Low},
		{analysis.Production, "grave", analysis.Critical},
		{analysis.Production, "mild", analysis.Medium},
		{analysis.Development, "grave", analysis.Low}, // an environment lowers a form of the defect
		{analysis.Development, "unheard-of", analysis.Low},
		{analysis.Staging, "mild", analysis.Medium},
	} {
		if got := r.SeverityIn(tt.env, tt.variant); got != tt.want {
			t.Errorf("in %q, variant %q: %s, want %s", tt.env, tt.variant, got, tt.want)
		}
	}
	raised := analysis.Rule{Severity: analysis.Low, In: map[analysis.Environment]analysis.Severity{analysis.Production: analysis.High},
		Variants: map[string]analysis.Severity{"mild": analysis.Info}}
	if got := raised.SeverityIn(analysis.Production, "mild"); got != analysis.Info {
		t.Errorf("an environment raises a milder form to %s", got)
	}
}

func TestEnvironments(t *testing.T) {
	for env, want := range map[analysis.Environment][2]bool{ // non-production, minor
		analysis.UnknownEnvironment: {false, false},
		analysis.Production:         {false, false},
		analysis.Shared:             {false, false},
		analysis.Staging:            {true, false},
		analysis.NonProduction:      {true, false},
		analysis.Development:        {true, true},
		analysis.Test:               {true, true},
		analysis.Sandbox:            {true, true},
	} {
		if env.IsNonProduction() != want[0] || env.IsMinor() != want[1] {
			t.Errorf("%q is non-production %v, minor %v", env, env.IsNonProduction(), env.IsMinor())
		}
	}
}
