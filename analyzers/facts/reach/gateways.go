package reach

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// restAPI is the endpoint of a REST API. Only one of type PRIVATE is not on the
// internet, where a resource policy may still turn callers away.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-endpoint-types.html
func (r *Reach) restAPI(m *aws.RestAPI) *Exposure {
	public := m.Types.Has(func(s string) bool { return strings.EqualFold(s, "PRIVATE") }).Not()
	name := m.Disabled.Is(false).Or(partOf(m.Node(), "domain name", m.Mappings, nil))
	deployed := partOf(m.Node(), "stage", m.Stages, func(s *aws.RestStage) value.Verdict {
		if strings.Contains(strings.ToLower(s.Node().Type), "deployment") {
			return s.Name.Set()
		}
		return value.Good()
	})
	docs := []policy.Document{policy.Decode(r.g, m.Node(), m.Policy.Name, m.Policy.V)}
	for _, p := range m.Policies.Items {
		docs = append(docs, policy.Decode(r.g, p.Part.Node(), p.Part.Policy.Name, p.Part.Policy.V))
	}
	v := quiet(public).And(quiet(name), deployed, callers(m.Node(), docs, m.Policies.Open))
	return endpoint(m.Node(), v, awsnet.SinglePorts(443))
}

// callers says whether the resource policies of an API let everybody call it. One
// that denies, or allows under conditions, is not decided: it is the caller's
// address, account or endpoint that counts.
func callers(n *graph.Node, docs []policy.Document, open []value.Fact) value.Verdict {
	written, everybody := false, false
	for _, doc := range docs {
		open = append(open, doc.Opens()...)
		for _, s := range doc.All() {
			written = true
			everyone, _ := s.Everyone()
			switch {
			case s.IsAllow() == tri.True && everyone == tri.True && s.IsConditional() == tri.False && s.Exists == tri.True:
				everybody = true
			case s.IsDeny() != tri.False || s.IsConditional() != tri.False:
				open = append(open, value.Fact{Text: "the resource policy of " + n.Addr + " says who may call it", Span: s.Span})
			}
		}
	}
	switch {
	case len(open) > 0:
		return value.Open(open...)
	case written && !everybody:
		return value.Open(value.Fact{Text: "the resource policy of " + n.Addr + " says who may call it", Span: n.Span.Head()})
	}
	return value.Good()
}

func (r *Reach) httpAPI(m *aws.HTTPAPI) *Exposure {
	name := m.Disabled.Is(false).Or(partOf(m.Node(), "domain name", m.Mappings, nil))
	deployed := partOf(m.Node(), "stage", m.Stages, nil).Or(m.Target.Set())
	return endpoint(m.Node(), quiet(name).And(deployed), awsnet.SinglePorts(443))
}

// partOf says whether something has a part; counts, if given, which parts count.
func partOf[T any](n *graph.Node, what string, parts aws.Satellites[T], counts func(*T) value.Verdict) value.Verdict {
	vs := []value.Verdict{value.Bad(value.Fact{Text: n.Addr + " has no " + what, Span: n.Span.Head()})}
	for _, p := range parts.Items {
		v := value.Good()
		if counts != nil {
			v = counts(p.Part)
		}
		if v.IsGood() {
			v = value.Good(value.Fact{Text: n.Addr + " has a " + what, Span: head(p.Part)})
		}
		if p.Sure != tri.True && v.IsGood() {
			v = value.Open(value.Fact{Text: "whether " + n.Addr + " has a " + what + " is not known", Span: n.Span.Head()})
		}
		vs = append(vs, v)
	}
	if len(parts.Open) > 0 {
		vs = append(vs, value.Open(parts.Open...))
	}
	return value.Either(vs...)
}

// head is where a part is written.
func head(part any) source.Span {
	if m, ok := part.(interface{ Node() *graph.Node }); ok {
		return m.Node().Span.Head()
	}
	return source.Span{}
}

// endpoint is something of AWS that has an address on the internet of its own, with
// its ports by protocol.
func endpoint(n *graph.Node, v value.Verdict, ports ...awsnet.PortSet) *Exposure {
	switch {
	case v.IsBad():
		return &Exposure{Result: tri.False, Cuts: v.Facts()}
	case v.IsOpen():
		return &Exposure{Result: tri.Unknown, Missing: v.Facts()}
	}
	hops := []value.Fact{{Text: n.Addr + " has an address on the internet", Span: n.Span.Head(), Hop: true}}
	for _, f := range v.Facts() {
		hops = append(hops, hopOf(f))
	}
	path := Path{At: n.Span.Head(), Hops: hops, Sources: IPv4.public()}
	copy(path.Ports[:], ports)
	return &Exposure{Result: tri.True, Paths: []Path{path}}
}

// apis adds the ways through APIs to functions and load balancers.
func (r *Reach) apis(f *forwards) {
	for m := range aws.Managed[aws.RestAPI](r.g) {
		r.restWays(f, m)
	}
	for m := range aws.Managed[aws.HTTPAPI](r.g) {
		r.httpWays(f, m)
	}
}

// integration is what a part of an API hands requests on to.
type integration struct {
	api, by      *graph.Node
	uri          value.Attr
	sure         tri.Bool
	credentials  value.Attr
	guards       []value.Fact // what is asked of callers
	require      []value.Verdict
	link         *aws.RestLink
	linkUnknown  value.Fact
	subnets      *aws.HTTPLink
	overInternet bool
}

func (r *Reach) restWays(f *forwards, m *aws.RestAPI) {
	for _, x := range m.Integrations.Items {
		i := integration{api: m.Node(), by: x.Part.Node(), uri: x.Part.URI, sure: x.Sure, credentials: x.Part.Credentials, guards: r.methodGuards(m, x.Part)}
		r.connect(&i, &x.Part.Connection)
		r.integrate(f, &i)
	}
	for _, x := range m.Methods.Items {
		if x.Part.URI.V.IsUnset() {
			continue
		}
		i := integration{api: m.Node(), by: x.Part.Node(), uri: x.Part.URI, sure: x.Sure, credentials: x.Part.Credentials, guards: guardsOf(x.Part)}
		r.connect(&i, &x.Part.Connection)
		r.integrate(f, &i)
	}
	open := append(append([]value.Fact(nil), m.Integrations.Open...), m.Methods.Open...)
	r.body(f, m.Node(), m.Body)
	f.mayCall(m.Node().Unit, open)
}

// mayCall says that every function of a unit may be called.
func (f *forwards) mayCall(u *graph.Unit, open []value.Fact) {
	for _, why := range open {
		f.anyOf[u] = append(f.anyOf[u], mayForward{[]targetKind{functionTarget}, why})
	}
}

func (r *Reach) connect(i *integration, ref *aws.Ref[aws.RestLink]) {
	if ref.V.IsUnset() {
		i.overInternet = true
		return
	}
	i.link, i.linkUnknown = aws.Of[aws.RestLink](r.g, ref.One()), ref.Fact()
}

// methodGuards is what the method of an integration asks of callers.
func (r *Reach) methodGuards(m *aws.RestAPI, of *aws.RestIntegration) []value.Fact {
	var out []value.Fact
	where := r.soleTarget(of.Node(), of.Resource)
	for _, x := range m.Methods.Items {
		verb, ok := x.Part.Method.Get()
		if want, known := of.Method.Get(); ok && known && verb == want && where != nil && r.soleTarget(x.Part.Node(), x.Part.Resource) == where {
			out = append(out, guardsOf(x.Part)...)
		}
	}
	return out
}

func (r *Reach) soleTarget(n *graph.Node, a value.Attr) *graph.Node {
	targets, _ := r.g.Resolve(n, a.Name, a.V)
	if len(targets) != 1 {
		return nil
	}
	return targets[0].Node
}

func guardsOf(m *aws.RestMethod) []value.Fact {
	var out []value.Fact
	if kind, ok := m.Authorization.Get(); ok && kind != "NONE" {
		out = append(out, value.Fact{Text: m.Node().Addr + " asks callers for authorization (" + kind + ")", Span: m.Authorization.Span(), Hop: true})
	}
	if m.KeyRequired.Is(true).IsGood() {
		out = append(out, value.Fact{Text: m.Node().Addr + " asks callers for an API key", Span: m.KeyRequired.Span(), Hop: true})
	}
	return out
}

// body follows the references of an OpenAPI document. Those in the URI of an
// integration are certain; of others it is not known what they are for.
func (r *Reach) body(f *forwards, n *graph.Node, a value.Attr) {
	if a.V.IsUnset() {
		return
	}
	doc := a.V
	if doc.IsJSON() {
		doc = doc.AsJSON()
	}
	certain := map[graph.NodeID]bool{}
	var walk func(v value.Value)
	walk = func(v value.Value) {
		for _, field := range v.Fields() {
			if field.Name == "x-amazon-apigateway-integration" {
				i := integration{api: n, by: n, uri: value.Attr{V: field.Value.Get("uri"), Name: a.Name, Owner: field.Value.Span()}, sure: tri.True,
					credentials: value.Attr{V: field.Value.Get("credentials")}, overInternet: true}
				for _, t := range r.integrate(f, &i) {
					certain[t.ID] = true
				}
				continue
			}
			walk(field.Value)
		}
		for _, e := range v.Elems() {
			walk(e)
		}
	}
	walk(doc)
	if pathsUnknown(doc) {
		f.mayCall(n.Unit, []value.Fact{{Text: "what the body of " + n.Addr + " hands requests on to is not known", Span: a.Span(), Origin: a.V.Origin()}})
	}
	targets, _ := r.g.Resolve(n, a.Name, a.V)
	for _, t := range targets {
		if to := r.functionOf(t.Node); to != nil && !certain[to.ID] {
			f.open(to, value.Fact{Text: "whether the body of " + n.Addr + " hands requests on to it is not known", Span: a.Span()})
		}
	}
}

// pathsUnknown reports an OpenAPI document that may have more paths than are seen.
func pathsUnknown(doc value.Value) bool {
	if !doc.IsKnown() || doc.Kind() != value.KindObject {
		return true
	}
	paths := doc.Get("paths")
	return paths.IsOpen() || paths.IsUnset() && doc.IsOpen()
}

func (r *Reach) httpWays(f *forwards, m *aws.HTTPAPI) {
	if !m.Target.V.IsUnset() {
		r.integrate(f, &integration{api: m.Node(), by: m.Node(), uri: m.Target, sure: tri.True, overInternet: true})
	}
	for _, x := range m.Integrations.Items {
		i := integration{api: m.Node(), by: x.Part.Node(), uri: x.Part.URI, sure: x.Sure, credentials: x.Part.Credentials}
		routed, guards := r.routed(m, x.Part.Node())
		i.require, i.guards = append(i.require, routed), guards
		if link := &x.Part.Connection; link.V.IsUnset() {
			i.overInternet = true
		} else {
			i.subnets, i.linkUnknown = aws.Of[aws.HTTPLink](r.g, link.One()), link.Fact()
		}
		r.integrate(f, &i)
	}
	r.body(f, m.Node(), m.Body)
	f.mayCall(m.Node().Unit, m.Integrations.Open)
}

// routed says whether a route of the API leads to an integration, and what it asks
// of callers.
func (r *Reach) routed(m *aws.HTTPAPI, to *graph.Node) (value.Verdict, []value.Fact) {
	vs := []value.Verdict{value.Bad(value.Fact{Text: "no route leads to " + to.Addr, Span: to.Span.Head()})}
	var guards []value.Fact
	for _, x := range m.Routes.Items {
		targets, complete := r.g.Resolve(x.Part.Node(), x.Part.Target.Name, x.Part.Target.V)
		hit := value.Bad(x.Part.Target.Fact())
		if !complete {
			hit = value.Open(x.Part.Target.Fact())
		}
		for _, t := range targets {
			if t.Node == to {
				hit = value.That(tri.And(x.Sure, tri.Or(t.Sure, tri.Of(len(targets) == 1))),
					value.Fact{Text: x.Part.Node().Addr + " leads to " + to.Addr, Span: x.Part.Target.Span(), Hop: true})
			}
		}
		if kind, ok := x.Part.Authorization.Get(); hit.IsGood() && ok && kind != "NONE" {
			guards = append(guards, value.Fact{Text: x.Part.Node().Addr + " asks callers for authorization (" + kind + ")", Span: x.Part.Authorization.Span(), Hop: true})
		}
		vs = append(vs, hit)
	}
	if len(m.Routes.Open) > 0 {
		vs = append(vs, value.Open(m.Routes.Open...))
	}
	return value.Either(vs...), guards
}

// integrate adds the ways of one integration and returns where they lead.
func (r *Reach) integrate(f *forwards, i *integration) []*graph.Node {
	if i.link != nil {
		return r.overLink(f, i)
	}
	targets, _ := r.g.Resolve(i.by, i.uri.Name, i.uri.V)
	var out []*graph.Node
	for _, t := range targets {
		w := forward{from: i.api, sure: i.sure, listen: everyPort(), dest: uriPorts(i.uri.V)}
		w.hops = append([]value.Fact{{Text: i.by.Addr + " hands requests on to " + t.Node.Addr, Span: i.uri.Span(), Origin: i.uri.V.Origin(), Hop: true}}, i.guards...)
		w.missing = []value.Fact{{Text: "whether " + i.by.Addr + " hands requests on to " + t.Node.Addr + " is not known", Span: i.uri.Span(), Origin: i.uri.V.Origin()}}
		for _, v := range i.require {
			w.require(v)
		}
		fn, listener := r.called(t.Node, t.Attr, i.uri.V), aws.Of[aws.Listener](r.g, t.Node)
		switch {
		case fn != nil:
			w.to, w.dest, w.by = fn.function, everyPort(), sender{service: true}
			w.require(r.mayInvoke(fn, "apigateway.amazonaws.com", i.credentials))
		case listener != nil:
			w.to, w.dest = listener.LoadBalancer.One(), listensOn(listener, tri.True)
			w.by = r.linked(i)
		case aws.Of[aws.LoadBalancerV2](r.g, t.Node) != nil && !i.overInternet:
			w.to, w.by = t.Node, r.linked(i)
		case aws.Of[aws.LoadBalancerV2](r.g, t.Node) != nil, aws.Of[aws.ClassicLoadBalancer](r.g, t.Node) != nil:
			w.to, w.by = t.Node, sender{client: value.Bad(), family: []Family{IPv4}, edge: true, routed: true}
		}
		if w.to != nil {
			f.add(w)
			out = append(out, w.to)
		}
	}
	if len(targets) == 0 && i.uri.V.IsUnknown() {
		f.anyOf[i.by.Unit] = append(f.anyOf[i.by.Unit], mayForward{[]targetKind{functionTarget, balancerTarget}, i.uri.Fact()})
	}
	return out
}

// overLink adds the ways to the load balancers of a VPC link.
func (r *Reach) overLink(f *forwards, i *integration) []*graph.Node {
	var out []*graph.Node
	for _, t := range i.link.Targets.Targets {
		w := forward{from: i.api, to: t.Node, sure: tri.And(i.sure, t.Sure, i.link.Node().Exists), listen: everyPort(), dest: uriPorts(i.uri.V),
			by: sender{client: value.Bad(), family: []Family{IPv4}}}
		w.hops = append([]value.Fact{{Text: fmt.Sprintf("%s hands requests on through %s", i.by.Addr, i.link.Node().Addr), Span: i.linkUnknown.Span, Hop: true},
			{Text: i.link.Node().Addr + " leads to " + t.Node.Addr, Span: i.link.Targets.Span(), Origin: i.link.Targets.V.Origin(), Hop: true}}, i.guards...)
		w.missing = []value.Fact{{Text: "whether " + i.link.Node().Addr + " leads to " + t.Node.Addr + " is not known", Span: i.link.Targets.Span()}}
		f.add(w)
		out = append(out, t.Node)
	}
	if !i.link.Targets.Complete {
		f.anyOf[i.by.Unit] = append(f.anyOf[i.by.Unit], mayForward{[]targetKind{balancerTarget}, i.link.Targets.Fact()})
	}
	return out
}

// linked is who a load balancer sees behind the link of an HTTP API.
func (r *Reach) linked(i *integration) sender {
	s := sender{client: value.Bad(), family: []Family{IPv4}}
	if i.subnets == nil {
		return s
	}
	s.subnets, s.groups, s.groupsComplete, s.filtered = i.subnets.Subnets.Targets, i.subnets.Groups.Targets, i.subnets.Groups.Complete, len(i.subnets.Groups.Targets) > 0
	return s
}

// require makes a way depend on something more.
func (w *forward) require(v value.Verdict) {
	w.sure = tri.And(w.sure, v.Result)
	switch {
	case v.IsOpen():
		w.missing = appendFact(w.missing, v.Facts()...)
	case v.IsBad() && len(v.Facts()) > 0:
		w.cut = v.Facts()[0]
	default:
		for _, f := range v.Facts() {
			w.hops = append(w.hops, hopOf(f))
		}
	}
}

// uriPorts is the port that a URI names, or that of its scheme.
func uriPorts(v value.Value) Ports {
	text, ok := v.Str()
	if !ok {
		// Of a text with a hole in the place of the host, scheme and port still show.
		text = v.Prefix() + "host" + lastText(v)
	}
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return Ports{}
	}
	authority, _, _ := strings.Cut(rest, "/")
	if _, port, named := strings.Cut(authority, ":"); named {
		if n, err := strconv.Atoi(port); err == nil {
			return Ports{awsnet.KnownPorts(awsnet.SinglePorts(n)), noPorts}
		}
		return Ports{}
	}
	switch scheme {
	case "http":
		return Ports{awsnet.KnownPorts(awsnet.SinglePorts(80)), noPorts}
	case "https":
		return Ports{awsnet.KnownPorts(awsnet.SinglePorts(443)), noPorts}
	}
	return Ports{}
}

// lastText is the known end of a text of one hole.
func lastText(v value.Value) string {
	parts := v.Parts()
	if len(parts) == 0 {
		return ""
	}
	end, _ := parts[len(parts)-1].Str()
	return end
}
