package reach_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/wacheck/wacheck/value/tri"
)

// service is something behind a service of AWS that faces the internet.
type service struct {
	addr map[string]string
	hops map[string]map[string]hop
	code map[string]string
}

// permission is what lets a service invoke function X.
func permission(language, principal string) string {
	if language == "terraform" {
		return `
resource "aws_lambda_permission" "p" {
  action = "lambda:InvokeFunction"
  {permission}
  principal = "` + principal + `"
}`
	}
	return `
  P:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      Principal: ` + principal + `
      {permission}
`
}

const (
	tf  = "terraform"
	cfn = "cloudformation"
)

var (
	functions = map[string]string{
		tf: `
variable "u" {}
resource "aws_lambda_function" "x" { function_name = "x" }
resource "aws_lambda_function" "y" { function_name = "y" }`,
		cfn: `
Parameters:
  U: {Type: String}
Resources:
  X: {Type: AWS::Lambda::Function, Properties: {Role: r, Code: {ZipFile: x}}}
  Y: {Type: AWS::Lambda::Function, Properties: {Role: r, Code: {ZipFile: x}}}
`}
	functionX = map[string]string{tf: "aws_lambda_function.x", cfn: "X"}
	permitted = map[string]hop{
		tf:  {"function_name = aws_lambda_function.x.function_name", "function_name = aws_lambda_function.y.function_name", "function_name = var.u"},
		cfn: {"FunctionName: !Ref X", "FunctionName: !Ref Y", "FunctionName: !Ref U"},
	}
)

func services() map[string]service {
	return map[string]service{
		"function behind REST API": {addr: functionX, hops: map[string]map[string]hop{
			tf: {
				"type":        {`types = ["REGIONAL"]`, `types = ["PRIVATE"]`, "types = [var.u]"},
				"integration": {"uri = aws_lambda_function.x.invoke_arn", "uri = aws_lambda_function.y.invoke_arn", "uri = var.u"},
				"stage":       {"rest_api_id = aws_api_gateway_rest_api.a.id", "rest_api_id = aws_api_gateway_rest_api.other.id", "rest_api_id = var.u"},
				"endpoint":    {"disable_execute_api_endpoint = false", "disable_execute_api_endpoint = true", "disable_execute_api_endpoint = var.u"},
				"permission":  permitted[tf],
			},
			cfn: {
				"type":        {"Types: [EDGE]", "Types: [PRIVATE]", "Types: [!Ref U]"},
				"integration": {"Uri: !Sub 'arn:aws:apigateway:r:lambda:path/2015-03-31/functions/${X.Arn}/invocations'", "Uri: !Sub 'arn:aws:apigateway:r:lambda:path/2015-03-31/functions/${Y.Arn}/invocations'", "Uri: !Ref U"},
				"stage":       {"RestApiId: !Ref A", "RestApiId: !Ref Other", "RestApiId: !Ref U"},
				"endpoint":    {"DisableExecuteApiEndpoint: false", "DisableExecuteApiEndpoint: true", "DisableExecuteApiEndpoint: !Ref U"},
				"permission":  permitted[cfn],
			},
		}, code: map[string]string{
			tf: functions[tf] + permission(tf, "apigateway.amazonaws.com") + `
resource "aws_api_gateway_rest_api" "other" { name = "other" }
resource "aws_api_gateway_rest_api" "a" {
  name = "a"
  {endpoint}
  endpoint_configuration {
    {type}
  }
}
resource "aws_api_gateway_stage" "s" {
  {stage}
  stage_name = "s"
  deployment_id = "d"
}
resource "aws_api_gateway_integration" "i" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  resource_id = aws_api_gateway_rest_api.a.root_resource_id
  http_method = "GET"
  type = "AWS_PROXY"
  {integration}
}`,
			cfn: functions[cfn] + permission(cfn, "apigateway.amazonaws.com") + `
  Other: {Type: AWS::ApiGateway::RestApi, Properties: {Name: other}}
  A:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: a
      {endpoint}
      EndpointConfiguration:
        {type}
  S:
    Type: AWS::ApiGateway::Stage
    Properties:
      StageName: s
      DeploymentId: d
      {stage}
  M:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref A
      ResourceId: !GetAtt A.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        Type: AWS_PROXY
        {integration}
`}},
		"function behind HTTP API": {addr: functionX, hops: map[string]map[string]hop{
			tf: {
				"integration": {"integration_uri = aws_lambda_function.x.invoke_arn", "integration_uri = aws_lambda_function.y.invoke_arn", "integration_uri = var.u"},
				"route":       {`target = "integrations/${aws_apigatewayv2_integration.i.id}"`, `target = "integrations/${aws_apigatewayv2_integration.other.id}"`, "target = var.u"},
				"stage":       {"api_id = aws_apigatewayv2_api.a.id", "api_id = aws_apigatewayv2_api.other.id", "api_id = var.u"},
				"endpoint":    {"disable_execute_api_endpoint = false", "disable_execute_api_endpoint = true", "disable_execute_api_endpoint = var.u"},
				"permission":  permitted[tf],
			},
			cfn: {
				"integration": {"IntegrationUri: !GetAtt X.Arn", "IntegrationUri: !GetAtt Y.Arn", "IntegrationUri: !Ref U"},
				"route":       {"Target: !Sub 'integrations/${I}'", "Target: !Sub 'integrations/${OtherI}'", "Target: !Ref U"},
				"stage":       {"ApiId: !Ref A", "ApiId: !Ref Other", "ApiId: !Ref U"},
				"endpoint":    {"DisableExecuteApiEndpoint: false", "DisableExecuteApiEndpoint: true", "DisableExecuteApiEndpoint: !Ref U"},
				"permission":  permitted[cfn],
			},
		}, code: map[string]string{
			tf: functions[tf] + permission(tf, "apigateway.amazonaws.com") + `
resource "aws_apigatewayv2_api" "other" {
  name = "other"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_api" "a" {
  name = "a"
  protocol_type = "HTTP"
  {endpoint}
}
resource "aws_apigatewayv2_stage" "s" {
  {stage}
  name = "$default"
}
resource "aws_apigatewayv2_integration" "i" {
  api_id = aws_apigatewayv2_api.a.id
  integration_type = "AWS_PROXY"
  {integration}
}
resource "aws_apigatewayv2_integration" "other" {
  api_id = aws_apigatewayv2_api.a.id
  integration_type = "AWS_PROXY"
  integration_uri = aws_lambda_function.y.invoke_arn
}
resource "aws_apigatewayv2_route" "r" {
  api_id = aws_apigatewayv2_api.a.id
  route_key = "$default"
  {route}
}`,
			cfn: functions[cfn] + permission(cfn, "apigateway.amazonaws.com") + `
  Other: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: other, ProtocolType: HTTP}}
  A:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Name: a
      ProtocolType: HTTP
      {endpoint}
  S:
    Type: AWS::ApiGatewayV2::Stage
    Properties:
      StageName: $default
      {stage}
  I:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref A
      IntegrationType: AWS_PROXY
      {integration}
  OtherI: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref A, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Y.Arn}}
  R:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref A
      RouteKey: $default
      {route}
`}},
		"bucket behind CloudFront": {addr: map[string]string{tf: "aws_s3_bucket.x", cfn: "X"}, hops: map[string]map[string]hop{
			tf: {
				"enabled": {"enabled = true", "enabled = false", "enabled = var.u"},
				"origin":  {"domain_name = aws_s3_bucket.x.bucket_regional_domain_name", "domain_name = aws_s3_bucket.y.bucket_regional_domain_name", "domain_name = var.u"},
				"signs":   {"origin_access_control_id = aws_cloudfront_origin_access_control.c.id", "", ""},
				"leads":   {`target_origin_id = "o"`, `target_origin_id = "other"`, "target_origin_id = var.u"},
				"policy":  {"bucket = aws_s3_bucket.x.id", "bucket = aws_s3_bucket.y.id", "bucket = var.u"},
				"reads":   {`Action = "s3:GetObject"`, `Action = "s3:PutObject"`, "Action = var.u"},
				"who":     {`Principal = { Service = "cloudfront.amazonaws.com" }`, `Principal = { Service = "logging.s3.amazonaws.com" }`, "Principal = { Service = var.u }"},
			},
			cfn: {
				"enabled": {"Enabled: true", "Enabled: false", "Enabled: !Ref U"},
				"origin":  {"DomainName: !GetAtt X.RegionalDomainName", "DomainName: !GetAtt Y.RegionalDomainName", "DomainName: !Ref U"},
				"signs":   {"OriginAccessControlId: !GetAtt C.Id", "ConnectionAttempts: 3", ""},
				"leads":   {"TargetOriginId: o", "TargetOriginId: other", "TargetOriginId: !Ref U"},
				"policy":  {"Bucket: !Ref X", "Bucket: !Ref Y", "Bucket: !Ref U"},
				"reads":   {"Action: s3:GetObject", "Action: s3:PutObject", "Action: !Ref U"},
				"who":     {"Principal: {Service: cloudfront.amazonaws.com}", "Principal: {Service: logging.s3.amazonaws.com}", "Principal: {Service: !Ref U}"},
			},
		}, code: map[string]string{
			tf: `
variable "u" {}
resource "aws_s3_bucket" "x" { bucket = "x" }
resource "aws_s3_bucket" "y" { bucket = "y" }
resource "aws_cloudfront_origin_access_control" "c" { name = "c" }
resource "aws_s3_bucket_policy" "p" {
  {policy}
  policy = jsonencode({ Statement = [{
    Effect = "Allow"
    {reads}
    {who}
    Resource = "*"
  }] })
}
resource "aws_cloudfront_distribution" "d" {
  {enabled}
  origin {
    origin_id = "o"
    {origin}
    {signs}
  }
  default_cache_behavior {
    {leads}
  }
}`,
			cfn: `
Parameters:
  U: {Type: String}
Resources:
  X: {Type: AWS::S3::Bucket}
  Y: {Type: AWS::S3::Bucket}
  C: {Type: AWS::CloudFront::OriginAccessControl, Properties: {OriginAccessControlConfig: {Name: c}}}
  P:
    Type: AWS::S3::BucketPolicy
    Properties:
      {policy}
      PolicyDocument:
        Statement:
          - Effect: Allow
            {reads}
            {who}
            Resource: '*'
  D:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        {enabled}
        Origins:
          - Id: o
            {origin}
            {signs}
        DefaultCacheBehavior:
          ViewerProtocolPolicy: https-only
          {leads}
`}},
	}
}

// TestPublicOrigin asks CloudFront for a load balancer that admits nobody else.
func TestPublicOrigin(t *testing.T) {
	base := settingOf(tf, false)
	hops := maps.Clone(base.hops)
	maps.Copy(hops, map[string]hop{
		"source":  {"prefix_list_ids = [data.aws_ec2_managed_prefix_list.cf.id]", "", "prefix_list_ids = [var.u]"},
		"list":    {`name = "com.amazonaws.global.cloudfront.origin-facing"`, "", `name = "com.amazonaws.eu-west-1.s3"`},
		"enabled": {"enabled = true", "enabled = false", "enabled = var.u"},
		"origin":  {"domain_name = aws_lb.x.dns_name", "domain_name = aws_lb.y.dns_name", "domain_name = var.u"},
		"policy":  {`origin_protocol_policy = "https-only"`, `origin_protocol_policy = "http-only"`, "origin_protocol_policy = var.u"},
		"scheme":  {"internal = false", "internal = true", "internal = var.u"},
	})
	code := base.code + `
data "aws_ec2_managed_prefix_list" "cf" {
  {list}
}
resource "aws_lb" "y" { internal = true }
resource "aws_lb" "x" {
  subnets = [aws_subnet.s.id]
  security_groups = [aws_security_group.k.id]
  {scheme}
}
resource "aws_lb_listener" "x" {
  load_balancer_arn = aws_lb.x.arn
  port = 443
}
resource "aws_cloudfront_distribution" "d" {
  {enabled}
  origin {
    origin_id = "o"
    {origin}
    custom_origin_config {
      http_port = 80
      https_port = 443
      {policy}
    }
  }
  default_cache_behavior {
    target_origin_id = "o"
  }
}`
	ask := func(name, changed, text string, want tri.Bool) {
		t.Run(name, func(t *testing.T) {
			written := fill(code, hops, changed, text)
			g := load(t, base.file, written)
			checkFronted(t, fronted(t, g, reachOf(g), "aws_lb.x"), want, written)
		})
	}
	ask("all on", "", "", tri.True)
	for _, name := range slices.Sorted(maps.Keys(hops)) {
		if hops[name].off != "" || name == "source" || name == "attached" {
			ask(name+" off", name, hops[name].off, tri.False)
		}
		ask(name+" open", name, hops[name].open, tri.Unknown)
	}
}

// TestServiceTruthTable toggles each hop of the paths through services of AWS alone.
func TestServiceTruthTable(t *testing.T) {
	cases := 0
	all := services()
	maps.Copy(all, linked())
	for kind, s := range all {
		for _, language := range []string{tf, cfn} {
			hops := s.hops[language]
			check := func(name, changed, text string, want tri.Bool) {
				cases++
				t.Run(fmt.Sprintf("%s/%s/%s", kind, language, name), func(t *testing.T) {
					written := fill(s.code[language], hops, changed, text)
					file := map[string]string{tf: "main.tf", cfn: "template.yaml"}[language]
					g := load(t, file, written)
					checkFronted(t, fronted(t, g, reachOf(g), s.addr[language]), want, written)
				})
			}
			check("all on", "", "", tri.True)
			for _, name := range slices.Sorted(maps.Keys(hops)) {
				check(name+" off", name, hops[name].off, tri.False)
				if hops[name].open != "" {
					check(name+" open", name, hops[name].open, tri.Unknown)
				}
			}
		}
	}
	if cases < 110 {
		t.Errorf("only %d cases", cases)
	}
}
