package cli

import (
	"io"
	"strings"

	"github.com/wacheck/wacheck/internal/estate"
	"github.com/wacheck/wacheck/source"
)

func writeSurveyMarkdown(w io.Writer, e *estate.Estate) error {
	say(w, "# Environments\n\n")
	rows := [][]string{}
	for _, x := range e.Environments {
		rows = append(rows, []string{environmentName(x), count(x.Resources, "resource"), count(x.Units, "unit"), strings.Join(x.Signs, "; ")})
	}
	writeTable(w, []string{"environment", "resources", "units", "known by"}, rows)
	say(w, "\n## Side by side\n\n")
	rows = nil
	for _, r := range e.Matrix.Rows {
		cells := []string{r.Kind}
		for _, c := range r.Cells {
			cells = append(cells, cellText(r.Kind, c))
		}
		rows = append(rows, cells)
	}
	writeTable(w, append([]string{""}, e.Matrix.Environments...), rows)
	say(w, "\n\\* another environment has it, too\n\n## Shared between environments\n\n")
	rows = nil
	for _, s := range e.Shared {
		for _, u := range s.Users {
			kind := s.Kind
			if s.ByNames {
				kind += ", as names tell"
			}
			rows = append(rows, []string{kind, s.Address, s.Place, u.Environment, userText(s, u), strings.Join(u.Signs[:min(1, len(u.Signs))], "")})
		}
	}
	writeTable(w, []string{"kind", "what", "place", "environment", "used by", "known by"}, rows)
	say(w, "\n## Contradictions\n\n")
	rows = nil
	for _, c := range e.Contradictions {
		rows = append(rows, []string{c.Environment, c.Sign, c.Against, c.AgainstSign, c.Address, c.Place, count(c.Resources, "resource")})
	}
	writeTable(w, []string{"environment", "known by", "but", "known by", "for example", "place", "how many"}, rows)
	say(w, "\n## Addresses\n\n")
	rows = nil
	for _, b := range e.Blocks {
		rows = append(rows, []string{b.Prefix.String(), b.Environment, b.Address, b.Place, shortList(b.Overlaps)})
	}
	writeTable(w, []string{"block", "environment", "VPC", "place", "overlaps with"}, rows)
	return nil
}

// writeTable writes a table, or says that there is nothing to write.
func writeTable(w io.Writer, head []string, rows [][]string) {
	if len(rows) == 0 {
		say(w, "None.\n")
		return
	}
	line := func(cells []string) {
		say(w, "|")
		for _, c := range cells {
			say(w, " %s |", tableText(c))
		}
		say(w, "\n")
	}
	line(head)
	say(w, "|%s\n", strings.Repeat("---|", len(head)))
	for _, r := range rows {
		line(r)
	}
}

// tableText is a text that ends no cell and starts no markup.
func tableText(s string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "*", "\\*", "_", "\\_", "<", "&lt;", "`", "\\`", "[", "\\[").Replace(source.Printable(s))
}
