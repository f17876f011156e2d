package identity

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// located tells a thing of IAM to which account it belongs.
func (x *Identities) located(n *graph.Node, t policy.Thing) policy.Thing {
	t.In = func(pattern string) (tri.Bool, bool) { return x.isIn(n, pattern) }
	t.Beside = func(by *graph.Node) tri.Bool { return x.beside(n, by) }
	return t
}

// isIn says whether a node is deployed to an account; told is false where nothing
// speaks of its account at all.
func (x *Identities) isIn(n *graph.Node, pattern string) (is tri.Bool, told bool) {
	switch a := x.accounts.Of(n); {
	case a.Open:
		return tri.Unknown, true
	case a.ID == "":
		return tri.Unknown, false
	case policy.Matches(pattern, a.ID):
		return tri.True, true
	case a.OfUnit: // some of its providers may lead elsewhere
		return tri.Unknown, true
	}
	return tri.False, true
}

// beside says whether two nodes are deployed to one account.
func (x *Identities) beside(n, by *graph.Node) tri.Bool {
	p, q := n.Provider, by.Provider
	if n.Unit == by.Unit && (p == q || p != nil && q != nil && p.Addr == q.Addr) {
		return tri.True
	}
	same, _ := x.accounts.Same(n, by)
	return same
}

// Meet reports that a principal may be meant by the trust of a role: both are of one
// unit, or the role names it or its account.
func (x *Identities) Meet(role, p *Principal) bool {
	return role.Node.Unit == p.Node.Unit || slices.Contains(x.abroad[p.Node.ID], role)
}

// trustedAbroad lists the roles of other units whose trust names a principal, or may
// name one that may ask for that role and not for any. That units which do not name each other have an
// account in common is not assumed.
func (x *Identities) trustedAbroad() map[graph.NodeID][]*Principal {
	out := map[graph.NodeID][]*Principal{}
	askers := slices.DeleteFunc(slices.Clone(x.list), func(p *Principal) bool {
		return p.MayAnywhere("sts:AssumeRole").Result == tri.False || p.May("sts:AssumeRole", anyRole).Result == tri.True
	})
	for _, role := range x.list {
		guests := map[*Principal]bool{}
		if role.Thing.Kind == "role/" && x.mayTrustOthers(role) {
			for _, p := range askers {
				guests[p] = p.Node.Unit != role.Node.Unit && p.May("sts:AssumeRole", role.Thing).Result == tri.True
			}
		}
		for _, grant := range role.Trust {
			for _, s := range grant.All() {
				s.Named(func(kind string, id value.Value) tri.Bool {
					if kind == "AWS" {
						x.guests(role, id, guests)
					}
					return tri.False
				})
			}
		}
		for _, p := range x.list { // in their order
			if guests[p] && p.Node.Unit != role.Node.Unit && p.Node.Unit.Kind != graph.Example && role.Node.Unit.Kind != graph.Example {
				out[p.Node.ID] = append(out[p.Node.ID], role)
			}
		}
	}
	return out
}

// anyRole is a role that only patterns for all roles name.
var anyRole = policy.Thing{Node: &graph.Node{}, Service: "iam", Kind: "role/", Name: value.String{Attr: value.Attr{V: value.OfString("\x05", source.Span{})}}}

// mayTrustOthers says whether the trust of a role may name somebody whom the files do
// not tell.
func (x *Identities) mayTrustOthers(role *Principal) bool {
	return role.Trusts("sts:AssumeRole", func(kind string, id value.Value) tri.Bool {
		if kind == "AWS" && id.IsUnknown() && ending(id) == "" && len(x.resolve(role.Node, "", id)) == 0 {
			return tri.Unknown
		}
		return tri.False
	}).Result != tri.False
}

// guests adds whom an identifier in the trust of a role may mean.
func (x *Identities) guests(role *Principal, id value.Value, to map[*Principal]bool) {
	for _, t := range x.resolve(role.Node, "", id) {
		if p := x.by[t.Node.ID]; p != nil {
			to[p] = true
		}
		if t.Node.Type == "aws_caller_identity" && policy.IsAccount(t.Attr) && x.isTold(role.Node) {
			x.settled(to, func(p *Principal) tri.Bool { return x.beside(p.Node, role.Node) })
		}
	}
	rest := ending(id)
	if rest == "root" || isNumber(rest) {
		if _, literal := arnText(id); !literal && !x.isTold(role.Node) { // its own account, most often
			return
		}
		x.settled(to, func(p *Principal) tri.Bool { return x.isAccount(p, role.Node, id) })
		return
	}
	kind, name, _ := strings.Cut(rest, "/")
	for _, n := range x.named[nameKey{kind, name}] {
		if p := x.by[n.ID]; p != nil {
			to[p] = true
		}
	}
}

// ending is what an identifier ends in, behind the account, which need not be known.
func ending(id value.Value) string {
	text, known := id.Str()
	if parts := id.Parts(); !known && len(parts) > 0 {
		text, _ = parts[len(parts)-1].Str()
	}
	return text[strings.LastIndexByte(text, ':')+1:]
}

// settled adds those of which it is true, or may be since something that is said of their
// account is not known. Where nothing is said, they are left out.
func (x *Identities) settled(to map[*Principal]bool, is func(*Principal) tri.Bool) {
	for _, p := range x.list {
		if x.isTold(p.Node) && is(p) != tri.False {
			to[p] = true
		}
	}
}

// isTold reports that something speaks of the account of a node, known or not.
func (x *Identities) isTold(n *graph.Node) bool {
	a := x.accounts.Of(n)
	return a.ID != "" || a.Open
}

// calledBy names a principal as seen from a node.
func (p *Principal) calledBy(n *graph.Node) string {
	if p.Node.Unit == n.Unit {
		return p.Node.Addr
	}
	return p.Node.Unit.Key + " " + p.Node.Addr
}
