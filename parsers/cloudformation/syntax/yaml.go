package syntax

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sort"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"github.com/wacheck/wacheck/source"
)

// yamlError is a syntax error. Lines and columns count from 1; 0 is unknown.
type yamlError struct {
	message      string
	line, column int
	// context and contextColumn are where that begins which the library was at.
	context, contextColumn int
	// unfinished tells that the fault is rather there: something is not closed.
	unfinished bool
	// elsewhere tells that the cause may lie outside the text that was read.
	elsewhere bool
}

// loadYAML reads the documents of text by the YAML library. With an error it
// returns the documents before.
func loadYAML(text []byte) (docs []*yaml.Node, failure *yamlError) {
	defer func() {
		// The library has checks that panic for states it believes impossible;
		// bad input must not end the scan.
		if r := recover(); r != nil {
			failure = &yamlError{message: fmt.Sprint(r)}
		}
	}()
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		return nil, &yamlError{message: err.Error()}
	}
	for {
		doc := new(yaml.Node)
		err := loader.Load(doc)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return docs, newYAMLError(err)
		}
		docs = append(docs, doc)
	}
}

// newYAMLError takes an error of the library apart.
func newYAMLError(err error) *yamlError {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return &yamlError{message: err.Error()}
	}
	e := &yamlError{message: load.Message, line: load.Mark.Line, column: load.Mark.Column}
	e.elsewhere = isElsewhere(load.Message)
	if load.ContextMsg != "" {
		e.message += " " + load.ContextMsg
		e.context, e.contextColumn = load.ContextMark.Line, load.ContextMark.Column
		e.unfinished = isUnfinished(load.Message, load.ContextMsg)
	}
	return e
}

// builder makes nodes from those of the YAML library, which have no end, nor the
// place of tags and anchors.
type builder struct {
	file *source.File
	// text is what the library read: the content of the file, in which parts may
	// have been blanked out.
	text  []byte
	blank []region // parts of text blanked out, in order
	lines []int    // offsets of the starts of lines
	// line, column and offset are the last place that was looked up: values come
	// in the order of the text, so that long lines are walked once.
	line, column, offset int

	anchors map[*yaml.Node]*built
	nodes   int
	diags   []source.Diagnostic
}

// built is a node with what only its parents need to know.
type built struct {
	node *Node
	// start and end include tag and anchor.
	start, end int
	// size and height count nodes and levels, with those behind aliases.
	size, height int
}

func (b *builder) report(level source.Level, code string, start, end int, format string, args ...any) {
	b.diags = append(b.diags, source.Diagnostic{Level: level, Code: code,
		Span: b.file.Span(start, end), Message: fmt.Sprintf(format, args...)})
}

// place translates line and column of the library, which counts code points
// from 1, to an offset.
func (b *builder) place(line, column int) int {
	if line < 1 || line > len(b.lines) {
		return len(b.text)
	}
	if line != b.line || column < b.column {
		b.line, b.column, b.offset = line, 1, b.lines[line-1]
	}
	for b.column < column && b.offset < len(b.text) {
		b.offset++
		for b.offset < len(b.text) && b.text[b.offset]&0xC0 == 0x80 {
			b.offset++
		}
		b.column++
	}
	return b.offset
}

// document builds the root of a document.
func (b *builder) document(doc *yaml.Node) *Node {
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		doc = doc.Content[0]
	}
	return b.build(doc, 0).node
}

// build builds a node that is depth levels below the root.
func (b *builder) build(y *yaml.Node, depth int) built {
	if y.Kind == yaml.AliasNode {
		return b.alias(y, depth)
	}
	if y.Anchor != "" {
		b.anchors[y] = nil // until it is built, an alias to it is a cycle
	}
	n := &Node{file: b.file}
	r := built{node: n, start: b.place(y.Line, y.Column), size: 1, height: 1}
	at := b.properties(y, n, r.start)
	b.nodes++
	switch y.Kind {
	case yaml.ScalarNode:
		r.end = b.scalar(y, n, at)
		if b.pierced(at, r.end) {
			*n = Node{Kind: Unreadable, TagSpan: n.TagSpan, Tag: n.Tag, file: n.file}
		}
	case yaml.SequenceNode:
		r.end = b.sequence(y, &r, at, depth)
	case yaml.MappingNode:
		r.end = b.mapping(y, &r, at, depth)
	case yaml.DocumentNode, yaml.AliasNode, yaml.StreamNode:
		n.Kind, r.end = Unreadable, at
	default:
		n.Kind, r.end = Unreadable, at
	}
	n.Span = b.file.Span(at, r.end)
	if y.Anchor != "" {
		anchored := r
		b.anchors[y] = &anchored
	}
	return r
}

// properties reads tag and anchor and returns the offset of the value itself.
func (b *builder) properties(y *yaml.Node, n *Node, at int) int {
	tagged := y.Style&yaml.TaggedStyle != 0 || y.Tag == "!"
	anchored := y.Anchor != ""
	if !tagged && !anchored {
		return at
	}
	for tagged || anchored {
		at = skipSpace(b.text, at, "")
		switch {
		case at < len(b.text) && b.text[at] == '!' && tagged:
			end := tagEnd(b.text, at)
			n.TagSpan = b.file.Span(at, end)
			at, tagged = end, false
		case at < len(b.text) && b.text[at] == '&' && anchored:
			at, anchored = min(at+1+len(y.Anchor), len(b.text)), false
		default:
			tagged, anchored = false, false
		}
	}
	if n.TagSpan.IsValid() {
		n.Tag = ownTag(y.Tag)
	}
	if y.Kind == yaml.ScalarNode && y.Value == "" && scalarStyle(y) == stylePlain {
		return at // left out
	}
	return skipSpace(b.text, at, "")
}

// ownTag returns a tag, or "" for those of YAML's own types that are kinds.
func ownTag(tag string) string {
	switch tag {
	case "!", "!!null", "!!bool", "!!int", "!!float", "!!str", "!!timestamp", "!!seq", "!!map":
		return ""
	}
	return tag
}

func scalarStyle(y *yaml.Node) style {
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		return styleDouble
	case y.Style&yaml.SingleQuotedStyle != 0:
		return styleSingle
	case y.Style&yaml.LiteralStyle != 0:
		return styleLiteral
	case y.Style&yaml.FoldedStyle != 0:
		return styleFolded
	}
	return stylePlain
}

// scalar fills in a scalar and returns its end.
func (b *builder) scalar(y *yaml.Node, n *Node, at int) int {
	n.Text, n.style = y.Value, scalarStyle(y)
	n.Plain = n.style == stylePlain
	n.Kind = scalarKind(y, n)
	switch n.style {
	case styleSingle, styleDouble:
		return quotedEnd(b.text, at, n.style)
	case styleLiteral, styleFolded:
		return blockEnd(b.text, at, y.Value)
	case stylePlain, styleNone, styleJSON, styleTOMLBasic, styleTOMLLiteral, styleAlias:
		return plainEnd(b.text, at, y.Value)
	}
	return at
}

// scalarKind gives the kind by tag, quotes and text.
func scalarKind(y *yaml.Node, n *Node) Kind {
	if n.TagSpan.IsValid() {
		switch y.Tag {
		case "!!null":
			return Null
		case "!!bool":
			return Bool
		case "!!int", "!!float":
			return Number
		case "!!str", "!", "!!timestamp":
			return String
		}
	}
	if n.Plain {
		return resolve(y.Value)
	}
	return String
}

// sequence fills in a sequence and returns its end.
func (b *builder) sequence(y *yaml.Node, r *built, at, depth int) int {
	r.node.Kind = Sequence
	r.node.Items = make([]*Node, 0, len(y.Content))
	end := at + 1
	for _, c := range y.Content {
		item := b.build(c, depth+1)
		r.node.Items = append(r.node.Items, item.node)
		r.add(item)
		end = max(end, item.end)
	}
	if y.Style&yaml.FlowStyle != 0 {
		end = b.closing(end)
	}
	return min(end, len(b.text))
}

// add counts a child.
func (r *built) add(child built) {
	r.size += child.size
	r.height = max(r.height, child.height+1)
}

// closing returns the end of a flow collection whose last value ends at end.
func (b *builder) closing(end int) int {
	return min(skipSpace(b.text, end, ",:?")+1, len(b.text))
}

// mapping fills in a mapping and returns its end.
func (b *builder) mapping(y *yaml.Node, r *built, at, depth int) int {
	n := r.node
	n.Kind = Mapping
	n.Pairs = make([]Pair, 0, len(y.Content)/2)
	end := at
	if y.Style&yaml.FlowStyle != 0 {
		end++
	}
	braces := at < len(b.text) && b.text[at] == '{'
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := b.build(y.Content[i], depth+1)
		value := b.value(y.Content[i+1], key, depth+1)
		r.add(key)
		r.add(value)
		end = max(end, key.end, value.end)
		if i == 0 && key.start == at { // the brace, if any, is that of the key
			braces = false
		}
		b.pair(n, key, value)
	}
	n.Pairs = uniquePairs(b.file, n.Pairs, &b.diags)
	if y.Style&yaml.FlowStyle != 0 && braces {
		end = b.closing(end)
	}
	return min(end, len(b.text))
}

// pair adds an entry to a mapping. A mapping of which a key can't be told is
// unreadable: it is mostly a placeholder of a template language, {{ name }}.
func (b *builder) pair(n *Node, key, value built) {
	k := key.node
	if !k.IsScalar() {
		if k.Kind != Unreadable {
			b.report(source.Error, codeKey, key.start, key.end, "a list or mapping can't be a key in a template")
		}
		n.Kind, n.Pairs = Unreadable, nil
		return
	}
	if n.Kind == Unreadable {
		return
	}
	if k.Plain && k.Text == "<<" && k.Tag == "" {
		b.report(source.Warning, codeMerge, key.start, key.end,
			"CloudFormation does not support the merge key <<; what it would bring in is not known here")
	}
	n.Pairs = append(n.Pairs, Pair{Key: k.Text, KeySpan: k.Span, Value: value.node})
}

// value builds the value of a key. For one that is left out, the library gives
// the place of whatever comes next.
func (b *builder) value(y *yaml.Node, key built, depth int) built {
	leftOut := y.Kind == yaml.ScalarNode && y.Value == "" && y.Anchor == "" &&
		y.Style&yaml.TaggedStyle == 0 && y.Tag != "!" && scalarStyle(y) == stylePlain
	if !leftOut {
		return b.build(y, depth)
	}
	at := key.end
	if colon := skipSpace(b.text, at, ""); colon < len(b.text) && b.text[colon] == ':' {
		at = colon + 1
	}
	n := &Node{Kind: Null, Plain: true, style: stylePlain, Span: b.file.Span(at, at), file: b.file}
	if lost, ok := b.blanked(at); ok {
		n.Kind, n.Plain, n.style = Unreadable, false, styleNone
		n.Span = b.file.Span(lost.start, lost.end)
		at = lost.end
	}
	b.nodes++
	return built{node: n, start: at, end: at, size: 1, height: 1}
}

// blanked returns the part that was blanked out behind at, if there is nothing
// else before.
func (b *builder) blanked(at int) (region, bool) {
	next := skipSpace(b.text, at, "")
	i := sort.Search(len(b.blank), func(i int) bool { return b.blank[i].start >= at })
	if i == len(b.blank) || b.blank[i].start >= next {
		return region{}, false
	}
	return b.blank[i], true
}

// pierced reports whether part of a scalar was blanked out: then the scalar is
// not what is written, for instance two values that have become neighbours.
func (b *builder) pierced(start, end int) bool {
	i := sort.Search(len(b.blank), func(i int) bool { return b.blank[i].start >= start })
	return i < len(b.blank) && b.blank[i].start < end
}

// alias builds what an alias refers to, in its place.
func (b *builder) alias(y *yaml.Node, depth int) built {
	start := b.place(y.Line, y.Column)
	end := min(start+1+len(y.Value), len(b.text))
	r := built{node: &Node{Kind: Unreadable}, start: start, end: end, size: 1, height: 1}
	target, ok := b.anchors[y.Alias]
	switch {
	case !ok || target == nil:
		b.report(source.Error, codeAlias, start, end, "the alias *%s lies within its own anchor", y.Value)
	case depth+target.height > maxDepth:
		b.report(source.Error, codeAlias, start, end, "the alias *%s nests deeper than %d levels", y.Value, maxDepth)
	case b.nodes+target.size > maxNodes:
		b.report(source.Error, codeAlias, start, end, "aliases expand to more than %d values", maxNodes)
	default:
		shared := *target.node
		r.node = &shared
		r.size, r.height = target.size, target.height
	}
	b.nodes += r.size
	r.node.Span, r.node.TagSpan = b.file.Span(start, end), source.Span{}
	r.node.style, r.node.file = styleAlias, b.file
	return r
}

// firstOf returns a function that gives, for the index of an entry, the position
// of the first entry with its key among the distinct ones.
func firstOf(pairs []Pair) func(i int) int {
	const few = 12 // below, comparing is faster than a map
	var seen map[string]int
	if len(pairs) > few {
		seen = make(map[string]int, len(pairs))
	}
	distinct := 0
	return func(i int) int {
		if seen != nil {
			if j, ok := seen[pairs[i].Key]; ok {
				return j
			}
			seen[pairs[i].Key] = distinct
		} else {
			for j := range distinct {
				if pairs[j].Key == pairs[i].Key {
					return j
				}
			}
		}
		distinct++
		return i
	}
}
