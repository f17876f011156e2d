package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wacheck/wacheck/gate/baseline"
	"github.com/wacheck/wacheck/internal/config"
	"github.com/wacheck/wacheck/internal/judge"
)

// baselineFile is the file of the baseline, whether it is there or not.
func (f *gateFlags) baselineFile(s *settings) string {
	if f.baseline != "" {
		return f.baseline
	}
	return filepath.Join(s.root, baseline.Name)
}

// readBaseline reads the baseline. One that was named has to be there.
func (f *gateFlags) readBaseline(s *settings, paths []string, date string) (*judge.Baseline, error) {
	if f.noBaseline || f.baseline == "" && s.root == "" {
		return nil, nil
	}
	file := f.baselineFile(s)
	entries, err := baseline.Read(file)
	if errors.Is(err, os.ErrNotExist) && f.baseline == "" {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", withoutOp(err))
	}
	return f.newBaseline(s, file, entries, paths, date), nil
}

func (f *gateFlags) newBaseline(s *settings, file string, entries []baseline.Entry, paths []string, date string) *judge.Baseline {
	return &judge.Baseline{Name: s.relative(file), Entries: entries, InScope: s.inScope(paths),
		Policy: baseline.Policy{Today: date, MaxAgeDays: f.baselineMaxAge, OnChange: f.expireOnChange}}
}

// relative is a file relative to the root of the tree, or as it is if it is not
// in there.
func (s *settings) relative(file string) string {
	abs, err := filepath.Abs(file)
	if err != nil || !within(s.root, abs) {
		return filepath.ToSlash(file)
	}
	rel, err := filepath.Rel(s.root, abs)
	if err != nil {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// inScope says whether something lies below the paths that are analysed.
func (s *settings) inScope(paths []string) func(string) bool {
	var below []string
	for _, p := range paths {
		if resolved, err := filepath.EvalSymlinks(p); err == nil {
			p = resolved
		}
		rel := s.relative(p)
		if info, err := os.Stat(p); err == nil && !info.IsDir() {
			rel = filepath.ToSlash(filepath.Dir(rel))
		}
		below = append(below, rel)
	}
	return func(name string) bool {
		for _, b := range below {
			if b == "." || config.Match(b, name) {
				return true
			}
		}
		return len(below) == 0
	}
}

// everywhere are patterns that may be relative to the root or to a named path, in
// terms of the root.
func (s *settings) everywhere(patterns, paths []string) []string {
	out := slices.Clone(patterns)
	for _, p := range paths {
		if rel := s.relative(p); rel != "." && !strings.HasPrefix(rel, "../") {
			for _, pattern := range patterns {
				out = append(out, path.Join(rel, pattern))
			}
		}
	}
	return out
}

func newBaseline() *cobra.Command {
	c := &cobra.Command{
		Use:   "baseline",
		Short: "Accept what is there, so that only new findings fail",
		Long: "Accept what is there, so that only new findings fail. The accepted findings are kept in " + baseline.Name + " at the root of\n" +
			"the repository, one sorted line each, without line numbers. Commit it: scan reads it by itself.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newBaselineCreate(), newBaselineUpdate(), newBaselinePrune())
	return c
}

// baselineCommand makes a command that runs a scan and then writes the baseline.
func baselineCommand(use, short, long string, change func(*cobra.Command, *baselineRun) ([]baseline.Entry, error), needs bool) *cobra.Command {
	f := &scanFlags{}
	c := &cobra.Command{
		Use: use, Short: short, Long: long,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := load(c.Flags(), args)
			if err != nil {
				return err
			}
			return f.changeBaseline(c, args, s, change, needs)
		},
	}
	fs := c.Flags()
	f.inputFlags.register(fs)
	f.selectFlags.register(fs)
	f.policy(fs)
	fs.BoolVar(&f.allowParseErrors, "allow-parse-errors", false, "go on although there are files that can't be parsed")
	fs.StringVar(&f.config, "config", "", "configuration `FILE` (default: .wacheck.yaml at the root of the repository)")
	return c
}

// baselineRun is what a change of the baseline knows.
type baselineRun struct {
	file string
	judge.Entries
}

func (f *scanFlags) changeBaseline(c *cobra.Command, args []string, s *settings,
	change func(*cobra.Command, *baselineRun) ([]baseline.Entry, error), needs bool,
) error {
	run := &baselineRun{file: f.baselineFile(s)}
	if _, err := os.Stat(run.file); needs != (err == nil) {
		if needs {
			return fmt.Errorf("there is no baseline %s; make one with wacheck baseline create", shownPath(run.file))
		}
		if force, err := c.Flags().GetBool("force"); err != nil || !force {
			return fmt.Errorf("%s is there already; use wacheck baseline update, or --force", shownPath(run.file))
		}
	}
	j, out, err := f.analyse(c, args, s, func(date string) (*judge.Baseline, error) {
		if needs {
			return f.readBaseline(s, args, date)
		}
		return f.newBaseline(s, run.file, nil, args, date), nil
	})
	if err != nil {
		return err
	}
	if err := f.incomplete(out); err != nil {
		return status{code: ExitFailed, err: fmt.Errorf("the baseline was not written: %w", err)}
	}
	run.Entries = j.BaselineEntries()
	entries, err := change(c, run)
	if err != nil {
		return err
	}
	if !f.expireOnChange {
		for i := range entries {
			entries[i].Block = ""
		}
	}
	entries = baseline.Normal(entries)
	if err := baseline.Write(run.file, entries); err != nil {
		return fmt.Errorf("%s: %w", shownPath(run.file), withoutOp(err))
	}
	say(c.OutOrStdout(), "%s: %s\n", shownPath(run.file), countEntries(len(entries)))
	return nil
}

func countEntries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// diffLines shows entries that come or go, as a diff does.
func diffLines(w io.Writer, mark string, entries []baseline.Entry) {
	for _, e := range entries {
		say(w, "%s %s: %s  %s\n", mark, e.File, e.Rule, strings.TrimSpace(e.Address+" "+e.Subject))
	}
}

func newBaselineCreate() *cobra.Command {
	c := baselineCommand("create [PATH...]", "Accept all present findings",
		"Accept all present findings that are not suppressed. With --severity and --rules, only those that they choose.",
		func(_ *cobra.Command, run *baselineRun) ([]baseline.Entry, error) { return run.Fresh, nil }, false)
	c.Flags().Bool("force", false, "overwrite a baseline that is there")
	return c
}

func newBaselineUpdate() *cobra.Command {
	var add bool
	c := baselineCommand("update [PATH...]", "Drop what is fixed, and follow what was moved",
		"Keep the entries that are still true, under the names that they have now, and drop those that are fixed. New findings are\n"+
			"listed, and only accepted with --add-new.",
		func(c *cobra.Command, run *baselineRun) ([]baseline.Entry, error) {
			diffLines(c.OutOrStdout(), "-", run.Stale)
			entries := run.Kept
			if add {
				diffLines(c.OutOrStdout(), "+", run.Fresh)
				return append(entries, run.Fresh...), nil
			}
			diffLines(c.OutOrStdout(), "!", run.Fresh)
			return entries, nil
		}, true)
	c.Flags().BoolVar(&add, "add-new", false, "accept new findings, too")
	return c
}

func newBaselinePrune() *cobra.Command {
	c := baselineCommand("prune [PATH...]", "Drop what is fixed", "Drop the entries that are fixed.",
		func(c *cobra.Command, run *baselineRun) ([]baseline.Entry, error) {
			diffLines(c.OutOrStdout(), "-", run.Stale)
			return run.Kept, nil
		}, true)
	return c
}
