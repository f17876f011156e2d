package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/controls"
	"github.com/wacheck/wacheck/report"
)

func newRules() *cobra.Command {
	f := &selectFlags{}
	var format string
	var revision bool
	c := &cobra.Command{
		Use:     "rules",
		Short:   "List the rules",
		Example: "  wacheck rules --profile gate\n  wacheck rules --pillar reliability --profile all --format json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if revision {
				say(c.OutOrStdout(), "wacheck %s, %d rules, AWS Well-Architected Framework of %s (%d best practices)\n",
					version(), len(knownRules()), controls.Revision, len(controls.Practices()))
				return nil
			}
			keep, err := f.predicate()
			if err != nil {
				return err
			}
			var rules []*analysis.Rule
			for _, r := range knownRules() {
				if keep(r) && r.Severity >= f.severityLevel {
					rules = append(rules, r)
				}
			}
			return writeRules(c.OutOrStdout(), format, rules)
		},
	}
	f.register(c.Flags())
	c.Flags().BoolVar(&revision, "version", false, "print the version of the rules and the revision of the framework that they are mapped to")
	c.Flags().StringVarP(&format, "format", "f", "table", "`FORMAT`: table, json or ids")
	return c
}

func writeRules(w io.Writer, format string, rules []*analysis.Rule) error {
	switch format {
	case "ids":
		for _, r := range rules {
			say(w, "%s\n", r.ID)
		}
	case "json":
		out := make([]report.Rule, 0, len(rules))
		for _, r := range rules {
			out = append(out, report.RuleOf(r))
		}
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(out)
	case "table":
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		say(t, "RULE\tSEVERITY\tRISK\tPILLAR\tPROFILE\tPRACTICE\tTITLE\n")
		for _, r := range rules {
			say(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Severity, r.Severity.Risk(), r.Pillar, r.Profile, r.Practice, r.Title)
		}
		return t.Flush()
	default:
		names := []string{"table", "json", "ids"}
		return withHint(fmt.Errorf("--format: unknown format %q (one of table, json, ids)", format), format, names)
	}
	return nil
}
