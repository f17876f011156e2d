package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
)

// maxAnnotations is the number of annotations of a level that GitHub shows of a
// step; it drops the rest without a word.
// https://docs.github.com/en/rest/checks/runs (limits of annotations)
const maxAnnotations = 10

type githubWriter struct{ options Options }

// Write writes workflow commands, which GitHub Actions turns into annotations of
// the lines. What was there at the base is left out.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func (g *githubWriter) Write(w io.Writer, r *analysis.Result) error {
	buf := bufio.NewWriter(w)
	doc := newDocument(r, &g.options)
	left := map[string]int{}
	shown := map[string]int{}
	for _, f := range gravestFirst(doc.Findings) {
		level := annotationLevel(f.Severity)
		if f.Change == changeUnchanged {
			continue
		}
		if shown[level] == maxAnnotations {
			left[level]++
			continue
		}
		shown[level]++
		command(buf, level, f.Location, fmt.Sprintf("%s [%s]", f.Title, f.Rule), f.Message)
	}
	for _, d := range doc.Diagnostics {
		if d.Level == "error" && shown["error"] < maxAnnotations {
			shown["error"]++
			command(buf, "error", d.Location, "Not analysed", d.Message)
		}
	}
	for _, level := range []string{"error", "warning", "notice"} {
		if left[level] > 0 {
			command(buf, "notice", nil, "wacheck", fmt.Sprintf("%d more findings of level %s are not shown here; GitHub shows %d of a level", left[level], level, maxAnnotations))
		}
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("write annotations: %w", err)
	}
	return nil
}

const changeUnchanged = "unchanged"

// gravestFirst orders by severity, and leaves the order of places within one.
func gravestFirst(list []Finding) []Finding {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b Finding) int { return severityRank(b.Severity) - severityRank(a.Severity) })
	return out
}

func severityRank(name string) int {
	s, err := analysis.ParseSeverity(name)
	if err != nil {
		return -1 // not one of ours
	}
	return int(s)
}

func annotationLevel(severity string) string {
	switch severityRank(severity) {
	case int(analysis.Critical), int(analysis.High):
		return "error"
	case int(analysis.Medium):
		return "warning"
	}
	return "notice"
}

var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// command writes one workflow command; texts of the input can't begin another.
func command(w io.Writer, level string, at *Location, title, message string) {
	var properties []string
	if at != nil {
		properties = append(properties, "file="+commandProperty.Replace(at.Path))
		if at.Line > 0 {
			// One line: GitHub shows an annotation only if all of its lines are in the diff.
			properties = append(properties, fmt.Sprintf("line=%d", at.Line), fmt.Sprintf("endLine=%d", at.Line))
			if at.EndLine == at.Line && at.EndColumn > at.Column {
				properties = append(properties, fmt.Sprintf("col=%d", at.Column), fmt.Sprintf("endColumn=%d", at.EndColumn))
			}
		}
	}
	properties = append(properties, "title="+commandProperty.Replace(title))
	_, _ = fmt.Fprintf(w, "::%s %s::%s\n", level, strings.Join(properties, ","), commandData.Replace(message)) // the buffer keeps the error
}
