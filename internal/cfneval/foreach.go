package cfneval

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// forEachPrefix begins the key of a loop: "Fn::ForEach::LoopName".
const forEachPrefix = "Fn::ForEach::"

// opaqueText is the function that stands in the place of a text with a loop
// variable of which the values are not known.
const opaqueText = "Fn::(loop variable)"

// Expand returns the entries of a mapping, with those of Fn::ForEach loops
// written out. Open says that there may be more: the collection of a loop is
// not known, and its body stands in once, with "*" for the variable in keys.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
func (t *Template) Expand(n *syntax.Node, condition string) (pairs []syntax.Pair, open bool) {
	return t.expand(n, t.underCondition(condition))
}

func (t *Template) expand(n *syntax.Node, sc *scope) ([]syntax.Pair, bool) {
	loops := false
	for _, p := range n.Pairs {
		loops = loops || strings.HasPrefix(p.Key, forEachPrefix)
	}
	if !loops {
		return n.Pairs, false
	}
	var out []syntax.Pair
	open := false
	for _, p := range n.Pairs {
		if !strings.HasPrefix(p.Key, forEachPrefix) {
			out = append(out, p)
			continue
		}
		more, undecided := t.loop(p, sc)
		out = append(out, more...)
		open = open || undecided
	}
	return out, open
}

// loop writes out one Fn::ForEach: [Identifier, Collection, {Key: Value, …}].
func (t *Template) loop(p syntax.Pair, sc *scope) (pairs []syntax.Pair, open bool) {
	at := p.KeySpan
	if !t.enter(at) {
		return nil, true
	}
	defer t.leave()
	if !isSequence(p.Value) || len(p.Value.Items) != 3 || !isMapping(p.Value.Items[2]) {
		t.invalid(at, "cloudformation-function", "Fn::ForEach takes an identifier, a collection and a mapping")
		return nil, true
	}
	name, ok := literal(p.Value.Items[0])
	if !ok || name == "" {
		t.invalid(at, "cloudformation-function", "Fn::ForEach takes an identifier, a collection and a mapping")
		return nil, true
	}
	items, known := t.collection(p.Value.Items[1], sc)
	if !known {
		t.report(source.Note, "cloudformation-loop", at, fmt.Sprintf("the collection of %s is not known: its body is analysed once, for all", p.Key))
		items = []string{"*"}
	}
	for _, item := range items {
		s := substitution{t: t, name: name, text: item, opaque: !known, pattern: loopVariable(name)}
		body := s.node(p.Value.Items[2], 0)
		more, undecided := t.expand(body, sc)
		pairs = append(pairs, more...)
		open = open || undecided
	}
	return pairs, open || !known
}

// collection returns the texts over which a loop runs.
func (t *Template) collection(n *syntax.Node, sc *scope) ([]string, bool) {
	var list value.Value
	if _, computed := callOf(n); !computed && isSequence(n) {
		var items []value.Value
		for _, item := range n.Items { // an element that is a list itself stands for its elements
			v := t.eval(item, sc)
			if v.Kind() == value.KindList && v.IsKnown() && !v.IsOpen() {
				items = append(items, v.Elems()...)
			} else {
				items = append(items, v)
			}
		}
		list = assemble(items, n.Extent())
	} else {
		list = t.eval(n, sc)
	}
	if list.Kind() != value.KindList || !list.IsKnown() || list.IsOpen() {
		return nil, false
	}
	var out []string
	for _, e := range list.Elems() {
		s, ok := e.Str()
		if !ok || e.MayBeMissing() {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

// loopVariable matches the uses of a loop variable in a text. With & instead of
// $, what is not a letter or digit is left out.
func loopVariable(name string) *regexp.Regexp {
	return regexp.MustCompile(`[$&]\{` + regexp.QuoteMeta(name) + `\}`)
}

var notAlphanumeric = regexp.MustCompile(`[^A-Za-z0-9]`)

// substitution puts a text in the place of a loop variable.
type substitution struct {
	t          *Template
	name, text string
	// opaque says that the text is not known: it is put into keys only.
	opaque  bool
	pattern *regexp.Regexp
}

// node returns a copy of n for one run of the loop.
func (s substitution) node(n *syntax.Node, depth int) *syntax.Node {
	if n == nil {
		return nil
	}
	s.t.expanded++
	if depth > maxDepth || s.t.expanded > maxExpanded {
		return s.t.tooLarge(n)
	}
	if c, ok := callOf(n); ok && c.name == "Ref" {
		if name, ok := literal(c.arg); ok && name == s.name {
			return s.variable(n)
		}
	}
	out := *n
	switch n.Kind {
	case syntax.Sequence:
		out.Items = make([]*syntax.Node, len(n.Items))
		for i, item := range n.Items {
			out.Items[i] = s.node(item, depth+1)
		}
	case syntax.Mapping:
		out.Pairs = make([]syntax.Pair, len(n.Pairs))
		for i, p := range n.Pairs {
			out.Pairs[i] = syntax.Pair{Key: s.replace(p.Key), KeySpan: p.KeySpan, Value: s.node(p.Value, depth+1)}
		}
	case syntax.String:
		switch {
		case !s.pattern.MatchString(n.Text):
		case s.opaque:
			out.Tag = "!" + opaqueText
		default:
			out.Text = s.replace(n.Text)
		}
	case syntax.Null, syntax.Bool, syntax.Number, syntax.Unreadable:
	}
	return &out
}

// variable is what stands for {Ref: Identifier}.
func (s substitution) variable(n *syntax.Node) *syntax.Node {
	out := *n
	out.Kind, out.Text, out.Tag, out.Pairs = syntax.String, s.text, "", nil
	if s.opaque {
		out.Tag = "!" + opaqueText
	}
	return &out
}

func (s substitution) replace(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	return s.pattern.ReplaceAllStringFunc(text, func(use string) string {
		if use[0] == '&' && !s.opaque {
			return notAlphanumeric.ReplaceAllString(s.text, "")
		}
		return s.text
	})
}

// tooLarge is what is left of the body of a loop that makes too much.
func (t *Template) tooLarge(n *syntax.Node) *syntax.Node {
	if !t.exhausted {
		t.exhausted = true
		t.report(source.Warning, "cloudformation-too-complex", n.Extent(), "the loops of this template make too much: part of it was not evaluated")
	}
	out := *n
	out.Kind, out.Text, out.Items, out.Pairs = syntax.Unreadable, "", nil, nil
	return &out
}
