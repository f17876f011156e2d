package security

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/identity"
	"github.com/wacheck/wacheck/analyzers/facts/reach"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// What is silent where something on the path is proven to be reachable.
var (
	openGroupRules = []string{"sg-open-ingress-all-ports", "sg-open-ingress-admin", "sg-open-ingress-sensitive-port", "sg-open-ingress-http",
		"sg-open-ingress-any-port"}
	openPathRules = append([]string{"workload-in-public-subnet", "vpc-no-private-subnet", "nacl-open-ingress-admin", "nacl-open-ingress-all-ports",
		"vpc-default-route-to-igw"}, openGroupRules...)
)

var reachableDatabase = &analysis.Rule{
	ID: "internet-reachable-database", Title: "Database can be reached from the internet",
	Why:      "Everybody can try passwords and exploits on the port of the database: address, route, network ACL and security group all let them in.",
	Fix:      "Take the public address away, and admit the security group of the clients instead of an address range.",
	Severity: analysis.Critical, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC05-BP01", Effort: "M",
	Variants: map[string]analysis.Severity{wideRange: analysis.Medium},
	Covers: append([]string{"rds-publicly-accessible", "rds-in-public-subnet", "rds-sg-open-to-world", "redshift-publicly-accessible",
		"mq-publicly-accessible", "dms-public"}, openPathRules...),
}

var reachableInstance = &analysis.Rule{
	ID: "internet-reachable-instance", Title: "Instance can be reached from the internet",
	Why:      "Whatever listens on the open ports is attacked around the clock: address, route, network ACL and security group all let it through.",
	Fix:      "Move it to a private subnet behind a load balancer, and administer it through Session Manager.",
	Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC05-BP01", Effort: "M",
	Variants: map[string]analysis.Severity{dangerousPort: analysis.Critical, webOnly: analysis.Medium, wideRange: analysis.Medium},
	Covers:   append([]string{"ec2-public-ip", "launchconfig-public-ip", "subnet-auto-assign-public-ip"}, openPathRules...),
}

var reachableTask = &analysis.Rule{
	ID: "internet-reachable-ecs-task", Title: "ECS tasks can be reached from the internet",
	Why:      "Clients come to the containers past load balancer and firewall: address, route, network ACL and security group all let them through.",
	Fix:      "Run the tasks in private subnets without public addresses, behind a load balancer.",
	Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC05-BP01", Effort: "M",
	Variants: map[string]analysis.Severity{dangerousPort: analysis.Critical, wideRange: analysis.Medium},
	Covers:   append([]string{"ecs-service-public-ip"}, openPathRules...),
}

// The forms of being reachable.
const (
	dangerousPort = "on an administration or data port"
	webOnly       = "on web ports alone"
	wideRange     = "from a wide address range"
)

// Reachable decides what the internet reaches.
var Reachable = &analysis.Analyzer{
	Name: "reachable", Doc: "proves, hop by hop, that packets from the internet arrive at databases, instances and tasks",
	Rules:    []*analysis.Rule{reachableDatabase, reachableInstance, reachableTask},
	Requires: []*analysis.Analyzer{reach.Fact.Analyzer, topology.Fact.Analyzer, identity.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		r := reach.Fact.Of(p)
		for _, n := range p.Graph.Nodes() {
			rule := reachableRule(n)
			if rule == nil || !p.Enabled(rule) {
				continue
			}
			if e, known := r.FromInternet(n); known {
				decideReachable(p, rule, n, e, identity.Fact.Of(p))
			}
		}
		return nil, nil
	},
}

// reachableRule is the rule about a type of resource.
func reachableRule(n *graph.Node) *analysis.Rule {
	switch n.Type {
	case "aws_db_instance", "aws_rds_cluster_instance", "aws_redshift_cluster", "aws_redshiftserverless_workgroup", "aws_mq_broker",
		"aws_msk_cluster", "aws_dms_replication_instance", "AWS::RDS::DBInstance", "AWS::Redshift::Cluster", "AWS::RedshiftServerless::Workgroup",
		"AWS::AmazonMQ::Broker", "AWS::MSK::Cluster", "AWS::DMS::ReplicationInstance":
		return reachableDatabase
	case "aws_instance", "aws_spot_instance_request", "aws_autoscaling_group", "AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup":
		return reachableInstance
	case "aws_ecs_service", "aws_ecs_task_set", "AWS::ECS::Service", "AWS::ECS::TaskSet":
		return reachableTask
	}
	return nil
}

func decideReachable(p *analysis.Pass, rule *analysis.Rule, n *graph.Node, e *reach.Exposure, ids *identity.Identities) {
	switch e.Result {
	case tri.False:
		p.Decide(rule, n, value.Good(e.Cuts...))
		return
	case tri.Unknown:
		p.Decide(rule, n, value.Open(e.Missing...), analysis.At(firstPlace(n, e.Missing)))
		return
	case tri.True:
	}
	worst, variant := worstPath(rule, e.Paths)
	if worst == nil {
		p.Decide(rule, n, value.Good(value.Fact{Text: "only a few known addresses reach it", Span: n.Span.Head()}))
		return
	}
	what := fmt.Sprintf("%s from %s", portsText(worst), sourcesText(worst))
	facts := append([]value.Fact{{Text: "it accepts " + what, Span: worst.At}}, worst.Hops...)
	opts := []analysis.Option{analysis.Concerns(worst.Concerns...), analysis.Related(cuts(n, worst)...), analysis.Related(spoils(ids, n)...),
		analysis.Says("%s: %s accepts %s through %s", rule.Title, n.Addr, what, worst.Subnet.Addr)}
	for _, in := range worst.Rules {
		opts = append(opts, analysis.ConcernsPart(in.Node.ID, subject(in)))
	}
	p.Decide(rule, n, value.Bad(facts...).As(variant), opts...)
}

// firstPlace is the first of the places that lies in the resource, else its head.
func firstPlace(n *graph.Node, facts []value.Fact) source.Span {
	for _, f := range facts {
		if f.Span.IsValid() && n.Span.Contains(f.Span) {
			return f.Span
		}
	}
	return n.Span.Head()
}

// worstPath picks the gravest path, and nil if all admit a few addresses only.
func worstPath(rule *analysis.Rule, paths []reach.Path) (worst *reach.Path, variant string) {
	rank := -1
	for i := range paths {
		v, counts := formOf(rule, &paths[i])
		if !counts {
			continue
		}
		s := int(rule.Severity)
		if vs, ok := rule.Variants[v]; ok {
			s = int(vs)
		}
		if s > rank {
			worst, variant, rank = &paths[i], v, s
		}
	}
	return worst, variant
}

var (
	webTCP = awsnet.SinglePorts(80, 443)
	// Ports that are there to be reached, by people who prove who they are.
	vpnUDP = awsnet.SinglePorts(500, 1194, 4500, 51820)
)

// formOf says which form of the defect a path is; counts is false for paths that
// are nobody's business: VPN ports, and sources that are a handful of networks.
func formOf(rule *analysis.Rule, path *reach.Path) (variant string, counts bool) {
	tcp, udp := path.Ports[0], path.Ports[1]
	if tcp.IsEmpty() && udp.Intersect(vpnUDP.Complement()).IsEmpty() {
		return "", false
	}
	if !path.FromEverywhere() {
		return wideRange, isWide(path)
	}
	switch {
	case rule == reachableDatabase:
		return "", true
	case tcp.Overlaps(adminTCP) || tcp.Overlaps(dataTCP) || udp.Overlaps(adminUDP) || udp.Overlaps(dataUDP):
		return dangerousPort, true
	case rule == reachableInstance && tcp.Intersect(webTCP.Complement()).IsEmpty() && udp.Intersect(webTCP.Complement()).IsEmpty():
		return webOnly, true
	}
	return "", true
}

// isWide reports sources with a prefix that no single organisation is likely to
// have for itself.
func isWide(path *reach.Path) bool {
	for _, p := range path.Sources.Prefixes() {
		if p.Addr().Is4() && p.Bits() < 16 || p.Addr().Is6() && p.Bits() < 32 {
			return true
		}
	}
	return false
}

func portsText(p *reach.Path) string {
	var out []string
	for i, name := range []string{"tcp", "udp"} {
		switch ports := p.Ports[i]; {
		case ports.IsEmpty():
		case ports.Len() >= awsnet.MaxPort:
			out = append(out, name+" on all ports")
		default:
			out = append(out, name+" "+ports.String())
		}
	}
	return strings.Join(out, " and ")
}

func sourcesText(p *reach.Path) string {
	if p.FromEverywhere() {
		if p.Family == reach.IPv6 {
			return "::/0"
		}
		return "0.0.0.0/0"
	}
	prefixes := p.Sources.Prefixes()
	if len(prefixes) == 1 {
		return prefixes[0].String()
	}
	return fmt.Sprintf("%s and %d more ranges", prefixes[0], len(prefixes)-1)
}

// cuts are the smallest edits that end a path: of the rules that admit, or of
// the address.
func cuts(n *graph.Node, p *reach.Path) []value.Fact {
	var out []value.Fact
	for _, in := range p.Rules {
		out = append(out, value.Fact{Text: fmt.Sprintf("to cut the path: remove %s from the %s rule of %s", in.SourceText(), in.PortText(), groupName(in)),
			Span: in.Span.Head()})
	}
	return append(out, value.Fact{Text: "or: take the public address of " + n.Addr + " away", Span: p.At})
}

// spoils says which buckets somebody may read who takes a workload over.
func spoils(ids *identity.Identities, n *graph.Node) []value.Fact {
	const most = 3
	var out []value.Fact
	held, _ := ids.HeldBy(n)
	for _, h := range held {
		for b := range aws.ManagedIn[aws.Bucket](ids.Graph(), n.Unit) {
			if len(out) == most {
				return out
			}
			if tri.And(h.Sure, ids.MayRead(h.Role, b).Result) == tri.True {
				out = append(out, value.Fact{Text: fmt.Sprintf("whoever takes it over is %s and may read %s", h.Role.Node.Addr, b.Node().Addr), Span: h.At.Span})
			}
		}
	}
	return out
}

func groupName(in *aws.Ingress) string {
	if in.Group != nil {
		return in.Group.Addr
	}
	return in.Node.Addr
}
