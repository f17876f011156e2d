package sam

import (
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// httpEvent is an HttpApi event.
func (f *function) httpEvent(ev event) {
	at := ev.at
	id := ev.props.Get("ApiId")
	api := f.idOf(id)
	if id == nil {
		f.http = append(f.http, implicit{f.resource, at})
		api = implicitHTTP
	}
	f.httpRoute(api, ev)
	path, method := f.text(ev.props.Get("Path")), strings.ToUpper(f.text(ev.props.Get("Method")))
	if path != "" && f.servesAll(api) {
		return // the permission for the default route holds for all
	}
	if method == "ANY" || method == "X-AMAZON-APIGATEWAY-ANY-METHOD" {
		method = "*"
	}
	tail := method + sourcePath(path)
	if path == "" && method == "" || path == "$default" {
		tail = "*" // the default route takes all that no other does
	}
	apiNode := at.ref(api)
	if api == "" && id != nil {
		apiNode = id
	}
	f.add(f.resource, ev.id+"Permission", "AWS::Lambda::Permission", at.obj(at.pair("Action", at.str("lambda:InvokeFunction")), at.pair("FunctionName", at.ref(f.target)),
		at.pair("Principal", at.str("apigateway.amazonaws.com")),
		at.pair("SourceArn", at.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/${__Stage__}/"+tail,
			at.pair("__ApiId__", apiNode), at.pair("__Stage__", at.str("*"))))), at)
}

// httpRoute notes the route of an event; without a path and method, it is the one that
// takes all that no other does.
func (f *function) httpRoute(api string, ev event) {
	if ev.props.Get("Path") == nil && ev.props.Get("Method") == nil {
		ev.props = ev.at.obj(ev.at.pair("Path", ev.at.str("$default")), ev.at.pair("Method", ev.at.str("any")))
	}
	target := f.target
	if target == f.resource.id {
		target += ".Arn"
	}
	f.addRoute(api, ev, target)
}

// servesAll reports that the function takes the default route of an API.
func (f *function) servesAll(api string) bool {
	for _, ev := range f.eventsOf(f.resource) {
		own := implicitHTTP
		if id := ev.props.Get("ApiId"); id != nil {
			own = f.idOf(id)
		}
		if ev.typ == "HttpApi" && ev.props.Get("Path") == nil && own == api {
			return true
		}
	}
	return false
}

// httpAPI expands AWS::Serverless::HttpApi.
func (e *expander) httpAPI(r resource) {
	at := r.at
	pairs := []syntax.Pair{}
	e.out.Computed[r.id] = append(e.out.Computed[r.id], "Body") // events and authorizers add to the body
	if body := r.prop("DefinitionBody"); body != nil {
		pairs = append(pairs, at.of(body).pair("Body", body))
	}
	if uri := r.prop("DefinitionUri"); uri != nil {
		if loc := at.of(uri).s3(uri, "Bucket", "Key", "Version"); loc != nil {
			pairs = append(pairs, at.of(uri).pair("BodyS3Location", loc))
		}
	}
	pairs = append(pairs, at.copyProps(r, "FailOnWarnings", "DisableExecuteApiEndpoint", "Description")...)
	e.add(r, r.id, "AWS::ApiGatewayV2::Api", at.obj(pairs...), at)
	name := r.prop("StageName")
	text := stageText(name)
	stage := r.id + stageID(text)
	if name == nil || text == "$default" {
		stage = r.id + "ApiGatewayDefaultStage"
	}
	if name == nil {
		name = at.str("$default")
	}
	stagePairs := at.copyProps(r, "AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables")
	tags := at.tagMap(r.prop("Tags"), "httpapi:createdBy")
	e.add(r, stage, "AWS::ApiGatewayV2::Stage", at.obj(append(stagePairs, at.pair("ApiId", at.ref(r.id)), at.pair("StageName", name), at.pair("AutoDeploy", at.boolean(true)), at.pair("Tags", tags))...), at)
	e.out.Aliases[r.id+".Stage"] = stage
	e.authorizers(r, "HttpApi")
	e.domainV2(r, stage, tags)
}

// domainV2 makes the domain name of an HTTP or WebSocket API.
func (e *expander) domainV2(r resource, stage string, tags *syntax.Node) {
	d := r.prop("Domain")
	if d == nil || d.Kind != syntax.Mapping || isFunction(d) {
		return
	}
	at := r.at.of(d)
	id := "ApiGatewayDomainNameV2" + domainKey(e, d.Get("DomainName"))
	config := at.obj(append(at.copyProps(resource{props: d}, "CertificateArn", "SecurityPolicy", "OwnershipVerificationCertificateArn"), at.pair("EndpointType", d.Get("EndpointConfiguration")))...)
	if d.Get("EndpointConfiguration") == nil {
		config.Pairs = append(config.Pairs, at.pair("EndpointType", at.str("REGIONAL")))
	}
	e.add(r, id, "AWS::ApiGatewayV2::DomainName", at.obj(append(at.copyProps(resource{props: d}, "DomainName", "MutualTlsAuthentication"), at.pair("DomainNameConfigurations", at.list(config)),
		at.pair("Tags", tags))...), at)
	paths := items(d.Get("BasePath"))
	if len(paths) == 0 {
		paths = []*syntax.Node{nil}
	}
	for _, p := range paths {
		suffix := ""
		if text := e.text(p); text != "" && text != "/" {
			suffix = alnum(text)
		}
		mp := at.obj(at.pair("ApiId", at.ref(r.id)), at.pair("DomainName", at.ref(id)), at.pair("Stage", at.ref(stage)))
		if suffix != "" {
			mp.Pairs = append(mp.Pairs, at.pair("ApiMappingKey", p))
		}
		e.add(r, r.id+suffix+"ApiMapping", "AWS::ApiGatewayV2::ApiMapping", mp, at)
	}
	e.records(r, d, at)
}

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
	routes := r.prop("Routes")
	if routes != nil && routes.Kind == syntax.Mapping {
		for _, p := range routes.Pairs {
			e.webSocketRoute(r, p)
		}
	}
	e.domainV2(r, stage, tags)
}

// webSocketRoute makes a route, what it leads to, and what lets the API call that.
func (e *expander) webSocketRoute(r resource, p syntax.Pair) {
	at := maker{p.KeySpan}
	name := alnum(p.Key)
	id := r.id
	if name != "" {
		id += strings.ToUpper(name[:1]) + name[1:]
	}
	arn := p.Value.Get("FunctionArn")
	e.add(r, id+"Integration", "AWS::ApiGatewayV2::Integration", at.obj(at.pair("ApiId", at.ref(r.id)), at.pair("IntegrationType", at.str("AWS_PROXY")),
		at.pair("IntegrationUri", at.sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations", at.pair("FunctionArn", arn)))), at)
	e.add(r, id+"Route", "AWS::ApiGatewayV2::Route", at.obj(at.pair("ApiId", at.ref(r.id)), at.pair("RouteKey", at.str(p.Key)),
		at.pair("Target", at.obj(at.pair("Fn::Join", at.list(at.str("/"), at.list(at.str("integrations"), at.ref(id+"Integration"))))))), at)
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
