package report

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

const (
	// body is the indent of what belongs to a finding.
	body = 4
	// maxNames is the number of resources that a finding names.
	maxNames = 10
)

// finding writes one finding with its proof.
func (p *printer) finding(f *analysis.Finding) {
	p.printf("  %s  %s  %s\n", p.severity(f.Severity, strings.ToUpper(f.Severity.String())),
		p.bold(oneLine(f.Rule.Title)), p.dim("["+f.Rule.ID+"]"))
	at := position(f)
	p.printf("    %s", oneLine(address(f)))
	if place := p.place(at); place != "" {
		p.printf("  %s", p.path(place))
	}
	p.printf("\n")
	if !strings.HasPrefix(f.Message, f.Rule.Title) {
		p.para(body, "", f.Message)
	}
	told := p.excerpt(f, at)
	p.steps(f, told)
	p.remarks(f)
	p.para(body, "fix:", f.Rule.Fix)
	if p.o.Explain {
		p.explain(f)
	}
}

// excerpt shows the line with the value underlined, and next to it the fact that
// it shows. It returns that fact.
func (p *printer) excerpt(f *analysis.Finding, at source.Span) string {
	reg, ok := p.r.Files.Region(at)
	if !ok {
		return ""
	}
	e, _ := p.r.Files.Excerpt(at, p.secrets[lineKey{reg.Path, reg.Line}]...)
	if e.Width == 0 {
		return "" // a blank line shows nothing
	}
	label := ""
	for _, s := range f.Steps {
		if s.Span == at && (s.Kind == analysis.StepFact || s.Kind == analysis.StepMissing) {
			label = oneLine(s.Text)
			break
		}
	}
	number := fmt.Sprintf("%6d", e.Line)
	margin := strings.Repeat(" ", len(number))
	p.printf("%s %s\n", p.dim(number+" │"), e.Text)
	under := e.Underline("^")
	if label == "" || e.Indent+e.Width+source.TextWidth(label) > wrapWidth-len(margin)-3 {
		p.printf("%s %s\n", p.dim(margin+" │"), p.severity(f.Severity, under))
		return ""
	}
	p.printf("%s %s\n", p.dim(margin+" │"), p.severity(f.Severity, under+" "+label))
	return label
}

// steps writes the evidence: facts, below each the way of its value, and the hops
// of a path, numbered. The fact that stands in the excerpt is not repeated.
func (p *printer) steps(f *analysis.Finding, told string) {
	hops := 0
	for _, s := range f.Steps {
		text := oneLine(s.Text)
		if text == "" {
			continue
		}
		switch s.Kind {
		case analysis.StepFact, analysis.StepMissing:
			if text == told {
				told = ""
				continue
			}
			p.step("•", text, s.Span)
		case analysis.StepOrigin:
			p.step("←", text, s.Span)
		case analysis.StepHop:
			hops++
			p.step(fmt.Sprintf("%d.", hops), text, s.Span)
		case analysis.StepModule:
			p.step("↑", text, s.Span)
		case analysis.StepRelated:
			p.step("see", text, s.Span)
		}
	}
}

// step writes a step and its place, which stays on the line of the last word.
func (p *printer) step(mark, text string, at source.Span) {
	indent := body + source.TextWidth(mark) + 1
	lines := wrap(text, wrapWidth-indent)
	if place := p.place(at); place != "" {
		lines[len(lines)-1] += "  " + p.path(place)
	}
	p.printf("    %s %s\n", p.dim(mark), strings.Join(lines, "\n"+strings.Repeat(" ", indent)))
}

// remarks writes what else is to be known of a finding.
func (p *printer) remarks(f *analysis.Finding) {
	if m := f.Remote; m != nil {
		text := m.Path
		if from := strings.TrimSpace(m.Source + " " + m.Version); from != "" {
			text += " (" + from + ")"
		}
		if place := p.place(f.Span); place != "" {
			text += " at " + place
		}
		p.para(body, "code of:", text)
	}
	if f.Severity != f.Rule.Severity {
		p.para(body, "severity:", severityChange(f))
	}
	p.instances(f)
	if len(f.Covers) > 0 {
		p.para(body, "also covers:", strings.Join(distinct(f.Covers), ", "))
	}
	if f.Example {
		p.para(body, "note:", "this is code that shows a use, not what is deployed")
	}
}

// severityChange says why a finding has not the severity of its rule.
func severityChange(f *analysis.Finding) string {
	text := fmt.Sprintf("%s instead of %s", f.Severity, f.Rule.Severity)
	if f.Variant != "" {
		text += ", as " + f.Variant
	}
	var environments []string
	for _, i := range f.Instances {
		if _, ok := f.Rule.In[i.Environment]; ok {
			environments = append(environments, string(i.Environment))
		}
	}
	if list := distinct(environments); len(list) > 0 {
		text += ", in " + strings.Join(list, ", ")
	}
	return text
}

// instances names the resources and the worlds that a finding holds for, if there
// are several.
func (p *printer) instances(f *analysis.Finding) {
	var names, worlds []string
	seen := map[string]bool{}
	for _, i := range f.Instances {
		worlds = append(worlds, i.World)
		name := i.Address
		if i.Unit != f.Instances[0].Unit {
			name += " (" + i.Unit + ")"
		}
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	if n := len(names); n > 1 {
		text := strings.Join(names[:min(n, maxNames)], ", ")
		if n > maxNames {
			text += fmt.Sprintf(", and %d more", n-maxNames)
		}
		p.para(body, fmt.Sprintf("%d instances:", n), text)
	}
	if list := distinct(worlds); len(list) > 1 {
		p.para(body, fmt.Sprintf("in %d worlds:", len(list)), strings.Join(list, ", "))
	}
}

// explain adds what the rule says of itself.
func (p *printer) explain(f *analysis.Finding) {
	p.para(body, "why:", f.Rule.Why)
	text := string(f.Rule.Pillar)
	if f.Rule.Practice != "" {
		text += ", " + f.Rule.Practice
	}
	p.para(body, "pillar:", text+" ("+f.Severity.Risk()+")")
	if f.Rule.Effort != "" {
		p.para(body, "effort:", f.Rule.Effort)
	}
	if f.Rule.Precision != "" {
		p.para(body, "precision:", string(f.Rule.Precision))
	}
	p.para(body, "id:", f.ID)
}

// opens lists the open verdicts, if that is wanted.
func (p *printer) opens() {
	if !p.o.Opens || len(p.r.Opens) == 0 {
		return
	}
	p.printf("%s\n\n", p.bold("Not decided"))
	for _, f := range byPlace(p.r, p.r.Opens) {
		p.printf("  %s  %s\n", oneLine(f.Rule.Title), p.dim("["+f.Rule.ID+"]"))
		p.printf("    %s", oneLine(address(f)))
		if place := p.place(position(f)); place != "" {
			p.printf("  %s", p.path(place))
		}
		p.printf("\n")
		if f.Conditional {
			p.para(body, "", "It is a defect if the resource exists and the condition holds.")
		}
		for _, r := range f.Reasons {
			p.step("?", oneLine(r.Text), r.Span)
		}
	}
	p.printf("\n")
}
