package sam

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// maker makes nodes at one place.
type maker struct{ span source.Span }

// of is a maker at the place of a node, else at that of m.
func (m maker) of(n *syntax.Node) maker {
	if n != nil && n.Extent().IsValid() {
		return maker{n.Extent()}
	}
	return m
}

func (m maker) str(s string) *syntax.Node {
	return &syntax.Node{Kind: syntax.String, Text: s, Span: m.span}
}

// hashed is a text behind which the transform writes a hash.
func (m maker) hashed(text string) *syntax.Node {
	return m.obj(m.pair("Fn::Join", m.list(m.str(""), m.list(m.str(text), &syntax.Node{Kind: syntax.Unreadable, Span: m.span}))))
}

func (m maker) boolean(b bool) *syntax.Node {
	text := "false"
	if b {
		text = "true"
	}
	return &syntax.Node{Kind: syntax.Bool, Text: text, Span: m.span}
}

func (m maker) pair(key string, v *syntax.Node) syntax.Pair {
	return syntax.Pair{Key: key, KeySpan: m.span, Value: v}
}

// obj makes a mapping of the pairs that have a value.
func (m maker) obj(pairs ...syntax.Pair) *syntax.Node {
	return &syntax.Node{Kind: syntax.Mapping, Span: m.span, Pairs: slices.DeleteFunc(pairs, func(p syntax.Pair) bool { return p.Value == nil })}
}

func (m maker) list(items ...*syntax.Node) *syntax.Node {
	return &syntax.Node{Kind: syntax.Sequence, Span: m.span, Items: slices.DeleteFunc(items, func(n *syntax.Node) bool { return n == nil })}
}

func (m maker) strs(texts ...string) *syntax.Node {
	items := make([]*syntax.Node, len(texts))
	for i, t := range texts {
		items[i] = m.str(t)
	}
	return m.list(items...)
}

func (m maker) ref(id string) *syntax.Node { return m.obj(m.pair("Ref", m.str(id))) }

func (m maker) getAtt(id, attr string) *syntax.Node {
	return m.obj(m.pair("Fn::GetAtt", m.strs(id, attr)))
}

// sub makes an Fn::Sub, with variables of its own if there are any.
func (m maker) sub(text string, vars ...syntax.Pair) *syntax.Node {
	if len(vars) == 0 {
		return m.obj(m.pair("Fn::Sub", m.str(text)))
	}
	return m.obj(m.pair("Fn::Sub", m.list(m.str(text), m.obj(vars...))))
}

// isFunction reports a call of an intrinsic function.
func isFunction(n *syntax.Node) bool {
	if n == nil {
		return false
	}
	if n.Tag != "" {
		return true
	}
	return n.Kind == syntax.Mapping && len(n.Pairs) == 1 && (n.Pairs[0].Key == "Ref" || strings.HasPrefix(n.Pairs[0].Key, "Fn::"))
}

// isChoice reports an Fn::If.
func isChoice(n *syntax.Node) bool {
	return n.Tag == "!If" || n.Tag == "" && isFunction(n) && n.Pairs[0].Key == "Fn::If"
}

// refersTo is the id that a node refers to by Ref or Fn::GetAtt, or empty.
func refersTo(n *syntax.Node) string {
	if n == nil {
		return ""
	}
	switch n.Tag {
	case "!Ref":
		return n.Text
	case "!GetAtt":
		if n.Kind == syntax.Sequence && len(n.Items) > 0 {
			return n.Items[0].Text
		}
		id, _, _ := strings.Cut(n.Text, ".")
		return id
	}
	if !isFunction(n) || n.Tag != "" {
		return ""
	}
	switch arg := n.Pairs[0].Value; n.Pairs[0].Key {
	case "Ref":
		return arg.Text
	case "Fn::GetAtt":
		if arg.Kind == syntax.Sequence && len(arg.Items) > 0 {
			return arg.Items[0].Text
		}
		id, _, _ := strings.Cut(arg.Text, ".")
		return id
	}
	return ""
}

// items are the elements of a list, or the node itself if it is none.
func items(n *syntax.Node) []*syntax.Node {
	switch {
	case n == nil || n.Kind == syntax.Null:
		return nil
	case n.Kind == syntax.Sequence && n.Tag == "":
		return n.Items
	}
	return []*syntax.Node{n}
}

// copyProps takes over properties that have the same name on both sides.
func (m maker) copyProps(r resource, names ...string) []syntax.Pair {
	var out []syntax.Pair
	for _, name := range names {
		if p, ok := r.props.Lookup(name); ok && p.Value != nil && p.Value.Kind != syntax.Null {
			out = append(out, p)
		}
	}
	return out
}

// tags turns a mapping into a list, after the tag that SAM adds.
func (m maker) tags(own *syntax.Node, creator string) *syntax.Node {
	var list []*syntax.Node
	if creator != "" {
		list = append(list, m.obj(m.pair("Key", m.str(creator)), m.pair("Value", m.str("SAM"))))
	}
	if own != nil && own.Kind == syntax.Mapping && !isFunction(own) {
		for _, p := range own.Pairs {
			at := maker{p.KeySpan}
			list = append(list, at.obj(at.pair("Key", at.str(p.Key)), at.pair("Value", p.Value)))
		}
	}
	if len(list) == 0 {
		return nil
	}
	return m.list(list...)
}

// tagMap are tags that stay a mapping, with the one that SAM adds.
func (m maker) tagMap(own *syntax.Node, creator string) *syntax.Node {
	out := m.obj(m.pair(creator, m.str("SAM")))
	if own != nil && own.Kind == syntax.Mapping && !isFunction(own) {
		out.Pairs = append(out.Pairs, own.Pairs...)
	}
	return out
}

// text is the text of a node that is known.
func (e *expander) text(n *syntax.Node) string {
	if n == nil {
		return ""
	}
	if n.Tag == "" && n.IsScalar() {
		return n.Text
	}
	s, _ := e.in.Text(n)
	return s
}

// isTrue reports a node that is certainly true.
func (e *expander) isTrue(n *syntax.Node) bool { return strings.EqualFold(e.text(n), "true") }

// isFalse reports a node that is certainly false.
func (e *expander) isFalse(n *syntax.Node) bool { return strings.EqualFold(e.text(n), "false") }

// alnum takes out what logical ids may not hold.
func alnum(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
}

// document is a policy with one statement that allows actions.
func (m maker) document(action, principal, resource, condition *syntax.Node) *syntax.Node {
	return m.obj(m.pair("Version", m.str("2012-10-17")), m.pair("Statement", m.list(m.obj(m.pair("Action", action), m.pair("Effect", m.str("Allow")),
		m.pair("Principal", principal), m.pair("Resource", resource), m.pair("Condition", condition)))))
}

// trust lets a service take a role.
func (m maker) trust(service string) *syntax.Node {
	return m.document(m.strs("sts:AssumeRole"), m.obj(m.pair("Service", m.strs(service))), nil, nil)
}

// sentBy is the condition that a call comes from a resource.
func (m maker) sentBy(arn *syntax.Node) *syntax.Node {
	return m.obj(m.pair("ArnEquals", m.obj(m.pair("aws:SourceArn", arn))))
}
