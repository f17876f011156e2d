package graph

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/wacheck/wacheck/value/tri"
)

// WriteDOT writes nodes and edges, without values, in the language of Graphviz:
// a cluster for each unit, dashed lines for what may not exist.
func (g *Graph) WriteDOT(w io.Writer) error {
	b := bufio.NewWriter(w)
	// The writer keeps its first error for Flush.
	printf := func(format string, args ...any) { _, _ = fmt.Fprintf(b, format, args...) }
	printf("digraph wacheck {\n  rankdir=LR;\n  node [shape=box, fontname=\"Helvetica\"];\n  edge [fontname=\"Helvetica\", fontsize=10];\n")
	byUnit := map[*Unit][]*Node{}
	for _, n := range g.nodes {
		byUnit[n.Unit] = append(byUnit[n.Unit], n)
	}
	for i, u := range g.units {
		printf("  subgraph cluster_%d {\n    label=%s;\n", i, quoteDOT(u.Key))
		for _, n := range byUnit[u] {
			printf("    n%d [label=%s%s];\n", n.ID, quoteDOT(n.Addr), styleDOT(n.Mode, n.Exists))
		}
		printf("  }\n")
	}
	for _, n := range byUnit[nil] {
		printf("  n%d [label=%s%s];\n", n.ID, quoteDOT(n.Addr), styleDOT(n.Mode, n.Exists))
	}
	type drawn struct {
		from, to NodeID
		label    string
		exists   tri.Bool
	}
	seen := map[drawn]bool{} // a list of references to one node is one line
	for _, e := range g.edges {
		k := drawn{e.From, e.To, e.Label, e.Exists}
		if seen[k] {
			continue
		}
		seen[k] = true
		style := ""
		if e.Exists != tri.True {
			style = ", style=dashed"
		}
		printf("  n%d -> n%d [label=%s%s];\n", e.From, e.To, quoteDOT(e.Label), style)
	}
	printf("}\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write graph: %w", err)
	}
	return nil
}

func styleDOT(m Mode, exists tri.Bool) string {
	s := ""
	switch m {
	case Data:
		s = ", shape=parallelogram"
	case Opaque:
		s = ", shape=folder"
	case External:
		s = ", shape=ellipse"
	case Managed:
	}
	if exists != tri.True {
		s += ", style=dashed"
	}
	return s
}

// quoteDOT writes a quoted string: only the quotation mark has to be escaped,
// and the backslash so that it does not begin an escape of labels.
func quoteDOT(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", "").Replace(s) + `"`
}
