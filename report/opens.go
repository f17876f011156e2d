package report

import (
	"strings"

	"github.com/wacheck/wacheck/analysis"
)

// openGroup are the rules that could not be decided about one resource at one
// place, for the same reasons.
type openGroup struct {
	*analysis.Finding
	rules   []*analysis.Rule
	reasons []reasonGroup
}

// reasonGroup is a reason with all the places it is given at: the same variable of
// several roots, for instance.
type reasonGroup struct {
	text   string
	places []string
}

// opens lists the open verdicts, if that is wanted.
func (p *printer) opens() {
	if !p.o.Opens || len(p.r.Opens) == 0 {
		return
	}
	p.printf("%s\n\n", p.bold("Not decided"))
	for _, g := range p.openGroups() {
		p.printf("  %s", oneLine(address(g.Finding)))
		if place := p.place(position(g.Finding)); place != "" {
			p.printf("  %s", p.path(place))
		}
		p.printf("\n")
		for _, r := range g.rules {
			p.printf("    %s  %s\n", oneLine(r.Title), p.dim("["+r.ID+"]"))
		}
		switch {
		case g.When != "":
			p.para(body, "", oneLine("It is a defect when "+g.When+"."))
		case g.Conditional:
			p.para(body, "", "It is a defect if the resource exists and the condition holds.")
		}
		for _, r := range g.reasons {
			p.marked("?", r.text, strings.Join(r.places, ", "))
		}
		p.printf("\n")
	}
}

// openGroups puts open verdicts together whose place and reasons are the same.
func (p *printer) openGroups() []*openGroup {
	var out []*openGroup
	index := map[string]*openGroup{}
	for _, f := range byPlace(p.r, p.r.Opens) {
		reasons := p.reasonGroups(f)
		key := []string{address(f), p.place(position(f)), f.When}
		if f.Conditional {
			key = append(key, "conditional")
		}
		for _, r := range reasons {
			key = append(key, r.text, strings.Join(r.places, ","))
		}
		k := strings.Join(key, "\x00")
		g := index[k]
		if g == nil {
			g = &openGroup{Finding: f, reasons: reasons}
			index[k] = g
			out = append(out, g)
		}
		g.rules = append(g.rules, f.Rule)
	}
	return out
}

func (p *printer) reasonGroups(f *analysis.Finding) []reasonGroup {
	var out []reasonGroup
	index := map[string]int{}
	for _, r := range f.Reasons {
		text := oneLine(r.Text)
		i, ok := index[text]
		if !ok {
			i = len(out)
			index[text] = i
			out = append(out, reasonGroup{text: text})
		}
		if place := p.place(r.Span); place != "" {
			out[i].places = firstSeen(append(out[i].places, place))
		}
	}
	return out
}
