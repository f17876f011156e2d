package separation

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/account"
	"github.com/wacheck/wacheck/analyzers/facts/datause"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var oneAccount = func() *analysis.Rule {
	r := sharedRule(analysis.Rule{
		ID: "account-shared-across-environments", Title: "Production and another environment are deployed together, to one account",
		Why:      "Nothing but names keeps them apart: one apply changes both, whoever may deploy the one may deploy the other, and they use up each other's quotas.",
		Fix:      "Give production an account of its own, and each environment a root or stack, or at least a world, of its own.",
		Severity: analysis.High, Practice: "SEC01-BP01", Effort: "L",
		Covers: []string{"terraform-state-shared-across-environments", "environments-share-account"},
	})
	for _, shared := range sharedRules {
		r.Covers = append(r.Covers, shared.ID)
	}
	slices.Sort(r.Covers)
	return r
}()

// OneAccount decides whether a root or stack holds one environment.
var OneAccount = &analysis.Analyzer{
	Name: "oneaccount", Doc: "finds roots and stacks that deploy workloads of production and of another environment to one account",
	Rules:    []*analysis.Rule{oneAccount},
	Requires: []*analysis.Analyzer{account.Fact.Analyzer, datause.Fact.Analyzer, environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		if !p.Enabled(oneAccount) {
			return nil, nil
		}
		envs := environment.Fact.Of(p)
		byUnit := residents(p.Graph, envs, datause.Fact.Of(p))
		for _, u := range p.Graph.Units() {
			if list := byUnit[u]; len(list) > 0 {
				(&household{p: p, unit: u, envs: envs, accounts: account.Fact.Of(p), all: list}).decide()
			}
		}
		return nil, nil
	},
}

// resident is a workload that belongs to an environment, or may.
type resident struct {
	role
	// weak says that the environment is told by names alone.
	weak bool
}

// maxResidents bounds the workloads of a unit that are compared with each other.
const maxResidents = 400

// residents lists the workloads of each unit, in order: those that certainly exist
// and whose environment is told best come first.
func residents(g *graph.Graph, envs *environment.Environments, uses *datause.Uses) map[*graph.Unit][]resident {
	out := map[*graph.Unit][]resident{}
	for _, n := range g.Nodes() {
		if n.Unit == nil || n.Exists == tri.False {
			continue
		}
		// Where a tag says one thing and the folder another, which of them is true?
		if r, ok := workloadRole(envs, uses, n); ok && !contradicted(envs.Signs(n.ID)) {
			out[n.Unit] = append(out[n.Unit], resident{r, isWeak(envs.Signs(n.ID))})
		}
	}
	for u, list := range out {
		slices.SortStableFunc(list, func(a, b resident) int {
			return cmp.Or(later(a.unsure != nil, b.unsure != nil), later(a.weak, b.weak),
				later(a.node.Exists != tri.True, b.node.Exists != tri.True), cmp.Compare(a.node.Addr, b.node.Addr))
		})
		out[u] = list[:min(len(list), maxResidents)]
	}
	return out
}

// later puts what holds behind what does not.
func later(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// isWeak reports that nothing but names tells the environment. The module that
// something is in, and its key, are no mere names here: a module "prod" beside a
// module "dev" says what is meant.
func isWeak(s *environment.Signs) bool {
	best := s.Best()
	return best.Confidence != environment.Strong && best != s.Module
}

// contradicted reports a sign of another environment that counts as much as the one
// that decides.
func contradicted(s *environment.Signs) bool {
	best := s.Best()
	return slices.ContainsFunc(s.Contradictions(), func(e environment.Evidence) bool { return e.Confidence >= best.Confidence })
}

// household are the workloads of one unit.
type household struct {
	p        *analysis.Pass
	unit     *graph.Unit
	envs     *environment.Environments
	accounts *account.Accounts
	all      []resident
}

// couple is a resident of production with another one.
type couple struct {
	prod, other resident
	// same says by what their account is known to be one; unsure what is not known.
	same, unsure []value.Fact
}

func (h *household) decide() {
	var doubt, weak *couple
	for _, a := range h.all {
		if !a.prod {
			continue
		}
		for _, b := range h.all {
			switch c := h.couple(a, b); {
			case c == nil:
			case c.unsure != nil:
				doubt = cmp.Or(doubt, c)
			case a.weak || b.weak:
				weak = cmp.Or(weak, c)
			default:
				h.speak(c, "")
				return
			}
		}
	}
	switch {
	case weak != nil:
		h.speak(weak, byName)
	case doubt != nil:
		h.say(doubt.prod.node, value.Open(distinctFacts(doubt.unsure)...), "%s, perhaps: %s", oneAccount.Title, h.unit.Key)
	default:
		h.say(h.all[0].node, value.Good(), "")
	}
}

// couple compares two residents; nil if they are certainly of one environment, in
// two accounts, or never there together.
func (h *household) couple(a, b resident) *couple {
	if a.node == b.node || !b.other || alike(a.role, b.role) {
		return nil
	}
	there, missing := coexist(a.node, b.node)
	if there == tri.False {
		return nil
	}
	same, why := h.accounts.Same(a.node, b.node)
	if same == tri.False {
		return nil
	}
	c := &couple{prod: a, other: b, unsure: slices.Concat(a.unsure, b.unsure, missing)}
	if same == tri.True {
		c.same = why
	} else {
		c.unsure = append(c.unsure, why...)
	}
	return c
}

// coexist says whether two resources of a unit are ever deployed together. If one of
// them need not exist, the finding holds where it does.
func coexist(a, b *graph.Node) (tri.Bool, []value.Fact) {
	switch {
	case !a.When.And(b.When).IsPossible():
		return tri.False, nil
	case a.Exists == tri.True || b.Exists == tri.True || a.ExistsWith(b) == tri.True || b.ExistsWith(a) == tri.True:
		return tri.True, nil
	}
	return tri.Unknown, []value.Fact{{Text: "whether " + a.Addr + " exists beside " + b.Addr + " is not known", Span: a.Span.Head(), Origin: a.ExistsWhy}}
}

// dependent is the resource of a pair that the finding stands or falls with: one that
// need not exist, since the other exists where it does, else that of production.
func (c *couple) dependent() *graph.Node {
	a, b := c.prod.node, c.other.node
	if b.Exists != tri.True && (a.Exists == tri.True || a.ExistsWith(b) == tri.True) {
		return b
	}
	return a
}

func (h *household) speak(c *couple, variant string) {
	a, b := c.prod.node, c.other.node
	facts := []value.Fact{{Text: fmt.Sprintf("%s deploys %s (%s) and %s (%s)", h.unit.Key, a.Addr, h.envs.Of(a.ID).Environment, b.Addr, h.envs.Of(b.ID).Environment),
		Span: h.unit.Anchor}}
	for _, f := range c.same {
		f.Hop = true
		facts = append(facts, f)
	}
	facts = append(facts, h.evidence(c.prod), h.evidence(c.other))
	told := map[analysis.Environment]int{}
	for _, r := range h.all {
		if r.unsure != nil || r.node == a || r.node == b {
			continue
		}
		if same, _ := h.accounts.Same(a, r.node); same != tri.True {
			continue
		}
		e := h.envs.Of(r.node.ID).Environment
		if told[e]++; told[e] < mostListed {
			facts = append(facts, h.evidence(r))
		}
	}
	v := value.Bad(facts...)
	if variant != "" {
		v = v.As(variant)
	}
	h.say(c.dependent(), v, "%s: %s", oneAccount.Title, facts[0].Text)
}

// evidence is the hop that tells of which environment a workload is.
func (h *household) evidence(r resident) value.Fact {
	e := h.envs.Of(r.node.ID)
	return value.Fact{Text: fmt.Sprintf("%s is %s: %s", r.node.Addr, e.Environment, e.Fact.Text), Span: e.Fact.Span, Origin: e.Fact.Origin, Hop: true}
}

// say gives the verdict about the unit, of which all workloads are the cause.
func (h *household) say(n *graph.Node, v value.Verdict, format string, args ...any) {
	var concerns []graph.NodeID
	for _, r := range h.all {
		concerns = append(concerns, r.node.ID)
	}
	opts := []analysis.Option{analysis.At(h.unit.Anchor), analysis.OfUnit(), analysis.Concerns(concerns...)}
	if format != "" {
		opts = append(opts, analysis.Says(format, args...))
	}
	h.p.Decide(oneAccount, n, v, opts...)
}
