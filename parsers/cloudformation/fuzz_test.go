package cloudformation_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// No template, however broken, may make Load fail or show a fault of it, and every
// span that it gives must lie in the file.
func FuzzLoad(f *testing.F) {
	for _, archive := range []string{small, network, tree, storing, storeModule, intrinsics} {
		for _, file := range txtar.Parse([]byte(archive)).Files {
			f.Add(file.Data)
		}
	}
	f.Add([]byte(`{"Resources": {"A": {"Type": "AWS::X::Y", "Properties": {"P": {"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/8", 300, 24]}]}}}}}`))
	f.Add([]byte("Resources:\n  Fn::ForEach::L: [N, [a, b], {'R${N}': {Type: 'A::B::C', Properties: {N: !Ref N}}}]\n"))
	f.Add([]byte("Conditions:\n  A: !Condition B\n  B: !Condition A\nResources:\n  R: {Type: 'A::B::C', Condition: A, Properties: {X: !If [A, !If [B, 1, 2], !Ref R]}}\n"))
	f.Add([]byte("Resources:\n  R: &r {Type: 'A::B::C', Properties: {X: *r}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzed(t, nil, map[string][]byte{templateName(data): data})
	})
}

// The same for the value of one property, among all that it may refer to.
func FuzzProperty(f *testing.F) {
	for _, text := range expressions {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			t.Skip("too long to tell more than a short one")
		}
		fuzzed(t, nil, map[string][]byte{"t.yaml": withProperty(text)})
	})
}

// Templates that depend on each other: one nests, imports and reads from the other, and
// both use a third one as a module.
func FuzzStacks(f *testing.F) {
	const parent = `
Parameters: {P: {Type: "AWS::SSM::Parameter::Value<String>", Default: /p}}
Resources:
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml, Parameters: {X: !Ref P}, Tags: [{Key: env, Value: !Ref P}]}}
  M: {Type: A::B::MODULE, Properties: {X: !GetAtt Child.Outputs.O}, DependsOn: Child}
  R: {Type: A::B::C, DependsOn: M, Properties: {X: !Ref M.R, Y: !Sub "${M.R.Arn}", I: !ImportValue e}}
`
	const child = `
Parameters: {X: {Type: String, AllowedValues: [a, b]}}
Conditions: {C: !Equals [!Ref X, a]}
Resources:
  S: {Type: AWS::SSM::Parameter, Properties: {Name: /p, Type: String, Value: !Sub "{{resolve:ssm:/q/${X}}}"}}
  N: {Type: A::B::MODULE, Condition: C, Properties: {X: !Ref X}}
Outputs: {O: {Value: !Ref X}, E: {Condition: C, Value: !GetAtt N.R.Arn, Export: {Name: e}}}
`
	const module = `
Parameters: {X: {Type: String, Default: d}}
Resources:
  R: {Type: A::B::D, Properties: {X: !Ref X}}
Outputs: {O: {Value: !Ref R}}
`
	f.Add([]byte(parent), []byte(child), []byte(module))
	f.Add([]byte(parent), []byte(parent), []byte(parent))
	f.Add([]byte(child), []byte(child), []byte(child))
	tree := moduleProject(f)
	f.Fuzz(func(t *testing.T, a, b, m []byte) {
		fuzzed(t, tree, map[string][]byte{"a.yaml": a, "b.yaml": b, "m/fragments/m.yaml": m})
	})
}

// moduleProject is a tree in which m/fragments is that of the module A::B::MODULE.
func moduleProject(f *testing.F) *source.Tree {
	f.Helper()
	dir := f.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "m"), 0o755); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "m", ".rpdk-config"), []byte(`{"typeName": "A::B::MODULE"}`), 0o644); err != nil {
		f.Fatal(err)
	}
	tree, err := source.NewTree(dir)
	if err != nil {
		f.Fatal(err)
	}
	return tree
}

// templateName gives JSON the name of such a file.
func templateName(data []byte) string {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return "t.json"
	}
	return "t.yaml"
}

// fuzzed loads templates, and holds what must hold of all.
func fuzzed(t *testing.T, tree *source.Tree, contents map[string][]byte) {
	t.Helper()
	files, origins := source.NewFileSet(), value.NewOrigins()
	opt := cloudformation.Options{Tree: tree, Files: files, Origins: origins}
	for name, data := range contents {
		if _, err := files.Add(name, data); err != nil {
			t.Skip("not a text that a scan takes:", err)
		}
		opt.Paths = append(opt.Paths, name)
	}
	r, err := cloudformation.Load(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range r.Faults {
		t.Fatal(fault)
	}
	b := graph.NewBuilder(files, origins)
	for _, p := range r.Parts {
		if err := b.Add(p); err != nil {
			t.Fatal(err)
		}
		for _, n := range p.Nodes {
			if f := files.File(n.Span.Pos); f == nil || !f.Whole().Contains(n.Span) {
				t.Fatalf("%s lies outside of its file", n.Addr)
			}
			inside(t, n, n.Body)
		}
	}
	b.Freeze(graph.Options{})
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
