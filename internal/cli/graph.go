package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/source"
)

// graphWriters are the formats of the graph.
var graphWriters = []struct {
	name  string
	write func(*graph.Graph, io.Writer) error
}{
	{"text", (*graph.Graph).WriteText},
	{"json", (*graph.Graph).WriteJSON},
	{"dot", (*graph.Graph).WriteDOT},
}

func newGraph() *cobra.Command {
	var f inputFlags
	var format, focus string
	var depth int
	var allowParseErrors bool
	c := &cobra.Command{
		Use:   "graph [PATH...]",
		Short: "Show the evaluated graph",
		Long: "Show what the rules see: every resource by its address, every value with its state (known, unknown, one of several) and the way\n" +
			"it came, and the references between resources. Sensitive values are never shown. Paths are relative to the git work tree.",
		Example: "  wacheck graph infra/\n  wacheck graph infra/ --format dot | dot -Tsvg > graph.svg\n  wacheck graph infra/ --focus aws_db_instance.main --format svg > main.svg",
		RunE: func(c *cobra.Command, args []string) error {
			write, err := graphWriter(format, focus, depth)
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
			if err := write(out.Graph, c.OutOrStdout()); err != nil {
				return err
			}
			return graphStatus(c.ErrOrStderr(), out, allowParseErrors)
		},
	}
	f.register(c.Flags())
	c.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: "+strings.Join(graphFormats(), ", ")+"; with --focus "+strings.Join(diagramFormats(), ", "))
	c.Flags().StringVar(&focus, "focus", "", "draw what is around the resource of this `ADDRESS` (a glob, or the path of a construct) alone")
	c.Flags().IntVar(&depth, "depth", 2, "with --focus, how many `STEPS` away from it")
	c.Flags().BoolVar(&allowParseErrors, "allow-parse-errors", false, "do not exit with 2 because of files that can't be parsed")
	return c
}

func graphFormats() []string {
	var names []string
	for _, w := range graphWriters {
		names = append(names, w.name)
	}
	return names
}

func graphWriter(format, focus string, depth int) (func(*graph.Graph, io.Writer) error, error) {
	if focus != "" {
		return diagramWriter(format, focus, depth)
	}
	for _, w := range graphWriters {
		if w.name == format {
			return w.write, nil
		}
	}
	names := graphFormats()
	return nil, withHint(fmt.Errorf("--format: unknown format %q (one of %s)", format, strings.Join(names, ", ")), format, names)
}

// graphStatus tells of the errors in the input, which the graph does not show.
func graphStatus(stderr io.Writer, out *driver.Output, allowParseErrors bool) error {
	broken := 0
	for _, d := range out.Diagnostics {
		if d.Level != source.Error {
			continue
		}
		broken++
		place := out.Files.Position(d.Span.Pos)
		if place.Path == "" {
			place.Path = d.Path
		}
		say(stderr, "%s: %s: %s [%s]\n", source.Printable(place.String()), d.Level, source.Printable(d.Message), d.Code)
	}
	if broken > 0 && !allowParseErrors {
		return status{code: ExitFailed, err: fmt.Errorf("the input has %s; the graph holds the rest (--allow-parse-errors to accept that)", count(broken, "error"))}
	}
	if out.Coverage.Units == 0 {
		return status{code: ExitNothing, err: errors.New(nothingFound)}
	}
	return nil
}
