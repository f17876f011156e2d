package sarif

import (
	"sort"
	"strings"
	"unicode/utf8"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/wacheck/wacheck/analysis"
)

// level is the SARIF level of a severity.
func level(s analysis.Severity) string {
	switch s {
	case analysis.Critical, analysis.High:
		return "error"
	case analysis.Medium:
		return "warning"
	case analysis.Low, analysis.Info:
	}
	return "note"
}

// securityScore is GitHub's security-severity, empty for none. Above 9.0 it is
// shown as critical, from 7.0 as high, from 4.0 as medium, and below as low.
func securityScore(s analysis.Severity) string {
	switch s {
	case analysis.Critical:
		return "9.5"
	case analysis.High:
		return "8.0"
	case analysis.Medium:
		return "5.5"
	case analysis.Low:
		return "2.5"
	case analysis.Info:
	}
	return ""
}

// problemSeverity is what GitHub shows for rules that are not about security.
func problemSeverity(s analysis.Severity) string {
	switch s {
	case analysis.Critical, analysis.High:
		return "error"
	case analysis.Medium:
		return "warning"
	case analysis.Low, analysis.Info:
	}
	return "recommendation"
}

// ruleSet returns the rules of a result, and of its findings should one of them
// be missing, sorted and each once.
func ruleSet(r *analysis.Result) []*analysis.Rule {
	byID := map[string]*analysis.Rule{}
	add := func(rule *analysis.Rule) {
		if rule != nil && byID[rule.ID] == nil {
			byID[rule.ID] = rule
		}
	}
	for _, rule := range r.Rules {
		add(rule)
	}
	for _, list := range [][]analysis.Finding{r.Findings, r.Opens, r.Accepted} {
		for i := range list {
			add(list[i].Rule)
		}
	}
	if r.Comparison != nil {
		for _, p := range r.Comparison.Fixed {
			add(p.Rule)
		}
	}
	out := make([]*analysis.Rule, 0, len(byID))
	for _, rule := range byID {
		out = append(out, rule)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// descriptor describes a rule.
func (o *Options) descriptor(r *analysis.Rule) *gosarif.ReportingDescriptor {
	text, markdown := o.help(r)
	d := gosarif.NewRule(r.ID).
		WithName(camelCase(r.ID)).
		WithShortDescription(gosarif.NewMultiformatMessageString(short(firstOf(r.Title, r.ID)))).
		WithFullDescription(gosarif.NewMultiformatMessageString(short(firstOf(r.Why, r.Title, r.ID)))).
		WithDefaultConfiguration(gosarif.NewReportingConfiguration().WithLevel(level(r.Severity)))
	d.Help = &gosarif.MultiformatMessageString{Text: &text, Markdown: &markdown}
	if o.HelpURI != nil {
		if uri := o.HelpURI(r.ID); uri != "" {
			d.WithHelpURI(uri)
		}
	}
	d.DeprecatedIds = append([]string(nil), r.Aliases...)
	d.Properties = ruleProperties(r)
	return d
}

func ruleProperties(r *analysis.Rule) gosarif.Properties {
	p := gosarif.Properties{
		"tags":     tags(r),
		"severity": r.Severity.String(),
		"risk":     r.Severity.Risk(),
		"profile":  r.Profile.String(),
	}
	set := func(key, text string) {
		if text != "" {
			p[key] = text
		}
	}
	set("precision", string(r.Precision))
	set("pillar", string(r.Pillar))
	set("practice", r.Practice)
	set("effort", r.Effort)
	// GitHub treats every rule with a security-severity as one about security.
	if r.Pillar == analysis.Security {
		set("security-severity", securityScore(r.Severity))
	} else {
		p["problem.severity"] = problemSeverity(r.Severity)
	}
	return p
}

// tags are at most ten, the number that GitHub shows. The tag of the security
// pillar is "security", which is also the tag that GitHub asks for.
func tags(r *analysis.Rule) []string {
	out := []string{}
	for _, t := range []string{string(r.Pillar), "well-architected", r.Practice, r.Severity.Risk()} {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

// help returns the help of a rule: that of the callback, or what the rule itself
// says.
func (o *Options) help(r *analysis.Rule) (text, markdown string) {
	if o.Help != nil {
		text, markdown = o.Help(r.ID)
	}
	plain, marked := ownHelp(r)
	return firstOf(text, plain), firstOf(markdown, marked)
}

func ownHelp(r *analysis.Rule) (text, markdown string) {
	var t, m []string
	add := func(head, body string) {
		if body != "" {
			t = append(t, head+": "+body)
			m = append(m, "**"+head+":** "+body)
		}
	}
	title := firstOf(r.Title, r.ID)
	t, m = append(t, title), append(m, "# "+title)
	add("Why", r.Why)
	add("Fix", r.Fix)
	add("Best practice", r.Practice)
	return strings.Join(t, "\n\n"), strings.Join(m, "\n\n")
}

// camelCase makes the name of a rule from its id: "rds-not-encrypted" becomes
// "RdsNotEncrypted".
func camelCase(id string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(id, func(r rune) bool { return r == '-' || r == '_' || r == '.' || r == '/' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// short cuts a description to the 1,024 characters that GitHub takes.
func short(s string) string {
	const most = 1024
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
