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
	apiNode := id
	if id == nil {
		apiNode = at.ref(api)
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
	ofStage := tags
	if r.prop("DefinitionUri") != nil && r.prop("DefinitionBody") == nil {
		ofStage = nil // which the transform writes to the body alone
	}
	e.add(r, stage, "AWS::ApiGatewayV2::Stage", at.obj(append(stagePairs, at.pair("ApiId", at.ref(r.id)), at.pair("StageName", name), at.pair("AutoDeploy", at.boolean(true)), at.pair("Tags", ofStage))...), at)
	e.out.Aliases[r.id+".Stage"] = stage
	e.authorizers(r, "HttpApi")
	e.domainV2(r, stage, tags)
}
