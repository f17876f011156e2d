package sam

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// event is an entry of Events.
type event struct {
	id    string // of the function and the event together
	name  string
	typ   string
	props *syntax.Node
	at    maker
}

// eventsOf reads the events of a resource.
func (e *expander) eventsOf(r resource) []event {
	section := r.prop("Events")
	if section == nil || section.Kind != syntax.Mapping || isFunction(section) {
		return nil
	}
	var out []event
	for _, p := range section.Pairs {
		typ := e.text(p.Value.Get("Type"))
		if typ == "" {
			e.in.Report(source.Warning, p.KeySpan, "the event "+p.Key+" has no type, so that what it adds is not known")
			continue
		}
		ev := event{id: r.id + p.Key, name: p.Key, typ: typ, props: p.Value.Get("Properties"), at: maker{p.KeySpan}}
		e.checkEvent(r, ev)
		out = append(out, ev)
	}
	return out
}

// mappings are the sources that a function polls: the property that names the
// source, and the policy of AWS that its role needs for it.
var mappings = map[string]struct{ source, policy string }{
	"Kinesis":          {"Stream", "service-role/AWSLambdaKinesisExecutionRole"},
	"DynamoDB":         {"Stream", "service-role/AWSLambdaDynamoDBExecutionRole"},
	"SQS":              {"Queue", "service-role/AWSLambdaSQSQueueExecutionRole"},
	"MSK":              {"Stream", "service-role/AWSLambdaMSKExecutionRole"},
	"MQ":               {"Broker", ""},
	"SelfManagedKafka": {"", ""},
	"DocumentDB":       {"Cluster", ""},
}

// kafkaConfigs are the properties of a mapping that hold what is about Kafka.
var kafkaConfigs = map[string]string{"MSK": "AmazonManagedKafkaEventSourceConfig", "SelfManagedKafka": "SelfManagedKafkaEventSourceConfig"}

// events makes what the events of a function add.
func (f *function) events(x *role) {
	for _, ev := range f.eventsOf(f.resource) {
		if ev.props == nil {
			ev.props = ev.at.obj()
		}
		if m, polled := mappings[ev.typ]; polled {
			f.poll(ev, m.source)
			if m.policy != "" && !slices.Contains(x.polled, m.policy) {
				x.polled = append(x.polled, m.policy)
			}
			f.pollPolicies(ev, x)
			continue
		}
		switch ev.typ {
		case "Api":
			f.restEvent(f.resource, ev, "apigateway.amazonaws.com", f.target)
		case "HttpApi":
			f.httpEvent(ev)
		case "S3":
			f.s3Event(ev)
		case "SNS":
			f.snsEvent(ev, x)
		case "Schedule", "CloudWatchEvent", "EventBridgeRule":
			f.ruleEvent(ev)
		case "ScheduleV2":
			f.scheduler(f.resource, ev, "lambda:InvokeFunction", f.invoked(ev.at))
		case "CloudWatchLogs":
			f.logsEvent(ev)
		case "IoTRule":
			f.iotEvent(ev)
		case "AlexaSkill":
			f.permit(ev.id+"Permission", ev.at, "alexa-appkit.amazon.com", nil, ev.at.pair("EventSourceToken", ev.props.Get("SkillId")))
		case "Cognito":
			f.cognitoEvent(ev)
		}
	}
}

// permit lets a service invoke the function.
func (f *function) permit(id string, at maker, service string, from *syntax.Node, more ...syntax.Pair) {
	f.add(f.resource, id, "AWS::Lambda::Permission", at.obj(append([]syntax.Pair{at.pair("Action", at.str("lambda:InvokeFunction")),
		at.pair("FunctionName", at.ref(f.target)), at.pair("Principal", at.str(service)), at.pair("SourceArn", from)}, more...)...), at)
}

// poll makes the mapping of a source that the function reads from.
func (f *function) poll(ev event, arn string) {
	at, p := ev.at, ev.props
	pairs := at.copyProps(resource{props: p}, "BatchSize", "Enabled", "FilterCriteria", "FunctionResponseTypes", "MaximumBatchingWindowInSeconds", "StartingPosition",
		"StartingPositionTimestamp", "BisectBatchOnFunctionError", "MaximumRecordAgeInSeconds", "MaximumRetryAttempts", "ParallelizationFactor", "TumblingWindowInSeconds",
		"ScalingConfig", "Queues", "SourceAccessConfigurations", "AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig", "KmsKeyArn",
		"ProvisionedPollerConfig", "MetricsConfig", "LoggingConfig")
	pairs = append(pairs, at.pair("FunctionName", at.ref(f.target)))
	if arn != "" {
		pairs = append(pairs, at.pair("EventSourceArn", p.Get(arn)))
	}
	if t := p.Get("Topics"); t != nil {
		pairs = append(pairs, at.pair("Topics", t))
	}
	if b := p.Get("KafkaBootstrapServers"); b != nil {
		pairs = append(pairs, at.pair("SelfManagedEventSource", at.obj(at.pair("Endpoints", at.obj(at.pair("KafkaBootstrapServers", b))))))
	}
	if d := p.Get("DestinationConfig").Get("OnFailure"); d != nil {
		in := at.of(d)
		pairs = append(pairs, in.pair("DestinationConfig", in.obj(in.pair("OnFailure", in.obj(in.pair("Destination", d.Get("Destination")))))))
	}
	if config, ok := kafkaConfigs[ev.typ]; ok && (p.Get("ConsumerGroupId") != nil || p.Get("SchemaRegistryConfig") != nil) {
		pairs = append(pairs, at.pair(config, at.obj(at.copyProps(resource{props: p}, "ConsumerGroupId", "SchemaRegistryConfig")...)))
	}
	if ev.typ == "DocumentDB" {
		pairs = append(pairs, at.pair("DocumentDBEventSourceConfig", at.obj(at.copyProps(resource{props: p}, "DatabaseName", "CollectionName", "FullDocument")...)))
	}
	if t := at.tags(f.prop("Tags"), ""); t != nil && f.isTrue(f.prop("PropagateTags")) {
		pairs = append(pairs, at.pair("Tags", t))
	}
	f.add(f.resource, ev.id, "AWS::Lambda::EventSourceMapping", at.obj(pairs...), at)
}

// pollPolicies are what the role needs beside the policy of AWS.
func (f *function) pollPolicies(ev event, x *role) {
	if d := ev.props.Get("DestinationConfig").Get("OnFailure"); d != nil {
		in := ev.at.of(d)
		typ := f.text(d.Get("Type"))
		if typ == "" {
			typ = "SQS"
		}
		if typ == "S3" {
			typ = "S3Bucket"
		}
		x.inline = append(x.inline, in.sendTo(typ, ev.id, d.Get("Destination"))...)
	}
	f.accessPolicies(ev, x)
}

func (f *function) s3Event(ev event) {
	bucket := f.idOf(ev.props.Get("Bucket"))
	at := ev.at
	f.permit(ev.id+"Permission", at, "s3.amazonaws.com", nil, at.pair("SourceAccount", at.ref("AWS::AccountId")))
	f.buckets = append(f.buckets, notification{bucket, f.resource, ev, f.target})
}

func (f *function) snsEvent(ev event, x *role) {
	at, p := ev.at, ev.props
	sub := func(endpoint *syntax.Node, protocol string) {
		f.add(f.resource, ev.id, "AWS::SNS::Subscription", at.obj(append(at.copyProps(resource{props: p}, "FilterPolicy", "FilterPolicyScope", "Region", "RedrivePolicy"),
			at.pair("TopicArn", p.Get("Topic")), at.pair("Endpoint", endpoint), at.pair("Protocol", at.str(protocol)))...), at)
	}
	s := p.Get("SqsSubscription")
	if s == nil || f.isFalse(s) {
		f.permit(ev.id+"Permission", at, "sns.amazonaws.com", p.Get("Topic"))
		sub(at.getAtt(f.target, "Arn"), "lambda")
		if f.target != f.resource.id {
			f.setProperty(ev.id, "Endpoint", at.ref(f.target))
		}
		return
	}
	if !slices.Contains(x.polled, "service-role/AWSLambdaSQSQueueExecutionRole") {
		x.polled = append(x.polled, "service-role/AWSLambdaSQSQueueExecutionRole")
	}
	arn, url := s.Get("QueueArn"), s.Get("QueueUrl")
	if arn == nil {
		f.add(f.resource, ev.id+"Queue", "AWS::SQS::Queue", at.obj(), at)
		arn, url = at.getAtt(ev.id+"Queue", "Arn"), at.ref(ev.id+"Queue")
	}
	policyID := ev.id + "QueuePolicy"
	if id := f.text(s.Get("QueuePolicyLogicalId")); id != "" {
		policyID = id
	}
	f.queuePolicy(policyID, at, url, arn, p.Get("Topic"))
	sub(arn, "sqs")
	pairs := at.copyProps(resource{props: s}, "BatchSize", "Enabled")
	if s.Get("BatchSize") == nil {
		pairs = append(pairs, at.pair("BatchSize", &syntax.Node{Kind: syntax.Number, Text: "10", Span: at.span}))
	}
	if s.Get("Enabled") == nil {
		pairs = append(pairs, at.pair("Enabled", at.boolean(true)))
	}
	f.add(f.resource, ev.id+"EventSourceMapping", "AWS::Lambda::EventSourceMapping", at.obj(append(pairs, at.pair("FunctionName", at.ref(f.target)), at.pair("EventSourceArn", arn))...), at)
}

// queuePolicy lets a topic send to a queue.
func (f *function) queuePolicy(id string, at maker, url, arn, topic *syntax.Node) {
	f.add(f.resource, id, "AWS::SQS::QueuePolicy", at.obj(at.pair("Queues", at.list(url)),
		at.pair("PolicyDocument", at.document(at.str("sqs:SendMessage"), at.str("*"), arn, at.sentBy(topic)))), at)
}

// ruleEvent makes a rule of EventBridge: a pattern, or a schedule.
func (f *function) ruleEvent(ev event) {
	at, p := ev.at, ev.props
	target := at.obj(at.pair("Arn", at.getAtt(f.resource.id, "Arn")), at.pair("Id", at.str(ev.id+"LambdaTarget")), at.pair("Input", p.Get("Input")),
		at.pair("InputPath", p.Get("InputPath")), at.pair("InputTransformer", p.Get("InputTransformer")), at.pair("RetryPolicy", p.Get("RetryPolicy")))
	if f.target != f.resource.id {
		target.Pairs[0].Value = at.ref(f.target)
	}
	if t := p.Get("Target").Get("Id"); t != nil {
		target.Pairs[1].Value = t
	}
	f.deadLetter(f.resource, ev, target, ev.id)
	f.rule(f.resource, ev, target)
	f.permit(ev.id+"Permission", at, "events.amazonaws.com", at.getAtt(ev.id, "Arn"))
}

// rule makes the rule of an event.
func (e *expander) rule(r resource, ev event, target *syntax.Node) {
	at, p := ev.at, ev.props
	pairs := at.copyProps(resource{props: p}, "Name", "Description", "EventBusName", "RoleArn", "State")
	if name := p.Get("RuleName"); name != nil {
		pairs = append(pairs, at.of(name).pair("Name", name))
	}
	if pattern := p.Get("Pattern"); pattern != nil {
		pairs = append(pairs, at.pair("EventPattern", pattern))
	}
	if s := p.Get("Schedule"); s != nil {
		pairs = append(pairs, at.pair("ScheduleExpression", s))
	}
	if enabled := p.Get("Enabled"); enabled != nil && p.Get("State") == nil {
		state := "ENABLED"
		if e.isFalse(enabled) {
			state = "DISABLED"
		}
		pairs = append(pairs, at.pair("State", at.of(enabled).str(state)))
	}
	e.add(r, ev.id, "AWS::Events::Rule", at.obj(append(pairs, at.pair("Targets", at.list(target)))...), at)
}

// deadLetter makes the queue for what could not be delivered, if it is asked for,
// and names it in the target.
func (e *expander) deadLetter(r resource, ev event, target *syntax.Node, rule string) {
	d := ev.props.Get("DeadLetterConfig")
	if d == nil {
		return
	}
	at := ev.at.of(d)
	arn := d.Get("Arn")
	if arn == nil {
		id := ev.id + "Queue"
		if own := e.text(d.Get("QueueLogicalId")); own != "" {
			id = own
		}
		e.add(r, id, "AWS::SQS::Queue", at.obj(), at)
		arn = at.getAtt(id, "Arn")
		if rule != "" {
			e.add(r, ev.id+"QueuePolicy", "AWS::SQS::QueuePolicy", at.obj(at.pair("Queues", at.list(at.ref(id))), at.pair("PolicyDocument",
				at.document(at.str("sqs:SendMessage"), at.obj(at.pair("Service", at.str("events.amazonaws.com"))), arn, at.sentBy(at.getAtt(rule, "Arn"))))), at)
		}
	}
	target.Pairs = append(target.Pairs, at.pair("DeadLetterConfig", at.obj(at.pair("Arn", arn))))
}

// scheduler makes a schedule of EventBridge Scheduler, with the role that it needs.
func (e *expander) scheduler(r resource, ev event, action string, arn *syntax.Node) {
	at, p := ev.at, ev.props
	target := at.obj(at.pair("Arn", arn), at.pair("Input", p.Get("Input")), at.pair("RetryPolicy", p.Get("RetryPolicy")))
	e.deadLetter(r, ev, target, "")
	if role := p.Get("RoleArn"); role != nil {
		target.Pairs = append(target.Pairs, at.pair("RoleArn", role))
	} else {
		target.Pairs = append(target.Pairs, at.pair("RoleArn", at.getAtt(ev.id+"Role", "Arn")))
		e.serviceRole(r, ev.id+"Role", at, "scheduler.amazonaws.com", action, arn, p.Get("PermissionsBoundary"), ev.id)
		if d := target.Get("DeadLetterConfig"); d != nil {
			e.addPolicy(ev.id+"Role", at.obj(at.pair("PolicyName", at.str(ev.id+"SQSPolicy")),
				at.pair("PolicyDocument", at.obj(at.document(at.str("sqs:SendMessage"), nil, d.Get("Arn"), nil).Pairs[1:]...))))
		}
	}
	pairs := at.copyProps(resource{props: p}, "ScheduleExpression", "Description", "EndDate", "FlexibleTimeWindow", "GroupName", "KmsKeyArn", "ScheduleExpressionTimezone", "StartDate", "State")
	if p.Get("FlexibleTimeWindow") == nil {
		pairs = append(pairs, at.pair("FlexibleTimeWindow", at.obj(at.pair("Mode", at.str("OFF")))))
	}
	switch name := p.Get("Name"); {
	case name != nil:
		pairs = append(pairs, at.pair("Name", name))
	case !e.isTrue(p.Get("OmitName")):
		pairs = append(pairs, at.pair("Name", at.str(ev.id)))
	}
	e.add(r, ev.id, "AWS::Scheduler::Schedule", at.obj(append(pairs, at.pair("Target", target))...), at)
}

// addPolicy adds an inline policy to a role that was made.
func (e *expander) addPolicy(role string, policy *syntax.Node) {
	if made := e.made(role); made != nil {
		e.setProperty(role, "Policies", &syntax.Node{Kind: syntax.Sequence, Span: policy.Span, Items: append(slices.Clone(items(made.Get("Properties").Get("Policies"))), policy)})
	}
}

// serviceRole is a role with which a service does one thing.
func (e *expander) serviceRole(r resource, id string, at maker, service, action string, on, boundary *syntax.Node, prefix string) {
	suffix := "StartExecutionPolicy"
	if action == "lambda:InvokeFunction" {
		suffix = "LambdaPolicy"
	}
	e.add(r, id, "AWS::IAM::Role", at.obj(at.pair("AssumeRolePolicyDocument", at.trust(service)), at.pair("PermissionsBoundary", boundary),
		at.pair("Policies", at.list(at.obj(at.pair("PolicyName", at.str(prefix+suffix)),
			at.pair("PolicyDocument", at.obj(at.document(at.str(action), nil, on, nil).Pairs[1:]...)))))), at)
}

// invoked is the ARN of what events call: that of an alias is its Ref.
func (f *function) invoked(at maker) *syntax.Node {
	if f.target != f.resource.id {
		return at.ref(f.target)
	}
	return at.getAtt(f.resource.id, "Arn")
}

func (f *function) logsEvent(ev event) {
	at, p := ev.at, ev.props
	f.add(f.resource, ev.id, "AWS::Logs::SubscriptionFilter", at.obj(at.pair("LogGroupName", p.Get("LogGroupName")), at.pair("FilterPattern", p.Get("FilterPattern")),
		at.pair("DestinationArn", f.invoked(at))), at)
	f.permit(ev.id+"Permission", at, "logs.amazonaws.com", at.sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*",
		at.pair("__LogGroupName__", p.Get("LogGroupName"))))
}

func (f *function) iotEvent(ev event) {
	at, p := ev.at, ev.props
	f.add(f.resource, ev.id, "AWS::IoT::TopicRule", at.obj(at.pair("TopicRulePayload", at.obj(at.pair("Sql", p.Get("Sql")), at.pair("AwsIotSqlVersion", p.Get("AwsIotSqlVersion")),
		at.pair("RuleDisabled", at.boolean(false)), at.pair("Actions", at.list(at.obj(at.pair("Lambda", at.obj(at.pair("FunctionArn", f.invoked(at)))))))))), at)
	f.permit(ev.id+"Permission", at, "iot.amazonaws.com", at.sub("arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}", at.pair("RuleName", at.ref(ev.id))),
		at.pair("SourceAccount", at.ref("AWS::AccountId")))
}

func (f *function) cognitoEvent(ev event) {
	pool := f.idOf(ev.props.Get("UserPool"))
	f.permit(f.resource.id+"CognitoPermission", ev.at, "cognito-idp.amazonaws.com", ev.at.getAtt(pool, "Arn"))
	f.pools = append(f.pools, notification{pool, f.resource, ev, f.target})
}

// notification is an event that is written with a function and belongs to a bucket
// or user pool.
type notification struct {
	on     string
	r      resource
	ev     event
	target string
}

// function is the ARN of what is called: that of an alias is its Ref.
func (n notification) function() *syntax.Node {
	if n.target != n.r.id {
		return n.ev.at.ref(n.target)
	}
	return n.ev.at.getAtt(n.target, "Arn")
}

// notifications adds them to the buckets and pools of the template.
func (e *expander) notifications() {
	for _, n := range e.buckets {
		body := e.made(n.on)
		if body == nil {
			continue
		}
		at := n.ev.at
		var list []*syntax.Node
		config := body.Get("Properties").Get("NotificationConfiguration")
		list = append(list, items(config.Get("LambdaConfigurations"))...)
		for _, what := range items(n.ev.props.Get("Events")) {
			list = append(list, at.obj(at.pair("Event", what), at.pair("Function", n.function()), at.pair("Filter", n.ev.props.Get("Filter"))))
		}
		merged := at.obj()
		if config != nil {
			merged.Pairs = slices.Clone(config.Pairs)
		}
		merged.Pairs = set(merged.Pairs, at.pair("LambdaConfigurations", at.list(list...)))
		e.setProperty(n.on, "NotificationConfiguration", merged)
	}
	for _, n := range e.pools {
		body := e.made(n.on)
		if body == nil {
			continue
		}
		at := n.ev.at
		merged := at.obj()
		if config := body.Get("Properties").Get("LambdaConfig"); config != nil {
			merged.Pairs = slices.Clone(config.Pairs)
		}
		for _, trigger := range items(n.ev.props.Get("Trigger")) {
			if name := strings.TrimSpace(e.text(trigger)); name != "" {
				if merged.Get(name) != nil {
					e.warn(trigger.Extent(), "the user pool "+n.on+" has the trigger "+name+" twice, which SAM refuses")
				}
				merged.Pairs = set(merged.Pairs, at.pair(name, n.function()))
			}
		}
		e.setProperty(n.on, "LambdaConfig", merged)
	}
}
