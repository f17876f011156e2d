package sam

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// The implicit APIs, for events that name none.
const (
	implicitREST = "ServerlessRestApi"
	implicitHTTP = "ServerlessHttpApi"
)

// implicit is an event that belongs to an implicit API.
type implicit struct {
	r  resource
	at maker
}

// restEvent is an Api event: what lets the API invoke the function, for its stage.
// service is who is let in; empty for what is called with a role instead.
func (e *expander) restEvent(r resource, ev event, service, target string) {
	at := ev.at
	api := e.idOf(ev.props.Get("RestApiId"))
	suffix := "Permission"
	switch own := e.written[api]; {
	case ev.props.Get("RestApiId") == nil:
		e.rest = append(e.rest, implicit{r, at})
		api, suffix = implicitREST, "PermissionProd"
	case own != nil && own.Get("Type") != nil && own.Get("Type").Text == "AWS::Serverless::Api":
		suffix += stageSuffix(stageText(own.Get("Properties").Get("StageName")))
	default:
		suffix += "Stage"
	}
	switch {
	case service == "":
		e.addRoute(api, ev, "")
	case target == r.id:
		e.addRoute(api, ev, target+".Arn")
	default:
		e.addRoute(api, ev, target)
	}
	path, method := e.text(ev.props.Get("Path")), strings.ToUpper(e.text(ev.props.Get("Method")))
	if method == "ANY" || method == "X-AMAZON-APIGATEWAY-ANY-METHOD" {
		method = "*"
	}
	if service == "" {
		return
	}
	apiNode := ev.props.Get("RestApiId")
	if apiNode == nil {
		apiNode = at.ref(api)
	}
	e.add(r, ev.id+suffix, "AWS::Lambda::Permission", at.obj(at.pair("Action", at.str("lambda:InvokeFunction")), at.pair("FunctionName", at.ref(target)),
		at.pair("Principal", at.str(service)),
		at.pair("SourceArn", at.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/${__Stage__}/"+method+sourcePath(path),
			at.pair("__ApiId__", apiNode), at.pair("__Stage__", at.str("*"))))), at)
}

// idOf is the id that a node refers to, or names.
func (e *expander) idOf(n *syntax.Node) string {
	if id := refersTo(n); id != "" || n == nil {
		return id
	}
	if n.Tag == "" && n.Kind == syntax.String && e.written[n.Text] != nil {
		return n.Text
	}
	return ""
}

// sourcePath is a path as it stands in the ARN of a caller: parameters are anything.
func sourcePath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = "*"
		}
	}
	out := strings.Join(parts, "/")
	if len(out) > 1 {
		out = strings.TrimSuffix(out, "/")
	}
	return out
}

// stageText is the name of a stage, or empty if it is computed.
func stageText(n *syntax.Node) string {
	if n == nil || n.Tag != "" || !n.IsScalar() {
		return ""
	}
	return n.Text
}

// stageSuffix is what the name of a stage adds to logical ids.
func stageSuffix(name string) string {
	switch {
	case name == "":
		return "Stage"
	case alnum(name) != name:
		return "" // and a hash
	}
	return name
}

// implicitAPIs makes the APIs of the events that name none.
func (e *expander) implicitAPIs() {
	if len(e.rest) > 0 && e.written[implicitREST] == nil {
		r := shared(e.rest)
		r.id = implicitREST
		r.props = r.at.withDefaults(e.in.Globals.Get("Api"), r.at.pair("StageName", r.at.str("Prod")))
		e.checkShapes(shapes["AWS::Serverless::Api"], r.id, r.props)
		e.checkAPI(r, false)
		e.api(r)
	}
	if len(e.http) > 0 && e.written[implicitHTTP] == nil {
		r := shared(e.http)
		r.id = implicitHTTP
		r.props = r.at.withDefaults(e.in.Globals.Get("HttpApi"))
		e.checkShapes(shapes["AWS::Serverless::HttpApi"], r.id, r.props)
		e.checkAPI(r, true)
		e.httpAPI(r)
	}
}

// withDefaults are the properties of an API that nobody wrote: those of Globals.
func (m maker) withDefaults(globals *syntax.Node, more ...syntax.Pair) *syntax.Node {
	out := m.obj()
	if globals != nil && globals.Kind == syntax.Mapping {
		out.Pairs = slices.Clone(globals.Pairs)
	}
	for _, p := range more {
		out.Pairs = set(out.Pairs, p)
	}
	return out
}

// shared is what several resources have in common: it is there if all events are of
// resources with one condition under that, and always otherwise.
func shared(list []implicit) resource {
	first := list[0]
	out := first.r
	out.at = first.at
	pairs := []syntax.Pair{}
	if c, ok := first.r.pair.Value.Lookup("Condition"); ok && !slices.ContainsFunc(list, func(i implicit) bool {
		other, ok := i.r.pair.Value.Lookup("Condition")
		return !ok || other.Value.Text != c.Value.Text
	}) {
		pairs = append(pairs, c)
	}
	out.pair.Value = &syntax.Node{Kind: syntax.Mapping, Span: first.r.pair.Value.Extent(), Pairs: pairs}
	return out
}

// api expands AWS::Serverless::Api.
func (e *expander) api(r resource) {
	at := r.at
	pairs := at.copyProps(r, "Name", "Description", "BinaryMediaTypes", "MinimumCompressionSize", "ApiKeySourceType", "Mode", "FailOnWarnings", "DisableExecuteApiEndpoint", "Policy", "SecurityPolicy", "EndpointAccessMode")
	pairs = append(pairs, at.endpoints(r.prop("EndpointConfiguration"))...)
	e.out.Computed[r.id] = append(e.out.Computed[r.id], "Body") // events and authorizers add to the body
	if body := r.prop("DefinitionBody"); body != nil {
		pairs = append(pairs, at.of(body).pair("Body", body))
	}
	if uri := r.prop("DefinitionUri"); uri != nil {
		if loc := at.of(uri).s3(uri, "Bucket", "Key", "Version"); loc != nil {
			pairs = append(pairs, at.of(uri).pair("BodyS3Location", loc))
		}
	}
	if policy := e.resourcePolicy(r.prop("Auth").Get("ResourcePolicy")); policy != nil {
		pairs = set(pairs, at.pair("Policy", policy))
	} else if r.prop("Auth").Get("ResourcePolicy") != nil {
		e.out.Computed[r.id] = append(e.out.Computed[r.id], "Policy")
	}
	if tags := at.tags(r.prop("Tags"), ""); tags != nil && r.prop("Tags") != nil {
		pairs = append(pairs, at.pair("Tags", tags))
	}
	e.add(r, r.id, "AWS::ApiGateway::RestApi", at.obj(pairs...), at)
	deployment := r.id + "Deployment"
	var firstStage *syntax.Node
	if r.prop("OpenApiVersion") == nil { // else the transform leaves out the stage that API Gateway would make
		firstStage = at.str("Stage")
	}
	e.add(r, deployment, "AWS::ApiGateway::Deployment", at.obj(at.pair("RestApiId", at.ref(r.id)), at.pair("StageName", firstStage), at.pair("Description", at.hashed("RestApi deployment id: "))), at)
	stage := r.id + stageID(stageText(r.prop("StageName")))
	stagePairs := at.copyProps(r, "StageName", "CacheClusterEnabled", "CacheClusterSize", "CanarySetting", "MethodSettings", "TracingEnabled", "Variables")
	if a := r.prop("AccessLogSetting"); a != nil {
		stagePairs = append(stagePairs, at.of(a).pair("AccessLogSetting", a))
	}
	if tags := at.tags(r.prop("Tags"), ""); tags != nil && r.prop("Tags") != nil {
		stagePairs = append(stagePairs, at.pair("Tags", tags))
	}
	e.add(r, stage, "AWS::ApiGateway::Stage", at.obj(append(stagePairs, at.pair("DeploymentId", at.ref(deployment)), at.pair("RestApiId", at.ref(r.id)))...), at)
	e.out.Aliases[r.id+".Stage"], e.out.Aliases[r.id+".Deployment"] = stage, deployment
	e.authorizers(r, "Api")
	e.usagePlan(r, stage)
	e.restDomain(r, stage)
}

// endpoints is the kind of endpoint that a REST API has, which the transform also hands
// to the import of its body.
func (m maker) endpoints(ep *syntax.Node) []syntax.Pair {
	if ep == nil {
		return nil
	}
	at, kind := m.of(ep), ep
	config := at.obj(at.pair("Types", at.list(ep)))
	if ep.Kind == syntax.Mapping && !isFunction(ep) && ep.Get("Type") != nil {
		kind = ep.Get("Type")
		ids := ep.Get("VPCEndpointIds")
		if ids == nil {
			ids = ep.Get("VpcEndpointIds")
		}
		config = at.obj(at.pair("Types", at.list(kind)), at.pair("VpcEndpointIds", ids), at.pair("IpAddressType", ep.Get("IpAddressType")))
	}
	return []syntax.Pair{at.pair("EndpointConfiguration", config), at.pair("Parameters", at.obj(at.pair("endpointConfigurationTypes", kind)))}
}

// stageID is what a stage adds to the id of its API.
func stageID(name string) string {
	if name == "" || alnum(name) != name {
		return "Stage" // and a hash
	}
	return name + "Stage"
}

// resourcePolicy makes the policy of an API of the lists of Auth.ResourcePolicy. Of
// the lists, the transform writes statements on the paths that the API has, which
// are not known here.
func (e *expander) resourcePolicy(p *syntax.Node) *syntax.Node {
	if p == nil || p.Get("CustomStatements") == nil || len(p.Pairs) > 1 {
		return nil
	}
	at := maker{p.Extent()}
	statements := p.Get("CustomStatements")
	if statements.Kind != syntax.Sequence {
		statements = at.list(statements)
	}
	return at.obj(at.pair("Version", at.str("2012-10-17")), at.pair("Statement", statements))
}

// authorizers makes what lets an API call the functions that authorize for it.
func (e *expander) authorizers(r resource, kind string) {
	list := r.prop("Auth").Get("Authorizers")
	if list == nil || list.Kind != syntax.Mapping || isFunction(list) {
		return
	}
	for _, p := range list.Pairs {
		at := maker{p.KeySpan}
		arn := p.Value.Get("FunctionArn")
		if arn == nil || kind == "HttpApi" && !e.isTrue(p.Value.Get("EnableFunctionDefaultPermissions")) {
			continue
		}
		if kind == "Api" && e.isTrue(p.Value.Get("DisableFunctionDefaultPermissions")) {
			continue
		}
		e.add(r, r.id+p.Key+"AuthorizerPermission", "AWS::Lambda::Permission", at.obj(at.pair("Action", at.str("lambda:InvokeFunction")), at.pair("FunctionName", arn),
			at.pair("Principal", at.str("apigateway.amazonaws.com")),
			at.pair("SourceArn", at.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*", at.pair("__ApiId__", at.ref(r.id))))), at)
	}
}

// usagePlan makes a plan and a key for an API.
func (e *expander) usagePlan(r resource, stage string) {
	p := r.prop("Auth").Get("UsagePlan")
	if p == nil || p.Kind != syntax.Mapping {
		return
	}
	at := r.at.of(p)
	kind := e.text(p.Get("CreateUsagePlan"))
	if kind != "PER_API" && kind != "SHARED" {
		return
	}
	plan, key, link := r.id+"UsagePlan", r.id+"ApiKey", r.id+"UsagePlanKey"
	if kind == "SHARED" {
		plan, key, link = "ServerlessUsagePlan", "ServerlessApiKey", "ServerlessUsagePlanKey"
	}
	stageNode := at.list(at.obj(at.pair("ApiId", at.ref(r.id)), at.pair("Stage", at.ref(stage))))
	if made := e.made(plan); made != nil {
		old := made.Get("Properties").Get("ApiStages")
		e.setProperty(plan, "ApiStages", at.list(append(slices.Clone(old.Items), stageNode.Items...)...))
		old = e.made(key).Get("Properties").Get("StageKeys")
		e.setProperty(key, "StageKeys", at.list(append(slices.Clone(old.Items), at.obj(at.pair("RestApiId", at.ref(r.id)), at.pair("StageName", at.ref(stage))))...))
		return
	}
	e.add(r, plan, "AWS::ApiGateway::UsagePlan", at.obj(append(at.copyProps(resource{props: p}, "UsagePlanName", "Description", "Quota", "Throttle", "Tags"), at.pair("ApiStages", stageNode))...), at)
	e.add(r, key, "AWS::ApiGateway::ApiKey", at.obj(at.pair("Enabled", at.boolean(true)),
		at.pair("StageKeys", at.list(at.obj(at.pair("RestApiId", at.ref(r.id)), at.pair("StageName", at.ref(stage)))))), at)
	e.add(r, link, "AWS::ApiGateway::UsagePlanKey", at.obj(at.pair("KeyId", at.ref(key)), at.pair("KeyType", at.str("API_KEY")), at.pair("UsagePlanId", at.ref(plan))), at)
}
