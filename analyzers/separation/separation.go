// Package separation holds the rules about environments that should be held
// apart: networks that production shares with others, address plans that
// overlap, names that contradict.
package separation

import (
	"fmt"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// byName is the form whose only evidence are words in names.
const byName = "by names only"

var vpcShared = &analysis.Rule{
	ID: "vpc-shared-across-environments", Title: "Production shares a VPC with another environment",
	Why:      "A mistake or break-in in the other environment has a network path to production, and one wrong route or rule takes both down.",
	Fix:      "Give production an account and a VPC of its own.",
	Severity: analysis.High, Precision: analysis.HighPrecision, Pillar: analysis.Security, Practice: "SEC01-BP01", Effort: "L",
	Covers:         []string{"resource-name-environment-mismatch"},
	Variants:       map[string]analysis.Severity{byName: analysis.High},
	ReviewVariants: []string{byName},
}

var subnetShared = &analysis.Rule{
	ID: "subnet-shared-across-environments", Title: "Production shares a subnet with another environment",
	Why:      "Nothing but security groups separates the environments: they share routes, network ACLs and addresses.",
	Fix:      "Give production an account, or at least a VPC and subnets, of its own.",
	Severity: analysis.High, Precision: analysis.HighPrecision, Pillar: analysis.Security, Practice: "SEC01-BP01", Effort: "L",
	Covers:         []string{"vpc-shared-across-environments", "resource-name-environment-mismatch"},
	Variants:       map[string]analysis.Severity{byName: analysis.High},
	ReviewVariants: []string{byName},
}

// SharedNetworks decides whether production shares VPCs or subnets.
var SharedNetworks = &analysis.Analyzer{
	Name: "sharednetworks", Doc: "finds VPCs and subnets that production shares with other environments",
	Rules:    []*analysis.Rule{vpcShared, subnetShared},
	Requires: []*analysis.Analyzer{topology.Fact.Analyzer, environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		t, envs := topology.Fact.Of(p), environment.Fact.Of(p)
		vpcs, subnets := newTenants(envs), newTenants(envs)
		for _, w := range t.Workloads() {
			seen := map[*graph.Node]bool{}
			for _, s := range w.Subnets {
				subnets.add(s.Node, w.Node, s)
				if vpc := t.Subnet(s.Node).VPC; vpc != nil && !seen[vpc] {
					seen[vpc] = true
					vpcs.add(vpc, w.Node, s)
				}
			}
		}
		vpcs.decide(p, vpcShared, "VPC")
		subnets.decide(p, subnetShared, "subnet")
		return nil, nil
	},
}

// tenants are the workloads in each of a kind of network.
type tenants struct {
	envs  *environment.Environments
	order []*graph.Node
	in    map[*graph.Node][]tenant
}

type tenant struct {
	node *graph.Node
	sure tri.Bool
	at   value.Value // the reference that places it
}

func newTenants(envs *environment.Environments) *tenants {
	return &tenants{envs: envs, in: map[*graph.Node][]tenant{}}
}

func (t *tenants) add(network, workload *graph.Node, s graph.Target) {
	if _, ok := t.in[network]; !ok {
		t.order = append(t.order, network)
	}
	t.in[network] = append(t.in[network], tenant{workload, tri.And(s.Sure, workload.Exists), s.Value})
}

func (t *tenants) decide(p *analysis.Pass, r *analysis.Rule, what string) {
	for _, network := range t.order {
		list := t.in[network]
		v, first := t.judge(network, list)
		var concerns []graph.NodeID
		for _, w := range list {
			concerns = append(concerns, w.node.ID)
		}
		// A network outside the scan has no place of its own: the finding is shown
		// where production enters it.
		n, opts := network, []analysis.Option{analysis.Concerns(concerns...)}
		if network.Mode != graph.Managed {
			if first == nil {
				continue
			}
			n = first.node
			opts = append(opts, analysis.Subject(what+" "+network.Addr), analysis.At(first.at.Span()), analysis.Concerns(network.ID))
		}
		if v.IsBad() {
			opts = append(opts, analysis.Says("%s: %s", r.Title, tellApart(network, v)))
		}
		p.Decide(r, n, v, opts...)
	}
}

// tellApart says who shares what.
func tellApart(network *graph.Node, v value.Verdict) string {
	return fmt.Sprintf("%s holds %s", network.Addr, v.Facts()[0].Text)
}

// judge looks for a workload of production and one of another environment. The
// second result is the workload at which to show the verdict.
func (t *tenants) judge(network *graph.Node, list []tenant) (value.Verdict, *tenant) {
	var prod, other [3]*tenant // by confidence
	var unsure []value.Fact
	var first *tenant
	for i := range list {
		w := &list[i]
		if first == nil {
			first = w
		}
		e := t.envs.Of(w.node.ID)
		if w.sure != tri.True {
			unsure = append(unsure, value.Fact{Text: "whether " + w.node.Addr + " is in " + network.Addr + " is not known", Span: w.at.Span(), Origin: w.at.Origin()})
			continue
		}
		if s := t.envs.Signs(w.node.ID); s.TagUnknown || s.TagsOpen && e.Confidence == environment.None {
			unsure = append(unsure, value.Fact{Text: "the environment of " + w.node.Addr + " is not known", Span: w.node.Span.Head()})
			continue
		}
		switch {
		case e.Environment == analysis.Production:
			prod[e.Confidence] = keep(prod[e.Confidence], w)
		case e.Environment.IsNonProduction():
			other[e.Confidence] = keep(other[e.Confidence], w)
		}
	}
	for _, c := range []environment.Confidence{environment.Strong, environment.Weak} {
		p, o := best(prod, c), best(other, c)
		if p != nil && o != nil {
			v := t.shared(p, o)
			if c == environment.Weak {
				v = v.As(byName)
			}
			return v, p
		}
	}
	if len(unsure) > 0 && len(list) > 1 {
		return value.Open(unsure...), first
	}
	return value.Good(), first
}

func keep(old, w *tenant) *tenant {
	if old != nil {
		return old
	}
	return w
}

// best returns a tenant of at least that confidence.
func best(by [3]*tenant, least environment.Confidence) *tenant {
	for c := environment.Strong; c >= least && c > environment.None; c-- {
		if by[c] != nil {
			return by[c]
		}
	}
	return nil
}

func (t *tenants) shared(p, o *tenant) value.Verdict {
	pe, oe := t.envs.Of(p.node.ID), t.envs.Of(o.node.ID)
	facts := []value.Fact{{Text: fmt.Sprintf("%s (%s) and %s (%s)", p.node.Addr, pe.Environment, o.node.Addr, oe.Environment), Span: p.at.Span(), Origin: p.at.Origin()}}
	for _, w := range []struct {
		t *tenant
		e environment.Evidence
	}{{p, pe}, {o, oe}} {
		facts = append(facts,
			value.Fact{Text: fmt.Sprintf("%s is %s: %s", w.t.node.Addr, w.e.Environment, w.e.Fact.Text), Span: w.e.Fact.Span, Origin: w.e.Fact.Origin, Hop: true},
			value.Fact{Text: w.t.node.Addr + " is placed here", Span: w.t.at.Span(), Origin: w.t.at.Origin(), Hop: true})
	}
	return value.Bad(facts...)
}
