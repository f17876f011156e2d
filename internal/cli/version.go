package cli

import (
	"runtime/debug"

	"github.com/spf13/cobra"
)

// stamped is set by the linker for releases: -ldflags "-X …/internal/cli.stamped=1.2.3".
var stamped string

// version is that of a release, else of the module, else "dev".
func version() string {
	if stamped != "" {
		return stamped
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			say(c.OutOrStdout(), "wacheck %s\n", version())
			return nil
		},
	}
}
