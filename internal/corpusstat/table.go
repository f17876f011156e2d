package main

import (
	"fmt"
	"io"

	"github.com/wacheck/wacheck/report"
)

// row is what runs over one estate gave, or several together.
type row struct {
	name                                string
	found, read, skipped, broken        int
	roots, resources, conditional       int
	values, known, references, resolved int
	findings, opens                     int
	seconds                             float64
	kib                                 int
}

// rowOf sums up a measurement.
func rowOf(name string, m *measurement) (row, error) {
	c := m.document.Coverage
	r := row{name: name,
		found: c.Files.Found, read: c.Files.Terraform + c.Files.Templates, skipped: skipped(c.Files), broken: len(c.Files.Broken),
		roots: c.Roots, resources: c.Resources, conditional: c.Conditional,
		values: c.Values, known: c.KnownValues, references: c.References, resolved: c.ResolvedReferences,
		findings: len(m.document.Findings), opens: len(m.document.Opens),
		seconds: median(m.seconds), kib: median(m.kib)}
	if n := r.found - r.read - r.skipped - r.broken; n != 0 {
		return row{}, fmt.Errorf("%d of %d files are not accounted for", n, r.found)
	}
	return r, nil
}

func skipped(f report.FileCoverage) int {
	n := 0
	for _, k := range f.Skipped {
		n += k
	}
	return n
}

// add adds the figures of another row; of memory, it keeps the greater.
func (r *row) add(o row) {
	for _, p := range []struct{ sum, n *int }{
		{&r.found, &o.found}, {&r.read, &o.read}, {&r.skipped, &o.skipped}, {&r.broken, &o.broken},
		{&r.roots, &o.roots}, {&r.resources, &o.resources}, {&r.conditional, &o.conditional},
		{&r.values, &o.values}, {&r.known, &o.known}, {&r.references, &o.references}, {&r.resolved, &o.resolved},
		{&r.findings, &o.findings}, {&r.opens, &o.opens},
	} {
		*p.sum += *p.n
	}
	r.seconds += o.seconds
	r.kib = max(r.kib, o.kib)
}

const header = `| estate | files | read | not infrastructure | broken | roots | resources | may not exist | values known | references resolved | findings | opens | seconds | peak MiB |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
`

// writeTable writes rows of Markdown and their sum.
func writeTable(w io.Writer, rows []row) error {
	if _, err := io.WriteString(w, header); err != nil {
		return err
	}
	all := row{name: fmt.Sprintf("%d estates", len(rows))}
	for _, r := range rows {
		all.add(r)
	}
	for _, r := range append(rows, all) {
		_, err := fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %d | %d | %d | %s | %s | %d | %d | %.2f | %s |\n",
			r.name, r.found, r.read, r.skipped, r.broken, r.roots, r.resources, r.conditional,
			share(r.known, r.values), share(r.resolved, r.references), r.findings, r.opens, r.seconds, mib(r.kib))
		if err != nil {
			return err
		}
	}
	return nil
}

// share is part of all in percent, rounded down so that 100 % means all.
func share(part, all int) string {
	if all == 0 {
		return "-"
	}
	tenths := part * 1000 / all
	return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10)
}

func mib(kib int) string {
	if kib == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f", float64(kib)/1024)
}
