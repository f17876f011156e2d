package separation

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analyzers/facts/datause"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// reference is what stands at the end of a relation, and the value that names it.
type reference struct {
	role
	at value.Value
}

// ends are what an attribute names, and what is not known of it.
type ends struct {
	c       *crossing
	n       *graph.Node
	attr    string
	types   []string // nil: any
	found   []reference
	missing []value.Fact
	// refers says that the attribute refers to anything at all, forAll that it refers
	// to what is there for all environments.
	refers, forAll bool
}

// ends reads an attribute; of what it names, resources of those types count.
func (c *crossing) ends(n *graph.Node, attr string, types []string) *ends {
	e := &ends{c: c, n: n, attr: attr, types: types}
	for _, v := range graph.Leaves(n.Body, attr) {
		e.walk(v, tri.True)
	}
	return e
}

func (e *ends) walk(v value.Value, sure tri.Bool) {
	if v.MayBeMissing() {
		sure = tri.And(sure, tri.Unknown)
	}
	switch {
	case v.IsUnset():
	case v.Alternatives() != nil:
		for _, a := range v.Alternatives() {
			e.walk(a, tri.And(sure, tri.Unknown))
		}
	case v.Parts() != nil:
		for _, p := range v.Parts() {
			if p.IsUnknown() {
				e.refer(p, v, sure)
			}
		}
	case v.IsKnown() && (v.Kind() == value.KindList || v.Kind() == value.KindObject):
		if v.IsOpen() {
			e.miss(v)
		}
		for _, x := range v.Elems() {
			e.walk(x, sure)
		}
		for _, f := range v.Fields() {
			e.walk(f.Value, sure)
		}
	case v.IsUnknown() || len(v.Refs()) > 0:
		e.refer(v, v, sure)
	}
}

func (e *ends) miss(v value.Value) {
	span := v.Span()
	if !span.IsValid() {
		span = e.n.Span.Head()
	}
	e.missing = append(e.missing, value.Fact{Text: "what " + e.attr + " of " + e.n.Addr + " names is not known", Span: span, Origin: v.Origin()})
}

// refer follows one reference, which may be a part of a text.
func (e *ends) refer(v, whole value.Value, sure tri.Bool) {
	e.refers = true
	targets, complete := e.c.p.Graph.Resolve(e.n, e.attr, v)
	for _, t := range targets {
		if t.Node.Mode == graph.Managed && (e.types == nil || slices.Contains(e.types, t.Node.Type)) {
			e.add(t, whole, tri.And(sure, t.Sure))
		}
	}
	if v.IsUnknown() && !complete && e.mayNameMore(v) {
		e.miss(whole)
	}
}

// mayNameMore says whether what is not known of a value may name something that the
// value does not refer to. What AWS computes of another resource names that one, and
// the number of an account names none.
func (e *ends) mayNameMore(v value.Value) bool {
	chain := e.c.p.Graph.Origins.Chain(v.Origin())
	for _, o := range chain {
		isStep := !o.Kind.IsReason() || o.Kind == value.DependsOnUnknown && len(o.From) > 0
		if !isStep && !aws.IsCode(o) && (o.Kind != value.Computed || e.mayBeEnd(o, v)) {
			return true
		}
	}
	return len(chain) == 0 || len(chain) >= value.MostSteps
}

// mayBeEnd says whether what AWS computes is of a resource that counts and that the
// value does not refer to.
func (e *ends) mayBeEnd(o value.Origin, v value.Value) bool {
	for _, r := range v.Refs() {
		if strings.Contains(o.Name, r.Addr) {
			return false
		}
	}
	return e.types == nil || slices.ContainsFunc(e.types, func(t string) bool { return strings.Contains(o.Name, t+".") }) || e.n.Lang == graph.CloudFormation
}

func (e *ends) add(t graph.Target, at value.Value, sure tri.Bool) {
	forAll := e.c.isForAll(t.Node)
	if forAll == tri.True || aws.IsStore(t.Node.Type) && !aws.ReachesStore(t.Attr) {
		e.forAll = e.forAll || forAll == tri.True
		return
	}
	r := reference{roleOf(e.c.envs, t.Node), at}
	if sure != tri.True {
		r.unsure = append(r.unsure, value.Fact{Text: "whether " + e.attr + " of " + e.n.Addr + " names " + t.Node.Addr + " is not known", Span: at.Span(), Origin: at.Origin()})
	}
	if forAll == tri.Unknown {
		r.unsure = append(r.unsure, value.Fact{Text: "whether " + t.Node.Addr + " is there for all environments is not known", Span: t.Node.Span.Head()})
	}
	e.found = append(e.found, r)
}

// alerting are words in the names of topics by which people are told of trouble,
// of all environments on purpose.
var alerting = []string{"alert", "alerts", "alerting", "alarm", "alarms", "notification", "notifications", "notify", "ops", "oncall", "pager", "pagerduty",
	"opsgenie", "slack", "chatbot", "monitoring", "security", "audit", "log", "logs", "shared", "common", "central"}

// isForAll says whether a resource is there for all environments on purpose, as far
// as its name tells.
func (c *crossing) isForAll(n *graph.Node) tri.Bool {
	switch {
	case aws.IsStore(n.Type):
		return c.data.HoldsData(n).Not()
	case n.Type == "aws_sns_topic":
		return datause.Mentions(n, n.Body.Get("name"), alerting...)
	case n.Type == "AWS::SNS::Topic":
		return datause.Mentions(n, n.Body.Get("TopicName"), alerting...)
	}
	return tri.False
}

// mayMeet says whether what is not known of a relation may be of another environment.
func (c *crossing) mayMeet(from role, kind aws.RelationKind) bool {
	others, ok := c.met[kind]
	if !ok {
		for _, t := range kind.Types() {
			for _, n := range c.p.Graph.OfType(t) {
				if n.Mode == graph.Managed {
					others = few(append(others, roleOf(c.envs, n)))
				}
			}
		}
		c.met[kind] = others
	}
	return slices.ContainsFunc(others, func(o role) bool {
		return o.node != from.node && opposite(from, o) && deployed(from.node, o.node) && !alike(from, o)
	})
}
