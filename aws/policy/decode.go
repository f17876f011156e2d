package policy

import (
	"errors"
	"fmt"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Decode reads the policy document that an attribute of a node holds. Attr is
// the dotted path of the attribute, v its value. An attribute that is not set
// holds a document without statements.
func Decode(g *graph.Graph, n *graph.Node, attr string, v value.Value) Document {
	d := &decoder{g: g, merged: map[graph.NodeID]*Document{}}
	return d.document(n, attr, v)
}

// decoder reads one document and those that it is made of.
type decoder struct {
	g *graph.Graph
	// merged are the documents of data sources; nil while one is being read, so
	// that a document that is made of itself is noticed.
	merged map[graph.NodeID]*Document
}

func unknownFact(what string, v value.Value, owner source.Span) value.Fact {
	at := v.Span()
	if !at.IsValid() {
		at = owner.Head()
	}
	return value.Fact{Text: what + " is not known", Span: at, Origin: v.Origin(), Open: true}
}

func openDocument(f value.Fact) Document { return Document{Open: []value.Fact{f}} }

func (d *decoder) document(n *graph.Node, attr string, v value.Value) Document {
	switch {
	case v.IsUnset():
		return Document{}
	case v.Alternatives() != nil:
		var out Document
		for _, a := range v.Alternatives() {
			out.Alternatives = append(out.Alternatives, d.document(n, attr, a))
		}
		return out
	case v.Kind() == value.KindObject && v.IsKnown():
		return d.statements(n, attr, v)
	case v.Parts() != nil, v.IsKnown() && v.Kind() == value.KindString:
		return d.text(n, attr, v)
	case v.IsUnknown() && len(v.Refs()) > 0:
		return d.reference(n, attr, v)
	}
	return openDocument(unknownFact(attr, v, n.Span))
}

// text reads a document that is written as JSON.
func (d *decoder) text(n *graph.Node, attr string, v value.Value) Document {
	t, ok := textOf(d.g, v)
	if !ok {
		return openDocument(unknownFact(attr, v, n.Span))
	}
	o, err := parseJSON(t)
	if err != nil {
		f := unknownFact(attr, v, n.Span)
		f.Text = fmt.Sprintf("%s can't be read as JSON: %v", attr, err)
		var at *jsonError
		if errors.As(err, &at) && at.offset < len(t.content) {
			f.Span = t.at(at.offset, at.offset+1)
		}
		return openDocument(f)
	}
	if o.Kind() != value.KindObject || !o.IsKnown() {
		return openDocument(value.Fact{Text: attr + " is no policy document", Span: v.Span(), Origin: v.Origin(), Open: true})
	}
	return d.statements(n, attr, o)
}

// reference reads a document that a data source makes.
func (d *decoder) reference(n *graph.Node, attr string, v value.Value) Document {
	targets, complete := d.g.Resolve(n, attr, v)
	var out Document
	for _, t := range targets {
		if !isDocument(t.Node) || t.Attr != "json" && t.Attr != "minified_json" {
			complete = false
			continue
		}
		part := d.data(t.Node)
		if t.Sure != tri.True || len(targets) > 1 {
			part = part.maybe(value.Fact{Text: attr + " is one of several", Span: v.Span(), Origin: v.Origin(), Open: true})
		}
		out.Statements = append(out.Statements, part.Statements...)
		out.Open = append(out.Open, part.Open...)
	}
	if !complete || len(targets) == 0 {
		out.Open = append(out.Open, unknownFact(attr, v, n.Span))
	}
	return out
}

// isDocument reports a data source that makes a policy document.
func isDocument(n *graph.Node) bool {
	return n.Mode == graph.Data && n.Type == DataSource
}

// maybe is a document of which it is not known whether it counts.
func (doc Document) maybe(why value.Fact) Document {
	var out Document
	for _, s := range doc.All() {
		s.maybe(why)
		out.Statements = append(out.Statements, s)
	}
	out.Open = doc.Opens()
	return out
}

// All returns the statements of the document; if it is one of several, those of
// all of them, none of which is sure then.
func (doc Document) All() []Statement {
	if len(doc.Alternatives) == 0 {
		return doc.Statements
	}
	var out []Statement
	for _, a := range doc.Alternatives {
		for _, s := range a.All() {
			s.maybe(value.Fact{Text: "which document it is depends on a condition", Span: s.Span, Open: true})
			out = append(out, s)
		}
	}
	return out
}

// Opens says why there may be other statements, for all documents of which it is one.
func (doc Document) Opens() []value.Fact {
	out := append([]value.Fact(nil), doc.Open...)
	for _, a := range doc.Alternatives {
		out = append(out, a.Opens()...)
	}
	return out
}

// statements reads an object in the form of the policy grammar.
func (d *decoder) statements(n *graph.Node, attr string, o value.Value) Document {
	w := &writer{node: n, attr: attr, owner: o.Span()}
	if !w.owner.IsValid() {
		w.owner = n.Span
	}
	w.list(o.Get("Statement"), value.Fact{})
	return w.doc
}

// writer collects the statements of one document in JSON.
type writer struct {
	node  *graph.Node
	attr  string
	owner source.Span
	doc   Document
}

// list adds the statements of a Statement element, which may also be one
// object. A reason why they may not be there is handed down.
func (w *writer) list(v value.Value, why value.Fact) {
	switch {
	case v.IsUnset():
	case v.Alternatives() != nil && !allObjects(v):
		why = value.Fact{Text: "which statements there are depends on a condition", Span: v.Span(), Origin: v.Origin(), Open: true}
		for _, a := range v.Alternatives() {
			w.list(a, why)
		}
	case v.Kind() == value.KindObject && v.Parts() == nil && (v.IsKnown() || v.Alternatives() != nil):
		w.add(v, why)
	case v.Kind() == value.KindList && v.IsKnown():
		for _, e := range v.Elems() {
			reason := why
			if e.MayBeMissing() && reason.Text == "" {
				reason = value.Fact{Text: "whether the statement is there is not known", Span: e.Span(), Origin: e.Origin(), Open: true}
			}
			w.list(e, reason)
		}
		if v.IsOpen() {
			w.doc.Open = append(w.doc.Open, value.Fact{Text: w.attr + " may have other statements", Span: place(v, w.owner), Origin: v.Origin(), Open: true})
		}
	default:
		w.doc.Open = append(w.doc.Open, unknownFact("a statement of "+w.attr, v, w.owner))
	}
}

func place(v value.Value, owner source.Span) source.Span {
	if v.Span().IsValid() {
		return v.Span()
	}
	return owner.Head()
}

// allObjects reports one of several objects, whose fields can be compared.
func allObjects(v value.Value) bool {
	for _, a := range v.Alternatives() {
		if a.Kind() != value.KindObject || !a.IsKnown() {
			return false
		}
	}
	return true
}

func (w *writer) add(o value.Value, why value.Fact) {
	owner := o.Span()
	if !owner.IsValid() {
		owner = w.owner
	}
	list := func(name string) List { return List{V: o.Get(name), Name: name, Owner: owner} }
	s := Statement{
		Node: w.node, Index: len(w.doc.Statements), Span: o.Span(), Owner: owner, Exists: tri.True,
		Sid: o.Get("Sid"), Effect: o.Get("Effect"),
		Actions: list("Action"), NotActions: list("NotAction"),
		Resources: list("Resource"), NotResources: list("NotResource"),
		Principals: principals(o.Get("Principal"), "Principal", owner), NotPrincipals: principals(o.Get("NotPrincipal"), "NotPrincipal", owner),
		Conditions: conditions(o.Get("Condition"), owner),
	}
	if why.Text != "" {
		s.maybe(why)
	}
	w.doc.Statements = append(w.doc.Statements, s)
}

// isSet says whether a value is there.
func isSet(v value.Value) tri.Bool {
	return eachOf(v, func(v value.Value) tri.Bool {
		switch {
		case v.IsUnset():
			return tri.False
		case v.IsKnown(), v.Prefix() != "":
			return tri.True
		}
		return tri.Unknown // may turn out to be null
	})
}

// principals reads a Principal element: "*", or lists by type. A bare list is
// no valid form, but what is meant is clear.
func principals(v value.Value, name string, owner source.Span) Principals {
	p := Principals{Set: isSet(v)}
	switch {
	case v.IsUnset():
	case v.Kind() == value.KindObject && v.IsKnown():
		for _, f := range v.Fields() {
			p.Items = append(p.Items, Principal{Type: value.OfString(f.Name, f.Span), Exists: exists(f.Value),
				IDs: List{V: f.Value, Name: name + "." + f.Name, Owner: owner}})
		}
		p.Open = v.IsOpen()
	case v.Kind() == value.KindObject && v.Alternatives() != nil:
		p.Items = []Principal{{Type: value.OfString("AWS", v.Span()), Exists: tri.True, IDs: List{V: v.Get("AWS"), Name: name + ".AWS", Owner: owner}}}
		p.Open = true // of other types, which nobody asks for
	case v.Alternatives() != nil, v.Kind() == value.KindList, v.Kind() == value.KindString:
		p.Items = []Principal{{Type: value.OfString("*", v.Span()), Exists: tri.True, IDs: List{V: textsOnly(v), Name: name, Owner: owner}}}
	default:
		p.Open = true
	}
	return p
}

// textsOnly turns the objects of which a principal may be one into what is not
// known.
func textsOnly(v value.Value) value.Value {
	alts := v.Alternatives()
	if alts == nil {
		return v
	}
	out := make([]value.Value, len(alts))
	for i, a := range alts {
		out[i] = a
		if a.Kind() == value.KindObject {
			out[i] = value.OfUnknown(value.KindAny, a.Span(), v.Origin())
		}
	}
	return value.OneOf(out, v.Span(), v.Origin())
}

func exists(v value.Value) tri.Bool {
	if v.MayBeMissing() {
		return tri.Unknown
	}
	return tri.True
}

// conditions reads a Condition element: operator → key → values.
func conditions(v value.Value, owner source.Span) Conditions {
	c := Conditions{Span: place(v, owner), Origin: v.Origin()}
	switch {
	case v.IsUnset():
		return c
	case v.Kind() != value.KindObject || !v.IsKnown():
		c.Open = true
		return c
	}
	c.Open = v.IsOpen()
	for _, op := range v.Fields() {
		if op.Value.Kind() != value.KindObject || !op.Value.IsKnown() {
			c.Open = c.Open || !op.Value.IsUnset()
			continue
		}
		c.Open = c.Open || op.Value.IsOpen()
		for _, key := range op.Value.Fields() {
			c.Items = append(c.Items, Condition{
				Operator: value.OfString(op.Name, op.Span), Key: value.OfString(key.Name, key.Span), Span: key.Span,
				Values: List{V: key.Value, Name: key.Name, Owner: owner},
				Exists: tri.And(exists(op.Value), exists(key.Value)),
			})
		}
	}
	return c
}
