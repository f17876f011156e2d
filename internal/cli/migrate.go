package cli

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/gate/compat"
	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/internal/migrate"
)

func newMigrate() *cobra.Command {
	c := &cobra.Command{
		Use:   "migrate",
		Short: "Take over what was written for other tools",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newMigrateSuppressions())
	return c
}

func newMigrateSuppressions() *cobra.Command {
	f := &scanFlags{}
	var write, keep bool
	c := &cobra.Command{
		Use:   "suppressions [PATH...]",
		Short: "Rewrite suppressions of other tools as those of wacheck",
		Long: "Show what the suppressions that were written for " + strings.Join(compat.Tools(), ", ") + "\n" +
			"become as suppressions of wacheck, and rewrite them with --write. Those for which there is no rule here are left alone, and so\n" +
			"is the metadata of templates, to which a comment is added.",
		Example: "  wacheck migrate suppressions infra/\n  wacheck migrate suppressions infra/ --write --keep",
		RunE: func(c *cobra.Command, args []string) error {
			s, err := load(c.Flags(), args)
			if err != nil {
				return err
			}
			o, err := f.options(args)
			if err != nil {
				return err
			}
			o.Suite = checker.Suite{} // no rule is run
			out, err := scan(c.Context(), o)
			if err != nil {
				return err
			}
			return migrateAll(c, s, out, write, keep)
		},
	}
	fs := c.Flags()
	f.inputFlags.register(fs)
	fs.StringVar(&f.config, "config", "", "configuration `FILE` (default: .wacheck.yaml at the root of the repository)")
	fs.BoolVar(&write, "write", false, "change the files")
	fs.BoolVar(&keep, "keep", false, "leave the old suppressions beside the new ones")
	return c
}

func migrateAll(c *cobra.Command, s *settings, out *driver.Output, write, keep bool) error {
	shown := shownFrom(workingDir(), out.Root)
	var steps []migrate.Step
	done, left := 0, 0
	for _, x := range migrate.Plan(out.Files, migrate.Options{Keep: keep, Known: isRule}) {
		if isForeign(x.File.Path) {
			continue
		}
		steps = append(steps, x)
		say(c.OutOrStdout(), "%s:%d: %s\n", shown(x.File.Path), x.Line, x.Old)
		if x.New != "" {
			done++
			say(c.OutOrStdout(), "    # %s\n", x.New)
		} else {
			left++
			say(c.OutOrStdout(), "    %s\n", x.Why)
		}
	}
	files := migrate.Apply(steps)
	if write {
		for name, content := range files {
			if err := rewrite(filepath.Join(s.root, filepath.FromSlash(name)), content); err != nil {
				return withoutOp(err)
			}
		}
	}
	verb := "to rewrite in"
	if write {
		verb = "rewritten in"
	}
	say(c.OutOrStdout(), "%s %s %s; %d left as they are\n", count(done, "suppression"), verb, count(len(files), "file"), left)
	return nil
}

// isRule reports that there is a rule of that id.
func isRule(id string) bool {
	_, err := findRule(id)
	return err == nil
}

// isForeign reports files that terraform has fetched.
func isForeign(name string) bool {
	return strings.HasPrefix(name, ".terraform/") || strings.Contains(name, "/.terraform/") || strings.HasPrefix(name, "../")
}

// rewrite changes the content of a file, and nothing else of it.
func rewrite(name string, content []byte) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, content, info.Mode().Perm())
}
