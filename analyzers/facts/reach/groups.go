package reach

import (
	"go4.org/netipx"

	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// admission is what one rule of a security group lets in; a nil rule stands for
// rules that are not known, or for the lack of any filter.
type admission struct {
	rule      *aws.Ingress
	sure, may awsnet.Region
	why       value.Fact
}

// admissions returns what the security groups of an interface let in.
func (r *Reach) admissions(i *Interface, f Family, p awsnet.Protocol) []admission {
	universe := awsnet.RegionOf(f.public(), awsnet.AllPorts())
	if i.Unfiltered {
		return []admission{{sure: universe, may: universe, why: value.Fact{Text: i.Owner.Addr + " has no security group", Span: i.Owner.Span.Head(), Hop: true}}}
	}
	var out []admission
	for _, t := range i.Groups {
		for _, a := range r.admittedBy(t.Node, f, p) {
			if t.Sure != tri.True {
				a.sure = awsnet.Region{}
			}
			out = append(out, a)
		}
	}
	if !i.GroupsComplete {
		out = append(out, admission{may: universe, why: value.Fact{Text: "the security groups of " + i.Owner.Addr + " are not known", Span: i.Owner.Span.Head()}})
	}
	if len(i.Groups) == 0 && i.GroupsComplete {
		out = append(out, r.defaultGroup(i, f, p)...)
	}
	return out
}

// defaultGroup is that of the VPC, which lets nothing in from outside unless
// Terraform has adopted it and says otherwise.
func (r *Reach) defaultGroup(i *Interface, f Family, p awsnet.Protocol) []admission {
	unknown := []admission{{may: awsnet.RegionOf(f.public(), awsnet.AllPorts()),
		why: value.Fact{Text: "the default security group of its VPC is not in this scan", Span: i.Owner.Span.Head()}}}
	if len(i.Subnets) == 0 {
		return unknown
	}
	vpc := r.topo.Subnet(i.Subnets[0].Node).VPC
	if vpc == nil || vpc.Mode != graph.Managed {
		return unknown
	}
	for sg := range aws.Managed[aws.SecurityGroup](r.g) {
		if sg.Node().Type == "aws_default_security_group" && sg.VPC.One() == vpc {
			return r.admittedBy(sg.Node(), f, p)
		}
	}
	return nil
}

// groupKey names what a security group lets in.
type groupKey struct {
	group    graph.NodeID
	family   Family
	protocol awsnet.Protocol
}

// admittedBy works out what a group lets in once: many things bear it.
func (r *Reach) admittedBy(n *graph.Node, f Family, p awsnet.Protocol) []admission {
	key := groupKey{n.ID, f, p}
	if a, ok := r.groups[key]; ok {
		return a
	}
	a := r.workOutGroup(n, f, p)
	r.groups[key] = a
	return a
}

func (r *Reach) workOutGroup(n *graph.Node, f Family, p awsnet.Protocol) []admission {
	universe := awsnet.RegionOf(f.public(), awsnet.AllPorts())
	sg := aws.Of[aws.SecurityGroup](r.g, n)
	if sg == nil || n.Mode != graph.Managed {
		return []admission{{may: universe, why: value.Fact{Text: "the rules of " + n.Addr + " are not in this scan", Span: n.Span.Head()}}}
	}
	var out []admission
	for _, in := range aws.IngressesOf(r.g, n.ID) {
		out = append(out, r.admission(in, f, p))
	}
	var open []value.Fact
	if sg.Ingress.Open {
		open = append(open, sg.Ingress.Fact())
	}
	open = append(append(open, sg.Rules.Open...), sg.IngressOnly.Open...)
	for _, why := range open {
		out = append(out, admission{may: universe, why: why})
	}
	return out
}

func (r *Reach) admission(in *aws.Ingress, f Family, p awsnet.Protocol) admission {
	sureAddrs, mayAddrs := r.sources(in, f)
	certain, possible := portsFor(in.Traffic(), p)
	a := admission{rule: in, may: awsnet.RegionOf(mayAddrs, possible), why: value.Fact{Text: in.Node.Addr + " lets packets in", Span: in.Span.Head()}}
	switch exists := tri.And(in.Exists, in.Node.Exists, in.Direction.Result); exists {
	case tri.True:
		a.sure = awsnet.RegionOf(sureAddrs, certain)
	case tri.False:
		a.may = awsnet.Region{}
	case tri.Unknown:
	}
	return a
}

// sources are the public addresses that a rule names.
func (r *Reach) sources(in *aws.Ingress, f Family) (sure, may *netipx.IPSet) {
	var sureSet, maySet netipx.IPSetBuilder
	// A literal may stand in the list of the other family; AWS tells them apart.
	for i, list := range in.CIDRs {
		items, complete := list.Items()
		for _, v := range items {
			text, ok := v.Str()
			if !ok {
				complete = false
				continue
			}
			prefix, _, err := awsnet.ParseSource(text)
			if err != nil || prefix.Addr().Is6() != (f == IPv6) {
				continue
			}
			maySet.AddPrefix(prefix)
			if !v.MayBeMissing() {
				sureSet.AddPrefix(prefix)
			}
		}
		if !complete && (i == 1) == (f == IPv6) {
			maySet.AddSet(f.public())
		}
	}
	r.prefixLists(in, f, &sureSet, &maySet)
	return public(&sureSet, f), public(&maySet, f)
}

// prefixLists adds the entries of the lists that a rule names; those of AWS, and
// of others outside the scan, may hold anything.
func (r *Reach) prefixLists(in *aws.Ingress, f Family, sure, may *netipx.IPSetBuilder) {
	if in.Prefixes.V.IsUnset() {
		return
	}
	if !in.Prefixes.Complete {
		may.AddSet(f.public())
	}
	for _, t := range in.Prefixes.Targets {
		list := aws.Of[aws.PrefixList](r.g, t.Node)
		if list == nil || t.Node.Mode != graph.Managed || list.Entries.Open || len(list.Separate.Open) > 0 {
			may.AddSet(f.public())
			continue
		}
		for _, e := range list.Entries.Items {
			addEntry(e.CIDR, tri.And(t.Sure, e.Exists()), f, sure, may)
		}
		for _, e := range list.Separate.Items {
			addEntry(e.Part.CIDR, tri.And(t.Sure, e.Sure), f, sure, may)
		}
	}
}

func addEntry(cidr value.String, exists tri.Bool, f Family, sure, may *netipx.IPSetBuilder) {
	s, m := prefixOf(cidr, f)
	may.AddSet(m)
	if exists == tri.True {
		sure.AddSet(s)
	}
}

func public(b *netipx.IPSetBuilder, f Family) *netipx.IPSet {
	set, _ := b.IPSet() // it never fails for prefixes and sets that were built
	return awsnet.Both(set, f.public())
}
