package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// estate builds graphs by hand. Each node gets a stretch of a file of its own, so
// that spans tell nodes apart.
type estate struct {
	t       *testing.T
	files   *source.FileSet
	origins *value.Origins
	parts   []*graph.Part
}

func newEstate(t *testing.T) *estate {
	t.Helper()
	return &estate{t: t, files: source.NewFileSet(), origins: value.NewOrigins()}
}

// unit adds an empty unit.
func (e *estate) unit(key string) *graph.Part {
	p := &graph.Part{Unit: &graph.Unit{Key: key, Dir: key}}
	e.parts = append(e.parts, p)
	return p
}

// node adds a managed resource whose type is the last but one step of its address.
func (e *estate) node(p *graph.Part, addr string, fields ...value.Field) *graph.Node {
	e.t.Helper()
	f, err := e.files.Add(p.Unit.Key+"/"+addr, []byte(addr))
	if err != nil {
		e.t.Fatal(err)
	}
	bare := addr
	if i := strings.IndexByte(addr[strings.LastIndexByte(addr, '.'):], '['); i >= 0 {
		bare = addr[:strings.LastIndexByte(addr, '.')+i]
	}
	steps := strings.Split(bare, ".")
	n := &graph.Node{Addr: addr, Type: steps[len(steps)-2], Name: steps[len(steps)-1], Exists: tri.True, Span: f.Whole(),
		Body: value.OfObject(fields, f.Whole())}
	p.Nodes = append(p.Nodes, n)
	return n
}

// freeze builds the graph. The links and folds are those of a little world of
// buckets, policies, subnets and instances.
func (e *estate) freeze() (*graph.Graph, []source.Diagnostic) {
	e.t.Helper()
	b := graph.NewBuilder(e.files, e.origins)
	for _, p := range e.parts {
		if err := b.Add(p); err != nil {
			e.t.Fatal(err)
		}
	}
	return b.Freeze(graph.Options{
		Links: []graph.Link{
			{Type: "policy", Attr: "bucket", To: []graph.Named{{Type: "bucket", By: []string{"name"}}}},
			{Type: "tag", Attr: "bucket", To: []graph.Named{{Type: "bucket", By: []string{"name"}}}},
			{Type: "instance", Attr: "subnet", To: []graph.Named{{Type: "subnet"}}},
			{Type: "instance", Attr: "nic.groups", To: []graph.Named{{Type: "group", By: []string{"name"}}}},
		},
		Folds: []graph.Fold{
			{Satellite: "policy", Attr: "bucket", Parents: []string{"bucket"}, Single: true},
			{Satellite: "tag", Attr: "bucket", Parents: []string{"bucket"}},
		},
	})
}

func field(name string, v value.Value) value.Field { return value.Field{Name: name, Value: v} }

func text(s string) value.Value { return value.OfString(s, source.Span{Pos: 1, End: 2}) }

func unknown() value.Value { return value.OfUnknown(value.KindAny, source.Span{Pos: 1, End: 2}, 0) }

// id refers to the id of a resource.
func id(addr string) value.Value {
	return value.OfUnknown(value.KindString, source.Span{Pos: 1, End: 2}, 0).WithRefs(value.Ref{Addr: addr, Attr: "id"})
}

func idIn(unit, addr string) value.Value {
	return value.OfUnknown(value.KindString, source.Span{Pos: 1, End: 2}, 0).WithRefs(value.Ref{Unit: unit, Addr: addr, Attr: "id"})
}

func list(vs ...value.Value) value.Value { return value.OfList(vs, source.Span{Pos: 1, End: 2}) }

func either(vs ...value.Value) value.Value { return value.OneOf(vs, source.Span{Pos: 1, End: 2}, 0) }

// edges writes the edges that start at a node: "subnet → a/subnet.x (true)".
func edges(g *graph.Graph, n *graph.Node) string {
	var out []string
	for e := range g.Out(n.ID) {
		to := g.Node(e.To)
		name := to.Addr
		if to.Unit != nil && to.Unit != n.Unit {
			name = to.Unit.Key + "/" + name
		}
		if to.Mode == graph.External {
			name = "<" + to.Name + ">" // the identity, not what users call it
		}
		out = append(out, fmt.Sprintf("%s → %s %v", e.Label, name, e.Exists))
	}
	return strings.Join(out, "; ")
}

// parts writes the satellites of a node, and why there may be more.
func parts(g *graph.Graph, n *graph.Node, typ string) string {
	s := g.Satellites(n, typ)
	var out []string
	for _, i := range s.Items {
		out = append(out, fmt.Sprintf("%s %v", i.Node.Addr, i.Sure))
	}
	for _, f := range s.Open {
		out = append(out, "open: "+f.Text)
	}
	return strings.Join(out, "; ")
}
