package separation

import (
	"fmt"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var groupRuleAcross = &analysis.Rule{
	ID: "sg-rule-cross-environment", Title: "Security group admits another environment",
	Why:      "A break-in or a mistake in the other environment can use this rule to connect to or from production.",
	Fix:      "Take the rule away, and give each environment what it needs on its own side.",
	Severity: analysis.High, Precision: analysis.HighPrecision, Pillar: analysis.Security, Practice: "SEC05-BP02", Effort: "M",
	Variants:       map[string]analysis.Severity{byName: analysis.High},
	ReviewVariants: []string{byName},
	Covers:         []string{crossReferenceID},
}

// GroupRules decides whether security groups admit other environments.
var GroupRules = &analysis.Analyzer{
	Name: "grouprules", Doc: "finds rules of security groups that let production and other environments connect",
	Rules:    []*analysis.Rule{groupRuleAcross},
	Requires: []*analysis.Analyzer{environment.Fact.Analyzer, topology.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		c := newCrossings(p.Graph, environment.Fact.Of(p), topology.Fact.Of(p))
		decided := map[graph.NodeID]bool{}
		for in := range aws.Ingresses(p.Graph) {
			if in.Group != nil {
				decided[in.Group.ID] = true
			}
			v, concerns := c.verdict(in)
			opts := []analysis.Option{analysis.Subject(fmt.Sprintf("ingress %s from %s", in.WrittenPortText(), in.FromText())), analysis.Concerns(concerns...)}
			p.Decide(groupRuleAcross, in.Node, v, opts...)
		}
		for sg := range aws.Managed[aws.SecurityGroup](p.Graph) {
			switch n, r := sg.Node(), roleOf(c.envs, sg.Node()); {
			case sg.Ingress.Open && (c.mayMeet(r, c.groups) || c.mayMeet(r, c.networks)):
				p.Decide(groupRuleAcross, n, value.Open(sg.Ingress.Fact()))
			case sg.Ingress.Open || !decided[n.ID]:
				p.Decide(groupRuleAcross, n, value.Good())
			}
		}
		return nil, nil
	},
}

// crossings knows what a rule of a security group may lead to.
type crossings struct {
	g    *graph.Graph
	envs *environment.Environments
	t    *topology.Topology
	// groups and networks are some of all that may belong to an environment: a
	// source that is not known may be one of them.
	groups, networks []role
	vpcs             []network
}

func newCrossings(g *graph.Graph, envs *environment.Environments, t *topology.Topology) *crossings {
	c := &crossings{g: g, envs: envs, t: t, vpcs: vpcsOf(g)}
	for sg := range aws.Managed[aws.SecurityGroup](g) {
		c.groups = few(append(c.groups, roleOf(envs, sg.Node())))
	}
	for _, n := range c.vpcs {
		c.networks = few(append(c.networks, roleOf(envs, n.node)))
	}
	return c
}

// verdict judges one rule; the nodes are those that it lets in.
func (c *crossings) verdict(in *aws.Ingress) (value.Verdict, []graph.NodeID) {
	to := c.groupOf(in)
	if !to.prod && !to.other {
		return value.Good(), nil
	}
	a := &admission{c: c, in: in, to: to}
	a.fromGroups()
	a.fromAddresses()
	exists := value.That(in.Exists, in.Undecided())
	if in.Group != nil {
		exists = exists.And(value.That(in.Group.ExistsWith(in.Node), in.Group.Undecided()))
	}
	// What is better known speaks first.
	return value.All(append(a.strong, a.weak...)...).When(in.Direction.And(exists)), a.concerns
}

// groupOf is whose rule it is: that of its group, or of what the group comes with.
func (c *crossings) groupOf(in *aws.Ingress) role {
	if in.Group != nil {
		return roleOf(c.envs, in.Group)
	}
	attr := map[graph.Lang]string{graph.Terraform: "security_group_id", graph.CloudFormation: "GroupId"}[in.Node.Lang]
	v := in.Node.Body.Path(attr)
	targets, _ := c.g.Resolve(in.Node, attr, v)
	if len(targets) == 1 && targets[0].Sure == tri.True && targets[0].Node.Mode == graph.Managed && comesWithGroup[targets[0].Node.Type] {
		return roleOf(c.envs, targets[0].Node)
	}
	return role{node: in.Node, prod: true, other: true,
		unsure: []value.Fact{{Text: "the security group of " + in.Node.Addr + " is not known", Span: in.Span.Head(), Origin: v.Origin()}}}
}

// comesWithGroup are resources with which AWS makes a security group.
var comesWithGroup = map[string]bool{
	"aws_eks_cluster": true, "aws_vpc": true, "aws_default_vpc": true, "aws_directory_service_directory": true,
	"AWS::EKS::Cluster": true, "AWS::EC2::VPC": true,
}

// mayMeet says whether one of others may be on the other side of production.
func (c *crossings) mayMeet(r role, others []role) bool {
	for _, o := range others {
		if o.node != r.node && opposite(r, o) && deployed(r.node, o.node) && !alike(r, o) {
			return true
		}
	}
	return false
}

// opposite reports that one of two may be of production, and the other not.
func opposite(a, b role) bool { return a.prod && b.other || a.other && b.prod }

// admission is the rule that is judged, with what has been found about it.
type admission struct {
	c            *crossings
	in           *aws.Ingress
	to           role
	strong, weak []value.Verdict
	concerns     []graph.NodeID
}

func (a *admission) fromGroups() {
	for _, t := range a.in.Groups {
		if t.Node != a.in.Group {
			a.admits(t.Node, doubtUnless(t.Sure, t.Node), t.Value)
		}
	}
	if a.in.GroupsOpen && a.c.mayMeet(a.to, a.c.groups) {
		fact := value.Fact{Text: "which security groups it admits is not known", Span: a.in.Span.Head()}
		for _, attr := range []string{"source_security_group_id", "referenced_security_group_id", "SourceSecurityGroupId"} {
			if v := a.in.Node.Body.Path(attr); v.IsUnknown() {
				fact.Origin = v.Origin()
			}
		}
		a.open(fact)
	}
}

func (a *admission) open(facts ...value.Fact) { a.strong = append(a.strong, value.Open(facts...)) }

// doubtUnless says that it is not known whether something is admitted.
func doubtUnless(sure tri.Bool, n *graph.Node) string {
	if sure == tri.True {
		return ""
	}
	return "whether it admits " + n.Addr + " is not known"
}

// admits notes that the rule lets something in; doubt says why that is not
// certain, if it is not, and more how it is known.
func (a *admission) admits(n *graph.Node, doubt string, at value.Value, more ...value.Fact) {
	from := roleOf(a.c.envs, n)
	if !opposite(a.to, from) || !deployed(a.to.node, n) || alike(a.to, from) {
		return
	}
	a.concerns = append(a.concerns, n.ID)
	unsure := append(append([]value.Fact(nil), a.to.unsure...), from.unsure...)
	if doubt != "" {
		unsure = append(unsure, value.Fact{Text: doubt, Span: at.Span(), Origin: at.Origin()})
	}
	if len(unsure) > 0 {
		a.open(unsure...)
		return
	}
	x, y := a.c.envs.Of(a.to.node.ID), a.c.envs.Of(n.ID)
	bad := value.Bad(append([]value.Fact{
		{Text: fmt.Sprintf("%s of %s (%s) admits %s (%s)", a.in.PortText(), a.to.node.Addr, x.Environment, nameFrom(a.to.node, n), y.Environment),
			Span: at.Span(), Origin: at.Origin()},
		{Text: fmt.Sprintf("%s is %s: %s", a.to.node.Addr, x.Environment, x.Fact.Text), Span: x.Fact.Span, Origin: x.Fact.Origin, Hop: true},
		{Text: fmt.Sprintf("%s is %s: %s", n.Addr, y.Environment, y.Fact.Text), Span: y.Fact.Span, Origin: y.Fact.Origin, Hop: true},
	}, more...)...)
	if a.to.confidence == environment.Weak && from.confidence == environment.Weak {
		a.weak = append(a.weak, bad.As(byName))
		return
	}
	a.strong = append(a.strong, bad)
}
