// Package ruledoc writes what there is to know about a rule: what it finds, why
// that matters, how to fix it, and what it looks like in both languages. The
// pages under docs/rules, "wacheck explain" and the help in SARIF all come from
// here, so that they can't differ.
package ruledoc

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/controls"
)

// repository is where the pages can be read.
const repository = "https://github.com/wacheck/wacheck/blob/main/docs/rules/"

// Page is all about one rule.
type Page struct {
	Rule *analysis.Rule
	// Practice is the best practice that the rule is about, if HasPractice.
	Practice    controls.Practice
	HasPractice bool
	// CoveredBy lists the rules that silence this one where both hold.
	CoveredBy []string
	Examples  []Example

	// known are the ids of all rules, to which pages can be linked.
	known map[string]bool
}

// Book has the pages of a set of rules.
type Book struct {
	rules []*analysis.Rule
	known map[string]bool
	// coveredBy lists stronger rules by the id of the weaker one.
	coveredBy map[string][]string
}

// NewBook returns the pages of these rules.
func NewBook(rules []*analysis.Rule) *Book {
	b := &Book{known: map[string]bool{}, coveredBy: map[string][]string{}}
	for _, r := range rules {
		b.rules = append(b.rules, r)
		b.known[r.ID] = true
		for _, weak := range r.Covers {
			b.coveredBy[weak] = append(b.coveredBy[weak], r.ID)
		}
	}
	slices.SortFunc(b.rules, func(x, y *analysis.Rule) int { return strings.Compare(x.ID, y.ID) })
	for _, list := range b.coveredBy {
		slices.Sort(list)
	}
	return b
}

// Page returns the page of a rule of the book, nil if there is none.
func (b *Book) Page(id string) *Page {
	for _, r := range b.rules {
		if r.ID == id {
			p := &Page{Rule: r, CoveredBy: slices.Compact(b.coveredBy[id]), Examples: examplesOf(id), known: b.known}
			p.Practice, p.HasPractice = controls.PracticeByID(r.Practice)
			return p
		}
	}
	return nil
}

// URL is the address of a rule's page.
func URL(id string) string { return repository + id + ".md" }

// severity says how grave the defect is: by default, in which form, and where.
func (p *Page) severity() string {
	r := p.Rule
	parts := []string{fmt.Sprintf("%s (%s)", r.Severity, r.Severity.Risk())}
	variants := slices.SortedFunc(maps.Keys(r.Variants), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Variants[b], r.Variants[a]), strings.Compare(a, b))
	})
	for _, v := range variants {
		part := fmt.Sprintf("%s if %s", r.Variants[v], v)
		if slices.Contains(r.ReviewVariants, v) && r.Profile < analysis.Review {
			part += " (from profile review on)"
		}
		parts = append(parts, part)
	}
	// Environments with the same severity stand together, the gravest first.
	by := map[analysis.Severity][]string{}
	for e, s := range r.In {
		by[s] = append(by[s], string(e))
	}
	for _, s := range slices.SortedFunc(maps.Keys(by), func(a, b analysis.Severity) int { return cmp.Compare(b, a) }) {
		slices.Sort(by[s])
		parts = append(parts, fmt.Sprintf("%s in %s", s, strings.Join(by[s], ", ")))
	}
	return strings.Join(parts, "; ")
}

func (p *Page) languages() string {
	r := p.Rule
	only := "Terraform only"
	switch r.Lang {
	case "":
		return "Terraform, CloudFormation"
	case "cloudformation":
		only = "CloudFormation only"
	}
	if r.LangWhy == "" {
		return only
	}
	return only + ": " + r.LangWhy
}

// entry is one line of the table on a page.
type entry struct {
	name, text string
	// ids are rules that text lists.
	ids []string
}

// entries are what is said in few words, in order.
func (p *Page) entries() []entry {
	r := p.Rule
	out := []entry{{name: "severity", text: p.severity()}, {name: "pillar", text: string(r.Pillar)}}
	if p.HasPractice {
		out = append(out, entry{name: "practice", text: p.Practice.String()})
	}
	out = append(out, entry{name: "profile", text: r.Profile.String()})
	if r.Precision != "" {
		out = append(out, entry{name: "precision", text: strings.ReplaceAll(string(r.Precision), "-", " ")})
	}
	if r.Effort != "" {
		out = append(out, entry{name: "effort", text: efforts[r.Effort]})
	}
	out = append(out, entry{name: "languages", text: p.languages()})
	for _, list := range []struct {
		name string
		ids  []string
	}{{"covers", r.Covers}, {"covered by", p.CoveredBy}, {"former ids", r.Aliases}} {
		if len(list.ids) > 0 {
			ids := slices.Compact(slices.Sorted(slices.Values(list.ids)))
			out = append(out, entry{name: list.name, text: strings.Join(ids, ", "), ids: ids})
		}
	}
	return out
}

var efforts = map[string]string{"S": "small", "M": "medium", "L": "large"}
