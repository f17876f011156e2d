package sam

import (
	"regexp"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// check reports what the transform would refuse. The resource is expanded all the
// same, as far as it goes.
func (e *expander) check(r resource, typ string) {
	if alnum(r.id) != r.id {
		e.warn(r.pair.KeySpan, "the logical id "+r.id+" has other characters than letters and digits, which SAM refuses")
	}
	e.checkProperties(typ, r.id, r.props, r.pair.KeySpan)
	e.checkShapes(shapes[typ], r.id, r.props)
	e.checkTags(r)
	switch typ {
	case "AWS::Serverless::Function":
		e.checkFunction(r)
	case "AWS::Serverless::StateMachine":
		e.checkStateMachine(r)
	case "AWS::Serverless::Api", "AWS::Serverless::HttpApi":
		e.checkAPI(r, typ == "AWS::Serverless::HttpApi")
	case "AWS::Serverless::WebSocketApi":
		e.checkWebSocketAPI(r)
	case "AWS::Serverless::LayerVersion":
		e.checkURI(r, "ContentUri")
	case "AWS::Serverless::CapacityProvider":
		if in := r.prop("InstanceRequirements"); in.Get("AllowedTypes") != nil && in.Get("ExcludedTypes") != nil {
			e.warn(in.Extent(), "InstanceRequirements of "+r.id+" has both AllowedTypes and ExcludedTypes, of which SAM takes one")
		}
	case "AWS::Serverless::Application":
		if id := r.prop("Location").Get("ApplicationId"); id != nil && strings.Contains(id.Text, "{{resolve:") {
			e.warn(id.Extent(), "ApplicationId of "+r.id+" is a dynamic reference, which SAM refuses")
		}
	}
}

// checkTags reports tags that the transform sets itself.
func (e *expander) checkTags(r resource) {
	tags := r.prop("Tags")
	if tags == nil || tags.Kind != syntax.Mapping {
		return
	}
	for _, p := range tags.Pairs {
		if p.Key == "lambda:createdBy" {
			e.warn(p.KeySpan, "the tag lambda:createdBy of "+r.id+" is SAM's own, so that it refuses it")
		}
	}
}

// checkURI reports what names code or a definition by a place that is none. A path is
// taken for one that is uploaded when the template is packaged.
func (e *expander) checkURI(r resource, name string) {
	uri := r.prop(name)
	switch {
	case uri == nil || isFunction(uri):
	case uri.Kind == syntax.Sequence:
		e.warn(uri.Extent(), name+" of "+r.id+" is neither a text nor a mapping, which SAM refuses")
	case uri.Kind == syntax.Mapping:
		if !addsKeys(uri) && (uri.Get("Bucket") == nil || uri.Get("Key") == nil) {
			e.warn(uri.Extent(), name+" of "+r.id+" has no Bucket or no Key, without which SAM refuses it")
		}
	case strings.Contains(uri.Text, "{{resolve:"):
		e.warn(uri.Extent(), name+" of "+r.id+" is a dynamic reference in a text, which SAM refuses: it takes one in Bucket and Key")
	default:
		rest, s3 := strings.CutPrefix(uri.Text, "s3://")
		bucket, key, _ := strings.Cut(rest, "/")
		if s3 && (bucket == "" || key == "" || strings.ContainsAny(bucket, "[]")) || strings.HasPrefix(uri.Text, "http://") || strings.HasPrefix(uri.Text, "https://") && !strings.Contains(uri.Text, "amazonaws.com") {
			e.warn(uri.Extent(), name+" of "+r.id+" is no place of an object, s3://bucket/key, and no path, so that SAM refuses it")
		}
	}
}

// exclude reports two properties of which the transform takes one.
func (e *expander) exclude(what string, props *syntax.Node, a, b string) {
	x, y := props.Get(a), props.Get(b)
	if x != nil && y != nil && x.Kind != syntax.Null && y.Kind != syntax.Null {
		e.warn(y.Extent(), what+" has both "+a+" and "+b+", of which SAM takes one")
	}
}

// aliasName is what an alias may be called.
var aliasName = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

func (e *expander) checkFunction(r resource) {
	e.checkCode(r)
	alias := r.prop("AutoPublishAlias")
	if alias == nil || alias.Text == "" && !isFunction(alias) {
		for _, name := range []string{"DeploymentPreference", "ProvisionedConcurrencyConfig"} {
			v := r.prop(name)
			if v != nil && !isFunction(v) && (v.Get("Enabled") == nil || e.isTrue(v.Get("Enabled"))) {
				e.warn(v.Extent(), name+" of "+r.id+" is for an alias, but AutoPublishAlias is missing")
			}
		}
	}
	if alias != nil && alias.IsScalar() && !isFunction(alias) && alias.Text != "" && !aliasName.MatchString(alias.Text) {
		e.warn(alias.Extent(), "AutoPublishAlias of "+r.id+" has other characters than letters, digits, - and _, which SAM refuses")
	}
	e.checkDestinations(r)
	e.checkTenancy(r)
	if r.prop("Role") == nil {
		e.checkPolicies(r)
	}
}

func (e *expander) checkCode(r resource) {
	switch t := r.prop("PackageType"); {
	case t == nil || e.text(t) == "Zip":
		if r.prop("ImageUri") == nil && !addsKeys(r.props) {
			for _, name := range []string{"Handler", "Runtime"} {
				if r.prop(name) == nil {
					e.warn(r.pair.KeySpan, "the property "+name+" of "+r.id+" is missing, without which SAM makes no function of an archive")
				}
			}
		}
	case e.text(t) == "Image":
		e.exclude(r.id, r.props, "ImageUri", "CodeUri")
	}
	e.checkURI(r, "CodeUri")
	if c := r.prop("CapacityProviderConfig"); c != nil && r.prop("ProvisionedConcurrencyConfig") != nil {
		e.exclude(r.id, r.props, "CapacityProviderConfig", "ProvisionedConcurrencyConfig")
	}
}

// checkDestinations reports destinations of asynchronous calls that name none.
func (e *expander) checkDestinations(r resource) {
	config := r.prop("EventInvokeConfig").Get("DestinationConfig")
	for _, name := range []string{"OnSuccess", "OnFailure"} {
		d := config.Get(name)
		typ := e.text(d.Get("Type"))
		if d != nil && !addsKeys(d) && d.Get("Destination") == nil && typ != "" && typ != "SQS" && typ != "SNS" {
			e.warn(d.Extent().Head(), "EventInvokeConfig.DestinationConfig."+name+" of "+r.id+" has no Destination, which SAM makes for SQS and SNS alone")
		}
	}
}

// checkTenancy reports what a function with isolated tenants cannot have.
func (e *expander) checkTenancy(r resource) {
	if r.prop("TenancyConfig") == nil || isFunction(r.prop("TenancyConfig")) {
		return
	}
	for _, name := range []string{"FunctionUrlConfig", "ProvisionedConcurrencyConfig", "SnapStart"} {
		if v := r.prop(name); v != nil && !isFunction(v) && (name != "SnapStart" || e.text(v.Get("ApplyOn")) != "None") {
			e.warn(v.Extent(), r.id+" has both TenancyConfig and "+name+", which SAM refuses")
		}
	}
	for _, p := range named(r.prop("Events")) {
		if typ := e.text(p.Value.Get("Type")); typ != "" && typ != "Api" && typ != "HttpApi" {
			e.warn(p.KeySpan, r.id+" has TenancyConfig and the event "+p.Key+" of type "+typ+", which SAM refuses: only Api and HttpApi are possible")
		}
	}
}

// checkPolicies reports policy templates whose parameters are missing.
func (e *expander) checkPolicies(r resource) {
	for _, p := range items(r.prop("Policies")) {
		if p.Kind != syntax.Mapping || isFunction(p) || len(p.Pairs) != 1 {
			continue
		}
		name, params := p.Pairs[0].Key, p.Pairs[0].Value
		statements, known := policyTemplates()[name]
		switch {
		case !known || isFunction(params):
		case params.Kind != syntax.Mapping:
			e.warn(p.Pairs[0].KeySpan, "the parameters of the policy template "+name+" of "+r.id+" are not a mapping, which SAM refuses")
		default:
			for _, want := range parametersOf(statements) {
				if params.Get(want) == nil {
					e.warn(p.Pairs[0].KeySpan, "the policy template "+name+" of "+r.id+" has no "+want+", without which SAM refuses it")
				}
			}
		}
	}
}

var templateParameter = regexp.MustCompile(`\$\{(\w+)\}`)

// parametersOf are those of a policy template, in order.
func parametersOf(statements []statement) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range statements {
		for _, text := range append(append([]string(nil), s.resources...), s.condition...) {
			for _, m := range templateParameter.FindAllStringSubmatch(text, -1) {
				if !seen[m[1]] {
					seen[m[1]] = true
					out = append(out, m[1])
				}
			}
		}
	}
	return out
}

func (e *expander) checkStateMachine(r resource) {
	if r.prop("Definition") == nil && r.prop("DefinitionUri") == nil && !addsKeys(r.props) {
		e.warn(r.pair.KeySpan, "the state machine "+r.id+" has neither Definition nor DefinitionUri")
	}
	e.exclude(r.id, r.props, "Definition", "DefinitionUri")
	e.checkURI(r, "DefinitionUri")
	if d := r.prop("DeploymentPreference"); d != nil && r.prop("AutoPublishAlias") == nil && !addsKeys(r.props) {
		e.warn(d.Extent(), "DeploymentPreference of "+r.id+" is for an alias, but AutoPublishAlias is missing")
	}
}
