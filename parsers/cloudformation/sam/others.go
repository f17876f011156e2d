package sam

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// table expands AWS::Serverless::SimpleTable.
func (e *expander) table(r resource) {
	at := r.at
	name, typ := at.str("id"), at.str("S")
	if key := r.prop("PrimaryKey"); key != nil && key.Kind == syntax.Mapping {
		name = key.Get("Name")
		switch e.text(key.Get("Type")) {
		case "Number":
			typ = at.of(key).str("N")
		case "Binary":
			typ = at.of(key).str("B")
		}
	}
	pairs := at.copyProps(r, "TableName", "SSESpecification", "PointInTimeRecoverySpecification", "ProvisionedThroughput")
	if r.prop("ProvisionedThroughput") == nil {
		pairs = append(pairs, at.pair("BillingMode", at.str("PAY_PER_REQUEST")))
	}
	pairs = append(pairs, at.pair("AttributeDefinitions", at.list(at.obj(at.pair("AttributeName", name), at.pair("AttributeType", typ)))),
		at.pair("KeySchema", at.list(at.obj(at.pair("AttributeName", name), at.pair("KeyType", at.str("HASH"))))))
	if t := at.tags(r.prop("Tags"), ""); t != nil {
		pairs = append(pairs, at.pair("Tags", t))
	}
	e.add(r, r.id, "AWS::DynamoDB::Table", at.obj(pairs...), at)
}

// layer expands AWS::Serverless::LayerVersion. Its id gets a hash of its content.
func (e *expander) layer(r resource) {
	at := r.at
	pairs := at.copyProps(r, "LayerName", "Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo")
	if r.prop("LayerName") == nil {
		pairs = append(pairs, at.pair("LayerName", at.str(r.id)))
	}
	if uri := r.prop("ContentUri"); uri != nil {
		if c := at.of(uri).s3(uri, "S3Bucket", "S3Key", "S3ObjectVersion"); c != nil {
			pairs = append(pairs, at.of(uri).pair("Content", c))
		}
	}
	keep := "Retain"
	if p := e.text(r.prop("RetentionPolicy")); strings.EqualFold(p, "delete") {
		keep = "Delete"
	}
	e.addWith(r, r.id, "AWS::Lambda::LayerVersion", at.obj(pairs...), at, at.pair("DeletionPolicy", at.str(keep)))
}

// application expands AWS::Serverless::Application: a nested stack.
func (e *expander) application(r resource) {
	at := r.at
	pairs := at.copyProps(r, "NotificationARNs", "Parameters", "TimeoutInMinutes")
	if l := r.prop("Location"); l != nil {
		if l.Kind == syntax.Mapping && !isFunction(l) {
			l = nil // of the Serverless Application Repository, which says where at deployment
		}
		if l != nil {
			pairs = append(pairs, at.of(l).pair("TemplateURL", l))
		}
	}
	pairs = append(pairs, at.pair("Tags", at.tags(r.prop("Tags"), "lambda:createdBy")))
	e.add(r, r.id, "AWS::CloudFormation::Stack", at.obj(pairs...), at)
}

// stateMachine expands AWS::Serverless::StateMachine.
func (e *expander) stateMachine(r resource) {
	at := r.at
	pairs := at.copyProps(r, "EncryptionConfiguration")
	for from, to := range map[string]string{"Name": "StateMachineName", "Type": "StateMachineType", "Logging": "LoggingConfiguration", "Tracing": "TracingConfiguration"} {
		if p, ok := r.props.Lookup(from); ok && p.Value != nil && p.Value.Kind != syntax.Null {
			pairs = append(pairs, syntax.Pair{Key: to, KeySpan: p.KeySpan, Value: p.Value})
		}
	}
	sortPairs(pairs)
	if uri := r.prop("DefinitionUri"); uri != nil {
		if l := at.of(uri).s3(uri, "Bucket", "Key", "Version"); l != nil {
			pairs = append(pairs, at.of(uri).pair("DefinitionS3Location", l))
		}
	}
	text, substitutions := e.definitionOf(r)
	if text != nil {
		pairs = append(pairs, at.of(text).pair("DefinitionString", text))
	} else {
		e.out.Computed[r.id] = append(e.out.Computed[r.id], "DefinitionString")
	}
	if own := r.prop("DefinitionSubstitutions"); own != nil && len(substitutions) > 0 && own.Kind == syntax.Mapping && !isFunction(own) {
		substitutions = append(slices.Clone(own.Pairs), substitutions...)
	} else if own != nil {
		pairs = append(pairs, at.pair("DefinitionSubstitutions", own))
		substitutions = nil
	}
	if len(substitutions) > 0 {
		pairs = append(pairs, at.pair("DefinitionSubstitutions", at.obj(substitutions...)))
	}
	roleID := r.id + "Role"
	role := r.prop("Role")
	if role == nil {
		x := roleOf(e, r)
		e.addRole(r, roleID, x)
		role = at.getAtt(roleID, "Arn")
	}
	pairs = append(pairs, at.pair("RoleArn", role), at.pair("Tags", at.tags(r.prop("Tags"), "stateMachine:createdBy")))
	e.add(r, r.id, "AWS::StepFunctions::StateMachine", at.obj(pairs...), at)
	e.stateMachineAlias(r)
	for _, ev := range e.eventsOf(r) {
		if ev.props == nil {
			ev.props = ev.at.obj()
		}
		e.stateMachineEvent(r, ev)
	}
}

func roleOf(e *expander, r resource) role {
	x := role{service: "states.amazonaws.com", tag: "stateMachine:createdBy"}
	if e.isTrue(r.prop("Tracing").Get("Enabled")) {
		x.managed = append(x.managed, "AWSXrayWriteOnlyAccess")
	}
	return x
}

func sortPairs(pairs []syntax.Pair) {
	slices.SortFunc(pairs, func(a, b syntax.Pair) int { return strings.Compare(a.Key, b.Key) })
}

func (e *expander) stateMachineAlias(r resource) {
	alias := e.text(r.prop("AutoPublishAlias"))
	if alias == "" {
		return
	}
	at := r.at.of(r.prop("AutoPublishAlias"))
	version := r.id + "Version"
	e.addWith(r, version, "AWS::StepFunctions::StateMachineVersion", at.obj(at.pair("StateMachineArn", at.ref(r.id)), at.pair("StateMachineRevisionId", at.getAtt(r.id, "StateMachineRevisionId"))), at,
		at.pair("DeletionPolicy", at.str("Retain")))
	preference := at.obj(at.pair("StateMachineVersionArn", at.ref(version)), at.pair("Type", at.str("ALL_AT_ONCE")))
	if d := r.prop("DeploymentPreference"); d != nil && d.Kind == syntax.Mapping {
		preference = at.obj(append(at.copyProps(resource{props: d}, "Type", "Interval", "Percentage", "Alarms"), at.pair("StateMachineVersionArn", at.ref(version)))...)
	}
	e.add(r, r.id+"Alias"+alnum(alias), "AWS::StepFunctions::StateMachineAlias", at.obj(at.pair("Name", r.prop("AutoPublishAlias")), at.pair("DeploymentPreference", preference)), at)
}

// stateMachineEvent makes what starts a state machine, with the role for that.
func (e *expander) stateMachineEvent(r resource, ev event) {
	at, p := ev.at, ev.props
	boundary := p.Get("PermissionsBoundary")
	if boundary == nil {
		boundary = r.prop("PermissionsBoundary")
	}
	target := r.id
	if alias := e.text(r.prop("AutoPublishAlias")); alias != "" {
		target = r.id + "Alias" + alnum(alias)
	}
	switch ev.typ {
	case "Schedule", "CloudWatchEvent", "EventBridgeRule":
		t := at.obj(at.pair("Arn", at.ref(target)), at.pair("Id", at.str(ev.id+"StepFunctionsTarget")), at.pair("Input", p.Get("Input")), at.pair("InputPath", p.Get("InputPath")),
			at.pair("InputTransformer", p.Get("InputTransformer")), at.pair("RetryPolicy", p.Get("RetryPolicy")))
		if id := p.Get("Target").Get("Id"); id != nil {
			t.Pairs[1].Value = id
		}
		if role := p.Get("RoleArn"); role != nil {
			t.Pairs = append(t.Pairs, at.pair("RoleArn", role))
		} else {
			t.Pairs = append(t.Pairs, at.pair("RoleArn", at.getAtt(ev.id+"Role", "Arn")))
			e.serviceRole(r, ev.id+"Role", at, "events.amazonaws.com", "states:StartExecution", at.ref(target), boundary, ev.id+"Role")
		}
		e.deadLetter(r, ev, t, ev.id)
		e.rule(r, ev, t)
	case "ScheduleV2":
		e.scheduler(r, ev, "states:StartExecution", at.ref(target))
	case "Api":
		e.restEvent(r, ev, "", "")
		e.serviceRole(r, ev.id+"Role", at, "apigateway.amazonaws.com", "states:StartExecution", at.ref(target), boundary, ev.id+"Role")
	}
}

// capacityProvider expands AWS::Serverless::CapacityProvider.
func (e *expander) capacityProvider(r resource) {
	at := r.at
	pairs := at.copyProps(r, "CapacityProviderName", "VpcConfig", "KmsKeyArn")
	if n := r.prop("InstanceRequirements"); n != nil && n.Kind == syntax.Mapping && !isFunction(n) {
		in := at.of(n)
		pairs = append(pairs, in.pair("InstanceRequirements", in.obj(in.pair("Architectures", n.Get("Architectures")), in.pair("AllowedInstanceTypes", n.Get("AllowedTypes")),
			in.pair("ExcludedInstanceTypes", n.Get("ExcludedTypes")))))
	}
	if s := r.prop("ScalingConfig"); s != nil && s.Kind == syntax.Mapping && !isFunction(s) {
		pairs = append(pairs, at.of(s).pair("CapacityProviderScalingConfig", at.of(s).capacityScaling(s)))
	}
	operator := r.prop("OperatorRole")
	if operator == nil {
		id := r.id + "OperatorRole"
		e.addRole(r, id, role{service: "lambda.amazonaws.com", managed: []string{"AWSLambdaManagedEC2ResourceOperator"}, tag: "lambda:createdBy"})
		operator = at.getAtt(id, "Arn")
	}
	pairs = append(pairs, at.pair("PermissionsConfig", at.obj(at.pair("CapacityProviderOperatorRoleArn", operator))), at.pair("Tags", at.tags(r.prop("Tags"), "lambda:createdBy")))
	e.add(r, r.id, "AWS::Lambda::CapacityProvider", at.obj(pairs...), at)
}

// capacityScaling is how a capacity provider scales: by itself, unless a use of its
// processors is aimed at.
func (m maker) capacityScaling(s *syntax.Node) *syntax.Node {
	out := m.obj(m.pair("MaxVCpuCount", s.Get("MaxVCpuCount")))
	use := s.Get("AverageCPUUtilization")
	if use == nil {
		out.Pairs = append(out.Pairs, m.pair("ScalingMode", m.str("Auto")))
		return out
	}
	out.Pairs = append(out.Pairs, m.pair("ScalingMode", m.str("Manual")), m.pair("ScalingPolicies", m.list(m.obj(
		m.pair("PredefinedMetricType", m.str("LambdaCapacityProviderAverageCPUUtilization")), m.pair("TargetValue", use)))))
	return out
}
