package security

import (
	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/reach"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var rdsPublic = &analysis.Rule{
	ID: "rds-publicly-accessible", Title: "Database has a public address",
	Why:      "The name of the database resolves to a public address: one wrong security group rule and the whole internet can try passwords.",
	Fix:      "Set publicly_accessible / PubliclyAccessible to false and reach the database from inside the VPC.",
	Severity: analysis.Critical, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC05-BP01", Effort: "S",
	Variants: map[string]analysis.Severity{publicByDefault: analysis.Medium},
	Covers:   []string{"rds-in-public-subnet", "workload-in-public-subnet"},
}

// publicByDefault is the form that rests on the default of the service.
const publicByDefault = "by default"

var ecsPublic = &analysis.Rule{
	ID: "ecs-service-public-ip", Title: "Tasks of an ECS service have public addresses",
	Why:      "Each task can be reached from the internet past the load balancer, with nothing but its security group in between.",
	Fix:      "Set assign_public_ip to false / AssignPublicIp to DISABLED and give the tasks private subnets with a NAT gateway or endpoints.",
	Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC05-BP01", Effort: "M",
	Variants: map[string]analysis.Severity{openGroup: analysis.Critical},
	Covers:   []string{"workload-in-public-subnet"},
}

// openGroup is the graver form: a security group opens a dangerous port.
const openGroup = "with an open security group"

var ec2Public = &analysis.Rule{
	ID: "ec2-public-ip", Title: "EC2 instance has a public address",
	Why:      "The instance can be reached from the internet, with nothing but its security group in between.",
	Fix:      "Put it into a private subnet without a public address; serve through a load balancer, administer through Session Manager.",
	Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC05-BP01", Effort: "M",
	Covers: []string{"workload-in-public-subnet"},
}

// PublicAddress decides which resources get public addresses.
var PublicAddress = &analysis.Analyzer{
	Name: "publicaddress", Doc: "finds databases, tasks and instances with public addresses",
	Rules:    []*analysis.Rule{rdsPublic, ecsPublic, ec2Public},
	Requires: []*analysis.Analyzer{topology.Fact.Analyzer, reach.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		t := topology.Fact.Of(p)
		databases(p, t)
		ecsServices(p, t)
		r := reach.Fact.Of(p)
		for m := range aws.Managed[aws.LaunchTemplate](p.Graph) {
			v, _, _ := r.PublicAtLaunch(m.Node())
			p.Decide(ec2Public, m.Node(), v.Not())
		}
		for m := range aws.Managed[aws.Instance](p.Graph) {
			v, by, _ := r.PublicAtLaunch(m.Node())
			if by != nil && v.IsGood() { // it is reported there
				v = value.Bad(value.Fact{Text: "its public address comes from " + by.Addr, Span: m.Template.Span()})
			}
			p.Decide(ec2Public, m.Node(), v.Not())
		}
		return nil, nil
	},
}

func databases(p *analysis.Pass, t *topology.Topology) {
	for m := range aws.Managed[aws.DBInstance](p.Graph) {
		p.Decide(rdsPublic, m.Node(), notPublic(p.Graph, t, m.PubliclyAccessible, subnetGroupOf(p.Graph, m)))
	}
	for m := range aws.Managed[aws.ClusterMember](p.Graph) {
		if m.Node().Lang == graph.Terraform {
			p.Decide(rdsPublic, m.Node(), m.PubliclyAccessible.Is(false))
		}
	}
	for m := range aws.Managed[aws.DBCluster](p.Graph) {
		if m.Node().Lang == graph.CloudFormation {
			p.Decide(rdsPublic, m.Node(), explicitlyOff(m.PubliclyAccessible))
		}
	}
}

// explicitlyOff judges a setting of which only an explicit true is a defect.
func explicitlyOff(b value.Bool) value.Verdict { return b.Is(false).Unless(b.Set().Not()) }

// subnetGroupOf is the subnet group of an instance or, if it has none, of its cluster.
func subnetGroupOf(g *graph.Graph, m *aws.DBInstance) *aws.Ref[aws.DBSubnetGroup] {
	if c := aws.Of[aws.DBCluster](g, m.Cluster.One()); c != nil && m.SubnetGroup.V.IsUnset() {
		return &c.SubnetGroup
	}
	return &m.SubnetGroup
}

// notPublic judges an instance. Where CloudFormation says nothing, RDS gives a
// public address if the VPC has an internet gateway.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
func notPublic(g *graph.Graph, t *topology.Topology, public value.Bool, group *aws.Ref[aws.DBSubnetGroup]) value.Verdict {
	if !public.Set().IsBad() || public.Default.IsKnown() {
		return public.Is(false)
	}
	sg := aws.Of[aws.DBSubnetGroup](g, group.One())
	if sg == nil {
		return value.Open(public.Fact(), group.Unresolved("the account's default VPC decides"))
	}
	vpc := vpcOf(g, t, sg)
	if vpc == nil || vpc.Node().Mode != graph.Managed {
		return value.Open(public.Fact(), value.Fact{Text: "the VPC of " + sg.Node().Addr + " is not in this scan", Span: sg.Node().Span.Head()})
	}
	switch gateway := hasInternetGateway(vpc); {
	case gateway.IsGood():
		return value.Bad(append([]value.Fact{public.Fact()}, gateway.Facts()...)...).As(publicByDefault)
	case gateway.IsOpen():
		return value.Open(append([]value.Fact{public.Fact()}, gateway.Facts()...)...)
	}
	return value.Good(public.Fact())
}

// vpcOf is the VPC of a subnet group, which has all its subnets in one, or nil.
func vpcOf(g *graph.Graph, t *topology.Topology, group *aws.DBSubnetGroup) *aws.VPC {
	for _, s := range group.Subnets.Targets {
		if vpc := t.Subnet(s.Node).VPC; s.Sure == tri.True && vpc != nil {
			return aws.Of[aws.VPC](g, vpc)
		}
	}
	return nil
}

// hasInternetGateway says whether an internet gateway, not that of a VPN, is
// attached to a VPC.
func hasInternetGateway(vpc *aws.VPC) value.Verdict {
	var vs []value.Verdict
	for _, a := range vpc.Gateways.Items {
		attached := a.Part.Gateway.Set()
		if a.Part.Node().Type == "aws_internet_gateway" {
			attached = value.Good()
		}
		fact := value.Fact{Text: "its VPC has an internet gateway", Span: a.Part.Node().Span.Head()}
		switch {
		case attached.IsGood() && a.Sure == tri.True:
			attached = value.Good(fact)
		case attached.IsGood():
			fact.Text = "its VPC may have an internet gateway"
			attached = value.Open(fact)
		}
		vs = append(vs, attached)
	}
	if len(vpc.Gateways.Open) > 0 {
		vs = append(vs, value.Open(vpc.Gateways.Open...))
	}
	return value.Either(vs...)
}

func ecsServices(p *analysis.Pass, t *topology.Topology) {
	open := worldOpenGroups(p.Graph)
	decide := func(n *graph.Node, public value.Verdict) {
		v := public.Not()
		groups, _ := t.SecurityGroups(n)
		for _, g := range groups {
			if in := open[g.Node.ID]; in != nil && g.Sure == tri.True && v.IsBad() {
				v = v.With(value.Fact{Text: g.Node.Addr + " opens " + in.PortText() + " to everybody", Span: in.Span.Head()}).As(openGroup)
			}
		}
		p.Decide(ecsPublic, n, v)
	}
	for m := range aws.Managed[aws.ECSService](p.Graph) {
		decide(m.Node(), m.HasPublicIP())
	}
	for m := range aws.Managed[aws.ECSTaskSet](p.Graph) {
		decide(m.Node(), m.HasPublicIP())
	}
}

// worldOpenGroups returns the security groups that certainly open an
// administration, data store or any port to everybody, with one such rule.
func worldOpenGroups(g *graph.Graph) map[graph.NodeID]*aws.Ingress {
	out := map[graph.NodeID]*aws.Ingress{}
	for in := range aws.Ingresses(g) {
		if in.Group == nil || out[in.Group.ID] != nil || in.Exists != tri.True || in.Node.Exists != tri.True {
			continue
		}
		t := in.Traffic()
		ports := tri.Or(t.IsEverything(), t.AllowsAny(awsnet.TCP, adminTCP), t.AllowsAny(awsnet.UDP, adminUDP),
			t.AllowsAny(awsnet.TCP, dataTCP), t.AllowsAny(awsnet.UDP, dataUDP))
		if ports == tri.True && in.Anywhere().And(in.Direction).IsGood() {
			out[in.Group.ID] = in
		}
	}
	return out
}
