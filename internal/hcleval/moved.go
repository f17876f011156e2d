package hcleval

import (
	"strings"

	"github.com/wacheck/wacheck/source"
)

// Moved is a moved block: what one address was called before. Both are relative
// to the module that the block is in.
type Moved struct{ From, To string }

// Moved returns the moved blocks of a file.
func (out *File) Moved(f *source.File) []Moved {
	var list []Moved
	for _, b := range out.blocks {
		if b.typ != "moved" {
			continue
		}
		m := Moved{addressIn(f, b.body.attr("from")), addressIn(f, b.body.attr("to"))}
		if m.From != "" && m.To != "" {
			list = append(list, m)
		}
	}
	return list
}

// addressIn is the address that an argument gives, as it is written.
func addressIn(f *source.File, a *attribute) string {
	if a == nil || a.expr == nil {
		return ""
	}
	if s, ok := a.fixed.Str(); ok {
		return s // the JSON syntax
	}
	at := spanOf(a.expr.Range())
	return strings.Join(strings.Fields(string(f.Content[f.Offset(at.Pos):f.Offset(at.End)])), "")
}
