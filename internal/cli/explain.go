package cli

import (
	"github.com/spf13/cobra"
)

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain RULE",
		Short: "Say what a rule finds, why it matters, and how to fix it",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := findRule(args[0])
			if err != nil {
				return err
			}
			text, _ := ruleHelp(r.ID)
			say(c.OutOrStdout(), "%s\n", text)
			return nil
		},
	}
}

// ruleHelp is the help of a rule as text and as markdown.
func ruleHelp(id string) (text, markdown string) { return "", "" }
