package separation

import (
	"fmt"
	"net/netip"

	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// widestVPC is the shortest prefix that AWS takes for a block of a VPC.
const widestVPC = 16

// vpcsOf lists all VPCs with their blocks, whatever their environment.
func vpcsOf(g *graph.Graph) []network {
	var out []network
	for vpc := range aws.Managed[aws.VPC](g) {
		n := network{node: vpc.Node()}
		n.addOrLeaveOpen(vpc.CIDR, vpc.Node().Exists == tri.True)
		for _, s := range vpc.Secondary.Items {
			n.addOrLeaveOpen(s.Part.CIDR, s.Sure == tri.True)
		}
		n.open = append(n.open, vpc.Secondary.Open...)
		out = append(out, n)
	}
	return out
}

// addOrLeaveOpen is add for a block that comes from a pool where it is not given.
func (n *network) addOrLeaveOpen(attr value.String, sure bool) {
	if attr.V.IsUnset() {
		n.open = append(n.open, attr.Fact())
		return
	}
	n.add(attr, sure)
}

// holds says whether a range lies in a block of the VPC.
func (n *network) holds(p netip.Prefix) (holds tri.Bool, in block) {
	holds = tri.Of(false)
	if len(n.open) > 0 {
		holds = tri.Unknown
	}
	for _, b := range n.blocks {
		switch {
		case b.prefix.Bits() > p.Bits() || !b.prefix.Contains(p.Addr()):
		case b.sure:
			return tri.True, b
		default:
			holds = tri.Unknown
		}
	}
	return holds, block{}
}

// fromAddresses looks for the VPCs that the address ranges of the rule lie in.
func (a *admission) fromAddresses() {
	list := a.in.CIDRs[0]
	items, complete := list.Items()
	if own := a.ownVPC(); len(items) == 0 && (len(list.V.Refs()) > 0 || own != nil && a.isBlockOf(own, list.V)) { // one, known by what it refers to
		items, complete = []value.Value{list.V}, true
	}
	for _, v := range items {
		sure := tri.True
		if v.MayBeMissing() {
			sure = tri.Unknown
		}
		if !a.fromReference(v, sure) {
			a.fromRange(v, sure)
		}
	}
	if !complete && a.c.mayMeet(a.to, a.c.networks) {
		a.open(list.Fact())
	}
}

// fromReference follows a range that is taken from a VPC or subnet.
func (a *admission) fromReference(v value.Value, sure tri.Bool) bool {
	if v.Parts() != nil {
		return false
	}
	found := false
	targets, _ := a.c.g.Resolve(a.in.Node, "", v)
	for _, t := range targets {
		if t.Attr != "cidr_block" && t.Attr != "CidrBlock" {
			continue
		}
		vpc := t.Node
		if s := a.c.t.Subnet(t.Node); s.Model != nil {
			vpc = s.VPC
		}
		if aws.Of[aws.VPC](a.c.g, vpc) == nil {
			continue
		}
		found = true
		a.admits(vpc, doubtUnless(tri.And(sure, t.Sure), vpc), v,
			value.Fact{Text: "the range is that of " + t.Node.Addr, Span: v.Span(), Origin: v.Origin(), Hop: true})
	}
	return found
}

// fromRange finds the VPC that a literal range lies in: the own one of the group
// if it does, else the only one that has it. Where several have, it is not known
// which one is connected. Public ranges and those that are wider than a VPC mean
// no VPC.
func (a *admission) fromRange(v value.Value, sure tri.Bool) {
	text, ok := v.Str()
	if !ok {
		if own := a.ownVPC(); own != nil && a.isBlockOf(own, v) {
			a.admits(own, "whether the range, which is that of "+own.Addr+", is private is not known", v)
		} else if a.c.mayMeet(a.to, a.c.networks) {
			a.open(value.Fact{Text: "a range that it admits is not known", Span: v.Span(), Origin: v.Origin()})
		}
		return
	}
	p, err := awsnet.ParsePrefix(text)
	if err != nil || !p.Addr().Is4() || p.Bits() < widestVPC || awsnet.IsPublic(p) {
		return
	}
	own := a.ownVPC()
	ownHolds := tri.Unknown
	var holders []holder
	for i := range a.c.vpcs {
		vpc := &a.c.vpcs[i]
		holds, in := vpc.holds(p)
		if vpc.node == own {
			ownHolds = holds
		}
		if holds != tri.False && deployed(a.to.node, vpc.node) {
			holders = append(holders, holder{vpc.node, holds, in})
		}
	}
	if ownHolds != tri.Unknown {
		holders = onlyOwn(holders, own, ownHolds == tri.True)
	}
	for _, h := range holders {
		doubt := doubtUnless(tri.And(sure, h.holds), h.node)
		switch {
		case ownHolds == tri.Unknown:
			doubt = fmt.Sprintf("%s may be in %s, but the blocks of the group's own VPC are not known, and may hold it", p, h.node.Addr)
		case len(holders) > 1:
			doubt = fmt.Sprintf("%s may be in %s, but other VPCs hold it, or may", p, h.node.Addr)
		}
		var more []value.Fact
		if h.in.prefix.IsValid() {
			more = append(more, value.Fact{Text: p.String() + " lies in " + h.in.prefix.String() + " of " + h.node.Addr,
				Span: h.in.attr.Span(), Origin: h.in.attr.V.Origin(), Hop: true})
		}
		a.admits(h.node, doubt, v, more...)
	}
}

// isBlockOf says whether a range that is not known is the block of a VPC all the same:
// one input is both.
func (a *admission) isBlockOf(vpc *graph.Node, v value.Value) bool {
	m := aws.Of[aws.VPC](a.c.g, vpc)
	if m == nil || vpc.Unit != a.in.Node.Unit {
		return false
	}
	input := a.c.input(v)
	return input != 0 && input == a.c.input(m.CIDR.V)
}

// input is the input that a value is, by whatever names it came: 0 if it was computed.
func (c *crossings) input(v value.Value) value.OriginID {
	if !v.IsUnknown() || v.Parts() != nil || len(v.Refs()) > 0 {
		return 0
	}
	id := v.Origin()
	for range value.MostSteps {
		switch o := c.g.Origins.At(id); {
		case o.Kind == value.NoValue:
			return id
		case o.Kind.IsReason() || len(o.From) != 1:
			return 0
		default:
			id = o.From[0]
		}
	}
	return 0
}

// holder is a VPC that has a range, or may have it.
type holder struct {
	node  *graph.Node
	holds tri.Bool
	in    block
}

// onlyOwn keeps the own VPC if that is the one, and the others if it is not.
func onlyOwn(holders []holder, own *graph.Node, isOwn bool) []holder {
	var out []holder
	for _, h := range holders {
		if (h.node == own) == isOwn {
			out = append(out, h)
		}
	}
	return out
}

// ownVPC is the VPC of the group, or nil if it is not known.
func (a *admission) ownVPC() *graph.Node {
	if sg := aws.Of[aws.SecurityGroup](a.c.g, a.in.Group); sg != nil {
		return sg.VPC.One()
	}
	return nil
}
