package report

import (
	"cmp"
	"fmt"
	"slices"
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
		p.bold(oneLine(f.Rule.Title)), p.dim("["+f.Rule.ID+"]")+newly(f))
	at := position(f)
	p.printf("    %s\n", strings.TrimSpace(oneLine(shown(f))+"  "+p.path(p.place(at))))
	if !strings.HasPrefix(f.Message, f.Rule.Title) {
		p.para(body, "", f.Message)
	}
	told := p.excerpt(f, at)
	if p.o.Explain {
		p.everyStep(f, told)
	} else {
		p.proof(f, at, told)
	}
	p.remarks(f)
	p.para(body, "fix:", f.Rule.Fix)
	if p.o.Explain {
		p.explain(f)
	}
}

// newly marks what the change brought.
func newly(f *analysis.Finding) string {
	if f.Change == analysis.New || f.Change == analysis.Worse {
		return "  " + string(f.Change)
	}
	return ""
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
	p.construct(f)
	if f.Severity != f.Rule.Severity {
		p.para(body, "severity:", severityChange(f))
	}
	p.instances(f)
	p.cause(f)
	for _, r := range f.Remarks {
		p.para(body, "note:", r)
	}
	if len(f.Covers) > 0 {
		p.para(body, "also covers:", strings.Join(distinct(f.Covers), ", "))
	}
	if f.Example {
		p.para(body, "note:", "this is code that shows a use, not what is deployed")
	}
}

// construct tells of the construct of a CDK program: where the template has it, and
// how the line of the program was found.
func (p *printer) construct(f *analysis.Finding) {
	c := f.Construct
	if c == nil {
		return
	}
	switch place := p.place(f.Span); {
	case c.Source.IsValid() && place != "":
		p.para(body, "construct:", c.Path+", at "+place+" of the template; the line of the program was found "+c.How)
	case !c.Generated:
		p.para(body, "construct:", c.Path+"; where the program creates it was not found")
	}
	if c.Generated {
		p.para(body, "note:", "the CDK generates this as a helper of other constructs")
	}
}

// severityChange says why a finding has not the severity of its rule: because of
// the form of the defect, or of the environment that it is in.
func severityChange(f *analysis.Finding) string {
	var why []string
	if f.Variant != "" {
		why = append(why, f.Variant)
	}
	for _, i := range f.Instances {
		if s, ok := f.Rule.In[i.Environment]; ok && s == f.Severity {
			why = append(why, "in "+string(i.Environment))
		}
	}
	text := fmt.Sprintf("%s instead of %s", f.Severity, f.Rule.Severity)
	if list := slices.Compact(why); len(list) > 0 {
		text += ": " + strings.Join(list, ", ")
	}
	return text
}

// instances names the other resources that a finding holds for, and the roots and
// worlds if there are several.
func (p *printer) instances(f *analysis.Finding) {
	var names, units, worlds []string
	own := shown(f)
	for _, i := range f.Instances {
		names = append(names, cmp.Or(i.Construct, i.Address))
		units = append(units, i.Root())
		worlds = append(worlds, i.World)
	}
	if others := slices.DeleteFunc(firstSeen(names), func(s string) bool { return s == own }); len(others) > 0 {
		p.para(body, "also:", some(others))
	}
	if list := distinct(units); len(list) > 1 {
		p.para(body, fmt.Sprintf("in %d roots:", len(list)), some(list))
	}
	switch list := distinct(worlds); {
	case len(list) > 1:
		p.para(body, fmt.Sprintf("in %d worlds:", len(list)), some(list))
	case len(list) == 1 && p.r.Coverage.Units > p.r.Coverage.Roots: // else there is no other
		p.para(body, "in world:", list[0])
	}
}

// some lists names, and counts those for which there is no room.
func some(names []string) string {
	text := strings.Join(names[:min(len(names), maxNames)], ", ")
	if more := len(names) - maxNames; more > 0 {
		text += fmt.Sprintf(", and %d more", more)
	}
	return text
}

// firstSeen drops repetitions.
func firstSeen(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
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
