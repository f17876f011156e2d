package report

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

// maxShort is the number of columns up to which facts stand together on a line.
const maxShort = 40

// clause is something said of a place.
type clause struct {
	text string
	at   source.Span
}

// proofLine is a paragraph of the evidence: one fact or several that stand close
// to each other, one hop, or the calls that lead to the place; and below it the way by
// which the value came.
type proofLine struct {
	kind    analysis.StepKind
	clauses []clause
	ways    []clause
}

// proof writes the evidence in few lines. Every fact and every place is there, but
// what stands in the excerpt already is not repeated, nor is the file of the finding.
func (p *printer) proof(f *analysis.Finding, at source.Span, told string) {
	home := p.position(at)
	hops := 0
	for _, l := range p.proofLines(f, at, told) {
		mark := "•"
		switch l.kind {
		case analysis.StepHop:
			hops++
			mark = fmt.Sprintf("%d.", hops)
		case analysis.StepModule:
			mark = "↑"
		case analysis.StepRelated:
			mark = "see"
		case analysis.StepFact, analysis.StepMissing, analysis.StepOrigin:
		}
		if len(l.clauses) > 0 {
			p.proofParagraph(mark, l, home)
		}
		if len(l.ways) > 0 {
			p.wayParagraph(l.ways, home)
		}
	}
}

// proofLines puts together what belongs together.
func (p *printer) proofLines(f *analysis.Finding, at source.Span, told string) []*proofLine {
	var out []*proofLine
	last := func() *proofLine {
		if len(out) == 0 {
			out = append(out, &proofLine{})
		}
		return out[len(out)-1]
	}
	for _, s := range f.Steps {
		c := clause{oneLine(s.Text), s.Span}
		switch {
		case c.text == "":
		case s.Kind == analysis.StepOrigin:
			last().ways = append(last().ways, c)
		case isFact(s.Kind) && told != "" && c.text == told && s.Span == at:
			told = ""
			out = append(out, &proofLine{kind: s.Kind}) // its way still has to be told
		case len(out) > 0 && p.joins(last(), s.Kind, c):
			last().clauses = append(last().clauses, c)
		default:
			out = append(out, &proofLine{kind: s.Kind, clauses: []clause{c}})
		}
	}
	return out
}

func isFact(k analysis.StepKind) bool { return k == analysis.StepFact || k == analysis.StepMissing }

// joins reports whether a clause can stand on the line before it: calls of modules
// always do, short facts do if they stand in the same file and have no way to tell.
func (p *printer) joins(l *proofLine, kind analysis.StepKind, c clause) bool {
	if len(l.clauses) == 0 || len(l.ways) > 0 || l.kind != kind {
		return false
	}
	if kind == analysis.StepModule {
		return true
	}
	before := l.clauses[len(l.clauses)-1]
	return isFact(kind) && source.TextWidth(before.text) <= maxShort && source.TextWidth(c.text) <= maxShort &&
		p.position(before.at).Path == p.position(c.at).Path
}

func (p *printer) proofParagraph(mark string, l *proofLine, home source.Position) {
	var texts []string
	if l.kind == analysis.StepModule {
		for _, c := range l.clauses {
			texts = append(texts, c.text+p.inBrackets(p.near(c.at, home)))
		}
		p.marked(mark, strings.Join(texts, ", "), "")
		return
	}
	first, final := p.position(l.clauses[0].at), p.position(l.clauses[0].at)
	for _, c := range l.clauses {
		texts = append(texts, c.text)
		if pos := p.position(c.at); pos.Line != 0 {
			first.Line, final.Line = min(first.Line, pos.Line), max(final.Line, pos.Line)
		}
	}
	p.marked(mark, strings.Join(texts, ", "), nearLines(first, final.Line, home))
}

// wayParagraph writes the way by which a value came, nearest place first: on one
// line if there is room, else a step a line.
func (p *printer) wayParagraph(ways []clause, home source.Position) {
	const indent, width = "      ", wrapWidth - body - 2
	var texts []string
	total := 0
	for _, c := range ways {
		text := "← " + c.text + p.inBrackets(p.near(c.at, home))
		texts = append(texts, text)
		total += source.TextWidth(text) + 1
	}
	if total <= width {
		texts = []string{strings.Join(texts, " ")}
	}
	for _, text := range texts {
		for i, line := range wrap(text, width) {
			if i > 0 {
				line = "  " + line
			}
			p.printf("%s%s\n", indent, p.dim(line))
		}
	}
}

func (p *printer) inBrackets(place string) string {
	if place == "" {
		return ""
	}
	return " (" + place + ")"
}

// near is a place as seen from another: nothing if it is on the same line, only the
// line if it is in the same file.
func (p *printer) near(at source.Span, home source.Position) string {
	pos := p.position(at)
	return nearLines(pos, pos.Line, home)
}

func nearLines(from source.Position, to int, home source.Position) string {
	switch {
	case from.Path == "":
		return ""
	case from.Path == home.Path && from.Line == to && to == home.Line:
		return ""
	case from.Path == home.Path && from.Line == to:
		return fmt.Sprintf("line %d", to)
	case from.Path == home.Path:
		return fmt.Sprintf("lines %d–%d", from.Line, to)
	case from.Line == to:
		return fmt.Sprintf("%s:%d", from.Path, from.Line)
	}
	return fmt.Sprintf("%s:%d–%d", from.Path, from.Line, to)
}

// everyStep writes each step of the evidence on a line of its own with its whole
// place. The fact that stands in the excerpt is not repeated.
func (p *printer) everyStep(f *analysis.Finding, told string) {
	hops := 0
	for _, s := range f.Steps {
		text := oneLine(s.Text)
		if text == "" {
			continue
		}
		place := p.place(s.Span)
		switch s.Kind {
		case analysis.StepFact, analysis.StepMissing:
			if text == told {
				told = ""
				continue
			}
			p.marked("•", text, place)
		case analysis.StepOrigin:
			p.marked("←", text, place)
		case analysis.StepHop:
			hops++
			p.marked(fmt.Sprintf("%d.", hops), text, place)
		case analysis.StepModule:
			p.marked("↑", text, place)
		case analysis.StepRelated:
			p.marked("see", text, place)
		}
	}
}

// marked writes text behind a mark, and a place, which stays on the line of the
// last word.
func (p *printer) marked(mark, text, place string) {
	indent := body + source.TextWidth(mark) + 1
	lines := wrap(text, wrapWidth-indent)
	if place != "" {
		lines[len(lines)-1] += "  " + p.path(place)
	}
	p.printf("    %s %s\n", p.dim(mark), strings.Join(lines, "\n"+strings.Repeat(" ", indent)))
}
