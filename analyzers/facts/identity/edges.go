package identity

import (
	"strings"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Edge is a way in which one principal comes to act as another, or to give itself
// all permissions: To is nil then.
type Edge struct {
	To *Principal
	// Sure is Unknown where Missing decides.
	Sure    tri.Bool
	Hops    []value.Fact
	Missing []value.Fact
}

// start is a way to run something under a role that is passed: all of actions are
// needed, of which each may be one of several.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
type start struct {
	service string
	actions [][]string
	what    string
}

var starts = []start{
	{"ec2.amazonaws.com", [][]string{{"ec2:RunInstances"}}, "start an instance"},
	{"lambda.amazonaws.com", [][]string{{"lambda:CreateFunction"}, {"lambda:InvokeFunction", "lambda:CreateEventSourceMapping"}}, "make a function and have it run"},
	{"ecs-tasks.amazonaws.com", [][]string{{"ecs:RunTask", "ecs:RegisterTaskDefinition"}}, "run a task"},
	{"glue.amazonaws.com", [][]string{{"glue:CreateDevEndpoint"}}, "make a development endpoint"},
	{"cloudformation.amazonaws.com", [][]string{{"cloudformation:CreateStack"}}, "make a stack"},
	{"datapipeline.amazonaws.com", [][]string{{"datapipeline:CreatePipeline"}}, "make a pipeline"},
	{"codebuild.amazonaws.com", [][]string{{"codebuild:CreateProject"}}, "make a build"},
	{"sagemaker.amazonaws.com", [][]string{{"sagemaker:CreateNotebookInstance"}}, "make a notebook"},
	{"states.amazonaws.com", [][]string{{"states:CreateStateMachine"}}, "make a state machine"},
}

// EdgesFrom returns all that a principal can come to act as, within its unit, and the
// roles that it may assume of others.
func (x *Identities) EdgesFrom(p *Principal) []Edge {
	var out []Edge
	add := func(e Edge) {
		if e.Sure == tri.False {
			return
		}
		if !p.Bounded.IsBad() && e.Sure == tri.True { // its boundary may end the way
			e.Sure, e.Missing = tri.Unknown, append(e.Missing, p.Bounded.Facts()...)
		}
		out = append(out, e)
	}
	mayStart := map[string]policy.Answer{}
	for _, s := range starts {
		mayStart[s.service] = p.startsBy(s)
	}
	for _, to := range x.list {
		if to == p || to.Node.Unit != p.Node.Unit {
			continue
		}
		if to.Thing.Kind == "user/" {
			add(x.asUser(p, to))
			continue
		}
		add(x.assumes(p, to))
		for _, s := range starts {
			add(passes(p, to, s, mayStart[s.service]))
		}
		for _, fn := range x.holders[to.Node.ID] {
			add(x.changesCode(p, to, fn))
		}
		for _, fn := range x.unknown[to.Node.Unit] {
			e := x.changesCode(p, to, fn)
			e.Sure = tri.And(e.Sure, tri.Unknown)
			e.Missing = append(e.Missing, value.Fact{Text: "as whom " + fn.Addr + " runs is not known", Span: fn.Span.Head()})
			add(e)
		}
	}
	for _, to := range x.abroad[p.Node.ID] {
		add(x.assumes(p, to))
	}
	for _, e := range x.growsItself(p) {
		add(e)
	}
	return out
}

func joined(to *Principal, hop value.Fact, answers ...policy.Answer) Edge {
	e := Edge{To: to, Sure: tri.True, Hops: []value.Fact{hop}}
	for _, a := range answers {
		e.Sure = tri.And(e.Sure, a.Result)
		if a.Result == tri.Unknown {
			e.Missing = append(e.Missing, a.Missing...)
		}
		if len(a.By) > 0 {
			e.Hops = append(e.Hops, a.By[0])
		}
	}
	return e
}

// assumes is the way by sts:AssumeRole: the role lets the principal in, or the
// principal may make it do so, and the principal is allowed to ask.
func (x *Identities) assumes(p, to *Principal) Edge {
	asks := p.May("sts:AssumeRole", to.Thing)
	if asks.Result == tri.False {
		return Edge{Sure: tri.False}
	}
	hop := value.Fact{Text: p.Node.Addr + " may assume " + to.calledBy(p.Node), Span: to.Node.Span.Head(), Hop: true}
	lets := x.LetsIn(to, p)
	if lets.Result != tri.True {
		if changes := p.May("iam:UpdateAssumeRolePolicy", to.Thing); changes.Result == tri.True {
			return joined(to, value.Fact{Text: p.Node.Addr + " may let itself assume " + to.calledBy(p.Node), Span: to.Node.Span.Head(), Hop: true}, changes, asks)
		}
	}
	return joined(to, hop, lets, asks)
}

// LetsIn says whether the trust policy of a role admits a principal, by its ARN or
// as one of the account.
func (x *Identities) LetsIn(role, p *Principal) policy.Answer {
	return role.Trusts("sts:AssumeRole", x.isOne(role, p))
}

// Welcomes is LetsIn for everybody to whom no condition confines it: of those, none
// fixes an account, organisation, network or resource.
func (x *Identities) Welcomes(role, p *Principal) policy.Answer {
	return policy.Evaluate(role.Trust, policy.Question{Action: "sts:AssumeRole",
		Who:   func(s *policy.Statement) tri.Bool { return s.Named(x.isOne(role, p)) },
		Holds: func(s *policy.Statement) tri.Bool { return s.Narrowed().Not() }})
}

// isOne says of the principals of a trust policy whether they are, or include, one.
func (x *Identities) isOne(role, p *Principal) func(kind string, id value.Value) tri.Bool {
	names := p.Thing.Names(x.g)
	return func(kind string, id value.Value) tri.Bool {
		switch kind {
		case "*":
			return tri.True
		case "AWS":
			if text, ok := id.Str(); ok && strings.Trim(text, "*") == "" && text != "" {
				return tri.True
			}
			return tri.Or(names(role.Node, id), x.isAccount(p, role.Node, id))
		}
		return tri.False
	}
}

// isAccount says whether an identifier is the account of a principal as a whole.
func (x *Identities) isAccount(p *Principal, by *graph.Node, id value.Value) tri.Bool {
	targets := x.resolve(by, "", id)
	if len(targets) == 1 && targets[0].Node.Type == "aws_caller_identity" && policy.IsAccount(targets[0].Attr) && id.Parts() == nil {
		return tri.And(targets[0].Sure, x.beside(p.Node, targets[0].Node))
	}
	if text, ok := id.Str(); ok && isNumber(text) {
		is, _ := x.isIn(p.Node, text)
		return is
	}
	root := x.located(p.Node, policy.Thing{Node: everything.Node, Service: "iam", Kind: "root", Name: value.String{Attr: value.Attr{V: value.OfString("", source.Span{})}}})
	return root.Names(x.g)(by, id)
}

func isNumber(text string) bool { return len(text) == 12 && strings.Trim(text, "0123456789") == "" }

// startsBy says whether a principal may start what runs under a role.
func (p *Principal) startsBy(s start) policy.Answer {
	out := policy.Answer{Result: tri.True}
	for _, alternatives := range s.actions {
		one := policy.Answer{Result: tri.False}
		for _, action := range alternatives {
			a := p.MayAnywhere(action)
			if a.Result == tri.True || one.Result == tri.False {
				one = a
			}
		}
		out.Result = tri.And(out.Result, one.Result)
		out.Missing, out.By = append(out.Missing, one.Missing...), append(out.By, one.By...)
	}
	return out
}

// passes is the way by iam:PassRole: a service that the role trusts is told to use it.
func passes(p, to *Principal, s start, may policy.Answer) Edge {
	if may.Result == tri.False {
		return Edge{Sure: tri.False}
	}
	trusts := to.trustsService(s.service)
	if trusts.Result == tri.False {
		return Edge{Sure: tri.False}
	}
	hop := value.Fact{Text: p.Node.Addr + " may " + s.what + " as " + to.Node.Addr, Span: to.Node.Span.Head(), Hop: true}
	return joined(to, hop, p.May("iam:PassRole", to.Thing), may, trusts)
}

// trustsService says whether a service may use a role.
func (p *Principal) trustsService(service string) policy.Answer {
	return p.Trusts("sts:AssumeRole", func(kind string, id value.Value) tri.Bool {
		if kind != "Service" {
			return tri.Of(kind == "*")
		}
		text, ok := id.Str()
		if !ok {
			return tri.Unknown
		}
		return tri.Of(strings.EqualFold(strings.TrimSuffix(text, ".cn"), service))
	})
}

// changesCode is the way over a function that runs as the role.
func (x *Identities) changesCode(p, to *Principal, fn *graph.Node) Edge {
	m := aws.Of[aws.LambdaFunction](x.g, fn)
	thing := policy.Thing{Node: fn, Service: "lambda", Kind: "function:", Name: m.Name, Alone: true}
	hop := value.Fact{Text: p.Node.Addr + " may put code of its own into " + fn.Addr + ", which runs as " + to.Node.Addr, Span: m.Role.Span(), Origin: m.Role.V.Origin(), Hop: true}
	return joined(to, hop, p.May("lambda:UpdateFunctionCode", thing))
}

// asUser is the way of making credentials for a user. A password can be made for one
// that has none, and changed for one that has.
func (x *Identities) asUser(p, to *Principal) Edge {
	password := x.hasPassword(to.Node)
	best := Edge{Sure: tri.False}
	for _, way := range []struct {
		action   string
		possible tri.Bool
	}{{"iam:CreateAccessKey", tri.True}, {"iam:CreateLoginProfile", password.Not()}, {"iam:UpdateLoginProfile", password}} {
		hop := value.Fact{Text: p.Node.Addr + " may make credentials for " + to.Node.Addr + " by " + way.action, Span: to.Node.Span.Head(), Hop: true}
		e := joined(to, hop, p.May(way.action, to.Thing))
		e.Sure = tri.And(e.Sure, way.possible)
		if way.possible == tri.Unknown {
			e.Missing = append(e.Missing, value.Fact{Text: "whether " + to.Node.Addr + " has a password is not known", Span: to.Node.Span.Head()})
		}
		if e.Sure == tri.True || best.Sure == tri.False {
			best = e
		}
	}
	return best
}

// hasPassword says whether a user has one for the console.
func (x *Identities) hasPassword(n *graph.Node) tri.Bool {
	m := aws.Of[aws.IAMUser](x.g, n)
	out := m.Login.Set().Result
	for _, l := range m.Logins.Items {
		out = tri.Or(out, l.Sure)
	}
	if len(m.Logins.Open) > 0 {
		out = tri.Or(out, tri.Unknown)
	}
	return out
}

// growsItself are the ways of giving oneself all permissions: by writing into the
// policies that one has.
func (x *Identities) growsItself(p *Principal) []Edge {
	kind := map[string]string{"role/": "Role", "user/": "User"}[p.Thing.Kind]
	var out []Edge
	for _, action := range []string{"iam:Put" + kind + "Policy", "iam:Attach" + kind + "Policy"} {
		hop := value.Fact{Text: p.Node.Addr + " may give itself permissions by " + action, Span: p.Node.Span.Head(), Hop: true}
		out = append(out, joined(nil, hop, p.May(action, p.Thing)))
	}
	for _, g := range p.Grants {
		m := x.managedOf(g)
		if m == nil {
			continue
		}
		thing := policy.Thing{Node: m.Node(), Service: "iam", Kind: "policy/", Name: m.Name, Alone: true}
		hop := value.Fact{Text: p.Node.Addr + " may change its own policy " + m.Node().Addr, Span: m.Node().Span.Head(), Hop: true}
		e := joined(nil, hop, p.May("iam:CreatePolicyVersion", thing))
		e.Sure = tri.And(e.Sure, g.Exists)
		out = append(out, e)
	}
	return out
}

// managedOf is the managed policy that a grant comes from, or nil.
func (x *Identities) managedOf(g policy.Grant) *aws.ManagedPolicy {
	if g.From == nil {
		return nil
	}
	return aws.Of[aws.ManagedPolicy](x.g, g.From)
}
