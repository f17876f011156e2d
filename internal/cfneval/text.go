package cfneval

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// piece is a part of a template text of Fn::Sub.
type piece struct {
	text     string
	variable bool
	// start and end are where a variable stands in the text.
	start, end int
}

// parseSub cuts a text at its ${variables}. ${!Name} stands for the text ${Name}.
func parseSub(s string) []piece {
	var out []piece
	text, from := "", 0
	for {
		i := strings.Index(s[from:], "${")
		if i < 0 {
			break
		}
		i += from
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			break
		}
		end += i + 1
		name := s[i+2 : end-1]
		text += s[from:i]
		from = end
		if strings.HasPrefix(name, "!") {
			text += "${" + name[1:] + "}"
			continue
		}
		if text != "" {
			out = append(out, piece{text: text})
			text = ""
		}
		out = append(out, piece{strings.TrimSpace(name), true, i, end})
	}
	if text += s[from:]; text != "" {
		out = append(out, piece{text: text})
	}
	return out
}

// sub evaluates Fn::Sub.
func sub(t *Template, c call) value.Value {
	text, vars := c.arg, []value.Field(nil)
	if c.arg != nil && isSequence(c.arg) {
		args, ok := t.arguments(c, 1, 2)
		if !ok {
			return t.broken(c)
		}
		text = args[0]
		if len(args) == 2 && isMapping(args[1]) {
			for _, p := range args[1].Pairs {
				vars = append(vars, value.Field{Name: p.Key, Value: t.eval(p.Value, c.sc)})
			}
		}
	}
	s, ok := literal(text)
	if !ok {
		if _, computed := callOf(text); computed {
			return t.unknown(value.KindString, c.at(), t.eval(text, c.sc))
		}
		t.invalid(c.at(), "cloudformation-function", "Fn::Sub takes a text")
		return t.broken(c)
	}
	pieces := parseSub(s)
	args := make([]value.Value, len(pieces))
	for i, p := range pieces {
		args[i] = value.OfString(p.text, c.at())
		if p.variable {
			args[i] = t.variable(p.text, vars, text.Slice(p.start, p.end), c.sc)
		}
	}
	return t.concat(c.at(), args)
}

// variable is the value of a ${variable}: of the map, an input, a resource or
// an attribute of one.
func (t *Template) variable(name string, vars []value.Field, at source.Span, sc *scope) value.Value {
	for _, v := range vars {
		if v.Name == name {
			return v.Value
		}
	}
	if id, attr, ok := strings.Cut(name, "."); ok {
		return t.attribute(id, attr, at)
	}
	return t.named(name, at, sc)
}

// concat joins texts. What is not a text makes the result unknown from there.
func (t *Template) concat(at source.Span, parts []value.Value) value.Value {
	return t.spread(at, parts, func(parts []value.Value) value.Value {
		texts := make([]value.Value, 0, len(parts))
		for _, p := range parts {
			if _, scalar := p.Str(); !scalar && p.Parts() == nil {
				given := p.IsGiven()
				if p = t.unknown(value.KindString, p.Span(), p); given {
					p = p.Given()
				}
			}
			texts = append(texts, p)
		}
		v := value.OfParts(texts, at)
		if v.IsUnknown() {
			v = v.From(t.reasons(texts...))
		}
		if anySensitive(parts) {
			v = v.Sensitive()
		}
		return t.resolveDynamic(v)
	})
}

// join evaluates Fn::Join.
func join(t *Template, c call) value.Value {
	args, ok := t.arguments(c, 2, 2)
	if !ok {
		return t.broken(c)
	}
	items, build := t.listArgument(args[1], c)
	return t.spread(c.at(), append([]value.Value{t.eval(args[0], c.sc)}, items...), func(vs []value.Value) value.Value {
		return t.joined(c.at(), vs[0], build(vs[1:]))
	})
}

func (t *Template) joined(at source.Span, sep, list value.Value) value.Value {
	if !list.IsKnown() || list.Kind() != value.KindList {
		return t.unknown(value.KindString, at, sep, list)
	}
	var parts []value.Value
	for i, e := range list.Elems() {
		if e.MayBeMissing() { // and so may be the separator before the next one
			return t.concat(at, append(parts, t.unknown(value.KindString, at, list.Elems()[i:]...)))
		}
		if i > 0 {
			parts = append(parts, sep)
		}
		parts = append(parts, e)
	}
	if list.IsOpen() {
		parts = append(parts, t.unknown(value.KindString, at, list.At(at)))
	}
	return t.concat(at, parts)
}

// split evaluates Fn::Split. Of a text that is known in part, the pieces
// before the first unknown are kept.
func split(t *Template, c call) value.Value {
	args, ok := t.arguments(c, 2, 2)
	if !ok {
		return t.broken(c)
	}
	vs := []value.Value{t.eval(args[0], c.sc), t.eval(args[1], c.sc)}
	return t.spread(c.at(), vs, func(vs []value.Value) value.Value {
		sep, ok := vs[0].Str()
		if !ok || sep == "" {
			return t.unknown(value.KindList, c.at(), vs...)
		}
		text, whole := vs[1].Str()
		if !whole {
			text = vs[1].Prefix()
		}
		pieces := strings.Split(text, sep)
		if !whole {
			pieces = pieces[:len(pieces)-1]
		}
		if !whole && len(pieces) == 0 {
			return t.unknown(value.KindList, c.at(), vs[1])
		}
		items := make([]value.Value, len(pieces))
		for i, p := range pieces {
			items[i] = value.OfString(p, c.at()).From(vs[1].Origin())
			if vs[1].IsSensitive() {
				items[i] = items[i].Sensitive()
			}
		}
		list := value.OfList(items, c.at()).From(vs[1].Origin())
		if !whole {
			list = list.Opened().WithRefs(deepRefs(vs[1])...)
		}
		return list
	})
}

// base64 evaluates Fn::Base64. The result keeps the plain text, as Terraform's
// user_data does, so that a rule reads the same thing in both languages.
func base64(t *Template, c call) value.Value { return t.eval(c.arg, c.sc) }

// toJSONString evaluates Fn::ToJsonString: the object stands for its text.
func toJSONString(t *Template, c call) value.Value {
	return t.spread(c.at(), []value.Value{t.eval(c.arg, c.sc)}, func(vs []value.Value) value.Value {
		v := vs[0]
		switch {
		case v.IsKnown() && (v.Kind() == value.KindList || v.Kind() == value.KindObject):
			return v.At(c.at()).AsJSON()
		case v.IsKnown() && v.Kind() == value.KindString:
			quoted, err := json.Marshal(v.Text())
			if err == nil {
				return like(value.OfString(string(quoted), c.at()), v).WithRefs(v.Refs()...)
			}
		case v.IsKnown():
			return like(value.OfString(v.Text(), c.at()), v).WithRefs(v.Refs()...)
		}
		return t.unknown(value.KindString, c.at(), v)
	})
}

// dynamicReference is what CloudFormation replaces when the stack is deployed.
var dynamicReference = regexp.MustCompile(`\{\{resolve:[^{}]*\}\}`)

// resolveDynamic makes the dynamic references in a text unknown.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
func (t *Template) resolveDynamic(v value.Value) value.Value {
	if parts := v.Parts(); parts != nil {
		return t.dynamicParts(v, parts)
	}
	text, ok := v.Str()
	if !ok || v.Kind() != value.KindString || !strings.Contains(text, "{{resolve:") {
		return v
	}
	var out []value.Value
	for text != "" {
		loc := dynamicReference.FindStringIndex(text)
		if loc == nil {
			out = append(out, value.OfString(text, v.Span()))
			break
		}
		if loc[0] > 0 {
			out = append(out, value.OfString(text[:loc[0]], v.Span()))
		}
		out = append(out, t.dynamic(text[loc[0]:loc[1]], v.Span()))
		text = text[loc[1]:]
	}
	if len(out) == 1 {
		return out[0].WithRefs(v.Refs()...)
	}
	return value.OfParts(out, v.Span()).WithRefs(v.Refs()...)
}

// dynamic is the value of a dynamic reference that is known as a whole.
func (t *Template) dynamic(ref string, at source.Span) value.Value {
	name, stored := strings.CutPrefix(ref, storedReference)
	if name = strings.TrimSuffix(name, "}}"); stored && !strings.Contains(name, ":") { // an old version, or that of another account
		if v, ok := t.stored(value.OfString(name, at), ref, at); ok {
			return v
		}
	}
	return value.OfUnknown(value.KindString, at, t.origin(value.DynamicReference, ref, "is resolved when the stack is deployed", at))
}

// storedReference begins a dynamic reference to a parameter of Systems Manager.
const storedReference = "{{resolve:ssm:"

func (t *Template) stored(name value.Value, as string, at source.Span) (value.Value, bool) {
	if t.opt.Stored == nil {
		return value.Value{}, false
	}
	return t.opt.Stored(name, as, at)
}

// dynamicParts cuts a partly known text where a dynamic reference begins that
// is itself put together of unknown pieces.
func (t *Template) dynamicParts(v value.Value, parts []value.Value) value.Value {
	for i, p := range parts {
		text, ok := p.Str()
		if !ok {
			continue
		}
		start := strings.Index(text, "{{resolve:")
		if start < 0 {
			continue
		}
		why := t.origin(value.DynamicReference, "{{resolve:…}}", "is resolved when the stack is deployed", v.Span())
		rest := value.OfUnknown(value.KindString, v.Span(), why).WithRefs(v.Refs()...)
		if name, ok := t.storedName(parts[i:], start, v); ok {
			if found, ok := t.stored(name, "{{resolve:ssm:…}}", v.Span()); ok {
				rest = found
			}
		}
		head := append([]value.Value(nil), parts[:i]...)
		if start > 0 {
			head = append(head, value.OfString(text[:start], v.Span()))
		}
		if len(head) == 0 {
			return rest
		}
		return value.OfParts(append(head, rest), v.Span()).From(why)
	}
	return v
}

// storedName is the name in a reference to a parameter of Systems Manager that begins
// in the first of some parts and is the end of the text.
func (t *Template) storedName(parts []value.Value, start int, v value.Value) (value.Value, bool) {
	first, _ := parts[0].Str()
	name, ok := strings.CutPrefix(first[start:], storedReference)
	last := len(parts) - 1
	if !ok || last == 0 || strings.Contains(name, ":") {
		return value.Value{}, false
	}
	end, _ := parts[last].Str()
	end, ok = strings.CutSuffix(end, "}}")
	if !ok || strings.ContainsAny(end, ":}") {
		return value.Value{}, false
	}
	pieces := []value.Value{value.OfString(name, v.Span())}
	for _, p := range parts[1:last] {
		if text, known := p.Str(); known && strings.ContainsAny(text, ":}") {
			return value.Value{}, false
		}
		pieces = append(pieces, p)
	}
	return value.OfParts(append(pieces, value.OfString(end, v.Span())), v.Span()), true
}

// listOfText cuts a text into a list. Of one that is known in part this works if what
// is not known identifies something: that holds no separator.
func listOfText(v value.Value, sep string) value.Value {
	if text, ok := v.Str(); ok {
		var items []value.Value
		for item := range strings.SplitSeq(text, sep) {
			items = append(items, like(value.OfString(strings.TrimSpace(item), v.Span()), v))
		}
		return like(value.OfList(items, v.Span()), v)
	}
	parts := v.Parts()
	if parts == nil {
		parts = []value.Value{v}
	}
	var items, item []value.Value
	end := func() {
		if len(item) == 1 {
			items = append(items, item[0])
		} else {
			items = append(items, value.OfParts(item, v.Span()))
		}
		item = nil
	}
	for _, p := range parts {
		text, known := p.Str()
		if !known {
			if !p.IsGiven() || len(p.Refs()) != 1 {
				return value.OfUnknown(value.KindList, v.Span(), v.Origin()).WithRefs(deepRefs(v)...)
			}
			item = append(item, p)
			continue
		}
		for i, piece := range strings.Split(text, sep) {
			if i > 0 {
				end()
			}
			if piece = strings.TrimSpace(piece); piece != "" {
				item = append(item, value.OfString(piece, v.Span()))
			}
		}
	}
	end()
	return value.OfList(items, v.Span()).From(v.Origin())
}
