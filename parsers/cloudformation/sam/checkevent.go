package sam

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// checkEvent reports what the transform would refuse in an event.
func (e *expander) checkEvent(r resource, ev event) {
	owner := "Function/"
	if typ := r.pair.Value.Get("Type"); typ != nil && typ.Text == "AWS::Serverless::StateMachine" {
		owner = "StateMachine/"
	}
	what := "the event " + ev.name + " of " + r.id
	if properties()[owner+ev.typ] == nil {
		e.warn(ev.at.span, what+" has the type "+ev.typ+", which SAM does not know there")
		return
	}
	if ev.props != nil && ev.props.Kind != syntax.Mapping && ev.props.Kind != syntax.Null {
		e.warn(ev.props.Extent(), "the properties of the event "+ev.name+" are not a mapping")
		return
	}
	e.checkProperties(owner+ev.typ, what, ev.props, ev.at.span)
	if addsKeys(ev.props) {
		return
	}
	e.checkShapes(eventShapes, what, ev.props)
	e.exclude(what, ev.props, "State", "Enabled")
	e.checkDeadLetter(what, ev)
	switch ev.typ {
	case "Api":
		e.checkRESTEvent(what, ev)
	case "HttpApi":
		e.checkHTTPEvent(what, ev)
	case "S3":
		e.checkBucket(what, ev)
	case "Cognito":
		e.checkTriggers(what, ev)
	case "MQ", "DocumentDB", "SelfManagedKafka":
		e.checkSource(what, ev)
	}
}

// checkDeadLetter reports a queue for what could not be delivered that is neither named
// nor to be made, or both.
func (e *expander) checkDeadLetter(what string, ev event) {
	d := ev.props.Get("DeadLetterConfig")
	if d == nil || d.Kind != syntax.Mapping || addsKeys(d) {
		return
	}
	if d.Get("Arn") == nil && d.Get("Type") == nil {
		e.warn(d.Extent(), "DeadLetterConfig of "+what+" has neither Arn nor Type, without which SAM refuses it")
	}
	e.exclude("DeadLetterConfig of "+what, d, "Arn", "Type")
}

// checkBucket reports a bucket that is not in the template: its notifications are
// written there.
func (e *expander) checkBucket(what string, ev event) {
	bucket := ev.props.Get("Bucket")
	if bucket == nil || bucket.Kind == syntax.Null {
		return
	}
	id := e.idOf(bucket)
	own := e.written[id]
	switch {
	case isFunction(bucket) && id == "" && !e.staysFunction(bucket), id != "" && own == nil && e.in.Declared(id):
		return // which may stand for the id of one that is here
	case own == nil || own.Get("Type") == nil || own.Get("Type").Text != "AWS::S3::Bucket":
		e.warn(bucket.Extent(), "the bucket of "+what+" is not in the template, as SAM demands")
	case own.Get("Properties") != nil:
		e.checkNotifications(id, own.Get("Properties"))
	}
}

func (e *expander) checkNotifications(id string, props *syntax.Node) {
	config := props.Get("NotificationConfiguration")
	lists := config.Get("LambdaConfigurations")
	switch {
	case config != nil && config.Kind != syntax.Mapping && config.Kind != syntax.Null:
		e.warn(config.Extent(), "NotificationConfiguration of "+id+" is not a mapping, so that SAM can add no event to it")
	case lists != nil && lists.Kind != syntax.Sequence && lists.Kind != syntax.Null && !isFunction(lists):
		e.warn(lists.Extent(), "LambdaConfigurations of "+id+" is not a list, so that SAM can add no event to it")
	}
}

func (e *expander) checkTriggers(what string, ev event) {
	seen := map[string]bool{}
	for _, t := range items(ev.props.Get("Trigger")) {
		if seen[t.Text] && t.IsScalar() && !isFunction(t) {
			e.warn(t.Extent(), what+" has the trigger "+t.Text+" twice, which SAM refuses")
		}
		seen[t.Text] = true
	}
	if pool := ev.props.Get("UserPool"); pool != nil && refersTo(pool) == "" && isFunction(pool) && pool.Tag == "" && pool.Pairs[0].Key == "Ref" {
		e.warn(pool.Extent(), "the user pool of "+what+" is a reference to no name")
	}
	own := e.written[e.idOf(ev.props.Get("UserPool"))]
	if config := own.Get("Properties").Get("LambdaConfig"); config != nil && config.Kind != syntax.Mapping && config.Kind != syntax.Null {
		e.warn(config.Extent(), "LambdaConfig is not a mapping, so that SAM cannot add "+what+" to it")
	}
}

// accessTypes are the kinds of access to a source that the transform takes, and the one
// among them that must be there.
var accessTypes = map[string]struct {
	types    []string
	required string
}{
	"MQ":         {[]string{"BASIC_AUTH", "VIRTUAL_HOST"}, "BASIC_AUTH"},
	"DocumentDB": {[]string{"BASIC_AUTH"}, "BASIC_AUTH"},
	"SelfManagedKafka": {[]string{"SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "BASIC_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH", "OAUTHBEARER_AUTH", "IAM_AUTH",
		"IAM_OAUTHBEARER_AUTH", "OAUTHBEARER_SCOPE", "OAUTHBEARER_AUDIENCE", "OAUTHBEARER_LOGICAL_CLUSTER", "OAUTHBEARER_IDENTITY_POOL", "SERVER_ROOT_CA_CERTIFICATE",
		"VPC_SUBNET", "VPC_SECURITY_GROUP"}, ""},
}

// checkSource reports how a broker, cluster or database may be reached, if that is not
// as the transform demands.
func (e *expander) checkSource(what string, ev event) {
	if ev.typ == "SelfManagedKafka" {
		e.checkKafka(what, ev)
	}
	list := ev.props.Get("SourceAccessConfigurations")
	if list == nil || list.Kind != syntax.Sequence {
		return
	}
	known := accessTypes[ev.typ]
	count := map[string]int{}
	for _, c := range list.Items {
		typ := e.text(c.Get("Type"))
		if c.Kind != syntax.Mapping || addsKeys(c) || typ == "" && c.Get("Type") != nil {
			return // a choice, of which anything may come
		}
		count[typ]++
		if !slices.Contains(known.types, typ) {
			e.warn(c.Extent(), "SourceAccessConfigurations of "+what+" has the type "+typ+"; SAM takes "+strings.Join(known.types, ", "))
		}
		if typ == known.required && typ != "" && (c.Get("URI") == nil || c.Get("URI").Text == "" && c.Get("URI").IsScalar()) {
			e.warn(c.Extent(), typ+" in SourceAccessConfigurations of "+what+" has no URI, without which SAM refuses it")
		}
	}
	if want := known.required; want != "" && count[want] != 1 {
		e.warn(list.Extent().Head(), "SourceAccessConfigurations of "+what+" must have "+want+" once for SAM")
	}
	if ev.typ != "SelfManagedKafka" {
		return
	}
	if (count["VPC_SUBNET"] > 0) != (count["VPC_SECURITY_GROUP"] > 0) {
		e.warn(list.Extent().Head(), "SourceAccessConfigurations of "+what+" has one of VPC_SUBNET and VPC_SECURITY_GROUP; SAM demands both or neither")
	}
	if count["BASIC_AUTH"]+count["SASL_SCRAM_256_AUTH"]+count["SASL_SCRAM_512_AUTH"] > 1 {
		e.warn(list.Extent().Head(), "SourceAccessConfigurations of "+what+" has several ways to authenticate, of which SAM takes one")
	}
}

func (e *expander) checkKafka(what string, ev event) {
	if b := ev.props.Get("KafkaBootstrapServers"); b == nil || b.Kind == syntax.Null || b.Kind == syntax.Sequence && len(b.Items) == 0 {
		e.warn(ev.at.span, what+" has no KafkaBootstrapServers, without which SAM refuses it")
	}
	if t := ev.props.Get("Topics"); t != nil && t.Kind == syntax.Sequence && len(t.Items) != 1 {
		e.warn(t.Extent(), "Topics of "+what+" has not one element, as SAM demands")
	}
	if l := ev.props.Get("SourceAccessConfigurations"); l != nil && l.Kind != syntax.Sequence && l.Kind != syntax.Null && !isFunction(l) {
		e.warn(l.Extent(), "SourceAccessConfigurations of "+what+" is not a list, which SAM refuses")
	}
}

// checkRESTEvent reports an event of a REST API that leads to none, or to an authorizer
// that the API does not have.
func (e *expander) checkRESTEvent(what string, ev event) {
	id := ev.props.Get("RestApiId")
	if id != nil && (id.Kind == syntax.Sequence && id.Tag == "" || isFunction(id) && e.staysFunction(id)) {
		e.warn(id.Extent(), "RestApiId of "+what+" is neither the id of an API of the template nor a text, which SAM refuses")
		return
	}
	api := e.in.Globals.Get("Api")
	if id != nil {
		own := e.written[e.idOf(id)]
		if own == nil || own.Get("Type") == nil || own.Get("Type").Text != "AWS::Serverless::Api" {
			return
		}
		api = own.Get("Properties")
	}
	e.checkAuthorizer(what, ev, api, false)
	auth := ev.props.Get("Auth")
	if e.isTrue(auth.Get("OverrideApiAuth")) && auth.Get("Authorizer") == nil && auth.Get("ApiKeyRequired") == nil && auth.Get("ResourcePolicy") == nil {
		e.warn(auth.Extent(), "Auth of "+what+" has OverrideApiAuth, but none of Authorizer, ApiKeyRequired and ResourcePolicy, without which SAM refuses it")
	}
}

func (e *expander) checkHTTPEvent(what string, ev event) {
	path, method := ev.props.Get("Path"), ev.props.Get("Method")
	if (path == nil) != (method == nil) {
		e.warn(ev.at.span, what+" has one of Path and Method; SAM demands both or neither")
	}
	id := ev.props.Get("ApiId")
	if id != nil && id.Kind == syntax.Sequence && id.Tag == "" {
		e.warn(id.Extent(), "ApiId of "+what+" is neither the id of an API of the template nor a text, which SAM refuses")
		return
	}
	api := e.in.Globals.Get("HttpApi")
	if id != nil {
		own := e.written[e.idOf(id)]
		if own == nil && refersTo(id) != "" && !e.in.Declared(refersTo(id)) {
			e.warn(id.Extent(), "ApiId of "+what+" refers to "+refersTo(id)+", which is not in the template")
		}
		if own == nil || own.Get("Type") == nil || own.Get("Type").Text != "AWS::Serverless::HttpApi" {
			return
		}
		api = own.Get("Properties")
	}
	e.checkAuthorizer(what, ev, api, true)
}

// checkAuthorizer reports an authorizer that the API of an event does not have.
func (e *expander) checkAuthorizer(what string, ev event, api *syntax.Node, http bool) {
	use := ev.props.Get("Auth").Get("Authorizer")
	if use == nil || !use.IsScalar() || isFunction(use) || use.Kind == syntax.Null || use.Text == "AWS_IAM" || api.Get("DefinitionUri") != nil || addsKeys(api) {
		return
	}
	auth := api.Get("Auth")
	list := auth.Get("Authorizers")
	if addsKeys(auth) || addsKeys(list) {
		return
	}
	if use.Text == "NONE" {
		if auth.Get("DefaultAuthorizer") == nil {
			e.warn(use.Extent(), "the authorizer of "+what+" is NONE, but its API has no DefaultAuthorizer, so that SAM refuses it")
		}
		return
	}
	if list.Get(use.Text) == nil && (!http || list == nil || list.Kind == syntax.Mapping) {
		e.warn(use.Extent(), "the authorizer "+use.Text+" of "+what+" is not among those of its API, so that SAM refuses it")
	}
}
