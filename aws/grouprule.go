package aws

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// GroupRule is one rule of a security group, however it is written.
type GroupRule struct {
	// Node is the resource in which it is written: the group or the rule itself.
	Node *graph.Node
	Span source.Span
	// Exists is unknown for a rule that may not be there.
	Exists tri.Bool
	// Direction is good if the rule certainly is of the direction that was asked for.
	Direction value.Verdict
	Group     *graph.Node
	Protocol  value.String
	From, To  value.Int
	CIDRs     [2]value.Strings
	Prefixes  Refs[PrefixList]
	// Groups are the security groups whose bearers it admits; there may be others
	// where GroupsOpen is set. Self says whether those of its own group are.
	Groups     []graph.Target
	GroupsOpen bool
	Self       value.Bool
}

// Ingress is a rule for what comes in.
type Ingress = GroupRule

// Egress is a rule for what leaves.
type Egress = GroupRule

// named sets the groups that a rule names by one reference.
func (i *GroupRule) named(source *Ref[SecurityGroup]) *GroupRule {
	i.Groups = source.Targets()
	i.GroupsOpen = !source.V.IsUnset() && source.One() == nil
	return i
}

// groupRules are the rules of one direction, in order of node id within each way
// of writing them.
type groupRules struct {
	all []*GroupRule
	by  map[graph.NodeID][]*GroupRule
}

func newGroupRules(all []*GroupRule) *groupRules {
	r := &groupRules{all, map[graph.NodeID][]*GroupRule{}}
	for _, i := range all {
		if i.Group != nil {
			r.by[i.Group.ID] = append(r.by[i.Group.ID], i)
		}
	}
	return r
}

type (
	ingressKey struct{}
	egressKey  struct{}
)

func ingresses(g *graph.Graph) *groupRules {
	return g.Memo(ingressKey{}, func() any {
		var out []*GroupRule
		for sg := range Managed[SecurityGroup](g) {
			for _, b := range sg.Ingress.Items {
				out = append(out, &GroupRule{Node: sg.Node(), Span: b.Span(), Exists: b.Exists(), Direction: value.Good(), Group: sg.Node(),
					Protocol: b.Protocol, From: b.From, To: b.To, CIDRs: [2]value.Strings{b.CIDRs, b.CIDRs6}, Prefixes: b.Prefixes,
					Groups: b.Groups.Targets, GroupsOpen: !b.Groups.Complete, Self: b.Self})
			}
		}
		out = append(out, ruleResources(g, "ingress")...)
		for r := range Managed[IngressRuleResource](g) {
			out = append(out, (&GroupRule{Node: r.Node(), Span: r.Node().Span, Exists: tri.True, Direction: value.Good(), Group: r.Group.One(),
				Protocol: r.Protocol, From: r.From, To: r.To, CIDRs: [2]value.Strings{r.CIDRs, r.CIDRs6}, Prefixes: r.Prefixes}).named(&r.Source))
		}
		return newGroupRules(out)
	}).(*groupRules)
}

func egresses(g *graph.Graph) *groupRules {
	return g.Memo(egressKey{}, func() any {
		var out []*GroupRule
		for sg := range Managed[SecurityGroup](g) {
			for _, b := range sg.Egress.Items {
				out = append(out, &GroupRule{Node: sg.Node(), Span: b.Span(), Exists: b.Exists(), Direction: value.Good(), Group: sg.Node(),
					Protocol: b.Protocol, From: b.From, To: b.To, CIDRs: [2]value.Strings{b.CIDRs, b.CIDRs6}, Prefixes: b.Prefixes,
					Groups: b.Groups.Targets, GroupsOpen: !b.Groups.Complete, Self: b.Self})
			}
		}
		out = append(out, ruleResources(g, "egress")...)
		for r := range Managed[EgressRuleResource](g) {
			out = append(out, (&GroupRule{Node: r.Node(), Span: r.Node().Span, Exists: tri.True, Direction: value.Good(), Group: r.Group.One(),
				Protocol: r.Protocol, From: r.From, To: r.To, CIDRs: [2]value.Strings{r.CIDRs, r.CIDRs6}, Prefixes: r.Prefixes}).named(&r.Source))
		}
		return newGroupRules(out)
	}).(*groupRules)
}

// ruleResources are the resources that are of either direction.
func ruleResources(g *graph.Graph, direction string) []*GroupRule {
	var out []*GroupRule
	for r := range Managed[SecurityGroupRule](g) {
		out = append(out, (&GroupRule{Node: r.Node(), Span: r.Node().Span, Exists: tri.True, Direction: r.Type.IsFold(direction), Group: r.Group.One(),
			Protocol: r.Protocol, From: r.From, To: r.To, CIDRs: [2]value.Strings{r.CIDRs, r.CIDRs6}, Prefixes: r.Prefixes, Self: r.Self}).named(&r.Source))
	}
	return out
}

// Ingresses calls yield for every ingress rule of the graph. Blocks of a group
// that are not known as a whole are not among them: see SecurityGroup.Ingress.Open.
func Ingresses(g *graph.Graph) iter.Seq[*Ingress] { return slices.Values(ingresses(g).all) }

// IngressesOf returns the ingress rules of a security group, in order of node id.
func IngressesOf(g *graph.Graph, group graph.NodeID) []*Ingress { return ingresses(g).by[group] }

// EgressesOf returns the egress rules of a security group, in order of node id.
func EgressesOf(g *graph.Graph, group graph.NodeID) []*Egress { return egresses(g).by[group] }

// Traffic is what the rule admits.
func (i *GroupRule) Traffic() awsnet.Traffic { return TrafficOf(i.Protocol, i.From, i.To) }

// Undecided says of a rule that may not be there that this is so.
func (i *GroupRule) Undecided() value.Fact {
	f := value.Fact{Text: "whether this rule exists is not known", Span: i.Span.Head()}
	if i.Node.Exists == tri.Unknown {
		f.Origin = i.Node.ExistsWhy
	}
	return f
}

// UndecidedPorts are the attributes that leave open which ports the rule admits.
func (i *GroupRule) UndecidedPorts() []value.Fact {
	var out []value.Fact
	if text, ok := i.Protocol.Get(); !ok {
		out = append(out, i.Protocol.Fact())
	} else if _, err := awsnet.ParseProtocol(text); err != nil {
		f := i.Protocol.Fact()
		f.Text += ", which EC2 does not know"
		out = append(out, f)
	}
	for _, b := range []value.Int{i.From, i.To} {
		switch _, ok := b.Get(); {
		case notANumber(b):
			f := b.Fact()
			f.Text += ", which is no number"
			out = append(out, f)
		case !ok && !b.Effective().IsUnset():
			out = append(out, b.Fact())
		}
	}
	if len(out) == 0 {
		return []value.Fact{i.Protocol.Fact(), i.From.Fact(), i.To.Fact()}
	}
	return out
}

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
func (i *GroupRule) Anywhere() value.Verdict {
	return i.CIDRs[0].Has(isEverybody).Or(i.CIDRs[1].Has(isEverybody))
}

// isEverybody says whether an address range is all of its family.
func isEverybody(text string) bool {
	p, err := awsnet.ParsePrefix(text)
	return err == nil && awsnet.IsAll(p)
}

// PortText is "tcp 22", "udp 100-200" or "all traffic".
func (i *GroupRule) PortText() string {
	return i.portText(func(written string) string {
		switch p, err := awsnet.ParseProtocol(written); {
		case err != nil:
			return written
		case p == awsnet.TCP, p == awsnet.UDP, p == awsnet.ICMP, p == awsnet.ICMPv6:
			return p.String() // a number says little to a reader
		}
		return written
	})
}

// WrittenPortText is PortText with the protocol as it is written: identities of
// findings rest on it.
func (i *GroupRule) WrittenPortText() string {
	return i.portText(func(written string) string { return written })
}

func (i *GroupRule) portText(name func(protocol string) string) string {
	if i.Traffic().IsEverything() == tri.True {
		return "all traffic"
	}
	protocol := "unknown protocol"
	if written, ok := i.Protocol.Get(); ok {
		protocol = name(written)
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
func (i *GroupRule) SourceText() string {
	return i.sourceText(func(string) bool { return true }, true)
}

// EverybodyText lists those of the address ranges that admit everybody.
func (i *GroupRule) EverybodyText() string { return i.sourceText(isEverybody, false) }

func (i *GroupRule) sourceText(keep func(text string) bool, unknowns bool) string {
	var out []string
	for _, list := range i.CIDRs {
		items, complete := list.Items()
		for _, v := range items {
			switch text, ok := v.Str(); {
			case !ok:
				complete = false
			case keep(text):
				out = append(out, text)
			}
		}
		if !complete && unknowns {
			out = append(out, "unknown")
		}
	}
	if len(out) == 0 {
		return "no address range"
	}
	return strings.Join(out, ", ")
}

// FromText says from whom a rule admits: security groups and address ranges.
func (i *GroupRule) FromText() string {
	var out []string
	for _, t := range i.Groups {
		out = append(out, t.Node.Addr)
	}
	if i.Self.Is(true).IsGood() {
		out = append(out, "its own group")
	}
	if text := i.SourceText(); text != "no address range" || len(out) == 0 {
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}
