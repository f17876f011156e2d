package schema

import (
	"sort"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"
)

// Nesting says how the blocks of one name appear in the value of what holds
// them.
type Nesting uint8

// The nestings that occur in the AWS provider.
const (
	// NestingSingle is one object, or null without the block.
	NestingSingle Nesting = iota
	// NestingList is a list of objects, in the order of the blocks.
	NestingList
	// NestingSet is a set of objects.
	NestingSet
)

// String returns "single", "list" or "set".
func (n Nesting) String() string {
	switch n {
	case NestingSingle:
		return "single"
	case NestingList:
		return "list"
	case NestingSet:
		return "set"
	}
	return "invalid"
}

// Attribute is something that is written "name = value".
type Attribute struct {
	Name string
	Type cty.Type
	// Required is set if the configuration must give the attribute.
	Required bool
	// Computed is set if only the provider gives the attribute. An attribute
	// that is neither required nor computed is optional, and the provider may
	// still give it a value of its own: the source does not say for which.
	Computed bool
	// Extra is set if the provider version of the table has no such attribute:
	// it was removed before that version or came after it.
	Extra bool
}

// Block is something that is written "name { … }".
type Block struct {
	Name    string
	Nesting Nesting
	// MinItems and MaxItems are 0 where there is no bound.
	MinItems, MaxItems int
	// Open is set if what the block may hold is not known. Its Body is empty.
	Open bool
	// Extra is as for an attribute.
	Extra bool
	Body  Body
}

// Body is what a resource or a block may hold: attributes and blocks, each
// sorted by name.
type Body struct {
	Attributes []Attribute
	Blocks     []Block
}

// Resource is a managed resource type or a data source. It is immutable.
type Resource struct {
	// Type is the name without "data.".
	Type string
	Data bool
	Body

	once    sync.Once
	implied cty.Type
}

// ImpliedType returns the object type of the resource's value: its attributes
// and its blocks, as an expression that refers to the resource sees them.
// Arguments that Terraform itself handles, such as count and lifecycle, are not
// among them.
func (r *Resource) ImpliedType() cty.Type {
	r.once.Do(func() { r.implied = r.Body.ImpliedType() })
	return r.implied
}

// Attribute returns the attribute of a name.
func (b *Body) Attribute(name string) (*Attribute, bool) {
	i := sort.Search(len(b.Attributes), func(i int) bool { return b.Attributes[i].Name >= name })
	if i == len(b.Attributes) || b.Attributes[i].Name != name {
		return nil, false
	}
	return &b.Attributes[i], true
}

// Block returns the block of a name.
func (b *Body) Block(name string) (*Block, bool) {
	i := sort.Search(len(b.Blocks), func(i int) bool { return b.Blocks[i].Name >= name })
	if i == len(b.Blocks) || b.Blocks[i].Name != name {
		return nil, false
	}
	return &b.Blocks[i], true
}

// IsBlock reports whether the name is that of a block. See also
// [Body.TakesBlockSyntax].
func (b *Body) IsBlock(name string) bool {
	_, ok := b.Block(name)
	return ok
}

// TakesBlockSyntax reports whether "name { … }" may be written. That is so for
// blocks, and for attributes that are a list or a set of objects, such as the
// ingress of aws_security_group: Terraform takes both spellings of these
// (https://developer.hashicorp.com/terraform/language/attr-as-blocks).
func (b *Body) TakesBlockSyntax(name string) bool {
	if b.IsBlock(name) {
		return true
	}
	a, ok := b.Attribute(name)
	if !ok || a.Computed {
		return false
	}
	return (a.Type.IsListType() || a.Type.IsSetType()) && a.Type.ElementType().IsObjectType()
}

// Lookup reports whether a dotted path such as "encrypt_at_rest.enabled"
// leads to a block, an attribute, or something inside the type of an
// attribute. Lists and sets have no step of their own; a key of a map has one,
// and any will do. Everything below an open block or an attribute of any type
// is taken to exist.
func (b *Body) Lookup(path string) bool {
	name, rest, more := strings.Cut(path, ".")
	if blk, ok := b.Block(name); ok {
		return !more || blk.Open || blk.Body.Lookup(rest)
	}
	a, ok := b.Attribute(name)
	return ok && (!more || lookupType(a.Type, rest))
}

func lookupType(t cty.Type, path string) bool {
	for t.IsListType() || t.IsSetType() {
		t = t.ElementType()
	}
	name, rest, more := strings.Cut(path, ".")
	switch {
	case t == cty.DynamicPseudoType:
		return true
	case t.IsMapType():
		t = t.ElementType()
	case t.IsObjectType() && t.HasAttribute(name):
		t = t.AttributeType(name)
	default:
		return false
	}
	return !more || lookupType(t, rest)
}

// ImpliedType returns the object type of a body. A list or set of blocks that
// hold something of any type is itself of any type, because the elements of a
// collection must agree in type and these need not.
func (b *Body) ImpliedType() cty.Type {
	types := make(map[string]cty.Type, len(b.Attributes)+len(b.Blocks))
	for i := range b.Attributes {
		types[b.Attributes[i].Name] = b.Attributes[i].Type
	}
	for i := range b.Blocks {
		types[b.Blocks[i].Name] = b.Blocks[i].impliedType()
	}
	return cty.Object(types)
}

func (b *Block) impliedType() cty.Type {
	if b.Open {
		return cty.DynamicPseudoType
	}
	t := b.Body.ImpliedType()
	switch b.Nesting {
	case NestingSingle:
		return t
	case NestingList:
		if !t.HasDynamicTypes() {
			return cty.List(t)
		}
	case NestingSet:
		if !t.HasDynamicTypes() {
			return cty.Set(t)
		}
	}
	return cty.DynamicPseudoType
}

// Unordered reports whether a dotted path, as of [Body.Lookup], leads to a set.
func (b *Body) Unordered(path string) bool {
	name, rest, more := strings.Cut(path, ".")
	if blk, ok := b.Block(name); ok {
		if more {
			return blk.Body.Unordered(rest)
		}
		return blk.Nesting == NestingSet
	}
	a, ok := b.Attribute(name)
	return ok && unorderedType(a.Type, rest, more)
}

func unorderedType(t cty.Type, path string, more bool) bool {
	if !more {
		return t.IsSetType()
	}
	for t.IsListType() || t.IsSetType() {
		t = t.ElementType()
	}
	name, rest, deeper := strings.Cut(path, ".")
	switch {
	case t.IsMapType():
		return unorderedType(t.ElementType(), rest, deeper)
	case t.IsObjectType() && t.HasAttribute(name):
		return unorderedType(t.AttributeType(name), rest, deeper)
	}
	return false
}
