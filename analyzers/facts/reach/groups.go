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

// admissions returns what the security groups of an interface let in; by is the
// sender inside the network, or nil for the internet.
func (r *Reach) admissions(i *Interface, f Family, p awsnet.Protocol, by *sender) []admission {
	universe := awsnet.RegionOf(f.all(), awsnet.AllPorts())
	if i.Unfiltered {
		return []admission{{sure: universe, may: universe, why: value.Fact{Text: i.Owner.Addr + " has no security group", Span: i.Owner.Span.Head(), Hop: true}}}
	}
	var out []admission
	for _, t := range i.Groups {
		for _, a := range r.admittedBy(t.Node, f, p) {
			a = r.asSender(a, by, f, p)
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
	unknown := []admission{{may: awsnet.RegionOf(f.all(), awsnet.AllPorts()),
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
	universe := awsnet.RegionOf(f.all(), awsnet.AllPorts())
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

// sources are the addresses that a rule names.
func (r *Reach) sources(in *aws.Ingress, f Family) (sure, may *netipx.IPSet) {
	var sureSet, maySet netipx.IPSetBuilder
	// A literal may stand in the list of the other family; AWS tells them apart.
	for i, list := range in.CIDRs {
		items, complete := list.Items()
		if all := addPrefixes(&sureSet, &maySet, items, f); (!all || !complete) && (i == 1) == (f == IPv6) {
			maySet.AddSet(f.all())
		}
	}
	r.prefixLists(in, f, &sureSet, &maySet)
	return built(&sureSet), built(&maySet)
}

// prefixLists adds the entries of the lists that a rule names; those of AWS, and
// of others outside the scan, may hold anything.
func (r *Reach) prefixLists(in *aws.Ingress, f Family, sure, may *netipx.IPSetBuilder) {
	if in.Prefixes.V.IsUnset() {
		return
	}
	if !in.Prefixes.Complete {
		may.AddSet(f.all())
	}
	for _, t := range in.Prefixes.Targets {
		list := aws.Of[aws.PrefixList](r.g, t.Node)
		if list == nil || t.Node.Mode != graph.Managed || list.Entries.Open || len(list.Separate.Open) > 0 {
			may.AddSet(f.all())
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
	return awsnet.Both(built(b), f.public())
}

func built(b *netipx.IPSetBuilder) *netipx.IPSet {
	set, _ := b.IPSet() // it never fails for prefixes and sets that were built
	return set
}

// asSender adds what a rule admits for who the sender is: by its security group,
// or by a list of AWS that holds it.
func (r *Reach) asSender(a admission, by *sender, f Family, p awsnet.Protocol) admission {
	if by == nil || a.rule == nil {
		return a
	}
	match := tri.Or(r.namesGroup(a.rule, by), r.namesList(a.rule, by))
	exists := tri.And(a.rule.Exists, a.rule.Node.Exists, a.rule.Direction.Result)
	if tri.And(match, exists) == tri.False {
		return a
	}
	certain, possible := portsFor(a.rule.Traffic(), p)
	a.may = a.may.Union(awsnet.RegionOf(f.all(), possible))
	if tri.And(match, exists) == tri.True {
		a.sure = a.sure.Union(awsnet.RegionOf(f.all(), certain))
	}
	return a
}

// namesGroup says whether a rule names a security group of the sender.
func (r *Reach) namesGroup(rule *aws.GroupRule, by *sender) tri.Bool {
	out := tri.False
	named := append([]graph.Target(nil), rule.Groups...)
	if rule.Group != nil && !rule.Self.V.IsUnset() { // CloudFormation has no such flag
		switch self := rule.Self.Is(true); {
		case self.IsGood():
			named = append(named, graph.Target{Node: rule.Group, Sure: tri.True})
		case self.IsOpen():
			named = append(named, graph.Target{Node: rule.Group, Sure: tri.Unknown})
		}
	}
	for _, t := range named {
		for _, g := range by.groups {
			if t.Node == g.Node {
				out = tri.Or(out, tri.And(t.Sure, g.Sure))
			}
		}
		if !by.groupsComplete {
			out = tri.Or(out, tri.Unknown)
		}
	}
	if rule.GroupsOpen && (len(by.groups) > 0 || !by.groupsComplete) {
		out = tri.Or(out, tri.Unknown)
	}
	return out
}

// namesList says whether a rule names a prefix list of AWS that holds the sender.
func (r *Reach) namesList(rule *aws.GroupRule, by *sender) tri.Bool {
	out := tri.False
	for _, t := range rule.Prefixes.Targets {
		list := aws.Of[aws.PrefixList](r.g, t.Node)
		if list == nil || t.Node.Mode != graph.Data {
			continue
		}
		name, _ := list.Name.Get()
		for _, l := range by.lists {
			if name == l {
				out = tri.Or(out, t.Sure)
			}
		}
	}
	return out
}

// egressOf is what a security group lets out. AWS gives each one a rule that lets
// all out, which Terraform takes away; CloudFormation does so only where the group
// itself has rules.
func (r *Reach) egressOf(n *graph.Node, f Family, p awsnet.Protocol, to *sender) []admission {
	universe := awsnet.RegionOf(f.all(), awsnet.AllPorts())
	sg := aws.Of[aws.SecurityGroup](r.g, n)
	if sg == nil || n.Mode != graph.Managed {
		return []admission{{may: universe, why: value.Fact{Text: "the rules of " + n.Addr + " are not in this scan", Span: n.Span.Head()}}}
	}
	var out []admission
	rules := aws.EgressesOf(r.g, n.ID)
	for _, rule := range rules {
		a := r.admission(rule, f, p)
		a.why.Text = "whether " + rule.Node.Addr + " lets packets out is not known"
		out = append(out, r.asSender(a, to, f, p))
	}
	open := append(append([]value.Fact(nil), sg.Rules.Open...), sg.EgressOnly.Open...)
	if sg.Egress.Open {
		open = append(open, sg.Egress.Fact())
	}
	for _, why := range open {
		out = append(out, admission{may: universe, why: why})
	}
	if n.Lang == graph.CloudFormation && len(sg.Egress.Items) == 0 {
		all := admission{may: universe, why: value.Fact{Text: n.Addr + " has no rules of its own for what leaves", Span: n.Span.Head()}}
		if len(rules) == 0 && len(open) == 0 {
			all.sure = universe
		}
		out = append(out, all)
	}
	return out
}

// prefixesOf are the addresses of a list of ranges.
func prefixesOf(items []value.Value, complete bool, f Family) (sure, may *netipx.IPSet) {
	var s, m netipx.IPSetBuilder
	if all := addPrefixes(&s, &m, items, f); !all || !complete {
		m.AddSet(f.all())
	}
	return built(&s), built(&m)
}

// addPrefixes adds ranges of a family to what is certain and to what is possible. It
// tells whether all of them are known.
func addPrefixes(sure, may *netipx.IPSetBuilder, items []value.Value, f Family) (all bool) {
	all = true
	for _, v := range items {
		text, ok := v.Str()
		if !ok {
			all = false
			continue
		}
		prefix, _, err := awsnet.ParseSource(text)
		if err != nil || prefix.Addr().Is6() != (f == IPv6) {
			continue
		}
		may.AddPrefix(prefix)
		if !v.MayBeMissing() {
			sure.AddPrefix(prefix)
		}
	}
	return all
}
