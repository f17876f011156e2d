package sam

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// shape is what the transform demands of a value within a property.
type shape struct {
	// path leads to the value from the properties; * stands for any key, [] for any
	// element.
	path string
	// kinds are the kinds of values that it may have.
	kinds kinds
	// required says that it must be there if what holds it is.
	required bool
	// literal says that the transform itself reads it, so that no function may stand for it.
	literal bool
	// keys are the only ones that it may have, values the only texts.
	keys, values []string
}

// domainShapes are those of custom domains.
var domainShapes = []shape{
	{path: "Domain.DomainName", required: true},
	{path: "Domain.CertificateArn", required: true},
	{path: "Domain.EndpointConfiguration", values: []string{"EDGE", "REGIONAL", "PRIVATE"}},
	{path: "Domain.BasePath", kinds: "sl(s)"},
	{path: "Domain.Route53", kinds: "m"},
	{path: "Domain.Route53.SeparateRecordSetGroup", kinds: "b", literal: true},
	{path: "Domain.AccessAssociation", kinds: "m"},
	{path: "Domain.MutualTlsAuthentication", kinds: "m", keys: []string{"TruststoreUri", "TruststoreVersion"}},
}

// eventShapes are those of the events of functions and state machines.
var eventShapes = []shape{
	{path: "DeadLetterConfig.Type", values: []string{"SQS"}},
	{path: "DeadLetterConfig.QueueLogicalId", kinds: "s", literal: true},
	{path: "Auth.Authorizer", kinds: "s"},
	{path: "Auth.AuthorizationScopes", kinds: "l"},
	{path: "DestinationConfig.OnFailure", kinds: "m", required: true},
	{path: "DestinationConfig.OnFailure.Type", values: []string{"SQS", "SNS", "S3", "Kafka"}},
	{path: "FilterCriteria.Filters", required: true},
	{path: "RequestModel.ValidateBody", kinds: "b", literal: true},
	{path: "RequestModel.ValidateParameters", kinds: "b", literal: true},
	{path: "SchemaRegistryConfig.SchemaRegistryURI", required: true},
	{path: "SchemaRegistryConfig.EventRecordFormat", required: true},
	{path: "SchemaRegistryConfig.SchemaValidationConfigs", required: true},
	{path: "SecretsManagerKmsKeyId", kinds: "s"},
	{path: "RouteSettings", kinds: "m"},
	{path: "Queues", kinds: "l"},
	{path: "SourceAccessConfigurations.[]", kinds: "m"},
}

// shapes are those of resources, by type.
var shapes = map[string][]shape{
	"AWS::Serverless::Function": {
		{path: "EventInvokeConfig.DestinationConfig", kinds: "m"},
		{path: "EventInvokeConfig.DestinationConfig.OnSuccess", kinds: "m"},
		{path: "EventInvokeConfig.DestinationConfig.OnFailure", kinds: "m"},
		{path: "EventInvokeConfig.DestinationConfig.OnSuccess.Type", values: []string{"SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"}},
		{path: "EventInvokeConfig.DestinationConfig.OnFailure.Type", values: []string{"SQS", "SNS", "EventBridge", "Lambda", "S3Bucket"}},
		{path: "FunctionUrlConfig.AuthType", values: []string{"AWS_IAM", "NONE"}, required: true},
		{path: "FunctionUrlConfig.Cors", kinds: "m", keys: []string{"AllowCredentials", "AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders", "MaxAge"}},
		{path: "FunctionUrlConfig.Cors.AllowMethods", kinds: "l"},
		{path: "FunctionUrlConfig.Cors.AllowOrigins", kinds: "l"},
		{path: "FunctionUrlConfig.Cors.AllowHeaders", kinds: "l"},
		{path: "FunctionUrlConfig.Cors.ExposeHeaders", kinds: "l"},
		{path: "FunctionUrlConfig.Cors.MaxAge", kinds: "i"},
		{path: "DeadLetterQueue.Type", values: []string{"SQS", "SNS"}, required: true},
		{path: "DeadLetterQueue.TargetArn", required: true},
		{path: "DeploymentPreference.Alarms", kinds: "l"},
		{path: "DeploymentPreference.Hooks", kinds: "m"},
		{path: "VersionDeletionPolicy", values: []string{"Delete", "Retain"}, literal: true},
		{path: "AutoPublishCodeSha256", kinds: "s", literal: true},
	},
	"AWS::Serverless::Api": append([]shape{
		{path: "Auth.Authorizers", kinds: "m", literal: true},
		{path: "Auth.Authorizers.*", kinds: "m"},
		{path: "Auth.Authorizers.*.AuthorizationScopes", kinds: "l"},
		{path: "Auth.Authorizers.*.Identity", kinds: "m"},
		{path: "Auth.Authorizers.*.Identity.Headers", kinds: "l(s)"},
		{path: "Auth.Authorizers.*.Identity.QueryStrings", kinds: "l(s)"},
		{path: "Auth.Authorizers.*.Identity.StageVariables", kinds: "l(s)"},
		{path: "Auth.Authorizers.*.Identity.Context", kinds: "l(s)"},
		{path: "Auth.DefaultAuthorizer", kinds: "s", literal: true},
		{path: "Auth.ResourcePolicy", kinds: "m", literal: true},
		{path: "Auth.ResourcePolicy.SourceVpcWhitelist", kinds: "sl(s)"},
		{path: "Auth.ResourcePolicy.SourceVpcBlacklist", kinds: "sl(s)"},
		{path: "Auth.UsagePlan", kinds: "m", literal: true, keys: []string{"CreateUsagePlan", "Description", "Quota", "Tags", "Throttle", "UsagePlanName"}},
		{path: "Auth.UsagePlan.CreateUsagePlan", required: true, values: []string{"PER_API", "SHARED", "NONE"}},
		{path: "Cors", keys: []string{"AllowMethods", "AllowHeaders", "AllowOrigin", "MaxAge", "AllowCredentials"}},
		{path: "GatewayResponses", literal: true},
		{path: "GatewayResponses.*", kinds: "m", literal: true, keys: []string{"ResponseParameters", "ResponseTemplates", "StatusCode"}},
		{path: "GatewayResponses.*.ResponseParameters", kinds: "m", keys: []string{"Headers", "Paths", "QueryStrings"}},
		{path: "OpenApiVersion", kinds: "s"},
	}, domainShapes...),
	"AWS::Serverless::HttpApi": append([]shape{
		{path: "Auth.Authorizers", kinds: "m", literal: true},
		{path: "Auth.Authorizers.*", kinds: "m"},
		{path: "Auth.Authorizers.*.JwtConfiguration", kinds: "m"},
		{path: "Auth.Authorizers.*.AuthorizationScopes", kinds: "l"},
		{path: "Auth.Authorizers.*.EnableFunctionDefaultPermissions", kinds: "b", literal: true},
		{path: "Auth.DefaultAuthorizer", kinds: "s", literal: true},
		{path: "CorsConfiguration", keys: []string{"AllowMethods", "AllowHeaders", "AllowOrigins", "MaxAge", "ExposeHeaders", "AllowCredentials"}},
		{path: "RouteSettings", kinds: "m"},
	}, domainShapes...),
	"AWS::Serverless::WebSocketApi": append([]shape{
		{path: "Routes.*", kinds: "m"},
		{path: "Routes.*.FunctionArn", required: true},
		{path: "Auth.AuthType", values: []string{"AWS_IAM", "CUSTOM", "NONE"}},
		{path: "RouteSettings", kinds: "m"},
		{path: "IpAddressType", values: []string{"ipv4", "dualstack"}},
	}, domainShapes...),
	"AWS::Serverless::SimpleTable": {
		{path: "PrimaryKey.Name", required: true},
		{path: "PrimaryKey.Type", required: true, values: []string{"String", "Number", "Binary"}},
	},
	"AWS::Serverless::LayerVersion": {
		{path: "RetentionPolicy", values: []string{"Retain", "Delete"}},
		{path: "CompatibleArchitectures.[]", values: []string{"x86_64", "arm64"}},
	},
	"AWS::Serverless::Application": {
		{path: "Location.ApplicationId", required: true, kinds: "s"},
		{path: "Location.SemanticVersion", required: true, kinds: "s"},
	},
	"AWS::Serverless::CapacityProvider": {
		{path: "VpcConfig.SubnetIds", required: true, kinds: "l"},
		{path: "VpcConfig.SecurityGroupIds", kinds: "l"},
		{path: "VpcConfig", keys: []string{"SubnetIds", "SecurityGroupIds"}},
	},
	"AWS::Serverless::Connector": {
		{path: "Permissions.[]", values: []string{"Read", "Write"}},
	},
}

// checkShapes reports what within the properties is not as the transform demands.
func (e *expander) checkShapes(list []shape, what string, props *syntax.Node) {
	for _, s := range list {
		e.walkShape(s, what, props, strings.Split(s.path, "."), nil)
	}
}

// walkShape goes down the path; at is the way that was gone.
func (e *expander) walkShape(s shape, what string, n *syntax.Node, path, at []string) {
	if len(path) == 0 {
		e.checkShape(s, what, n, strings.Join(at, "."))
		return
	}
	if n == nil || addsKeys(n) {
		return
	}
	step := func(key string) []string { return append(slices.Clone(at), key) }
	switch path[0] {
	case "*":
		for _, p := range n.Pairs {
			if n.Kind == syntax.Mapping {
				e.walkShape(s, what, p.Value, path[1:], step(p.Key))
			}
		}
	case "[]":
		for i, item := range n.Items {
			e.walkShape(s, what, item, path[1:], step(strconv.Itoa(i)))
		}
	default:
		child := n.Get(path[0])
		switch {
		case n.Kind != syntax.Mapping:
		case child != nil && child.Kind != syntax.Null:
			e.walkShape(s, what, child, path[1:], step(path[0]))
		case s.required && len(path) == 1:
			e.warn(n.Extent().Head(), strings.Join(step(path[0]), ".")+" of "+what+" is missing, without which SAM refuses it")
		}
	}
}

func (e *expander) checkShape(s shape, what string, n *syntax.Node, at string) {
	if isFunction(n) {
		if s.literal && e.staysFunction(n) {
			e.warn(n.Extent(), at+" of "+what+" is a function, which SAM refuses: it needs the value itself")
		}
		return
	}
	if s.kinds != "" && n.Kind == syntax.Null {
		e.warn(n.Extent(), at+" of "+what+" is empty, which SAM refuses")
		return
	}
	if bad, want := s.kinds.misfit(n); bad != nil {
		e.warn(bad.Extent(), e.notA(at, bad != n, what, want))
		return
	}
	if len(s.keys) > 0 && n.Kind == syntax.Mapping && !addsKeys(n) {
		for _, p := range n.Pairs {
			if !slices.Contains(s.keys, p.Key) {
				e.warn(p.KeySpan, at+" of "+what+" has a key "+p.Key+", which SAM refuses: it knows "+strings.Join(s.keys, ", "))
			}
		}
	}
	if len(s.values) > 0 && (n.Kind == syntax.String || n.Kind == syntax.Number || n.Kind == syntax.Bool) && !strings.Contains(n.Text, "{{resolve:") && !slices.ContainsFunc(s.values, func(v string) bool { return strings.EqualFold(v, n.Text) }) {
		e.warn(n.Extent(), at+" of "+what+" is "+strconv.Quote(n.Text)+", which SAM refuses: it takes "+strings.Join(s.values, ", "))
	}
}

// staysFunction reports a call that the transform does not resolve before it looks at
// the value, unlike references to parameters.
func (e *expander) staysFunction(n *syntax.Node) bool {
	if e.in.Extended {
		return false
	}
	name := strings.TrimPrefix(n.Tag, "!")
	if n.Tag == "" {
		name = strings.TrimPrefix(n.Pairs[0].Key, "Fn::")
	}
	return slices.Contains([]string{"If", "GetAtt", "Join", "Select", "Split", "ImportValue", "Sub"}, name)
}

func (e *expander) warn(at source.Span, message string) { e.report(source.Warning, at, message) }

// report tells what the transform would refuse. Where a macro goes over the template
// before, nobody knows what the transform sees.
func (e *expander) report(l source.Level, at source.Span, message string) {
	if !e.in.Uncertain {
		e.in.Report(l, at, message)
	}
}
