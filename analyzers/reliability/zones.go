package reliability

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var vpcSingleAZ = &analysis.Rule{
	ID: "vpc-single-az", Title: "VPC has subnets in one availability zone only",
	Why:      "When that zone fails, everything in the VPC is down, and nothing can be started elsewhere before new subnets exist.",
	Fix:      "Add subnets in at least one more zone and spread load balancers, services and databases over them.",
	Severity: analysis.High, Precision: analysis.HighPrecision, Pillar: analysis.Reliability, Practice: "REL10-BP01", Effort: "L",
	In:       analysis.Minor(analysis.Low),
	Variants: map[string]analysis.Severity{edgeZone: analysis.Low},
	Covers: []string{"subnet-group-single-az", "asg-single-az", "lb-single-az", "ecs-service-single-az", "lambda-vpc-single-az", "eks-single-az",
		"efs-mount-target-single-az", "nat-gateway-single-az"},
}

// edgeZone is the form in which all subnets are in a Local or Wavelength Zone.
const edgeZone = "in an edge zone"

// Zones decides whether networks span several availability zones.
var Zones = &analysis.Analyzer{
	Name: "zones", Doc: "finds VPCs whose subnets are all in one zone",
	Rules:    []*analysis.Rule{vpcSingleAZ},
	Requires: []*analysis.Analyzer{topology.Fact.Analyzer},
	Run: func(p *analysis.Pass) (any, error) {
		t := topology.Fact.Of(p)
		used := map[graph.NodeID][]*graph.Node{}
		for _, w := range t.Workloads() {
			for _, s := range w.Subnets {
				if s.Sure == tri.True {
					used[s.Node.ID] = append(used[s.Node.ID], w.Node)
				}
			}
		}
		for vpc := range aws.Managed[aws.VPC](p.Graph) {
			if v, judged := spread(vpc, used); judged {
				p.Decide(vpcSingleAZ, vpc.Node(), v)
			}
		}
		return nil, nil
	},
}

// spread judges a VPC by its subnets. A VPC without any subnet in the scan says nothing.
func spread(vpc *aws.VPC, used map[graph.NodeID][]*graph.Node) (v value.Verdict, judged bool) {
	subnets := vpc.Subnets.Items
	if len(subnets) == 0 && len(vpc.Subnets.Open) == 0 {
		return value.Verdict{}, false
	}
	zones := map[string]*aws.Subnet{}
	kinds := map[string]int{}
	var unknown []value.Fact
	atEdge := true
	for _, s := range subnets {
		symbol, fact, ok := zoneOf(vpc.Graph(), s.Part)
		if n := s.Part.Node(); s.Sure != tri.True {
			fact = value.Fact{Text: "whether " + n.Addr + " is one of its subnets is not known", Span: n.Span.Head(), Origin: n.ExistsWhy}
		}
		if s.Sure != tri.True || !ok {
			unknown = append(unknown, fact)
			continue
		}
		if zones[symbol] == nil {
			kinds[kindOf(symbol)]++
		}
		zones[symbol] = s.Part
		atEdge = atEdge && isEdgeZone(symbol)
	}
	for _, n := range kinds {
		if n > 1 {
			return value.Good(), true
		}
	}
	if len(zones) > 1 {
		return value.Open(value.Fact{Text: "its subnets name their zones in different ways", Span: vpc.Node().Span.Head()}), true
	}
	if len(vpc.Subnets.Open) > 0 {
		return value.Open(vpc.Subnets.Open...), true
	}
	if len(subnets) == 1 {
		return onlySubnet(vpc, subnets[0], used, atEdge && len(unknown) == 0), true
	}
	if len(unknown) > 0 {
		return value.Open(unknown...), true
	}
	var facts []value.Fact
	for symbol := range zones {
		facts = append(facts, value.Fact{Text: fmt.Sprintf("all %d subnets are in %s", len(subnets), readable(symbol)), Span: vpc.Node().Span.Head()})
	}
	for _, s := range subnets {
		_, f, _ := zoneOf(vpc.Graph(), s.Part)
		facts = append(facts, value.Fact{Text: s.Part.Node().Addr + ": " + f.Text, Span: f.Span, Origin: f.Origin, Hop: true})
	}
	v = value.Bad(facts...)
	if atEdge {
		v = v.As(edgeZone)
	}
	return v, true
}

// onlySubnet judges a VPC with a single subnet: a defect if anything runs there,
// whatever its zone is.
func onlySubnet(vpc *aws.VPC, s aws.Satellite[aws.Subnet], used map[graph.NodeID][]*graph.Node, atEdge bool) value.Verdict {
	n := s.Part.Node()
	if s.Sure != tri.True {
		return value.Open(value.Fact{Text: "how many subnets " + vpc.Node().Addr + " has is not known", Span: n.Span.Head(), Origin: n.ExistsWhy})
	}
	for _, w := range used[n.ID] {
		if w.Exists == tri.True {
			v := value.Bad(value.Fact{Text: "its only subnet is " + n.Addr, Span: vpc.Node().Span.Head()},
				value.Fact{Text: n.Addr + " is the only subnet", Span: n.Span.Head(), Hop: true},
				value.Fact{Text: w.Addr + " runs in it", Span: w.Span.Head(), Hop: true})
			if atEdge {
				v = v.As(edgeZone)
			}
			return v
		}
	}
	return value.Open(value.Fact{Text: "nothing in this scan runs in its only subnet", Span: n.Span.Head()})
}

// zoneOf names the zone of a subnet by a symbol: subnets with the same symbol
// are in the same zone, and with different symbols of one kind in different ones.
func zoneOf(g *graph.Graph, s *aws.Subnet) (symbol string, fact value.Fact, ok bool) {
	for _, attr := range []value.String{s.Zone, s.ZoneID} {
		v := attr.V
		if text, known := v.Str(); known {
			return text, attr.Fact(), true
		}
		if refs := v.Refs(); v.IsUnknown() && len(refs) == 1 && strings.HasSuffix(refs[0].Attr, "]") {
			return refs[0].Addr + "#" + refs[0].Attr, attr.Fact(), true
		}
		if region, letter, ok := regionAndLetter(g, v); ok {
			return region + "#" + letter, attr.Fact(), true
		}
		if !v.IsUnset() {
			return "", attr.Fact(), false
		}
	}
	return "", s.Zone.Fact(), false
}

// regionAndLetter takes "${var.region}a" apart: a region that is not known, named
// by why it is not, and the letter of a zone in it.
func regionAndLetter(g *graph.Graph, v value.Value) (region, letter string, ok bool) {
	parts := v.Parts()
	if len(parts) != 2 || !parts[0].IsUnknown() {
		return "", "", false
	}
	letter, ok = parts[1].Str()
	why := g.Origins.Reasons(parts[0].Origin())
	if !ok || len(letter) != 1 || letter < "a" || letter > "z" || len(why) != 1 {
		return "", "", false
	}
	return fmt.Sprintf("%s (%d)", why[0].Name, why[0].Span.Pos), letter, true
}

// kindOf tells symbols apart that can be compared with each other: zone names,
// zone ids, the elements of one list of zones, and the letters behind one region.
func kindOf(symbol string) string {
	if list, _, symbolic := strings.Cut(symbol, "#"); symbolic {
		return list
	}
	if zoneID.MatchString(symbol) {
		return "id"
	}
	return "name"
}

// zoneID matches the id of a zone, which is the same in every account: use1-az1.
var zoneID = regexp.MustCompile(`-(?:az|wlz)[0-9]+$`)

func readable(symbol string) string {
	addr, attr, symbolic := strings.Cut(symbol, "#")
	if !symbolic {
		return symbol
	}
	if !strings.HasSuffix(attr, "]") {
		region, _, _ := strings.Cut(addr, " (")
		return "zone " + attr + " of " + region
	}
	if addr == "AWS::AZs" {
		addr = "Fn::GetAZs"
	}
	return "the zone " + attr[strings.LastIndexByte(attr, '['):] + " of " + addr
}

// edge matches the names of Local Zones (us-west-2-lax-1a) and Wavelength Zones
// (us-east-1-wl1-bos-wlz-1), which have more behind the region than a letter
// (us-gov-west-1a has none), and their ids (usw2-lax1-az1, use1-wl1-bos-wlz1).
var edge = regexp.MustCompile(`^[a-z]{2}(?:-[a-z]+)+-[0-9]-|^[a-z0-9]+-[a-z0-9]+-az[0-9]+$|-wlz[0-9]+$`)

func isEdgeZone(zone string) bool { return edge.MatchString(zone) && !strings.Contains(zone, "#") }
