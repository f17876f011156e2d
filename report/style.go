package report

import (
	"strings"
	"unicode"

	"github.com/fatih/color"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

// wrapWidth is the number of columns at which long text is wrapped. It does not
// depend on the terminal, so that output is the same everywhere.
const wrapWidth = 100

// style paints text, or leaves it as it is.
type style struct{ on bool }

func (s style) paint(text string, attrs ...color.Attribute) string {
	if !s.on || text == "" {
		return text
	}
	c := color.New(attrs...)
	c.EnableColor() // the caller has decided, whatever the environment says
	return c.Sprint(text)
}

func (s style) bold(text string) string { return s.paint(text, color.Bold) }
func (s style) dim(text string) string  { return s.paint(text, color.Faint) }
func (s style) path(text string) string { return s.paint(text, color.FgCyan) }

// severity paints text in the colour of a severity.
func (s style) severity(v analysis.Severity, text string) string {
	switch v {
	case analysis.Critical:
		return s.paint(text, color.FgMagenta, color.Bold)
	case analysis.High:
		return s.paint(text, color.FgRed, color.Bold)
	case analysis.Medium:
		return s.paint(text, color.FgYellow, color.Bold)
	case analysis.Low:
		return s.paint(text, color.FgBlue, color.Bold)
	case analysis.Info:
	}
	return s.paint(text, color.Bold)
}

// level paints the name of the level of a diagnostic.
func (s style) level(l source.Level) string {
	switch l {
	case source.Error:
		return s.paint(l.String(), color.FgRed, color.Bold)
	case source.Warning:
		return s.paint(l.String(), color.FgYellow, color.Bold)
	case source.Note:
	}
	return s.paint(l.String(), color.Bold)
}

// wrap breaks text into lines of at most width columns, at blanks. A word that is
// longer stays whole, so that addresses can be copied.
func wrap(text string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.FieldsFunc(source.Printable(text), unicode.IsSpace) {
		w := source.TextWidth(word)
		switch {
		case line == "":
			line, used = word, w
		case used+1+w > width:
			lines = append(lines, line)
			line, used = word, w
		default:
			line += " " + word
			used += 1 + w
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
