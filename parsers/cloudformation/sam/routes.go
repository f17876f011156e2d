package sam

import (
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// route is what an event adds to the body of an API.
type route struct {
	path, method string
	// uri is what requests are handed on to; nil if that is no function.
	uri *syntax.Node
	at  maker
}

// addRoute notes the route of an event, to be written to the body of its API.
func (e *expander) addRoute(api string, ev event, target string) {
	r := route{path: e.text(ev.props.Get("Path")), method: strings.ToLower(e.text(ev.props.Get("Method"))), at: ev.at}
	if r.method == "any" {
		r.method = "x-amazon-apigateway-any-method"
	}
	if target != "" {
		r.uri = r.at.sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${" + target + "}/invocations")
	}
	e.routes[api] = append(e.routes[api], r)
}

// bodies writes the routes to the APIs for which nobody wrote a body. A route that is
// not known in full leaves the body unknown.
func (e *expander) bodies() {
	for _, p := range e.out.Resources {
		routes := e.routes[p.Key]
		if len(routes) == 0 || e.written[p.Key].Get("Properties").Get("DefinitionBody") != nil || e.written[p.Key].Get("Properties").Get("DefinitionUri") != nil {
			continue
		}
		if typ := p.Value.Get("Type"); e.out.From[p.Key] == "" || typ == nil || typ.Text != "AWS::ApiGateway::RestApi" && typ.Text != "AWS::ApiGatewayV2::Api" {
			continue
		}
		if body := bodyOf(routes); body != nil {
			e.setProperty(p.Key, "Body", body)
		}
	}
}

// bodyOf is an OpenAPI document with the routes.
func bodyOf(routes []route) *syntax.Node {
	at := routes[0].at
	var paths []syntax.Pair
	for _, r := range routes {
		if r.path == "" || r.method == "" {
			return nil
		}
		var integration *syntax.Node
		if r.uri != nil {
			integration = r.at.obj(r.at.pair("type", r.at.str("aws_proxy")), r.at.pair("httpMethod", r.at.str("POST")), r.at.pair("uri", r.uri))
		}
		item := r.at.obj(r.at.pair(r.method, r.at.obj(r.at.pair("x-amazon-apigateway-integration", integration))))
		if old := at.obj(paths...).Get(r.path); old != nil {
			item.Pairs = append(append([]syntax.Pair(nil), old.Pairs...), item.Pairs...)
		}
		paths = set(paths, r.at.pair(r.path, item))
	}
	return at.obj(at.pair("paths", at.obj(paths...)))
}
