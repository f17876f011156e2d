package sam

import (
	_ "embed" // for the table of policy templates
	"fmt"
	"strings"
	"sync"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

const managed = "arn:aws:iam::aws:policy/"

// policyTable has a statement a line: template, actions, resources, and a condition
// of operator, key and value. ${Name} stands for a parameter of the template.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
//
//go:embed policytemplates.tsv
var policyTable string

type statement struct{ actions, resources, condition []string }

var policyTemplates = sync.OnceValue(func() map[string][]statement {
	out := map[string][]statement{}
	for line := range strings.Lines(policyTable) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		out[f[0]] = append(out[f[0]], statement{strings.Fields(f[1]), strings.Fields(f[2]), strings.Fields(f[3])})
	}
	return out
})

// role is the execution role that SAM makes where none is given.
type role struct {
	service string
	// managed are policies of AWS that come with what the resource does.
	managed []string
	// polled are those that come with the events, behind the user's own.
	polled []string
	// inline are the policies that come with it.
	inline []*syntax.Node
	tag    string
	// more says that the transform adds policies of its own that are not listed.
	more bool
}

// addRole makes the role of a resource and returns its id.
func (e *expander) addRole(r resource, id string, x role) {
	at := r.at
	trust := r.prop("AssumeRolePolicyDocument")
	if trust == nil {
		trust = at.trust(x.service)
	}
	arns := []*syntax.Node{}
	named := map[string]bool{}
	attach := func(arn *syntax.Node) {
		if arn.IsScalar() && !isFunction(arn) {
			if named[arn.Text] {
				return
			}
			named[arn.Text] = true
		}
		arns = append(arns, arn)
	}
	for _, m := range x.managed {
		attach(at.str(managed + m))
	}
	inline := append([]*syntax.Node{}, x.inline...)
	for i, p := range items(r.prop("Policies")) {
		x.more = x.more || isChoice(p) // of which any branch may be a policy template
		arn, doc := e.policy(p)
		switch {
		case doc != nil:
			in := at.of(p)
			inline = append(inline, in.obj(in.pair("PolicyName", in.str(fmt.Sprintf("%sPolicy%d", id, i))), in.pair("PolicyDocument", doc)))
		case arn != nil:
			attach(arn)
		}
	}
	for _, m := range x.polled {
		attach(at.str(managed + m))
	}
	props := at.obj(append([]syntax.Pair{at.pair("AssumeRolePolicyDocument", trust)}, roleRest(r, at)...)...)
	if len(arns) > 0 || x.service == "states.amazonaws.com" {
		props.Pairs = append(props.Pairs, at.pair("ManagedPolicyArns", at.list(arns...)))
	}
	if len(inline) > 0 {
		props.Pairs = append(props.Pairs, at.pair("Policies", at.list(inline...)))
	}
	if t := at.tags(propagated(r), x.tag); t != nil {
		props.Pairs = append(props.Pairs, at.pair("Tags", t))
	}
	e.add(r, id, "AWS::IAM::Role", props, at)
	if x.more {
		e.out.Computed[id] = append(e.out.Computed[id], "Policies")
	}
}

// propagated are the tags that go to what is made of a resource, too.
func propagated(r resource) *syntax.Node {
	if r.pair.Value.Get("Type").Text == "AWS::Serverless::Function" || r.pair.Value.Get("Type").Text == "AWS::Serverless::StateMachine" {
		return r.prop("Tags")
	}
	return nil
}

func roleRest(r resource, at maker) []syntax.Pair {
	var out []syntax.Pair
	if p := r.prop("RolePath"); p != nil {
		out = append(out, at.pair("Path", p))
	}
	if p := r.prop("PermissionsBoundary"); p != nil {
		out = append(out, at.pair("PermissionsBoundary", p))
	}
	return out
}

// policy tells the forms of an entry of Policies apart: the name or ARN of a managed
// policy, a document, or a template with its parameters.
func (e *expander) policy(p *syntax.Node) (arn, document *syntax.Node) {
	switch {
	case isFunction(p):
		return p, nil
	case p.Kind == syntax.String:
		if strings.HasPrefix(p.Text, "arn:") {
			return p, nil
		}
		return maker{p.Extent()}.str(managed + awsPath(p.Text)), nil
	case p.Kind != syntax.Mapping:
		return nil, nil
	case p.Get("Statement") != nil:
		return nil, p
	case len(p.Pairs) == 1 && policyTemplates()[p.Pairs[0].Key] != nil:
		return nil, fill(p.Pairs[0])
	}
	e.in.Report(source.Warning, p.Extent(), "is no policy: neither the name of one, nor a document, nor a policy template of SAM")
	return nil, nil
}

// awsPath is the path of a managed policy whose name alone is given.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
func awsPath(name string) string {
	if strings.HasPrefix(name, "AWSLambda") && strings.HasSuffix(name, "ExecutionRole") || name == "AWSLambdaVPCAccessExecutionRole" || name == "AWSLambdaRole" {
		return "service-role/" + name
	}
	return name
}

// fill makes the document of a policy template.
func fill(p syntax.Pair) *syntax.Node {
	at := maker{p.KeySpan}
	var list []*syntax.Node
	for _, s := range policyTemplates()[p.Key] {
		var resources []*syntax.Node
		for _, r := range s.resources {
			resources = append(resources, at.pattern(r, p.Value))
		}
		one := at.obj(at.pair("Effect", at.str("Allow")), at.pair("Action", at.strs(s.actions...)), at.pair("Resource", oneOrList(at, resources)))
		if len(s.condition) == 3 {
			one.Pairs = append(one.Pairs, at.pair("Condition", at.obj(at.pair(s.condition[0], at.obj(at.pair(s.condition[1], at.pattern(s.condition[2], p.Value)))))))
		}
		list = append(list, one)
	}
	return at.obj(at.pair("Statement", at.list(list...)))
}

func oneOrList(at maker, list []*syntax.Node) *syntax.Node {
	if len(list) == 1 {
		return list[0]
	}
	return at.list(list...)
}

// pattern is a text with the parameters of a template in it.
func (m maker) pattern(text string, params *syntax.Node) *syntax.Node {
	if !strings.Contains(text, "${") {
		return m.str(text)
	}
	var vars []syntax.Pair
	if params != nil {
		for _, p := range params.Pairs {
			if strings.Contains(text, "${"+p.Key+"}") {
				vars = append(vars, p)
			}
		}
	}
	return m.sub(text, vars...)
}

// allow is an inline policy with one statement.
func (m maker) allow(name string, actions []string, resource *syntax.Node) *syntax.Node {
	return m.obj(m.pair("PolicyName", m.str(name)), m.pair("PolicyDocument", m.document(oneText(m, actions), nil, resource, nil)))
}

func oneText(m maker, texts []string) *syntax.Node {
	if len(texts) == 1 {
		return m.str(texts[0])
	}
	return m.strs(texts...)
}
