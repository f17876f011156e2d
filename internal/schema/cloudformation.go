package schema

import (
	"sort"
	"strings"
)

// Kind is the type of a CloudFormation property, as far as names need it.
type Kind uint8

// The kinds of properties. KindNone is what a path that leads nowhere has.
const (
	KindNone Kind = iota
	KindString
	KindInteger
	KindNumber
	KindBoolean
	// KindObject has properties of fixed names.
	KindObject
	// KindList has elements of one shape.
	KindList
	// KindMap has keys that the user chooses, and elements of one shape.
	KindMap
	// KindJSON is any value: a policy document, for example.
	KindJSON
)

// String returns the kind in lower case: "string", "list", "json".
func (k Kind) String() string {
	switch k {
	case KindNone:
		return "none"
	case KindString:
		return "string"
	case KindInteger:
		return "integer"
	case KindNumber:
		return "number"
	case KindBoolean:
		return "boolean"
	case KindObject:
		return "object"
	case KindList:
		return "list"
	case KindMap:
		return "map"
	case KindJSON:
		return "json"
	}
	return "invalid"
}

// Shape is the type of a property. Shapes may be cyclic: the statement of a
// web ACL holds statements.
type Shape struct {
	Kind Kind
	// Elem is the shape of the elements of a list or a map, otherwise nil.
	Elem *Shape
	// Properties are those of an object, sorted by name.
	Properties []Property
	// Open is set if an object takes properties besides those.
	Open bool
}

// Property is a named part of a resource or an object.
type Property struct {
	Name  string
	Shape *Shape
	// Required is set if the template must give the property.
	Required bool
	// ReadOnly is set if a template can't give the property. Only properties of
	// the resource itself bear it, not those of objects inside.
	ReadOnly bool
}

// CFNResource is a resource type of CloudFormation. It is immutable.
type CFNResource struct {
	// Type is the name: "AWS::RDS::DBInstance".
	Type string
	// Shape is an object: the properties of the resource.
	Shape *Shape
	// GetAtts are the names that Fn::GetAtt takes, sorted. A name that is "*"
	// or ends in ".*" stands for all names, or all that begin so.
	GetAtts []string
}

// Property returns the property of a name.
func (s *Shape) Property(name string) (*Property, bool) {
	i := sort.Search(len(s.Properties), func(i int) bool { return s.Properties[i].Name >= name })
	if i == len(s.Properties) || s.Properties[i].Name != name {
		return nil, false
	}
	return &s.Properties[i], true
}

// Lookup reports whether a dotted path such as
// "EncryptionAtRestOptions.Enabled" leads to a property. Lists have no step of
// their own; a key of a map has one, and any will do. Everything below JSON or
// in an open object is taken to exist.
func (r *CFNResource) Lookup(path string) bool { return r.Kind(path) != KindNone }

// Kind returns the kind of the property at a path, which is as in
// [CFNResource.Lookup]. It is KindNone if there is none.
func (r *CFNResource) Kind(path string) Kind {
	s := r.Shape
	for more := true; more; {
		var name string
		name, path, more = strings.Cut(path, ".")
		if s = s.step(name); s == nil {
			return KindNone
		}
	}
	return s.Kind
}

var anyShape = &Shape{Kind: KindJSON}

// step returns the shape that a step of a path leads to, or nil.
func (s *Shape) step(name string) *Shape {
	for s.Kind == KindList {
		s = s.Elem
	}
	switch s.Kind {
	case KindMap:
		return s.Elem
	case KindJSON:
		return anyShape
	case KindObject:
		if p, ok := s.Property(name); ok {
			return p.Shape
		}
		if s.Open {
			return anyShape
		}
	case KindNone, KindString, KindInteger, KindNumber, KindBoolean, KindList:
	}
	return nil
}

// IsGetAtt reports whether Fn::GetAtt takes a name, such as
// "Endpoint.Address". Where a whole object can be had, its parts can too.
func (r *CFNResource) IsGetAtt(name string) bool {
	if name == "" {
		return false
	}
	if r.hasGetAtt(name) || r.hasGetAtt("*") {
		return true
	}
	for i := strings.LastIndexByte(name, '.'); i > 0; i = strings.LastIndexByte(name[:i], '.') {
		if r.hasGetAtt(name[:i] + ".*") {
			return true
		}
		if r.hasGetAtt(name[:i]) && r.Kind(name[:i]) == KindObject {
			return r.Lookup(name)
		}
	}
	return false
}

func (r *CFNResource) hasGetAtt(name string) bool {
	i := sort.SearchStrings(r.GetAtts, name)
	return i < len(r.GetAtts) && r.GetAtts[i] == name
}
