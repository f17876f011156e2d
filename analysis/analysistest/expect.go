package analysistest

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

// expectations compares what the rule says with the annotations.
func expectations(s *scenario, lang language, o *outcome) []string {
	var out []string
	m := &matcher{files: o.estate.files, outcome: o, used: map[*analysis.Finding]bool{}}
	for _, p := range s.of(lang).paths() {
		for _, n := range s.notes[p] {
			if problem := m.check(p, n); problem != "" {
				out = append(out, fmt.Sprintf("%s/%s:%d: %s: %s", s.name, p, n.line, n, problem))
			}
		}
	}
	for _, f := range m.rest() {
		out = append(out, fmt.Sprintf("%s/%s: not annotated: %s", s.name, m.files.Position(f.Span.Pos), describe(f)))
	}
	return out
}

// matcher uses up findings by annotations.
type matcher struct {
	files   *source.FileSet
	outcome *outcome
	used    map[*analysis.Finding]bool
}

// check returns what is wrong with an annotation, or "".
func (m *matcher) check(path string, n *note) string {
	switch n.verb {
	case want:
		if m.take(m.outcome.Findings, path, n) == nil {
			return "no such finding here" + m.here(path, n.line)
		}
	case open:
		if m.take(m.outcome.Opens, path, n) == nil {
			return "no such open verdict here" + m.here(path, n.line)
		}
	case todoWant:
		if m.take(m.outcome.Findings, path, n) != nil {
			return "the gap is closed: make it a want"
		}
	case todoOK:
		if m.take(m.outcome.Findings, path, n) == nil && m.take(m.outcome.Opens, path, n) == nil {
			return "the gap is closed: make it an ok"
		}
	case ok:
		return m.good(path, n.line)
	}
	return ""
}

// take uses up the first finding that an annotation describes.
func (m *matcher) take(list []analysis.Finding, path string, n *note) *analysis.Finding {
	for i := range list {
		f := &list[i]
		if m.used[f] || !m.stands(f, path, n) || n.severity != nil && *n.severity != f.Severity ||
			n.profile != nil && *n.profile != f.Rule.ProfileOf(f.Variant) {
			continue
		}
		if n.text == nil || slices.ContainsFunc(texts(f), n.text.MatchString) {
			m.used[f] = true
			return f
		}
	}
	return nil
}

// stands reports whether a finding is at the line of an annotation: shown
// there, or, since nobody looks for what is not known at one place, on a
// resource that begins there.
func (m *matcher) stands(f *analysis.Finding, path string, n *note) bool {
	if m.at(f.Span, path, n.line) {
		return true
	}
	return n.verb != want && n.verb != todoWant && m.at(f.Block, path, n.line)
}

func (m *matcher) at(s source.Span, path string, line int) bool {
	p := m.files.Position(s.Pos)
	return p.Path == path && p.Line == line
}

// good checks that the resource which begins at a line is decided and passes.
func (m *matcher) good(path string, line int) string {
	var decided bool
	for _, d := range m.outcome.decisions {
		if !m.at(d.Node.Span, path, line) {
			continue
		}
		if !d.Verdict.IsGood() {
			return fmt.Sprintf("%s %s is %s", d.Node.Addr, d.Subject, resultOf(d))
		}
		decided = true
	}
	if !decided {
		return "no resource that begins here is decided"
	}
	return ""
}

// here lists what there is at a line, for a message.
func (m *matcher) here(path string, line int) string {
	var out []string
	for _, list := range [][]analysis.Finding{m.outcome.Findings, m.outcome.Opens} {
		for i := range list {
			if f := &list[i]; m.at(f.Span, path, line) || m.at(f.Block, path, line) {
				out = append(out, fmt.Sprintf("\n\tshown at %s: %s", m.files.Position(f.Span.Pos), describe(f)))
			}
		}
	}
	return strings.Join(out, "")
}

// rest returns what no annotation describes, in order of place.
func (m *matcher) rest() []*analysis.Finding {
	var out []*analysis.Finding
	for _, list := range [][]analysis.Finding{m.outcome.Findings, m.outcome.Opens} {
		for i := range list {
			if !m.used[&list[i]] {
				out = append(out, &list[i])
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return m.files.Less(out[i].Span, out[j].Span) })
	return out
}

// texts is all that a pattern may match.
func texts(f *analysis.Finding) []string {
	out := []string{f.Message}
	for _, s := range f.Steps {
		out = append(out, s.Text)
	}
	for _, r := range f.Reasons {
		out = append(out, r.Text)
	}
	return out
}

func describe(f *analysis.Finding) string {
	s := fmt.Sprintf("[%s] %s", f.Severity, f.Message)
	if f.Open {
		s = "open: " + f.Message
	}
	for _, r := range f.Reasons {
		s += fmt.Sprintf(" (%s)", r.Text)
	}
	return s
}
