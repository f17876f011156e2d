package sam

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// definition is the text that the transform makes of the definition of a state machine:
// JSON, in which substitutions stand for functions.
type definition struct {
	text strings.Builder
	// substitutions are what is put in their stead when the state machine is made.
	substitutions []syntax.Pair
	at            maker
	// broken says that it has a part of which the text is not known.
	broken bool
}

// definitionOf writes the definition of a state machine; nil if not all of it is known.
func (e *expander) definitionOf(r resource) (text *syntax.Node, substitutions []syntax.Pair) {
	n := r.prop("Definition")
	if n == nil || n.Kind != syntax.Mapping || isFunction(n) {
		return nil, nil
	}
	d := &definition{at: r.at.of(n)}
	d.write(n, "\n")
	if d.broken {
		return nil, nil
	}
	return d.at.str(d.text.String()), d.substitutions
}

// write writes a value; line begins a new line at its depth.
func (d *definition) write(n *syntax.Node, line string) {
	inner := line + "    "
	switch {
	case n == nil || n.Kind == syntax.Null:
		d.text.WriteString("null")
	case isFunction(n) || n.Kind == syntax.String && strings.Contains(n.Text, "{{resolve:"):
		d.substitute(n)
	case n.Kind == syntax.Mapping:
		if addsKeys(n) {
			d.broken = true
			return
		}
		pairs := slices.Clone(n.Pairs)
		sortPairs(pairs)
		d.sequence("{", "}", line, len(pairs), func(i int) {
			d.scalar(pairs[i].Key)
			d.text.WriteString(": ")
			d.write(pairs[i].Value, inner)
		})
	case n.Kind == syntax.Sequence:
		d.sequence("[", "]", line, len(n.Items), func(i int) { d.write(n.Items[i], inner) })
	case n.Kind == syntax.Bool:
		d.text.WriteString(strings.ToLower(n.Text))
	case n.Kind == syntax.Number && json.Valid([]byte(n.Text)):
		d.text.WriteString(n.Text)
	case n.Kind == syntax.String || n.Kind == syntax.Number:
		d.scalar(n.Text)
	default:
		d.broken = true
	}
}

func (d *definition) sequence(open, closing, line string, n int, each func(int)) {
	d.text.WriteString(open)
	for i := range n {
		if i > 0 {
			d.text.WriteString(",")
		}
		d.text.WriteString(line + "    ")
		each(i)
	}
	if n > 0 {
		d.text.WriteString(line)
	}
	d.text.WriteString(closing)
}

// scalar writes a text.
func (d *definition) scalar(s string) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) != nil {
		d.broken = true
		return
	}
	d.text.WriteString(strings.TrimSuffix(b.String(), "\n"))
}

// substitute writes what stands for a function.
func (d *definition) substitute(n *syntax.Node) {
	name := "definition_substitution_" + strconv.Itoa(len(d.substitutions)+1)
	d.substitutions = append(d.substitutions, d.at.of(n).pair(name, n))
	d.scalar("${" + name + "}")
}
