package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/parsers/cloudformation"
)

const samHead = `
-- t.yaml --
Transform: AWS::Serverless-2016-10-31
`

func TestGlobalsOfSAM(t *testing.T) {
	s := load(t, samHead+`Globals:
  Function:
    Runtime: python3.12
    Handler: a.b
    Architectures: [x86_64]
    Layers: [base]
    Environment: {Variables: {A: all, B: all}}
Resources:
  Merged: {Type: AWS::Serverless::Function, Properties: {InlineCode: pass, Architectures: [arm64], Layers: [own], Environment: {Variables: {B: own}}}}
  Some: {Type: AWS::Serverless::Function, IgnoreGlobals: [Layers, Environment], Properties: {InlineCode: pass}}
  None: {Type: AWS::Serverless::Function, IgnoreGlobals: "*", Properties: {ImageUri: "111111111111.dkr.ecr.eu-west-1.amazonaws.com/x:1", PackageType: Image}}
`, cloudformation.Options{})
	for name, want := range map[string]string{"A": `"all"`, "B": `"own"`} {
		if got := show(s.must("Merged").Body.Get("Environment").Get("Variables").Get(name)); got != want {
			t.Errorf("the variable %s is %s, want %s", name, got, want)
		}
	}
	for _, c := range []struct{ id, property, want string }{
		{"Merged", "Architectures", `["arm64"]`},
		{"Merged", "Layers", `["base", "own"]`},
		{"Some", "Layers", "not set"},
		{"Some", "Environment", "not set"},
		{"Some", "Runtime", `"python3.12"`},
		{"None", "Runtime", "not set"},
		{"None", "Architectures", "not set"},
	} {
		if got := show(s.must(c.id).Body.Get(c.property)); got != c.want {
			t.Errorf("%s of %s is %s, want %s", c.property, c.id, got, c.want)
		}
	}
	if d := s.diagnostics(); d != "" {
		t.Errorf("diagnostics: %s", d)
	}
}

// TestWrongSAM checks that each fault is told at its line, and that the resource is
// expanded all the same.
func TestWrongSAM(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"section of Globals", "Globals: {Functions: {Timeout: 3}}\nResources: {A: {Type: AWS::SQS::Queue}}", "t.yaml:2:11: warning: Globals of SAM have no section Functions"},
		{"IgnoreGlobals", "Globals: {SimpleTable: {SSESpecification: {SSEEnabled: true}}}\nResources: {A: {Type: AWS::Serverless::SimpleTable, IgnoreGlobals: yes-please}}",
			`t.yaml:3:68: warning: IgnoreGlobals of A is neither "*" nor a list`},
		{"required property", "Resources:\n  A: {Type: AWS::Serverless::Api}", "t.yaml:3:3: warning: the property StageName of A is missing"},
		{"handler", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, InlineCode: pass}}", "t.yaml:3:3: warning: the property Handler of A is missing"},
		{"mapping", "Resources:\n  A: {Type: AWS::Serverless::HttpApi, Properties: {Auth: yes}}", "t.yaml:3:58: warning: the property Auth of A is not a mapping"},
		{"alias", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, DeploymentPreference: {Type: AllAtOnce}}}",
			"warning: DeploymentPreference of A is for an alias, but AutoPublishAlias is missing"},
		{"authorization of a URL", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, FunctionUrlConfig: {InvokeMode: BUFFERED}}}",
			"warning: the URL of A has no AuthType"},
		{"event", "Resources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties:\n      {Handler: a.b, Runtime: python3.12, InlineCode: pass, Events: {E: {Type: MQ, Properties: {Broker: x}}}}",
			"t.yaml:6:70: warning: the event E has no Queues, no SourceAccessConfigurations, which SAM asks for in those of type MQ"},
		{"properties of an event", "Resources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties:\n      {Handler: a.b, Runtime: python3.12, InlineCode: pass, Events: {E: {Type: SQS, Properties: [x]}}}",
			"warning: the properties of the event E are not a mapping"},
		{"properties", "Resources:\n  A: {Type: AWS::SQS::Queue}\n  B: {Type: AWS::Serverless::Function, Properties: [x]}", "t.yaml:4:3: warning: the properties of B are not a mapping"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := load(t, samHead+c.body+"\n", cloudformation.Options{})
			var got strings.Builder
			for _, d := range s.result.Diagnostics {
				at := s.files.Position(d.Span.Pos)
				fmt.Fprintf(&got, "%s:%d:%d: %s: %s\n", at.Path, at.Line, at.Column, d.Level, d.Message)
			}
			if got := got.String(); !strings.Contains(got, c.want) {
				t.Errorf("diagnostics are\n%s\nwant %s", got, c.want)
			}
			s.must("A")
		})
	}
}

// TestIntrinsicsInSAM checks that an intrinsic where the transform wants a literal
// leaves an unknown, and neither a fault nor a lost resource.
func TestIntrinsicsInSAM(t *testing.T) {
	s := load(t, samHead+`Parameters: {Stage: {Type: String}, Auth: {Type: String}}
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: !Ref Stage}}
  Run:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.12
      InlineCode: pass
      FunctionUrlConfig: {AuthType: !Ref Auth}
      Events: {Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /, Method: get}}}
`, cloudformation.Options{})
	if got := show(s.must("RunUrl").Body.Get("AuthType")); !strings.HasPrefix(got, "?") {
		t.Errorf("AuthType is %s, want an unknown", got)
	}
	for _, id := range []string{"Run", "RunRole", "Api", "ApiStage"} {
		s.must(id)
	}
	if d := s.diagnostics(); d != "" {
		t.Errorf("diagnostics: %s", d)
	}
}

// TestBodiesOfSAM checks that the body of an API leads to the functions whose events
// are routes of it, and that what the transform adds to it is open.
func TestBodiesOfSAM(t *testing.T) {
	s := load(t, samHead+`Parameters: {Path: {Type: String}}
Globals: {Function: {Runtime: python3.12, Handler: a.b}}
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: live, Auth: {ResourcePolicy: {IpRangeWhitelist: [10.0.0.0/8]}}}
  Front: {Type: AWS::Serverless::HttpApi}
  Run:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: pass
      AutoPublishAlias: live
      Events:
        Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /a, Method: get}}
        Put: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /a, Method: put}}
        Any: {Type: HttpApi, Properties: {ApiId: !Ref Front, Path: !Ref Path, Method: get}}
`, cloudformation.Options{})
	body := s.must("Api").Body.Get("Body")
	for _, method := range []string{"get", "put"} {
		uri := body.Get("paths").Get("/a").Get(method).Get("x-amazon-apigateway-integration").Get("uri")
		if refs := uri.Refs(); len(refs) != 1 || refs[0].Addr != "RunAliaslive" {
			t.Errorf("%s leads to %v, want the alias of the function", method, refs)
		}
	}
	if !body.IsOpen() {
		t.Error("the body is said to hold nothing but the routes of events")
	}
	if p := s.must("Api").Body.Get("Policy"); !p.IsUnknown() {
		t.Errorf("the policy, which depends on all paths, is %s", show(p))
	}
	if b := s.must("Front").Body.Get("Body"); !b.IsUnknown() {
		t.Errorf("the body of an API with a route that is not known is %s", show(b))
	}
}

// TestPoliciesOfSAMStayOpen checks that a role to which the transform adds policies
// that are not worked out here is not said to have none.
func TestPoliciesOfSAMStayOpen(t *testing.T) {
	s := load(t, samHead+`Parameters: {Mode: {Type: String}}
Conditions: {Some: !Equals [!Ref Mode, some]}
Globals: {Function: {Runtime: python3.12, Handler: a.b}}
Resources:
  Choice: {Type: AWS::Serverless::Function, Properties: {InlineCode: pass, Policies: [!If [Some, {SQSPollerPolicy: {QueueName: q}}, !Ref AWS::NoValue]]}}
  Mail:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: pass
      Events: {In: {Type: MQ, Properties: {Broker: arn:aws:mq:eu-west-1:111111111111:broker:b, Queues: [q], SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: x}]}}}
  Plain: {Type: AWS::Serverless::Function, Properties: {InlineCode: pass}}
`, cloudformation.Options{})
	for id, open := range map[string]bool{"ChoiceRole": true, "MailRole": true, "PlainRole": false} {
		if got := s.must(id).Body.Get("Policies"); got.IsOpen() != open {
			t.Errorf("the policies of %s are %s, want open %t", id, show(got), open)
		}
	}
}
