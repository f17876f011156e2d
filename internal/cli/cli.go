// Package cli is the command line of wacheck: commands, flags, and the exit
// status. It decides nothing about infrastructure.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wacheck/wacheck/internal/nearest"
)

// Exit statuses.
const (
	// ExitClean: analysed, nothing at or above the threshold.
	ExitClean = 0
	// ExitFindings: findings at or above the threshold.
	ExitFindings = 1
	// ExitFailed: could not analyse: wrong usage, broken input, a fault of the tool.
	ExitFailed = 2
	// ExitNothing: there was nothing to analyse.
	ExitNothing = 3
	// ExitInterrupted: stopped by a signal.
	ExitInterrupted = 130
)

// status is an error that stands for an exit status.
type status struct {
	code int
	err  error // nil if everything has been said
}

func (s status) Error() string {
	if s.err == nil {
		return fmt.Sprintf("exit status %d", s.code)
	}
	return s.err.Error()
}

func (s status) Unwrap() error { return s.err }

// Main runs the command line and returns the exit status.
func Main(args []string, stdout, stderr io.Writer) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	defer func() {
		if x := recover(); x != nil {
			say(stderr, "internal error: %v\n%s", x, debug.Stack())
			code = ExitFailed
		}
	}()
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(withScreen(ctx, stderr))
	var s status
	switch {
	case ctx.Err() != nil:
		say(stderr, "interrupted\n")
		return ExitInterrupted
	case err == nil:
		return ExitClean
	case errors.As(err, &s):
		if s.err != nil {
			say(stderr, "wacheck: %v\n", s.err)
		}
		return s.code
	}
	say(stderr, "wacheck: %v\n", hinted(root, args, err))
	return ExitFailed
}

// say writes to the terminal. If that fails there is nobody left to tell.
func say(w io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "wacheck",
		Short:         "Find AWS Well-Architected risks in Terraform and CloudFormation before they are deployed",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.AddCommand(newScan(), newDemo(), newExplain(), newRules(), newSuppressions(), newBaseline(), newConfig(), newInit(), newMigrate(), newGraph(), newWhy(), newEnvironments(), newMan(), newVersion())
	return root
}

// hinted adds the nearest name to an error about an unknown flag or command.
func hinted(root *cobra.Command, args []string, err error) error {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "unknown flag: --"); ok {
		c, _, findErr := root.Find(args)
		if findErr != nil {
			c = root
		}
		return withHint(err, "--"+name, flagNames(c))
	}
	if strings.HasPrefix(text, "unknown command ") {
		var names []string
		for _, c := range root.Commands() {
			names = append(names, c.Name())
		}
		if parts := strings.Split(text, `"`); len(parts) > 1 {
			return withHint(errors.New(strings.SplitN(text, "\n", 2)[0]), parts[1], names)
		}
	}
	return err
}

// withHint adds "did you mean" if a name is near enough.
func withHint(err error, got string, names []string) error { return nearest.Hint(err, got, names) }
