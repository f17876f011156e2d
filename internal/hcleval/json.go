package hcleval

import (
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/source"
)

// JSON syntax leaves open which property is a block and which an argument. At
// the top level the language says; inside a resource its schema does, as far as
// there is one. Everything is converted into the form of the native syntax.

// topLevel lists the block types of the language with the number of their labels.
var topLevel = map[string]int{
	"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1,
	"check": 1, "locals": 0, "terraform": 0, "moved": 0, "import": 0, "removed": 0,
}

func topLevelSchema() *hcl.BodySchema {
	var s hcl.BodySchema
	for typ, n := range topLevel {
		s.Blocks = append(s.Blocks, hcl.BlockHeaderSchema{Type: typ, LabelNames: []string{"type", "name"}[:n]})
	}
	sort.Slice(s.Blocks, func(i, j int) bool { return s.Blocks[i].Type < s.Blocks[j].Type })
	return &s
}

func (out *File) parseJSON(f *source.File) {
	file, diags := json.ParseWithStartPos(f.Content, f.Path, startOf(f))
	out.report(diags)
	if diags.HasErrors() {
		return
	}
	content, rest, diags := file.Body.PartialContent(topLevelSchema())
	out.report(diags)
	for _, b := range content.Blocks {
		span := source.Span{Pos: source.Pos(b.TypeRange.Start.Byte), End: spanOf(b.Body.MissingItemRange()).End}
		if n := len(b.LabelRanges); n > 0 {
			span.Pos = source.Pos(b.LabelRanges[n-1].Start.Byte)
		}
		j := jsonBlocks{blocks: blockNames(b.Type, b.Labels)}
		out.blocks = append(out.blocks, &block{typ: b.Type, labels: b.Labels, span: span, body: j.body(b.Body)})
	}
	attrs, _ := rest.JustAttributes()
	for _, a := range sortedAttributes(attrs) {
		out.attrs = append(out.attrs, jsonAttribute(a))
	}
}

// nested says which properties of a body are blocks, by name.
type nested interface {
	// block returns what is known of the blocks of that name, and whether it is one.
	block(name string) (nested, bool)
}

// fixedNames is a list of names of blocks, whose own blocks are given by the value.
type fixedNames map[string]nested

func (f fixedNames) block(name string) (nested, bool) {
	n, ok := f[name]
	return n, ok
}

// blockNames says which properties of a top-level block are blocks.
func blockNames(typ string, labels []string) nested {
	switch typ {
	case "terraform":
		return fixedNames{"required_providers": nil, "backend": nil, "cloud": nil}
	case "provider":
		return fixedNames{"assume_role": nil, "default_tags": nil, "endpoints": nil, "ignore_tags": nil}
	case "variable", "output":
		return fixedNames{"validation": nil, "precondition": nil}
	case "resource", "data":
		meta := fixedNames{"lifecycle": nil, "provisioner": nil, "connection": nil}
		return withSchema{meta, resourceBlocks(typ == "data", labels[0])}
	}
	return nil
}

// withSchema is a resource: the blocks that Terraform itself knows, and those
// of the schema.
type withSchema struct{ meta, schema nested }

func (w withSchema) block(name string) (nested, bool) {
	if n, ok := w.meta.block(name); ok || w.schema == nil {
		return n, ok
	}
	return w.schema.block(name)
}

type jsonBlocks struct{ blocks nested }

func (j jsonBlocks) body(b hcl.Body) *body {
	attrs, _ := b.JustAttributes() // an error means that it is no object, hence empty
	var as []*attribute
	var bs []*block
	for _, a := range sortedAttributes(attrs) {
		if a.Name == "dynamic" {
			bs = append(bs, j.dynamics(a)...)
			continue
		}
		var inner nested
		isBlock := false
		if j.blocks != nil {
			inner, isBlock = j.blocks.block(a.Name)
		}
		if isBlock {
			bs = append(bs, jsonObjects(a.Name, nil, spanOf(a.NameRange), a.Expr, jsonBlocks{inner})...)
		} else {
			as = append(as, jsonAttribute(a))
		}
	}
	return newBody(as, bs)
}

// dynamics converts "dynamic": {"ingress": {"for_each": …, "content": {…}}}.
func (j jsonBlocks) dynamics(a *hcl.Attribute) []*block {
	var out []*block
	pairs, _ := hcl.ExprMap(a.Expr)
	for _, p := range pairs {
		name, ok := jsonString(p.Key)
		if !ok {
			continue
		}
		var inner nested
		if j.blocks != nil {
			inner, _ = j.blocks.block(name)
		}
		content := jsonBlocks{contentOf{inner}}
		out = append(out, jsonObjects("dynamic", []string{name}, spanOf(p.Key.Range()), p.Value, content)...)
	}
	return out
}

// contentOf is the body of a dynamic block: its content holds the blocks of
// what it makes.
type contentOf struct{ inner nested }

func (c contentOf) block(name string) (nested, bool) { return c.inner, name == "content" }

// jsonObjects converts an object, or an array of objects, into blocks.
func jsonObjects(typ string, labels []string, name source.Span, expr hcl.Expression, j jsonBlocks) []*block {
	if list, diags := hcl.ExprList(expr); !diags.HasErrors() {
		var out []*block
		for _, e := range list {
			out = append(out, jsonObjects(typ, labels, spanOf(e.Range()), e, j)...)
		}
		return out
	}
	pairs, diags := hcl.ExprMap(expr)
	if diags.HasErrors() {
		return nil
	}
	attrs := hcl.Attributes{}
	for _, p := range pairs {
		if key, ok := jsonString(p.Key); ok && key != "//" {
			attrs[key] = &hcl.Attribute{Name: key, Expr: p.Value, NameRange: p.Key.Range(),
				Range: hcl.RangeBetween(p.Key.Range(), p.Value.Range())}
		}
	}
	span := source.Span{Pos: name.Pos, End: spanOf(expr.Range()).End}
	return []*block{{typ: typ, labels: labels, span: span, body: j.body(attributeBody{attrs})}}
}

// attributeBody lets the properties of an object be read as a body.
type attributeBody struct{ attrs hcl.Attributes }

func (b attributeBody) Content(*hcl.BodySchema) (*hcl.BodyContent, hcl.Diagnostics) {
	return &hcl.BodyContent{}, nil
}

func (b attributeBody) PartialContent(*hcl.BodySchema) (*hcl.BodyContent, hcl.Body, hcl.Diagnostics) {
	return &hcl.BodyContent{}, b, nil
}

func (b attributeBody) JustAttributes() (hcl.Attributes, hcl.Diagnostics) { return b.attrs, nil }

func (b attributeBody) MissingItemRange() hcl.Range { return hcl.Range{} }

func sortedAttributes(attrs hcl.Attributes) []*hcl.Attribute {
	out := make([]*hcl.Attribute, 0, len(attrs))
	for _, a := range attrs {
		out = append(out, a)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].NameRange.Start.Byte < out[j].NameRange.Start.Byte })
	return out
}

func jsonAttribute(a *hcl.Attribute) *attribute {
	return newAttribute(a.Name, spanOf(a.NameRange), spanOf(a.Range), jsonExpr(a.Expr))
}

// jsonString returns the text of a JSON string without reading it as a template.
func jsonString(e hcl.Expression) (string, bool) {
	v, diags := e.Value(nil)
	if diags.HasErrors() || !v.IsKnown() || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

// jsonExpr converts a JSON value into an expression of the native syntax. The
// text of a string is a template; positions in it are off behind an escape.
func jsonExpr(e hcl.Expression) hclsyntax.Expression {
	if list, diags := hcl.ExprList(e); !diags.HasErrors() {
		tuple := &hclsyntax.TupleConsExpr{SrcRange: e.Range(), OpenRange: e.StartRange()}
		for _, elem := range list {
			tuple.Exprs = append(tuple.Exprs, jsonExpr(elem))
		}
		return tuple
	}
	if pairs, diags := hcl.ExprMap(e); !diags.HasErrors() {
		object := &hclsyntax.ObjectConsExpr{SrcRange: e.Range(), OpenRange: e.StartRange()}
		for _, p := range pairs {
			key := &hclsyntax.ObjectConsKeyExpr{Wrapped: jsonExpr(p.Key), ForceNonLiteral: true}
			object.Items = append(object.Items, hclsyntax.ObjectConsItem{KeyExpr: key, ValueExpr: jsonExpr(p.Value)})
		}
		return object
	}
	if text, ok := jsonString(e); ok {
		start := e.Range().Start
		start.Byte++
		start.Column++
		t, diags := hclsyntax.ParseTemplate([]byte(text), e.Range().Filename, start)
		if !diags.HasErrors() {
			return t
		}
		return &hclsyntax.LiteralValueExpr{Val: cty.StringVal(text), SrcRange: e.Range()}
	}
	v, diags := e.Value(nil)
	if diags.HasErrors() {
		v = cty.DynamicVal
	}
	return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: e.Range()}
}
