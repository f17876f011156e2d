package separation

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
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
	Requires: []*analysis.Analyzer{environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		if !p.Enabled(oneAccount) {
			return nil, nil
		}
		envs := environment.Fact.Of(p)
		byUnit := map[*graph.Unit]*crew{}
		for _, n := range p.Graph.Nodes() {
			if n.Mode != graph.Managed || !deploysWork(n.Type) {
				continue
			}
			c := byUnit[n.Unit]
			if c == nil {
				c = &crew{envs: envs, by: map[*graph.Provider][]role{}}
				byUnit[n.Unit] = c
			}
			c.add(n)
		}
		for _, u := range p.Graph.Units() {
			if c := byUnit[u]; c != nil {
				c.decide(p, u)
			}
		}
		return nil, nil
	},
}

// deploysWork reports a type that does the work of an environment, or keeps its data.
// Buckets, repositories, roles, zones and the like may serve others on purpose.
func deploysWork(typ string) bool {
	switch typ {
	case "aws_launch_template", "aws_launch_configuration", "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration":
		return false // of which something else is made
	case "aws_dynamodb_table", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable":
		return true
	}
	return topology.IsWorkload(typ)
}

// crew are the workloads of a unit by the provider that deploys them.
type crew struct {
	envs      *environment.Environments
	providers []*graph.Provider
	by        map[*graph.Provider][]role
	all       int
}

func (c *crew) add(n *graph.Node) {
	r := roleOf(c.envs, n)
	if !r.prod && !r.other {
		return
	}
	if c.envs.Of(n.ID).Keyed {
		r.confidence = environment.Strong
	}
	if n.Exists != tri.True {
		r.unsure = append(r.unsure, value.Fact{Text: "whether " + n.Addr + " exists is not known", Span: n.Span.Head(), Origin: n.ExistsWhy})
	}
	if _, seen := c.by[n.Provider]; !seen {
		c.providers = append(c.providers, n.Provider)
	}
	c.by[n.Provider] = append(c.by[n.Provider], r)
	c.all++
}

func (c *crew) decide(p *analysis.Pass, u *graph.Unit) {
	if c.all == 0 {
		return // nothing here says to which environment it belongs
	}
	for _, list := range c.by {
		slices.SortFunc(list, func(a, b role) int { return cmp.Compare(a.node.Addr, b.node.Addr) })
	}
	slices.SortFunc(c.providers, func(a, b *graph.Provider) int { return cmp.Compare(c.by[a][0].node.Addr, c.by[b][0].node.Addr) })
	var open []value.Fact
	for _, least := range []environment.Confidence{environment.Strong, environment.Weak} {
		for _, a := range c.providers {
			for _, b := range c.providers {
				prod, other, found := pick(c.by[a], c.by[b], least)
				if !found {
					continue
				}
				same, why := sameAccountOf(u, a, b)
				if same == tri.True {
					c.speak(p, u, prod, other, least)
					return
				}
				if same == tri.Unknown {
					open = append(open, why...)
				}
			}
		}
	}
	c.leave(p, u, open)
}

// pick finds a certain workload of production among some, and one of another
// environment among others.
func pick(as, bs []role, least environment.Confidence) (prod, other role, found bool) {
	i := slices.IndexFunc(as, func(r role) bool { return r.prod && len(r.unsure) == 0 && r.confidence >= least })
	k := slices.IndexFunc(bs, func(r role) bool { return r.other && len(r.unsure) == 0 && r.confidence >= least })
	if i < 0 || k < 0 {
		return role{}, role{}, false
	}
	return as[i], bs[k], true
}

func (c *crew) speak(p *analysis.Pass, u *graph.Unit, prod, other role, least environment.Confidence) {
	e, o := c.envs.Of(prod.node.ID), c.envs.Of(other.node.ID)
	facts := []value.Fact{{Text: fmt.Sprintf("%s deploys %s (%s) and %s (%s)", u.Key, prod.node.Addr, e.Environment, other.node.Addr, o.Environment), Span: u.Anchor}}
	var concerns []graph.NodeID
	told := map[analysis.Environment]int{}
	for _, provider := range c.providers {
		for _, r := range c.by[provider] {
			if len(r.unsure) > 0 || r.confidence < least {
				continue
			}
			concerns = append(concerns, r.node.ID)
			e := c.envs.Of(r.node.ID)
			if told[e.Environment]++; told[e.Environment] <= mostListed {
				facts = append(facts, value.Fact{Text: fmt.Sprintf("%s is %s: %s", r.node.Addr, e.Environment, e.Fact.Text), Span: e.Fact.Span, Origin: e.Fact.Origin, Hop: true})
			}
		}
	}
	v := value.Bad(facts...)
	if least == environment.Weak {
		v = v.As(byName)
	}
	p.Decide(oneAccount, prod.node, v, analysis.At(u.Anchor), analysis.OfUnit(), analysis.Concerns(concerns...),
		analysis.Says("%s: %s", oneAccount.Title, facts[0].Text))
}

// leave says what would have to be known, if two of the workloads may belong to
// different environments.
func (c *crew) leave(p *analysis.Pass, u *graph.Unit, open []value.Fact) {
	var first *graph.Node
	var concerns []graph.NodeID
	for _, a := range c.providers {
		as := few(c.by[a])
		if first == nil {
			first = as[0].node
		}
		for _, r := range as {
			concerns = append(concerns, r.node.ID)
		}
		for _, b := range c.providers {
			same, why := sameAccountOf(u, a, b)
			if same == tri.False {
				continue
			}
			if doubt := pair(as, few(c.by[b])); doubt != nil {
				open = append(append(open, doubt...), why...)
			}
		}
	}
	v := value.Good()
	if open = distinctFacts(open); len(open) > 0 {
		v = value.Open(open[:min(len(open), mostListed)]...)
	}
	p.Decide(oneAccount, first, v, analysis.At(u.Anchor), analysis.OfUnit(), analysis.Concerns(concerns...),
		analysis.Says("%s, perhaps: %s", oneAccount.Title, u.Key))
}

// sameAccountOf says whether two providers of a unit lead to one account: if they are
// told apart by nothing but the region.
func sameAccountOf(u *graph.Unit, a, b *graph.Provider) (tri.Bool, []value.Fact) {
	if a == b || a == nil || b == nil {
		return tri.Of(a == b), nil
	}
	x, y := environment.AccountOf(u, a), environment.AccountOf(u, b)
	if x.ID != "" && y.ID != "" {
		return tri.Of(x.ID == y.ID), nil
	}
	var open []value.Fact
	for _, pair := range [][2]value.Value{{a.Profile, b.Profile}, {a.AccessKey, b.AccessKey}, {a.AssumeRole, b.AssumeRole}, {a.AccountIDs, b.AccountIDs}} {
		s, known := pair[0].Str()
		t, other := pair[1].Str()
		switch {
		case pair[0].IsUnset() && pair[1].IsUnset():
		case known && other && s == t:
		case pair[0].IsUnknown():
			open = append(open, value.Fact{Text: "to which account " + a.Addr + " leads is not known", Span: pair[0].Span(), Origin: pair[0].Origin()})
		case pair[1].IsUnknown():
			open = append(open, value.Fact{Text: "to which account " + b.Addr + " leads is not known", Span: pair[1].Span(), Origin: pair[1].Origin()})
		default:
			return tri.False, nil
		}
	}
	if len(open) > 0 {
		return tri.Unknown, open
	}
	return tri.True, nil
}
