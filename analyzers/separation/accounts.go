package separation

import (
	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/graph"
)

var sameAccount = sharedRule(analysis.Rule{
	ID: "environments-share-account", Title: "Production is deployed to the account of another environment",
	Why:      "Whoever may change the other environment can reach production through the account's roles, quotas and limits, and a mistake there has no boundary before production.",
	Fix:      "Deploy production to an account of its own, and let each root name the account that it is for (allowed_account_ids).",
	Severity: analysis.High, Practice: "SEC01-BP01", Effort: "L",
})

// Accounts decides whether environments have accounts of their own.
var Accounts = &analysis.Analyzer{
	Name: "accounts", Doc: "finds roots and stacks of production and of other environments in one account",
	Rules:    []*analysis.Rule{sameAccount},
	Requires: []*analysis.Analyzer{environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		accounts := accountsOf(p.Graph)
		var list []holding
		for _, m := range membersOf(p.Graph, environment.Fact.Of(p)) {
			a := accounts[m.unit]
			if a.ID == "" && !a.Open {
				continue // nothing is said of its account
			}
			list = append(list, holding{member: m, id: a.ID, fact: a.Fact, may: func(*holding) bool { return true }})
		}
		mutual{sameAccount, func(id string) string { return "account " + id }, nil}.decide(p, list)
		return nil, nil
	},
}

// accountsOf is the account of each unit: the only one that its resources are
// deployed to. One with several has none of its own.
func accountsOf(g *graph.Graph) map[*graph.Unit]environment.Account {
	out := map[*graph.Unit]environment.Account{}
	several := map[*graph.Unit]bool{}
	type pair struct {
		unit     *graph.Unit
		provider *graph.Provider
	}
	seen := map[pair]bool{}
	for _, n := range g.Nodes() {
		at := pair{n.Unit, n.Provider}
		if n.Mode != graph.Managed || !isAWS(n.Type) || seen[at] {
			continue
		}
		seen[at] = true
		a := environment.AccountOf(n.Unit, n.Provider)
		before, known := out[n.Unit]
		switch {
		case !known:
			out[n.Unit] = a
		case before.ID == a.ID && before.Open == a.Open:
		case before.Open:
		case a.Open:
			out[n.Unit] = a
		default:
			several[n.Unit] = true
		}
	}
	for u := range several {
		delete(out, u)
	}
	return out
}
