package report

import (
	"fmt"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

// judgement adds the word of the gate to the json form of a finding.
func (d documenter) judgement(f *analysis.Finding, out *Finding) {
	out.Fails, out.Change, out.Remarks = f.Fails, string(f.Change), f.Remarks
	if c := f.Cause; c != nil {
		out.Cause = &Cause{c.Text, Location{Path: d.o.shown(c.Path), Line: c.Line}, c.Removed, c.Source}
	}
	if a := f.Accepted; a != nil {
		out.AcceptedBy = &Acceptance{string(a.Kind), a.By, a.Reason, a.Expires, d.location(a.Span)}
		if out.AcceptedBy.Location == nil && a.Path != "" {
			out.AcceptedBy.Location = &Location{Path: a.Path}
		}
	}
}

func (d documenter) comparison() *Comparison {
	c := d.r.Comparison
	if c == nil {
		return nil
	}
	past := func(list []analysis.Past) []Past {
		out := []Past{}
		for _, p := range list {
			out = append(out, Past{p.ID, p.Rule.ID, p.Severity.String(), p.Message, p.Address, p.Unit,
				Location{Path: d.o.shown(p.Path), Line: p.Line}})
		}
		return out
	}
	return &Comparison{c.Base, c.Commit, c.New, c.Worse, c.Unchanged, past(c.Fixed), past(c.Undecided), c.Accepted}
}

// cause shows the changed line that made a finding new.
func (p *printer) cause(f *analysis.Finding) {
	c := f.Cause
	if c == nil {
		return
	}
	text := fmt.Sprintf("%s:%d", source.Printable(p.o.shown(c.Path)), c.Line)
	if c.Removed {
		text = "removed from " + text
	}
	if c.Source != "" {
		text += ": " + oneLine(c.Source)
	}
	if c.Text != "" {
		text += " (" + oneLine(c.Text) + ")"
	}
	p.para(body, "cause:", text)
}

// fixed lists what the run no longer finds.
func (p *printer) fixed() {
	c := p.r.Comparison
	if c == nil {
		return
	}
	section := func(title, mark string, list []analysis.Past) {
		if len(list) == 0 {
			return
		}
		p.printf("%s\n", p.bold(title))
		for _, x := range list {
			at := fmt.Sprintf("%s:%d", source.Printable(p.o.shown(x.Path)), x.Line)
			p.printf("  %s %s  %s  %s %s\n", mark, oneLine(x.Rule.Title), oneLine(x.Address), p.path(at), p.dim("["+x.Rule.ID+"]"))
		}
		p.printf("\n")
	}
	section("Fixed", "✓", c.Fixed)
	section("Not decided any more", "?", c.Undecided)
}

// compared writes the row of the summary about the base.
func (p *printer) compared() {
	c := p.r.Comparison
	if c == nil {
		return
	}
	base := c.Base
	if len(c.Commit) >= 12 && c.Base != c.Commit {
		base += " (" + c.Commit[:12] + ")"
	}
	text := fmt.Sprintf("with %s: %d new, %d worse, %d fixed, %d unchanged", base, c.New, c.Worse, len(c.Fixed), c.Unchanged)
	if n := len(c.Undecided); n > 0 {
		text += fmt.Sprintf(", %d not decided any more", n)
	}
	if c.Accepted > 0 {
		text += fmt.Sprintf(", %d accepted now", c.Accepted)
	}
	p.row("compared", text)
}

// shownFindings are those that the text lists: with a base, only what the change
// brought, unless all are asked for.
func (p *printer) shownFindings() []analysis.Finding {
	if p.r.Comparison == nil || p.o.Unchanged {
		return p.r.Findings
	}
	var out []analysis.Finding
	for _, f := range p.r.Findings {
		if f.Change != analysis.Unchanged {
			out = append(out, f)
		}
	}
	return out
}
