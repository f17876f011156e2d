// Package environment is the shared result about roles: which node belongs to
// production, staging, development and so on, with the evidence for it.
package environment

import (
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// Fact is the environments of a graph.
var Fact = analysis.NewFact("environment", "which environment each resource belongs to, and why", nil,
	func(p *analysis.Pass) (*Environments, error) { return New(p.Graph, p.Settings), nil })

// Confidence says how much an evidence is worth.
type Confidence uint8

const (
	// None means that nothing was found.
	None Confidence = iota
	// Weak evidence is a word in a name: good for a severity or a review, never
	// for a gate.
	Weak
	// Strong evidence is a tag, the world, workspace or inputs of the unit, or
	// a folder.
	Strong
)

// Evidence is one sign of an environment.
type Evidence struct {
	Environment analysis.Environment
	// Name is what the user calls it, if that is a name of their own.
	Name       string
	Confidence Confidence
	// Fact says where it stands: `tag Environment is "prod"`.
	Fact value.Fact
	// Keyed says that the sign is a key of for_each, which is more than a name.
	Keyed bool
	// as says where the user gave the environment the part of another one.
	as string
}

// Signs is what was found about a node. The first that is set, in the order of
// the fields, decides.
type Signs struct {
	// Configured is what the user says of the resource or of what it is in.
	Configured Evidence
	// Tag is an environment tag. If TagUnknown is set there is or may be one
	// whose value is not known, and nothing else decides.
	Tag        Evidence
	TagUnknown bool
	// TagsOpen says that there may be more tags than are known: names then do
	// not decide, since a tag would overrule them.
	TagsOpen bool
	// Argument is an argument of a module call around the node.
	Argument Evidence
	// World is the world, the workspace, an input or a tag of the unit. InputUnknown
	// says that an input or argument which would tell has a value that is not known.
	World        Evidence
	InputUnknown bool
	// Folder is the directory of the unit.
	Folder Evidence
	// State is the name of the state of the unit.
	State Evidence
	// Provider is the profile or the role by which the node is deployed.
	Provider Evidence
	// Stack is the name of the template.
	Stack Evidence
	// Module is the name of a module call around the node.
	Module Evidence
	// Name is a name attribute or Name tag. NameUnknown says that one of them has
	// a value that is not known: what else it is called does not decide then.
	Name        Evidence
	NameUnknown bool
	// Label is the label or logical id in the code.
	Label Evidence

	cause string
}

// Cause tells the reasons apart for which an environment is undecided: resources with
// the same cause belong to the same environment, whichever that is. It is empty
// where that can't be told.
func (s *Signs) Cause() string { return s.cause }

// Best returns the sign that decides, or one of confidence None.
func (s *Signs) Best() Evidence {
	if s.Configured.Confidence != None {
		return s.Configured
	}
	if s.Tag.Confidence != None {
		return s.Tag
	}
	if s.TagUnknown {
		return Evidence{}
	}
	order := []Evidence{s.Argument, s.World, s.Folder, s.State, s.Module, s.Stack, s.Provider, s.Name, s.Label}
	if s.NameUnknown {
		order = order[:7]
	}
	for _, e := range order {
		if e.Confidence == Strong || e.Confidence == Weak && !s.TagsOpen {
			return e
		}
	}
	return Evidence{}
}

// Contradictions are the signs of another environment than the one that decides,
// in the order in which they count. What is shared, or merely not production,
// contradicts nothing that it may be.
func (s *Signs) Contradictions() []Evidence {
	best := s.Best()
	var out []Evidence
	for _, e := range []Evidence{s.Tag, s.Argument, s.World, s.Folder, s.State, s.Module, s.Stack, s.Provider, s.Name} {
		if best.Differs(e) {
			out = append(out, e)
		}
	}
	return out
}

// Differs reports that two signs are of certainly different environments. Those of the
// user's own names are, even if they count as the same; what all share differs from
// nothing.
func (e Evidence) Differs(o Evidence) bool {
	return Differ(e.Environment, o.Environment) ||
		e.Name != "" && o.Name != "" && e.Name != o.Name && e.Environment != analysis.Shared && o.Environment != analysis.Shared
}

// Differ reports that two environments are certainly different ones.
func Differ(a, b analysis.Environment) bool {
	if a == b || a == analysis.Shared || b == analysis.Shared || a == analysis.UnknownEnvironment || b == analysis.UnknownEnvironment {
		return false
	}
	if a == analysis.NonProduction || b == analysis.NonProduction {
		return a == analysis.Production || b == analysis.Production // "nonprod" may well be dev
	}
	return true
}

// Undecided says that a rule about environments must leave open to which one
// this belongs: a tag, name or input has a value that is not known, and nothing
// that is as strong decides.
func (s *Signs) Undecided() bool {
	switch s.Best().Confidence {
	case None:
		return s.TagUnknown || s.TagsOpen || s.NameUnknown || s.InputUnknown
	case Weak:
		return s.InputUnknown
	case Strong:
	}
	return false
}

// Environments answers for every node of a graph.
type Environments struct {
	vocabulary vocabulary
	configured configured
	signs      []Signs
	units      map[*graph.Unit]*Signs
}

// New works the environments out. The settings may be nil.
func New(g *graph.Graph, settings *analysis.Settings) *Environments {
	c, v := configured{settings}, newVocabulary(settings)
	v.layout = v.layoutOf(g.Units())
	e := &Environments{vocabulary: v, configured: c, signs: make([]Signs, len(g.Nodes())), units: map[*graph.Unit]*Signs{}}
	modules := &modules{vocabulary: v, names: map[*graph.Module]Evidence{}, args: map[*graph.Module]argument{}}
	providers := map[*graph.Provider]Evidence{}
	for _, u := range g.Units() {
		s := v.ofUnit(u)
		s.Configured = c.ofUnit(u)
		e.units[u] = &s
	}
	for i, n := range g.Nodes() {
		if n.Unit == nil {
			continue
		}
		s := *e.units[n.Unit]
		s.Module = modules.name(n.Module)
		if key := v.ofKey(n); key.Confidence != None {
			s.Module = key
		}
		arg := modules.argument(n.Module)
		s.Argument, s.InputUnknown = arg.Evidence, s.InputUnknown || arg.unknown
		if n.Provider != nil {
			p, seen := providers[n.Provider]
			if !seen {
				p = v.ofProvider(n.Provider)
				providers[n.Provider] = p
			}
			s.Provider = p
		}
		v.ofNode(g, n, &s)
		c.ofNode(n, &s)
		e.signs[i] = s
	}
	for i := range e.signs {
		s := &e.signs[i]
		c.countAs(s)
		if s.Undecided() {
			s.cause = causeOf(g, g.Nodes()[i], s)
		}
	}
	for _, s := range e.units {
		c.countAs(s)
	}
	return e
}

// OfUnit returns what was found about a unit as a whole, never nil.
func (e *Environments) OfUnit(u *graph.Unit) *Signs {
	if s := e.units[u]; s != nil {
		return s
	}
	return &Signs{}
}

// Of returns the environment of a node with the evidence that decides it.
func (e *Environments) Of(id graph.NodeID) Evidence { return e.signs[id].Best() }

// Signs returns all that was found about a node.
func (e *Environments) Signs(id graph.NodeID) *Signs { return &e.signs[id] }

// EnvironmentOf returns the environment of a node alone.
func (e *Environments) EnvironmentOf(id graph.NodeID) analysis.Environment {
	return e.Of(id).Environment
}

// EnvironmentNameOf returns what the user calls the environment of a node, if that is
// a name of their own.
func (e *Environments) EnvironmentNameOf(id graph.NodeID) string { return e.Of(id).Name }

// tagKeys are the tags by which people mark environments.
var tagKeys = []string{"environment", "env", "stage", "environment_name", "environmentname", "environment-name", "deployment-environment"}

func (v vocabulary) ofNode(g *graph.Graph, n *graph.Node, s *Signs) {
	tags := aws.TagsOf(n)
	s.TagsOpen = tags.Open
	switch tag := tags.Get(tagKeys...); {
	case tag.IsUnknown() && !onlyMaybe(tags):
		s.TagUnknown = !v.agrees(tag, s)
	case tag.IsKnown():
		text, _ := tag.Str()
		s.Tag = v.evidence(text, fromTag, Strong, value.Fact{Text: "its environment tag is " + value.Show(tag), Span: tag.Span(), Origin: tag.Origin()})
	}
	s.Name, s.NameUnknown = v.ofName(g, n, tags)
	s.Label = v.evidence(n.Name, fromLabel, Weak, value.Fact{Text: "it is called " + n.Name, Span: n.Span.Head()})
}

// agrees reports that a tag of which only some words are known can't but agree with
// what speaks next: those words do, and if the others name another environment, the
// tag names none.
func (v vocabulary) agrees(tag value.Value, s *Signs) bool {
	word := read(certain(tag), fromTag)
	next := s.Best()
	return word != analysis.UnknownEnvironment && len(v.own) == 0 && next.Confidence == Strong && next.Environment == word
}

// onlyMaybe reports that no environment tag is written: there may only be one
// among tags that are not known as a whole. The folder and the world then speak.
func onlyMaybe(tags aws.Tags) bool {
	for _, f := range tags.List() {
		for _, k := range tagKeys {
			if strings.EqualFold(f.Name, k) {
				return false
			}
		}
	}
	return true
}

// UnknownTag says why a resource may have an environment tag that is not known.
func UnknownTag(n *graph.Node) value.Fact {
	tag := aws.TagsOf(n).Get(tagKeys...)
	span := tag.Span()
	if !span.IsValid() {
		span = n.Span.Head()
	}
	return value.Fact{Text: "its environment tag is not known", Span: span, Origin: tag.Origin()}
}

// Why is the origin of what leaves the environment of a node undecided, if it has one.
func (s *Signs) Why(n *graph.Node) value.OriginID {
	if s.TagUnknown || s.TagsOpen {
		return aws.TagsOf(n).Get(tagKeys...).Origin()
	}
	for _, f := range UnknownNames(n) {
		return f.Origin
	}
	return 0
}
