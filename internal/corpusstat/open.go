package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/report"
)

// openRule is a finding about ingress that admits the whole internet, with what
// reachability made of it.
type openRule struct{ estate, place, rule, became string }

// What becomes of such a finding.
const (
	milder = "milder: the internet does not reach what bears the group"
	stays  = "stays"
)

// openRulesOf lists those of an estate: as they were reported, and those of which a
// proven path speaks in their stead.
func openRulesOf(estate string, d *report.Document) []openRule {
	var out []openRule
	for _, f := range d.Findings {
		place := "-"
		if f.Location != nil {
			place = fmt.Sprintf("%s:%d", f.Location.Path, f.Location.Line)
		}
		switch {
		case !isOpenRule(f.Rule):
			for _, c := range f.Covers {
				if isOpenRule(c) {
					out = append(out, openRule{estate, place, c, "said by " + f.Rule})
				}
			}
		case f.Variant == "on what the internet does not reach":
			out = append(out, openRule{estate, place, f.Rule, milder})
		default:
			out = append(out, openRule{estate, place, f.Rule, stays})
		}
	}
	return out
}

func isOpenRule(id string) bool { return strings.HasPrefix(id, "sg-open-ingress-") }

// writeOpenRules writes a table of Markdown, and how many there are of each sort.
func writeOpenRules(w io.Writer, rules []openRule) error {
	if _, err := io.WriteString(w, "\n| estate | place | rule | becomes |\n|---|---|---|---|\n"); err != nil {
		return err
	}
	count := map[string]int{}
	for _, r := range rules {
		count[r.became]++
		if _, err := fmt.Fprintf(w, "| %s | %s | %s | %s |\n", r.estate, r.place, r.rule, r.became); err != nil {
			return err
		}
	}
	var sums []string
	for became, n := range count {
		sums = append(sums, fmt.Sprintf("%d %s", n, became))
	}
	slices.Sort(sums)
	_, err := fmt.Fprintf(w, "\n%d findings of open ingress: %s\n", len(rules), strings.Join(sums, "; "))
	return err
}
