package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/gate/compat"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/annotations"
	"github.com/wacheck/wacheck/internal/config"
	"github.com/wacheck/wacheck/internal/driver"
)

func newInit() *cobra.Command {
	f := &scanFlags{}
	var force, show bool
	c := &cobra.Command{
		Use:   "init [PATH]",
		Short: "Write a first .wacheck.yaml from what is there",
		Long: "Write a first .wacheck.yaml at the root of the repository, from what is there: the environments that are told apart, and the\n" +
			"suppressions that were written for other tools. Every line says why it is there.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := load(c.Flags(), args)
			if err != nil {
				return err
			}
			file := filepath.Join(s.root, config.Names[0])
			if exists(file) && !force && !show {
				return fmt.Errorf("%s is there already (--force to overwrite it, --print to see what would be written)", shownPath(file))
			}
			_, out, err := f.analyse(c, args, s, nil)
			if err != nil {
				return err
			}
			if out.Coverage.Units == 0 {
				return status{code: ExitNothing, err: errors.New(nothingFound)}
			}
			text := firstConfig(out, s.tree.Estate())
			if show {
				say(c.OutOrStdout(), "%s", text)
				return nil
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil { //nolint:gosec // it is meant to be read
				return withoutOp(err)
			}
			say(c.OutOrStdout(), "%s written; wacheck config show tells what holds now\n", shownPath(file))
			return nil
		},
	}
	fs := c.Flags()
	f.inputFlags.register(fs)
	f.selectFlags.register(fs)
	fs.StringVar(&f.config, "config", "", "configuration `FILE` to start from")
	fs.BoolVar(&force, "force", false, "overwrite a configuration that is there")
	fs.BoolVar(&show, "print", false, "print the configuration instead of writing it")
	return c
}

// firstConfig is the text of a configuration for what was found.
func firstConfig(out *driver.Output, estate *analysis.Settings) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# yaml-language-server: $schema=%s", schemaURL)
	line("# Configuration of wacheck. What holds, and why: wacheck config show. Explained in docs/configuration.md.")
	line("# Written for %s of Terraform and CloudFormation with %s.", count(out.Coverage.Units, "unit"), count(out.Coverage.Resources, "resource"))
	line("")
	line("# gate: rules that are precise and worth stopping for. review adds what a Well-Architected review shows.")
	line("profile: gate")
	line("# Findings of at least this severity fail (now: %s).", severityCounts(out))
	line("fail_on: high")
	if n := out.Coverage.Examples; n > 0 {
		line("# Of these, %s only for show: nothing is reported there unless include_examples is set.", map[bool]string{true: "1 is", false: fmt.Sprintf("%d are", n)}[n == 1])
	}
	writeEnvironments(line, out, estate)
	writeCompat(line, out)
	line("")
	line("# Whoever accepts a finding says why: # wacheck:ignore RULE reason")
	line("require_reason: true")
	if slices.ContainsFunc(out.Findings, func(f analysis.Finding) bool { return f.Severity >= analysis.High }) {
		line("")
		line("# To start with what is there accepted, and only new findings failing: wacheck baseline create")
	}
	return b.String()
}

func severityCounts(out *driver.Output) string {
	counts := map[analysis.Severity]int{}
	for i := range out.Findings {
		counts[out.Findings[i].Severity]++
	}
	var parts []string
	for _, s := range analysis.Severities() {
		if counts[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[s], s))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "none")
}

// writeEnvironments sets a threshold for each environment that was told apart.
func writeEnvironments(line func(string, ...any), out *driver.Output, estate *analysis.Settings) {
	envs := environment.New(out.Graph, estate)
	counts := map[analysis.Environment]int{}
	for _, n := range out.Graph.Nodes() {
		if n.Mode == graph.Managed && (n.Unit == nil || n.Unit.Kind != graph.Example) {
			counts[envs.EnvironmentOf(n.ID)]++
		}
	}
	first := true
	for _, e := range []analysis.Environment{analysis.Production, analysis.Staging, analysis.Development, analysis.Test, analysis.Sandbox} {
		if counts[e] == 0 {
			continue
		}
		if first {
			line("")
			line("# Environments that were told apart by accounts, names, tags and directories.")
			line("environments:")
			first = false
		}
		threshold := "high"
		if e.IsMinor() {
			threshold = "critical"
		}
		line("  %s: {fail_on: %s} # %s", e, threshold, count(counts[e], "resource"))
	}
}

// writeCompat names the tools for which suppressions were written.
func writeCompat(line func(string, ...any), out *driver.Output) {
	counts := map[string]int{}
	notes := annotations.Read(out.Files.Files())
	for _, r := range notes.Remarks {
		for _, s := range compat.Parse(r) {
			counts[s.Tool]++
		}
	}
	for _, d := range notes.Declarations {
		if d.Tool != "wacheck" {
			counts[d.Tool]++
		}
	}
	var tools, seen []string
	for _, t := range compat.Tools() {
		if counts[t] > 0 {
			tools = append(tools, t)
			seen = append(seen, fmt.Sprintf("%s (%d)", t, counts[t]))
		}
	}
	if len(tools) == 0 {
		return
	}
	line("")
	line("# There are suppressions for other tools: %s. Take the sign away to have those", strings.Join(seen, ", "))
	line("# honoured that have an equivalent here, or rewrite them with wacheck migrate suppressions.")
	line("# compat: [%s]", strings.Join(tools, ", "))
}
