package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

const (
	// maxNotes and maxWarnings are the numbers of notes and warnings about the input
	// that are shown unasked. Errors are always shown.
	maxNotes, maxWarnings = 10, 20
	// maxReasons is the number of reasons shown for each kind of open verdict, and
	// moreReasons that where everything is explained.
	maxReasons, moreReasons = 3, 12
	// maxTypes is the number of resource types without rules that are named.
	maxTypes = 5
)

// diagnostics writes trouble with the input, errors first.
func (p *printer) diagnostics() {
	sorted := source.SortDiagnostics(p.r.Files, slices.Clone(p.r.Diagnostics))
	if len(sorted) == 0 {
		return
	}
	p.printf("%s\n", p.bold("Input"))
	for _, level := range []source.Level{source.Error, source.Warning, source.Note} {
		list := slices.DeleteFunc(slices.Clone(sorted), func(d source.Diagnostic) bool { return d.Level != level })
		most := len(list)
		if !p.o.Explain {
			switch level {
			case source.Warning:
				most = min(most, maxWarnings)
			case source.Note:
				most = min(most, maxNotes)
			case source.Error:
			}
		}
		for _, d := range list[:most] {
			p.printf("  %s%s: %s %s\n", prefixOf(p.path(p.diagnosticPlace(d))), p.level(level), oneLine(d.Message), p.dim("["+d.Code+"]"))
		}
		if more := len(list) - most; more > 0 {
			p.printf("  and %s (--explain shows all)\n", plural(more, "more "+level.String()))
		}
	}
	p.printf("\n")
}

func (p *printer) diagnosticPlace(d source.Diagnostic) string {
	if place := p.place(d.Span); place != "" {
		return place
	}
	return source.Printable(p.o.shown(d.Path))
}

// summary writes counts: of findings, of what could not be decided, and of all
// that was looked at, also when nothing was found.
func (p *printer) summary() {
	p.printf("%s\n", p.bold("Summary"))
	p.findingCounts()
	p.openCounts()
	p.hiddenCounts()
	p.compared()
	if suppressed, baselined := p.r.CountAccepted(); suppressed+baselined > 0 {
		p.row("accepted", fmt.Sprintf("%d by suppressions, %d by the baseline", suppressed, baselined))
	}
	p.inputCounts()
	p.fileCounts()
	p.resourceCounts()
	p.ruleCounts()
}

// row writes one line of the summary.
func (p *printer) row(label, text string) {
	p.para(2, fmt.Sprintf("%-12s", label), text)
}

func (p *printer) findingCounts() {
	counts := map[analysis.Severity]int{}
	for i := range p.r.Findings {
		counts[p.r.Findings[i].Severity]++
	}
	var parts []string
	for _, s := range analysis.Severities() {
		if n := counts[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	text := "none"
	if len(parts) > 0 {
		text = fmt.Sprintf("%d: %s", len(p.r.Findings), strings.Join(parts, ", "))
	}
	p.row("findings", text)
}

// openCounts sums up the open verdicts by kind of reason, with the reasons that
// are given most often.
func (p *printer) openCounts() {
	if len(p.r.Opens) == 0 {
		return
	}
	kinds, reasons := map[string]int{}, map[string]map[string]int{}
	conditional := 0
	for i := range p.r.Opens {
		f := &p.r.Opens[i]
		if f.Conditional {
			conditional++
		}
		countReasons(f, kinds, reasons)
	}
	text := fmt.Sprintf("%d", len(p.r.Opens))
	if conditional > 0 {
		text += fmt.Sprintf(", of which %d would be defects if a condition holds", conditional)
	}
	p.row("not decided", text)
	most := maxReasons
	if p.o.Explain {
		most = moreReasons
	}
	for _, k := range ranked(kinds) {
		text := fmt.Sprintf("%s (%d)", strings.ReplaceAll(k.name, "-", " "), k.n)
		var parts []string
		for i, r := range ranked(reasons[k.name]) {
			if i == most {
				parts = append(parts, fmt.Sprintf("and %d more", len(reasons[k.name])-most))
				break
			}
			part := r.name
			if r.n > 1 {
				part += fmt.Sprintf(" (%d)", r.n)
			}
			parts = append(parts, part)
		}
		if len(parts) > 0 {
			text += ": " + strings.Join(parts, ", ")
		}
		p.row("", text)
	}
}

// hiddenCounts tells of what was decided and is not shown.
func (p *printer) hiddenCounts() {
	row := func(findings, opens int, why string) {
		if findings+opens > 0 {
			p.row("not shown", fmt.Sprintf("%s and %s %s", plural(findings, "finding"), plural(opens, "open verdict"), why))
		}
	}
	h := p.r.Coverage.Hidden
	row(h.ExampleFindings, h.ExampleOpens, "in examples and tests (--include-examples shows them)")
	row(h.GeneratedFindings, h.GeneratedOpens, "about helpers that the CDK generates (--include-generated shows them)")
	row(h.MilderFindings, h.MilderOpens, "below the severity that was asked for (--severity)")
	row(h.SkippedFindings, h.SkippedOpens, "in what is left out, or called from there (--skip-path)")
	row(h.OffFindings, h.OffOpens, "of rules that the configuration switches off")
}

// countReasons counts an open verdict once for each kind of its reasons, and once
// for each reason.
func countReasons(f *analysis.Finding, kinds map[string]int, reasons map[string]map[string]int) {
	if len(f.Reasons) == 0 {
		kinds["other"]++
		return
	}
	seen := map[string]bool{}
	for _, r := range f.Reasons {
		kind, text := r.Kind.String(), oneLine(r.Text)
		if !seen[kind] {
			seen[kind] = true
			kinds[kind]++
		}
		if reasons[kind] == nil {
			reasons[kind] = map[string]int{}
		}
		if text != "" && !seen[kind+" "+text] {
			seen[kind+" "+text] = true
			reasons[kind][text]++
		}
	}
}

func (p *printer) inputCounts() {
	var errors, warnings, notes int
	for _, d := range p.r.Diagnostics {
		switch d.Level {
		case source.Error:
			errors++
		case source.Warning:
			warnings++
		case source.Note:
			notes++
		}
	}
	if errors+warnings+notes > 0 {
		p.row("input", fmt.Sprintf("%s, %s, %s", plural(errors, "error"), plural(warnings, "warning"), plural(notes, "note")))
	}
}

func (p *printer) fileCounts() {
	c := p.r.Coverage
	text := fmt.Sprintf("%d found, %d Terraform, %s", c.Files.Found, c.Files.Terraform, plural(c.Files.Templates, "template"))
	skipped := 0
	var parts []string
	for _, t := range ranked(c.Files.Skipped) {
		skipped += t.n
		parts = append(parts, fmt.Sprintf("%d %s", t.n, oneLine(t.name)))
	}
	if skipped > 0 {
		text += fmt.Sprintf(", %d skipped (%s)", skipped, strings.Join(parts, ", "))
	}
	text += fmt.Sprintf(", %d broken", len(c.Files.Broken))
	p.row("files", text)
	if len(c.Files.Broken) > 0 {
		var names []string
		for i, b := range c.Files.Broken {
			if i == maxNames {
				names = append(names, fmt.Sprintf("and %d more", len(c.Files.Broken)-maxNames))
				break
			}
			names = append(names, p.o.shown(b))
		}
		p.row("broken", strings.Join(names, ", "))
	}
	if list := ranked(c.Files.LeftOut); len(list) > 0 {
		var parts []string
		for _, t := range list {
			parts = append(parts, fmt.Sprintf("%d (%s)", t.n, oneLine(t.name)))
		}
		p.row("left out", "directories: "+strings.Join(parts, ", "))
	}
	roots := c.Units
	if c.Roots > 0 {
		roots = c.Roots
	}
	text = plural(roots, "root or stack")
	if roots != 1 {
		text = fmt.Sprintf("%d roots and stacks", roots)
	}
	if c.Units > roots {
		text += fmt.Sprintf(", evaluated in %d worlds in all", c.Units)
	}
	if c.Examples > 0 {
		text += fmt.Sprintf(", of which %d only show a use", c.Examples)
	}
	p.row("units", text)
	if c.ModulesResolved+c.ModulesMissing > 0 {
		p.row("module calls", fmt.Sprintf("%d resolved, %d missing", c.ModulesResolved, c.ModulesMissing))
	}
}

func (p *printer) resourceCounts() {
	c := p.r.Coverage
	text := fmt.Sprintf("%d", c.Resources)
	if c.Conditional > 0 {
		text += fmt.Sprintf(", of which %d may not exist", c.Conditional)
	}
	p.row("resources", text)
	if list := ranked(c.UnmodelledTypes); len(list) > 0 {
		total := 0
		var parts []string
		for i, t := range list {
			total += t.n
			if i < maxTypes {
				parts = append(parts, fmt.Sprintf("%s (%d)", t.name, t.n))
			}
		}
		if len(list) > maxTypes {
			parts = append(parts, "…")
		}
		p.row("not examined", fmt.Sprintf("%s of %s that no rule reads: %s", plural(total, "resource"), plural(len(list), "type"), strings.Join(parts, ", ")))
	}
	p.row("known", fmt.Sprintf("%s of values, %s of references", share(c.KnownValues, c.Values), share(c.ResolvedReferences, c.References)))
}

func (p *printer) ruleCounts() {
	var sum analysis.Count
	for _, c := range p.r.Decided {
		sum.Good += c.Good
		sum.Bad += c.Bad
		sum.Open += c.Open
	}
	p.row("rules", fmt.Sprintf("%d run; verdicts: %d good, %d bad, %d open", p.r.Coverage.RulesRun, sum.Good, sum.Bad, sum.Open))
}

// share is part of all in percent, rounded down so that 100 % means all.
func share(part, all int) string {
	if all == 0 {
		return "all"
	}
	tenths := part * 1000 / all
	return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10)
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
