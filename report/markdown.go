package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/wacheck/wacheck/analysis"
)

// maxMarkdown is the number of findings that are listed: a comment of GitHub has
// at most 65,536 characters.
const maxMarkdown = 50

// marker lets a script find its own comment again, to replace it.
const marker = "<!-- wacheck -->"

type markdownWriter struct{ options Options }

// Write writes a summary for the page of a job or a comment on a pull request:
// what is new first, then what was there.
func (m *markdownWriter) Write(w io.Writer, r *analysis.Result) error {
	buf := bufio.NewWriter(w)
	doc := newDocument(r, &m.options)
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(buf, format+"\n", args...) } // the buffer keeps the error
	p("%s\n### wacheck: %s\n", marker, headline(doc))
	var fresh, old []Finding
	for _, f := range gravestFirst(doc.Findings) {
		if f.Change == changeUnchanged {
			old = append(old, f)
		} else {
			fresh = append(fresh, f)
		}
	}
	m.table(p, fresh)
	if len(old) > 0 {
		p("<details><summary>%d findings that were there before</summary>\n", len(old))
		m.table(p, old)
		p("</details>\n")
	}
	if c := doc.Comparison; c != nil && len(c.Fixed) > 0 {
		p("<details><summary>%d fixed</summary>\n", len(c.Fixed))
		for _, f := range c.Fixed {
			p("- %s `%s`", markdownText(f.Message), f.Rule)
		}
		p("\n</details>\n")
	}
	m.footer(p, doc)
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("write markdown report: %w", err)
	}
	return nil
}

func headline(doc *Document) string {
	if c := doc.Comparison; c != nil {
		return fmt.Sprintf("%d new, %d fixed, %d unchanged", c.New+c.Worse, len(c.Fixed), c.Unchanged)
	}
	if doc.Summary.Findings == 0 {
		return "no findings"
	}
	var parts []string
	s := doc.Summary.BySeverity
	for _, x := range []struct {
		n    int
		name string
	}{{s.Critical, "critical"}, {s.High, "high"}, {s.Medium, "medium"}, {s.Low, "low"}, {s.Info, "info"}} {
		if x.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", x.n, x.name))
		}
	}
	return strings.Join(parts, ", ")
}

func (m *markdownWriter) table(p func(string, ...any), list []Finding) {
	if len(list) == 0 {
		return
	}
	p("| severity | finding | place |\n|---|---|---|")
	for i, f := range list {
		if i == maxMarkdown {
			p("\n%d more are in the full report.", len(list)-maxMarkdown)
			break
		}
		place := ""
		if f.Location != nil {
			place = fmt.Sprintf("`%s:%d`", markdownCode(f.Location.Path), f.Location.Line)
		}
		text := markdownText(f.Message)
		if f.Cause != nil {
			text += fmt.Sprintf("<br>because of `%s:%d`", markdownCode(f.Cause.Location.Path), f.Cause.Location.Line)
		}
		p("| %s | %s `%s` | %s |", f.Severity, text, f.Rule, place)
	}
	p("")
}

func (m *markdownWriter) footer(p func(string, ...any), doc *Document) {
	c := doc.Coverage
	line := fmt.Sprintf("%d resources in %d roots and stacks; %d verdicts not decided", c.Resources, c.Units, doc.Summary.Opens)
	if n := doc.Summary.Diagnostics.Errors; n > 0 {
		line += fmt.Sprintf("; **%d errors in the input: part of it was not analysed**", n)
	}
	if n := doc.Summary.Suppressed + doc.Summary.Baselined; n > 0 {
		line += fmt.Sprintf("; %d accepted", n)
	}
	p("<sub>%s</sub>", line)
}

// markdownText takes the meaning from characters that markdown and HTML give one.
var markdownEscapes = strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", ">", "&gt;", "`", "\\`", "*", "\\*", "_", "\\_",
	"[", "\\[", "]", "\\]", "@", "@\u200b", "#", "\\#", "\n", " ", "\r", " ")

func markdownText(s string) string { return markdownEscapes.Replace(s) }

// markdownCode is for the inside of a code span, where nothing can be escaped.
func markdownCode(s string) string {
	return strings.NewReplacer("`", "'", "|", "\\|", "\n", " ").Replace(s)
}
