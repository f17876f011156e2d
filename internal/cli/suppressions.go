package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/wacheck/wacheck/gate/suppress"
	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/internal/gitrepo"
	"github.com/wacheck/wacheck/internal/judge"
)

// listed is a suppression as "suppressions list" shows it.
type listed struct {
	Rules  []string `json:"rules"`
	Path   string   `json:"path"`
	Line   int      `json:"line"`
	By     string   `json:"by"`
	Status string   `json:"status"`
	// Written are the rules as they stand there.
	Written []string `json:"written"`
	Reason  string   `json:"reason,omitempty"`
	Expires string   `json:"expires,omitempty"`
	// Author is who last changed the line, with the date, as far as git knows.
	Author  string `json:"author,omitempty"`
	Hits    int    `json:"hits"`
	Problem string `json:"problem,omitempty"`
}

func newSuppressions() *cobra.Command {
	c := &cobra.Command{
		Use:   "suppressions",
		Short: "Work with what is accepted in code and configuration",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newSuppressionsList())
	return c
}

func newSuppressionsList() *cobra.Command {
	f := &scanFlags{}
	var format string
	c := &cobra.Command{
		Use:   "list [PATH...]",
		Short: "List suppressions, with reason, date, author, and how many findings they cover",
		Long: "List the suppressions of the code and of the configuration: where they stand, what they say, who wrote the line, and how many\n" +
			"findings they cover. The code is analysed for that, with the same rules as scan would run.",
		Example: "  wacheck suppressions list\n  wacheck suppressions list infra/ --format md > ACCEPTED.md",
		RunE: func(c *cobra.Command, args []string) error {
			s, err := load(c.Flags(), args)
			if err != nil {
				return err
			}
			write, err := listWriter(format)
			if err != nil {
				return err
			}
			j, out, err := f.analyse(c, args, s, nil)
			if err != nil {
				return err
			}
			return write(c.OutOrStdout(), listAll(j.Suppressions, out))
		},
	}
	fs := c.Flags()
	f.inputFlags.register(fs)
	f.selectFlags.register(fs)
	f.policy(fs)
	fs.StringVar(&f.config, "config", "", "configuration `FILE` (default: .wacheck.yaml at the root of the repository)")
	fs.StringVarP(&format, "format", "f", "table", "`FORMAT`: "+strings.Join(listFormats, ", "))
	return c
}

// analyse runs a scan for the sake of what the gate knows afterwards.
func (f *scanFlags) analyse(c *cobra.Command, args []string, s *settings,
	accepted func(date string) (*judge.Baseline, error),
) (*judge.Judge, *driver.Output, error) {
	f.failOn = "none"
	o, err := f.options(args)
	if err != nil {
		return nil, nil, err
	}
	if err := f.selectFlags.apply(&o, s.tree); err != nil {
		return nil, nil, err
	}
	by, err := f.judgeBy(s, &f.selectFlags, s.everywhere(f.skipPaths, args), accepted)
	if err != nil {
		return nil, nil, err
	}
	j := judge.New(by)
	o.Judge = j.Hook
	out, err := scan(c.Context(), o)
	if err != nil {
		return nil, nil, err
	}
	if problems := j.Problems(); len(problems) > 0 {
		return nil, nil, configError(problems)
	}
	j.Finish(c.Context())
	return j, out, nil
}

func listAll(set *suppress.Set, out *driver.Output) []listed {
	shown := shownFrom(workingDir(), out.Root)
	blame := gitrepo.Blamer(out.Root)
	list := []listed{}
	for _, x := range set.All() {
		l := listed{Rules: x.Rules, Written: x.Written, By: x.By, Status: string(x.Status), Reason: x.Reason, Expires: x.Expires,
			Hits: x.Hits, Problem: x.Problem, Path: shown(x.Path), Line: x.Line}
		if pos := out.Files.Position(x.Span.Pos); pos.Path != "" {
			l.Author = blame(pos.Path, pos.Line)
			l.Path, l.Line = shown(pos.Path), pos.Line
		}
		if l.Rules == nil {
			l.Rules = []string{}
		}
		list = append(list, l)
	}
	return list
}

var listFormats = []string{"table", "json", "md"}

func listWriter(format string) (func(io.Writer, []listed) error, error) {
	switch format {
	case "table":
		return listTable, nil
	case "json":
		return listJSON, nil
	case "md":
		return listMarkdown, nil
	}
	err := fmt.Errorf("--format: unknown format %q (one of %s)", format, strings.Join(listFormats, ", "))
	return nil, withHint(err, format, listFormats)
}

func listJSON(w io.Writer, list []listed) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(list)
}

// columns are the texts of a row of the table.
func (l listed) columns() []string {
	rules := strings.Join(l.Rules, ", ")
	if len(l.Rules) > 3 || rules == "" {
		rules = strings.Join(l.Written, ", ")
	}
	status := l.Status
	if l.Problem != "" {
		status += ": " + l.Problem
	}
	return []string{rules, fmt.Sprintf("%s:%d", l.Path, l.Line), l.By, status, fmt.Sprint(l.Hits), l.Expires, l.Author, l.Reason}
}

var listHead = []string{"RULES", "PLACE", "BY", "STATUS", "HITS", "EXPIRES", "AUTHOR", "REASON"}

func listTable(w io.Writer, list []listed) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	say(t, "%s\n", strings.Join(listHead, "\t"))
	for _, l := range list {
		say(t, "%s\n", strings.Join(l.columns(), "\t"))
	}
	return t.Flush()
}

func listMarkdown(w io.Writer, list []listed) error {
	say(w, "| %s |\n|%s\n", strings.Join(listHead, " | "), strings.Repeat(" --- |", len(listHead)))
	for _, l := range list {
		cells := l.columns()
		for i := range cells {
			cells[i] = strings.ReplaceAll(strings.ReplaceAll(cells[i], "|", `\|`), "\n", " ")
		}
		say(w, "| %s |\n", strings.Join(cells, " | "))
	}
	return nil
}
