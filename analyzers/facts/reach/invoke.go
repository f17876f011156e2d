package reach

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// callee is what is invoked: a function, or an alias or version of it. Each of these has
// a policy of its own, and what one lets in the others don't.
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
type callee struct {
	function *graph.Node
	// alias is the alias, if it is a resource that is known; qualifier is the name of the
	// alias or version otherwise. Both are empty for the function itself.
	alias     *aws.FunctionAlias
	qualifier value.Value
	// some says that it is one of the aliases and versions, whichever.
	some bool
}

// functionOf is the function that a node is or stands for, or nil.
func (r *Reach) functionOf(n *graph.Node) *graph.Node {
	if alias := aws.Of[aws.FunctionAlias](r.g, n); alias != nil {
		n = alias.Function.One()
	} else if version := aws.Of[aws.FunctionVersion](r.g, n); version != nil {
		n = version.Function.One()
	}
	if m := aws.Of[aws.LambdaFunction](r.g, n); m != nil && n.Mode == graph.Managed {
		return n
	}
	return nil
}

// called is the function, alias or version that a URI or ARN names by a reference to an
// attribute of a node, or nil.
func (r *Reach) called(n *graph.Node, attr string, uri value.Value) *callee {
	fn := r.functionOf(n)
	if fn == nil {
		return nil
	}
	c := &callee{function: fn, alias: aws.Of[aws.FunctionAlias](r.g, n)}
	switch {
	case c.alias != nil:
	case n != fn || strings.HasPrefix(attr, "qualified_"): // some version
		c.some = true
	default:
		c.qualifier, c.some = qualifierIn(uri)
	}
	return c
}

// qualifierIn is the alias or version that stands behind the ARN of a function:
// ".../functions/${function.arn}:live/invocations". Some says that there is one which is
// not known.
func qualifierIn(uri value.Value) (name value.Value, some bool) {
	parts := uri.Parts()
	for i, p := range parts {
		if !p.IsUnknown() || len(p.Refs()) == 0 || i+1 == len(parts) {
			continue
		}
		text, _ := parts[i+1].Str()
		rest, qualified := strings.CutPrefix(text, ":")
		if !qualified {
			continue
		}
		name, _, ends := strings.Cut(rest, "/")
		if !ends && i+2 < len(parts) || strings.Contains(name, "${") { // of a stage variable
			return value.Value{}, true
		}
		return value.OfString(name, parts[i+1].Span()), false
	}
	return value.Value{}, false
}

// qualify reads an attribute that names an alias or version of the function.
func (c *callee) qualify(g *graph.Graph, n *graph.Node, qualifier value.Attr) {
	c.qualifier = qualifier.V
	targets, complete := g.Resolve(n, qualifier.Name, qualifier.V)
	if complete && len(targets) == 1 && targets[0].Sure == tri.True {
		if alias := aws.Of[aws.FunctionAlias](g, targets[0].Node); alias != nil {
			c.alias = alias
		}
	}
}

// isSame says whether two of one function are the same.
func (c *callee) isSame(other *callee) tri.Bool {
	if c.alias != nil && c.alias == other.alias {
		return tri.True
	}
	switch x, y := c.isQualified(), other.isQualified(); {
	case x == tri.Unknown || y == tri.Unknown:
		return tri.Unknown
	case x != y:
		return tri.False
	case x == tri.False:
		return tri.True
	}
	a, known := c.name()
	b, ok := other.name()
	if known && ok {
		return tri.Of(a == b)
	}
	return tri.Unknown
}

// isQualified says whether it is an alias or version. An attribute that is not known may
// be null.
func (c *callee) isQualified() tri.Bool {
	v := c.qualifier
	switch {
	case c.alias != nil, c.some, v.IsKnown() && !v.IsUnset(), v.Parts() != nil, len(v.Refs()) > 0:
		return tri.True
	case v.IsUnset():
		return tri.False
	}
	return tri.Unknown
}

func (c *callee) name() (string, bool) {
	if c.alias != nil {
		return c.alias.Name.Get()
	}
	return c.qualifier.Str()
}

func (c *callee) String() string {
	if c.alias != nil {
		return c.alias.Node().Addr
	}
	if name, ok := c.qualifier.Str(); ok {
		return c.function.Addr + ":" + name
	}
	return c.function.Addr
}

// mayInvoke says whether a service may invoke a function: by a permission, or by
// credentials that it is given.
func (r *Reach) mayInvoke(to *callee, service string, credentials value.Attr) value.Verdict {
	if !credentials.V.IsUnset() {
		return value.Good()
	}
	m := aws.Of[aws.LambdaFunction](r.g, to.function)
	vs := []value.Verdict{value.Bad(value.Fact{Text: fmt.Sprintf("no permission lets %s invoke %s", service, to), Span: to.function.Span.Head()})}
	open := m.Permissions.Open
	for _, p := range m.Permissions.Items {
		about := callee{function: to.function}
		about.qualify(r.g, p.Part.Node(), p.Part.Qualifier)
		vs = append(vs, lets(p, &about, to, service))
	}
	for _, a := range m.Aliases.Items {
		for _, p := range a.Part.Permissions.Items {
			p.Sure = tri.And(p.Sure, a.Sure)
			vs = append(vs, lets(p, &callee{function: to.function, alias: a.Part}, to, service))
		}
		if a.Part == to.alias {
			open = append(open, a.Part.Permissions.Open...)
		}
	}
	if len(open) > 0 {
		vs = append(vs, value.Open(open...))
	}
	return value.Either(vs...)
}

// lets says whether a permission, which is about a function or one of its aliases, lets
// a service invoke what is called.
func lets(p aws.Satellite[aws.FunctionPermission], about, to *callee, service string) value.Verdict {
	n := p.Part.Node()
	v := p.Part.Principal.IsFold(service, "*")
	if v.IsGood() {
		v = sureOnly(value.Good(value.Fact{Text: fmt.Sprintf("%s lets %s invoke %s", n.Addr, service, to), Span: n.Span.Head()}), p.Sure)
	}
	switch about.isSame(to) {
	case tri.False:
		return value.Bad(value.Fact{Text: fmt.Sprintf("%s is about %s, and not %s", n.Addr, about, to), Span: n.Span.Head()})
	case tri.Unknown:
		if !v.IsBad() {
			v = value.Open(value.Fact{Text: fmt.Sprintf("whether %s is about %s is not known", n.Addr, to), Span: n.Span.Head()})
		}
	case tri.True:
	}
	return v
}
