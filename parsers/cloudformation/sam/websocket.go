package sam

import (
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// webSocketAPI expands AWS::Serverless::WebSocketApi.
func (e *expander) webSocketAPI(r resource) {
	at := r.at
	tags := at.tagMap(r.prop("Tags"), "websocketapi:createdBy")
	pairs := at.copyProps(r, "Name", "Description", "RouteSelectionExpression", "ApiKeySelectionExpression", "DisableExecuteApiEndpoint", "DisableSchemaValidation", "IpAddressType")
	if r.prop("Name") == nil {
		pairs = append(pairs, at.pair("Name", at.str(r.id)))
	}
	e.add(r, r.id, "AWS::ApiGatewayV2::Api", at.obj(append(pairs, at.pair("ProtocolType", at.str("WEBSOCKET")), at.pair("Tags", tags))...), at)
	text := stageText(r.prop("StageName"))
	stage, name := r.id+"DefaultStage", r.prop("StageName")
	if name != nil {
		stage = r.id + stageID(text)
	} else {
		name = at.str("default")
	}
	e.add(r, stage, "AWS::ApiGatewayV2::Stage", at.obj(append(at.copyProps(r, "AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables"),
		at.pair("ApiId", at.ref(r.id)), at.pair("StageName", name), at.pair("AutoDeploy", at.boolean(true)), at.pair("Tags", tags))...), at)
	auth := e.webSocketAuth(r)
	routes := r.prop("Routes")
	if routes != nil && routes.Kind == syntax.Mapping {
		for _, p := range routes.Pairs {
			e.webSocketRoute(r, p, auth)
		}
	}
	e.domainV2(r, stage, tags)
}

// webSocketAuth makes the authorizer of a WebSocket API and what lets the API call it,
// and returns what the route on which clients connect says of it.
func (e *expander) webSocketAuth(r resource) []syntax.Pair {
	auth := r.prop("Auth")
	typ := auth.Get("AuthType")
	if auth == nil || auth.Kind != syntax.Mapping || typ == nil {
		return nil
	}
	at := r.at.of(auth)
	out := []syntax.Pair{at.pair("AuthorizationType", typ)}
	arn := auth.Get("AuthArn")
	if e.text(typ) != "CUSTOM" || arn == nil {
		return out
	}
	id := r.id + "ConnectAuthorizer"
	name := auth.Get("Name")
	if name == nil {
		name = at.str(id)
	}
	e.add(r, id, "AWS::ApiGatewayV2::Authorizer", at.obj(at.pair("ApiId", at.ref(r.id)), at.pair("AuthorizerType", at.str("REQUEST")), at.pair("Name", name),
		at.pair("AuthorizerCredentialsArn", auth.Get("InvokeRole")), at.pair("IdentitySource", auth.Get("IdentitySource")),
		at.pair("AuthorizerUri", at.sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${AuthArn}/invocations", at.pair("AuthArn", arn)))), at)
	if auth.Get("InvokeRole") == nil {
		e.add(r, r.id+"AuthorizerPermission", "AWS::Lambda::Permission", at.obj(at.pair("Action", at.str("lambda:InvokeFunction")), at.pair("FunctionName", arn),
			at.pair("Principal", at.str("apigateway.amazonaws.com")),
			at.pair("SourceArn", at.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*", at.pair("__ApiId__", at.ref(r.id))))), at)
	}
	return append(out, at.pair("AuthorizerId", at.ref(id)))
}

// webSocketRoute makes a route, what it leads to, and what lets the API call that.
func (e *expander) webSocketRoute(r resource, p syntax.Pair, auth []syntax.Pair) {
	at := maker{p.KeySpan}
	name := alnum(p.Key)
	id := r.id
	if name != "" {
		id += strings.ToUpper(name[:1]) + name[1:]
	}
	arn := p.Value.Get("FunctionArn")
	e.add(r, id+"Integration", "AWS::ApiGatewayV2::Integration", at.obj(append(at.copyProps(resource{props: p.Value.Get("Integration")}, "TimeoutInMillis"), at.pair("ApiId", at.ref(r.id)), at.pair("IntegrationType", at.str("AWS_PROXY")),
		at.pair("IntegrationUri", at.sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations", at.pair("FunctionArn", arn))))...), at)
	pairs := at.copyProps(resource{props: p.Value}, "ApiKeyRequired", "ModelSelectionExpression", "OperationName", "RequestModels", "RequestParameters", "RouteResponseSelectionExpression")
	if p.Key == "$connect" {
		pairs = append(pairs, auth...)
	}
	e.add(r, id+"Route", "AWS::ApiGatewayV2::Route", at.obj(append(pairs, at.pair("ApiId", at.ref(r.id)), at.pair("RouteKey", at.str(p.Key)),
		at.pair("Target", at.obj(at.pair("Fn::Join", at.list(at.str("/"), at.list(at.str("integrations"), at.ref(id+"Integration")))))))...), at)
	e.add(r, id+"Permission", "AWS::Lambda::Permission", at.obj(at.pair("Action", at.str("lambda:InvokeFunction")), at.pair("FunctionName", arn),
		at.pair("Principal", at.str("apigateway.amazonaws.com")),
		at.pair("SourceArn", at.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${"+r.id+".ApiId}/"+stageOr(r.prop("StageName"))+"/"+p.Key))), at)
}

// stageOr is the name of the stage of a WebSocket API in an ARN.
func stageOr(n *syntax.Node) string {
	if n == nil {
		return "default"
	}
	if text := stageText(n); text != "" {
		return text
	}
	return "*"
}
