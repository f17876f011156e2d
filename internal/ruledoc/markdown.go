package ruledoc

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/analysis"
)

// generated tells people not to edit a page.
const generated = "<!-- Written by go generate ./... from the rule and its test. -->\n\n"

// Markdown is the page as it stands in docs/rules. Rules are linked to their pages there.
func (p *Page) Markdown() string {
	return generated + p.markdown(func(id string) string { return id + ".md" })
}

// Help is the page as markdown that can stand anywhere.
func (p *Page) Help() string { return p.markdown(URL) }

func (p *Page) markdown(link func(id string) string) string {
	r := p.Rule
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n`%s`\n\n| | |\n|---|---|\n", escape(r.Title), r.ID)
	for _, e := range p.entries() {
		text := escape(e.text)
		switch {
		case e.name == "practice":
			text = fmt.Sprintf("[%s](%s)", text, p.Practice.URL())
		case e.name == "former ids":
			text = "`" + strings.Join(e.ids, "`, `") + "`"
		case e.ids != nil:
			text = p.links(e.ids, link)
		}
		fmt.Fprintf(&b, "| %s | %s |\n", e.name, strings.ReplaceAll(text, "|", `\|`))
	}
	fmt.Fprintf(&b, "\n## Why it matters\n\n%s\n\n## How to fix it\n\n%s\n", escape(r.Why), escape(r.Fix))
	for _, e := range p.Examples {
		fmt.Fprintf(&b, "\n## %s\n\n```%s\n%s```\n", e.heading(), e.fence(), e.Code)
	}
	return b.String()
}

// links lists rules with links to the pages that there are.
func (p *Page) links(ids []string, link func(id string) string) string {
	var out []string
	for _, id := range ids {
		if p.known[id] {
			out = append(out, fmt.Sprintf("[`%s`](%s)", id, link(id)))
		} else {
			out = append(out, "`"+id+"`")
		}
	}
	return strings.Join(out, ", ")
}

// escape keeps what rules say from being read as markup. An underline within a
// word needs no escape.
func escape(s string) string {
	return strings.NewReplacer("*", `\*`, "<", "&lt;", "`", "\\`", "[", `\[`).Replace(s)
}

// Index is the list of all rules, by pillar.
func (b *Book) Index() string {
	var out strings.Builder
	out.WriteString("# Rules\n\n" + generated +
		"`wacheck rules` lists them on the command line, and `wacheck explain RULE` shows a page. Rules of the profile *gate* run by default,\n" +
		"*review* adds what a Well-Architected review shows, and *all* adds strict and opinionated rules.\n")
	for _, pillar := range analysis.Pillars() {
		var lines strings.Builder
		for _, r := range b.rules {
			if r.Pillar == pillar {
				fmt.Fprintf(&lines, "| [`%s`](%s.md) | %s | %s | %s |\n", r.ID, r.ID, escape(r.Title), r.Severity, r.Profile)
			}
		}
		if lines.Len() > 0 {
			fmt.Fprintf(&out, "\n## %s\n\n| rule | finds | severity | profile |\n|---|---|---|---|\n%s", pillarNames[pillar], lines.String())
		}
	}
	return out.String()
}

var pillarNames = map[analysis.Pillar]string{
	analysis.Operations: "Operational excellence", analysis.Security: "Security", analysis.Reliability: "Reliability",
	analysis.Performance: "Performance efficiency", analysis.Cost: "Cost optimization", analysis.Sustainability: "Sustainability",
}
