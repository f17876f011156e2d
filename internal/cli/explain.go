package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wacheck/wacheck/internal/ruledoc"
)

var explainFormats = []string{"text", "markdown", "json"}

func newExplain() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "explain RULE",
		Short: "Say what a rule finds, why it matters, and how to fix it",
		Long: "Say what a rule finds, how grave that is and where, why it matters, how to fix it, and what it looks like, in Terraform and\n" +
			"CloudFormation. Former ids of a rule are understood.",
		Example: "  wacheck explain rds-not-multi-az\n  wacheck explain rds-not-multi-az --format markdown",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := findRule(args[0])
			if err != nil {
				return err
			}
			page := ruledoc.NewBook(knownRules()).Page(r.ID)
			switch format {
			case "text":
				say(c.OutOrStdout(), "%s", page.Text())
			case "markdown":
				say(c.OutOrStdout(), "%s", page.Help())
			case "json":
				text, err := page.JSON()
				if err != nil {
					return err
				}
				say(c.OutOrStdout(), "%s", text)
			default:
				return withHint(fmt.Errorf("--format: unknown format %q (one of %s)", format, strings.Join(explainFormats, ", ")), format, explainFormats)
			}
			return nil
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: "+strings.Join(explainFormats, ", "))
	return c
}

// ruleHelp returns the help of a rule as text and as markdown.
func ruleHelp() func(id string) (text, markdown string) {
	book := ruledoc.NewBook(knownRules())
	return func(id string) (text, markdown string) {
		page := book.Page(id)
		if page == nil {
			return "", ""
		}
		return page.Text(), page.Help()
	}
}
