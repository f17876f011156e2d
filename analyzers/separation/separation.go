// Package separation holds the rules about environments that should be held
// apart: things that production shares with others, address plans that overlap,
// connections between networks, names that contradict.
package separation

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/analyzers/facts/sharing"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// byName is the form whose only evidence are words in names.
const byName = "by names only"

// serviceRole is the form of a role that holds nothing but what AWS says that
// every workload of its kind needs.
const serviceRole = "a service role"

// sharedRule completes a rule about a kind of thing that is shared.
func sharedRule(r analysis.Rule) *analysis.Rule {
	r.Precision, r.Pillar = analysis.HighPrecision, analysis.Security
	r.ReviewVariants = []string{byName}
	if r.Variants == nil {
		r.Variants = map[string]analysis.Severity{}
	}
	r.Variants[byName] = r.Severity
	return &r
}

// sharedRules are the rules by what is shared.
var sharedRules = map[aws.ShareKind]*analysis.Rule{
	aws.SharedVPC: sharedRule(analysis.Rule{
		ID: "vpc-shared-across-environments", Title: "Production shares a VPC with another environment",
		Why:      "A mistake or break-in in the other environment has a network path to production, and one wrong route or rule takes both down.",
		Fix:      "Give production an account and a VPC of its own.",
		Severity: analysis.High, Practice: "SEC01-BP01", Effort: "L",
		Covers: []string{"resource-name-environment-mismatch"},
	}),
	aws.SharedSubnet: sharedRule(analysis.Rule{
		ID: "subnet-shared-across-environments", Title: "Production shares a subnet with another environment",
		Why:      "Nothing but security groups separates the environments: they share routes, network ACLs and addresses.",
		Fix:      "Give production an account, or at least a VPC and subnets, of its own.",
		Severity: analysis.High, Practice: "SEC01-BP01", Effort: "L",
		Covers: []string{"vpc-shared-across-environments", "resource-name-environment-mismatch"},
	}),
	aws.SharedGroup: sharedRule(analysis.Rule{
		ID: "sg-shared-across-environments", Title: "Production shares a security group with another environment",
		Why:      "Whatever is opened for the other environment is open in production too, and groups that name this one as a source let both in.",
		Fix:      "Give each environment security groups of its own.",
		Severity: analysis.High, Practice: "SEC05-BP02", Effort: "M",
	}),
	aws.SharedCluster: sharedRule(analysis.Rule{
		ID: "cluster-shared-across-environments", Title: "Production shares a cluster with another environment",
		Why:      "The environments compete for the same capacity and quotas, and one upgrade, mistake or break-in reaches both.",
		Fix:      "Run production on a cluster of its own, in an account of its own.",
		Severity: analysis.Medium, Practice: "SEC01-BP01", Effort: "L",
	}),
	aws.SharedRole: sharedRule(analysis.Rule{
		ID: "iam-role-shared-across-environments", Title: "Production shares a role with another environment",
		Why:      "Code of the other environment holds the permissions of production, and a permission that it needs is given to production as well.",
		Fix:      "Give each environment roles of its own.",
		Severity: analysis.Medium, Practice: "SEC03-BP02", Effort: "M",
		Variants: map[string]analysis.Severity{serviceRole: analysis.Low},
	}),
	aws.SharedKey: sharedRule(analysis.Rule{
		ID: "kms-key-shared-across-environments", Title: "Production shares an encryption key with another environment",
		Why:      "Who may decrypt the data of the other environment may decrypt that of production, and the key can't be disabled for one alone.",
		Fix:      "Give each environment a key of its own.",
		Severity: analysis.Medium, Practice: "SEC08-BP01", Effort: "L",
	}),
}

// Shared decides what production shares.
var Shared = &analysis.Analyzer{
	Name: "shared", Doc: "finds networks, groups, clusters, roles and keys that production shares with other environments",
	Rules: []*analysis.Rule{sharedRules[aws.SharedVPC], sharedRules[aws.SharedSubnet], sharedRules[aws.SharedGroup],
		sharedRules[aws.SharedCluster], sharedRules[aws.SharedRole], sharedRules[aws.SharedKey]},
	Requires: []*analysis.Analyzer{sharing.Fact.Analyzer, environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		j := &judge{envs: environment.Fact.Of(p), sharing: sharing.Fact.Of(p)}
		for _, t := range j.sharing.Things {
			j.decide(p, t)
		}
		return nil, nil
	},
}

type judge struct {
	envs    *environment.Environments
	sharing *sharing.Sharing
}

func (j *judge) decide(p *analysis.Pass, t *sharing.Thing) {
	rule := sharedRules[t.Kind]
	if !p.Enabled(rule) {
		return
	}
	v, at := j.verdict(t)
	if v.IsBad() && t.Kind == aws.SharedRole && onlyServicePolicies(p.Graph, t.Node) {
		v = v.As(serviceRole)
	}
	var concerns []graph.NodeID
	for _, u := range t.Uses {
		concerns = append(concerns, u.User.ID)
	}
	n, opts := t.Node, []analysis.Option{analysis.Concerns(concerns...)}
	if t.Node.Mode != graph.Managed {
		if at == nil {
			return
		}
		// What is outside the scan has no place of its own: the finding is shown
		// where production names it.
		n = at.User
		opts = append(opts, analysis.Subject(string(t.Kind)+" "+t.Node.Addr), analysis.At(at.At.Span()), analysis.Concerns(t.Node.ID))
	} else {
		opts = append(opts, analysis.At(n.Span.Head()))
	}
	if v.IsBad() {
		opts = append(opts, analysis.Says("%s: %s is used by %s", rule.Title, t.Node.Addr, v.Facts()[0].Text))
	}
	p.Decide(rule, n, v, opts...)
}

// verdict looks for a user of production and one of another environment. The
// second result is the use at which to show the verdict.
func (j *judge) verdict(t *sharing.Thing) (value.Verdict, *sharing.Use) {
	var prod, other [3]*sharing.Use // by confidence
	for i := range t.Uses {
		u := &t.Uses[i]
		if e, why := j.environmentOf(u.User); u.Sure == tri.True && why == nil {
			switch {
			case e.Environment == analysis.Production:
				prod[e.Confidence] = keep(prod[e.Confidence], u)
			case e.Environment.IsNonProduction():
				other[e.Confidence] = keep(other[e.Confidence], u)
			}
		}
	}
	for _, c := range []environment.Confidence{environment.Strong, environment.Weak} {
		p, o := best(prod, c), best(other, c)
		if p != nil && o != nil {
			v := j.shared(p, o)
			if c == environment.Weak {
				v = v.As(byName)
			}
			return v, p
		}
	}
	var first *sharing.Use
	if len(t.Uses) > 0 {
		first = &t.Uses[0]
	}
	if unsure := j.unsure(t, best(prod, environment.Weak), best(other, environment.Weak)); len(unsure) > 0 {
		return value.Open(unsure...), first
	}
	return value.Good(), first
}

// doubt is a resource that may be a user of either side.
type doubt struct {
	fact        value.Fact
	prod, other bool
}

// unsure says what would have to be known: users whose environment is not known,
// and resources of which it is not known what they use. They matter only if they
// can be the other side of what is known, or of each other.
func (j *judge) unsure(t *sharing.Thing, prod, other *sharing.Use) []value.Fact {
	doubts := j.doubts(t)
	var out []value.Fact
	for i, d := range doubts {
		facing := d.prod && other != nil || d.other && prod != nil
		for k, e := range doubts {
			facing = facing || k != i && (d.prod && e.other || d.other && e.prod)
		}
		if facing {
			out = append(out, d.fact)
		}
	}
	return out
}

func (j *judge) doubts(t *sharing.Thing) []doubt {
	var out []doubt
	add := func(n *graph.Node, placed bool, fact value.Fact) {
		e, why := j.environmentOf(n)
		if why != nil {
			if placed {
				fact = *why
			}
			out = append(out, doubt{fact, true, true})
			return
		}
		d := doubt{fact, e.Environment == analysis.Production, e.Environment.IsNonProduction()}
		if !placed && (d.prod || d.other) {
			out = append(out, d)
		}
	}
	for _, u := range t.Uses {
		add(u.User, u.Sure == tri.True, value.Fact{Text: "whether " + u.User.Addr + " uses " + t.Node.Addr + " is not known", Span: u.At.Span(), Origin: u.At.Origin()})
	}
	unit := t.Node.Unit
	if unit == nil && len(t.Uses) > 0 {
		unit = t.Uses[0].User.Unit
	}
	for _, u := range j.sharing.Unplaced(t.Kind) {
		if u.User.Unit == unit && !uses(t, u.User) {
			add(u.User, false, value.Fact{Text: "what " + u.User.Addr + " uses is not known", Span: u.User.Span.Head()})
		}
	}
	return out
}

// environmentOf is the environment of a user, or why it is not known.
func (j *judge) environmentOf(n *graph.Node) (environment.Evidence, *value.Fact) {
	e, s := j.envs.Of(n.ID), j.envs.Signs(n.ID)
	if s.TagUnknown || s.TagsOpen && e.Confidence == environment.None {
		return e, &value.Fact{Text: "the environment of " + n.Addr + " is not known", Span: n.Span.Head()}
	}
	return e, nil
}

func uses(t *sharing.Thing, n *graph.Node) bool {
	for _, u := range t.Uses {
		if u.User == n {
			return true
		}
	}
	return false
}

func keep(old, u *sharing.Use) *sharing.Use {
	if old != nil {
		return old
	}
	return u
}

// best returns a use of at least that confidence.
func best(by [3]*sharing.Use, least environment.Confidence) *sharing.Use {
	for c := environment.Strong; c >= least && c > environment.None; c-- {
		if by[c] != nil {
			return by[c]
		}
	}
	return nil
}

func (j *judge) shared(p, o *sharing.Use) value.Verdict {
	pe, oe := j.envs.Of(p.User.ID), j.envs.Of(o.User.ID)
	facts := []value.Fact{{Text: fmt.Sprintf("%s (%s) and %s (%s)", p.User.Addr, pe.Environment, o.User.Addr, oe.Environment), Span: p.At.Span(), Origin: p.At.Origin()}}
	for _, w := range []struct {
		u *sharing.Use
		e environment.Evidence
	}{{p, pe}, {o, oe}} {
		facts = append(facts,
			value.Fact{Text: fmt.Sprintf("%s is %s: %s", w.u.User.Addr, w.e.Environment, w.e.Fact.Text), Span: w.e.Fact.Span, Origin: w.e.Fact.Origin, Hop: true},
			value.Fact{Text: w.u.User.Addr + " uses it here", Span: w.u.At.Span(), Origin: w.u.At.Origin(), Hop: true})
	}
	return value.Bad(facts...)
}

// onlyServicePolicies reports a role that holds policies of AWS for service
// roles, and nothing else.
func onlyServicePolicies(g *graph.Graph, role *graph.Node) bool {
	found := false
	m := aws.Of[aws.IAMRole](g, role)
	if m == nil || !m.Inline.V.IsUnset() {
		return false
	}
	for _, v := range graph.Leaves(m.Managed.V, "") {
		found = true
		if !isServicePolicy(v) {
			return false
		}
	}
	for e := range g.In(role.ID) {
		from := g.Node(e.From)
		if aws.Of[aws.EmbeddedPolicy](g, from) != nil {
			return false
		}
		if a := aws.Of[aws.PolicyAttachment](g, from); a != nil {
			found = true
			if !isServicePolicy(a.Policy.V) {
				return false
			}
		}
	}
	return found
}

func isServicePolicy(v value.Value) bool {
	text, ok := v.Str()
	return ok && strings.Contains(text, ":iam::aws:policy/service-role/")
}
