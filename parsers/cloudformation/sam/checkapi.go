package sam

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// checkAPI reports what the transform would refuse in a REST or HTTP API.
func (e *expander) checkAPI(r resource, http bool) {
	body, uri := r.prop("DefinitionBody"), r.prop("DefinitionUri")
	e.exclude(r.id, r.props, "DefinitionUri", "DefinitionBody")
	e.checkURI(r, "DefinitionUri")
	if uri != nil && e.isTrue(r.prop("MergeDefinitions")) {
		e.warn(uri.Extent(), r.id+" has both DefinitionUri and MergeDefinitions, of which SAM takes one")
	}
	if uri != nil && body == nil {
		e.checkInline(r, http)
	}
	if name := r.prop("StageName"); name != nil && name.Kind == syntax.String && name.Text == "" && !isFunction(name) {
		e.warn(name.Extent(), "StageName of "+r.id+" is empty, which SAM refuses")
	}
	if v := r.prop("OpenApiVersion"); v != nil && v.Kind == syntax.String && !isFunction(v) && !openAPIVersion.MatchString(v.Text) {
		e.warn(v.Extent(), "OpenApiVersion of "+r.id+" is not of the form 3.0.0, so that SAM refuses it")
	}
	if ep := r.prop("EndpointConfiguration"); ep != nil {
		e.exclude("EndpointConfiguration of "+r.id, ep, "VPCEndpointIds", "VpcEndpointIds")
	}
	e.checkBody(r.id, body)
	e.checkCORS(r)
	e.checkAuth(r, http)
	e.checkDomain(r)
	for _, p := range named(r.prop("GatewayResponses")) {
		if code := p.Value.Get("StatusCode"); code != nil && code.IsScalar() && !isFunction(code) && strings.Trim(code.Text, "0123456789") != "" {
			e.warn(code.Extent(), "StatusCode of GatewayResponses."+p.Key+" of "+r.id+" is not a number, which SAM refuses")
		}
	}
}

var openAPIVersion = regexp.MustCompile(`^\d+\.\d+(\.\d+)?$`)

// checkInline reports what the transform adds to a body, if that is in a file.
func (e *expander) checkInline(r resource, http bool) {
	names := []string{"Cors", "Auth", "GatewayResponses", "Models", "DisableExecuteApiEndpoint"}
	if http {
		names = []string{"CorsConfiguration", "Auth", "Tags", "DisableExecuteApiEndpoint"}
	}
	for _, name := range names {
		v := r.prop(name)
		if v == nil || isFunction(v) || name == "Auth" && !http && onlyWithoutBody(v) || http && name == "CorsConfiguration" && e.isFalse(v) {
			continue
		}
		e.warn(v.Extent(), name+" of "+r.id+" is for the body, so that SAM refuses it together with DefinitionUri")
	}
}

// onlyWithoutBody reports settings of Auth of which nothing is written to the body.
func onlyWithoutBody(auth *syntax.Node) bool {
	return !slices.ContainsFunc(auth.Pairs, func(p syntax.Pair) bool {
		return p.Key != "UsagePlan" && p.Key != "AddDefaultAuthorizerToCorsPreflight"
	})
}

// methods are what a path of an API may have an operation for.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method"}

// checkBody reports paths and methods of an OpenAPI document that are no mappings.
func (e *expander) checkBody(id string, body *syntax.Node) {
	if body == nil {
		return
	}
	if body.Kind != syntax.Mapping && !isFunction(body) {
		e.warn(body.Extent(), "DefinitionBody of "+id+" is not a mapping, which SAM refuses")
		return
	}
	if defs := body.Get("securityDefinitions"); defs != nil && defs.Kind != syntax.Mapping {
		e.warn(defs.Extent(), "securityDefinitions of DefinitionBody of "+id+" is not a mapping, which SAM refuses")
	}
	if ep := body.Get("x-amazon-apigateway-endpoint-configuration"); ep != nil && ep.Kind != syntax.Mapping {
		e.warn(ep.Extent(), "x-amazon-apigateway-endpoint-configuration of DefinitionBody of "+id+" is not a mapping, which SAM refuses")
	}
	for _, p := range named(body.Get("paths")) {
		if p.Value.Kind != syntax.Mapping {
			if !isFunction(p.Value) && !strings.HasPrefix(p.Key, "x-") && p.Value.Kind != syntax.Unreadable {
				e.warn(p.KeySpan, "the path "+p.Key+" in DefinitionBody of "+id+" is not a mapping, which SAM refuses")
			}
			continue
		}
		for _, m := range named(p.Value) {
			if slices.Contains(methods, strings.ToLower(m.Key)) && m.Value.Kind != syntax.Mapping && m.Value.Kind != syntax.Null && m.Value.Kind != syntax.Unreadable && !isFunction(m.Value) {
				e.warn(m.KeySpan, "the method "+m.Key+" of the path "+p.Key+" in DefinitionBody of "+id+" is not a mapping, which SAM refuses")
			}
		}
	}
}

// checkCORS reports a configuration that browsers do not take: credentials together with
// any origin.
func (e *expander) checkCORS(r resource) {
	c := r.prop("Cors")
	if c == nil || c.Kind != syntax.Mapping || addsKeys(c) {
		return
	}
	origin := c.Get("AllowOrigin")
	switch {
	case isFunction(origin):
	case origin != nil && origin.IsScalar() && origin.Text == "":
		e.warn(origin.Extent(), "Cors.AllowOrigin of "+r.id+" is empty, which SAM refuses")
	case e.isTrue(c.Get("AllowCredentials")) && (origin == nil || origin.Text == "'*'"):
		e.warn(c.Extent().Head(), "Cors of "+r.id+" allows credentials from any origin, which SAM refuses")
	}
}

// checkAuth reports authorizers that lack what they need.
func (e *expander) checkAuth(r resource, http bool) {
	auth := r.prop("Auth")
	list := auth.Get("Authorizers")
	if auth == nil || addsKeys(auth) || addsKeys(list) {
		return
	}
	if d := auth.Get("DefaultAuthorizer"); d != nil && d.Kind == syntax.String && d.Tag == "" && list.Get(d.Text) == nil && d.Text != "AWS_IAM" && d.Text != "NONE" && (list == nil || list.Kind == syntax.Mapping) {
		e.warn(d.Extent(), "DefaultAuthorizer of "+r.id+" is "+d.Text+", which is not among its Authorizers, so that SAM refuses it")
	}
	for _, p := range named(list) {
		if p.Value.Kind != syntax.Mapping || addsKeys(p.Value) {
			continue
		}
		if http {
			e.checkHTTPAuthorizer(r, p)
		} else {
			e.checkRequestAuthorizer(r, p)
		}
	}
	for _, name := range []string{"SourceVpcWhitelist", "SourceVpcBlacklist"} {
		v := auth.Get("ResourcePolicy").Get(name)
		if v == nil {
			continue
		}
		for _, item := range append([]*syntax.Node{v}, v.Items...) {
			if isFunction(item) && e.staysFunction(item) {
				e.warn(item.Extent(), name+" of "+r.id+" has a function, which SAM refuses: that is what Intrinsic"+strings.TrimPrefix(name, "Source")+" is for")
			}
		}
	}
}

func (e *expander) checkHTTPAuthorizer(r resource, p syntax.Pair) {
	lambda := false
	for _, name := range []string{"FunctionArn", "FunctionInvokeRole", "EnableSimpleResponses", "AuthorizerPayloadFormatVersion"} {
		lambda = lambda || p.Value.Get(name) != nil
	}
	if !lambda {
		return
	}
	for _, name := range []string{"FunctionArn", "AuthorizerPayloadFormatVersion"} {
		if p.Value.Get(name) == nil {
			e.warn(p.KeySpan, "the authorizer "+p.Key+" of "+r.id+" has no "+name+", without which SAM refuses it")
		}
	}
}

// checkRequestAuthorizer reports an authorizer that gets whole requests and does not say
// by what of them it tells callers apart.
func (e *expander) checkRequestAuthorizer(r resource, p syntax.Pair) {
	if e.text(p.Value.Get("FunctionPayloadType")) != "REQUEST" {
		return
	}
	in := p.Value.Get("Identity")
	if in != nil && (in.Kind != syntax.Mapping || addsKeys(in)) {
		return
	}
	if ttl := in.Get("ReauthorizeEvery"); ttl != nil && (e.text(ttl) == "" || e.text(ttl) == "0") {
		return // every request is asked about
	}
	for _, name := range []string{"Headers", "QueryStrings", "StageVariables", "Context"} {
		if in.Get(name) != nil {
			return
		}
	}
	e.warn(p.KeySpan, "the authorizer "+p.Key+" of "+r.id+" has an Identity with none of Headers, QueryStrings, StageVariables and Context, without which SAM refuses it")
}

func (e *expander) checkDomain(r resource) {
	route := r.prop("Domain").Get("Route53")
	if route != nil && route.Kind == syntax.Mapping && !addsKeys(route) && route.Get("HostedZoneId") == nil && route.Get("HostedZoneName") == nil {
		e.warn(route.Extent().Head(), "Domain.Route53 of "+r.id+" has neither HostedZoneId nor HostedZoneName, without which SAM refuses it")
	}
}

// routeKey is what a route of a WebSocket API may be called.
var routeKey = regexp.MustCompile(`^[a-zA-Z0-9]+$|^\$(connect|disconnect|default)$`)

func (e *expander) checkWebSocketAPI(r resource) {
	routes := r.prop("Routes")
	if routes != nil && routes.Kind == syntax.Mapping && !addsKeys(routes) {
		if len(routes.Pairs) == 0 {
			e.warn(routes.Extent(), "Routes of "+r.id+" is empty, which SAM refuses")
		}
		for _, p := range routes.Pairs {
			if !routeKey.MatchString(p.Key) {
				e.warn(p.KeySpan, "the route "+p.Key+" of "+r.id+" has other characters than letters and digits, which SAM refuses")
			}
			if v := p.Value.Get("RequestParameters"); v != nil && p.Key != "$connect" {
				e.warn(v.Extent(), "RequestParameters of the route "+p.Key+" of "+r.id+" are refused by SAM: only $connect has them")
			}
		}
	}
	if name := r.prop("StageName"); stageText(name) == "$default" {
		e.warn(name.Extent(), "StageName of "+r.id+" is $default, which SAM refuses for WebSocket APIs")
	}
	e.checkDomain(r)
	auth := r.prop("Auth")
	if auth == nil || auth.Kind != syntax.Mapping || addsKeys(auth) {
		return
	}
	typ := auth.Get("AuthType")
	config := slices.ContainsFunc(auth.Pairs, func(p syntax.Pair) bool { return p.Key != "AuthType" })
	switch {
	case typ == nil:
		e.warn(auth.Extent().Head(), "Auth of "+r.id+" has no AuthType, without which SAM refuses it")
	case isFunction(typ):
	case typ.Text == "CUSTOM" && auth.Get("AuthArn") == nil:
		e.warn(auth.Extent().Head(), "Auth of "+r.id+" is CUSTOM and has no AuthArn, without which SAM refuses it")
	case (typ.Text == "NONE" || typ.Text == "AWS_IAM") && config:
		e.warn(auth.Extent().Head(), "Auth of "+r.id+" is "+typ.Text+", for which SAM takes nothing else")
	}
	if routes != nil && routes.Get("$connect") == nil && !addsKeys(routes) && typ != nil && typ.Text != "NONE" {
		e.warn(auth.Extent().Head(), "Auth of "+r.id+" is for a route $connect, which is missing, so that SAM refuses it")
	}
}
