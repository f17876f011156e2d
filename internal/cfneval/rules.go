package cfneval

import (
	"slices"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// readRules takes the Rules section for granted: CloudFormation refuses to
// deploy with parameters that break an assertion.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
func (t *Template) readRules(n *syntax.Node) {
	if n == nil {
		return
	}
	if !isMapping(n) {
		t.report(source.Error, "cloudformation-structure", n.Span, "Rules is not a mapping")
		return
	}
	// A rule is there for those who give values: it does not say that a parameter
	// must not be given another value than its default.
	t.unfixed = true
	defer func() { t.unfixed = false }()
	facts := value.When{}
	for _, p := range n.Pairs {
		if !isMapping(p.Value) {
			t.report(source.Warning, "cloudformation-structure", p.KeySpan, "the rule "+p.Key+" is not a mapping")
			continue
		}
		holds := always(true)
		for _, a := range assertions(p.Value) {
			f := t.formula(a, "rule "+p.Key)
			holds = formula{holds.yes.And(f.yes), holds.no.Or(f.no)}
		}
		if condition := p.Value.Get("RuleCondition"); condition != nil {
			holds.yes = holds.yes.Or(t.formula(condition, "rule "+p.Key).no)
		}
		// What would leave nothing to be deployed is more likely to be misread here
		// than written so.
		if next := facts.And(holds.yes); next.IsPossible() {
			facts = next
		} else {
			t.report(source.Warning, "cloudformation-rule", p.KeySpan, "no values of the parameters fulfil the rule "+p.Key+", which is left out")
		}
	}
	t.facts = facts
}

func assertions(rule *syntax.Node) []*syntax.Node {
	list := rule.Get("Assertions")
	if !isSequence(list) {
		return nil
	}
	var out []*syntax.Node
	for _, item := range list.Items {
		if a := item.Get("Assert"); a != nil {
			out = append(out, a)
		}
	}
	return out
}

// readsAccount reports that an expression has a function which asks the account: of what
// it says nothing is known, and no choice of a user's is about it.
func readsAccount(n *syntax.Node) bool {
	if n == nil {
		return false
	}
	for _, p := range n.Pairs {
		if p.Key == "Fn::RefAll" || p.Key == "Fn::ValueOf" || p.Key == "Fn::ValueOfAll" || readsAccount(p.Value) {
			return true
		}
	}
	return slices.ContainsFunc(n.Items, readsAccount) || n.Tag == "!RefAll" || n.Tag == "!ValueOf" || n.Tag == "!ValueOfAll"
}

// contains evaluates Fn::Contains: [list of texts, text].
func (t *Template) contains(list, item *syntax.Node, sc *scope) tri.Bool {
	if !isSequence(list) {
		return tri.Unknown
	}
	out := tri.False
	for _, e := range list.Items {
		out = tri.Or(out, t.equals(e, item, sc))
	}
	return out
}

// eachMember evaluates Fn::EachMemberEquals, [list, text], and
// Fn::EachMemberIn, [list, list].
func (t *Template) eachMember(members, allowed *syntax.Node, sc *scope) tri.Bool {
	list := t.eval(members, sc)
	if list.Kind() != value.KindList || list.IsOpen() || list.Alternatives() != nil {
		return tri.Unknown
	}
	among := []value.Value{t.eval(allowed, sc)}
	if among[0].Kind() == value.KindList {
		if among[0].IsOpen() {
			return tri.Unknown
		}
		among = among[0].Elems()
	}
	out := tri.True
	for _, e := range list.Elems() {
		found := tri.False
		for _, a := range among {
			found = tri.Or(found, sameText(e, a))
		}
		out = tri.And(out, found)
	}
	return out
}
