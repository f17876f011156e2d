package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

type jsonWriter struct{ options Options }

// Write writes a Document.
func (j *jsonWriter) Write(w io.Writer, r *analysis.Result) error {
	buf := bufio.NewWriter(w)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(newDocument(r, &j.options))
	if err == nil {
		err = buf.Flush()
	}
	if err != nil {
		return fmt.Errorf("write json report: %w", err)
	}
	return nil
}

// documenter makes a document of a result.
type documenter struct {
	r *analysis.Result
	o *Options
}

func newDocument(r *analysis.Result, o *Options) *Document {
	d := documenter{r, o}
	doc := &Document{
		SchemaVersion: SchemaVersion,
		Tool:          Tool{Name: "wacheck", Version: o.Version},
		Summary:       d.summary(),
		Findings:      []Finding{}, Opens: []Finding{}, Accepted: []Finding{}, Diagnostics: []Diagnostic{},
		Coverage: d.coverage(),
		Rules:    d.rules(),
	}
	for _, f := range byPlace(r, r.Findings) {
		doc.Findings = append(doc.Findings, d.finding(f))
	}
	for _, f := range byPlace(r, r.Opens) {
		doc.Opens = append(doc.Opens, d.finding(f))
	}
	for _, f := range byPlace(r, r.Accepted) {
		doc.Accepted = append(doc.Accepted, d.finding(f))
	}
	doc.Comparison = d.comparison()
	for _, x := range source.SortDiagnostics(r.Files, slices.Clone(r.Diagnostics)) {
		doc.Diagnostics = append(doc.Diagnostics, d.diagnostic(x))
	}
	return doc
}

func (d documenter) summary() Summary {
	s := Summary{
		Findings: len(d.r.Findings), Opens: len(d.r.Opens), OpensByReason: map[string]int{},
		Decided: map[string]Verdicts{},
	}
	s.Suppressed, s.Baselined = d.r.CountAccepted()
	for i := range d.r.Findings {
		switch d.r.Findings[i].Severity {
		case analysis.Critical:
			s.BySeverity.Critical++
		case analysis.High:
			s.BySeverity.High++
		case analysis.Medium:
			s.BySeverity.Medium++
		case analysis.Low:
			s.BySeverity.Low++
		case analysis.Info:
			s.BySeverity.Info++
		}
	}
	for i := range d.r.Opens {
		f := &d.r.Opens[i]
		if f.Conditional {
			s.Conditional++
		}
		for _, kind := range reasonKinds(f) {
			s.OpensByReason[kind]++
		}
	}
	for id, c := range d.r.Decided {
		s.Decided[id] = Verdicts(c)
	}
	for _, x := range d.r.Diagnostics {
		switch x.Level {
		case source.Error:
			s.Diagnostics.Errors++
		case source.Warning:
			s.Diagnostics.Warnings++
		case source.Note:
			s.Diagnostics.Notes++
		}
	}
	return s
}

// reasonKinds returns the kinds of the reasons for which a verdict is open, each
// once.
func reasonKinds(f *analysis.Finding) []string {
	var kinds []string
	for _, r := range f.Reasons {
		kinds = append(kinds, r.Kind.String())
	}
	return distinct(kinds)
}

// location returns the place of a span, nil for none.
func (d documenter) location(sp source.Span) *Location {
	f := d.r.Files.File(sp.Pos)
	if f == nil {
		return nil
	}
	start, end := f.Position(sp.Pos), f.Position(sp.End)
	return &Location{d.o.shown(start.Path), start.Line, start.Column, end.Line, end.Column}
}

func (d documenter) finding(f *analysis.Finding) Finding {
	out := Finding{
		ID: f.ID, Rule: f.Rule.ID, Title: f.Rule.Title, Message: f.Sentence(), Severity: f.Severity.String(), Risk: f.Severity.Risk(),
		Pillar: string(f.Rule.Pillar), Practice: f.Rule.Practice, Variant: f.Variant, Language: f.Lang, Type: f.Type,
		Subject: f.Subject, Conditional: f.Conditional, When: f.When, Example: f.Example,
		Location: d.location(position(f)), Block: d.location(f.Block),
		Steps: []Step{}, Instances: []Instance{}, Covers: append([]string{}, distinct(f.Covers)...),
	}
	if m := f.Remote; m != nil {
		out.Module = &Module{m.Path, m.Source, m.Version, d.location(m.Call), d.location(f.Span)}
	}
	if c := f.Construct; c != nil {
		out.Construct = &Construct{c.Path, d.location(c.Source), c.How, d.location(f.Span), c.Generated}
	}
	for _, s := range f.Steps {
		out.Steps = append(out.Steps, Step{string(s.Kind), s.Text, d.location(s.Span)})
	}
	for _, i := range f.Instances {
		out.Instances = append(out.Instances, Instance{i.Address, i.Construct, i.Unit, i.World, string(i.Environment), i.EnvironmentName})
	}
	d.judgement(f, &out)
	for _, r := range f.Reasons {
		out.Reasons = append(out.Reasons, Reason{r.Kind.String(), r.Text, d.location(r.Span)})
	}
	return out
}

func (d documenter) diagnostic(x source.Diagnostic) Diagnostic {
	out := Diagnostic{Level: x.Level.String(), Code: x.Code, Message: x.Message, Location: d.location(x.Span)}
	if out.Location == nil && x.Path != "" {
		out.Location = &Location{Path: d.o.shown(x.Path)}
	}
	return out
}

func (d documenter) coverage() Coverage {
	c := d.r.Coverage
	out := Coverage{
		Files: FileCoverage{
			Found: c.Files.Found, Terraform: c.Files.Terraform, Templates: c.Files.Templates,
			Skipped: map[string]int{}, Broken: []string{}, LeftOut: map[string]int{},
		},
		Units: c.Units, Roots: c.Roots, Examples: c.Examples, ModulesResolved: c.ModulesResolved, ModulesMissing: c.ModulesMissing,
		Resources: c.Resources, Conditional: c.Conditional, Values: c.Values, KnownValues: c.KnownValues,
		References: c.References, ResolvedReferences: c.ResolvedReferences,
		UnmodelledTypes: map[string]int{}, RulesRun: c.RulesRun, Hidden: Hidden(c.Hidden),
	}
	maps.Copy(out.Files.Skipped, c.Files.Skipped)
	maps.Copy(out.Files.LeftOut, c.Files.LeftOut)
	maps.Copy(out.UnmodelledTypes, c.UnmodelledTypes)
	for _, p := range c.Files.Broken {
		out.Files.Broken = append(out.Files.Broken, d.o.shown(p))
	}
	return out
}

func (d documenter) rules() []Rule {
	list := slices.Clone(d.r.Rules)
	slices.SortStableFunc(list, func(a, b *analysis.Rule) int { return strings.Compare(a.ID, b.ID) })
	list = slices.CompactFunc(list, func(a, b *analysis.Rule) bool { return a.ID == b.ID })
	out := make([]Rule, 0, len(list))
	for _, r := range list {
		out = append(out, RuleOf(r))
	}
	return out
}

// RuleOf describes a rule as the json format does.
func RuleOf(r *analysis.Rule) Rule {
	x := Rule{
		ID: r.ID, Title: r.Title, Why: r.Why, Fix: r.Fix, Severity: r.Severity.String(), Risk: r.Severity.Risk(),
		Precision: string(r.Precision), Pillar: string(r.Pillar), Profile: r.Profile.String(), Practice: r.Practice,
		Effort: r.Effort, Since: r.Since, Language: r.Lang, Covers: r.Covers, Aliases: r.Aliases,
	}
	for e, s := range r.In {
		if x.SeverityIn == nil {
			x.SeverityIn = map[string]string{}
		}
		x.SeverityIn[string(e)] = s.String()
	}
	for v, s := range r.Variants {
		if x.Variants == nil {
			x.Variants = map[string]string{}
		}
		x.Variants[v] = s.String()
	}
	return x
}
