package cloudformation_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/value/tri"
)

const storeModule = `
-- modules/store/.rpdk-config --
{"artifact_type": "MODULE", "typeName": "Acme::Data::Store::MODULE", "settings": {}}
-- modules/store/schema.json --
{"typeName": "Acme::Data::Store::MODULE", "properties": {}}
-- modules/store/fragments/store.json --
{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Parameters": {
    "Name": {"Type": "String"},
    "Versions": {"Type": "String", "Default": "Suspended", "AllowedValues": ["Enabled", "Suspended"]},
    "Days": {"Type": "Number"}
  },
  "Conditions": {"Keep": {"Fn::Equals": [{"Ref": "Versions"}, "Enabled"]}},
  "Resources": {
    "Bucket": {
      "Type": "AWS::S3::Bucket",
      "DeletionPolicy": "Retain",
      "Properties": {"BucketName": {"Fn::Sub": "${Name}-data"}, "VersioningConfiguration": {"Status": {"Ref": "Versions"}}}
    },
    "Policy": {"Type": "AWS::S3::BucketPolicy", "DependsOn": "Bucket", "Properties": {"Bucket": {"Ref": "Bucket"}}},
    "Old": {"Type": "AWS::Test::Old", "Condition": "Keep", "Properties": {"Arn": {"Fn::GetAtt": ["Bucket", "Arn"]}}}
  },
  "Outputs": {"Arn": {"Value": {"Fn::GetAtt": "Bucket.Arn"}}}
}
`

func TestModules(t *testing.T) {
	s := load(t, storeModule+`
-- app.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Parameters: {Env: {Type: String, AllowedValues: [dev, prod]}}
Conditions: {Prod: !Equals [!Ref Env, prod]}
Resources:
  Main:
    Type: Acme::Data::Store::MODULE
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Retain
    DependsOn: Topic
    Properties: {Name: !Ref Env, Versions: Enabled, Days: 3}
  Second:
    Type: Acme::Data::Store::MODULE
    Condition: Prod
    Properties: {Name: !GetAtt Main.Bucket.Arn, Days: 1}
  Topic: {Type: AWS::SNS::Topic}
  User:
    Type: AWS::Test::User
    DependsOn: [Main, Second.Bucket]
    Properties:
      A: !Ref Main.Bucket
      B: !Ref MainBucket
      C: !GetAtt Main.Bucket.Arn
      D: !GetAtt MainBucket.Arn
      E: !GetAtt [Main, Bucket.Arn]
      F: !GetAtt [Main.Bucket, Arn]
      G: !Sub "${Main.Bucket}"
      H: !Sub "${Main.Bucket.Arn}"
`, cloudformation.Options{})
	if d := s.diagnostics(); d != "" {
		t.Error(d)
	}
	if len(s.result.Parts) != 1 || s.result.Parts[0].Unit.Path != "app.yaml" {
		t.Fatalf("%d units", len(s.result.Parts))
	}
	if got := s.result.Modules; got != (cloudformation.ModuleCounts{Resolved: 2}) {
		t.Errorf("the modules are counted as %+v", got)
	}
	bucket := s.must("MainBucket")
	if bucket.Name != "Bucket" || bucket.Exists != tri.True || bucket.Module == nil || bucket.Module.Path != "Main" || s.text(bucket.Module.Call) != "Main" {
		t.Errorf("the bucket is %q in %+v", bucket.Name, bucket.Module)
	}
	for path, want := range map[string]string{"BucketName": `"dev-data"|"prod-data"`, "VersioningConfiguration.Status": `"Enabled"`} {
		if got := show(bucket.Body.Path(path)); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if f := s.files.File(bucket.Span.Pos); f == nil || f.Path != "modules/store/fragments/store.json" {
		t.Error("the bucket does not stand in the fragment")
	}
	chain := s.origins.Chain(bucket.Body.Path("VersioningConfiguration.Status").Origin())
	if len(chain) != 1 || chain[0].Name != "Main.Versions" || s.text(chain[0].Span) != "Enabled" {
		t.Errorf("the status came by %+v", chain)
	}
	// Of the policies, that of the resource comes before that of the module.
	if got := show(bucket.Meta.Get("DeletionPolicy")) + show(bucket.Meta.Get("UpdateReplacePolicy")); got != `"Retain""Retain"` {
		t.Errorf("the policies are %s", got)
	}
	if got := show(s.must("MainPolicy").Meta.Get("DeletionPolicy")); got != `"Snapshot"` {
		t.Errorf("the policy of the module is %s", got)
	}
	// A default holds for sure, whatever is allowed: nobody can give another value.
	second := s.must("SecondBucket")
	if got := show(second.Body.Path("VersioningConfiguration.Status")); got != `"Suspended"` {
		t.Errorf("the default is %s", got)
	}
	if second.Exists != tri.Unknown || s.node("SecondOld") != nil {
		t.Errorf("the second bucket exists: %s", second.Exists)
	}
	if s.must("MainOld").Exists != tri.True {
		t.Error("a condition of the module is not decided by its arguments")
	}
	user := s.must("User").Body
	for name, want := range map[string]string{
		"A": "?MainBucket.Ref", "B": "?MainBucket.Ref", "C": "?MainBucket.Arn", "D": "?MainBucket.Arn", "E": "?MainBucket.Arn", "F": "?MainBucket.Arn",
	} {
		if got := show(user.Get(name)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	want := strings.Join([]string{
		"MainBucket -DependsOn-> Topic", "MainOld -Arn-> MainBucket (Arn)", "MainOld -DependsOn-> Topic",
		"MainPolicy -Bucket-> MainBucket (Ref)", "MainPolicy -DependsOn-> MainBucket", "MainPolicy -DependsOn-> Topic",
		"SecondBucket -BucketName-> MainBucket (Arn)", "SecondPolicy -Bucket-> SecondBucket (Ref)", "SecondPolicy -DependsOn-> SecondBucket",
		"User -A-> MainBucket (Ref)", "User -B-> MainBucket (Ref)", "User -C-> MainBucket (Arn)", "User -D-> MainBucket (Arn)",
		"User -DependsOn-> MainBucket", "User -DependsOn-> MainOld", "User -DependsOn-> MainPolicy", "User -DependsOn-> SecondBucket?",
		"User -E-> MainBucket (Arn)", "User -F-> MainBucket (Arn)", "User -G-> MainBucket (Ref)", "User -H-> MainBucket (Arn)",
	}, "\n")
	if got := edges(s.graph(graph.Options{})); got != want {
		t.Errorf("the edges are\n%s\nwant\n%s", got, want)
	}
}

// Modules in modules hand on what they are given; their names are put together.
func TestNestedModules(t *testing.T) {
	s := load(t, storeModule+`
-- modules/pair/.rpdk-config --
{"artifact_type": "MODULE", "typeName": "Acme::Data::Pair::MODULE"}
-- modules/pair/fragments/pair.yaml --
Parameters: {Prefix: {Type: String}}
Resources:
  Left: {Type: Acme::Data::Store::MODULE, Properties: {Name: !Sub "${Prefix}-l", Days: 1}}
  Right: {Type: Acme::Data::Store::MODULE, DependsOn: Left, Properties: {Name: !Ref Left.Bucket, Days: 1}}
Outputs: {Out: {Value: !GetAtt Right.Bucket.Arn}}
-- child.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Two: {Type: Acme::Data::Pair::MODULE, Properties: {Prefix: x}}
  User: {Type: AWS::Test::User, Properties: {A: !Ref Two.Left.Bucket, B: !Ref TwoLeft.Bucket, C: !Ref Two.LeftBucket, D: !GetAtt TwoLeftBucket.Arn}}
-- main.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}
  Reader: {Type: AWS::Test::Reader, Properties: {Out: !GetAtt Child.Outputs.TwoOut}}
`, cloudformation.Options{})
	if d := s.diagnostics(); d != "" {
		t.Error(d)
	}
	if got := show(s.must("TwoLeftBucket").Body.Get("BucketName")); got != `"x-l-data"` {
		t.Errorf("the name of the left bucket is %s", got)
	}
	user := s.must("User").Body
	for name, want := range map[string]string{"A": "?TwoLeftBucket.Ref", "B": "?TwoLeftBucket.Ref", "C": "?TwoLeftBucket.Ref", "D": "?TwoLeftBucket.Arn"} {
		if got := show(user.Get(name)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if got := show(s.must("Reader").Body.Get("Out")); got != "?child.yaml/TwoRightBucket.Arn" {
		t.Errorf("the output of the module is %s", got)
	}
	right := s.must("TwoRightBucket")
	if m := right.Module; m == nil || m.Path != "TwoRight" || m.Parent == nil || m.Parent.Path != "Two" {
		t.Errorf("the right bucket is in %+v", m)
	}
	if got := edges(s.graph(graph.Options{})); !strings.Contains(got, "TwoRightBucket -DependsOn-> TwoLeftPolicy\n") {
		t.Errorf("the edges are\n%s", got)
	}
}

// A module whose fragment is not here stands for what it adds.
func TestMissingModule(t *testing.T) {
	s := load(t, `
-- app.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Gone: {Type: Acme::Gone::MODULE, Properties: {Vpc: !Ref Vpc}}
  Vpc: {Type: AWS::EC2::VPC}
  User: {Type: AWS::Test::User, Properties: {A: !Ref Gone.Subnet, B: !Ref GoneSubnet, C: !GetAtt Gone.Subnet.Arn}}
`, cloudformation.Options{})
	if d := s.diagnostics(); d != "" {
		t.Error(d)
	}
	if got := s.result.Modules; got != (cloudformation.ModuleCounts{Missing: 1}) {
		t.Errorf("the modules are counted as %+v", got)
	}
	for name, want := range map[string]string{"A": "?Gone.Subnet", "B": "?Gone.Subnet", "C": "?Gone.Subnet.Arn"} {
		if got := show(s.must("User").Body.Get(name)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	g := s.graph(graph.Options{})
	if s.must("Gone").Mode != graph.Opaque || len(g.MayHide(s.must("Vpc"))) != 1 {
		t.Error("what is given to the module may not be hidden by it")
	}
}

func TestBadModules(t *testing.T) {
	s := load(t, storeModule+`
-- modules/loop/.rpdk-config --
{"artifact_type": "MODULE", "typeName": "Acme::Loop::MODULE"}
-- modules/loop/fragments/loop.yaml --
Resources:
  Again: {Type: Acme::Loop::MODULE}
  Kept: {Type: AWS::SNS::Topic}
-- modules/twin1/.rpdk-config --
{"typeName": "Acme::Twin::MODULE"}
-- modules/twin1/fragments/a.yaml --
Resources:
  T1: {Type: AWS::SNS::Topic}
-- modules/twin2/.rpdk-config --
{"typeName": "Acme::Twin::MODULE"}
-- modules/twin2/fragments/a.yaml --
Resources:
  T2: {Type: AWS::SNS::Topic}
-- modules/broken/.rpdk-config --
{
-- modules/broken/fragments/a.yaml --
Resources:
  T3: {Type: AWS::SNS::Topic}
-- modules/macro/.rpdk-config --
{"typeName": "Acme::Macro::MODULE"}
-- modules/macro/fragments/a.yaml --
Transform: Acme::Macro
Resources:
  T4: {Type: AWS::SNS::Topic}
-- app.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Loop: {Type: Acme::Loop::MODULE}
  Twin: {Type: Acme::Twin::MODULE}
  Macro: {Type: Acme::Macro::MODULE}
  Macro2: {Type: Acme::Macro::MODULE}
  Main: {Type: Acme::Data::Store::MODULE, Properties: {Title: x, Days: 1}}
  MainBucket: {Type: AWS::S3::Bucket}
  User: {Type: AWS::Test::User, Properties: {A: !Ref Main.Nope, B: !Ref Main}}
`, cloudformation.Options{})
	want := []string{
		"modules/broken/.rpdk-config cloudformation-module",
		"app.yaml:4 cloudformation-module",
		"app.yaml:7 cloudformation-module", "app.yaml:7 cloudformation-module",
		"app.yaml:8 cloudformation-module",
		"app.yaml:9 cloudformation-reference", "app.yaml:9 cloudformation-reference",
		"modules/loop/fragments/loop.yaml:2 cloudformation-module",
		"modules/macro/fragments/a.yaml:1 cloudformation-module",
	}
	got := strings.Split(s.diagnostics(), "\n")
	counts := map[string]int{}
	for _, d := range want {
		counts[d]++
	}
	for _, d := range got {
		counts[d]--
	}
	for d, n := range counts {
		if n != 0 {
			t.Errorf("%s: %+d times less than expected", d, n)
		}
	}
	s.must("LoopKept")
	if s.must("LoopAgain").Mode != graph.Opaque || s.must("Twin").Mode != graph.Opaque {
		t.Error("what cannot be read is no boundary")
	}
	s.must("T1")
	s.must("T3")
	s.graph(graph.Options{})
}
