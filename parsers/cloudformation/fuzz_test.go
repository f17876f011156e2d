package cloudformation_test

import (
	"context"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"

	"golang.org/x/tools/txtar"
)

// No template, however broken, may make Load fail, and every span that it
// gives must lie in the file.
func FuzzLoad(f *testing.F) {
	for _, archive := range []string{small, network, tree} {
		for _, file := range txtar.Parse([]byte(archive)).Files {
			f.Add(file.Data)
		}
	}
	f.Add([]byte(`{"Resources": {"A": {"Type": "AWS::X::Y", "Properties": {"P": {"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/8", 300, 24]}]}}}}}`))
	f.Add([]byte("Resources:\n  Fn::ForEach::L: [N, [a, b], {'R${N}': {Type: 'A::B::C', Properties: {N: !Ref N}}}]\n"))
	f.Add([]byte("Conditions:\n  A: !Condition B\n  B: !Condition A\nResources:\n  R: {Type: 'A::B::C', Condition: A, Properties: {X: !If [A, !If [B, 1, 2], !Ref R]}}\n"))
	f.Add([]byte("Resources:\n  R: &r {Type: 'A::B::C', Properties: {X: *r}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		files, origins := source.NewFileSet(), value.NewOrigins()
		file, err := files.Add("t.yaml", data)
		if err != nil {
			t.Skip()
		}
		r, err := cloudformation.Load(context.Background(), cloudformation.Options{Files: files, Origins: origins, Paths: []string{"t.yaml"}})
		if err != nil {
			t.Fatal(err)
		}
		b := graph.NewBuilder(files, origins)
		for _, p := range r.Parts {
			if err := b.Add(p); err != nil {
				t.Fatal(err)
			}
			for _, n := range p.Nodes {
				if !file.Whole().Contains(n.Span) {
					t.Fatalf("%s lies outside of the file", n.Addr)
				}
				inside(t, n, n.Body)
			}
		}
		b.Freeze(graph.Options{})
	})
}

// inside checks that a value is said to be written within its node, unless a
// YAML alias or a default of SAM put it there.
func inside(t *testing.T, n *graph.Node, v value.Value) {
	t.Helper()
	if s := v.Span(); s.IsValid() && s.Pos > s.End {
		t.Fatalf("%s has a span from %d to %d", n.Addr, s.Pos, s.End)
	}
	for _, e := range v.Elems() {
		inside(t, n, e)
	}
	for _, f := range v.Fields() {
		inside(t, n, f.Value)
	}
	for _, a := range v.Alternatives() {
		inside(t, n, a)
	}
}
