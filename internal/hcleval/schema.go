package hcleval

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/internal/schema"
)

// schemaOf returns the schema of a resource or data source, or nil if there is
// none: then what the configuration writes is all that is known.
func schemaOf(typ string, data bool) *schema.Resource {
	var r *schema.Resource
	var ok bool
	if data {
		r, ok = schema.TerraformData(typ)
	} else {
		r, ok = schema.Terraform(typ)
	}
	if !ok {
		return nil
	}
	return r
}

// resourceBlocks says which properties of a resource in JSON syntax are blocks.
func resourceBlocks(data bool, typ string) nested {
	if r := schemaOf(typ, data); r != nil {
		return schemaBody{&r.Body}
	}
	return nil
}

type schemaBody struct{ body *schema.Body }

func (s schemaBody) block(name string) (nested, bool) {
	if b, ok := s.body.Block(name); ok {
		return schemaBody{&b.Body}, true
	}
	return nil, false
}

// attrType returns the type of an attribute or block of a resource, and whether
// the schema has it. Without a schema any type will do.
func (r *resource) attrType(name string) (cty.Type, bool) {
	if r.schema == nil {
		return cty.DynamicPseudoType, true
	}
	t := r.schema.ImpliedType()
	if !t.HasAttribute(name) {
		return cty.DynamicPseudoType, false
	}
	return t.AttributeType(name), true
}

// neverNull reports that an attribute of an existing resource always has a
// value: its identity, and what the configuration must give.
func (r *resource) neverNull(name string) bool {
	if r.schema == nil {
		return name == "id"
	}
	if name == "id" || name == "arn" {
		return true
	}
	a, ok := r.schema.Attribute(name)
	return ok && a.Required
}
