package separation

import (
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/account"
	"github.com/wacheck/wacheck/analyzers/facts/datause"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/graph"
)

// byProfile is the form in which profiles tell that two roots have one account: what
// a profile stands for is set on each computer.
const byProfile = "by profile"

var sameAccount = func() *analysis.Rule {
	r := sharedRule(analysis.Rule{
		ID: "environments-share-account", Title: "Production is deployed to the account of another environment",
		Why:      "Whoever may change the other environment can reach production through the account's roles, quotas and limits, and a mistake there has no boundary before production.",
		Fix:      "Deploy production to an account of its own, and let each root name the account that it is for (allowed_account_ids).",
		Severity: analysis.High, Practice: "SEC01-BP01", Effort: "L",
	})
	r.Variants[byProfile] = r.Severity
	r.ReviewVariants = append(r.ReviewVariants, byProfile)
	return r
}()

// Accounts decides whether environments have accounts of their own.
var Accounts = &analysis.Analyzer{
	Name: "accounts", Doc: "finds roots and stacks of production and of other environments in one account",
	Rules:    []*analysis.Rule{sameAccount},
	Requires: []*analysis.Analyzer{account.Fact.Analyzer, datause.Fact.Analyzer, environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		if !p.Enabled(sameAccount) {
			return nil, nil
		}
		uses := datause.Fact.Of(p)
		var list []holding
		members := membersOf(p.Graph, environment.Fact.Of(p), func(n *graph.Node) bool { _, may := mayBeWorkload(uses, n); return may })
		for _, m := range members {
			list = append(list, accountsOf(account.Fact.Of(p), uses, m)...)
		}
		mutual{rule: sameAccount}.decide(p, list)
		return nil, nil
	},
}

// accountsOf lists the accounts that the workloads of a unit are deployed to, as
// far as anything is said of them.
func accountsOf(accounts *account.Accounts, uses *datause.Uses, m member) []holding {
	var out []holding
	at := map[string]int{}
	for _, n := range m.nodes {
		h := holding{member: m, may: func(*holding) bool { return true }}
		h.node = n
		a := accounts.Of(n)
		h.fact = a.Fact
		switch label, why := account.Label(n); {
		case a.ID != "":
			h.id = "account " + a.ID
		case label != "":
			h.id, h.fact, h.form, h.vague = "profile "+label, why, byProfile, true
		case !a.Open:
			continue // nothing is said of it
		}
		unsure, _ := mayBeWorkload(uses, n)
		h.unsure = append(slices.Clip(h.unsure), unsure...)
		i, seen := at[h.id]
		switch {
		case !seen:
			at[h.id] = len(out)
			out = append(out, h)
		case len(h.unsure) < len(out[i].unsure):
			out[i] = h
		}
	}
	return out
}
