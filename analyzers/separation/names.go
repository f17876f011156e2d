package separation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// byPlace is the form whose only evidence is the folder, the stack or its inputs.
const byPlace = "by folder or stack"

var nameMismatch = &analysis.Rule{
	ID: "resource-name-environment-mismatch", Title: "Name and environment of a resource contradict each other",
	Why:      "Whoever reads a name in a console, a bill or an alarm at night acts on the wrong environment.",
	Fix:      "Derive the name and the tags from one variable, and recreate what was copied from another environment.",
	Severity: analysis.Medium, Precision: analysis.HighPrecision, Pillar: analysis.Operations, Practice: "OPS05-BP08", Effort: "M",
	Variants:       map[string]analysis.Severity{byPlace: analysis.Medium},
	ReviewVariants: []string{byPlace},
}

// Names decides whether names say what is true.
var Names = &analysis.Analyzer{
	Name: "names", Doc: "finds resources whose name contradicts their environment",
	Rules:    []*analysis.Rule{nameMismatch},
	Requires: []*analysis.Analyzer{topology.Fact.Analyzer, environment.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		t, envs := topology.Fact.Of(p), environment.Fact.Of(p)
		for _, n := range p.Graph.Nodes() {
			if n.Mode != graph.Managed || !isAWS(n.Type) {
				continue
			}
			if v, judged := nameFits(t, envs, n); judged {
				p.Decide(nameMismatch, n, v)
			}
		}
		return nil, nil
	},
}

func isAWS(typ string) bool { return strings.HasPrefix(typ, "aws_") || strings.HasPrefix(typ, "AWS::") }

// isIdentity reports that a resource may be called after those that it is for: production
// assumes the role production-dns of the account that holds the zone.
func isIdentity(typ string) bool {
	return strings.HasPrefix(typ, "aws_iam_") || strings.HasPrefix(typ, "AWS::IAM::")
}

// ignored are environments whose words mean other things in names as well.
func ignored(e analysis.Environment) bool { return e == analysis.Test || e == analysis.Sandbox }

// nameFits compares the word in a name with the tag, the VPC, the module, and
// last the folder and the stack.
func nameFits(t *topology.Topology, envs *environment.Environments, n *graph.Node) (v value.Verdict, judged bool) {
	s := envs.Signs(n.ID)
	if s.Configured.Confidence != environment.None {
		return value.Verdict{}, false // the user knows what the name means
	}
	vpc, unplaced := vpcOf(t, envs, n)
	strong := []environment.Evidence{s.Tag, vpc, s.Argument, s.Module}
	var weak []environment.Evidence
	if !isIdentity(n.Type) {
		weak = []environment.Evidence{s.World, s.Folder, s.State, s.Stack}
	}
	unknown := append(unknownTag(n, s), unplaced...)
	switch {
	case s.NameUnknown:
		return unknownNameFits(envs, n, append(strong, weak...), unknown)
	case s.Name.Confidence == environment.None || ignored(s.Name.Environment):
		return value.Verdict{}, false
	}
	for _, other := range strong {
		if contradict(s.Name, other) {
			return mismatch(s.Name, other), true
		}
	}
	if len(unknown) > 0 {
		return value.Open(unknown...), true
	}
	for _, other := range weak {
		if contradict(s.Name, other) {
			return mismatch(s.Name, other).As(byPlace), true
		}
	}
	return value.Good(s.Name.Fact), true
}

// unknownNameFits judges a name that is not known, or not as a whole: it may contradict
// whatever speaks about the environment, and its known words what is not known. Where
// neither a name nor a tag is written, and nothing else speaks, there is nothing
// to contradict: that a macro may add both says nothing of this resource.
func unknownNameFits(envs *environment.Environments, n *graph.Node, signs []environment.Evidence, unknown []value.Fact) (v value.Verdict, judged bool) {
	word, all := envs.WordsInNames(n)
	named := word != analysis.UnknownEnvironment && !ignored(word)
	speak := speaking(signs)
	switch {
	case len(speak) == 0 && (len(unknown) == 0 || !named && !environment.WritesUnknown(n)):
		return value.Verdict{}, false
	case named && all && len(unknown) == 0 && !slices.ContainsFunc(signs, func(e environment.Evidence) bool { return environment.Differ(word, e.Environment) }):
		return value.Good(), true
	}
	names := environment.UnknownNames(n)
	if len(speak) > 0 {
		for i := range names {
			names[i].Text += ", and " + speak[0].Fact.Text
		}
	}
	return value.Open(append(names, unknown...)...), true
}

// speaking are the signs that a name may contradict.
func speaking(signs []environment.Evidence) []environment.Evidence {
	return slices.DeleteFunc(slices.Clone(signs), func(e environment.Evidence) bool {
		return e.Environment == analysis.UnknownEnvironment || e.Environment == analysis.Shared || ignored(e.Environment)
	})
}

func contradict(name, other environment.Evidence) bool {
	return other.Confidence != environment.None && environment.Differ(name.Environment, other.Environment) && !ignored(other.Environment)
}

// unknownTag says why an environment tag may contradict without being seen.
func unknownTag(n *graph.Node, s *environment.Signs) []value.Fact {
	if !s.TagUnknown && (!s.TagsOpen || s.Tag.Confidence != environment.None) {
		return nil
	}
	return []value.Fact{environment.UnknownTag(n)}
}

func mismatch(name, other environment.Evidence) value.Verdict {
	return value.Bad(
		value.Fact{Text: fmt.Sprintf("%s, which says %s, but %s", name.Fact.Text, name.Environment, other.Fact.Text), Span: name.Fact.Span, Origin: name.Fact.Origin},
		value.Fact{Text: fmt.Sprintf("%s, which says %s", other.Fact.Text, other.Environment), Span: other.Fact.Span, Origin: other.Fact.Origin, Hop: true})
}

// vpcOf is the environment of the VPC that a workload or subnet is placed in,
// by the tag or name of the VPC; or why that is not known.
func vpcOf(t *topology.Topology, envs *environment.Environments, n *graph.Node) (environment.Evidence, []value.Fact) {
	vpc, unknown := placedIn(t, n)
	if vpc == nil || vpc.Mode == graph.External {
		return environment.Evidence{}, unknown
	}
	s := envs.Signs(vpc.ID)
	e := s.Tag
	switch {
	case e.Confidence != environment.None:
	case s.TagUnknown || s.TagsOpen || s.NameUnknown:
		return e, []value.Fact{{Text: "the environment of its VPC " + vpc.Addr + " is not known", Span: n.Span.Head()}}
	default:
		e = s.Name
	}
	if e.Confidence != environment.None {
		e.Fact.Text = fmt.Sprintf("of its VPC %s, %s", vpc.Addr, e.Fact.Text)
	}
	return e, nil
}

// placedIn is the VPC of a subnet or workload, nil if it has none or it is
// not known; then the facts say why.
func placedIn(t *topology.Topology, n *graph.Node) (*graph.Node, []value.Fact) {
	if m := aws.Of[aws.Subnet](t.Graph(), n); m != nil {
		if vpc := m.VPC.One(); vpc != nil {
			return vpc, nil
		}
		return nil, []value.Fact{m.VPC.Fact()}
	}
	w, ok := t.Placement(n)
	if !ok {
		return nil, nil
	}
	var unknown []value.Fact
	for _, s := range w.Subnets {
		vpc := t.Subnet(s.Node).VPC
		if s.Sure == tri.True && vpc != nil {
			return vpc, nil
		}
		if s.Sure != tri.True || s.Node.Mode == graph.Managed {
			unknown = append(unknown, value.Fact{Text: "the VPC of " + s.Node.Addr + " is not known", Span: s.Value.Span(), Origin: s.Value.Origin()})
		}
	}
	if !w.Complete {
		unknown = append(unknown, value.Fact{Text: "where it is placed is not known", Span: w.Span(), Origin: lastOrigin(w.Facts)})
	}
	return nil, unknown
}

func lastOrigin(facts []value.Fact) value.OriginID {
	if len(facts) == 0 {
		return 0
	}
	return facts[len(facts)-1].Origin
}
