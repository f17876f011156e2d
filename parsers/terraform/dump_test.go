package terraform

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// dumper writes parts as text that tests compare.
type dumper struct {
	files   *source.FileSet
	origins *value.Origins
	// spans and why also write places, and where values come from.
	spans, why bool
	b          strings.Builder
}

func (d *dumper) part(p *graph.Part) string {
	d.b.Reset()
	kind := ""
	if p.Unit.Kind == graph.Example {
		kind = " example"
	}
	if p.Unit.Broken {
		kind += " broken"
	}
	fmt.Fprintf(&d.b, "unit %s%s\n", p.Unit.Key, kind)
	for _, n := range p.Nodes {
		d.node(n)
	}
	return d.b.String()
}

func (d *dumper) node(n *graph.Node) {
	fmt.Fprintf(&d.b, "%s", n.Addr)
	if n.Mode == graph.Opaque {
		d.b.WriteString(" opaque")
	}
	if n.Exists != tri.True {
		fmt.Fprintf(&d.b, " exists=%s", n.Exists)
		d.reasons(n.ExistsWhy)
	}
	if n.Provider != nil {
		if r, ok := n.Provider.Region.Str(); ok {
			fmt.Fprintf(&d.b, " in %s", r)
		}
	}
	d.b.WriteString("\n")
	for _, f := range n.Body.Fields() {
		fmt.Fprintf(&d.b, "  %s = ", f.Name)
		d.value(f.Value, true)
		d.b.WriteString("\n")
	}
	for _, f := range n.Meta.Fields() {
		fmt.Fprintf(&d.b, "  @%s = ", f.Name)
		d.value(f.Value, true)
		d.b.WriteString("\n")
	}
}

func (d *dumper) reasons(id value.OriginID) {
	if !d.why {
		return
	}
	for i, o := range d.origins.Chain(id) {
		sep := " <- "
		if i == 0 {
			sep = " <"
		}
		d.b.WriteString(sep + o.Kind.String())
		if o.Name != "" {
			d.b.WriteString(" " + o.Name)
		}
		if o.Span.IsValid() && d.spans {
			fmt.Fprintf(&d.b, " %s", d.files.Position(o.Span.Pos))
		}
		if i == len(d.origins.Chain(id))-1 {
			d.b.WriteString(">")
		}
	}
}

func (d *dumper) value(v value.Value, top bool) {
	if v.MayBeMissing() {
		d.b.WriteString("maybe ")
	}
	if v.IsSensitive() {
		d.b.WriteString("secret ")
	}
	if v.IsJSON() {
		d.b.WriteString("json ")
	}
	list := func(open, shut string, vs []value.Value) {
		d.b.WriteString(open)
		for i, e := range vs {
			if i > 0 {
				d.b.WriteString(", ")
			}
			d.value(e, false)
		}
		if v.IsKnown() && v.IsOpen() {
			d.b.WriteString(", …")
		}
		d.b.WriteString(shut)
	}
	switch {
	case v.Alternatives() != nil:
		list("oneof(", ")", v.Alternatives())
	case v.Parts() != nil:
		list("parts(", ")", v.Parts())
	case v.IsAbsent():
		d.b.WriteString("absent")
	case v.State() == value.Null:
		d.b.WriteString("null")
	case v.IsUnknown():
		fmt.Fprintf(&d.b, "?%s", v.Kind())
	case v.Kind() == value.KindList:
		list("[", "]", v.Elems())
	case v.Kind() == value.KindObject:
		d.b.WriteString("{")
		for i, f := range v.Fields() {
			if i > 0 {
				d.b.WriteString(", ")
			}
			d.b.WriteString(f.Name + " = ")
			d.value(f.Value, false)
		}
		if v.IsOpen() {
			d.b.WriteString(", …")
		}
		d.b.WriteString("}")
	case v.Kind() == value.KindString:
		fmt.Fprintf(&d.b, "%q", v.Text())
	default:
		d.b.WriteString(v.Text())
	}
	for _, r := range v.Refs() {
		if v.Alternatives() != nil || v.Parts() != nil {
			break
		}
		d.b.WriteString(" ->")
		if r.Unit != "" {
			d.b.WriteString(r.Unit + "//")
		}
		d.b.WriteString(r.Addr)
		if r.Attr != "" {
			d.b.WriteString("#" + r.Attr)
		}
	}
	if d.spans && top {
		p := d.files.Position(v.Span().Pos)
		fmt.Fprintf(&d.b, " @%d:%d", p.Line, p.Column)
	}
	if top || v.IsUnknown() {
		d.reasons(v.Origin())
	}
}
