package diagram

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/wacheck/wacheck/graph"
)

// printer keeps its first error for the end.
type printer struct{ b *bufio.Writer }

func (p printer) printf(format string, args ...any) { _, _ = fmt.Fprintf(p.b, format, args...) }

func (p printer) end() error {
	if err := p.b.Flush(); err != nil {
		return fmt.Errorf("write diagram: %w", err)
	}
	return nil
}

// WriteText lists the boxes with the lines that begin there.
func (d *Diagram) WriteText(w io.Writer) error {
	p := printer{bufio.NewWriter(w)}
	for i, b := range d.Boxes {
		mark := " "
		if b.Step == 0 {
			mark = "*"
		}
		p.printf("%s %s  %s%s\n", mark, b.name(), b.Node.Type, maybe(b.certain()))
		for _, l := range d.Lines {
			if l.From == i {
				p.printf("    %s -> %s%s\n", strings.Join(l.Labels, ", "), d.Boxes[l.To].name(), maybe(l.Certain))
			}
		}
	}
	if d.Left > 0 {
		p.printf("and %d more, farther away\n", d.Left)
	}
	return p.end()
}

func maybe(certain bool) string {
	if certain {
		return ""
	}
	return "  (in some deployments, or not known)"
}

// WriteDOT writes the language of Graphviz.
func (d *Diagram) WriteDOT(w io.Writer) error {
	p := printer{bufio.NewWriter(w)}
	quote := func(s string) string {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", "").Replace(s) + `"`
	}
	p.printf("digraph wacheck {\n  rankdir=LR;\n  node [shape=box, fontname=\"Helvetica\"];\n  edge [fontname=\"Helvetica\", fontsize=10];\n")
	for i, b := range d.Boxes {
		style := ""
		if b.Step == 0 {
			style = ", penwidth=2"
		}
		if !b.certain() {
			style += ", style=dashed"
		}
		p.printf("  n%d [label=%s%s];\n", i, quote(b.name()+"\n"+b.Node.Type), style)
	}
	for _, l := range d.Lines {
		style := ""
		if !l.Certain {
			style = ", style=dashed"
		}
		p.printf("  n%d -> n%d [label=%s%s];\n", l.From, l.To, quote(strings.Join(l.Labels, "\n")), style)
	}
	p.printf("}\n")
	return p.end()
}

// WriteMermaid writes a flowchart of Mermaid, which GitHub and GitLab show in
// markdown.
func (d *Diagram) WriteMermaid(w io.Writer) error {
	p := printer{bufio.NewWriter(w)}
	quote := func(s string) string {
		return `"` + strings.NewReplacer(`"`, "#quot;", "#", "#35;", "<", "#lt;", ">", "#gt;", "\n", " ", "|", "#124;").Replace(s) + `"`
	}
	p.printf("flowchart LR\n")
	for i, b := range d.Boxes {
		left, right := "[", "]"
		if b.Node.Mode == graph.External {
			left, right = "([", "])"
		}
		p.printf("  n%d%s%s%s\n", i, left, quote(b.name()), right)
	}
	for _, l := range d.Lines {
		arrow := "-->"
		if !l.Certain {
			arrow = "-.->"
		}
		p.printf("  n%d %s|%s| n%d\n", l.From, arrow, quote(strings.Join(l.Labels, ", ")), l.To)
	}
	p.printf("  classDef focus stroke-width:3px\n  classDef maybe stroke-dasharray:4 4\n")
	for i, b := range d.Boxes {
		if b.Step == 0 {
			p.printf("  class n%d focus\n", i)
		}
		if !b.certain() {
			p.printf("  class n%d maybe\n", i)
		}
	}
	return p.end()
}

// The measures of a picture, in pixels.
const (
	boxWidth, boxHeight = 300, 44
	gapX, gapY          = 140, 18
	margin              = 20
	letters             = 44 // that fit in a box
)

// WriteSVG writes a picture: a column for each step, with the focus between what
// leads to it and what it leads to.
func (d *Diagram) WriteSVG(w io.Writer) error {
	p := printer{bufio.NewWriter(w)}
	first, rows, columns := d.extent()
	x := func(b Box) int { return margin + (b.Step-first)*(boxWidth+gapX) }
	y := func(b Box) int { return margin + b.row*(boxHeight+gapY) }
	p.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="Helvetica, Arial, sans-serif" font-size="12">`+"\n",
		2*margin+columns*boxWidth+(columns-1)*gapX, 2*margin+rows*(boxHeight+gapY))
	p.printf(`<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>` + "\n")
	for _, l := range d.Lines {
		from, to := d.Boxes[l.From], d.Boxes[l.To]
		x1, x2 := x(from)+boxWidth, x(to)
		bend := gapX / 2
		if x2 <= x(from) { // to the left, or within the column
			x1, x2, bend = x(from), x(to)+boxWidth, -gapX/2
			if x(from) == x(to) {
				x2 = x(to)
			}
		}
		y1, y2 := y(from)+boxHeight/2, y(to)+boxHeight/2
		c2 := x2 - bend
		if x(from) == x(to) {
			c2 = x2 + bend
		}
		p.printf(`<path d="M%d %dC%d %d %d %d %d %d" fill="none" stroke="#555"%s marker-end="url(#arrow)"><title>%s</title></path>`+"\n",
			x1, y1, x1+bend, y1, c2, y2, x2, y2, dashed(l.Certain), escape(strings.Join(l.Labels, ", ")))
	}
	for _, b := range d.Boxes {
		fill, width := "#fff", 1
		if b.Step == 0 {
			fill, width = "#fff3cd", 2
		}
		p.printf(`<g transform="translate(%d %d)"><title>%s</title><rect width="%d" height="%d" rx="5" fill="%s" stroke="#333" stroke-width="%d"%s/>`,
			x(b), y(b), escape(b.name()), boxWidth, boxHeight, fill, width, dashed(b.certain()))
		p.printf(`<text x="8" y="18">%s</text><text x="8" y="35" fill="#666" font-size="11">%s</text></g>`+"\n", escape(short(b.name())), escape(short(b.Node.Type)))
	}
	if d.Left > 0 {
		p.printf(`<text x="%d" y="%d" fill="#666">and %d more, farther away</text>`+"\n", margin, 2*margin+rows*(boxHeight+gapY)-6, d.Left)
	}
	p.printf("</svg>\n")
	return p.end()
}

// extent is the first step, and the number of rows and columns.
func (d *Diagram) extent() (first, rows, columns int) {
	last := 0
	for _, b := range d.Boxes {
		first, last = min(first, b.Step), max(last, b.Step)
		rows = max(rows, b.row+1)
	}
	return first, rows, last - first + 1
}

func dashed(certain bool) string {
	if certain {
		return ""
	}
	return ` stroke-dasharray="4 4"`
}

// short keeps the end of a long text: that is what tells addresses apart.
func short(s string) string {
	r := []rune(s)
	if len(r) <= letters {
		return s
	}
	return "…" + string(r[len(r)-letters+1:])
}

func escape(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}
