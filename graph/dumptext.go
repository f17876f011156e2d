package graph

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// maxDumpText is the number of characters of a string that the text form shows.
const maxDumpText = 200

// textDumper writes the text form: a paragraph for each unit and node, a line
// for each value and edge. Paths in it are relative to the root of the scan.
type textDumper struct {
	w *bufio.Writer
	// out are the edges by the node that they start at.
	out map[string][]dumpEdge
}

// WriteText writes the graph for people, and for comparing two of them. Places in
// the file of the unit or node that a paragraph is about are written :line:column.
func (g *Graph) WriteText(w io.Writer) error {
	d := dumper{g}.dump()
	t := textDumper{w: bufio.NewWriter(w), out: map[string][]dumpEdge{}}
	for _, e := range d.Edges {
		t.out[e.From] = append(t.out[e.From], e)
	}
	for _, u := range d.Units {
		t.unit(u)
	}
	for _, n := range d.Nodes {
		t.node(n)
	}
	if err := t.w.Flush(); err != nil {
		return fmt.Errorf("write graph: %w", err)
	}
	return nil
}

func (t textDumper) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(t.w, format, args...) // the writer keeps its first error for Flush
}

func (t textDumper) unit(u dumpUnit) {
	words := []string{u.Language}
	for _, w := range []struct {
		on   bool
		text string
	}{
		{u.Example, "example"}, {u.Broken, "partly unreadable"},
		{u.World != "", "world " + u.World}, {u.Workspace != "", "workspace " + u.Workspace},
	} {
		if w.on {
			words = append(words, w.text)
		}
	}
	t.printf("unit %s  (%s)%s\n", source.Printable(u.Key), strings.Join(words, ", "), at(u.Location, nil))
	for _, v := range u.Inputs {
		t.value("", v, u.Location)
	}
	t.printf("\n")
}

func (t textDumper) node(n dumpNode) {
	words := []string{n.Mode}
	if n.Type != "" {
		words = append(words, n.Type)
	}
	switch n.Exists {
	case "unknown":
		words = append(words, "may not exist"+when(n.When, ": exists"))
	case "false":
		words = append(words, "does not exist")
	}
	t.printf("node %s  (%s)%s%s\n", source.Printable(n.ID), strings.Join(words, ", "), at(n.Location, nil), ways(n.ExistsWhy, n.Location))
	for _, v := range n.Values {
		t.value("", v, n.Location)
	}
	for _, v := range n.Meta {
		t.value("@", v, n.Location)
	}
	for _, e := range t.out[n.ID] {
		t.edge(n, e)
	}
	t.printf("\n")
}

func (t textDumper) edge(from dumpNode, e dumpEdge) {
	target := e.To
	if from.Unit != "" {
		target = strings.TrimPrefix(target, from.Unit+"//")
	}
	if e.Attr != "" {
		target += "#" + e.Attr
	}
	sure := ""
	if e.Exists != "true" {
		sure = "  (perhaps" + when(e.When, ":") + ")"
	}
	t.printf("  %s -> %s%s%s\n", source.Printable(e.Label), source.Printable(target), sure, at(e.Location, from.Location))
}

func (t textDumper) value(mark string, v dumpValue, home *dumpPlace) {
	t.printf("  %s%s = %s%s%s\n", mark, source.Printable(v.Path), show(v), at(v.Location, home), ways(v.Origin, home))
}

// show writes a value and its state.
func show(v dumpValue) string {
	var b strings.Builder
	if v.Optional {
		b.WriteString("optional" + when(v.When, "") + ": ")
	}
	if v.JSON {
		b.WriteString("json ")
	}
	switch {
	case v.Sensitive:
		b.WriteString("(sensitive)")
	case v.OneOf != nil:
		b.WriteString("one of " + joined(v.OneOf))
	case v.Pieces != nil:
		b.WriteString("joined of ")
		for i, p := range v.Pieces {
			if i > 0 {
				b.WriteString(" & ")
			}
			b.WriteString(show(p))
		}
	case v.State != value.Known.String():
		b.WriteString(strings.TrimSpace(v.State + " " + v.Kind))
	default:
		b.WriteString(shownKnown(v))
	}
	if v.Open {
		b.WriteString(", perhaps more")
	}
	return b.String()
}

func shownKnown(v dumpValue) string {
	switch x := v.Value.(type) {
	case string:
		if r := []rune(x); len(r) > maxDumpText {
			return fmt.Sprintf("%q… (%d characters)", string(r[:maxDumpText]), len(r))
		}
		return fmt.Sprintf("%q", x)
	case []any:
		return "[]"
	case struct{}:
		return "{}"
	case nil:
		return v.Kind
	default:
		return fmt.Sprint(x)
	}
}

// joined writes alternatives in one line.
func joined(alternatives []dumpAlternative) string {
	var all []string
	for _, a := range alternatives {
		var parts []string
		for _, p := range a.Values {
			text := show(p)
			if p.Path != "" {
				text = source.Printable(p.Path) + " = " + text
			}
			parts = append(parts, text)
		}
		text := strings.Join(parts, ", ")
		if len(parts) != 1 {
			text = "{" + text + "}"
		}
		all = append(all, text+when(a.When, ""))
	}
	return strings.Join(all, " | ")
}

// when writes for which choices of inputs something holds, if that is known.
func when(text, before string) string {
	if text == "" {
		return ""
	}
	return before + " when " + source.Printable(text)
}

// at writes a place behind two blanks; without its path if that is the path of home.
func at(p, home *dumpPlace) string {
	switch {
	case p == nil:
		return ""
	case home != nil && p.Path == home.Path:
		return fmt.Sprintf("  :%d:%d", p.Line, p.Column)
	}
	return "  " + p.String()
}

// ways writes where a value came from.
func ways(origins []dumpOrigin, home *dumpPlace) string {
	var b strings.Builder
	for _, o := range origins {
		b.WriteString("  <- " + strings.Join(strings.Fields(source.Printable(o.Text)), " ") + at(o.Location, home))
	}
	return b.String()
}
