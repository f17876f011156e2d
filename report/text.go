package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

type textWriter struct{ options Options }

// Write writes the findings by file, then trouble with the input, then a summary.
func (t *textWriter) Write(w io.Writer, r *analysis.Result) error {
	p := &printer{o: &t.options, r: r, style: style{t.options.Color}}
	p.secrets = secretSpans(r)
	if t.options.Quiet {
		p.quiet()
	} else {
		p.findings()
		p.fixed()
		p.opens()
		p.diagnostics()
		p.summary()
	}
	if _, err := w.Write(p.buf.Bytes()); err != nil {
		return fmt.Errorf("write text report: %w", err)
	}
	return nil
}

// printer holds the text in the making.
type printer struct {
	style
	o   *Options
	r   *analysis.Result
	buf bytes.Buffer
	// secrets are spans that must not be shown, by the path and line they begin on.
	secrets map[lineKey][]source.Span
}

type lineKey struct {
	path string
	line int
}

func (p *printer) printf(format string, args ...any) { fmt.Fprintf(&p.buf, format, args...) }

// para writes text behind a first indent, and wrapped lines behind blanks of the
// same width. The label counts as part of the text.
func (p *printer) para(indent int, label, text string) {
	pad := strings.Repeat(" ", indent)
	lead := 0
	if label != "" {
		lead = source.TextWidth(label) + 1
	}
	for i, line := range wrap(text, wrapWidth-indent-lead) {
		switch {
		case i == 0 && label != "":
			p.printf("%s%s %s\n", pad, p.dim(label), line)
		case label != "":
			p.printf("%s%s%s\n", pad, strings.Repeat(" ", lead), line)
		default:
			p.printf("%s%s\n", pad, line)
		}
	}
}

// place is a position as it is shown, empty for nowhere.
func (p *printer) place(sp source.Span) string { return p.position(sp).String() }

// position is a place with its path as it is shown.
func (p *printer) position(sp source.Span) source.Position {
	pos := p.r.Files.Position(sp.Pos)
	if reg, ok := p.r.Files.Region(sp); ok {
		pos.Line, pos.Column = reg.Line, reg.Column
	}
	pos.Path = source.Printable(p.o.shown(pos.Path))
	return pos
}

// secretSpans collects the places that must not be shown.
func secretSpans(r *analysis.Result) map[lineKey][]source.Span {
	out := map[lineKey][]source.Span{}
	for _, list := range [][]analysis.Finding{r.Findings, r.Opens} {
		for i := range list {
			for _, s := range list[i].Steps {
				if !s.Secret || !s.Span.IsValid() {
					continue
				}
				from, to := r.Files.Position(s.Span.Pos), r.Files.Position(s.Span.End)
				for line := from.Line; line <= to.Line; line++ {
					k := lineKey{from.Path, line}
					out[k] = append(out[k], s.Span)
				}
			}
		}
	}
	return out
}

// findings writes the findings file by file, in order of path; those of a file
// gravest first.
func (p *printer) findings() {
	list := byPlace(p.r, p.shownFindings())
	file := func(f *analysis.Finding) string { return p.r.Files.Position(position(f).Pos).Path }
	for len(list) > 0 {
		n := 1
		for n < len(list) && file(list[n]) == file(list[0]) {
			n++
		}
		name := p.o.shown(file(list[0]))
		if name == "" {
			name = "(no file)"
		}
		p.printf("%s\n\n", p.bold(p.path(source.Printable(name))))
		group := slices.Clone(list[:n])
		slices.SortStableFunc(group, func(a, b *analysis.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
		for _, f := range group {
			p.finding(f)
			p.printf("\n")
		}
		list = list[n:]
	}
}

// quiet writes one line for each finding and each error of the input, as
// compilers do: path:line:column: severity: message [rule].
func (p *printer) quiet() {
	for _, f := range byPlace(p.r, p.shownFindings()) {
		p.printf("%s%s: %s [%s]\n", prefixOf(p.place(position(f))), p.severity(f.Severity, f.Severity.String()),
			oneLine(f.Sentence()), f.Rule.ID)
	}
	for _, d := range source.SortDiagnostics(p.r.Files, slices.Clone(p.r.Diagnostics)) {
		if d.Level == source.Error {
			p.printf("%s%s: %s [%s]\n", prefixOf(p.diagnosticPlace(d)), p.level(d.Level), oneLine(d.Message), d.Code)
		}
	}
}

func prefixOf(place string) string {
	if place == "" {
		return ""
	}
	return place + ": "
}

func oneLine(s string) string { return strings.Join(strings.Fields(source.Printable(s)), " ") }
