package cfneval

import (
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/value"
)

// callOf reads a node as a use of an intrinsic function, in short form (a tag)
// or long form (a mapping of one key).
func callOf(n *syntax.Node) (call, bool) {
	if n == nil {
		return call{}, false
	}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		arg := *n
		arg.Tag = ""
		return call{name: longName(n.Tag[1:]), node: n, arg: &arg}, true
	}
	if n.Kind != syntax.Mapping || len(n.Pairs) != 1 {
		return call{}, false
	}
	p := n.Pairs[0]
	if p.Key == "Ref" || strings.HasPrefix(p.Key, "Fn::") && !strings.HasPrefix(p.Key, forEachPrefix) {
		return call{name: p.Key, node: n, arg: p.Value}, true
	}
	return call{}, false
}

// conditionCallOf is callOf where {Condition: Name} is a reference to a
// condition. Elsewhere that is an ordinary key, as in an IAM statement.
func conditionCallOf(n *syntax.Node) (call, bool) {
	if c, ok := callOf(n); ok {
		return c, true
	}
	if n != nil && n.Kind == syntax.Mapping && len(n.Pairs) == 1 && n.Pairs[0].Key == "Condition" {
		return call{name: "Condition", node: n, arg: n.Pairs[0].Value}, true
	}
	return call{}, false
}

func longName(tag string) string {
	switch tag {
	case "Ref", "Condition":
		return tag
	}
	return "Fn::" + strings.TrimPrefix(tag, "Fn::")
}

func isMapping(n *syntax.Node) bool  { return n != nil && n.Kind == syntax.Mapping }
func isSequence(n *syntax.Node) bool { return n != nil && n.Kind == syntax.Sequence }
func isNull(n *syntax.Node) bool     { return n == nil || n.Kind == syntax.Null }

// literal returns the text of a scalar that is not a function.
func literal(n *syntax.Node) (string, bool) {
	if n == nil || n.Tag != "" {
		return "", false
	}
	switch n.Kind {
	case syntax.String, syntax.Number:
		return n.Text, true
	case syntax.Bool:
		return strings.ToLower(n.Text), true
	case syntax.Null, syntax.Sequence, syntax.Mapping, syntax.Unreadable:
	}
	return "", false
}

// scalarValue is the value of a scalar as it is written. Numbers keep their
// text; what begins with a needless zero is a text, such as an account id.
func (t *Template) scalarValue(n *syntax.Node) value.Value {
	at := n.Extent()
	switch n.Kind {
	case syntax.Null:
		return value.OfNull(at)
	case syntax.Bool:
		return value.OfBool(strings.EqualFold(n.Text, "true"), at)
	case syntax.Number:
		if zeroPadded(n.Text) {
			return value.OfString(n.Text, at)
		}
		return value.OfNumber(n.Text, at)
	case syntax.String:
		return value.OfString(n.Text, at)
	case syntax.Sequence, syntax.Mapping, syntax.Unreadable:
	}
	return value.OfUnknown(value.KindAny, at, t.origin(value.InvalidInput, "", "could not be read", at))
}

func zeroPadded(s string) bool {
	return len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9'
}
