package policy

import (
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Grant is a document that holds for somebody, or for something.
type Grant struct {
	Document
	// Exists is unknown for a document that may not hold; Why says why.
	Exists tri.Bool
	Why    value.Fact
	// From is the resource that holds the document, if that is known.
	From *graph.Node
}

// Question is what somebody may be allowed to do.
type Question struct {
	// Action is one action: "sts:AssumeRole". "*" asks for all of them.
	Action string
	// Names says whether an element of Resource, as written in a node, names what
	// it is to be done to. Without it the document is that of the resource itself,
	// and its Resource element is not asked.
	Names func(by *graph.Node, pattern value.Value) tri.Bool
	// Who says whether the statement is about the caller. Without it the document
	// is that of the caller.
	Who func(*Statement) tri.Bool
	// Holds says whether the conditions of a statement are met. Without it that is
	// not known.
	Holds func(*Statement) tri.Bool
}

// Answer is whether it is allowed.
type Answer struct {
	Result tri.Bool
	// By are the statements that allow it, Denied one that denies it, and Missing
	// what would have to be known.
	By      []value.Fact
	Denied  value.Fact
	Missing []value.Fact
}

// Evaluate says what documents together allow: what a statement allows and none
// denies. A statement with conditions holds under them, which is not known here;
// a document that cannot be read in full may allow, and may deny.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func Evaluate(grants []Grant, q Question) Answer {
	var a Answer
	allow, deny := tri.False, tri.False
	for _, g := range grants {
		for _, s := range g.All() {
			hit := tri.And(s.Applies(q), g.Exists)
			if tri.And(hit, s.IsAllow()) != tri.False {
				allow = tri.Or(allow, tri.And(hit, s.IsAllow()))
				a.allowed(&s, g, q.Action, tri.And(hit, s.IsAllow()))
			}
			if denied := tri.And(hit, s.IsDeny()); denied != tri.False {
				deny = tri.Or(deny, denied)
				a.denied(&s, denied)
			}
		}
		if open := g.Opens(); len(open) > 0 && g.Exists != tri.False {
			allow, deny = tri.Or(allow, tri.Unknown), tri.Or(deny, tri.Unknown)
			a.Missing = append(a.Missing, open...)
		}
	}
	a.Result = tri.And(allow, deny.Not())
	return a
}

// allowed notes a statement, with the action that was asked for: its name shows no more
// than its first ones.
func (a *Answer) allowed(s *Statement, g Grant, action string, is tri.Bool) {
	if IsEveryAction(action) {
		action = "it"
	}
	if is == tri.True {
		a.By = append(a.By, value.Fact{Text: s.Node.Addr + " allows " + action + ": " + s.Name(), Span: s.Span, Hop: true})
		return
	}
	a.Missing = append(a.Missing, value.Fact{Text: "whether " + s.Name() + " allows " + action + " is not known", Span: s.Span})
	if g.Exists != tri.True && g.Why.Text != "" {
		a.Missing = append(a.Missing, g.Why)
	}
}

func (a *Answer) denied(s *Statement, is tri.Bool) {
	if is == tri.True {
		a.Denied = value.Fact{Text: s.Node.Addr + " denies it: " + s.Name(), Span: s.Span}
		return
	}
	a.Missing = append(a.Missing, value.Fact{Text: "whether " + s.Name() + " denies it is not known", Span: s.Span})
}

// Applies says whether a statement is about what is asked, whatever its effect.
func (s *Statement) Applies(q Question) tri.Bool {
	out := tri.And(s.Exists, s.isAboutAction(q.Action))
	if q.Names != nil {
		out = tri.And(out, s.isAboutResource(q.Names))
	}
	if q.Who != nil {
		out = tri.And(out, q.Who(s))
	}
	switch {
	case q.Holds != nil:
		out = tri.And(out, q.Holds(s))
	case s.IsConditional() != tri.False:
		out = tri.And(out, tri.Unknown)
	}
	return out
}

// isAboutAction asks the elements Action and NotAction, of which a statement has one.
func (s *Statement) isAboutAction(action string) tri.Bool {
	in := func(l List) tri.Bool {
		is, _ := l.Has(func(p string) bool { return CoversAction(p, action) }, func(v value.Value) bool { return mayCover(v, action) })
		return is
	}
	switch {
	case !s.NotActions.V.IsUnset() && IsEveryAction(action):
		return s.IsDeny() // what is left out is not allowed; what is denied is most
	case !s.NotActions.V.IsUnset():
		return in(s.NotActions).Not()
	case s.Actions.V.IsUnset():
		return tri.False
	}
	return in(s.Actions)
}

// mayCover tells of an action that is not known whether it may be a pattern for one.
func mayCover(v value.Value, action string) bool {
	if isComputed(v) {
		return false
	}
	prefix := strings.ToLower(v.Prefix())
	if at := strings.IndexAny(prefix, "*?"); at >= 0 {
		prefix = prefix[:at]
	}
	action = strings.ToLower(action)
	return strings.HasPrefix(action, prefix) || strings.HasPrefix(prefix, action)
}

// isAboutResource asks the elements Resource and NotResource.
func (s *Statement) isAboutResource(names func(*graph.Node, value.Value) tri.Bool) tri.Bool {
	in := func(l List) tri.Bool {
		items, complete := l.Items()
		out := tri.False
		for _, v := range items {
			is := eachOf(v, func(v value.Value) tri.Bool { return names(s.Node, v) })
			if v.MayBeMissing() {
				is = tri.And(is, tri.Unknown)
			}
			out = tri.Or(out, is)
		}
		if !complete {
			out = tri.Or(out, tri.Unknown)
		}
		return out
	}
	switch {
	case !s.NotResources.V.IsUnset():
		return in(s.NotResources).Not()
	case s.Resources.V.IsUnset():
		return tri.False
	}
	return in(s.Resources)
}

// Named says whether the principals of a statement are, or include, the one for
// which is holds. It is asked for the type of each entry ("AWS", "Service",
// "Federated", "*") and each identifier. A statement of which NotPrincipal leaves
// out what is named is about everybody else.
func (s *Statement) Named(is func(kind string, id value.Value) tri.Bool) tri.Bool {
	in := func(p Principals) tri.Bool {
		out := tri.False
		for _, x := range p.Items {
			kind, known := x.Type.Str()
			if !known {
				out = tri.Or(out, tri.Unknown)
				continue
			}
			ids, complete := x.IDs.Items()
			if kind == "*" {
				out = tri.Or(out, tri.And(x.Exists, is(kind, value.Value{})))
				continue
			}
			for _, id := range ids {
				hit := eachOf(id, func(v value.Value) tri.Bool { return is(kind, v) })
				if id.MayBeMissing() {
					hit = tri.And(hit, tri.Unknown)
				}
				out = tri.Or(out, tri.And(x.Exists, hit))
			}
			if !complete {
				out = tri.Or(out, tri.Unknown)
			}
		}
		if p.Open {
			out = tri.Or(out, tri.Unknown)
		}
		return out
	}
	if s.NotPrincipals.Set != tri.False {
		return tri.And(s.NotPrincipals.Set, in(s.NotPrincipals).Not())
	}
	return in(s.Principals)
}
