// Package identity is the shared result about who may do what: the principals of
// IAM with the policies that hold for them, the roles that workloads hold, and how
// one principal can come to act as another.
//
// Answers have three values. What the files do not tell (a policy of AWS that is
// not known here, a condition, a permissions boundary) leaves them open.
package identity

import (
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/account"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Fact is the identities of a graph.
var Fact = analysis.NewFact("identity", "which principals there are, and what their policies allow", []*analysis.Analyzer{account.Fact.Analyzer},
	func(p *analysis.Pass) (*Identities, error) { return New(p.Graph, account.Fact.Of(p)), nil })

// Identities answers questions about the principals of a graph.
type Identities struct {
	g        *graph.Graph
	accounts *account.Accounts
	list     []*Principal
	by       map[graph.NodeID]*Principal
	// named finds roles, users and groups by type and name; the answer to whether
	// somebody is meant by a name is certain only where nobody else bears it.
	named map[nameKey][]*graph.Node
	// holders are the functions that bear a role, by its node.
	holders map[graph.NodeID][]*graph.Node
	// unknown are the functions of a unit of which the role is not known.
	unknown map[*graph.Unit][]*graph.Node
	// abroad are, by principal, the roles of other units whose trust names it.
	abroad map[graph.NodeID][]*Principal
}

type nameKey struct{ kind, name string }

// Principal is a role or user with the policies that hold for it.
type Principal struct {
	Node *graph.Node
	// Thing is how policies name it.
	Thing policy.Thing
	// Trust says who may assume a role.
	Trust []policy.Grant
	// Grants are its identity policies, those of its groups included.
	Grants []policy.Grant
	// Boundary limits what it may do; Bounded says that it has one.
	Boundary []policy.Grant
	Bounded  value.Verdict

	g *graph.Graph
}

// New reads the principals of a graph.
func New(g *graph.Graph, accounts *account.Accounts) *Identities {
	x := &Identities{g: g, accounts: accounts, by: map[graph.NodeID]*Principal{}, named: map[nameKey][]*graph.Node{}, holders: map[graph.NodeID][]*graph.Node{}, unknown: map[*graph.Unit][]*graph.Node{}}
	for m := range aws.Managed[aws.IAMRole](g) {
		p := x.add(m.Node(), "role", m.Name, m.Boundary)
		p.Trust = []policy.Grant{x.document(m.Node(), m.Trust.Name, m.Trust.V, tri.True)}
		x.inline(p, m.Node(), m.Inline)
		x.managed(&p.Grants, m.Node(), m.Managed.Name, m.Managed.V)
	}
	groups := map[graph.NodeID][]policy.Grant{}
	for m := range aws.Managed[aws.IAMUser](g) {
		p := x.add(m.Node(), "user", m.Name, m.Boundary)
		x.inline(p, m.Node(), m.Inline)
		x.managed(&p.Grants, m.Node(), m.Managed.Name, m.Managed.V)
	}
	for m := range aws.Managed[aws.IAMGroup](g) {
		x.name("group", m.Name, m.Node())
		group := &Principal{Node: m.Node()}
		x.inline(group, m.Node(), m.Inline)
		x.managed(&group.Grants, m.Node(), m.Managed.Name, m.Managed.V)
		groups[m.Node().ID] = group.Grants
	}
	for _, p := range x.list {
		p.Thing.Alone = len(x.named[nameKey{strings.TrimSuffix(p.Thing.Kind, "/"), nameOf(p.Thing.Name)}]) == 1
	}
	x.attach(groups)
	x.members(groups)
	for m := range aws.Managed[aws.LambdaFunction](g) {
		targets := x.resolve(m.Node(), m.Role.Name, m.Role.V)
		for _, t := range targets {
			x.holders[t.Node.ID] = append(x.holders[t.Node.ID], m.Node())
		}
		if n := m.Node(); len(targets) == 0 && m.Role.V.IsUnknown() {
			x.unknown[n.Unit] = append(x.unknown[n.Unit], n)
		}
	}
	x.abroad = x.trustedAbroad()
	return x
}

func nameOf(s value.String) string { name, _ := s.Get(); return name }

func (x *Identities) name(kind string, name value.String, n *graph.Node) {
	if text, ok := name.Get(); ok {
		k := nameKey{kind, text}
		x.named[k] = append(x.named[k], n)
	}
}

func (x *Identities) add(n *graph.Node, kind string, name value.String, boundary value.Attr) *Principal {
	p := &Principal{Node: n, g: x.g, Thing: x.located(n, policy.Thing{Node: n, Service: "iam", Kind: kind + "/", Name: name}), Bounded: boundary.Set()}
	if !boundary.V.IsUnset() {
		p.Bounded = value.Good(value.Fact{Text: n.Addr + " has a permissions boundary", Span: boundary.Span()})
		x.managed(&p.Boundary, n, boundary.Name, boundary.V)
	}
	x.name(kind, name, n)
	x.list, x.by[n.ID] = append(x.list, p), p
	return p
}

// Graph returns the graph that the identities are of.
func (x *Identities) Graph() *graph.Graph { return x.g }

// Principals returns all roles and users, in order of kind and node id.
func (x *Identities) Principals() []*Principal { return x.list }

// Of returns the principal of a node, or nil.
func (x *Identities) Of(n *graph.Node) *Principal {
	if n == nil {
		return nil
	}
	return x.by[n.ID]
}

func (x *Identities) document(n *graph.Node, attr string, v value.Value, exists tri.Bool) policy.Grant {
	return policy.Grant{Document: policy.Decode(x.g, n, attr, v), Exists: exists, From: n, Why: value.Fact{Text: n.Addr + " may not exist", Span: n.Span.Head(), Origin: n.ExistsWhy}}
}

func (x *Identities) inline(p *Principal, n *graph.Node, list aws.List[aws.InlinePolicy]) {
	for _, i := range list.Items {
		p.Grants = append(p.Grants, x.document(n, i.Document.Name, i.Document.V, i.Exists()))
	}
	if list.Open {
		p.Grants = append(p.Grants, unread(list.Fact()))
	}
}

// unread is a document of which nothing is known.
func unread(why ...value.Fact) policy.Grant {
	return policy.Grant{Document: policy.Document{Open: why}, Exists: tri.True}
}

// managed adds the managed policies that a value names: one or a list of ARNs.
func (x *Identities) managed(to *[]policy.Grant, n *graph.Node, attr string, v value.Value) {
	if v.IsUnset() {
		return
	}
	items, complete := policy.List{V: v}.Items()
	for _, e := range items {
		there := tri.True
		if e.MayBeMissing() {
			there = tri.Unknown
		}
		*to = append(*to, x.managedOne(n, attr, e, there)...)
	}
	if !complete && len(items) == 0 {
		*to = append(*to, unread(value.Fact{Text: attr + " of " + n.Addr + " is not known in full", Span: v.Span(), Origin: v.Origin()}))
	}
}

func (x *Identities) managedOne(n *graph.Node, attr string, v value.Value, exists tri.Bool) []policy.Grant {
	why := value.Fact{Text: attr + " of " + n.Addr + " names a policy that is not in this scan", Span: v.Span(), Origin: v.Origin()}
	if text, ok := arnText(v); ok {
		if name, ours := policy.ManagedPath(text); ours {
			return []policy.Grant{{Document: known(name, n, v), Exists: exists}}
		}
	}
	var out []policy.Grant
	for _, t := range x.resolve(n, attr, v) {
		m := aws.Of[aws.ManagedPolicy](x.g, t.Node)
		data, _ := t.Node.Body.Get("arn").Str()
		name, ours := policy.ManagedPath(data)
		if !ours {
			if text, ok := t.Node.Body.Get("name").Str(); ok && t.Node.Mode == graph.Data && isAWSName(text) {
				name, ours = text, true
			}
		}
		switch {
		case m != nil && t.Node.Mode == graph.Managed:
			out = append(out, x.document(m.Node(), m.Document.Name, m.Document.V, tri.And(exists, t.Sure)))
		case ours:
			out = append(out, policy.Grant{Document: known(name, n, v), Exists: tri.And(exists, t.Sure)})
		default:
			out = append(out, unread(why))
		}
	}
	if len(out) == 0 {
		out = append(out, unread(why))
	}
	return out
}

// arnText is a text, in which a hole in the place of the partition does not matter.
func arnText(v value.Value) (string, bool) {
	if text, ok := v.Str(); ok {
		return text, true
	}
	parts := v.Parts()
	if len(parts) == 3 {
		head, _ := parts[0].Str()
		tail, ok := parts[2].Str()
		if head == "arn:" && ok {
			return "arn:aws" + tail, true
		}
	}
	return "", false
}

// resolve follows references.
func (x *Identities) resolve(n *graph.Node, attr string, v value.Value) []graph.Target {
	targets, _ := x.g.Resolve(n, attr, v)
	return targets
}

// May says whether a principal may do something to a thing: what its policies and
// its boundary, if it has one, both allow.
func (p *Principal) May(action string, on policy.Thing) policy.Answer {
	q := policy.Question{Action: action, Names: on.Names(p.g)}
	return p.ask(q)
}

// MayAnywhere says whether a principal may do something that is not about a thing
// which is there yet: starting or creating one.
func (p *Principal) MayAnywhere(action string) policy.Answer {
	return p.ask(policy.Question{Action: action, Names: func(_ *graph.Node, v value.Value) tri.Bool {
		text, ok := v.Str()
		return tri.Or(tri.Of(ok && policy.IsEveryResource(text)), tri.Unknown)
	}})
}

func (p *Principal) ask(q policy.Question) policy.Answer {
	a := policy.Evaluate(p.Grants, q)
	if p.Bounded.IsBad() || a.Result == tri.False {
		return a
	}
	b := policy.Evaluate(p.Boundary, q)
	a.Result = tri.And(a.Result, b.Result)
	switch b.Result {
	case tri.Unknown:
		a.Missing = append(append(a.Missing, p.Bounded.Facts()...), b.Missing...)
	case tri.False:
		a.Denied = value.Fact{Text: "the permissions boundary of " + p.Node.Addr + " does not allow it", Span: p.Node.Span.Head()}
	case tri.True:
	}
	return a
}

// everything is what only the pattern for all resources names.
var everything = policy.Thing{Node: &graph.Node{}, Service: "every", Kind: "thing/"}

// IsAdmin says whether a principal may do everything: action * on resource *,
// without conditions.
func (p *Principal) IsAdmin() policy.Answer {
	return p.ask(policy.Question{Action: "*", Names: everything.Names(p.g)})
}

// Trusts says whether the trust policy of a role lets somebody in; is tells who that
// is, entry by entry.
func (p *Principal) Trusts(action string, is func(kind string, id value.Value) tri.Bool) policy.Answer {
	return policy.Evaluate(p.Trust, policy.Question{Action: action, Who: func(s *policy.Statement) tri.Bool { return s.Named(is) }})
}
