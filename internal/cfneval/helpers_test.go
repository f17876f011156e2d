package cfneval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// bench is a template under test.
type bench struct {
	t       *testing.T
	eval    *cfneval.Template
	root    *syntax.Node
	files   *source.FileSet
	origins *value.Origins
	diags   []source.Diagnostic
	// syntaxDiags are those of the parser.
	syntaxDiags []source.Diagnostic
}

// load prepares a template; all its resources are declared.
func load(t *testing.T, path, text string, opt cfneval.Options) *bench {
	t.Helper()
	b := prepare(t, path, []byte(text), opt)
	for _, d := range b.syntaxDiags {
		t.Fatalf("%s: %s: %s\n%s", b.files.Position(d.Span.Pos), d.Code, d.Message, text)
	}
	return b
}

// prepare is load for a template that may be broken; root is nil if nothing
// could be read.
func prepare(t *testing.T, path string, text []byte, opt cfneval.Options) *bench {
	t.Helper()
	b := &bench{t: t, files: source.NewFileSet(), origins: value.NewOrigins()}
	f, err := b.files.Add(path, text)
	if err != nil {
		t.Fatal(err)
	}
	docs, diags := syntax.Parse(f)
	b.syntaxDiags = diags
	if len(docs) == 0 || docs[0] == nil || docs[0].Kind != syntax.Mapping {
		return b
	}
	b.root = docs[0]
	opt.Origins = b.origins
	opt.Report = func(d source.Diagnostic) { b.diags = append(b.diags, d) }
	b.eval = cfneval.New(b.root, opt)
	if resources := b.root.Get("Resources"); resources != nil {
		pairs, _ := b.eval.Expand(resources, "")
		for _, p := range pairs {
			r := cfneval.Resource{Properties: p.Value.Get("Properties")}
			if typ := p.Value.Get("Type"); typ != nil {
				r.Type = typ.Text
			}
			b.eval.Declare(p.Key, r)
		}
	}
	return b
}

// property evaluates a property of a resource, under the resource's condition.
func (b *bench) property(resource, name string) value.Value {
	b.t.Helper()
	r := b.root.Get("Resources").Get(resource)
	if r == nil {
		b.t.Fatalf("no resource %s", resource)
	}
	condition := ""
	if c := r.Get("Condition"); c != nil {
		condition = c.Text
	}
	return b.eval.Eval(r.Get("Properties"), condition).Get(name)
}

// show writes all that is known of a value: text in quotes, ? for unknown with
// the reason and the references, | between alternatives, + between parts.
func (b *bench) show(v value.Value) string {
	s := b.shape(v)
	if v.MayBeMissing() {
		s += "~"
	}
	return s
}

func (b *bench) shape(v value.Value) string {
	switch {
	case v.IsAbsent():
		return "-"
	case v.State() == value.Null:
		return "null"
	case v.Alternatives() != nil:
		return b.list(v.Alternatives(), "|")
	case v.Parts() != nil:
		return b.list(v.Parts(), "+")
	case v.IsUnknown():
		return b.unknown(v)
	}
	switch v.Kind() {
	case value.KindString:
		return fmt.Sprintf("%q", v.Text())
	case value.KindList:
		return "[" + b.list(v.Elems(), ",") + open(v) + "]"
	case value.KindObject:
		var fields []string
		for _, f := range v.Fields() {
			fields = append(fields, f.Name+":"+b.show(f.Value))
		}
		s := "{" + strings.Join(fields, ",") + open(v) + "}"
		if v.IsJSON() {
			s = "json" + s
		}
		return s
	case value.KindAny, value.KindNumber, value.KindBool:
	}
	return v.Text()
}

func open(v value.Value) string {
	if v.IsOpen() {
		return "…"
	}
	return ""
}

func (b *bench) list(vs []value.Value, sep string) string {
	var parts []string
	for _, v := range vs {
		parts = append(parts, b.show(v))
	}
	return strings.Join(parts, sep)
}

func (b *bench) unknown(v value.Value) string {
	var reasons, refs []string
	for _, o := range b.origins.Reasons(v.Origin()) {
		reasons = append(reasons, o.Kind.String())
	}
	for _, r := range v.Refs() {
		s := r.Addr
		if r.Unit != "" {
			s = r.Unit + "/" + s
		}
		if r.Attr != "" {
			s += "." + r.Attr
		}
		refs = append(refs, s)
	}
	s := "?" + strings.Join(reasons, "&")
	if len(refs) > 0 {
		s += "(" + strings.Join(refs, " ") + ")"
	}
	return s
}

// text is what stands at a span.
func (b *bench) text(s source.Span) string {
	f := b.files.File(s.Pos)
	if f == nil {
		return ""
	}
	return string(f.Content[f.Offset(s.Pos):f.Offset(s.End)])
}

func (b *bench) codes() string {
	var codes []string
	for _, d := range b.diags {
		codes = append(codes, d.Code)
	}
	return strings.Join(codes, " ")
}

// replaceExpr puts an expression into the common template.
func replaceExpr(expr string) string { return strings.Replace(world, "EXPR", expr, 1) }
