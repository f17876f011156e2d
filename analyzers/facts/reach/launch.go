package reach

import (
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// PublicAtLaunch says whether an instance, or those of a scaling group, get a
// public IPv4 address when they start: by their own setting, that of the template,
// or of the subnet. By is the template or configuration that settles it, if one
// does. Elastic IPs, which come later, do not count. It is not known of other nodes.
func (r *Reach) PublicAtLaunch(n *graph.Node) (v value.Verdict, by *graph.Node, known bool) {
	if m := aws.Of[aws.Instance](r.g, n); m != nil {
		v, by = r.instanceAtLaunch(m)
		return v, by, true
	}
	if m := aws.Of[aws.AutoScalingGroup](r.g, n); m != nil {
		l := r.launchOfGroup(m)
		named := !m.Template.V.IsUnset() || !m.Mixed.V.IsUnset() || !m.Configuration.V.IsUnset()
		if named && !l.ipv4.silent {
			return l.ipv4.verdict, l.decides, true
		}
		return r.anyMapsPublicIPv4(r.placed(n).Subnets), nil, true
	}
	if m := aws.Of[aws.LaunchTemplate](r.g, n); m != nil {
		l := launch{ipv4: setting{silent: true}, ipv6: setting{silent: true}}
		r.readInterfaces(&l, m.Interfaces)
		if l.ipv4.silent { // whoever uses it decides
			return value.Bad(value.Fact{Text: n.Addr + " asks for no public address", Span: n.Span.Head()}), nil, true
		}
		return l.ipv4.verdict, n, true
	}
	return value.Verdict{}, nil, false
}

func (r *Reach) instanceAtLaunch(m *aws.Instance) (value.Verdict, *graph.Node) {
	l := r.launchOf(m)
	if l.ipv4.silent || l.decides != nil {
		// EC2 gives an instance that takes an interface which is there no address.
		var taken []value.Verdict
		for _, i := range m.Interfaces.Items {
			taken = append(taken, i.Existing.Set())
		}
		if v := value.Either(taken...); !v.IsBad() {
			return v.Not(), nil
		}
	}
	if !l.ipv4.silent {
		return l.ipv4.verdict, l.decides
	}
	subnet := &m.Subnet
	if subnet.V.IsUnset() && len(m.Interfaces.Items) == 1 {
		subnet = &m.Interfaces.Items[0].Subnet
	}
	if subnet.V.IsUnset() && len(l.subnets) > 0 {
		return r.anyMapsPublicIPv4(l.subnets), nil
	}
	n := subnet.One()
	if n == nil || n.Mode != graph.Managed || r.topo.Subnet(n).Model == nil {
		return value.Open(subnet.Unresolved("the account's default VPC decides")), nil
	}
	maps := r.topo.Subnet(n).Model.MapPublicIPOnLaunch.Is(true)
	return value.That(maps.Result, append([]value.Fact{{Text: "it is in " + n.Addr, Span: subnet.Span(), Origin: subnet.V.Origin()}}, maps.Facts()...)...), nil
}

// anyMapsPublicIPv4 says whether one of the subnets gives public addresses.
func (r *Reach) anyMapsPublicIPv4(subnets []graph.Target) value.Verdict {
	var vs []value.Verdict
	for _, s := range subnets {
		vs = append(vs, r.mapsPublicIPv4(s))
	}
	return value.Either(vs...)
}
