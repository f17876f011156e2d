package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write a man page for each command",
		Example: "  wacheck man /usr/local/share/man/man1",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
				return fmt.Errorf("%s: no such directory", args[0])
			}
			root := c.Root()
			root.DisableAutoGenTag = true // the month stands in the header already, by SOURCE_DATE_EPOCH if set
			return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "wacheck " + version(), Manual: "User Commands"}, args[0])
		},
	}
}
