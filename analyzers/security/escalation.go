package security

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/identity"
	"github.com/wacheck/wacheck/analyzers/facts/reach"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var escalationPath = &analysis.Rule{
	ID: "iam-privilege-escalation-path", Title: "A chain of permissions leads to an administrator",
	Why:      "Whoever takes the first identity over, through a hole in what the internet reaches, a build, or a leaked key, takes over the account step by step.",
	Fix:      "Break the chain at the step that is needed least: name the roles that may be assumed or passed, and by whom; limit who may write policies and function code.",
	Severity: analysis.High, Precision: analysis.HighPrecision, Pillar: analysis.Security, Practice: "SEC03-BP02", Effort: "M",
	Covers: []string{"iam-policy-privilege-escalation"},
}

// Escalation decides which identities lead to administrators.
var Escalation = &analysis.Analyzer{
	Name: "escalation", Doc: "follows how an exposed identity comes to act as an administrator, step by step",
	Rules:    []*analysis.Rule{escalationPath},
	Requires: []*analysis.Analyzer{identity.Fact.Analyzer, reach.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		e := &escalation{g: p.Graph, ids: identity.Fact.Of(p), edges: map[*identity.Principal][]identity.Edge{}, admins: map[*identity.Principal]tri.Bool{}}
		exposed := e.exposed(p, reach.Fact.Of(p))
		for _, who := range e.ids.Principals() {
			if begins := e.begins(who, exposed); !begins.IsBad() {
				e.decide(p, who, begins)
			}
		}
		return nil, nil
	},
}

type escalation struct {
	g      *graph.Graph
	ids    *identity.Identities
	edges  map[*identity.Principal][]identity.Edge
	admins map[*identity.Principal]tri.Bool
}

// exposed are the roles of workloads that the internet reaches, and by unit those of
// which it is not known which role they hold.
type exposed struct {
	roles map[graph.NodeID]value.Verdict
	units map[*graph.Unit]value.Verdict
}

func (e *escalation) exposed(p *analysis.Pass, r *reach.Reach) exposed {
	out := exposed{map[graph.NodeID]value.Verdict{}, map[*graph.Unit]value.Verdict{}}
	for _, n := range p.Graph.Nodes() {
		if n.Mode != graph.Managed {
			continue
		}
		held, open := e.ids.HeldBy(n)
		if len(held) == 0 && len(open) == 0 {
			continue
		}
		x, known := r.Exposed(n)
		if !known || x.Result == tri.False {
			continue
		}
		for _, h := range held {
			v := value.That(tri.And(x.Result, h.Sure, n.Exists), value.Fact{Text: "the internet reaches " + n.Addr, Span: n.Span.Head(), Hop: true}, h.At)
			if was, ok := out.roles[h.Role.Node.ID]; ok {
				v = was.Or(v)
			}
			out.roles[h.Role.Node.ID] = v
		}
		if len(open) > 0 {
			out.units[n.Unit] = value.Open(open...)
		}
	}
	return out
}

// of says whether a role is one of those.
func (e exposed) of(role *graph.Node) []value.Verdict {
	var out []value.Verdict
	if v, ok := e.roles[role.ID]; ok {
		out = append(out, v)
	}
	if v, ok := e.units[role.Unit]; ok {
		out = append(out, v)
	}
	return out
}

// ciIssuers are hosts of the identity providers of build services.
var ciIssuers = []string{"token.actions.githubusercontent.com", "gitlab", "api.bitbucket.org", "oidc.circleci.com", "agent.buildkite.com",
	"vstoken.dev.azure.com", "app.terraform.io"}

// begins says whether a principal is one that is easily taken over: a user, a role
// of builds, a role of something that the internet reaches.
func (e *escalation) begins(p *identity.Principal, exposed exposed) value.Verdict {
	if p.Thing.Kind == "user/" {
		return value.Good(value.Fact{Text: p.Node.Addr + " is an IAM user", Span: p.Node.Span.Head(), Hop: true})
	}
	vs := append([]value.Verdict{value.Bad()}, exposed.of(p.Node)...)
	fact := value.Fact{Text: p.Node.Addr + " is a role of builds", Span: p.Node.Span.Head(), Hop: true}
	switch e.isOfBuilds(p) {
	case tri.True:
		vs = append(vs, value.Good(fact))
	case tri.Unknown:
		vs = append(vs, value.Open(value.Fact{Text: "who may take " + p.Node.Addr + " is not known", Span: p.Node.Span.Head()}))
	case tri.False:
	}
	return value.Either(vs...)
}

// isOfBuilds says whether a build service may take a role, as a service or by its
// identity provider. That it does so under conditions is as it should be.
func (e *escalation) isOfBuilds(p *identity.Principal) tri.Bool {
	out := tri.False
	for _, g := range p.Trust {
		for _, s := range g.All() {
			named := s.Named(func(kind string, id value.Value) tri.Bool { return e.isBuildService(s.Node, kind, id) })
			out = tri.Or(out, tri.And(named, s.IsAllow(), s.Exists))
		}
		if len(g.Opens()) > 0 {
			out = tri.Or(out, tri.Unknown)
		}
	}
	return out
}

func (e *escalation) isBuildService(by *graph.Node, kind string, id value.Value) tri.Bool {
	text, ok := id.Str()
	switch {
	case kind == "Service" && ok:
		return tri.Of(text == "codebuild.amazonaws.com" || text == "codepipeline.amazonaws.com")
	case kind == "Service":
		return tri.Unknown
	case kind != "Federated":
		return tri.False
	case ok:
		return tri.Of(namesIssuer(text))
	case namesIssuer(known(id)):
		return tri.True
	}
	targets, _ := e.g.Resolve(by, "", id)
	if len(targets) != 1 {
		return tri.Unknown
	}
	url := targets[0].Node.Body.Get("url")
	if url.IsAbsent() {
		url = targets[0].Node.Body.Get("Url")
	}
	text, ok = url.Str()
	if !ok && url.IsUnknown() {
		return tri.Unknown
	}
	return tri.And(targets[0].Sure, tri.Of(namesIssuer(text)))
}

// known joins the known pieces of a text.
func known(v value.Value) string {
	var out strings.Builder
	for _, p := range v.Parts() {
		text, _ := p.Str()
		out.WriteString(text)
	}
	return out.String()
}

func namesIssuer(text string) bool {
	return slices.ContainsFunc(ciIssuers, func(host string) bool { return strings.Contains(text, host) })
}

// chain is a way from the first principal: the edges that were taken.
type chain struct {
	at    *identity.Principal
	edges []identity.Edge
	sure  tri.Bool
}

func (e *escalation) edgesFrom(p *identity.Principal) []identity.Edge {
	if _, ok := e.edges[p]; !ok {
		e.edges[p] = e.ids.EdgesFrom(p)
	}
	return e.edges[p]
}

// isAdmin is asked at the end of each step that leads to a principal.
func (e *escalation) isAdmin(p *identity.Principal) tri.Bool {
	if _, ok := e.admins[p]; !ok {
		e.admins[p] = p.IsAdmin().Result
	}
	return e.admins[p]
}

// longest bounds chains: nobody takes more steps, and each costs a look at all roles.
const longest = 6

// toAdmin looks for the shortest chain of at least two steps to an administrator,
// by certain steps first.
func (e *escalation) toAdmin(from *identity.Principal) (sure, may *chain) {
	for _, wanted := range []tri.Bool{tri.True, tri.Unknown} {
		seen := map[*identity.Principal]bool{from: true}
		queue := []chain{{at: from, sure: tri.True}}
		for len(queue) > 0 {
			c := queue[0]
			queue = queue[1:]
			for _, edge := range e.edgesFrom(c.at) {
				if edge.Sure != tri.True && wanted == tri.True || len(c.edges) >= longest {
					continue
				}
				next := chain{edge.To, append(slices.Clip(c.edges), edge), tri.And(c.sure, edge.Sure)}
				end := tri.True // it has given itself everything
				if edge.To != nil {
					end = e.isAdmin(edge.To)
				}
				if len(next.edges) >= 2 && end != tri.False {
					next.sure = tri.And(next.sure, end)
					if next.sure == tri.True {
						return &next, nil
					}
					if may == nil {
						may = &next
					}
				}
				if edge.To != nil && end != tri.True && !seen[edge.To] { // behind an administrator there is no more to gain
					seen[edge.To] = true
					queue = append(queue, next)
				}
			}
		}
	}
	return nil, may
}

func (e *escalation) decide(p *analysis.Pass, who *identity.Principal, begins value.Verdict) {
	if e.isAdmin(who) == tri.True {
		return // other rules say so
	}
	sure, may := e.toAdmin(who)
	switch {
	case sure != nil:
		p.Decide(escalationPath, who.Node, value.That(begins.Result.Not(), e.facts(begins, sure)...), e.options(who, sure)...)
	case may != nil:
		p.Decide(escalationPath, who.Node, value.Open(missingOf(may)...))
	default:
		p.Decide(escalationPath, who.Node, value.Good())
	}
}

func (e *escalation) facts(begins value.Verdict, c *chain) []value.Fact {
	out := append([]value.Fact(nil), begins.Facts()...)
	for _, edge := range c.edges {
		out = append(out, edge.Hops...)
	}
	return append(out, value.Fact{Text: ending(c), Span: lastNode(c).Span.Head(), Hop: true})
}

func ending(c *chain) string {
	if c.at != nil {
		return c.at.Node.Addr + " may do everything"
	}
	return "then it may do everything"
}

// lastNode is the last principal of a chain that is one.
func lastNode(c *chain) *graph.Node {
	for _, e := range slices.Backward(c.edges) {
		if e.To != nil {
			return e.To.Node
		}
	}
	return c.at.Node
}

func missingOf(c *chain) []value.Fact {
	var out []value.Fact
	for _, edge := range c.edges {
		out = append(out, edge.Missing...)
	}
	if len(out) == 0 {
		out = append(out, value.Fact{Text: "whether " + lastNode(c).Addr + " may do everything is not known", Span: lastNode(c).Span.Head()})
	}
	return out
}

func (e *escalation) options(who *identity.Principal, c *chain) []analysis.Option {
	var steps []string
	var opts []analysis.Option
	for _, edge := range c.edges {
		if edge.To != nil {
			steps = append(steps, edge.To.Node.Addr)
			opts = append(opts, analysis.Concerns(edge.To.Node.ID))
		} else {
			steps = append(steps, "all permissions")
		}
	}
	return append(opts, analysis.At(who.Node.Span.Head()), analysis.Says("%s: %s → %s", escalationPath.Title, who.Node.Addr, strings.Join(steps, " → ")),
		analysis.Related(value.Fact{Text: fmt.Sprintf("to break the chain, take one step away, such as the first: %s", c.edges[0].Hops[0].Text), Span: c.edges[0].Hops[len(c.edges[0].Hops)-1].Span}))
}
