package report

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/report/reporttest"
)

// evilFinding is a finding whose texts try to break out of a format.
func evilFinding(t *testing.T, n int) *reporttest.Build {
	t.Helper()
	b := reporttest.New(t, map[string]string{"a.tf": "x = 1\n"})
	for i := range n {
		b.Add(analysis.Finding{Rule: &analysis.Rule{ID: fmt.Sprintf("r-%02d", i), Title: "T", Severity: analysis.High},
			Severity: analysis.High, Message: "one\n::error::two | `three` <b> @all %0A", Span: b.At("a.tf", "x"), ID: fmt.Sprint(i)})
	}
	return b
}

// TestGitHubAnnotations: no text may begin a command of its own, and no more is
// written than GitHub shows.
func TestGitHubAnnotations(t *testing.T) {
	out := write(t, GitHub, evilFinding(t, 13), Options{})
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 11 {
		t.Fatalf("%d lines, want 10 annotations and a notice:\n%s", len(lines), out)
	}
	if want := "::error file=a.tf,line=1,endLine=1,col=1,endColumn=2,title=T [r-00]::one%0A::error::two | `three` <b> @all %250A"; lines[0] != want {
		t.Errorf("got  %s\nwant %s", lines[0], want)
	}
	if !strings.HasPrefix(lines[10], "::notice ") || !strings.Contains(lines[10], "3 more findings") {
		t.Errorf("the last line does not tell of the rest: %s", lines[10])
	}
}

func TestGitLab(t *testing.T) {
	var issues []struct {
		Description string
		CheckName   string `json:"check_name"`
		Fingerprint string
		Severity    string
		Location    struct {
			Path  string
			Lines struct{ Begin int }
		}
	}
	if err := json.Unmarshal([]byte(write(t, GitLab, evilFinding(t, 2), Options{})), &issues); err != nil {
		t.Fatal(err)
	}
	if len(issues) != 2 || issues[0].Severity != "critical" || issues[0].Location.Path != "a.tf" || issues[0].Location.Lines.Begin != 1 ||
		issues[0].Fingerprint == issues[1].Fingerprint || issues[0].CheckName != "r-00" {
		t.Errorf("got %+v", issues)
	}
	if got := strings.TrimSpace(write(t, GitLab, evilFinding(t, 0), Options{})); got != "[]" {
		t.Errorf("nothing is written as %s, want []", got)
	}
}

// TestJUnit counts: findings fail, undecided ones are skipped, and a rule without
// either passes.
func TestJUnit(t *testing.T) {
	r := reporttest.Estate(t)
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Cases []struct {
				Failure *struct{} `xml:"failure"`
				Skipped *struct{} `xml:"skipped"`
				Error   *struct{} `xml:"error"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(write(t, JUnit, r, Options{})), &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Failures != len(r.Findings) || suites.Skipped != len(r.Opens)+len(r.Accepted) {
		t.Errorf("%d failures and %d skipped of %d findings and %d open verdicts", suites.Failures, suites.Skipped, len(r.Findings), len(r.Opens))
	}
	passed := false
	for _, s := range suites.Suites {
		if s.Name == reporttest.Quiet.ID {
			passed = len(s.Cases) == 1 && s.Cases[0].Failure == nil && s.Cases[0].Skipped == nil && s.Cases[0].Error == nil
		}
	}
	if !passed {
		t.Errorf("the rule that finds nothing is no passed test:\n%+v", suites.Suites)
	}
}

// TestMarkdown: a row for each finding, and no text that becomes markup or calls people.
func TestMarkdown(t *testing.T) {
	out := write(t, Markdown, evilFinding(t, 60), Options{})
	if !strings.HasPrefix(out, "<!-- wacheck -->\n### wacheck: 60 high\n") {
		t.Errorf("it begins with %.80q", out)
	}
	if got := strings.Count(out, "\n| high |"); got != 50 {
		t.Errorf("%d rows, want 50", got)
	}
	if !strings.Contains(out, "10 more are in the full report") {
		t.Error("it does not tell of the rest")
	}
	for _, bad := range []string{"<b>", "@all", "\n::error"} {
		if strings.Contains(out, bad) {
			t.Errorf("%q is in the output", bad)
		}
	}
	if strings.Contains(write(t, Markdown, evilFinding(t, 0), Options{}), "| severity |") {
		t.Error("there is a table without findings")
	}
}
