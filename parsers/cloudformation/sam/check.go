package sam

import (
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// required are the properties without which the transform refuses a resource.
var required = map[string][]string{
	"AWS::Serverless::Api":              {"StageName"},
	"AWS::Serverless::WebSocketApi":     {"Routes", "RouteSelectionExpression"},
	"AWS::Serverless::Application":      {"Location"},
	"AWS::Serverless::LayerVersion":     {"ContentUri"},
	"AWS::Serverless::CapacityProvider": {"VpcConfig"},
	"AWS::Serverless::GraphQLApi":       {"Auth"},
	"AWS::Serverless::Connector":        {"Source", "Destination", "Permissions"},
}

// requiredOfEvent are the same for events.
var requiredOfEvent = map[string][]string{
	"Api":             {"Path", "Method"},
	"S3":              {"Bucket", "Events"},
	"SNS":             {"Topic"},
	"Schedule":        {"Schedule"},
	"ScheduleV2":      {"ScheduleExpression"},
	"CloudWatchEvent": {"Pattern"},
	"EventBridgeRule": {"Pattern"},
	"CloudWatchLogs":  {"LogGroupName", "FilterPattern"},
	"IoTRule":         {"Sql"},
	"Cognito":         {"UserPool", "Trigger"},
	"Kinesis":         {"Stream", "StartingPosition"},
	"DynamoDB":        {"Stream", "StartingPosition"},
	"SQS":             {"Queue"},
	"MSK":             {"Stream", "StartingPosition", "Topics"},
	"MQ":              {"Broker", "Queues", "SourceAccessConfigurations"},
	"DocumentDB":      {"Cluster", "DatabaseName", "SourceAccessConfigurations"},

	"SelfManagedKafka": {"Topics", "SourceAccessConfigurations"},
}

// mappingProperties are written as mappings: anything else says nothing.
var mappingProperties = map[string][]string{
	"AWS::Serverless::Function":         {"Events", "VpcConfig", "Environment", "EventInvokeConfig", "FunctionUrlConfig", "DeadLetterQueue", "DeploymentPreference"},
	"AWS::Serverless::Api":              {"Auth", "Domain", "Models", "EndpointConfiguration", "GatewayResponses"},
	"AWS::Serverless::HttpApi":          {"Auth", "Domain"},
	"AWS::Serverless::StateMachine":     {"Events", "DeploymentPreference"},
	"AWS::Serverless::SimpleTable":      {"PrimaryKey", "SSESpecification", "PointInTimeRecoverySpecification"},
	"AWS::Serverless::CapacityProvider": {"VpcConfig", "InstanceRequirements", "ScalingConfig"},
	"AWS::Serverless::WebSocketApi":     {"Routes", "Auth", "Domain"},
}

// check reports what the transform would refuse. The resource is expanded all the
// same, as far as it goes.
func (e *expander) check(r resource, typ string) {
	if r.props.Get("Fn::Transform") != nil {
		return // which may add whatever is missing
	}
	for _, name := range required[typ] {
		if r.prop(name) == nil {
			e.in.Report(source.Warning, r.pair.KeySpan, "the property "+name+" of "+r.id+" is missing, without which SAM makes nothing of it")
		}
	}
	for _, name := range mappingProperties[typ] {
		if v := r.prop(name); v != nil && v.Kind != syntax.Mapping && !isFunction(v) {
			e.in.Report(source.Warning, v.Extent(), "the property "+name+" of "+r.id+" is not a mapping")
		}
	}
	switch typ {
	case "AWS::Serverless::Function":
		e.checkFunction(r)
	case "AWS::Serverless::StateMachine":
		if r.prop("Definition") == nil && r.prop("DefinitionUri") == nil {
			e.in.Report(source.Warning, r.pair.KeySpan, "the state machine "+r.id+" has neither Definition nor DefinitionUri")
		}
	}
}

func (e *expander) checkFunction(r resource) {
	if t := r.prop("PackageType"); r.prop("ImageUri") == nil && (t == nil || e.text(t) == "Zip") {
		for _, name := range []string{"Handler", "Runtime"} {
			if r.prop(name) == nil {
				e.in.Report(source.Warning, r.pair.KeySpan, "the property "+name+" of "+r.id+" is missing, without which SAM makes no function of an archive")
			}
		}
	}
	if r.prop("AutoPublishAlias") == nil {
		for _, name := range []string{"DeploymentPreference", "ProvisionedConcurrencyConfig"} {
			v := r.prop(name)
			if v != nil && !e.isFalse(v.Get("Enabled")) {
				e.in.Report(source.Warning, v.Extent(), name+" of "+r.id+" is for an alias, but AutoPublishAlias is missing")
			}
		}
	}
	if u := r.prop("FunctionUrlConfig"); u != nil && u.Kind == syntax.Mapping && !isFunction(u) && u.Get("AuthType") == nil {
		e.in.Report(source.Warning, u.Extent(), "the URL of "+r.id+" has no AuthType, AWS_IAM or NONE")
	}
}

// checkEvent reports what is missing in an event.
func (e *expander) checkEvent(ev event) {
	if ev.props != nil && ev.props.Kind != syntax.Mapping && ev.props.Kind != syntax.Null {
		e.in.Report(source.Warning, ev.props.Extent(), "the properties of the event "+ev.name+" are not a mapping")
		return
	}
	if isFunction(ev.props) || ev.props.Get("Fn::Transform") != nil {
		return
	}
	var missing []string
	for _, name := range requiredOfEvent[ev.typ] {
		if v := ev.props.Get(name); v == nil || v.Kind == syntax.Null {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		e.in.Report(source.Warning, ev.at.span, "the event "+ev.name+" has no "+strings.Join(missing, ", no ")+", which SAM asks for in those of type "+ev.typ)
	}
}
