package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/wacheck/wacheck/analysis"
)

type junitWriter struct{ options Options }

// The elements of JUnit's XML that all readers know.
// https://github.com/testmoapp/junitxml
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitMessage `xml:"failure"`
	Error   *junitMessage `xml:"error"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// Write writes a suite for each rule: findings are failures, accepted and
// undecided ones are skipped, and a rule that finds nothing is a passed test.
func (j *junitWriter) Write(w io.Writer, r *analysis.Result) error {
	doc := newDocument(r, &j.options)
	out := junitSuites{Name: "wacheck"}
	cases := map[string][]junitCase{}
	for _, f := range doc.Findings {
		cases[f.Rule] = append(cases[f.Rule], junitOf(f, func(c *junitCase) {
			c.Failure = &junitMessage{Message: f.Message, Type: f.Severity, Text: junitText(f)}
		}))
	}
	for _, f := range doc.Accepted {
		cases[f.Rule] = append(cases[f.Rule], junitOf(f, func(c *junitCase) { c.Skipped = &junitMessage{Message: "accepted: " + f.Message} }))
	}
	for _, f := range doc.Opens {
		cases[f.Rule] = append(cases[f.Rule], junitOf(f, func(c *junitCase) { c.Skipped = &junitMessage{Message: "not decided: " + f.Message} }))
	}
	for _, rule := range doc.Rules {
		list := cases[rule.ID]
		if len(list) == 0 {
			list = []junitCase{{Name: rule.Title, Class: rule.ID}}
		}
		out.add(junitSuite{Name: rule.ID, Cases: list})
	}
	out.add(inputSuite(doc))
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write junit report: %w", err)
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return fmt.Errorf("write junit report: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuites) add(suite junitSuite) {
	for _, c := range suite.Cases {
		suite.Tests++
		switch {
		case c.Failure != nil:
			suite.Failures++
		case c.Error != nil:
			suite.Errors++
		case c.Skipped != nil:
			suite.Skipped++
		}
	}
	if suite.Tests == 0 {
		return
	}
	s.Tests, s.Failures, s.Errors, s.Skipped = s.Tests+suite.Tests, s.Failures+suite.Failures, s.Errors+suite.Errors, s.Skipped+suite.Skipped
	s.Suites = append(s.Suites, suite)
}

func junitOf(f Finding, result func(*junitCase)) junitCase {
	c := junitCase{Name: f.Title, Class: f.Rule}
	if len(f.Instances) > 0 {
		c.Name = f.Instances[0].Address
	}
	if f.Subject != "" {
		c.Name += ": " + f.Subject
	}
	if f.Location != nil {
		c.File, c.Line = f.Location.Path, f.Location.Line
	}
	result(&c)
	return c
}

func junitText(f Finding) string {
	var b strings.Builder
	for _, s := range f.Steps {
		fmt.Fprintf(&b, "%s: %s", s.Kind, s.Text)
		if s.Location != nil {
			fmt.Fprintf(&b, " (%s:%d)", s.Location.Path, s.Location.Line)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// inputSuite makes errors of what could not be read.
func inputSuite(doc *Document) junitSuite {
	s := junitSuite{Name: "input"}
	for _, d := range doc.Diagnostics {
		if d.Level != "error" {
			continue
		}
		c := junitCase{Name: d.Message, Class: d.Code, Error: &junitMessage{Message: d.Message, Type: d.Code}}
		if d.Location != nil {
			c.File, c.Line = d.Location.Path, d.Location.Line
		}
		s.Cases = append(s.Cases, c)
	}
	return s
}
