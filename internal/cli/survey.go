package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/wacheck/wacheck/internal/estate"
	"github.com/wacheck/wacheck/source"
)

func writeSurvey(w io.Writer, e *estate.Estate) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	say(t, "ENVIRONMENT\tRESOURCES\tUNITS\tKNOWN BY\n")
	for _, x := range e.Environments {
		say(t, "%s\t%d\t%d\t%s\n", environmentName(x), x.Resources, x.Units, source.Printable(strings.Join(x.Signs, "; ")))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if e.Examples > 0 {
		say(w, "left out as examples and tests: %s (--include-examples)\n", count(e.Examples, "unit"))
	}
	if err := writeMatrix(w, &e.Matrix); err != nil {
		return err
	}
	writeShared(w, e.Shared)
	writeContradictions(w, e.Contradictions)
	say(w, "\nAddresses\n")
	if len(e.Blocks) == 0 {
		say(w, "  no VPC with a known block\n")
	}
	for _, space := range spaces(e.Blocks) {
		writeSpace(w, space)
	}
	return nil
}

// environmentName is the name with what one of the user's own counts as.
func environmentName(e estate.Environment) string {
	if e.CountsAs == "" {
		return e.Name
	}
	return source.Printable(e.Name) + " (" + e.CountsAs + ")"
}

func writeMatrix(w io.Writer, m *estate.Matrix) error {
	if len(m.Environments) == 0 {
		return nil
	}
	say(w, "\nSide by side\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	say(t, "  ")
	for _, e := range m.Environments {
		say(t, "\t%s", source.Printable(e))
	}
	say(t, "\n")
	marked := false
	for _, r := range m.Rows {
		say(t, "  %s", r.Kind)
		for _, c := range r.Cells {
			say(t, "\t%s", source.Printable(cellText(r.Kind, c)))
			marked = marked || len(c.Shared) > 0
		}
		say(t, "\n")
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if marked {
		say(w, "  * another environment has it, too, or addresses that overlap\n")
	}
	return nil
}

// cellText names the things where that is short and says more than their number.
func cellText(kind string, c estate.Cell) string {
	switch {
	case len(c.Things) == 0:
		return "-"
	case (kind == "accounts" || kind == "addresses") && len(c.Things) <= 2:
		var names []string
		for _, t := range c.Things {
			if slices.Contains(c.Shared, t) {
				t += "*"
			}
			names = append(names, t)
		}
		return strings.Join(names, ", ")
	case len(c.Shared) > 0:
		return fmt.Sprintf("%d (%d*)", len(c.Things), len(c.Shared))
	}
	return fmt.Sprint(len(c.Things))
}

func writeShared(w io.Writer, list []estate.Shared) {
	say(w, "\nShared between environments\n")
	if len(list) == 0 {
		say(w, "  nothing that the code shows\n")
	}
	for _, s := range list {
		say(w, "  %s %s", s.Kind, source.Printable(s.Address))
		if s.Place != "" {
			say(w, "  %s", s.Place)
		}
		if s.ByNames {
			say(w, "  as names tell")
		}
		say(w, "\n")
		for _, u := range s.Users {
			say(w, "    %-14s %s", u.Environment, source.Printable(userText(s, u)))
			if len(u.Signs) > 0 {
				say(w, "  (%s)", source.Printable(u.Signs[0]))
			}
			say(w, "\n")
		}
	}
}

// userText names the resources that use a thing; it may belong to the environment
// without any.
func userText(s estate.Shared, u estate.User) string {
	if len(u.Addresses) == 0 {
		return "the " + s.Kind + " itself"
	}
	return shortList(u.Addresses)
}

// maxContradictions is how many contradictions are shown as text.
const maxContradictions = 20

func writeContradictions(w io.Writer, list []estate.Contradiction) {
	if len(list) == 0 {
		return
	}
	say(w, "\nContradictions\n")
	for i, c := range list {
		if i == maxContradictions {
			say(w, "  and %d more (--format json)\n", len(list)-i)
			return
		}
		say(w, "  %s: %s\n", c.Environment, source.Printable(c.Sign))
		say(w, "    but %s: %s\n", c.Against, source.Printable(c.AgainstSign))
		say(w, "    %s  %s", source.Printable(c.Address), c.Place)
		if c.Resources > 1 {
			say(w, ", and %d more", c.Resources-1)
		}
		say(w, "\n")
	}
}
