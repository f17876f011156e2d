package cli

import (
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wacheck/wacheck/internal/config"
	"github.com/wacheck/wacheck/internal/demo"
)

func newDemo() *cobra.Command {
	f := &scanFlags{gateFlags: gateFlags{failOn: "none", exitCode: ExitFindings}, scope: scopeAll}
	var keep string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Analyse a small estate that is built in",
		Long: "Analyse a small estate that is built in: a Terraform root with modules, and two CloudFormation stacks, with the faults that\n" +
			"real reviews find. With --write, the estate is left in a directory to play with.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir := keep
			if dir == "" {
				tmp, err := os.MkdirTemp("", "wacheck-demo-")
				if err != nil {
					return err
				}
				defer func() { _ = os.RemoveAll(tmp) }() // a leftover in the temporary directory harms nobody
				dir = filepath.Join(tmp, "demo")
				// Nobody can open what is gone by then.
				f.shown = func(p string) string { return path.Join("demo", p) }
			}
			if err := demo.Write(dir); err != nil {
				return err
			}
			return f.run(c, []string{dir}, &settings{tree: config.NewTree(nil), root: dir})
		},
	}
	f.inputFlags.register(c.Flags())
	f.selectFlags.register(c.Flags())
	f.outputFlags.register(c.Flags())
	c.Flags().StringVar(&keep, "write", "", "write the estate to `DIR` and analyse it there")
	return c
}
