package aws

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// plan says how to fill a struct in one language. It is compiled once.
type plan struct {
	types  []string
	by     []string
	fields []fieldPlan
}

type fieldPlan struct {
	index  int
	path   string // empty for satellites
	deflt  value.Value
	parent bool
}

type planKey struct {
	t    reflect.Type
	lang graph.Lang
}

var plans sync.Map // planKey → *plan: a cache of what the compiler knows, not state

func planOf(t reflect.Type, lang graph.Lang) *plan {
	if p, ok := plans.Load(planKey{t, lang}); ok {
		return p.(*plan)
	}
	p, _ := plans.LoadOrStore(planKey{t, lang}, compile(t, lang))
	return p.(*plan)
}

func tagName(lang graph.Lang) string {
	if lang == graph.CloudFormation {
		return "cfn"
	}
	return "tf"
}

// compile reads the tags of a struct. A wrong tag is a mistake in this
// repository, which the tests of the package find; it panics.
func compile(t reflect.Type, lang graph.Lang) *plan {
	p := &plan{}
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup(tagName(lang))
		switch f.Type {
		case reflect.TypeFor[Head]():
			if tagged {
				p.types, p.by = headTag(tag)
			}
			continue
		case reflect.TypeFor[Item]():
			continue
		}
		if !tagged && !isSatellites(f.Type) {
			if f.IsExported() && (f.Tag.Get("tf") != "" || f.Tag.Get("cfn") != "") {
				p.fields = append(p.fields, fieldPlan{index: i, path: "-"})
			}
			continue
		}
		fp := fieldPlan{index: i}
		path, options, _ := strings.Cut(tag, ",")
		fp.path = path
		for options != "" {
			var o string
			o, options, _ = strings.Cut(options, ",")
			switch {
			case o == "parent":
				fp.parent = true
			case strings.HasPrefix(o, "default="):
				fp.deflt = defaultOf(f.Type, strings.TrimPrefix(o, "default="))
			default:
				panic(fmt.Sprintf("%s.%s: unknown tag option %q", t, f.Name, o))
			}
		}
		p.fields = append(p.fields, fp)
	}
	return p
}

func headTag(tag string) (types, by []string) {
	names, options, _ := strings.Cut(tag, ",")
	if b, ok := strings.CutPrefix(options, "by="); ok {
		by = strings.Split(b, "|")
	}
	return strings.Split(names, "|"), by
}

func defaultOf(t reflect.Type, text string) value.Value {
	switch t {
	case reflect.TypeFor[value.Bool]():
		return value.OfBool(text == "true", source.Span{})
	case reflect.TypeFor[value.Int]():
		return value.OfNumber(text, source.Span{})
	}
	return value.OfString(text, source.Span{})
}

func isSatellites(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[satelliteField]())
}

// context is what the fields of a struct are read from.
type context struct {
	g     *graph.Graph
	node  *graph.Node
	label string      // dotted path of body
	body  value.Value // the object that holds the fields
	owner source.Span
	lang  graph.Lang
}

// field is a generic view that decodes itself.
type field interface {
	decode(c context, a value.Attr, label string)
}

type satelliteField interface {
	decodeSatellites(c context)
	partType() reflect.Type
}

type refField interface {
	targetType() reflect.Type
}

type itemField interface {
	itemType() reflect.Type
}

func decodeModel(g *graph.Graph, n *graph.Node, p *plan, dst reflect.Value) {
	decodeFields(context{g: g, node: n, body: n.Body, owner: n.Span, lang: n.Lang}, p, dst)
}

func decodeFields(c context, p *plan, dst reflect.Value) {
	for i := range p.fields {
		f := &p.fields[i]
		ptr := dst.Field(f.index).Addr().Interface()
		if s, ok := ptr.(satelliteField); ok {
			s.decodeSatellites(c)
			continue
		}
		a := value.Attr{Owner: c.owner, Default: f.deflt}
		label := ""
		if f.path != "-" {
			a.V, a.Owner = walk(c.body, f.path, c.owner)
			a.Name, label = f.path, f.path
			if c.label != "" {
				a.Name, label = c.label+"."+f.path, c.label+"."+f.path
			}
		}
		store(c, ptr, a, label)
	}
}

func store(c context, ptr any, a value.Attr, label string) {
	switch dst := ptr.(type) {
	case *value.Attr:
		*dst = a
	case *value.Bool:
		dst.Attr = a
	case *value.Int:
		dst.Attr = a
	case *value.String:
		dst.Attr = a
	case *value.Strings:
		dst.Attr = a
	case field:
		dst.decode(c, a, label)
	default:
		panic(fmt.Sprintf("aws: %T can't be a field of a model", ptr))
	}
}

// walk follows a dotted path and returns the value and the innermost block
// that holds it, or would.
func walk(v value.Value, path string, owner source.Span) (value.Value, source.Span) {
	for {
		step, rest, more := strings.Cut(path, ".")
		next := v.Path(step)
		if !more {
			return next, owner
		}
		if inner := next.Path(""); inner.Span().IsValid() {
			owner = inner.Span()
		}
		v, path = next, rest
		if v.Kind() == value.KindList && v.IsKnown() && len(v.Elems()) == 1 && v.Elems()[0].Span().IsValid() {
			owner = v.Elems()[0].Span()
		}
	}
}

func (b *Block[T]) itemType() reflect.Type { return reflect.TypeFor[T]() }

func (b *Block[T]) decode(c context, a value.Attr, label string) {
	b.Attr = a
	v := a.V
	if v.Kind() == value.KindList && v.IsKnown() {
		if elems := v.Elems(); len(elems) == 1 && !v.IsOpen() && !elems[0].MayBeMissing() {
			v = elems[0]
		} else if len(elems) > 0 || v.IsOpen() {
			v = value.OfUnknown(value.KindObject, v.Span(), v.Origin())
		} else {
			v = value.Value{}
		}
		b.V = v
	}
	if v.IsUnset() {
		return
	}
	b.item = decodeItem[T](c, v, label)
}

func decodeItem[T any](c context, v value.Value, label string) *T {
	item := new(T)
	if s, ok := any(item).(interface{ setValue(value.Value) }); ok {
		s.setValue(v)
	}
	owner := v.Span()
	if !owner.IsValid() {
		owner = c.owner
	}
	inner := context{g: c.g, node: c.node, label: label, body: v, owner: owner, lang: c.lang}
	decodeFields(inner, planOf(reflect.TypeFor[T](), c.lang), reflect.ValueOf(item).Elem())
	return item
}

func (l *List[T]) itemType() reflect.Type { return reflect.TypeFor[T]() }

func (l *List[T]) decode(c context, a value.Attr, label string) {
	l.Attr = a
	v := a.V
	switch {
	case v.IsUnset():
	case v.Kind() == value.KindObject && v.IsKnown():
		l.Items = []*T{decodeItem[T](c, v, label)}
	default:
		l.Open = v.IsOpen()
		for _, e := range v.Elems() {
			if e.IsUnset() {
				continue
			}
			l.Items = append(l.Items, decodeItem[T](c, e, label))
		}
	}
}

func (r *Ref[T]) targetType() reflect.Type { return reflect.TypeFor[T]() }

func (r *Ref[T]) decode(c context, a value.Attr, label string) {
	r.Attr = a
	r.targets, r.others, _ = resolve[T](c, a.V, label)
}

func (r *Refs[T]) targetType() reflect.Type { return reflect.TypeFor[T]() }

func (r *Refs[T]) decode(c context, a value.Attr, label string) {
	r.Attr = a
	r.Targets, _, r.Complete = resolve[T](c, a.V, label)
}

// resolve finds what a value names: things of the wanted type or whose type is
// not known, and others.
func resolve[T any](c context, v value.Value, label string) (targets, others []graph.Target, complete bool) {
	if v.IsUnset() {
		return nil, nil, true
	}
	all, complete := c.g.Resolve(c.node, label, v)
	types := map[string]bool{}
	for _, lang := range []graph.Lang{graph.Terraform, graph.CloudFormation} {
		for _, t := range planOf(reflect.TypeFor[T](), lang).types {
			types[t] = true
		}
	}
	for _, t := range all {
		if types[t.Node.Type] || t.Node.Mode == graph.External || t.Node.Mode == graph.Opaque {
			targets = append(targets, t)
		} else {
			others = append(others, t)
		}
	}
	return targets, others, complete
}

func (s *Satellites[T]) partType() reflect.Type { return reflect.TypeFor[T]() }

func (s *Satellites[T]) decodeSatellites(c context) {
	for _, typ := range planOf(reflect.TypeFor[T](), c.lang).types {
		found := c.g.Satellites(c.node, typ)
		for _, f := range found.Items {
			part := new(T)
			if b, ok := any(part).(interface {
				bind(*graph.Graph, *graph.Node)
			}); ok {
				b.bind(c.g, f.Node)
			}
			decodeModel(c.g, f.Node, planOf(reflect.TypeFor[T](), f.Node.Lang), reflect.ValueOf(part).Elem())
			if z, ok := any(part).(normalizer); ok {
				z.normalize()
			}
			s.Items = append(s.Items, Satellite[T]{part, f.Sure})
		}
		s.Open = appendFacts(s.Open, found.Open)
	}
}

func appendFacts(to, more []value.Fact) []value.Fact {
	for _, f := range more {
		dup := false
		for _, o := range to {
			dup = dup || o == f
		}
		if !dup {
			to = append(to, f)
		}
	}
	return to
}
