package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// cfnCompiler turns the JSON schemas of one resource type into the types of
// the table.
type cfnCompiler struct {
	resource *cfnResource
	index    map[string]int // number of a definition
	order    []string       // definitions by number
}

// node is a schema after alternatives have been merged.
type node struct {
	kind  string // a letter of the table, "{" for an object, "#" for a definition
	def   string // name of the definition
	elem  *cfnSchema
	props map[string]*prop
	open  bool
}

type prop struct {
	schema *cfnSchema
	mark   string
}

const definitions = "#/definitions/"

// normalize says what a schema amounts to. Alternatives (oneOf, anyOf, allOf)
// are merged: an object that has one of two sets of properties gets both,
// because only the names count here. path holds the definitions that led here,
// so that one that is an alternative of itself ends.
func (c *cfnCompiler) normalize(s *cfnSchema, path []string) *node {
	n := &node{kind: "*"}
	if s == nil {
		return n
	}
	if s.Ref != "" {
		return c.normalizeRef(s.Ref, path)
	}
	switch kind := s.kind(); {
	case len(s.Properties) > 0:
		n.kind = "{"
		n.add(s)
	case kind == "L":
		n.kind, n.elem = "L", s.Items
	case kind == "M":
		n.kind, n.elem = "M", s.mapElem()
	default:
		n.kind = kind
	}
	c.mergeAlternatives(n, s, path)
	return n
}

// normalizeRef keeps a reference to an object, a list or a map as it is, which
// makes cycles harmless, and puts a simple type in its place.
func (c *cfnCompiler) normalizeRef(ref string, path []string) *node {
	name, ok := strings.CutPrefix(ref, definitions)
	if !ok {
		return c.normalizeProperty(ref)
	}
	def, ok := c.resource.Definitions[name]
	if !ok || slices.Contains(path, name) {
		return &node{kind: "*"}
	}
	n := c.normalize(def, append(slices.Clone(path), name))
	switch n.kind {
	case "{", "L", "M":
		return &node{kind: "#", def: name}
	}
	return n
}

// normalizeProperty resolves "#/properties/Arn", which few schemas use.
func (c *cfnCompiler) normalizeProperty(ref string) *node {
	s, ok := c.resource.Properties[strings.TrimPrefix(ref, "#/properties/")]
	if !ok || s.Ref != "" {
		return &node{kind: "*"}
	}
	return c.normalize(s, nil)
}

func (c *cfnCompiler) mergeAlternatives(n *node, s *cfnSchema, path []string) {
	for _, alt := range slices.Concat(s.OneOf, s.AnyOf, s.AllOf) {
		a := c.normalize(alt, path)
		if a.kind == "#" {
			if slices.Contains(path, a.def) {
				continue
			}
			a = c.normalize(c.resource.Definitions[a.def], append(slices.Clone(path), a.def))
		}
		switch {
		case a.kind == "{":
			if n.kind != "{" {
				n.kind, n.elem, n.props = "{", nil, map[string]*prop{}
			}
			n.merge(a)
		case n.kind == "*" && len(s.Type) == 0:
			n.kind, n.def, n.elem = a.kind, a.def, a.elem
		}
	}
}

// kind tells the type that the schema itself names. Policy documents are
// "object or string", and numbers may be "integer or string", because text may
// stand for them: the more telling type wins. Where several are as telling,
// they are JSON if one has parts, and text if none has.
func (s *cfnSchema) kind() string {
	if len(s.Type) == 0 {
		return "*"
	}
	var telling []string
	for _, t := range s.Type {
		if t != "string" && t != "null" {
			telling = append(telling, t)
		}
	}
	switch {
	case len(telling) == 0:
		return "s"
	case len(telling) == 1:
		return s.kindOf(telling[0])
	case slices.Contains(telling, "object") || slices.Contains(telling, "array"):
		return "*"
	}
	return "s"
}

func (s *cfnSchema) kindOf(t string) string {
	switch t {
	case "array":
		return "L"
	case "boolean":
		return "b"
	case "integer":
		return "i"
	case "number":
		return "n"
	}
	if len(s.PatternProperties) > 0 || len(s.additional()) > 0 {
		return "M"
	}
	return "*"
}

// additional returns additionalProperties if it is a schema that says
// something.
func (s *cfnSchema) additional() []byte {
	if text := strings.TrimSpace(string(s.Additional)); strings.HasPrefix(text, "{") && text != "{}" {
		return s.Additional
	}
	return nil
}

// merge adds the properties of an alternative. None of them is required, for
// the other alternatives do without.
func (n *node) merge(a *node) {
	n.open = n.open || a.open
	for name, p := range a.props {
		if _, ok := n.props[name]; !ok {
			n.props[name] = &prop{schema: p.schema, mark: ":"}
		}
	}
}

func (n *node) add(s *cfnSchema) {
	if n.props == nil {
		n.props = make(map[string]*prop, len(s.Properties))
	}
	n.open = string(s.Additional) == "true" || len(s.PatternProperties) > 0
	for name, p := range s.Properties {
		mark := ":"
		if slices.Contains(s.Required, name) {
			mark = "!"
		}
		n.props[name] = &prop{schema: p, mark: mark}
	}
}

// shape writes a node.
func (c *cfnCompiler) shape(n *node) (string, error) {
	switch n.kind {
	case "#":
		i, ok := c.index[n.def]
		if !ok {
			i = len(c.order)
			c.index[n.def] = i
			c.order = append(c.order, n.def)
		}
		return fmt.Sprintf("#%d", i), nil
	case "L", "M":
		elem, err := c.shape(c.normalize(n.elem, nil))
		return n.kind + elem, err
	case "{":
		return c.object(n)
	default:
		return n.kind, nil
	}
}

func (c *cfnCompiler) object(n *node) (string, error) {
	var w strings.Builder
	w.WriteByte('{')
	if n.open {
		w.WriteByte('?')
	}
	for i, name := range slices.Sorted(maps.Keys(n.props)) {
		if err := checkName(name); err != nil {
			return "", err
		}
		p := n.props[name]
		text, err := c.shape(c.normalize(p.schema, nil))
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		if i > 0 {
			w.WriteByte(' ')
		}
		w.WriteString(name + p.mark + text)
	}
	w.WriteByte('}')
	return w.String(), nil
}

// mapElem returns the schema of the values of a map. Where there are patterns
// for several kinds of keys, the first in order decides.
func (s *cfnSchema) mapElem() *cfnSchema {
	for _, pattern := range slices.Sorted(maps.Keys(s.PatternProperties)) {
		return s.PatternProperties[pattern]
	}
	elem := &cfnSchema{}
	if err := json.Unmarshal(s.additional(), elem); err != nil {
		return nil
	}
	return elem
}
