package cloudformation_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// expressions use each intrinsic function once, as it is meant.
var expressions = []string{
	`!Ref Name`, `!Ref Other`, `!GetAtt Other.Arn`, `{"Fn::GetAtt": [Other, Arn]}`, `!Sub "${Name}-${Other.Arn}-${AWS::Region}"`, `!Sub ["${x}", {x: !Ref Name}]`,
	`!Join [",", [a, !Ref Name]]`, `!Select [1, [a, b]]`, `!Split [",", "a,b"]`, `!If [IsProd, a, !Ref AWS::NoValue]`, `!FindInMap [Sizes, prod, size]`,
	`!FindInMap [Sizes, !Ref Env, none, {DefaultValue: x}]`, `!Base64 text`, `!Cidr [10.0.0.0/16, 2, 8]`, `!GetAZs ""`, `!ImportValue name`,
	`{"Fn::Length": [a, b]}`, `{"Fn::ToJsonString": {a: !Ref Name}}`, `{"Fn::GetStackOutput": {StackName: a, OutputName: b}}`, `{"Fn::Transform": {Name: AWS::Include, Parameters: {Location: x}}}`,
	`!Equals [a, b]`, `!And [!Condition IsProd, !Equals [a, b]]`, `!Not [!Condition IsProd]`, `!Or [!Condition IsProd, !Condition IsProd]`,
	`{"Fn::ForEach::L": [X, [a, b], {"k${X}": !Ref X}]}`, `"{{resolve:ssm:/a}}"`, `!Sub "{{resolve:ssm:/a/${Name}}}"`, `{"Fn::RefAll": AWS::EC2::VPC::Id}`,
	`[!Ref AWS::NoValue, {a: !If [IsProd, {b: 1}, {c: 2}]}]`,
}

// withProperty is a template with a resource that has that for a property, and one
// beside it that is whole.
func withProperty(text string) []byte {
	return fmt.Appendf(nil, `AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Name: {Type: String, Default: shop}
  Env: {Type: String, AllowedValues: [dev, prod]}
  List: {Type: CommaDelimitedList, Default: "a,b"}
Mappings: {Sizes: {prod: {size: large}, dev: {size: small}}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  Other: {Type: AWS::Test::Other, Properties: {Kept: !Ref Name}}
  Changed:
    Type: AWS::Test::Changed
    Properties:
      P: %s
`, text)
}

// intrinsics is a template with all of them.
var intrinsics = func() string {
	var b strings.Builder
	b.WriteString("-- intrinsics.yaml --\n")
	b.Write(withProperty("1"))
	for i, text := range expressions {
		fmt.Fprintf(&b, "      P%d: %s\n", i, text)
	}
	return b.String()
}()

// loadText loads one template that stands in memory.
func loadText(t *testing.T, name string, data []byte) *scan {
	t.Helper()
	s := &scan{t: t, files: source.NewFileSet(), origins: value.NewOrigins()}
	if _, err := s.files.Add(name, data); err != nil {
		t.Fatal(err)
	}
	var err error
	s.result, err = cloudformation.Load(context.Background(), cloudformation.Options{Files: s.files, Origins: s.origins, Paths: []string{name}})
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range s.result.Faults {
		t.Error(fault)
	}
	return s
}

// wrong are values of all types, most of which a function does not take.
var wrong = []string{"null", "1", "-1", "1.5", "true", `""`, "text", "[]", "[[]]", "{}", "{a: b}", "[a, b, c, d, e, f]", "!Ref Name", "!Ref Gone", "!Ref AWS::NoValue",
	"!GetAtt Other.X", "!Ref List", "!If [Gone, a, b]", "{Ref: Name, Other: x}", "2001-01-01", "!Unknown x"}

// What is wrong in one function costs that property alone: the template is still
// read, and what is beside it is as it was.
func TestWrongTypes(t *testing.T) {
	for _, text := range expressions {
		for _, mutated := range mutations(t, text) {
			s := loadText(t, "t.yaml", withProperty(mutated))
			if got := s.result.Status["t.yaml"]; got.Kind != cloudformation.Template {
				t.Errorf("%s: the template is %s", mutated, got.Kind)
				continue
			}
			if other := s.node("Other"); other == nil || show(other.Body.Get("Kept")) != `"shop"` {
				t.Errorf("%s: the resource beside it is lost", mutated)
			}
			if s.node("Changed") == nil {
				t.Errorf("%s: the resource is lost", mutated)
			}
			for _, d := range s.result.Diagnostics {
				if p := s.files.Position(d.Span.Pos); p.Line < 12 {
					t.Errorf("%s: line %d: %s", mutated, p.Line, d.Message)
				}
			}
			s.graph(graph.Options{})
		}
	}
}

// mutations puts each of the wrong values in the place of each part of an expression.
func mutations(t *testing.T, text string) []string {
	t.Helper()
	f, err := source.NewFileSet().Add("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	docs, _ := syntax.Parse(f)
	if len(docs) != 1 {
		t.Fatalf("%s is no expression", text)
	}
	var out []string
	var walk func(n *syntax.Node)
	walk = func(n *syntax.Node) {
		at := n.Span // without the tag: the function stays, and its argument changes
		for _, w := range wrong {
			if n.Tag != "" && strings.HasPrefix(w, "!") {
				continue // one value has one tag
			}
			out = append(out, text[:f.Offset(at.Pos)]+w+text[f.Offset(at.End):])
		}
		for _, i := range n.Items {
			walk(i)
		}
		for _, p := range n.Pairs {
			walk(p.Value)
		}
	}
	walk(docs[0])
	return out
}

const bracketed = `{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Parameters": {"Name": {"Type": "String", "Default": "shop"}},
  "Resources": {
    "First": {"Type": "AWS::Test::First", "Properties": {"P": {"Ref": "Name"}, "L": [1, 2]}},
    "Second": {
      "Type": "AWS::Test::Second",
      "Properties": {"Q": {"Fn::Join": ["-", ["a", {"Ref": "Name"}]]}}
    }
  }
}
`

// A bracket, quote, comma or colon that is missing or too much is told, and no file is
// silently taken for something else.
func TestLostPunctuation(t *testing.T) {
	for i, c := range bracketed {
		inText := strings.Count(bracketed[:i], `"`)%2 == 1 && c != '"'
		if !strings.ContainsRune(`{}[]",:`, c) || inText {
			continue
		}
		for what, text := range map[string]string{"lost": bracketed[:i] + bracketed[i+1:], "doubled": bracketed[:i] + string(c) + bracketed[i:]} {
			if strings.HasPrefix(text, "{{") {
				continue // the file of a template engine
			}
			s := loadText(t, "t.json", []byte(text))
			status := s.result.Status["t.json"]
			if status.Kind != cloudformation.Template && status.Kind != cloudformation.Broken {
				t.Errorf("%c %s at %d: the file is %s (%s)", c, what, i, status.Kind, status.Reason)
			}
			if len(s.result.Diagnostics) == 0 {
				t.Errorf("%c %s at %d is not told", c, what, i)
			}
			for _, p := range s.result.Parts {
				if !p.Unit.Broken && status.Kind == cloudformation.Template && len(p.Nodes) < 2 {
					t.Errorf("%c %s at %d: %d resources, and the unit is said to be whole", c, what, i, len(p.Nodes))
				}
			}
		}
	}
}

// A key that is there twice is told with its line, and its value is not known.
func TestDoubledKeys(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(string(withProperty("{a: x}"))), "\n")
	for i, line := range lines {
		doubled := strings.Join(append(append(append([]string{}, lines[:i+1]...), line), lines[i+1:]...), "\n")
		if strings.HasSuffix(line, ":") {
			continue // its value would be empty
		}
		s := loadText(t, "t.yaml", []byte(doubled))
		told := false
		for _, d := range s.result.Diagnostics {
			told = told || d.Code == "duplicate-key" && s.files.Position(d.Span.Pos).Line == i+2
		}
		if !told {
			t.Errorf("line %d is there twice, and the diagnostics are\n%s", i+1, s.diagnostics())
		}
		if s.node("Other") == nil || s.node("Changed") == nil {
			t.Errorf("line %d is there twice, and a resource is lost", i+1)
		}
	}
	s := loadText(t, "t.yaml", withProperty("{a: x, a: y}"))
	if v := s.must("Changed").Body.Path("P.a"); !v.IsUnknown() {
		t.Errorf("a value that is there twice is %s", show(v))
	}
}

// Aliases stand for what they name, and those that name themselves are told.
func TestAliases(t *testing.T) {
	s := loadText(t, "t.yaml", []byte(`AWSTemplateFormatVersion: "2010-09-09"
Parameters: {Name: {Type: String, Default: shop}}
Resources:
  A: {Type: AWS::Test::A, Properties: &props {X: !Ref Name, L: [&one 1, *one]}}
  B: {Type: AWS::Test::B, Properties: *props}
  C: {Type: AWS::Test::C, Properties: &self {X: 1, Y: *self}}
  D: {Type: AWS::Test::D, Properties: {X: *gone}}
  E: {Type: AWS::Test::E, Properties: {<<: *props, Y: 1}}
`))
	if got := show(s.must("B").Body.Get("X")) + show(s.must("B").Body.Get("L")); got != `"shop"[1, 1]` {
		t.Errorf("the alias stands for %s", got)
	}
	if v := s.must("C").Body.Get("Y"); !v.IsUnknown() {
		t.Errorf("what names itself is %s", show(v))
	}
	lines := map[int]bool{}
	for _, d := range s.result.Diagnostics {
		lines[s.files.Position(d.Span.Pos).Line] = true
	}
	for line := 6; line <= 8; line++ {
		if !lines[line] {
			t.Errorf("line %d is not told:\n%s", line, s.diagnostics())
		}
	}
}
