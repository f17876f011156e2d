package syntax

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/wacheck/wacheck/source"
)

// jsonReader builds the tree of a JSON text.
type jsonReader struct {
	file *source.File
	text []byte
	all  string // text, of which strings without escapes are parts
	dec  *jsontext.Decoder
	// base is the offset in the file at which the decoder started.
	base  int
	diags []source.Diagnostic
}

// errTooDeep is the error for nesting beyond maxDepth.
var errTooDeep = fmt.Errorf("nested deeper than %d levels", maxDepth)

// parseJSON reads a text that starts with a bracket or brace. Comments and
// commas before a closing bracket are no JSON, but frequent: they are an error,
// and then read over.
func parseJSON(f *source.File, text []byte, start int) ([]*Node, []source.Diagnostic) {
	root, diags, at, err := readJSON(f, text, start)
	if err == nil {
		return []*Node{root}, diags
	}
	fault := source.Diagnostic{Level: source.Error, Code: codeSyntax,
		Span: f.Span(at, at+lineLen(f.Content[at:])), Message: "invalid JSON: " + jsonMessage(err)}
	if relaxed, changed := relax(text, start); changed {
		if again, diags, _, err := readJSON(f, relaxed, start); err == nil {
			return []*Node{again}, append(diags, fault)
		}
	}
	if root == nil {
		return nil, append(diags, fault)
	}
	fault.Message += "; what follows is not analysed"
	return []*Node{root}, append(diags, fault)
}

// jsonMessage is the essence of an error of the JSON library.
func jsonMessage(err error) string {
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) && syntactic.Err != nil {
		err = syntactic.Err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "the text ends too early"
	}
	return strings.TrimPrefix(err.Error(), "jsontext: ")
}

// readJSON reads one value and makes sure that nothing follows. With an error,
// it returns its offset and the part of the tree that is complete.
func readJSON(f *source.File, text []byte, start int) (root *Node, diags []source.Diagnostic, at int, err error) {
	r := &jsonReader{file: f, text: text, all: string(text), base: start,
		dec: jsontext.NewDecoder(bytes.NewBuffer(text[start:]), jsontext.AllowDuplicateNames(true))}
	root, err = r.value(0)
	if err == nil {
		after := r.skip(r.offset())
		if after >= len(text) {
			return root, r.diags, 0, nil
		}
		return root, r.diags, after, errors.New("there is text behind the end of the value")
	}
	return root, r.diags, r.errorPlace(err), err
}

// offset is that of the end of the last token, in the file.
func (r *jsonReader) offset() int { return r.base + int(r.dec.InputOffset()) }

// skip returns the offset of the next byte that belongs to a token.
func (r *jsonReader) skip(i int) int {
	for i < len(r.text) && isAny(r.text[i], " \t\r\n,:") {
		i++
	}
	return i
}

func (r *jsonReader) errorPlace(err error) int {
	at := r.skip(r.offset())
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at = r.base + int(syntactic.ByteOffset)
	}
	return min(at, len(bytes.TrimRight(r.text, " \t\r\n")))
}

// token reads a token and returns where it stands.
func (r *jsonReader) token() (kind jsontext.Kind, text string, span source.Span, err error) {
	start := r.skip(r.offset())
	t, err := r.dec.ReadToken()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return 0, "", source.Span{}, err
	}
	end := r.offset()
	switch kind = t.Kind(); kind {
	case jsontext.KindString:
		text = r.all[start+1 : end-1]
		if strings.IndexByte(text, '\\') >= 0 {
			text = t.String()
		}
	case jsontext.KindNumber, jsontext.KindTrue, jsontext.KindFalse, jsontext.KindNull:
		text = r.all[start:end]
	case jsontext.KindBeginObject, jsontext.KindEndObject, jsontext.KindBeginArray, jsontext.KindEndArray, jsontext.KindInvalid:
	}
	return kind, text, r.file.Span(start, end), nil
}

// value reads a value that is depth levels below the root. With an error, the
// node has what is complete, or is Unreadable.
func (r *jsonReader) value(depth int) (*Node, error) {
	n := &Node{file: r.file, Kind: Unreadable}
	kind, text, span, err := r.token()
	if err != nil {
		at := r.errorPlace(err)
		n.Span = r.file.Span(at, at)
		return n, err
	}
	n.Text, n.Span, n.style = text, span, stylePlain
	switch kind {
	case jsontext.KindNull:
		n.Kind = Null
	case jsontext.KindTrue, jsontext.KindFalse:
		n.Kind = Bool
	case jsontext.KindNumber:
		n.Kind = Number
	case jsontext.KindString:
		n.Kind, n.style = String, styleJSON
	case jsontext.KindBeginObject:
		n.style = styleNone
		err = r.object(n, depth)
	case jsontext.KindBeginArray:
		n.style = styleNone
		err = r.array(n, depth)
	case jsontext.KindEndObject, jsontext.KindEndArray, jsontext.KindInvalid: // the decoder reports an error for these
	}
	return n, err
}

// keptDepth is the depth down to which collections with an error in them are
// kept: below the sections of a template, a value that is cut off would look as
// if properties were missing.
const keptDepth = 1

// close ends a collection. One that is cut off is unreadable, or, near the root,
// has the entries before the error.
func (r *jsonReader) close(n *Node, depth int, err error) error {
	end := r.offset()
	if err != nil {
		end = min(r.errorPlace(err), len(r.text))
	}
	n.Span.End = r.file.Span(end, end).Pos
	n.Pairs = uniquePairs(r.file, n.Pairs, &r.diags)
	if err != nil && depth > keptDepth {
		*n = Node{Kind: Unreadable, Span: n.Span, file: n.file}
	}
	return err
}

func (r *jsonReader) object(n *Node, depth int) error {
	n.Kind = Mapping
	if depth >= maxDepth {
		return r.close(n, depth, errTooDeep)
	}
	for r.dec.PeekKind() != jsontext.KindEndObject {
		_, key, span, err := r.token()
		if err != nil {
			return r.close(n, depth, err)
		}
		value, err := r.value(depth + 1)
		n.Pairs = append(n.Pairs, Pair{Key: key, KeySpan: span, Value: value})
		if err != nil {
			return r.close(n, depth, err)
		}
	}
	_, _, _, err := r.token()
	return r.close(n, depth, err)
}

func (r *jsonReader) array(n *Node, depth int) error {
	n.Kind = Sequence
	if depth >= maxDepth {
		return r.close(n, depth, errTooDeep)
	}
	for r.dec.PeekKind() != jsontext.KindEndArray {
		item, err := r.value(depth + 1)
		n.Items = append(n.Items, item)
		if err != nil {
			return r.close(n, depth, err)
		}
	}
	_, _, _, err := r.token()
	return r.close(n, depth, err)
}

// relax overwrites comments, and commas before a closing bracket, with blanks.
func relax(text []byte, start int) (relaxed []byte, changed bool) {
	out := bytes.Clone(text)
	comma := -1 // offset of a comma that nothing has followed yet
	for i := start; i < len(out); {
		switch c := out[i]; {
		case c == '"':
			i, comma = quotedEnd(out, i, styleDouble), -1
		case c == '/' || c == '#':
			n := commentLen(out[i:])
			if n == 0 {
				return text, false
			}
			blankOut(out[i : i+n])
			i, changed = i+n, true
		case c == ',':
			comma = i
			i++
		case (c == ']' || c == '}') && comma >= 0:
			out[comma], comma, changed = ' ', -1, true
			i++
		case isAny(c, " \t\r\n"):
			i++
		default:
			comma = -1
			i++
		}
	}
	return out, changed
}

// commentLen is the length of the comment at the start of b, or 0.
func commentLen(b []byte) int {
	switch {
	case b[0] == '#' || bytes.HasPrefix(b, []byte("//")):
		return lineLen(b)
	case bytes.HasPrefix(b, []byte("/*")):
		if end := bytes.Index(b[2:], []byte("*/")); end >= 0 {
			return end + 4
		}
	}
	return 0
}

// blankOut overwrites text with blanks, except for line ends.
func blankOut(b []byte) {
	for i, c := range b {
		if c != '\n' && c != '\r' {
			b[i] = ' '
		}
	}
}
