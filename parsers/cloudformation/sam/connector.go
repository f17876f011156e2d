package sam

import (
	_ "embed" // for the table of connectors
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// connectorTable has a line for each permission that a connector can give: types of
// source and destination, what is made of it (a policy of a role, a permission of a
// function, a policy of a queue or topic), whose role it is for, the category,
// actions, resources, principal, and a condition of operator, key and value.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
//
//go:embed connectors.tsv
var connectorTable string

type profile struct {
	kind               string
	ofSource           bool
	category           string
	actions, resources []string
	principal          string
	condition          []string
}

var profiles = sync.OnceValue(func() map[[2]string][]profile {
	out := map[[2]string][]profile{}
	for line := range strings.Lines(connectorTable) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		key := [2]string{f[0], f[1]}
		out[key] = append(out[key], profile{f[2], f[3] == "source", f[4], strings.Fields(f[5]), strings.Fields(f[6]), f[7], strings.Fields(f[8])})
	}
	return out
})

// plainTypes are the types that serverless ones become.
var plainTypes = map[string]string{
	"AWS::Serverless::Function": "AWS::Lambda::Function", "AWS::Serverless::Api": "AWS::ApiGateway::RestApi", "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
	"AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table", "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine", "AWS::Serverless::GraphQLApi": "AWS::AppSync::GraphQLApi",
}

// refIsARN are the types whose Ref is their ARN.
var refIsARN = map[string]bool{"AWS::StepFunctions::StateMachine": true, "AWS::SNS::Topic": true, "AWS::AppSync::DataSource": true, "AWS::AppSync::GraphQLApi": true}

// link is a connector that waits for the resources to be made.
type link struct {
	id           string
	r            resource
	from         *syntax.Node
	to, category *syntax.Node
}

// connector expands AWS::Serverless::Connector, once all resources are made.
func (e *expander) connector(r resource) {
	e.links = append(e.links, link{r.id, r, r.prop("Source"), r.prop("Destination"), r.prop("Permissions")})
}

// embedded takes the attribute Connectors of any resource, which says the same.
func (e *expander) embedded(p syntax.Pair) {
	list := p.Value.Get("Connectors")
	if list == nil || list.Kind != syntax.Mapping {
		return
	}
	for _, c := range list.Pairs {
		props := c.Value.Get("Properties")
		at := maker{c.KeySpan}
		from := at.obj(at.pair("Id", at.str(p.Key)))
		if ref := props.Get("SourceReference"); ref != nil {
			from.Pairs = append(from.Pairs, ref.Pairs...)
		}
		e.links = append(e.links, link{p.Key + c.Key, resource{id: p.Key, pair: p, at: at}, from, props.Get("Destination"), props.Get("Permissions")})
	}
}

// connect makes what the connectors are for.
func (e *expander) connect() {
	for _, l := range e.links {
		targets := items(l.to)
		for i, to := range targets {
			suffix := ""
			if l.to.Kind == syntax.Sequence {
				suffix = fmt.Sprintf("Destination%d", i)
			}
			e.connectOne(l, to, suffix)
		}
	}
}

func (e *expander) connectOne(l link, to *syntax.Node, suffix string) {
	x := ends{"Source": e.endOf(l.from), "Destination": e.endOf(to)}
	list := profiles()[[2]string{x["Source"].typ, x["Destination"].typ}]
	if len(list) == 0 {
		e.in.Report(source.Warning, l.r.at.span, "the connector "+l.id+" joins what no connector of SAM joins, so that what it allows is not known")
		return
	}
	wanted := map[string]bool{}
	for _, c := range items(l.category) {
		wanted[e.text(c)] = true
	}
	var statements []*syntax.Node
	at := l.r.at
	for _, p := range list {
		if !wanted[p.category] {
			continue
		}
		if p.kind == "permission" {
			props := at.obj(at.pair("Action", at.str(p.actions[0])), at.pair("FunctionName", x["Destination"].arn), at.pair("Principal", at.str(p.principal)))
			if len(p.resources) > 0 {
				props.Pairs = append(props.Pairs, at.pair("SourceArn", x.fill(at, p.resources[0])))
			}
			if x["Source"].typ == "AWS::S3::Bucket" {
				props.Pairs = append(props.Pairs, at.pair("SourceAccount", at.sub("${AWS::AccountId}")))
			}
			e.add(l.r, l.id+p.category+"LambdaPermission"+suffix, "AWS::Lambda::Permission", props, at)
			continue
		}
		statements = append(statements, x.statement(at, p))
	}
	if len(statements) == 0 {
		return
	}
	doc := at.obj(at.pair("Version", at.str("2012-10-17")), at.pair("Statement", at.list(statements...)))
	switch list[0].kind {
	case "queue":
		e.add(l.r, l.id+"QueuePolicy"+suffix, "AWS::SQS::QueuePolicy", at.obj(at.pair("Queues", at.list(x["Destination"].queue)), at.pair("PolicyDocument", doc)), at)
	case "topic":
		e.add(l.r, l.id+"TopicPolicy"+suffix, "AWS::SNS::TopicPolicy", at.obj(at.pair("Topics", at.list(x["Destination"].arn)), at.pair("PolicyDocument", doc)), at)
	case "role":
		who := x["Destination"]
		if list[0].ofSource {
			who = x["Source"]
		}
		id := l.id + "Policy" + suffix
		if who.role == nil { // one from elsewhere
			e.add(l.r, id, "AWS::IAM::ManagedPolicy", at.obj(at.pair("PolicyDocument", doc)), at)
			e.out.Computed[id] = append(e.out.Computed[id], "Roles")
			return
		}
		e.add(l.r, id, "AWS::IAM::ManagedPolicy", at.obj(at.pair("Roles", at.list(who.role)), at.pair("PolicyDocument", doc)), at)
	}
}

// end is one of what a connector joins.
type end struct {
	typ                                   string
	arn, role, queue, id, qualifier, name *syntax.Node
}

type ends map[string]end

// endOf reads the source or destination of a connector.
func (e *expander) endOf(n *syntax.Node) end {
	if n == nil {
		return end{}
	}
	at := maker{n.Extent()}
	id := e.text(n.Get("Id"))
	if id == "" {
		typ := e.text(n.Get("Type"))
		if plain := plainTypes[typ]; plain != "" {
			typ = plain
		}
		return end{typ: typ, arn: n.Get("Arn"), role: n.Get("RoleName"), queue: n.Get("QueueUrl"), id: n.Get("ResourceId"), qualifier: n.Get("Qualifier"), name: n.Get("Name")}
	}
	body := e.made(id)
	if body == nil || body.Get("Type") == nil {
		return end{}
	}
	out := end{typ: body.Get("Type").Text, arn: at.getAtt(id, "Arn"), queue: at.ref(id), id: at.ref(id), qualifier: at.str("*"), name: at.getAtt(id, "Name")}
	if refIsARN[out.typ] {
		out.arn = at.ref(id)
	}
	if q := n.Get("Qualifier"); q != nil {
		out.qualifier = q
	}
	props := body.Get("Properties")
	for _, name := range []string{"Role", "RoleArn", "ServiceRoleArn"} {
		if role := refersTo(props.Get(name)); role != "" && e.made(role) != nil {
			out.role = at.ref(role)
		}
	}
	if out.typ == "AWS::Events::Rule" {
		for _, t := range items(props.Get("Targets")) {
			if role := refersTo(t.Get("RoleArn")); role != "" {
				out.role = at.ref(role)
			}
		}
	}
	if out.typ == "AWS::AppSync::GraphQLApi" {
		out.id = at.getAtt(id, "ApiId")
	}
	return out
}

func (x ends) statement(at maker, p profile) *syntax.Node {
	var resources []*syntax.Node
	for _, r := range p.resources {
		resources = append(resources, x.fill(at, r))
	}
	s := at.obj(at.pair("Effect", at.str("Allow")), at.pair("Action", oneText(at, p.actions)), at.pair("Resource", oneOrList(at, resources)))
	if p.principal != "" {
		s.Pairs = append(s.Pairs, at.pair("Principal", at.obj(at.pair("Service", at.str(p.principal)))))
	}
	if len(p.condition) == 3 {
		s.Pairs = append(s.Pairs, at.pair("Condition", at.obj(at.pair(p.condition[0], at.obj(at.pair(p.condition[1], x.fill(at, p.condition[2])))))))
	}
	return s
}

// hole is what a connector fills in: %{Source.Arn}.
var hole = regexp.MustCompile(`%\{(Source|Destination)\.(\w+)\}`)

// fill puts what is known of the ends into a text.
func (x ends) fill(at maker, text string) *syntax.Node {
	value := func(m []string) *syntax.Node {
		who := x[m[1]]
		return map[string]*syntax.Node{"Arn": who.arn, "ResourceId": who.id, "Qualifier": who.qualifier, "Name": who.name, "QueueUrl": who.queue}[m[2]]
	}
	if m := hole.FindStringSubmatch(text); m != nil && m[0] == text {
		return value(m)
	}
	var vars []syntax.Pair
	out := hole.ReplaceAllStringFunc(text, func(h string) string {
		m := hole.FindStringSubmatch(h)
		name := m[1] + m[2]
		if v := value(m); v != nil {
			vars = set(vars, at.pair(name, v))
		}
		return "${" + name + "}"
	})
	if !strings.Contains(out, "${") {
		return at.str(out)
	}
	return at.sub(out, vars...)
}
