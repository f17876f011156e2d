package syntax

import (
	"errors"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/wacheck/wacheck/source"
)

// ParseTOML reads a file of TOML, of which tables are mappings and arrays sequences. A
// broken file is nil, with an Error diagnostic: what a table holds is known only at
// the end of the file.
func ParseTOML(f *source.File) (*Node, []source.Diagnostic) {
	text, start, diags := decodable(f)
	if text == nil {
		return nil, diags
	}
	if d, ok := checkTOML(f, text, start); !ok {
		return nil, append(diags, d)
	}
	r := &tomlReader{file: f, start: start}
	r.parser.Reset(text[start:])
	root := &Node{Kind: Mapping, Span: f.Whole(), file: f}
	table := root
	for r.parser.NextExpression() {
		switch e := r.parser.Expression(); e.Kind {
		case unstable.Table:
			table = r.below(root, r.keys(e))
		case unstable.ArrayTable:
			table = r.element(root, r.keys(e))
		case unstable.KeyValue:
			r.keyValue(table, e)
		default: // a comment
		}
	}
	return root, diags
}

// checkTOML says what is wrong with a file, duplicate keys included.
func checkTOML(f *source.File, text []byte, start int) (source.Diagnostic, bool) {
	var all map[string]any
	err := toml.Unmarshal(text[start:], &all)
	if err == nil {
		return source.Diagnostic{}, true
	}
	at := f.Whole().Head()
	if de, ok := errors.AsType[*toml.DecodeError](err); ok {
		if line, _ := de.Position(); line > 0 {
			at = f.Code(line)
		}
	}
	return source.Diagnostic{Level: source.Error, Code: codeSyntax, Span: at, Message: "invalid TOML: " + strings.TrimPrefix(err.Error(), "toml: ")}, false
}

type tomlReader struct {
	parser unstable.Parser
	file   *source.File
	start  int
}

// tomlKey is one part of a dotted key.
type tomlKey struct {
	text string
	at   source.Span
}

func (r *tomlReader) span(at unstable.Range) source.Span {
	from := r.start + int(at.Offset)
	return r.file.Span(from, from+int(at.Length))
}

// keys are the parts of the key of a table or of an entry.
func (r *tomlReader) keys(n *unstable.Node) []tomlKey {
	var out []tomlKey
	for it := n.Key(); it.Next(); {
		out = append(out, tomlKey{string(it.Node().Data), r.span(it.Node().Raw)})
	}
	return out
}

// below is the table that keys lead to; in an array of tables it is the last one.
func (r *tomlReader) below(n *Node, keys []tomlKey) *Node {
	for _, k := range keys {
		next := n.Get(k.text)
		if next == nil {
			next = &Node{Kind: Mapping, Span: k.at, file: r.file}
			n.Pairs = append(n.Pairs, Pair{Key: k.text, KeySpan: k.at, Value: next})
		}
		if next.Kind == Sequence && len(next.Items) > 0 {
			next = next.Items[len(next.Items)-1]
		}
		n = next
	}
	return n
}

// element adds a table to an array of tables.
func (r *tomlReader) element(root *Node, keys []tomlKey) *Node {
	last := keys[len(keys)-1]
	n := r.below(root, keys[:len(keys)-1])
	list := n.Get(last.text)
	if list == nil {
		list = &Node{Kind: Sequence, Span: last.at, file: r.file}
		n.Pairs = append(n.Pairs, Pair{Key: last.text, KeySpan: last.at, Value: list})
	}
	table := &Node{Kind: Mapping, Span: last.at, file: r.file}
	list.Items = append(list.Items, table)
	return table
}

func (r *tomlReader) keyValue(table *Node, n *unstable.Node) {
	keys := r.keys(n)
	last := keys[len(keys)-1]
	table = r.below(table, keys[:len(keys)-1])
	table.Pairs = append(table.Pairs, Pair{Key: last.text, KeySpan: last.at, Value: r.value(n.Value(), r.span(n.Raw))})
}

// value reads a value, of which whole is a span that holds it: collections have none
// of their own.
func (r *tomlReader) value(n *unstable.Node, whole source.Span) *Node {
	out := &Node{Kind: String, Text: string(n.Data), Span: whole, file: r.file}
	if n.Raw.Length > 0 && n.Kind != unstable.InlineTable { // of which it is the brace alone
		out.Span = r.span(n.Raw)
	}
	switch n.Kind {
	case unstable.Array:
		out.Kind, out.Text = Sequence, ""
		for it := n.Children(); it.Next(); {
			if it.Node().Kind != unstable.Comment {
				out.Items = append(out.Items, r.value(it.Node(), out.Span))
			}
		}
	case unstable.InlineTable:
		out.Kind, out.Text = Mapping, ""
		for it := n.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				r.keyValue(out, it.Node())
			}
		}
	case unstable.Bool:
		out.Kind = Bool
	case unstable.Integer, unstable.Float:
		out.Kind = Number
	case unstable.String:
		out.style = styleTOMLBasic
		if raw := r.file.Content[r.file.Offset(out.Span.Pos)]; raw == '\'' {
			out.style = styleTOMLLiteral
		}
	default: // dates and times are texts
	}
	return out
}
