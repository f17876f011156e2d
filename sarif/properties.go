package sarif

import (
	"maps"
	"slices"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

// properties is what a result says beyond SARIF's own members. Members that have
// nothing to say are left out.
func (b *builder) properties(g *group, insts []analysis.Instance) gosarif.Properties {
	f := g.findings[0]
	p := gosarif.Properties{
		"severity":      f.Severity.String(),
		"risk":          f.Severity.Risk(),
		"instanceCount": resources(insts),
	}
	setText(p, "pillar", string(f.Rule.Pillar))
	setText(p, "practice", f.Rule.Practice)
	setText(p, "effort", f.Rule.Effort)
	setText(p, "variant", f.Variant)
	setText(p, "language", f.Lang)
	setText(p, "type", f.Type)
	setText(p, "subject", f.Subject)
	setList(p, "instances", addresses(insts))
	var worlds, environments, covers, ids []string
	for _, i := range insts {
		worlds = append(worlds, i.World)
		environments = append(environments, string(i.Environment))
	}
	for _, o := range g.findings {
		covers = append(covers, o.Covers...)
		ids = append(ids, o.ID)
	}
	setList(p, "worlds", distinct(worlds))
	setList(p, "covers", distinct(covers))
	if list := distinct(environments); len(list) > 0 {
		p["environment"] = list[0]
		if slices.Contains(list, string(analysis.Production)) {
			p["environment"] = string(analysis.Production) // the one that matters most
		}
		if len(list) > 1 {
			p["environments"] = list
		}
	}
	if list := distinct(ids); len(list) > 1 {
		p["identities"] = list
	}
	if f.Example {
		p["example"] = true
	}
	if g.opens > 0 {
		p["opens"] = g.opens
	}
	if m := b.module(f); m != nil {
		p["module"] = m
	}
	if c := f.Construct; c != nil {
		p["construct"] = c.Path
		if c.Generated {
			p["generated"] = true
		}
	}
	if f.Open {
		p["reasons"] = reasons(f)
	}
	if f.When != "" {
		p["when"] = f.When
	}
	setList(p, "remarks", f.Remarks)
	b.judgement(g, p)
	return p
}

// module tells of third-party code: where it came from, and the place in it.
func (b *builder) module(f *analysis.Finding) map[string]any {
	if f.Remote == nil {
		return nil
	}
	m := map[string]any{"path": f.Remote.Path, "source": f.Remote.Source}
	if f.Remote.Version != "" {
		m["version"] = f.Remote.Version
	}
	if inner, ok := b.places.files.Region(f.Span); ok {
		m["file"], m["line"] = inner.Path, inner.Line
	}
	return m
}

func reasons(f *analysis.Finding) []map[string]string {
	out := []map[string]string{}
	for _, r := range f.Reasons {
		out = append(out, map[string]string{"kind": r.Kind.String(), "text": r.Text})
	}
	return out
}

func (b *builder) runProperties() gosarif.Properties {
	r := b.result
	conditional := 0
	for i := range r.Opens {
		if r.Opens[i].Conditional {
			conditional++
		}
	}
	c := r.Coverage
	skipped, leftOut := map[string]int{}, map[string]int{}
	maps.Copy(skipped, c.Files.Skipped)
	maps.Copy(leftOut, c.Files.LeftOut)
	suppressed, baselined := r.CountAccepted()
	p := gosarif.Properties{
		"findings":    len(r.Findings),
		"opens":       len(r.Opens),
		"conditional": conditional,
		"suppressed":  suppressed,
		"baselined":   baselined,
		"coverage": map[string]any{
			"filesFound":         c.Files.Found,
			"filesTerraform":     c.Files.Terraform,
			"filesTemplates":     c.Files.Templates,
			"filesSkipped":       skipped,
			"filesBroken":        append([]string{}, c.Files.Broken...),
			"directoriesLeftOut": leftOut,
			"units":              c.Units,
			"examples":           c.Examples,
			"modulesResolved":    c.ModulesResolved,
			"modulesMissing":     c.ModulesMissing,
			"resources":          c.Resources,
			"conditional":        c.Conditional,
			"values":             c.Values,
			"knownValues":        c.KnownValues,
			"references":         c.References,
			"resolvedReferences": c.ResolvedReferences,
			"rulesRun":           c.RulesRun,
		},
	}
	if b.partial() {
		p["partial"] = true
	}
	if c := r.Comparison; c != nil {
		p["comparison"] = map[string]any{"base": c.Base, "commit": c.Commit, "new": c.New, "worse": c.Worse,
			"fixed": len(c.Fixed), "undecided": len(c.Undecided), "unchanged": c.Unchanged, "accepted": c.Accepted}
	}
	return p
}

// partial reports that results may be missing, so that nobody takes what is not
// there for mended.
func (b *builder) partial() bool {
	return b.options.Partial || slices.ContainsFunc(b.result.Diagnostics, func(d source.Diagnostic) bool { return d.Level == source.Error })
}

func setText(p gosarif.Properties, key, text string) {
	if text != "" {
		p[key] = text
	}
}

func setList(p gosarif.Properties, key string, list []string) {
	if len(list) > 0 {
		p[key] = list
	}
}

// distinct returns the strings that are not empty, sorted, each once.
func distinct(list []string) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" })
	slices.Sort(list)
	return slices.Compact(list)
}
