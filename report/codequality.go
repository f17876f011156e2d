package report

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/wacheck/wacheck/analysis"
)

type gitlabWriter struct{ options Options }

// qualityIssue is an entry of GitLab's code quality report.
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
type qualityIssue struct {
	Description string          `json:"description"`
	CheckName   string          `json:"check_name"`
	Fingerprint string          `json:"fingerprint"`
	Severity    string          `json:"severity"`
	Location    qualityLocation `json:"location"`
}

type qualityLocation struct {
	Path  string       `json:"path"`
	Lines qualityLines `json:"lines"`
}

type qualityLines struct {
	Begin int `json:"begin"`
}

// Write writes a code quality report. GitLab compares it with that of the target
// branch by the fingerprints, so that it holds all findings.
func (g *gitlabWriter) Write(w io.Writer, r *analysis.Result) error {
	doc := newDocument(r, &g.options)
	out := []qualityIssue{}
	for _, f := range doc.Findings {
		i := qualityIssue{Description: f.Message, CheckName: f.Rule, Fingerprint: f.ID, Severity: qualitySeverity(f.Severity)}
		if f.Location != nil {
			i.Location = qualityLocation{f.Location.Path, qualityLines{max(1, f.Location.Line)}}
		}
		out = append(out, i)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return fmt.Errorf("write code quality report: %w", err)
	}
	return nil
}

func qualitySeverity(severity string) string {
	switch severityRank(severity) {
	case int(analysis.Critical):
		return "blocker"
	case int(analysis.High):
		return "critical"
	case int(analysis.Medium):
		return "major"
	case int(analysis.Low):
		return "minor"
	}
	return "info"
}
