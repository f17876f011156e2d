package hcleval

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// holePrefix begins the names of the variables that stand for what is not known
// of a generated file. The name of the file follows: a module may have several.
const holePrefix = "_generated_"

var notInNames = regexp.MustCompile(`\W`)

// ParseGenerated parses a file that a wrapper of Terraform generates. It is
// nowhere in the tree, so everything in it is placed where the wrapper's file
// says what it holds. What is not known of it becomes variables, whose values
// are returned by name.
func ParseGenerated(g Generated) (*File, map[string]value.Value) {
	out := &File{Path: g.Name}
	src, holes := fillHoles(g.Content, holePrefix+notInNames.ReplaceAllString(g.Name, "_")+"_")
	if len(src) > maxBytes || tooDeep([]byte(src)) {
		out.Broken = true
		return out, nil
	}
	at := hcl.Range{Start: hcl.Pos{Line: 1, Column: 1, Byte: int(g.Span.Pos)}, End: hcl.Pos{Line: 1, Column: 1, Byte: int(g.Span.End)}}
	file, diags := hclsyntax.ParseConfig([]byte(src), g.Name, hcl.InitialPos)
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		out.Broken = true
		return out, nil
	}
	var blocks []*hclsyntax.Block
	for _, b := range body.Blocks {
		if !diags.HasErrors() || whole(b, diags) {
			blocks = append(blocks, b)
		}
	}
	out.reportGenerated(g, diags, len(holes) > 0, at)
	relocate(reflect.ValueOf(blocks), at)
	for _, b := range blocks {
		out.blocks = append(out.blocks, nativeBlock(b))
		out.names.body(out.blocks[len(out.blocks)-1].body)
	}
	return out, holes
}

// reportGenerated reports what is wrong with a generated file. Where not all of
// its text is known, nothing may be.
func (out *File) reportGenerated(g Generated, diags hcl.Diagnostics, holes bool, at hcl.Range) {
	if diags.HasErrors() && holes {
		out.Broken = true
		out.Diagnostics = append(out.Diagnostics, source.Diagnostic{Level: source.Note, Code: codeWrapper, Span: g.Span,
			Message: "not all of the generated file " + g.Name + " is known; what could be read of it was analysed"})
		return
	}
	for _, d := range diags {
		d.Subject = &at
		d.Summary = "in the generated file " + g.Name + ": " + d.Summary
	}
	out.report(diags)
}

// fillHoles is a text whose unknown pieces are references to variables: within
// quotes they are interpolated. The names of the variables begin with a prefix.
func fillHoles(content value.Value, prefix string) (string, map[string]value.Value) {
	if s, ok := content.Str(); ok {
		return s, nil
	}
	var b strings.Builder
	holes := map[string]value.Value{}
	for _, p := range content.Parts() {
		if s, ok := p.Str(); ok {
			b.WriteString(s)
			continue
		}
		name := fmt.Sprintf("%s%d", prefix, len(holes))
		holes[name] = p
		if inQuotes(b.String()) {
			b.WriteString("${var." + name + "}")
		} else {
			b.WriteString("var." + name)
		}
	}
	for i := range len(holes) {
		fmt.Fprintf(&b, "\nvariable %q {}\n", fmt.Sprintf("%s%d", prefix, i))
	}
	return b.String(), holes
}

// inQuotes reports whether a text ends within a quoted string of its last line.
func inQuotes(s string) bool {
	line := s[strings.LastIndexByte(s, '\n')+1:]
	quoted := false
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		}
	}
	return quoted
}

var rangeType = reflect.TypeFor[hcl.Range]()

// relocate gives all of a syntax tree one place.
func relocate(v reflect.Value, at hcl.Range) {
	switch v.Kind() { //nolint:exhaustive // all other kinds hold no ranges
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			relocate(v.Elem(), at)
		}
	case reflect.Slice:
		if t, ok := reflect.TypeAssert[hcl.Traversal](v); ok {
			relocateSteps(t, at)
			return
		}
		for i := range v.Len() {
			relocate(v.Index(i), at)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			relocate(v.MapIndex(k), at)
		}
	case reflect.Struct:
		if v.Type() == rangeType {
			if v.CanSet() {
				v.Set(reflect.ValueOf(at))
			}
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				relocate(v.Field(i), at)
			}
		}
	}
}

func relocateSteps(t hcl.Traversal, at hcl.Range) {
	for i, step := range t {
		switch x := step.(type) {
		case hcl.TraverseRoot:
			x.SrcRange = at
			t[i] = x
		case hcl.TraverseAttr:
			x.SrcRange = at
			t[i] = x
		case hcl.TraverseIndex:
			x.SrcRange = at
			t[i] = x
		}
	}
}
