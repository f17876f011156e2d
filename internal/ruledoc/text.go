package ruledoc

import (
	"fmt"
	"strings"
)

// textWidth is the number of columns at which text is wrapped, and nameWidth that
// of the first column of the table.
const textWidth, nameWidth = 96, 12

// Text is the page for a terminal.
func (p *Page) Text() string {
	r := p.Rule
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", r.ID, r.Title)
	for _, e := range p.entries() {
		fmt.Fprintf(&b, "  %-*s%s\n", nameWidth, e.name, wrapped(e.text, textWidth-nameWidth-2, strings.Repeat(" ", nameWidth+2)))
		if e.name == "practice" {
			fmt.Fprintf(&b, "  %-*s%s\n", nameWidth, "", p.Practice.URL())
		}
	}
	fmt.Fprintf(&b, "\nWhy it matters\n\n  %s\n", wrapped(r.Why, textWidth-2, "  "))
	fmt.Fprintf(&b, "\nHow to fix it\n\n  %s\n", wrapped(r.Fix, textWidth-2, "  "))
	for _, e := range p.Examples {
		fmt.Fprintf(&b, "\n%s\n\n%s", e.heading(), indented(e.Code))
	}
	return b.String()
}

// wrapped breaks text at blanks; lines but the first begin with the indent.
func wrapped(text string, width int, indent string) string {
	var b strings.Builder
	used := 0
	for i, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case i > 0 && used+1+n > width:
			b.WriteString("\n" + indent)
			used = 0
		case i > 0:
			b.WriteString(" ")
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}

func indented(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}
