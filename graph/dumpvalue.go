package graph

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/wacheck/wacheck/value"
)

// dumpValue is one value at its path: a leaf, or a list or object about which
// there is something to say besides its parts.
type dumpValue struct {
	Path string `json:"path"`
	// State is absent, null, known or unknown.
	State string `json:"state"`
	Kind  string `json:"kind,omitempty"`
	// Value is a string, number, bool, or an empty list or object.
	Value any `json:"value,omitempty"`
	// Sensitive values have neither value nor parts here.
	Sensitive bool `json:"sensitive,omitempty"`
	// Open lists and objects may hold more than is listed.
	Open bool `json:"open,omitempty"`
	// Optional elements and fields may not exist; When says for which choices of
	// inputs they do, as far as that is known.
	Optional bool   `json:"optional,omitempty"`
	When     string `json:"when,omitempty"`
	// JSON marks what the configuration writes as a JSON string.
	JSON bool `json:"json,omitempty"`
	// OneOf are the alternatives of which the value is one, Pieces those parts of
	// which a string consists.
	OneOf    []dumpAlternative `json:"oneOf,omitempty"`
	Pieces   []dumpValue       `json:"pieces,omitempty"`
	Location *dumpPlace        `json:"location,omitempty"`
	// Origin is the way by which the value came, or why it is not known, nearest first.
	Origin []dumpOrigin `json:"origin,omitempty"`
	// Refs are what the value refers to: unit//address#attribute.
	Refs []string `json:"refs,omitempty"`
}

// dumpAlternative is one of several values, with all its parts.
type dumpAlternative struct {
	When   string      `json:"when,omitempty"`
	Values []dumpValue `json:"values"`
}

// secretName matches names of attributes whose value is a secret, whatever the
// configuration says of it: provider schemas and templates mark only some.
var secretName = regexp.MustCompile(`(?i)(?:password|passwd|passphrase|secret|secret_?string|secret_?binary|(?:auth|access|api|bearer|session)_?token|` +
	`private_?key|(?:secret_?access|access|api|shared|account)_?key|pre_?shared_?key|credentials?)$`)

func (d dumper) fields(v value.Value) []dumpValue {
	out := []dumpValue{}
	for _, f := range v.Fields() {
		d.flatten(f.Name, f.Name, f.Value, &out)
	}
	if v.IsKnown() && v.IsOpen() {
		out = append(out, dumpValue{Path: "*", State: value.Unknown.String(), Optional: true, Origin: d.origins(v.Origin())})
	}
	return out
}

// flatten adds a value and its parts. Name is the last named step of the path.
func (d dumper) flatten(path, name string, v value.Value, out *[]dumpValue) {
	if v.IsAbsent() {
		return
	}
	if v.Kind() != value.KindBool && secretName.MatchString(name) {
		v = v.Sensitive()
	}
	one := d.value(path, v)
	if own := d.own(one, v); own {
		*out = append(*out, one)
	}
	if one.Sensitive || v.Alternatives() != nil || v.Parts() != nil {
		return
	}
	for i, e := range v.Elems() {
		d.flatten(fmt.Sprintf("%s[%d]", path, i), name, e, out)
	}
	for _, f := range v.Fields() {
		d.flatten(join(path, f.Name), f.Name, f.Value, out)
	}
}

// own reports whether a value needs an entry besides those of its parts.
func (d dumper) own(one dumpValue, v value.Value) bool {
	if len(v.Elems()) == 0 && len(v.Fields()) == 0 {
		return true
	}
	return one.Sensitive || one.Open || one.Optional || one.JSON || one.State != value.Known.String() ||
		len(one.Origin) > 0 || len(one.Refs) > 0
}

func (d dumper) value(path string, v value.Value) dumpValue {
	out := dumpValue{
		Path: path, State: v.State().String(), Sensitive: v.IsSensitive(), Open: v.IsKnown() && v.IsOpen(), Optional: v.MayBeMissing(), When: v.Presence().String(),
		JSON: v.IsJSON(), Location: d.place(v.Span()), Origin: d.origins(v.Origin()),
	}
	if v.Kind() != value.KindAny {
		out.Kind = v.Kind().String()
	}
	for _, r := range v.Refs() {
		out.Refs = append(out.Refs, refText(r))
	}
	if out.Sensitive {
		return out
	}
	out.Value = plainValue(v)
	if v.Alternatives() != nil {
		for _, c := range v.Cases() {
			alternative := dumpAlternative{When: c.When.String()}
			if c.Value.IsAbsent() {
				alternative.Values = []dumpValue{d.value("", c.Value)}
			}
			d.flatten("", "", c.Value, &alternative.Values)
			out.OneOf = append(out.OneOf, alternative)
		}
	}
	for _, p := range v.Parts() {
		out.Pieces = append(out.Pieces, d.value("", p))
	}
	return out
}

// plainValue is what JSON can say of a known leaf, nil for anything else.
func plainValue(v value.Value) any {
	if !v.IsKnown() {
		return nil
	}
	switch v.Kind() {
	case value.KindString:
		return v.Text()
	case value.KindNumber:
		if json.Valid([]byte(v.Text())) {
			return json.Number(v.Text())
		}
		return v.Text()
	case value.KindBool:
		b, _ := v.Truth()
		return b
	case value.KindList:
		if len(v.Elems()) == 0 {
			return []any{}
		}
	case value.KindObject:
		if len(v.Fields()) == 0 {
			return struct{}{}
		}
	case value.KindAny:
	}
	return nil
}

func refText(r value.Ref) string {
	s := r.Addr
	if r.Unit != "" {
		s = r.Unit + "//" + s
	}
	if r.Attr != "" {
		s += "#" + r.Attr
	}
	return s
}

// join appends a name to a path; a name that is not a plain word is quoted.
func join(path, name string) string {
	if strings.ContainsAny(name, ".[]\" =\n\t") || name == "" {
		return fmt.Sprintf("%s[%q]", path, name)
	}
	if path == "" {
		return name
	}
	return path + "." + name
}
