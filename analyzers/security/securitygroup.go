package security

import (
	"fmt"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/reach"
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var openAllPorts = &analysis.Rule{
	ID: "sg-open-ingress-all-ports", Title: "Security group opens all ports to the internet",
	Why:      "Whatever listens behind the group, now or later, can be reached and attacked by everybody.",
	Fix:      "Open only the ports that are served, and to the networks or security groups that use them.",
	Severity: analysis.Critical, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC05-BP02", Effort: "S",
	Variants: map[string]analysis.Severity{unreached: analysis.Medium},
	Covers:   []string{"sg-open-ingress-admin", "sg-open-ingress-sensitive-port"},
}

var openAdmin = &analysis.Rule{
	ID: "sg-open-ingress-admin", Title: "Security group opens an administration port to the internet",
	Why:      "Remote access and file sharing ports are scanned for around the clock; one weak password or unpatched service is enough.",
	Fix:      "Use Session Manager, or restrict the source to the addresses of your network or VPN.",
	Severity: analysis.Critical, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC05-BP02", Effort: "S",
	Variants: map[string]analysis.Severity{unreached: analysis.Medium},
	Covers:   []string{"sg-open-ingress-sensitive-port"},
}

var openSensitive = &analysis.Rule{
	ID: "sg-open-ingress-sensitive-port", Title: "Security group opens a data store or control port to the internet",
	Why:      "Databases, caches and control planes are made for trusted networks; many have weak or no authentication of their own.",
	Fix:      "Name the security group of the clients as the source instead of an address range.",
	Severity: analysis.Critical, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC05-BP02", Effort: "S",
	Variants: map[string]analysis.Severity{applicationPort: analysis.High, unreached: analysis.Medium},
}

// applicationPort is the milder form: mail, name service, development servers.
const applicationPort = "application port"

// OpenIngress decides which ports security groups open to everybody.
var OpenIngress = &analysis.Analyzer{
	Name: "openingress", Doc: "finds ingress rules that admit the whole internet",
	Rules:    []*analysis.Rule{openAllPorts, openAdmin, openSensitive},
	Requires: []*analysis.Analyzer{reach.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		undecided := undecidedGroups{}
		b := &hiding{reach.Fact.Of(p), map[graph.NodeID]borne{}}
		for in := range aws.Ingresses(p.Graph) {
			decideIngress(p, in, undecided, b)
		}
		for sg := range aws.Managed[aws.SecurityGroup](p.Graph) {
			undecidedBlocks(p, sg, undecided)
		}
		return nil, nil
	},
}

// The ports of EC2.19 of Security Hub and of the peers, as of 2026-11.
var (
	adminTCP = awsnet.SinglePorts(20, 21, 22, 23, 115, 135, 139, 445, 2049, 3389, 5500, 5800, 5900, 5985, 5986)
	adminUDP = awsnet.SinglePorts(137, 138, 3389)
	dataTCP  = awsnet.SinglePorts(389, 636, 1433, 1434, 1521, 1522, 2375, 2376, 2379, 2380, 2382, 2383, 2384, 2483, 2484, 3306, 4333, 4505,
		4506, 5432, 5439, 5601, 6379, 7000, 7001, 7199, 8020, 8140, 8182, 9042, 9092, 9160, 9200, 9300, 10250, 11211, 11214, 11215,
		27017, 27018, 27019, 50070, 50470, 61620, 61621)
	dataUDP        = awsnet.SinglePorts(161, 389, 11211)
	applicationTCP = awsnet.SinglePorts(25, 53, 110, 143, 161, 3000, 3020, 5000, 8000, 8080, 8088, 8888, 9000, 9090)
	applicationUDP = awsnet.SinglePorts(53)
	everyPort      = awsnet.NewPortSet(awsnet.PortRange{From: 1, To: awsnet.MaxPort})
)

// undecidedGroups are the groups of which a block is open already.
type undecidedGroups map[*analysis.Rule]map[graph.NodeID]bool

// undecidedBlocks speaks about a group as a whole: there may be rules that are
// not known, or there are none at all.
func undecidedBlocks(p *analysis.Pass, sg *aws.SecurityGroup, undecided undecidedGroups) {
	if !sg.Ingress.Open && len(sg.Ingress.Items) > 0 {
		return
	}
	for _, r := range p.Analyzer.Rules {
		switch {
		case !sg.Ingress.Open:
			p.Decide(r, sg.Node(), value.Good())
		case !undecided[r][sg.Node().ID]:
			p.Decide(r, sg.Node(), value.Open(sg.Ingress.Fact()))
		}
	}
}

func decideIngress(p *analysis.Pass, in *aws.Ingress, undecided undecidedGroups, b *hiding) {
	t := in.Traffic()
	all := tri.Or(t.IsEverything(), t.AllowsAll(awsnet.TCP, everyPort), t.AllowsAll(awsnet.UDP, everyPort))
	admin := tri.Or(t.AllowsAny(awsnet.TCP, adminTCP), t.AllowsAny(awsnet.UDP, adminUDP))
	data := tri.Or(t.AllowsAny(awsnet.TCP, dataTCP), t.AllowsAny(awsnet.UDP, dataUDP))
	application := tri.Or(t.AllowsAny(awsnet.TCP, applicationTCP), t.AllowsAny(awsnet.UDP, applicationUDP))

	decide := func(r *analysis.Rule, ports tri.Bool, variant string) {
		if v := decideOpen(p, r, in, ports, variant, b); v.IsOpen() && in.Node == in.Group {
			if undecided[r] == nil {
				undecided[r] = map[graph.NodeID]bool{}
			}
			undecided[r][in.Node.ID] = true
		}
	}
	decide(openAllPorts, all, "")
	decide(openAdmin, admin, "")
	variant := ""
	if data == tri.False || data == tri.Unknown && application == tri.True {
		variant = applicationPort
	}
	decide(openSensitive, tri.Or(data, application), variant)
}

// decideOpen gives the verdict of a rule that holds if the ingress admits
// everybody to certain ports.
func decideOpen(p *analysis.Pass, r *analysis.Rule, in *aws.Ingress, ports tri.Bool, variant string, b *hiding) value.Verdict {
	admits := value.That(ports, portFacts(in)...)
	if ports == tri.Unknown {
		admits = value.Open(in.UndecidedPorts()...)
	}
	bad := in.Anywhere().And(admits, in.Direction)
	if in.Exists != tri.True && bad.IsGood() {
		bad = value.Open(in.Undecided())
	}
	opts := []analysis.Option{analysis.Subject(subject(in))}
	v := bad.Not().As(variant)
	if v.IsBad() {
		opts = append(opts, analysis.Says("%s in %s: %s is open to %s", r.Title, in.Node.Addr, in.PortText(), in.EverybodyText()))
		if in.Group != nil && in.Group.Mode == graph.Managed {
			if of := b.of(p.Graph, in.Group); of.unreached {
				v = v.As(unreached)
				opts = append(opts, analysis.Related(of.why...))
			}
		}
	}
	p.Decide(r, in.Node, v, opts...)
	return v
}

// portFacts are the attributes that say which ports are open.
func portFacts(in *aws.Ingress) []value.Fact {
	facts := []value.Fact{in.Protocol.Fact()}
	if in.Traffic().IsEverything() != tri.True {
		facts = append(facts, in.From.Fact(), in.To.Fact())
	}
	return facts
}

// subject names the rule within its group by what it says.
func subject(in *aws.Ingress) string {
	return fmt.Sprintf("ingress %s from %s", in.WrittenPortText(), in.SourceText())
}
