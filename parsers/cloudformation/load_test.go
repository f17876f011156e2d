package cloudformation_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

const small = `
-- net/template.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod]}
  Key: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  Never: !Equals [a, b]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    Metadata: {Note: !Ref Env}
    Properties:
      BucketName: !Sub "logs-${Env}"
  Policy:
    Type: AWS::S3::BucketPolicy
    Condition: IsProd
    DependsOn: Bucket
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
          - Effect: Allow
            Resource: !Sub "${Bucket.Arn}/*"
            Condition: {Bool: {"aws:SecureTransport": "true"}}
  Gone:
    Type: AWS::SNS::Topic
    Condition: Never
  Bare:
    Type: AWS::SQS::Queue
`

func TestNodes(t *testing.T) {
	s := load(t, small, cloudformation.Options{})
	if d := s.diagnostics(); d != "" {
		t.Error(d)
	}
	u := s.result.Parts[0].Unit
	if u.Key != "net/template.yaml" || u.Path != "net/template.yaml" || u.Dir != "net" || u.Lang != graph.CloudFormation || u.Kind != graph.Root || u.Broken {
		t.Errorf("unit %+v", u)
	}
	if got := s.text(u.Anchor); got != "Resources" {
		t.Errorf("the unit is anchored at %q", got)
	}
	if got := show(u.Inputs.Get("Env")); got != `"dev"|"prod"` {
		t.Errorf("input Env is %s", got)
	}
	if got := s.result.Status["net/template.yaml"]; got != (cloudformation.FileStatus{Kind: cloudformation.Template, Resources: 4, Excluded: 1}) {
		t.Errorf("status %+v", got)
	}

	b := s.must("Bucket")
	if b.Type != "AWS::S3::Bucket" || b.Name != "Bucket" || b.Mode != graph.Managed || b.Exists != tri.True {
		t.Errorf("Bucket %+v", b)
	}
	if got := s.text(b.Span); !strings.HasPrefix(got, "Bucket:\n") || !strings.HasSuffix(got, `"logs-${Env}"`) {
		t.Errorf("Bucket spans %q", got)
	}
	if b.Body.Span() != b.Span {
		t.Errorf("the body spans %q", s.text(b.Body.Span()))
	}
	if got := show(b.Body.Get("BucketName")); got != `"logs-dev"|"logs-prod"` {
		t.Errorf("BucketName is %s", got)
	}
	if got := show(b.Meta.Get("DeletionPolicy")); got != `"Retain"` {
		t.Errorf("DeletionPolicy is %s", got)
	}
	if got := show(b.Meta.Path("Metadata.Note")); got != `"dev"|"prod"` {
		t.Errorf("Metadata is %s", got)
	}

	p := s.must("Policy")
	if p.Exists != tri.Unknown {
		t.Errorf("Policy exists: %s", p.Exists)
	}
	var names []string
	for _, o := range s.origins.Chain(p.ExistsWhy) {
		names = append(names, o.Name)
	}
	if got := strings.Join(names, " "); got != "Conditions.IsProd Parameters.Env" {
		t.Errorf("Policy may exist because of %s", got)
	}
	if got := show(p.Meta.Get("Condition")); got != `"IsProd"` {
		t.Errorf("Condition is %s", got)
	}
	if s.node("Gone") != nil {
		t.Error("a resource that is never made is a node")
	}
	if bare := s.must("Bare"); !bare.Body.IsKnown() || bare.Body.IsOpen() || !bare.Body.Get("KmsMasterKeyId").IsAbsent() {
		t.Error("a resource without properties has an open body")
	}
}

func TestEdges(t *testing.T) {
	s := load(t, small, cloudformation.Options{})
	const want = `Policy -Bucket-> Bucket (Ref)
Policy -DependsOn-> Bucket
Policy -PolicyDocument.Statement.Resource-> Bucket (Arn)`
	if got := edges(s.graph(graph.Options{})); got != want {
		t.Errorf("edges\n%s\nwant\n%s", got, want)
	}
}

func TestGivenParameters(t *testing.T) {
	s := load(t, small, cloudformation.Options{Parameters: map[string]string{"Env": "prod"}, World: "prod"})
	if p := s.must("Policy"); p.Exists != tri.True {
		t.Errorf("Policy exists: %s", p.Exists)
	}
	if u := s.result.Parts[0].Unit; u.Key != "net/template.yaml@prod" || u.World != "prod" {
		t.Errorf("unit %+v", u)
	}
	s = load(t, small, cloudformation.Options{Parameters: map[string]string{"Env": "dev"}})
	if s.node("Policy") != nil {
		t.Error("Policy is a node although its condition is false")
	}
}

// References to a resource that may not exist may not exist, and say when they
// do. Where both exist together, so does the reference.
func TestEdgesToConditional(t *testing.T) {
	s := load(t, `
-- t.yaml --
Parameters: {On: {Type: String}}
Conditions:
  C: !Equals [!Ref On, "yes"]
Resources:
  Key: {Type: AWS::KMS::Key, Condition: C}
  A: {Type: AWS::S3::Bucket, Properties: {K: !Ref Key}}
  B: {Type: AWS::S3::Bucket, Properties: {K: !If [C, !Ref Key, !Ref "AWS::NoValue"]}}
  D: {Type: AWS::S3::Bucket, Properties: {K: [!If [C, !Ref Key, !Ref "AWS::NoValue"]]}}
  E: {Type: AWS::S3::Bucket, Condition: C, Properties: {K: !If [C, !Ref Key, none]}}
`, cloudformation.Options{})
	const want = "A -K-> Key (Ref)?\nB -K-> Key (Ref)?\nD -K-> Key (Ref)?\nE -K-> Key (Ref)"
	g := s.graph(graph.Options{})
	if got := edges(g); got != want {
		t.Errorf("edges\n%s\nwant\n%s", got, want)
	}
	for _, e := range g.Edges() {
		if got := e.When.String(); got != "On=yes" {
			t.Errorf("%s refers to the key when %q", g.Node(e.From).Addr, got)
		}
	}
	if got := show(s.must("E").Body.Get("K")); got != "?Key.Ref" {
		t.Errorf("E refers to %s", got)
	}
}

func TestStatus(t *testing.T) {
	s := load(t, `
-- deploy.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Values.name }}"}
-- chart.yaml --
{{- if .Values.enabled }}
kind: Service
{{- end }}
-- package.json --
{"name": "x", "dependencies": {"Resources": "1"}}
-- broken.json --
{"name": "x",
-- broken.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  A:
    Type: AWS::S3::Bucket
    Properties: {BucketName: [a
  B:
    Type: AWS::S3::Bucket
-- good.yaml --
Resources:
  A: {Type: AWS::S3::Bucket}
-- list.yaml --
- AWSTemplateFormatVersion
- Resources
`, cloudformation.Options{Paths: []string{"missing.yaml"}})
	want := map[string]cloudformation.StatusKind{
		"deploy.yaml": cloudformation.NotTemplate, "chart.yaml": cloudformation.NotTemplate, "package.json": cloudformation.NotTemplate,
		"broken.json": cloudformation.NotTemplate, "broken.yaml": cloudformation.Template, "good.yaml": cloudformation.Template,
		"list.yaml": cloudformation.NotTemplate, "missing.yaml": cloudformation.Broken,
	}
	for p, kind := range want {
		got := s.result.Status[p]
		if got.Kind != kind {
			t.Errorf("%s is %s (%s), want %s", p, got.Kind, got.Reason, kind)
		}
		if kind != cloudformation.Template && got.Reason == "" {
			t.Errorf("%s: no reason is given", p)
		}
	}
	if got := s.diagnostics(); got != "broken.yaml:5 cloudformation-syntax\nmissing.yaml file-unreadable" {
		t.Errorf("diagnostics\n%s", got)
	}
	for _, p := range s.result.Parts {
		if p.Unit.Broken != (p.Unit.Path == "broken.yaml") {
			t.Errorf("%s: broken %v", p.Unit.Path, p.Unit.Broken)
		}
	}
	if b := s.node("B"); b == nil || b.Body.IsOpen() {
		t.Error("the resource behind a broken one is lost")
	}
}

// A mistake in one resource costs that resource alone.
func TestMistakes(t *testing.T) {
	s := load(t, `
-- t.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Conditions:
  C: !Equals [a, a]
Resources:
  NoType: {Properties: {A: 1}}
  Text: hello
  List: {Type: "AWS::S3::Bucket", Properties: [a]}
  Twice:
    Type: AWS::S3::Bucket
    Properties:
      A: 1
      B: 2
      A: 3
  Nested:
    Type: AWS::S3::Bucket
    Properties:
      In: {A: 1, A: 2, B: 3}
      A: 4
  BadCondition: {Type: "AWS::S3::Bucket", Condition: {Ref: C}}
  NoCondition: {Type: "AWS::S3::Bucket", Condition: Nobody}
  Fine: {Type: "AWS::S3::Bucket", Properties: {A: 1}}
`, cloudformation.Options{})
	const want = `t.yaml:5 cloudformation-structure
t.yaml:6 cloudformation-structure
t.yaml:7 cloudformation-structure
t.yaml:13 duplicate-key
t.yaml:17 duplicate-key
t.yaml:19 cloudformation-condition
t.yaml:20 cloudformation-condition`
	if got := s.diagnostics(); got != want {
		t.Errorf("diagnostics\n%s\nwant\n%s", got, want)
	}
	if s.node("NoType") != nil || s.node("Text") != nil {
		t.Error("what has no type is a node")
	}
	if !s.result.Parts[0].Unit.Broken {
		t.Error("the unit is not marked as broken")
	}
	if list := s.must("List"); !list.Body.IsOpen() {
		t.Error("List claims to have no properties")
	}
	twice := s.must("Twice").Body
	if !twice.IsOpen() || twice.Get("A").IsKnown() || show(twice.Get("B")) != "2" {
		t.Errorf("Twice: A is %s, B is %s", show(twice.Get("A")), show(twice.Get("B")))
	}
	nested := s.must("Nested").Body
	if nested.Path("In.A").IsKnown() || show(nested.Path("In.B")) != "3" || show(nested.Get("A")) != "4" {
		t.Errorf("Nested: %s %s %s", show(nested.Path("In.A")), show(nested.Path("In.B")), show(nested.Get("A")))
	}
	for _, id := range []string{"BadCondition", "NoCondition"} {
		if n := s.must(id); n.Exists != tri.Unknown || n.ExistsWhy == 0 {
			t.Errorf("%s exists: %s", id, n.Exists)
		}
	}
	if fine := s.must("Fine"); fine.Body.IsOpen() || fine.Exists != tri.True {
		t.Error("Fine is not fine")
	}
}

func TestSections(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no resources", "AWSTemplateFormatVersion: '2010-09-09'\n", "t.yaml:1 cloudformation-structure"},
		{"resources are a list", "AWSTemplateFormatVersion: '2010-09-09'\nResources: [a]\n", "t.yaml:2 cloudformation-structure"},
		{"parameters are a list", "Parameters: [a]\nResources: {A: {Type: 'AWS::S3::Bucket'}}\n", "t.yaml:1 cloudformation-structure"},
		{"conditions are a list", "Conditions: [a]\nResources: {A: {Type: 'AWS::S3::Bucket'}}\n", "t.yaml:1 cloudformation-structure"},
		{"macro", "Transform: Mine\nResources: {A: {Type: 'AWS::S3::Bucket'}}\n", "t.yaml:1 cloudformation-macro"},
		{"macros", "Transform: ['AWS::LanguageExtensions', Mine]\nResources: {A: {Type: 'AWS::S3::Bucket'}}\n", "t.yaml:1 cloudformation-macro"},
		{"known transforms", "Transform: ['AWS::LanguageExtensions', 'AWS::Serverless-2016-10-31']\nResources: {A: {Type: 'AWS::S3::Bucket'}}\n", ""},
		{"include", "Resources: {A: {Type: 'AWS::S3::Bucket'}, 'Fn::Transform': {Name: 'AWS::Include'}}\n", "t.yaml:1 cloudformation-macro"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := load(t, "-- t.yaml --\n"+c.text, cloudformation.Options{})
			if got := s.diagnostics(); got != c.want {
				t.Errorf("diagnostics %q, want %q", got, c.want)
			}
			broken := strings.Contains(c.name, "macro") || strings.Contains(c.name, "resources") || c.name == "include"
			if got := s.result.Parts[0].Unit.Broken; got != broken {
				t.Errorf("broken: %v", got)
			}
			if n := s.node("A"); n != nil && n.Body.IsOpen() != strings.Contains(c.name, "macro") {
				t.Errorf("the body is open: %v", n.Body.IsOpen())
			}
		})
	}
}

func TestExamples(t *testing.T) {
	const files = `
-- root/examples/a.yaml --
Resources: {A: {Type: "AWS::S3::Bucket"}}
-- test/app/b.yaml --
Resources: {B: {Type: "AWS::S3::Bucket"}}
-- app/c.yaml --
Resources: {C: {Type: "AWS::S3::Bucket"}}
`
	for _, c := range []struct {
		roots []string
		want  string
	}{
		{nil, "A B"}, {[]string{"."}, "A B"}, {[]string{"test"}, "A"}, {[]string{"root/examples", "test/app"}, ""}, {[]string{".", "test"}, "A"},
	} {
		s := load(t, files, cloudformation.Options{ScanRoots: c.roots})
		var got []string
		for _, id := range []string{"A", "B", "C"} {
			for _, p := range s.result.Parts {
				if p.Unit.Kind == graph.Example && p.Nodes[0].Addr == id {
					got = append(got, id)
				}
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("roots %v: examples %v, want %s", c.roots, got, c.want)
		}
	}
}

func TestNestedStackIsOpaque(t *testing.T) {
	s := load(t, `
-- t.yaml --
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://example.com/child.yaml
      Parameters: {Bucket: !Ref Bucket}
  Topic: {Type: AWS::SNS::Topic, Properties: {Name: !GetAtt Child.Outputs.Name}}
`, cloudformation.Options{})
	g := s.graph(graph.Options{})
	if s.must("Child").Mode != graph.Opaque {
		t.Error("a nested stack is not opaque")
	}
	if len(g.MayHide(s.must("Bucket"))) == 0 {
		t.Error("the nested stack, which is given the bucket, hides nothing")
	}
	if got := show(s.must("Topic").Body.Get("Name")); got != "?Child.Outputs.Name" {
		t.Errorf("Name is %s", got)
	}
}

func TestGlobals(t *testing.T) {
	s := load(t, `
-- t.yaml --
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.13
    Timeout: 10
    Environment: {Variables: {A: a, B: b}}
    Layers: [one]
    Tags: {team: x}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 20
      Environment: {Variables: {B: own}}
      Layers: [two]
      Tags: !If [Nope, {a: b}, {}]
  Bare: {Type: AWS::Serverless::Function}
  Other: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt FRole.Arn}}
`, cloudformation.Options{})
	f := s.must("F").Body
	for path, want := range map[string]string{"Runtime": `"python3.13"`, "Timeout": "20", "Environment.Variables.A": `"a"`, "Environment.Variables.B": `"own"`,
		"Layers": `["one", "two"]`} {
		if got := show(f.Path(path)); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if got := show(s.must("Bare").Body.Get("Timeout")); got != "10" {
		t.Errorf("Timeout of a function without properties is %s", got)
	}
	if v := s.must("Other").Body; !v.Get("Runtime").IsAbsent() || show(v.Get("Role")) != "?FRole.Arn" {
		t.Error("Globals apply to a type they are not for, or a generated resource is not accepted")
	}
}

func TestLoops(t *testing.T) {
	s := load(t, `
-- t.yaml --
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList}
Resources:
  Fn::ForEach::Topics:
    - Name
    - [Red, Blue]
    - Topic${Name}:
        Type: AWS::SNS::Topic
        Properties: {TopicName: !Sub "t-${Name}", Next: !GetAtt [!Sub "Topic${Name}", TopicArn]}
  Fn::ForEach::Queues:
    - Name
    - !Ref Names
    - Queue${Name}:
        Type: AWS::SQS::Queue
        Properties: {QueueName: !Ref Name, DelaySeconds: 3}
`, cloudformation.Options{})
	if got := show(s.must("TopicRed").Body.Get("TopicName")); got != `"t-Red"` {
		t.Errorf("TopicName is %s", got)
	}
	if got := show(s.must("TopicBlue").Body.Get("Next")); got != "?TopicBlue.TopicArn" {
		t.Errorf("Next is %s", got)
	}
	q := s.must("Queue*")
	if q.Exists != tri.Unknown || show(q.Body.Get("QueueName")) != "?" || show(q.Body.Get("DelaySeconds")) != "3" {
		t.Errorf("the symbolic queue: %s %s", q.Exists, show(q.Body.Get("QueueName")))
	}
	if !s.result.Parts[0].Unit.Broken {
		t.Error("a loop over an unknown list leaves the unit complete")
	}
	s = load(t, "-- t.yaml --\nResources:\n  Fn::ForEach::L: [N, [a, a], {'X': {Type: 'AWS::SNS::Topic'}}]\n", cloudformation.Options{})
	if got := s.diagnostics(); got != "t.yaml:2 cloudformation-structure" || len(s.result.Parts[0].Nodes) != 1 {
		t.Errorf("a resource made twice: %q", got)
	}
}

// Whatever becomes unknown may open a value; it must not change it.
func TestMonotone(t *testing.T) {
	const text = `
-- t.yaml --
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod]}
  N: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  Named: !Not [!Equals [!Ref N, ""]]
Mappings: {M: {dev: {s: small, e: "false"}, prod: {s: large, e: "true"}}}
Resources:
  A:
    Type: AWS::Test::A
    Properties:
      Size: !FindInMap [M, !Ref Env, s]
      Enc: !If [IsProd, true, !FindInMap [M, !Ref Env, e]]
      Name: !If [Named, !Ref N, !Sub "x-${Env}"]
      List: [!If [IsProd, a, !Ref "AWS::NoValue"], b]
      Text: !Join ["-", [!Ref Env, !If [Named, !Ref N, none]]]
`
	open := load(t, text, cloudformation.Options{}).must("A").Body
	for _, env := range []string{"dev", "prod"} {
		for _, n := range []string{"", "fixed"} {
			given := load(t, text, cloudformation.Options{Parameters: map[string]string{"Env": env, "N": n}}).must("A").Body
			for _, f := range given.Fields() {
				if !allows(open.Get(f.Name), f.Value) {
					t.Errorf("Env=%s N=%q: %s is %s, which is none of %s", env, n, f.Name, show(f.Value), show(open.Get(f.Name)))
				}
			}
		}
	}
}

// allows reports that a value known in part may be the given one.
func allows(may, is value.Value) bool {
	if alts := may.Alternatives(); alts != nil {
		for _, a := range alts {
			if allows(a, is) {
				return true
			}
		}
		return false
	}
	if may.IsUnknown() {
		return strings.HasPrefix(is.Text(), may.Prefix())
	}
	if may.Kind() == value.KindList {
		return allowsList(may.Elems(), is.Elems())
	}
	return may.Equal(is) || may.Text() == is.Text()
}

func allowsList(may, is []value.Value) bool {
	if len(may) == 0 {
		return len(is) == 0
	}
	if len(is) > 0 && allows(may[0], is[0]) && allowsList(may[1:], is[1:]) {
		return true
	}
	return may[0].MayBeMissing() && allowsList(may[1:], is)
}

// TestMacroOpensEveryMapping: a macro may add to what is nested as well, and
// the reason names it.
func TestMacroOpensEveryMapping(t *testing.T) {
	s := load(t, `
-- t.yaml --
Transform: [Mine]
Resources:
  A:
    Type: AWS::EC2::Instance
    Properties:
      BlockDeviceMappings:
        - DeviceName: /dev/sda1
          Ebs: {VolumeSize: 8}
`, cloudformation.Options{})
	for _, path := range []string{"Monitoring", "BlockDeviceMappings.Ebs.Encrypted"} {
		v := s.must("A").Body.Path(path)
		if !v.IsUnknown() {
			t.Errorf("%s is %s", path, show(v))
		}
		if got, want := s.origins.At(v.Origin()).Text(), "the macro Mine may change the template"; got != want {
			t.Errorf("%s is not known because %q, want %q", path, got, want)
		}
	}
}
