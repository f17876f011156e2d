package sam

import (
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// function expands AWS::Serverless::Function.
func (e *expander) function(r resource) {
	at := r.at
	f := &function{expander: e, resource: r, target: r.id}
	roleID := r.id + "Role"
	own := r.prop("Role")
	made := own == nil
	if arn, ok := roleUnless(own, at.getAtt(roleID, "Arn")); ok {
		own, made = arn, true
	}
	x := role{service: "lambda.amazonaws.com", managed: []string{"service-role/AWSLambdaBasicExecutionRole"}, tag: "lambda:createdBy"}
	if r.prop("DurableConfig") != nil {
		x.managed = []string{"service-role/AWSLambdaBasicDurableExecutionRolePolicy"}
	}
	if r.prop("VpcConfig") != nil {
		x.managed = []string{"service-role/AWSLambdaVPCAccessExecutionRole"}
	}
	if t := e.text(r.prop("Tracing")); t != "" && t != "Disabled" {
		x.managed = append([]string{"AWSXrayWriteOnlyAccess"}, x.managed...)
		x.managed[0], x.managed[1] = x.managed[1], x.managed[0]
	}
	props := f.lambda()
	if own != nil {
		props.Pairs = append(props.Pairs, at.pair("Role", own))
	} else {
		props.Pairs = append(props.Pairs, at.pair("Role", at.getAtt(roleID, "Arn")))
	}
	e.add(r, r.id, "AWS::Lambda::Function", props, at)
	if alias := e.text(r.prop("AutoPublishAlias")); alias != "" {
		f.alias(alias)
	}
	if c := r.prop("EventInvokeConfig"); c != nil {
		x.inline = append(x.inline, f.invokeConfig(c)...)
	}
	if c := r.prop("FunctionUrlConfig"); c != nil && c.Kind == syntax.Mapping {
		f.url(c)
	}
	if d := r.prop("DeadLetterQueue"); d != nil && d.Kind == syntax.Mapping {
		in := at.of(d)
		action := "sqs:SendMessage"
		if e.text(d.Get("Type")) == "SNS" {
			action = "sns:Publish"
		}
		x.inline = append([]*syntax.Node{in.allow("DeadLetterQueuePolicy", []string{action}, d.Get("TargetArn"))}, x.inline...)
	}
	f.events(&x)
	if made {
		e.addRole(r, roleID, x)
	}
	if p := r.prop("DeploymentPreference"); p != nil && p.Kind == syntax.Mapping && !isFunction(p) {
		f.deployment(p)
	}
}

// roleUnless replaces AWS::NoValue in a choice of roles by the role that is made for
// that case. It is taken to be made whatever is chosen: who could use it does not.
func roleUnless(own, generated *syntax.Node) (*syntax.Node, bool) {
	args := own
	switch {
	case own == nil:
		return nil, false
	case own.Tag == "!If":
	case own.Kind == syntax.Mapping && len(own.Pairs) == 1 && own.Pairs[0].Key == "Fn::If":
		args = own.Pairs[0].Value
	default:
		return nil, false
	}
	if args.Kind != syntax.Sequence || len(args.Items) != 3 {
		return nil, false
	}
	found := false
	choice := &syntax.Node{Kind: syntax.Sequence, Span: args.Extent()}
	for i, item := range args.Items {
		if i > 0 && refersTo(item) == "AWS::NoValue" {
			item, found = generated, true
		}
		choice.Items = append(choice.Items, item)
	}
	if !found {
		return nil, false
	}
	at := maker{own.Extent()}
	return at.obj(at.pair("Fn::If", choice)), true
}

// function is a function under expansion.
type function struct {
	*expander
	resource
	// target is the id whose Ref is what is invoked: the function or its alias.
	target string
}

// lambda are the properties of the function itself.
func (f *function) lambda() *syntax.Node {
	at, r := f.resource.at, f.resource
	pairs := at.copyProps(r, "FunctionName", "Handler", "Runtime", "Description", "MemorySize", "Timeout", "VpcConfig", "Environment", "Layers",
		"ReservedConcurrentExecutions", "FileSystemConfigs", "ImageConfig", "PackageType", "CodeSigningConfigArn", "Architectures", "EphemeralStorage", "SnapStart",
		"KmsKeyArn", "RuntimeManagementConfig", "LoggingConfig", "RecursiveLoop", "TenancyConfig", "DurableConfig", "FunctionScalingConfig")
	if c := r.prop("CapacityProviderConfig"); c != nil && c.Kind == syntax.Mapping && !isFunction(c) {
		in := at.of(c)
		pairs = append(pairs, in.pair("CapacityProviderConfig", in.obj(in.pair("LambdaManagedInstancesCapacityProviderConfig",
			in.obj(append(in.copyProps(resource{props: c}, "PerExecutionEnvironmentMaxConcurrency", "ExecutionEnvironmentMemoryGiBPerVCpu"), in.pair("CapacityProviderArn", c.Get("Arn")))...)))))
	}
	if c := f.code(); c != nil {
		if key := r.prop("SourceKMSKeyArn"); key != nil && c.Get("S3Bucket") != nil {
			c.Pairs = append(c.Pairs, at.of(key).pair("SourceKMSKeyArn", key))
		}
		pairs = append(pairs, at.pair("Code", c))
	} else {
		f.out.Computed[r.id] = append(f.out.Computed[r.id], "Code") // a directory here, of which packaging makes an archive
	}
	if t := r.prop("Tracing"); t != nil && f.text(t) != "Disabled" {
		in := at.of(t)
		pairs = append(pairs, in.pair("TracingConfig", in.obj(in.pair("Mode", t))))
	}
	if d := r.prop("DeadLetterQueue"); d != nil && d.Kind == syntax.Mapping {
		in := at.of(d)
		pairs = append(pairs, in.pair("DeadLetterConfig", in.obj(in.pair("TargetArn", d.Get("TargetArn")))))
	}
	pairs = append(pairs, at.pair("Tags", at.tags(r.prop("Tags"), "lambda:createdBy")))
	return at.obj(pairs...)
}

// code is where the code of the function is.
func (f *function) code() *syntax.Node {
	at, r := f.resource.at, f.resource
	switch inline, image, uri := r.prop("InlineCode"), r.prop("ImageUri"), r.prop("CodeUri"); {
	case inline != nil:
		return at.of(inline).obj(at.of(inline).pair("ZipFile", inline))
	case image != nil:
		return at.of(image).obj(at.of(image).pair("ImageUri", image))
	case uri != nil:
		return at.of(uri).s3(uri, "S3Bucket", "S3Key", "S3ObjectVersion")
	}
	return nil
}

// s3 is the place of an object, given as "s3://bucket/key", or as a mapping. A path
// here is uploaded when the template is packaged: where to is not known.
func (m maker) s3(uri *syntax.Node, bucket, key, version string) *syntax.Node {
	if uri.Kind == syntax.Mapping && !isFunction(uri) {
		return m.obj(m.pair(bucket, uri.Get("Bucket")), m.pair(key, uri.Get("Key")), m.pair(version, uri.Get("Version")))
	}
	rest, ok := strings.CutPrefix(uri.Text, "s3://")
	b, k, split := strings.Cut(rest, "/")
	if !ok || !split || isFunction(uri) {
		return nil
	}
	k, v, _ := strings.Cut(k, "?versionId=")
	out := m.obj(m.pair(bucket, m.str(b)), m.pair(key, m.str(k)))
	if v != "" {
		out.Pairs = append(out.Pairs, m.pair(version, m.str(v)))
	}
	return out
}

// alias makes a version and the alias that leads to it.
func (f *function) alias(name string) {
	at, r := f.resource.at.of(f.prop("AutoPublishAlias")), f.resource
	version := r.id + "Version"
	keep := []syntax.Pair{at.pair("DeletionPolicy", at.str("Retain"))}
	f.addWith(r, version, "AWS::Lambda::Version", at.obj(append(at.copyProps(r, "FunctionScalingConfig"),
		at.pair("FunctionName", at.ref(r.id)), at.pair("Description", r.prop("VersionDescription")))...), at, keep...)
	f.target = r.id + "Alias" + aliasID(name)
	f.add(r, f.target, "AWS::Lambda::Alias", at.obj(at.pair("Name", r.prop("AutoPublishAlias")), at.pair("FunctionName", at.ref(r.id)),
		at.pair("FunctionVersion", at.getAtt(version, "Version")), at.pair("ProvisionedConcurrencyConfig", r.prop("ProvisionedConcurrencyConfig"))), at)
	f.out.Aliases[r.id+".Version"] = version
	f.out.Aliases[r.id+".Alias"] = f.target
}

// aliasID is what the name of an alias adds to logical ids.
func aliasID(name string) string { return alnum(strings.NewReplacer("-", "D", "_", "U").Replace(name)) }

// url makes the URL of a function, and what lets everybody call it if nobody has to
// sign. That of an alias is written as one of the function with a qualifier, which
// says the same as the ARN of the alias.
func (f *function) url(c *syntax.Node) {
	at, r := f.resource.at.of(c), f.resource
	target := at.ref(r.id)
	props := at.obj(at.pair("AuthType", c.Get("AuthType")), at.pair("TargetFunctionArn", target), at.pair("Cors", c.Get("Cors")), at.pair("InvokeMode", c.Get("InvokeMode")))
	if f.target != r.id {
		props.Pairs = append(props.Pairs, at.pair("Qualifier", r.prop("AutoPublishAlias")))
		f.addWith(r, r.id+"Url", "AWS::Lambda::Url", props, at, at.pair("DependsOn", at.str(f.target)))
	} else {
		f.add(r, r.id+"Url", "AWS::Lambda::Url", props, at)
	}
	f.out.Aliases[r.id+".Url"] = r.id + "Url"
	if stageText(c.Get("AuthType")) != "NONE" {
		return
	}
	f.add(r, r.id+"UrlPublicPermissions", "AWS::Lambda::Permission", at.obj(at.pair("Action", at.str("lambda:InvokeFunctionUrl")),
		at.pair("FunctionName", at.ref(f.target)), at.pair("FunctionUrlAuthType", c.Get("AuthType")), at.pair("Principal", at.str("*"))), at)
	f.add(r, r.id+"URLInvokeAllowPublicAccess", "AWS::Lambda::Permission", at.obj(at.pair("Action", at.str("lambda:InvokeFunction")),
		at.pair("FunctionName", at.ref(f.target)), at.pair("InvokedViaFunctionUrl", at.boolean(true)), at.pair("Principal", at.str("*"))), at)
}

// sendTo lets a function hand its results on to a destination of that kind.
func (m maker) sendTo(kind, name string, target *syntax.Node) []*syntax.Node {
	statement := func(action string, on *syntax.Node) *syntax.Node {
		return m.obj(m.pair("Action", m.str(action)), m.pair("Effect", m.str("Allow")), m.pair("Resource", on))
	}
	var statements []*syntax.Node
	switch kind {
	case "SQS":
		statements = append(statements, statement("sqs:SendMessage", target))
	case "SNS":
		statements = append(statements, statement("sns:publish", target))
	case "Lambda":
		statements = append(statements, statement("lambda:InvokeFunction", target))
	case "EventBridge":
		statements = append(statements, statement("events:PutEvents", target))
	case "S3Bucket":
		kind = "S3"
		objects := m.obj(m.pair("Fn::Join", m.list(m.str("/"), m.list(target, m.str("*")))))
		statements = append(statements, statement("s3:PutObject", objects), statement("s3:ListBucket", target))
	default:
		return nil
	}
	return []*syntax.Node{m.obj(m.pair("PolicyName", m.str(name+kind+"Policy")), m.pair("PolicyDocument", m.obj(m.pair("Statement", m.list(statements...)))))}
}

// invokeConfig makes the configuration of asynchronous calls, with the queues and
// topics that it has made for it, and returns the policies that it takes.
func (f *function) invokeConfig(c *syntax.Node) []*syntax.Node {
	at, r := f.resource.at.of(c), f.resource
	id := r.id + "EventInvokeConfig"
	qualifier := at.str("$LATEST")
	if a := r.prop("AutoPublishAlias"); a != nil {
		qualifier = a
	}
	var policies []*syntax.Node
	var destinations []syntax.Pair
	for _, name := range []string{"OnSuccess", "OnFailure"} {
		d := c.Get("DestinationConfig").Get(name)
		if d == nil {
			continue
		}
		in := at.of(d)
		target := d.Get("Destination")
		kind := f.text(d.Get("Type"))
		if target == nil {
			switch kind {
			case "SQS":
				made := id + name + "Queue"
				f.add(r, made, "AWS::SQS::Queue", in.obj(), in)
				target = in.getAtt(made, "Arn")
				f.out.Aliases[r.id+".DestinationQueue"] = made
			case "SNS":
				made := id + name + "Topic"
				f.add(r, made, "AWS::SNS::Topic", in.obj(), in)
				target = in.ref(made)
				f.out.Aliases[r.id+".DestinationTopic"] = made
			}
		}
		if target != nil {
			policies = append(policies, in.sendTo(kind, id+name, target)...)
		}
		destinations = append(destinations, in.pair(name, in.obj(in.pair("Destination", target))))
	}
	props := at.obj(at.pair("FunctionName", at.ref(r.id)), at.pair("Qualifier", qualifier), at.pair("MaximumEventAgeInSeconds", c.Get("MaximumEventAgeInSeconds")),
		at.pair("MaximumRetryAttempts", c.Get("MaximumRetryAttempts")))
	if len(destinations) > 0 {
		props.Pairs = append(props.Pairs, at.pair("DestinationConfig", at.obj(destinations...)))
	}
	f.add(r, id, "AWS::Lambda::EventInvokeConfig", props, at)
	return policies
}

// deployment is a function that is deployed gradually.
type deployment struct {
	r    resource
	node *syntax.Node
}

// deployment makes the group that shifts the traffic of the alias.
func (f *function) deployment(p *syntax.Node) {
	if f.isFalse(p.Get("Enabled")) || f.target == f.id {
		return
	}
	f.deployments = append(f.deployments, deployment{f.resource, p})
	at, r := f.resource.at.of(p), f.resource
	props := at.obj(at.pair("ApplicationName", at.ref("ServerlessDeploymentApplication")),
		at.pair("DeploymentStyle", at.obj(at.pair("DeploymentType", at.str("BLUE_GREEN")), at.pair("DeploymentOption", at.str("WITH_TRAFFIC_CONTROL")))),
		at.pair("AutoRollbackConfiguration", at.obj(at.pair("Enabled", at.boolean(true)), at.pair("Events", at.strs("DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST")))),
		at.pair("TriggerConfigurations", p.Get("TriggerConfigurations")))
	if role := p.Get("Role"); role != nil {
		props.Pairs = append(props.Pairs, at.pair("ServiceRoleArn", role))
	} else {
		props.Pairs = append(props.Pairs, at.pair("ServiceRoleArn", at.getAtt("CodeDeployServiceRole", "Arn")))
	}
	if typ := f.text(p.Get("Type")); typ != "" {
		name := typ
		if !strings.HasPrefix(typ, "CodeDeployDefault.") {
			if builtin[typ] {
				name = "CodeDeployDefault.Lambda" + typ
			}
		}
		props.Pairs = append(props.Pairs, at.pair("DeploymentConfigName", at.of(p.Get("Type")).str(name)))
	}
	if alarms := p.Get("Alarms"); alarms != nil && alarms.Kind == syntax.Sequence && len(alarms.Items) > 0 {
		var list []*syntax.Node
		for _, a := range alarms.Items {
			in := at.of(a)
			list = append(list, in.obj(in.pair("Name", a)))
		}
		props.Pairs = append(props.Pairs, at.pair("AlarmConfiguration", at.obj(at.pair("Enabled", at.boolean(true)), at.pair("Alarms", at.list(list...)))))
	}
	f.add(r, r.id+"DeploymentGroup", "AWS::CodeDeploy::DeploymentGroup", props, at)
}

// builtin are the deployment configurations of CodeDeploy for functions.
var builtin = map[string]bool{"AllAtOnce": true, "Canary10Percent5Minutes": true, "Canary10Percent10Minutes": true, "Canary10Percent15Minutes": true,
	"Canary10Percent30Minutes": true, "Linear10PercentEvery1Minute": true, "Linear10PercentEvery2Minutes": true, "Linear10PercentEvery3Minutes": true,
	"Linear10PercentEvery10Minutes": true}

// deploymentApplication makes what all deployment groups share.
func (e *expander) deploymentApplication() {
	if len(e.deployments) == 0 {
		return
	}
	first := e.deployments[0].r
	at := first.at.of(e.deployments[0].node)
	// They are there as soon as one of the functions is.
	bare := first
	bare.pair.Value = &syntax.Node{Kind: syntax.Mapping, Span: first.pair.Value.Extent(), Pairs: nil}
	if c, ok := first.pair.Value.Lookup("Condition"); ok && len(e.deployments) == 1 {
		bare.pair.Value.Pairs = []syntax.Pair{c}
	}
	e.add(bare, "ServerlessDeploymentApplication", "AWS::CodeDeploy::Application", at.obj(at.pair("ComputePlatform", at.str("Lambda"))), at)
	for _, d := range e.deployments {
		if d.node.Get("Role") == nil {
			e.add(bare, "CodeDeployServiceRole", "AWS::IAM::Role", at.obj(
				at.pair("AssumeRolePolicyDocument", at.trust("codedeploy.amazonaws.com")),
				at.pair("ManagedPolicyArns", at.strs(managed+"service-role/AWSCodeDeployRoleForLambda"))), at)
			return
		}
	}
}
