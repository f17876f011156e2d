package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wacheck/wacheck/internal/estate"
)

func newEnvironments() *cobra.Command {
	var f inputFlags
	var format, configuration string
	var examples bool
	c := &cobra.Command{
		Use:   "environments [PATH...]",
		Short: "Show which environments there are side by side, what they share, and their addresses",
		Long: "Show which environments the code holds (production, staging, development, …) and by which signs they are known; what each has, side\n" +
			"by side; which accounts, roots, states, networks, groups, clusters, roles and keys several of them have, and by which signs that\n" +
			"is known; which signs contradict each other; and the plan of their addresses, with what overlaps.",
		Example: "  wacheck environments infra/\n  wacheck environments . --format markdown",
		RunE: func(c *cobra.Command, args []string) error {
			s, err := load(inputsOf(c), args)
			if err != nil {
				return err
			}
			write, ok := surveyWriters[format]
			if !ok {
				names := slices.Sorted(maps.Keys(surveyWriters))
				return withHint(fmt.Errorf("--format: unknown format %q (one of %s)", format, strings.Join(names, ", ")), format, names)
			}
			out, err := readOnly(c, &f, args, "text")
			if err != nil {
				return err
			}
			return write(c.OutOrStdout(), estate.Survey(out.Graph, estate.Options{Settings: s.tree.Estate(), Examples: examples, Shown: shownFrom(workingDir(), out.Root)}))
		},
	}
	f.register(c.Flags())
	c.Flags().StringVar(&configuration, "config", "", "configuration `FILE` (default: .wacheck.yaml at the root of the repository)")
	c.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text, markdown or json")
	c.Flags().BoolVar(&examples, "include-examples", false, "survey examples and tests as if they were deployed")
	return c
}

// inputsOf are the flags of a command that say what is analysed: that of its format
// is its own, and not the setting of scan.
func inputsOf(c *cobra.Command) *pflag.FlagSet {
	out := pflag.NewFlagSet(c.Name(), pflag.ContinueOnError)
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "format" {
			out.AddFlag(f)
		}
	})
	return out
}

// surveyWriters are the formats of the survey.
var surveyWriters = map[string]func(io.Writer, *estate.Estate) error{
	"text": writeSurvey, "markdown": writeSurveyMarkdown,
	"json": func(w io.Writer, e *estate.Estate) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(e)
	},
}
