package security

import (
	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var iamPolicyAdmin = &analysis.Rule{
	ID: "iam-policy-admin", Title: "IAM policy grants full administrative access",
	Why:      "Whoever gets hold of the identity can do everything in the account, or give themselves that right: one leaked credential is the loss of the account.",
	Fix:      "List the actions and resources that are needed; use IAM Access Analyzer to generate them from what is used.",
	Severity: analysis.Critical, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC03-BP02", Effort: "M",
	Covers: []string{
		"iam-policy-wildcard-action", "iam-policy-service-wildcard", "iam-policy-wildcard-resource", "iam-policy-privilege-escalation",
		"iam-policy-credentials-exposure", "iam-policy-data-exfiltration", "iam-policy-permissions-management", "iam-policy-unconstrained-write",
		"iam-passrole-wildcard", "iam-assumerole-wildcard-policy", "sagemaker-role-too-wide",
	},
}

var iamPolicyWildcardAction = &analysis.Rule{
	ID: "iam-policy-wildcard-action", Title: "IAM policy allows every action",
	Why:      "A policy that allows * grants actions of every service on its resources, also those that AWS has not made yet.",
	Fix:      "List the actions that are needed.",
	Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC03-BP02", Effort: "M",
}

// IAMPolicies decides about the statements of identity policies.
var IAMPolicies = &analysis.Analyzer{
	Name: "iampolicies", Doc: "finds identity policies that grant too much",
	Rules: []*analysis.Rule{iamPolicyAdmin, iamPolicyWildcardAction},
	Run: func(p *analysis.Pass) (any, error) {
		s := &policyScan{p: p, uses: map[statementID][]use{}, names: names{}}
		sources := policySources(p.Graph)
		for _, src := range sources {
			s.source(src)
		}
		s.documents(newDocumentUses(p.Graph, sources))
		return nil, nil
	},
}

// statementRule is a rule about one statement.
type statementRule struct {
	rule *analysis.Rule
	// judge says whether the statement is as it should be, if it is there.
	judge func(*policy.Statement) value.Verdict
	// action is what the rule is about, as a denial would name it.
	action string
	// trust says that the rule holds for the trust policies of roles too.
	trust bool
}

var statementRules = []statementRule{
	{rule: iamPolicyAdmin, judge: notAdmin, action: "iam:*"},
	{rule: iamPolicyWildcardAction, judge: notEveryAction, action: "*", trust: true},
}

// notAdmin: everything, or all of IAM and with it everything, on everything.
func notAdmin(s *policy.Statement) value.Verdict {
	allowed, action := s.Actions.Has(
		func(a string) bool { return policy.IsEveryAction(a) || policy.IsEveryActionOf("iam", a) },
		func(v value.Value) bool { return policy.MayBeEveryAction(v) || policy.MayBeEveryActionOf("iam")(v) })
	all, resource := s.Resources.Has(policy.IsEveryResource, policy.MayBeEveryResource)
	return value.All(
		value.That(allowed, s.Actions.Fact(action)),
		value.That(all, s.Resources.Fact(resource)),
		allows(s), unconditional(s),
	).Not()
}

// notEveryAction: a bare star, whatever the resources and conditions are.
func notEveryAction(s *policy.Statement) value.Verdict {
	allowed, action := s.Actions.Has(policy.IsEveryAction, policy.MayBeEveryAction)
	return value.All(value.That(allowed, s.Actions.Fact(action)), allows(s)).Not()
}

// policyScan goes through the policies of a graph.
type policyScan struct {
	p *analysis.Pass
	// uses says by which policies the statements of data sources are used.
	uses  map[statementID][]use
	names names
}

// statementID names a statement of a data source.
type statementID struct {
	node  graph.NodeID
	index int
}

// use is one use of a statement of a data source.
type use struct {
	source policySource
	sure   tri.Bool
	why    value.Fact
	// within is the policy as a whole.
	within policy.Document
}

// source decides about the statements that are written in a policy itself, and
// notes those of data sources that it uses.
func (s *policyScan) source(src policySource) {
	doc := policy.Decode(s.p.Graph, src.node, src.attr, src.value)
	all := doc.All()
	for i := range all {
		if st := &all[i]; st.Node != src.node {
			id := statementID{st.Node.ID, st.Index}
			s.uses[id] = append(s.uses[id], use{src, st.Exists, st.Why, doc})
		}
	}
	open := doc.Opens()
	for _, r := range statementRules {
		if src.trust && !r.trust {
			continue
		}
		s.inline(r, src, doc)
		switch {
		case len(open) > 0:
			s.p.Decide(r.rule, src.node, value.Open(open...).Unless(src.identity.Not()), s.names.subject(r.rule, src.node, src.name))
		case len(all) == 0:
			s.p.Decide(r.rule, src.node, value.Good(), s.names.subject(r.rule, src.node, src.name))
		}
	}
}

// inline decides a rule about what is written in a policy itself.
func (s *policyScan) inline(r statementRule, src policySource, doc policy.Document) {
	for _, st := range decisive(doc, func(st *policy.Statement) bool { return st.Node == src.node && settle(r.judge(st), st).IsBad() }) {
		if st.Node != src.node {
			continue
		}
		v := settle(r.judge(&st), &st).Unless(src.identity.Not())
		if v.IsBad() {
			v = v.Unless(overruled(doc, r.action))
		}
		name := st.Name()
		if src.name != "" {
			name = src.name + ": " + name
		}
		s.p.Decide(r.rule, src.node, v, s.names.subject(r.rule, src.node, name), analysis.At(within(src.node, src.value, v)))
	}
}

// documents decides about the statements of data sources, once each, wherever
// they are used.
func (s *policyScan) documents(uses *documentUses) {
	for _, n := range s.p.Graph.OfType(policy.DataSource) {
		if n.Mode != graph.Data {
			continue
		}
		doc := policy.Own(n)
		for i := range doc.Statements {
			s.document(&doc.Statements[i], uses)
		}
		if len(doc.Open) > 0 {
			if used := uses.of(s.p.Graph, n); used.identity || !used.alone.IsBad() {
				for _, r := range statementRules {
					s.p.Decide(r.rule, n, value.Open(doc.Open...))
				}
			}
		}
	}
}

// document decides about one statement of a data source.
func (s *policyScan) document(st *policy.Statement, uses *documentUses) {
	used := uses.of(s.p.Graph, st.Node)
	for _, r := range statementRules {
		relevant, related := s.relevant(r, st, used)
		if relevant.IsBad() {
			continue
		}
		v := settle(r.judge(st), st).When(relevant)
		if v.IsBad() {
			v = v.Unless(s.overruled(st, r.action))
		}
		s.p.Decide(r.rule, st.Node, v, s.names.subject(r.rule, st.Node, st.Name()), analysis.Related(related...))
	}
}

// overruled says whether the data source takes back what a statement of it allows, or
// each policy that uses it does.
func (s *policyScan) overruled(st *policy.Statement, action string) value.Verdict {
	out := overruled(policy.Own(st.Node), action)
	uses := s.uses[statementID{st.Node.ID, st.Index}]
	if len(uses) == 0 {
		return out
	}
	inEach := value.Good()
	for _, u := range uses {
		inEach = inEach.And(overruled(u.within, action))
	}
	return out.Or(inEach)
}

// relevant says whether a rule holds for a statement of a data source: it is
// used in an identity policy or, if nobody is known to use it, it looks like
// part of one.
func (s *policyScan) relevant(r statementRule, st *policy.Statement, used documentUse) (value.Verdict, []value.Fact) {
	out := value.Bad()
	var related []value.Fact
	for _, u := range s.uses[statementID{st.Node.ID, st.Index}] {
		if u.source.trust && !r.trust {
			continue
		}
		sure := value.That(u.sure, u.why).And(u.source.identity)
		if sure.IsGood() {
			sure = value.Good()
		}
		out = out.Or(sure)
		related = append(related, value.Fact{Text: u.source.node.Addr + " uses it", Span: u.source.value.Span()})
	}
	if len(related) == 0 && !used.identity {
		out = used.alone
	}
	return out, related
}
