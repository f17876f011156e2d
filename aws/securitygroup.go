package aws

import (
	"fmt"
	"iter"
	"strings"

	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// SecurityGroup is a stateful packet filter.
type SecurityGroup struct {
	Head    `tf:"aws_security_group|aws_default_security_group,by=name" cfn:"AWS::EC2::SecurityGroup,by=GroupName"`
	VPC     Ref[VPC]           `tf:"vpc_id" cfn:"VpcId"`
	Ingress List[IngressBlock] `tf:"ingress" cfn:"SecurityGroupIngress"`

	Rules       Satellites[SecurityGroupRule]
	IngressOnly Satellites[IngressRuleResource]
}

// IngressBlock is an inline rule of a security group.
type IngressBlock struct {
	Item
	Protocol value.String        `tf:"protocol" cfn:"IpProtocol"`
	From     value.Int           `tf:"from_port" cfn:"FromPort"`
	To       value.Int           `tf:"to_port" cfn:"ToPort"`
	CIDRs    value.Strings       `tf:"cidr_blocks" cfn:"CidrIp"`
	CIDRs6   value.Strings       `tf:"ipv6_cidr_blocks" cfn:"CidrIpv6"`
	Groups   Refs[SecurityGroup] `tf:"security_groups" cfn:"SourceSecurityGroupId"`
	Prefixes Refs[PrefixList]    `tf:"prefix_list_ids" cfn:"SourcePrefixListId"`
}

// SecurityGroupRule is a rule of either direction as a resource of its own.
type SecurityGroupRule struct {
	Head     `tf:"aws_security_group_rule"`
	Group    Ref[SecurityGroup] `tf:"security_group_id,parent"`
	Type     value.String       `tf:"type"`
	Protocol value.String       `tf:"protocol"`
	From     value.Int          `tf:"from_port"`
	To       value.Int          `tf:"to_port"`
	CIDRs    value.Strings      `tf:"cidr_blocks"`
	CIDRs6   value.Strings      `tf:"ipv6_cidr_blocks"`
	Source   Ref[SecurityGroup] `tf:"source_security_group_id"`
	Prefixes Refs[PrefixList]   `tf:"prefix_list_ids"`
}

// IngressRuleResource is an ingress rule as a resource of its own.
type IngressRuleResource struct {
	Head     `tf:"aws_vpc_security_group_ingress_rule" cfn:"AWS::EC2::SecurityGroupIngress"`
	Group    Ref[SecurityGroup] `tf:"security_group_id,parent" cfn:"GroupId,parent"`
	Protocol value.String       `tf:"ip_protocol" cfn:"IpProtocol"`
	From     value.Int          `tf:"from_port" cfn:"FromPort"`
	To       value.Int          `tf:"to_port" cfn:"ToPort"`
	CIDRs    value.Strings      `tf:"cidr_ipv4" cfn:"CidrIp"`
	CIDRs6   value.Strings      `tf:"cidr_ipv6" cfn:"CidrIpv6"`
	Source   Ref[SecurityGroup] `tf:"referenced_security_group_id" cfn:"SourceSecurityGroupId"`
	Prefixes Refs[PrefixList]   `tf:"prefix_list_id" cfn:"SourcePrefixListId"`
}

// PrefixList is a named list of address ranges that the customer manages.
type PrefixList struct {
	Head    `tf:"aws_ec2_managed_prefix_list" cfn:"AWS::EC2::PrefixList"`
	Entries List[PrefixListEntry] `tf:"entry" cfn:"Entries"`

	Separate Satellites[PrefixListEntryResource]
}

// PrefixListEntry is an entry written in the list.
type PrefixListEntry struct {
	Item
	CIDR value.String `tf:"cidr" cfn:"Cidr"`
}

// PrefixListEntryResource is an entry that is a resource of its own.
type PrefixListEntryResource struct {
	Head `tf:"aws_ec2_managed_prefix_list_entry"`
	List Ref[PrefixList] `tf:"prefix_list_id,parent"`
	CIDR value.String    `tf:"cidr"`
}

// Ingress is one ingress rule, however it is written.
type Ingress struct {
	// Node is the resource in which it is written: the group or the rule itself.
	Node *graph.Node
	Span source.Span
	// Exists is unknown for a rule that may not be there.
	Exists tri.Bool
	// Direction is good if it certainly is an ingress rule.
	Direction  value.Verdict
	Group      *graph.Node
	Protocol   value.String
	From, To   value.Int
	CIDRs      [2]value.Strings
	Prefixes   Refs[PrefixList]
	FromGroups bool
}

// Ingresses calls yield for every ingress rule of the graph. Blocks of a group
// that are not known as a whole are not among them: see SecurityGroup.Ingress.Open.
func Ingresses(g *graph.Graph) iter.Seq[*Ingress] {
	return func(yield func(*Ingress) bool) {
		for _, i := range allIngresses(g) {
			if !yield(i) {
				return
			}
		}
	}
}

// IngressesOf returns the ingress rules of a security group, in order of node id.
func IngressesOf(g *graph.Graph, group graph.NodeID) []*Ingress {
	return g.Memo(ingressByGroupKey{}, func() any {
		by := map[graph.NodeID][]*Ingress{}
		for _, i := range allIngresses(g) {
			if i.Group != nil {
				by[i.Group.ID] = append(by[i.Group.ID], i)
			}
		}
		return by
	}).(map[graph.NodeID][]*Ingress)[group]
}

type ingressKey struct{}

type ingressByGroupKey struct{}

func allIngresses(g *graph.Graph) []*Ingress {
	return g.Memo(ingressKey{}, func() any {
		var out []*Ingress
		for sg := range Managed[SecurityGroup](g) {
			for _, b := range sg.Ingress.Items {
				out = append(out, &Ingress{Node: sg.Node(), Span: b.Span(), Exists: b.Exists(), Direction: value.Good(), Group: sg.Node(),
					Protocol: b.Protocol, From: b.From, To: b.To, CIDRs: [2]value.Strings{b.CIDRs, b.CIDRs6}, Prefixes: b.Prefixes, FromGroups: len(b.Groups.Targets) > 0})
			}
		}
		for r := range Managed[SecurityGroupRule](g) {
			out = append(out, &Ingress{Node: r.Node(), Span: r.Node().Span, Exists: tri.True, Direction: r.Type.IsFold("ingress"), Group: r.Group.One(),
				Protocol: r.Protocol, From: r.From, To: r.To, CIDRs: [2]value.Strings{r.CIDRs, r.CIDRs6}, Prefixes: r.Prefixes, FromGroups: !r.Source.V.IsUnset()})
		}
		for r := range Managed[IngressRuleResource](g) {
			out = append(out, &Ingress{Node: r.Node(), Span: r.Node().Span, Exists: tri.True, Direction: value.Good(), Group: r.Group.One(),
				Protocol: r.Protocol, From: r.From, To: r.To, CIDRs: [2]value.Strings{r.CIDRs, r.CIDRs6}, Prefixes: r.Prefixes, FromGroups: !r.Source.V.IsUnset()})
		}
		return out
	}).([]*Ingress)
}

// Traffic is what the rule admits.
func (i *Ingress) Traffic() awsnet.Traffic { return TrafficOf(i.Protocol, i.From, i.To) }

// TrafficOf is the protocol and ports of a rule of a security group or network ACL.
func TrafficOf(protocol value.String, from, to value.Int) awsnet.Traffic {
	t := awsnet.Traffic{Protocol: awsnet.UnknownProtocol, From: bound(from), To: bound(to)}
	if text, ok := protocol.Get(); ok {
		if p, err := awsnet.ParseProtocol(text); err == nil {
			t.Protocol = p
		}
	}
	return t
}

func bound(i value.Int) awsnet.Bound {
	v := i.Effective()
	if n, ok := v.Int(); ok {
		return awsnet.KnownBound(int(n))
	}
	if v.IsUnset() {
		return awsnet.NoBound()
	}
	return awsnet.UnknownBound()
}

// Anywhere says whether the rule admits every address of a family: 0.0.0.0/0
// or ::/0, in any spelling. The fact is the element that says so.
func (i *Ingress) Anywhere() value.Verdict {
	all := func(text string) bool {
		p, err := awsnet.ParsePrefix(text)
		return err == nil && awsnet.IsAll(p)
	}
	return i.CIDRs[0].Has(all).Or(i.CIDRs[1].Has(all))
}

// PortText is "tcp 22", "udp 100-200" or "all traffic".
func (i *Ingress) PortText() string {
	t := i.Traffic()
	if t.IsEverything() == tri.True {
		return "all traffic"
	}
	protocol, ok := i.Protocol.Get()
	if !ok {
		protocol = "unknown protocol"
	}
	from, okFrom := i.From.Get()
	to, okTo := i.To.Get()
	switch {
	case !okFrom || !okTo:
		return protocol + " unknown ports"
	case from == to:
		return fmt.Sprintf("%s %d", protocol, from)
	}
	return fmt.Sprintf("%s %d-%d", protocol, from, to)
}

// SourceText lists the address ranges that are admitted.
func (i *Ingress) SourceText() string {
	var out []string
	for _, list := range i.CIDRs {
		items, complete := list.Items()
		for _, v := range items {
			if text, ok := v.Str(); ok {
				out = append(out, text)
			} else {
				complete = false
			}
		}
		if !complete {
			out = append(out, "unknown")
		}
	}
	if len(out) == 0 {
		return "no address range"
	}
	return strings.Join(out, ", ")
}
