package ruledoc

import (
	"bytes"
	"encoding/json"

	"github.com/wacheck/wacheck/report"
)

// document is the page for programs.
type document struct {
	report.Rule
	// BestPractice is what Practice names.
	BestPractice *bestPractice `json:"bestPractice,omitempty"`
	CoveredBy    []string      `json:"coveredBy"`
	HelpURI      string        `json:"helpUri"`
	Examples     []Example     `json:"examples"`
}

type bestPractice struct {
	ID     string `json:"id"`
	Choice string `json:"choice"`
	Title  string `json:"title"`
	URL    string `json:"url"`
}

// JSON is the page for programs: a rule as in the json report, and more.
func (p *Page) JSON() ([]byte, error) {
	d := document{Rule: report.RuleOf(p.Rule), CoveredBy: append([]string{}, p.CoveredBy...), HelpURI: URL(p.Rule.ID),
		Examples: append([]Example{}, p.Examples...)}
	if p.HasPractice {
		d.BestPractice = &bestPractice{p.Practice.ID, p.Practice.Choice, p.Practice.Title, p.Practice.URL()}
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(d)
	return buf.Bytes(), err
}
