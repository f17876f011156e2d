// Package sam expands the resources of the Serverless Application Model into those
// that AWS's transform makes of them, as far as the template tells: functions with
// their roles, versions and aliases, what their events add, APIs with stages and
// deployments, tables, layers, state machines and connectors.
//
// It works on the tree of the template. What is written stays the node that it is,
// with its place; what is generated has the place of the property or event that it
// comes from, else that of the resource. Values that the transform would compute
// from files (the body of an API, hashes) are left out, and the resource is marked
// as having more than is listed.
//
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
package sam

import (
	"slices"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// Input is what is expanded.
type Input struct {
	// Resources are those of the template, loops written out and Globals merged.
	Resources []syntax.Pair
	// Globals is the section of that name, or nil: APIs that nobody wrote take their
	// settings from there.
	Globals *syntax.Node
	// Text gives the text of a node if it is known and the same in all deployments.
	Text func(*syntax.Node) (string, bool)
	// Declared tells whether the template has a parameter of that name.
	Declared func(name string) bool
	// Uncertain says that a macro may change the template before the transform sees it;
	// Extended that the language extensions do, which resolve functions.
	Uncertain, Extended bool
	// Report takes what is wrong.
	Report func(l source.Level, at source.Span, message string)
}

// Output is what became of it.
type Output struct {
	Resources []syntax.Pair
	// From names the serverless resource that a resource was generated from, by
	// logical id.
	From map[string]string
	// Aliases are the ids that "MyApi.Stage" and the like stand for.
	Aliases map[string]string
	// Computed names, by id of the resource, the properties that the transform
	// computes of files or of other resources, wholly or in part.
	Computed map[string][]string
}

// expanders expand resources, by type.
var expanders = map[string]func(*expander, resource){
	"AWS::Serverless::Function":         (*expander).function,
	"AWS::Serverless::Api":              (*expander).api,
	"AWS::Serverless::HttpApi":          (*expander).httpAPI,
	"AWS::Serverless::WebSocketApi":     (*expander).webSocketAPI,
	"AWS::Serverless::SimpleTable":      (*expander).table,
	"AWS::Serverless::LayerVersion":     (*expander).layer,
	"AWS::Serverless::StateMachine":     (*expander).stateMachine,
	"AWS::Serverless::Application":      (*expander).application,
	"AWS::Serverless::Connector":        (*expander).connector,
	"AWS::Serverless::GraphQLApi":       (*expander).graphQL,
	"AWS::Serverless::CapacityProvider": (*expander).capacityProvider,
}

// Expands reports a type that is expanded.
func Expands(typ string) bool { return expanders[typ] != nil }

// Expand replaces the serverless resources.
func Expand(in Input) *Output {
	e := &expander{in: in, out: &Output{From: map[string]string{}, Aliases: map[string]string{}, Computed: map[string][]string{}}, written: map[string]*syntax.Node{}, at: map[string]int{}, routes: map[string][]route{}}
	for _, p := range in.Resources {
		e.written[p.Key] = p.Value
	}
	for _, p := range in.Resources {
		if p.Value == nil {
			e.keep(p)
			continue
		}
		typ := p.Value.Get("Type")
		if typ == nil || expanders[typ.Text] == nil || p.Value.Kind != syntax.Mapping {
			e.keep(p)
			e.embedded(p)
			continue
		}
		e.expandOne(p, typ.Text)
	}
	e.implicitAPIs()
	e.bodies()
	e.deploymentApplication()
	e.connect()
	e.notifications()
	return e.out
}

func (e *expander) expandOne(p syntax.Pair, typ string) {
	props := p.Value.Get("Properties")
	if props != nil && props.Kind == syntax.Null {
		props = nil
	}
	if props != nil && (props.Kind != syntax.Mapping || isFunction(props)) {
		e.in.Report(source.Warning, p.KeySpan, "the properties of "+p.Key+" are not a mapping, so that what SAM makes of it is not known")
		e.keep(p)
		return
	}
	r := resource{id: p.Key, pair: p, props: props, at: maker{p.KeySpan}}
	e.check(r, typ)
	expanders[typ](e, r)
	e.embedded(p)
}

// expander is one run of Expand.
type expander struct {
	in  Input
	out *Output
	// written are the resources of the template by id, at the places in out where
	// each of those that were made is.
	written map[string]*syntax.Node
	at      map[string]int

	rest, http []implicit
	// routes are what events add to the bodies of APIs, by id of the API.
	routes map[string][]route
	// deployments are the functions with a deployment preference.
	deployments []deployment
	// buckets are the notifications by bucket, pools the triggers by user pool.
	buckets []notification
	pools   []notification
	links   []link
}

// resource is a serverless resource.
type resource struct {
	id    string
	pair  syntax.Pair
	props *syntax.Node
	at    maker
}

// prop is a property, or nil if it is not given.
func (r resource) prop(name string) *syntax.Node {
	v := r.props.Get(name)
	if v != nil && v.Kind == syntax.Null {
		return nil
	}
	return v
}

// keep takes a resource over as it is.
func (e *expander) keep(p syntax.Pair) {
	e.at[p.Key] = len(e.out.Resources)
	e.out.Resources = append(e.out.Resources, p)
}

// add adds a resource that is made of r: under the same conditions. One that is
// there already stays: several events make one implicit API.
func (e *expander) add(r resource, id, typ string, props *syntax.Node, at maker) {
	e.addWith(r, id, typ, props, at)
}

func (e *expander) addWith(r resource, id, typ string, props *syntax.Node, at maker, more ...syntax.Pair) {
	if own := e.written[id]; own != nil && id != r.id {
		if e.out.From[id] == "" {
			e.warn(r.pair.KeySpan, "SAM makes a resource "+id+" of "+r.id+", but the template has one of that name, so that it is refused")
		}
		return
	}
	if _, there := e.at[id]; there {
		return
	}
	pairs := []syntax.Pair{at.pair("Type", at.str(typ))}
	for _, name := range []string{"Condition", "DependsOn", "Metadata", "DeletionPolicy", "UpdateReplacePolicy"} {
		p, ok := r.pair.Value.Lookup(name)
		if ok && (name == "Condition" || id == r.id) && !slices.ContainsFunc(more, func(m syntax.Pair) bool { return m.Key == name }) {
			pairs = append(pairs, p)
		}
	}
	pairs = append(pairs, more...)
	if props != nil {
		pairs = append(pairs, at.pair("Properties", props))
	}
	// The whole of a resource is the place of what is made of it: parts of it are
	// shown where they are written.
	whole := source.Span{Pos: r.pair.KeySpan.Pos, End: max(r.pair.KeySpan.End, r.pair.Value.Extent().End)}
	if at.span != r.pair.KeySpan && at.span.IsValid() {
		whole = at.span
	}
	key := at.span
	if id == r.id {
		key, whole = r.pair.KeySpan, r.pair.Value.Extent()
	}
	e.keep(syntax.Pair{Key: id, KeySpan: key, Value: &syntax.Node{Kind: syntax.Mapping, Pairs: pairs, Span: whole}})
	e.out.From[id] = r.id
}

// made is a resource that was made or kept, to be added to.
func (e *expander) made(id string) *syntax.Node {
	i, ok := e.at[id]
	if !ok {
		return nil
	}
	return e.out.Resources[i].Value
}

// setProperty sets a property of a resource that is there, on a copy: what is
// written is shared.
func (e *expander) setProperty(id, name string, v *syntax.Node) {
	i, ok := e.at[id]
	if !ok {
		return
	}
	p := e.out.Resources[i]
	old := p.Value.Get("Properties")
	props := &syntax.Node{Kind: syntax.Mapping, Span: v.Span}
	if old != nil && old.Kind == syntax.Mapping {
		*props = *old
		props.Pairs = slices.Clone(old.Pairs)
	}
	props.Pairs = set(props.Pairs, syntax.Pair{Key: name, KeySpan: v.Span, Value: v})
	body := *p.Value
	body.Pairs = set(slices.Clone(p.Value.Pairs), syntax.Pair{Key: "Properties", KeySpan: v.Span, Value: props})
	e.out.Resources[i].Value = &body
}

func set(pairs []syntax.Pair, p syntax.Pair) []syntax.Pair {
	for i := range pairs {
		if pairs[i].Key == p.Key {
			pairs[i].Value = p.Value
			return pairs
		}
	}
	return append(pairs, p)
}
