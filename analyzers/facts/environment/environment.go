// Package environment is the shared result about roles: which node belongs to
// production, staging, development and so on, with the evidence for it.
package environment

import (
	"slices"
	"strings"
	"unicode"

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
	Confidence  Confidence
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
		if Differ(best.Environment, e.Environment) {
			out = append(out, e)
		}
	}
	return out
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
	signs []Signs
	units map[*graph.Unit]*Signs
}

// New works the environments out. The settings may be nil.
func New(g *graph.Graph, settings *analysis.Settings) *Environments {
	e := &Environments{signs: make([]Signs, len(g.Nodes())), units: map[*graph.Unit]*Signs{}}
	c := configured{settings}
	modules := &modules{names: map[*graph.Module]Evidence{}, args: map[*graph.Module]argument{}}
	providers := map[*graph.Provider]Evidence{}
	for _, u := range g.Units() {
		s := ofUnit(u)
		s.Configured = c.ofUnit(u)
		e.units[u] = &s
	}
	for i, n := range g.Nodes() {
		if n.Unit == nil {
			continue
		}
		s := *e.units[n.Unit]
		s.Module = modules.name(n.Module)
		if key := ofKey(n); key.Confidence != None {
			s.Module = key
		}
		arg := modules.argument(n.Module)
		s.Argument, s.InputUnknown = arg.Evidence, s.InputUnknown || arg.unknown
		if n.Provider != nil {
			p, seen := providers[n.Provider]
			if !seen {
				p = ofProvider(n.Provider)
				providers[n.Provider] = p
			}
			s.Provider = p
		}
		ofNode(n, &s)
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

func evidence(text string, from source, c Confidence, f value.Fact) Evidence {
	if env := read(text, from); env != analysis.UnknownEnvironment {
		return Evidence{Environment: env, Confidence: c, Fact: f}
	}
	return Evidence{}
}

// tagKeys are the tags by which people mark environments.
var tagKeys = []string{"environment", "env", "stage", "environment_name", "environmentname", "environment-name", "deployment-environment"}

// nameAttributes are the attributes that name a resource, most telling first.
var nameAttributes = map[graph.Lang][]string{
	graph.Terraform: {"name", "identifier", "cluster_identifier", "replication_group_id", "cluster_id", "bucket", "function_name",
		"domain_name", "family"},
	graph.CloudFormation: {"Name", "DBInstanceIdentifier", "DBClusterIdentifier", "BucketName", "FunctionName", "ClusterName",
		"ServiceName", "TableName", "QueueName", "TopicName", "RoleName", "ReplicationGroupId", "GroupName", "LoadBalancerName", "DomainName"},
}

func ofNode(n *graph.Node, s *Signs) {
	tags := aws.TagsOf(n)
	s.TagsOpen = tags.Open
	switch tag := tags.Get(tagKeys...); {
	case tag.IsUnknown() && !onlyMaybe(tags):
		s.TagUnknown = true
	case tag.IsKnown():
		text, _ := tag.Str()
		s.Tag = evidence(text, fromTag, Strong, value.Fact{Text: "its environment tag is " + value.Show(tag), Span: tag.Span(), Origin: tag.Origin()})
	}
	s.Name, s.NameUnknown = ofName(n, tags)
	s.Label = evidence(n.Name, fromLabel, Weak, value.Fact{Text: "it is called " + n.Name, Span: n.Span.Head()})
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

// ofName takes the first name that names an environment. One that is not known
// may name any, so that those behind it do not count.
func ofName(n *graph.Node, tags aws.Tags) (e Evidence, unknown bool) {
	for _, f := range namesOf(n, tags) {
		if f.Value.IsUnknown() {
			return Evidence{}, true
		}
		if text, ok := f.Value.Str(); ok {
			fact := value.Fact{Text: f.Name + " is " + value.Show(f.Value), Span: f.Value.Span(), Origin: f.Value.Origin()}
			if e := evidence(text, fromName, Weak, fact); e.Confidence != None {
				return e, false
			}
		}
	}
	return Evidence{}, false
}

// namesOf lists the Name tag and the attributes that name a resource. What
// only refers to another resource is that one's name: the cluster of an
// instance, the bucket of an object.
func namesOf(n *graph.Node, tags aws.Tags) []value.Field {
	names := []value.Field{{Name: "its Name tag", Value: tags.Get("Name")}}
	for _, attr := range nameAttributes[n.Lang] {
		if v := n.Body.Get(attr); !v.IsUnknown() || len(v.Refs()) == 0 || v.Parts() != nil {
			names = append(names, value.Field{Name: attr, Value: v})
		}
	}
	return names
}

// WordsInNames returns the environment that the names of a resource speak of as far
// as they are known: those whose value is known, and the known pieces of others.
// All says that each of the names that are not known holds such a word, so that
// it can name no other environment alone.
func WordsInNames(n *graph.Node) (e analysis.Environment, all bool) {
	all = true
	for _, f := range namesOf(n, aws.TagsOf(n)) {
		word := analysis.UnknownEnvironment
		if text, ok := f.Value.Str(); ok {
			word = read(text, fromName)
		} else if f.Value.IsUnknown() {
			word = read(certain(f.Value), fromName)
			all = all && word != analysis.UnknownEnvironment && (e == analysis.UnknownEnvironment || e == word)
		}
		if e == analysis.UnknownEnvironment {
			e = word
		}
	}
	return e, all
}

// WritesUnknown reports that a name or a tag is written whose value is not known. What
// may merely be added to a resource is not written.
func WritesUnknown(n *graph.Node) bool {
	attrs := append([]string{"tags", "tags_all", "Tags"}, nameAttributes[n.Lang]...)
	for _, f := range n.Body.Fields() {
		if slices.Contains(attrs, f.Name) && !isWhollyKnown(f.Value) {
			return true
		}
	}
	return false
}

// isWhollyKnown reports that nothing of a value is missing.
func isWhollyKnown(v value.Value) bool {
	if v.IsOpen() || v.MayBeMissing() {
		return false
	}
	for _, e := range v.Elems() {
		if !isWhollyKnown(e) {
			return false
		}
	}
	for _, f := range v.Fields() {
		if !isWhollyKnown(f.Value) {
			return false
		}
	}
	return true
}

// certain are the words of a text that stand in its known pieces, whatever the others
// are: none that an unknown piece may go on with, nor production behind one, which
// may be "non".
func certain(v value.Value) string {
	parts := v.Parts()
	var words []string
	for i, p := range parts {
		text, ok := p.Str()
		if !ok {
			continue
		}
		before, after := i > 0, i < len(parts)-1 // known pieces next to each other are one
		if before {
			text = strings.TrimLeftFunc(text, isWord)
		}
		if after {
			text = strings.TrimRightFunc(text, isWord)
		}
		list := split(text)
		if before && len(list) > 0 && meaning(list[0], fromName) == analysis.Production {
			list = list[1:]
		}
		words = append(words, list...)
	}
	return strings.Join(words, " ")
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

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

// UnknownNames says which names of a resource have a value that is not known.
func UnknownNames(n *graph.Node) []value.Fact {
	var out []value.Fact
	for _, f := range namesOf(n, aws.TagsOf(n)) {
		if f.Value.IsUnknown() {
			span := f.Value.Span()
			if !span.IsValid() {
				span = n.Span.Head()
			}
			out = append(out, value.Fact{Text: f.Name + " is not known", Span: span, Origin: f.Value.Origin()})
		}
	}
	return out
}
