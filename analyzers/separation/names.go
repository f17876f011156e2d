package separation

import (
	"fmt"
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

// ignored are environments whose words mean other things in names as well.
func ignored(e analysis.Environment) bool { return e == analysis.Test || e == analysis.Sandbox }

// nameFits compares the word in a name with the tag, the VPC, the module, and
// last the folder and the stack.
func nameFits(t *topology.Topology, envs *environment.Environments, n *graph.Node) (v value.Verdict, judged bool) {
	s := envs.Signs(n.ID)
	if s.Name.Confidence == environment.None || ignored(s.Name.Environment) {
		return value.Verdict{}, false
	}
	if s.TagUnknown {
		return value.Open(value.Fact{Text: "its environment tag is not known", Span: n.Span.Head()}), true
	}
	for _, other := range []environment.Evidence{s.Tag, vpcOf(t, envs, n), s.Module} {
		if other.Confidence != environment.None && conflict(s.Name.Environment, other.Environment) && !ignored(other.Environment) {
			return mismatch(s.Name, other), true
		}
	}
	for _, other := range []environment.Evidence{s.World, s.Folder, s.Stack} {
		if other.Confidence != environment.None && conflict(s.Name.Environment, other.Environment) && !ignored(other.Environment) {
			return mismatch(s.Name, other).As(byPlace), true
		}
	}
	return value.Good(s.Name.Fact), true
}

func mismatch(name, other environment.Evidence) value.Verdict {
	return value.Bad(
		value.Fact{Text: fmt.Sprintf("%s says %s, but %s", name.Fact.Text, name.Environment, other.Fact.Text), Span: name.Fact.Span, Origin: name.Fact.Origin},
		value.Fact{Text: fmt.Sprintf("%s says %s", other.Fact.Text, other.Environment), Span: other.Fact.Span, Origin: other.Fact.Origin, Hop: true})
}

// vpcOf is the environment of the VPC that a workload is placed in, by the
// tag or name of the VPC.
func vpcOf(t *topology.Topology, envs *environment.Environments, n *graph.Node) environment.Evidence {
	var vpc *graph.Node
	if m := aws.Of[aws.Subnet](t.Graph(), n); m != nil {
		vpc = m.VPC.One()
	} else if w, ok := t.Placement(n); ok {
		for _, s := range w.Subnets {
			if s.Sure == tri.True {
				vpc = t.Subnet(s.Node).VPC
				break
			}
		}
	}
	if vpc == nil || vpc.Mode == graph.External {
		return environment.Evidence{}
	}
	s := envs.Signs(vpc.ID)
	e := s.Tag
	if e.Confidence == environment.None && !s.TagUnknown && !s.TagsOpen {
		e = s.Name
	}
	if e.Confidence != environment.None {
		e.Fact.Text = fmt.Sprintf("of its VPC %s, %s", vpc.Addr, e.Fact.Text)
	}
	return e
}
