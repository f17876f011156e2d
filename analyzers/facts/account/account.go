// Package account is the shared result about accounts: to which AWS account each
// resource is deployed, and whether two resources are certainly in one.
package account

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Fact is the accounts of a graph.
var Fact = analysis.NewFact("account", "to which account each resource is deployed, and why", nil,
	func(p *analysis.Pass) (*Accounts, error) { return New(p.Graph), nil })

// Accounts answers for every node of a graph.
type Accounts struct {
	of map[deployment]Account
}

// deployment is what is deployed to one account: a stack, or what a provider
// configuration of a root makes.
type deployment struct {
	unit     *graph.Unit
	provider string
}

func deploymentOf(n *graph.Node) deployment {
	d := deployment{unit: n.Unit}
	if n.Provider != nil {
		d.provider = n.Provider.Addr
	}
	return d
}

// New works the accounts out.
func New(g *graph.Graph) *Accounts {
	a := &Accounts{of: map[deployment]Account{}}
	for _, n := range g.Nodes() {
		if n.Unit == nil {
			continue
		}
		d := deploymentOf(n)
		if _, seen := a.of[d]; !seen {
			a.of[d] = Of(n.Unit, n.Provider)
		}
	}
	a.byRoles(g)
	return a
}

// Of returns the account of a node, as far as it is known. For a node of several
// deployments, as of a provider with an unknown key, it is not.
func (a *Accounts) Of(n *graph.Node) Account {
	if isSymbolic(n.Provider) {
		return Account{Open: true, Fact: unknownProvider(n)}
	}
	return a.of[deploymentOf(n)]
}

// byRoles settles what nothing else names: by ARNs that can't be those of another
// account. Two that contradict each other tell nothing, and one that is not known may
// be of any.
func (a *Accounts) byRoles(g *graph.Graph) {
	found := map[deployment][]Account{}
	open := map[deployment]Account{}
	for _, n := range g.Nodes() {
		if n.Unit == nil || n.Mode != graph.Managed || isSymbolic(n.Provider) {
			continue
		}
		d := deploymentOf(n)
		if a.of[d].ID != "" {
			continue
		}
		for _, attr := range ownRoles[n.Type] {
			for _, v := range graph.Leaves(n.Body, attr) {
				if id := accountIn(v); id != "" {
					found[d] = append(found[d], Account{ID: id, Fact: value.Fact{
						Text: fmt.Sprintf("%s of %s is a role of account %s, and it takes none of another", attr, n.Addr, id), Span: v.Span(), Origin: v.Origin()}})
				} else if v.IsUnknown() && len(v.Refs()) == 0 && !open[d].Open { // what refers to a resource names no account
					open[d] = Account{Open: true, Fact: value.Fact{Text: fmt.Sprintf("%s of %s, which would tell the account, is not known", attr, n.Addr), Span: v.Span(), Origin: v.Origin()}}
				}
			}
		}
	}
	for d, account := range open {
		if !a.of[d].Open {
			a.of[d] = account
		}
	}
	for d, list := range found {
		if !slices.ContainsFunc(list, func(x Account) bool { return x.ID != list[0].ID }) {
			a.of[d] = list[0]
		}
	}
}

// ownRoles are attributes that hold the ARN of a role which must be of the account of
// the resource itself: AWS passes no role of another account to a service
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html).
var ownRoles = map[string][]string{
	"aws_lambda_function":              {"role"},
	"aws_ecs_task_definition":          {"execution_role_arn", "task_role_arn"},
	"aws_eks_cluster":                  {"role_arn"},
	"aws_eks_node_group":               {"node_role_arn"},
	"aws_sfn_state_machine":            {"role_arn"},
	"AWS::Lambda::Function":            {"Role"},
	"AWS::ECS::TaskDefinition":         {"ExecutionRoleArn", "TaskRoleArn"},
	"AWS::EKS::Cluster":                {"RoleArn"},
	"AWS::EKS::Nodegroup":              {"NodeRole"},
	"AWS::StepFunctions::StateMachine": {"RoleArn"},
}

// Same says whether two resources are deployed to one account, and by what that is
// known, or what is not known.
func (a *Accounts) Same(x, y *graph.Node) (tri.Bool, []value.Fact) {
	if x.Unit == y.Unit {
		return a.sameInUnit(x, y)
	}
	ax, ay := a.Of(x), a.Of(y)
	if ax.ID != "" && ay.ID != "" {
		return tri.Of(ax.ID == ay.ID), []value.Fact{ax.Fact, ay.Fact}
	}
	return tri.Unknown, missing(x, ax, y, ay)
}

func missing(x *graph.Node, ax Account, y *graph.Node, ay Account) []value.Fact {
	var out []value.Fact
	for _, of := range []struct {
		n *graph.Node
		a Account
	}{{x, ax}, {y, ay}} {
		label, fact := Label(of.n)
		switch {
		case of.a.ID != "":
		case of.a.Open:
			out = append(out, of.a.Fact)
		case label != "":
			fact.Text = fmt.Sprintf("%s: %s, which may be that of any account", of.n.Unit.Key, fact.Text)
			out = append(out, fact)
		default:
			out = append(out, value.Fact{Text: "nothing tells the account of " + of.n.Unit.Key, Span: of.n.Unit.Anchor})
		}
	}
	return out
}

// sameInUnit tells apart the providers of a root. A stack has no more than one
// account.
func (a *Accounts) sameInUnit(x, y *graph.Node) (tri.Bool, []value.Fact) {
	p, q := x.Provider, y.Provider
	switch {
	case x.Lang == graph.CloudFormation:
		return tri.True, []value.Fact{{Text: "both are in the stack of " + x.Unit.Key, Span: x.Unit.Anchor}}
	case p == nil || isSymbolic(p):
		return tri.Unknown, []value.Fact{unknownProvider(x)}
	case q == nil || isSymbolic(q):
		return tri.Unknown, []value.Fact{unknownProvider(y)}
	case p == q || p.Addr == q.Addr:
		return tri.True, []value.Fact{{Text: "both are deployed by the provider " + p.Addr, Span: p.Span}}
	}
	ax, ay := a.Of(x), a.Of(y)
	if ax.ID != "" && ay.ID != "" && !ax.OfUnit && !ay.OfUnit {
		return tri.Of(ax.ID == ay.ID), []value.Fact{ax.Fact, ay.Fact}
	}
	return alike(p, q)
}

// alike says whether two providers of one root use the same credentials. If they
// don't, these may still be of one account.
func alike(p, q *graph.Provider) (tri.Bool, []value.Fact) {
	between := fmt.Sprintf(" of the providers %s and %s ", p.Addr, q.Addr)
	for _, r := range []*graph.Provider{p, q} {
		if !r.Span.IsValid() && strings.Contains(r.Addr, ".") {
			return tri.Unknown, []value.Fact{{Text: "the configuration of the provider " + r.Addr + " is not in the scan"}}
		}
	}
	for _, s := range []struct {
		what string
		a, b value.Value
	}{{"the roles", p.AssumeRole, q.AssumeRole}, {"the profiles", p.Profile, q.Profile}, {"the access keys", p.AccessKey, q.AccessKey},
		{"the allowed accounts", p.AccountIDs, q.AccountIDs}} {
		if !equal(s.a, s.b) {
			at := s.a
			if at.IsAbsent() || s.b.IsUnknown() {
				at = s.b
			}
			return tri.Unknown, []value.Fact{{Text: s.what + between + "are not known to be those of one account", Span: at.Span(), Origin: at.Origin()}}
		}
	}
	if !slices.EqualFunc(p.CredentialFiles, q.CredentialFiles, equal) {
		return tri.Unknown, []value.Fact{{Text: "the files with credentials" + between + "are different ones", Span: p.Span}}
	}
	return tri.True, []value.Fact{{Text: fmt.Sprintf("the providers %s and %s have the same credentials", p.Addr, q.Addr), Span: p.Span}}
}

// equal reports that two settings are certainly the same.
func equal(a, b value.Value) bool {
	if a.IsUnset() || b.IsUnset() {
		return a.IsUnset() && b.IsUnset()
	}
	if x, ok := a.Str(); ok {
		y, ok := b.Str()
		return ok && x == y
	}
	return a.Kind() == value.KindList && a.IsKnown() && b.IsKnown() && !a.IsOpen() && !b.IsOpen() && len(a.Elems()) > 0 &&
		slices.EqualFunc(a.Elems(), b.Elems(), equal)
}

// Label is a name for the credentials of a node that two roots may have in common: the
// profile, where it is one that somebody chose. It is empty if there is none, or a
// role leads elsewhere from there.
func Label(n *graph.Node) (string, value.Fact) {
	p := n.Provider
	if p == nil || isSymbolic(p) || !p.AssumeRole.IsUnset() || !p.AccessKey.IsUnset() || len(p.CredentialFiles) > 0 {
		return "", value.Fact{}
	}
	name, ok := p.Profile.Str()
	if !ok || name == "" || name == "default" {
		return "", value.Fact{}
	}
	return name, value.Fact{Text: "the provider uses the profile " + name, Span: p.Profile.Span(), Origin: p.Profile.Origin()}
}

func unknownProvider(n *graph.Node) value.Fact {
	return value.Fact{Text: "which provider deploys " + n.Addr + " is not known", Span: n.Span.Head()}
}

// isSymbolic reports a provider that stands for several, whose keys are not known.
func isSymbolic(p *graph.Provider) bool { return p != nil && strings.Contains(p.Addr, "[*]") }
