package policy

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// holed makes a text of which the pieces «…» are not known. «@addr» is an
// attribute that another resource gives.
func holed(s string) value.Value {
	var parts []value.Value
	for s != "" {
		known, rest, more := strings.Cut(s, "«")
		if known != "" {
			parts = append(parts, value.OfString(known, source.Span{}))
		}
		if !more {
			break
		}
		name, after, _ := strings.Cut(rest, "»")
		v := value.OfUnknown(value.KindAny, source.Span{}, 0)
		if addr, ok := strings.CutPrefix(name, "@"); ok {
			v = v.WithRefs(value.Ref{Addr: addr, Attr: "arn"})
		}
		parts = append(parts, v)
		s = after
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return value.OfParts(parts, source.Span{})
}

// decoded reads a document that is written as text.
func decoded(t *testing.T, s string) Document {
	t.Helper()
	g, n := stage(t)
	return Decode(g, n, "policy", holed(s))
}

// stage is a graph with one node.
func stage(t testing.TB) (*graph.Graph, *graph.Node) {
	t.Helper()
	n := &graph.Node{Type: "aws_iam_policy", Addr: "aws_iam_policy.p", Exists: tri.True, Body: value.OfObject(nil, source.Span{})}
	b := graph.NewBuilder(source.NewFileSet(), value.NewOrigins())
	if err := b.Add(&graph.Part{Unit: &graph.Unit{Key: "."}, Nodes: []*graph.Node{n}}); err != nil {
		t.Fatal(err)
	}
	g, _ := b.Freeze(graph.Options{})
	return g, n
}

// brief writes a document in short: its statements by name, those that are not
// sure with a question mark, and "…" for what may follow.
func brief(d Document) string {
	var out []string
	for _, s := range d.All() {
		text := s.Name()
		if s.Exists != tri.True {
			text = "?" + text
		}
		out = append(out, text)
	}
	if len(d.Opens()) > 0 {
		out = append(out, "…")
	}
	return strings.Join(out, "; ")
}

// listOf is a list of texts, which may have holes.
func listOf(texts ...string) value.Value {
	elems := make([]value.Value, len(texts))
	for i, s := range texts {
		elems[i] = holed(s)
	}
	return value.OfList(elems, source.Span{})
}
