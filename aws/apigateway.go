package aws

import (
	"github.com/wacheck/wacheck/value"
)

// RestAPI is a REST API of API Gateway.
type RestAPI struct {
	Head     `tf:"aws_api_gateway_rest_api" cfn:"AWS::ApiGateway::RestApi"`
	Types    value.Strings `tf:"endpoint_configuration.types" cfn:"EndpointConfiguration.Types"`
	Policy   value.Attr    `tf:"policy" cfn:"Policy"`
	Disabled value.Bool    `tf:"disable_execute_api_endpoint,default=false" cfn:"DisableExecuteApiEndpoint,default=false"`
	// Body is an OpenAPI document, which may hold the integrations.
	Body value.Attr `tf:"body" cfn:"Body"`

	Policies     Satellites[RestAPIPolicy]
	Stages       Satellites[RestStage]
	Mappings     Satellites[RestMapping]
	Methods      Satellites[RestMethod]
	Integrations Satellites[RestIntegration]
}

// RestAPIPolicy is the resource policy of an API.
type RestAPIPolicy struct {
	Head   `tf:"aws_api_gateway_rest_api_policy"`
	API    Ref[RestAPI] `tf:"rest_api_id,parent"`
	Policy value.Attr   `tf:"policy"`
}

// RestStage deploys an API. A deployment may name a stage of its own.
type RestStage struct {
	Head `tf:"aws_api_gateway_stage|aws_api_gateway_deployment" cfn:"AWS::ApiGateway::Stage|AWS::ApiGateway::Deployment"`
	API  Ref[RestAPI] `tf:"rest_api_id,parent" cfn:"RestApiId,parent"`
	Name value.String `tf:"stage_name" cfn:"StageName"`
}

// RestMapping gives an API a domain name.
type RestMapping struct {
	Head `tf:"aws_api_gateway_base_path_mapping" cfn:"AWS::ApiGateway::BasePathMapping"`
	API  Ref[RestAPI] `tf:"api_id,parent" cfn:"RestApiId,parent"`
}

// RestMethod is a method of a resource of an API, in CloudFormation with what it
// hands requests on to.
type RestMethod struct {
	Head          `tf:"aws_api_gateway_method" cfn:"AWS::ApiGateway::Method"`
	API           Ref[RestAPI]  `tf:"rest_api_id,parent" cfn:"RestApiId,parent"`
	Resource      value.Attr    `tf:"resource_id" cfn:"ResourceId"`
	Method        value.String  `tf:"http_method" cfn:"HttpMethod"`
	Authorization value.String  `tf:"authorization" cfn:"AuthorizationType,default=NONE"`
	KeyRequired   value.Bool    `tf:"api_key_required,default=false" cfn:"ApiKeyRequired,default=false"`
	Kind          value.String  `cfn:"Integration.Type"`
	URI           value.Attr    `cfn:"Integration.Uri"`
	Connection    Ref[RestLink] `cfn:"Integration.ConnectionId"`
	Credentials   value.Attr    `cfn:"Integration.Credentials"`
}

// RestIntegration is what a method hands requests on to.
type RestIntegration struct {
	Head        `tf:"aws_api_gateway_integration"`
	API         Ref[RestAPI]  `tf:"rest_api_id,parent"`
	Resource    value.Attr    `tf:"resource_id"`
	Method      value.String  `tf:"http_method"`
	Kind        value.String  `tf:"type"`
	URI         value.Attr    `tf:"uri"`
	Connection  Ref[RestLink] `tf:"connection_id"`
	Credentials value.Attr    `tf:"credentials"`
}

// RestLink leads from APIs to network load balancers in a VPC.
type RestLink struct {
	Head    `tf:"aws_api_gateway_vpc_link" cfn:"AWS::ApiGateway::VpcLink"`
	Targets Refs[LoadBalancerV2] `tf:"target_arns" cfn:"TargetArns"`
}

// HTTPAPI is an HTTP or WebSocket API of API Gateway.
type HTTPAPI struct {
	Head     `tf:"aws_apigatewayv2_api" cfn:"AWS::ApiGatewayV2::Api"`
	Disabled value.Bool `tf:"disable_execute_api_endpoint,default=false" cfn:"DisableExecuteApiEndpoint,default=false"`
	// Target makes a route, an integration and a stage at once.
	Target value.Attr `tf:"target" cfn:"Target"`
	Body   value.Attr `tf:"body" cfn:"Body"`

	Stages       Satellites[HTTPStage]
	Mappings     Satellites[HTTPMapping]
	Routes       Satellites[HTTPRoute]
	Integrations Satellites[HTTPIntegration]
}

// HTTPStage deploys an API.
type HTTPStage struct {
	Head `tf:"aws_apigatewayv2_stage" cfn:"AWS::ApiGatewayV2::Stage"`
	API  Ref[HTTPAPI] `tf:"api_id,parent" cfn:"ApiId,parent"`
}

// HTTPMapping gives an API a domain name.
type HTTPMapping struct {
	Head `tf:"aws_apigatewayv2_api_mapping" cfn:"AWS::ApiGatewayV2::ApiMapping"`
	API  Ref[HTTPAPI] `tf:"api_id,parent" cfn:"ApiId,parent"`
}

// HTTPRoute says which requests go to which integration.
type HTTPRoute struct {
	Head          `tf:"aws_apigatewayv2_route" cfn:"AWS::ApiGatewayV2::Route"`
	API           Ref[HTTPAPI] `tf:"api_id,parent" cfn:"ApiId,parent"`
	Authorization value.String `tf:"authorization_type,default=NONE" cfn:"AuthorizationType,default=NONE"`
	// Target is "integrations/" with the id of one.
	Target value.Attr `tf:"target" cfn:"Target"`
}

// HTTPIntegration is what requests are handed on to.
type HTTPIntegration struct {
	Head        `tf:"aws_apigatewayv2_integration" cfn:"AWS::ApiGatewayV2::Integration"`
	API         Ref[HTTPAPI]  `tf:"api_id,parent" cfn:"ApiId,parent"`
	Kind        value.String  `tf:"integration_type" cfn:"IntegrationType"`
	URI         value.Attr    `tf:"integration_uri" cfn:"IntegrationUri"`
	Connection  Ref[HTTPLink] `tf:"connection_id" cfn:"ConnectionId"`
	Credentials value.Attr    `tf:"credentials_arn" cfn:"CredentialsArn"`
}

// HTTPLink leads from HTTP APIs into subnets.
type HTTPLink struct {
	Head    `tf:"aws_apigatewayv2_vpc_link" cfn:"AWS::ApiGatewayV2::VpcLink"`
	Subnets Refs[Subnet]        `tf:"subnet_ids" cfn:"SubnetIds"`
	Groups  Refs[SecurityGroup] `tf:"security_group_ids" cfn:"SecurityGroupIds"`
}
