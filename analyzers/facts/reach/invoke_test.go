package reach_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/value/tri"
)

// aliased are functions behind an HTTP API, in both languages.
var aliased = map[string]string{
	tf: `
variable "u" {}
resource "aws_lambda_function" "x" { function_name = "x" }
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.x.function_name
  function_version = "1"
}
resource "aws_lambda_alias" "trial" {
  name             = "trial"
  function_name    = aws_lambda_function.x.arn
  function_version = "2"
}
resource "aws_lambda_permission" "p" {
  action    = "lambda:InvokeFunction"
  principal = "apigateway.amazonaws.com"
  {permission}
}
resource "aws_apigatewayv2_api" "a" {
  name          = "a"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_stage" "s" {
  api_id = aws_apigatewayv2_api.a.id
  name   = "$default"
}
resource "aws_apigatewayv2_integration" "i" {
  api_id           = aws_apigatewayv2_api.a.id
  integration_type = "AWS_PROXY"
  integration_uri  = {calls}
}
resource "aws_apigatewayv2_route" "r" {
  api_id    = aws_apigatewayv2_api.a.id
  route_key = "$default"
  target    = "integrations/${aws_apigatewayv2_integration.i.id}"
}`,
	cfn: `
Parameters:
  U: {Type: String}
Resources:
  X: {Type: AWS::Lambda::Function, Properties: {Role: r, Code: {ZipFile: x}}}
  Live: {Type: AWS::Lambda::Alias, Properties: {Name: live, FunctionName: !Ref X, FunctionVersion: "1"}}
  Trial: {Type: AWS::Lambda::Alias, Properties: {Name: trial, FunctionName: !GetAtt X.Arn, FunctionVersion: "2"}}
  P:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      Principal: apigateway.amazonaws.com
      {permission}
  A: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP}}
  S: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref A, StageName: $default}}
  I: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref A, IntegrationType: AWS_PROXY, IntegrationUri: {calls}}}
  R: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref A, RouteKey: $default, Target: !Sub "integrations/${I}"}}
`}

// TestAliases asks who may invoke a function, an alias or a version of it, each of which
// has a policy of its own.
func TestAliases(t *testing.T) {
	calls := map[string]map[string]string{
		tf: {
			"function": "aws_lambda_function.x.invoke_arn",
			"alias":    "aws_lambda_alias.live.invoke_arn",
			"suffix":   `"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${aws_lambda_function.x.arn}:live/invocations"`,
			"variable": `"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${aws_lambda_function.x.arn}:$${stageVariables.alias}/invocations"`,
			"version":  "aws_lambda_function.x.qualified_invoke_arn",
		},
		cfn: {
			"function": "!GetAtt X.Arn",
			"alias":    "!Ref Live",
			"suffix":   `!Sub "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${X.Arn}:live/invocations"`,
			"variable": `!Sub "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${X.Arn}:${!stageVariables.alias}/invocations"`,
		},
	}
	permissions := map[string]map[string]string{
		tf: {
			"function":        "function_name = aws_lambda_function.x.function_name",
			"alias":           "function_name = aws_lambda_alias.live.arn",
			"other alias":     "function_name = aws_lambda_alias.trial.arn",
			"qualifier":       "function_name = aws_lambda_function.x.function_name\n  qualifier = aws_lambda_alias.live.name",
			"other qualifier": "function_name = aws_lambda_function.x.function_name\n  qualifier = \"trial\"",
			"unknown":         "function_name = aws_lambda_function.x.function_name\n  qualifier = var.u",
		},
		cfn: {
			"function":    "FunctionName: !Ref X",
			"alias":       "FunctionName: !Ref Live",
			"other alias": "FunctionName: !Ref Trial",
			"unknown":     "FunctionName: !Ref U",
		},
	}
	want := map[string]map[string]tri.Bool{ // what is not here is false
		"function": {"function": tri.True, "unknown": tri.Unknown},
		"alias":    {"alias": tri.True, "qualifier": tri.True, "unknown": tri.Unknown},
		"suffix":   {"alias": tri.True, "qualifier": tri.True, "unknown": tri.Unknown},
		"variable": {"alias": tri.Unknown, "other alias": tri.Unknown, "qualifier": tri.Unknown, "other qualifier": tri.Unknown, "unknown": tri.Unknown},
		"version":  {"alias": tri.Unknown, "other alias": tri.Unknown, "qualifier": tri.Unknown, "other qualifier": tri.Unknown, "unknown": tri.Unknown},
	}
	file := map[string]string{tf: "main.tf", cfn: "template.yaml"}
	for language, ways := range calls {
		for call, uri := range ways {
			for about, text := range permissions[language] {
				t.Run(language+"/"+call+"/"+about, func(t *testing.T) {
					code := strings.NewReplacer("{calls}", uri, "{permission}", text).Replace(aliased[language])
					expected, listed := want[call][about]
					if !listed {
						expected = tri.False
					}
					g := load(t, file[language], code)
					checkFronted(t, fronted(t, g, reachOf(g), functionX[language]), expected, code)
				})
			}
		}
	}
}
