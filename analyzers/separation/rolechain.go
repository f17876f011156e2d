package separation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/analyzers/facts/identity"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var roleChain = edgeRule(analysis.Rule{
	ID: "iam-role-assumable-chain-cross-environment", Title: "A role of production can be assumed from another environment",
	Why:      "Whoever takes over the other environment, where more people may do more, acts in production with one call.",
	Fix:      "Let production trust roles of production alone, and take the permission to assume its roles away from those of other environments.",
	Severity: analysis.High, Practice: "SEC01-BP01", Effort: "M",
})

// RoleChains decides which roles of production other environments can take.
var RoleChains = &analysis.Analyzer{
	Name: "rolechains", Doc: "finds roles of production that roles of other environments may assume",
	Rules:    []*analysis.Rule{roleChain},
	Requires: []*analysis.Analyzer{identity.Fact.Analyzer, environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		ids := identity.Fact.Of(p)
		envs := environment.Fact.Of(p)
		var prod, other []assumer
		for _, who := range ids.Principals() {
			shared := isSharedRole(who)
			if who.Thing.Kind != "role/" || shared == tri.True {
				continue
			}
			a := assumer{who, roleOf(envs, who.Node)}
			if shared == tri.Unknown {
				a.role.unsure = append(a.role.unsure, value.Fact{Text: "the name of " + who.Node.Addr + ", which may be one for all environments, is not known",
					Span: who.Thing.Name.Span(), Origin: who.Thing.Name.V.Origin()})
			}
			if a.role.prod {
				prod = append(prod, a)
			}
			if a.role.other {
				other = append(other, a)
			}
		}
		for _, a := range prod {
			decideRoleChain(p, ids, a, other)
		}
		return nil, nil
	},
}

// assumer is a role of IAM with the environment that it may be of.
type assumer struct {
	who  *identity.Principal
	role role
}

// isSharedRole says whether the name of a role tells that it is there for all
// environments.
func isSharedRole(p *identity.Principal) tri.Bool {
	name, known := p.Thing.Name.Get()
	for _, word := range strings.FieldsFunc(strings.ToLower(p.Node.Name+" "+name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if slices.Contains([]string{"ci", "cicd", "deploy", "deployer", "deployment", "tooling", "tools", "security", "network", "audit", "shared"}, word) {
			return tri.True
		}
	}
	if !known && p.Thing.Name.V.IsUnknown() {
		return tri.Unknown
	}
	return tri.False
}

func decideRoleChain(p *analysis.Pass, ids *identity.Identities, to assumer, others []assumer) {
	verdict := value.Good()
	var opts []analysis.Option
	for _, from := range others {
		if from.who == to.who || !deployed(from.who.Node, to.who.Node) || !ids.Meet(to.who, from.who) {
			continue
		}
		v := assumes(ids, from, to)
		if v.IsBad() {
			opts = append(opts, analysis.Concerns(from.who.Node.ID))
			if !verdict.IsBad() || verdict.Variant != "" && v.Variant == "" {
				opts = append(opts, analysis.Says("%s: %s, of %s, may assume %s", roleChain.Title, nameFrom(to.who.Node, from.who.Node), environmentOf(p, from), to.who.Node.Addr))
			}
		}
		if !verdict.IsBad() || verdict.Variant != "" {
			verdict = verdict.And(v)
			if v.IsBad() {
				verdict = v
			}
		}
	}
	p.Decide(roleChain, to.who.Node, verdict, append(opts, analysis.At(to.who.Node.Span.Head()))...)
}

func environmentOf(p *analysis.Pass, a assumer) string {
	return string(environment.Fact.Of(p).EnvironmentOf(a.who.Node.ID))
}

// assumes says that a role of another environment cannot take one of production.
func assumes(ids *identity.Identities, from, to assumer) value.Verdict {
	lets, asks := ids.Welcomes(to.who, from.who), from.who.May("sts:AssumeRole", to.who.Thing)
	both := tri.And(lets.Result, asks.Result)
	unsure := append(slices.Clip(from.role.unsure), to.role.unsure...)
	switch {
	case both == tri.False:
		return value.Good()
	case both == tri.Unknown || len(unsure) > 0:
		return value.Open(missing(unsure, lets, asks)...)
	}
	facts := []value.Fact{{Text: fmt.Sprintf("%s may assume %s", nameFrom(to.who.Node, from.who.Node), to.who.Node.Addr), Span: to.who.Node.Span.Head()}}
	facts = append(append(facts, lets.By...), asks.By...)
	v := value.Bad(facts...)
	if min(from.role.confidence, to.role.confidence) < environment.Strong {
		v = v.As(byName)
	}
	return v
}

func missing(unsure []value.Fact, answers ...policy.Answer) []value.Fact {
	for _, a := range answers {
		if a.Result == tri.Unknown {
			unsure = append(unsure, a.Missing...)
		}
	}
	return unsure
}
