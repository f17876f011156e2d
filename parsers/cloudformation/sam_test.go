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
		{"required property", "Resources:\n  A: {Type: AWS::Serverless::Api}", "t.yaml:3:3: warning: A has no StageName, without which SAM refuses it"},
		{"handler", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, InlineCode: pass}}", "t.yaml:3:3: warning: the property Handler of A is missing"},
		{"mapping", "Resources:\n  A: {Type: AWS::Serverless::HttpApi, Properties: {Auth: yes}}", "t.yaml:3:58: warning: Auth of A is not a mapping"},
		{"alias", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, DeploymentPreference: {Type: AllAtOnce}}}",
			"warning: DeploymentPreference of A is for an alias, but AutoPublishAlias is missing"},
		{"authorization of a URL", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, FunctionUrlConfig: {InvokeMode: BUFFERED}}}",
			"warning: FunctionUrlConfig.AuthType of A is missing"},
		{"event", "Resources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties:\n      {Handler: a.b, Runtime: python3.12, InlineCode: pass, Events: {E: {Type: MQ, Properties: {Broker: x}}}}",
			"t.yaml:6:70: warning: the event E of A has no Queues, no SourceAccessConfigurations, without which SAM refuses it"},
		{"properties of an event", "Resources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties:\n      {Handler: a.b, Runtime: python3.12, InlineCode: pass, Events: {E: {Type: SQS, Properties: [x]}}}",
			"warning: the properties of the event E are not a mapping"},
		{"slip in a property", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, MemorySise: 128}}", "t.yaml:3:106: warning: A has a property MemorySise, which SAM does not know: did you mean MemorySize?"},
		{"unknown property", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, Secret: 1}}", "t.yaml:3:106: note: A has a property Secret, which version 1.115 of SAM refuses"},
		{"list", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, Layers: one}}", "t.yaml:3:114: warning: Layers of A is not a list"},
		{"truth", "Resources:\n  A: {Type: AWS::Serverless::Api, Properties: {StageName: x, FailOnWarnings: maybe}}", "warning: FailOnWarnings of A is not true or false"},
		{"function instead of a value", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, AutoPublishAlias: x, AutoPublishAliasAllProperties: !If [C, true, false]}}", "warning: AutoPublishAliasAllProperties of A is a function, which SAM refuses"},
		{"property of Globals", "Globals: {Function: {InlineCode: pass}}\nResources: {A: {Type: AWS::SQS::Queue}}", "t.yaml:2:22: warning: the section Function of Globals has a property InlineCode"},
		{"ignored global", "Globals: {Function: {Timeout: 3}}\nResources:\n  A: {Type: AWS::Serverless::Function, IgnoreGlobals: [Speed], Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass}}", "t.yaml:4:56: warning: IgnoreGlobals of A names Speed, which is no property of Globals"},
		{"key", "Resources:\n  A: {Type: AWS::Serverless::HttpApi, Properties: {CorsConfiguration: {AllowOrigin: '*'}}}", "warning: CorsConfiguration of A has a key AllowOrigin, which SAM refuses"},
		{"value", "Resources:\n  A: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: id, Type: S}}}", `warning: PrimaryKey.Type of A is "S", which SAM refuses: it takes String, Number, Binary`},
		{"place of code", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, CodeUri: 's3://bucket'}}", "warning: CodeUri of A is no place of an object"},
		{"policy template", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, Policies: [{DynamoDBReadPolicy: {Table: t}}]}}", "warning: the policy template DynamoDBReadPolicy of A has no TableName"},
		{"type of an event", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, Events: {E: {Type: Cron}}}}", "warning: the event E of A has the type Cron, which SAM does not know there"},
		{"state twice", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, Events: {E: {Type: Schedule, Properties: {Schedule: rate(1 day), State: ENABLED, Enabled: true}}}}}", "warning: the event E of A has both State and Enabled"},
		{"dead letters", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, Events: {E: {Type: Schedule, Properties: {Schedule: rate(1 day), DeadLetterConfig: {QueueLogicalId: Q}}}}}}", "warning: DeadLetterConfig of the event E of A has neither Arn nor Type"},
		{"bucket elsewhere", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, Events: {E: {Type: S3, Properties: {Bucket: other, Events: s3:ObjectCreated:*}}}}}", "warning: the bucket of the event E of A is not in the template"},
		{"authorizer", "Resources:\n  P: {Type: AWS::Serverless::Api, Properties: {StageName: x}}\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, Events: {E: {Type: Api, Properties: {RestApiId: !Ref P, Path: /, Method: get, Auth: {Authorizer: Mine}}}}}}", "warning: the authorizer Mine of the event E of A is not among those of its API"},
		{"credentials from anywhere", "Resources:\n  A: {Type: AWS::Serverless::Api, Properties: {StageName: x, Cors: {AllowCredentials: true, AllowOrigin: \"'*'\"}}}", "warning: Cors of A allows credentials from any origin"},
		{"path of a body", "Resources:\n  A: {Type: AWS::Serverless::Api, Properties: {StageName: x, DefinitionBody: {openapi: 3.0.1, paths: {/a: none}}}}", "warning: the path /a in DefinitionBody of A is not a mapping"},
		{"both definitions", "Resources:\n  A: {Type: AWS::Serverless::HttpApi, Properties: {DefinitionUri: s3://b/k, DefinitionBody: {openapi: 3.0.1}}}", "warning: A has both DefinitionUri and DefinitionBody"},
		{"taken name", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass}}\n  ARole: {Type: AWS::SQS::Queue}", "t.yaml:3:3: warning: SAM makes a resource ARole of A, but the template has one of that name"},
		{"broker without a secret", "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: pass, Events: {E: {Type: MQ, Properties: {Broker: b, Queues: [q], SourceAccessConfigurations: [{Type: VIRTUAL_HOST, URI: /}]}}}}}", "warning: SourceAccessConfigurations of the event E of A must have BASIC_AUTH once"},
		{"route of a WebSocket API", "Resources:\n  A: {Type: AWS::Serverless::WebSocketApi, Properties: {RouteSelectionExpression: $request.body.action, Routes: {$open: {FunctionArn: x}}}}", "warning: the route $open of A has other characters"},
		{"dependency", "Resources:\n  A: {Type: AWS::SQS::Queue, DependsOn: [{Name: B}]}", "t.yaml:3:42: warning: DependsOn is neither the name of a resource nor a list of names"},
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
  Post:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: pass
      Events: {In: {Type: MQ, Properties: {Broker: b, Queues: [q], SourceAccessConfigurations: !If [Some, [{Type: BASIC_AUTH, URI: x}], [{Type: BASIC_AUTH, URI: y}]]}}}
  Plain: {Type: AWS::Serverless::Function, Properties: {InlineCode: pass}}
`, cloudformation.Options{})
	if list := s.must("MailRole").Body.Get("Policies").Elems(); len(list) != 1 || show(list[0].Get("PolicyName")) != `"SamAutoGeneratedAMQPolicy"` {
		t.Errorf("MailRole has %d policies, want the one for its broker", len(list))
	}
	for id, open := range map[string]bool{"ChoiceRole": true, "PostRole": true, "MailRole": false, "PlainRole": false} {
		if got := s.must(id).Body.Get("Policies"); got.IsOpen() != open {
			t.Errorf("the policies of %s are %s, want open %t", id, show(got), open)
		}
	}
}

// TestOpenSAM checks that what a function, a parameter or a macro may still make right is
// not said to be refused.
func TestOpenSAM(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"macro", `Transform: [Mine, AWS::Serverless-2016-10-31]
Globals: {Function: {Speed: 1}}
Resources: {A: {Type: AWS::Serverless::Function, Properties: {Speed: 1, Events: {E: {Type: Cron}}}}}
`},
		{"keys of a transform", `Transform: AWS::Serverless-2016-10-31
Resources:
  A:
    Type: AWS::Serverless::Api
    Properties: {'Fn::Transform': {Name: Mine}, Auth: {'Fn::Transform': {Name: Mine}}, DefinitionBody: {'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: s3://b/k}}}}
`},
		{"functions and parameters", `Transform: AWS::Serverless-2016-10-31
Parameters: {Bucket: {Type: String}, Api: {Type: String}, Kind: {Type: String}}
Conditions: {Prod: !Equals [!Ref Kind, prod]}
Globals: {Function: {Handler: a.b, Runtime: python3.12, CodeUri: src/}}
Resources:
  A:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: !If [Prod, 1024, 128]
      Layers: !If [Prod, [x], [y]]
      Tags: !If [Prod, {a: b}, !Ref AWS::NoValue]
      FunctionUrlConfig: {AuthType: !Ref Kind}
      DeploymentPreference: {Enabled: !If [Prod, true, false], Type: AllAtOnce}
      Policies: !If [Prod, [AWSLambdaRole], []]
      Events:
        Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /, Method: get, Auth: {Authorizer: Mine}}}
        Put: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /, Method: put, Auth: {Authorizer: Mine}}}
        Load: {Type: S3, Properties: {Bucket: !Ref Bucket, Events: ['s3:ObjectCreated:*']}}
        Poll: {Type: SQS, Properties: {Queue: !If [Prod, a, b], BatchSize: "10", Enabled: "true"}}
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := load(t, "-- t.yaml --\n"+c.text, cloudformation.Options{})
			for _, d := range s.result.Diagnostics {
				if d.Code == "cloudformation-sam" {
					t.Errorf("line %d: %s", s.files.Position(d.Span.Pos).Line, d.Message)
				}
			}
		})
	}
}
