package policy

import (
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// DataSource is the type of the data source that makes policy documents.
const DataSource = "aws_iam_policy_document"

// Attributes that name documents to start from and to put on top, with those
// that old versions of the provider had.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
var (
	sourceAttrs   = []string{"source_json", "source_policy_documents"}
	overrideAttrs = []string{"override_json", "override_policy_documents"}
)

// Own returns the statements that a data source aws_iam_policy_document writes
// itself, without those of other documents. Where one of them may be replaced
// by another document, it is not said.
func Own(n *graph.Node) Document {
	doc := Document{}
	v := n.Body.Get("statement")
	owner := n.Span
	switch {
	case v.IsUnset():
		return doc
	case v.Kind() == value.KindObject && v.IsKnown():
		v = value.OfList([]value.Value{v}, v.Span())
	case v.Kind() != value.KindList || v.Alternatives() != nil:
		return openDocument(unknownFact("statement", v, owner))
	}
	for _, e := range v.Elems() {
		if e.Kind() != value.KindObject && !e.IsOpen() {
			continue
		}
		doc.Statements = append(doc.Statements, ownStatement(n, len(doc.Statements), e))
	}
	if v.IsOpen() {
		f := unknownFact("statement", v, owner)
		f.Text = "there may be other statements"
		doc.Open = append(doc.Open, f)
	}
	return doc
}

// Merged returns the document that a data source aws_iam_policy_document makes,
// those that it is made of included.
func Merged(g *graph.Graph, n *graph.Node) Document {
	d := &decoder{g: g, merged: map[graph.NodeID]*Document{}}
	return d.data(n)
}

// ownStatement reads a statement block.
func ownStatement(n *graph.Node, index int, b value.Value) Statement {
	owner := b.Span()
	if !owner.IsValid() {
		owner = n.Span
	}
	list := func(name string) List { return List{V: b.Get(name), Name: name, Owner: owner} }
	s := Statement{
		Node: n, Index: index, Span: b.Span(), Owner: owner, Exists: tri.True,
		Sid: b.Get("sid"), Effect: b.Get("effect"),
		Actions: list("actions"), NotActions: list("not_actions"),
		Resources: list("resources"), NotResources: list("not_resources"),
		Principals: principalBlocks(b.Get("principals"), "principals", owner), NotPrincipals: principalBlocks(b.Get("not_principals"), "not_principals", owner),
		Conditions: conditionBlocks(b.Get("condition"), owner),
	}
	if s.Effect.IsUnset() {
		s.Effect = value.OfString("Allow", source.Span{})
	}
	if b.MayBeMissing() {
		s.maybe(value.Fact{Text: "whether the statement is there is not known", Span: place(b, owner), Origin: b.Origin(), Open: true})
	}
	return s
}

// blocks returns the blocks of a name, and whether there may be others.
func blocks(v value.Value) (list []value.Value, open bool) {
	switch {
	case v.IsUnset():
		return nil, false
	case v.Kind() == value.KindObject && v.IsKnown():
		return []value.Value{v}, false
	case v.Kind() == value.KindList && v.Alternatives() == nil:
		return v.Elems(), v.IsOpen()
	}
	return nil, true
}

func principalBlocks(v value.Value, name string, owner source.Span) Principals {
	list, open := blocks(v)
	p := Principals{Open: open, Set: tri.False}
	if open {
		p.Set = tri.Unknown
	}
	for _, b := range list {
		item := Principal{Type: b.Get("type"), Exists: exists(b), IDs: List{V: b.Get("identifiers"), Name: name + ".identifiers", Owner: owner}}
		p.Items = append(p.Items, item)
		p.Set = tri.Or(p.Set, item.Exists)
	}
	return p
}

func conditionBlocks(v value.Value, owner source.Span) Conditions {
	list, open := blocks(v)
	c := Conditions{Open: open, Span: place(v, owner), Origin: v.Origin()}
	for _, b := range list {
		c.Items = append(c.Items, Condition{Operator: b.Get("test"), Key: b.Get("variable"), Span: place(b, owner), Exists: exists(b),
			Values: List{V: b.Get("values"), Name: "condition.values", Owner: owner}})
	}
	return c
}

// data reads the document of a data source: the statements of its source
// documents, of which its own replace those with the same sid, and the override
// documents, which do the same with all before.
func (d *decoder) data(n *graph.Node) Document {
	if doc, seen := d.merged[n.ID]; seen {
		if doc == nil {
			return openDocument(value.Fact{Text: n.Addr + " is made of itself", Span: n.Span.Head(), Open: true})
		}
		return *doc
	}
	d.merged[n.ID] = nil
	var m merger
	for _, attr := range sourceAttrs {
		for _, part := range d.parts(n, attr) {
			m.add(part)
		}
	}
	m.override(Own(n))
	for _, attr := range overrideAttrs {
		for _, part := range d.parts(n, attr) {
			m.override(part)
		}
	}
	d.merged[n.ID] = &m.doc
	return m.doc
}

// parts reads the documents that an attribute lists.
func (d *decoder) parts(n *graph.Node, attr string) []Document {
	v := n.Body.Get(attr)
	if v.IsUnset() {
		return nil
	}
	if v.Kind() != value.KindList || v.Alternatives() != nil {
		return []Document{d.document(n, attr, v)}
	}
	var out []Document
	for _, e := range v.Elems() {
		doc := d.document(n, attr, e)
		if e.MayBeMissing() {
			doc = doc.maybe(value.Fact{Text: "whether it is among " + attr + " is not known", Span: place(e, n.Span), Origin: e.Origin(), Open: true})
		}
		out = append(out, doc)
	}
	if v.IsOpen() {
		f := unknownFact(attr, v, n.Span)
		f.Text = attr + " may have other documents"
		out = append(out, openDocument(f))
	}
	return out
}

// merger puts documents together.
type merger struct {
	doc  Document
	seen map[statementKey]bool
}

// statementKey is what a statement is known by.
type statementKey struct {
	node  *graph.Node
	index int
	span  source.Span
}

// add appends a document. What was there before stays; a document that comes in
// twice does not count twice.
func (m *merger) add(part Document) {
	for _, s := range part.All() {
		key := statementKey{s.Node, s.Index, s.Span}
		if !m.seen[key] {
			m.doc.Statements = append(m.doc.Statements, s)
		}
		if m.seen == nil {
			m.seen = map[statementKey]bool{}
		}
		m.seen[key] = true
	}
	m.doc.Open = append(m.doc.Open, part.Opens()...)
}

// override appends a document whose statements replace those before that have
// the same sid. Statements without one are never replaced.
func (m *merger) override(part Document) {
	open := part.Opens()
	var over []Statement // those that can replace something
	for _, s := range part.All() {
		if hasSid(s.Sid) != tri.False {
			over = append(over, s)
		}
	}
	kept := m.doc.Statements[:0:0]
	for _, s := range m.doc.Statements {
		replaced := tri.False
		for i := range over {
			replaced = tri.Or(replaced, tri.And(over[i].Exists, sameSid(s.Sid, over[i].Sid)))
		}
		if len(open) > 0 && hasSid(s.Sid) != tri.False {
			replaced = tri.Or(replaced, tri.Unknown)
		}
		if replaced == tri.True {
			continue
		}
		if replaced == tri.Unknown {
			s.maybe(value.Fact{Text: "another document may replace the statement", Span: s.Span, Open: true})
		}
		kept = append(kept, s)
	}
	m.doc.Statements = kept
	m.add(part)
}

func hasSid(v value.Value) tri.Bool {
	return eachOf(v, func(v value.Value) tri.Bool {
		if v.IsUnset() {
			return tri.False
		}
		if text, ok := v.Str(); ok {
			return tri.Of(text != "")
		}
		if v.Prefix() != "" {
			return tri.True
		}
		return tri.Unknown
	})
}

func sameSid(a, b value.Value) tri.Bool {
	return eachOf(a, func(a value.Value) tri.Bool {
		return eachOf(b, func(b value.Value) tri.Bool {
			x, okA := a.Str()
			y, okB := b.Str()
			switch {
			case okA && okB:
				return tri.Of(x == y && x != "")
			case hasSid(a) == tri.False || hasSid(b) == tri.False:
				return tri.False
			}
			return tri.Unknown
		})
	})
}
