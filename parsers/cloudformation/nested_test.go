package cloudformation_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/value/tri"
)

const tree = `
-- main.yaml --
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod]}
  Bucket: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Net:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./stacks/net.yaml
      Parameters: {Cidr: 10.1.0.0/16, Extra: ignored}
  App:
    Type: AWS::CloudFormation::Stack
    Condition: IsProd
    Properties:
      TemplateURL: !Sub "https://${Bucket}.s3.amazonaws.com/x/app.yaml?v=1"
      Parameters:
        Vpc: !GetAtt Net.Outputs.Vpc
        Cidr: !GetAtt Net.Outputs.Cidr
        Zones: "a,b"
        Env: !Ref Env
  Far:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: !Ref Bucket, Parameters: {Vpc: !GetAtt Net.Outputs.Vpc}}
  Own: {Type: AWS::Test::Own, Properties: {Vpc: !GetAtt Net.Outputs.Vpc, None: !GetAtt Net.Outputs.None, Far: !GetAtt Far.Outputs.X}}
-- stacks/net.yaml --
Parameters:
  Cidr: {Type: String, Default: 10.0.0.0/16}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}
Outputs:
  Vpc: {Value: !Ref Vpc}
  Cidr: {Value: !Ref Cidr}
-- stacks/app.yaml --
Parameters:
  Vpc: {Type: AWS::EC2::VPC::Id}
  Cidr: {Type: String}
  Zones: {Type: CommaDelimitedList}
  Env: {Type: String, AllowedValues: [dev, test, prod]}
  Size: {Type: String, Default: small}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: !Ref Vpc, Cidr: !Ref Cidr, Zones: !Ref Zones, Protected: !If [IsProd, true, false], Size: !Ref Size}
`

func TestNestedStacks(t *testing.T) {
	s := load(t, tree, cloudformation.Options{})
	if d := s.diagnostics(); d != "" {
		t.Error(d)
	}
	group := s.must("Group")
	for name, want := range map[string]string{
		"VpcId": "?stacks/net.yaml/Vpc.Ref", "Cidr": `"10.1.0.0/16"`, "Zones": `["a", "b"]`, "Protected": "true", "Size": `"small"`,
	} {
		v := group.Body.Get(name)
		if got := show(v); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
		if name != "Protected" && !group.Span.Contains(v.Span()) {
			t.Errorf("%s is said to be at %q", name, s.text(v.Span()))
		}
	}
	if group.Exists != tri.Unknown || len(s.origins.Reasons(group.ExistsWhy)) == 0 {
		t.Errorf("Group exists: %s, although its stack may not", group.Exists)
	}
	if vpc := s.must("Vpc"); vpc.Exists != tri.True || show(vpc.Body.Get("CidrBlock")) != `"10.1.0.0/16"` {
		t.Errorf("Vpc exists: %s with block %s", vpc.Exists, show(vpc.Body.Get("CidrBlock")))
	}
	for id, mode := range map[string]graph.Mode{"Net": graph.Managed, "App": graph.Managed, "Far": graph.Opaque} {
		if got := s.must(id).Mode; got != mode {
			t.Errorf("%s is %s, want %s", id, got, mode)
		}
	}
	own := s.must("Own").Body
	for name, want := range map[string]string{"Vpc": "?stacks/net.yaml/Vpc.Ref", "None": "?Net.Outputs.None", "Far": "?Far.Outputs.X"} {
		if got := show(own.Get(name)); got != want {
			t.Errorf("Own.%s is %s, want %s", name, got, want)
		}
	}
	chain := s.origins.Chain(group.Body.Get("Cidr").Origin())
	var names []string
	for _, o := range chain {
		names = append(names, o.Name)
	}
	if len(names) != 3 || names[0] != "App.Parameters.Cidr" || names[1] != "Net.Outputs.Cidr" || names[2] != "Net.Parameters.Cidr" {
		t.Errorf("Cidr came through %q", names)
	}
}

// A nested template of an assembly that is only named by the object that it is uploaded
// as. Another assembly may upload the same.
func TestNestedUploads(t *testing.T) {
	s := load(t, `
-- dev/App.template.json --
{"Resources": {"Nest": {"Type": "AWS::CloudFormation::Stack", "Properties": {
  "TemplateURL": {"Fn::Sub": "https://s3.${AWS::Region}.${AWS::URLSuffix}/assets-${AWS::AccountId}/0aab.json"}, "Parameters": {"X": "dev"}}}}}
-- dev/AppNest.nested.template.json --
{"Parameters": {"X": {"Type": "String"}}, "Resources": {"Dev": {"Type": "AWS::Test::R", "Properties": {"X": {"Ref": "X"}}}}}
-- prod/AppNest.nested.template.json --
{"Parameters": {"X": {"Type": "String"}}, "Resources": {"Prod": {"Type": "AWS::Test::R", "Properties": {"X": {"Ref": "X"}}}}}
`, cloudformation.Options{Deployments: map[string]cloudformation.Deployment{
		"dev/App.template.json": {Uploaded: map[string]string{"0aab.json": "dev/AppNest.nested.template.json"}}}})
	for id, want := range map[string]string{"Dev": `"dev"`, "Prod": "?"} {
		if got := show(s.must(id).Body.Get("X")); !strings.HasPrefix(got, want) {
			t.Errorf("%s has %s, want %s", id, got, want)
		}
	}
	if got := s.must("Nest").Mode; got != graph.Managed {
		t.Errorf("the nested stack is %s", got)
	}
}

func TestNestedStackEdges(t *testing.T) {
	s := load(t, tree, cloudformation.Options{})
	g := s.graph(graph.Options{})
	found := false
	for e := range g.Out(s.must("Group").ID) {
		found = found || g.Node(e.To) == s.must("Vpc") && e.Label == "VpcId"
	}
	if !found {
		t.Errorf("no edge from the group to the VPC of the other stack:\n%s", edges(g))
	}
}

// A template that is nested several times is analysed once, for all.
func TestNestedTwice(t *testing.T) {
	s := load(t, `
-- main.yaml --
Resources:
  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {X: one, Y: "yes"}}}
  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {X: two}}}
-- child.yaml --
Parameters: {X: {Type: String}, Y: {Type: String, Default: "no"}}
Conditions: {One: !Equals [!Ref X, one]}
Resources:
  R: {Type: AWS::Test::R, Properties: {X: !Ref X, Y: !Ref Y, Z: !If [One, !Ref X, b]}}
  S: {Type: AWS::Test::S, Condition: One, Properties: {X: !Ref X}}
`, cloudformation.Options{})
	r := s.must("R").Body
	for name, want := range map[string]string{"X": `"one"|"two"`, "Y": `"yes"|"no"`, "Z": `"one"|"b"`} {
		if got := show(r.Get(name)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if got := s.must("S"); got.Exists != tri.Unknown || show(got.Body.Get("X")) != `"one"` {
		t.Errorf("S exists: %s with X %s", got.Exists, show(got.Body.Get("X")))
	}
}

func TestNestingCycle(t *testing.T) {
	s := load(t, `
-- a.yaml --
Parameters: {X: {Type: String}}
Resources:
  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml, Parameters: {X: !GetAtt B.Outputs.X}}}
  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml}}
Outputs: {X: {Value: !GetAtt B.Outputs.X}}
-- b.yaml --
Parameters: {X: {Type: String}}
Resources:
  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml, Parameters: {X: !Ref X}}}
  R: {Type: AWS::Test::R, Properties: {X: !Ref X}}
Outputs: {X: {Value: !GetAtt A.Outputs.X}}
`, cloudformation.Options{})
	if v := s.must("R").Body.Get("X"); !v.IsUnknown() {
		t.Errorf("X is %s", show(v))
	}
}

// A stack set deploys its template to other accounts and regions, with parameters
// that it lists.
func TestStackSets(t *testing.T) {
	s := load(t, `
-- set.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Guard:
    Type: AWS::CloudFormation::StackSet
    Properties:
      StackSetName: guard
      PermissionModel: SERVICE_MANAGED
      TemplateURL: ./member.yaml
      Parameters:
        - {ParameterKey: Size, ParameterValue: "7"}
  Here:
    Type: AWS::SNS::Topic
    Properties: {TopicName: !Ref AWS::Region}
-- member.yaml --
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Size: {Type: Number}
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {AllocatedStorage: !Ref Size, DBInstanceIdentifier: !Ref AWS::Region}
`, cloudformation.Options{Region: "eu-west-1"})
	for _, p := range s.result.Parts {
		for _, n := range p.Nodes {
			switch n.Addr {
			case "Db":
				if got := n.Body.Get("AllocatedStorage").Text(); got != "7" {
					t.Errorf("the parameter of the set is %q", got)
				}
				if v := n.Body.Get("DBInstanceIdentifier"); !v.IsUnknown() {
					t.Errorf("the region of a member is known: %s", v.Text())
				}
			case "Here":
				if got := n.Body.Get("TopicName").Text(); got != "eu-west-1" {
					t.Errorf("the region of the set's own stack is %q", got)
				}
			}
		}
	}
}

// Templates that contain each other are not nested for ever, and the first of them is
// one that is deployed by itself.
func TestStacksThatContainEachOther(t *testing.T) {
	s := load(t, `
-- a.yaml --
Resources:
  Queue: {Type: AWS::SQS::Queue}
  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml}}
-- b.yaml --
Resources:
  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml}}
  Own: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml}}
`, cloudformation.Options{})
	if got := s.diagnostics(); got != "b.yaml:2 cloudformation-structure\nb.yaml:3 cloudformation-structure" {
		t.Errorf("diagnostics:\n%s", got)
	}
	for _, p := range s.result.Parts {
		for _, n := range p.Nodes {
			if n.Exists != tri.True {
				t.Errorf("whether %s exists is %v", n.Addr, n.Exists)
			}
		}
	}
}
