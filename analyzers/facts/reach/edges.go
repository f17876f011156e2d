package reach

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// cloudFrontList is the prefix list of AWS that holds the addresses from which
// CloudFront asks origins.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
const cloudFrontList = "com.amazonaws.global.cloudfront.origin-facing"

// distributions adds the ways through CloudFront to its origins.
func (r *Reach) distributions(f *forwards) {
	for m := range aws.Managed[aws.Distribution](r.g) {
		for _, o := range m.Origins.Items {
			r.origin(f, m, o)
		}
		if m.Origins.Open {
			f.mayServe(m.Node().Unit, m.Origins.Fact())
		}
	}
}

func (f *forwards) mayServe(u *graph.Unit, why value.Fact) {
	f.anyOf[u] = append(f.anyOf[u], mayForward{[]targetKind{balancerTarget, bucketTarget, functionTarget}, why})
}

func (r *Reach) origin(f *forwards, m *aws.Distribution, o *aws.Origin) {
	n := m.Node()
	w := forward{from: n, sure: tri.And(n.Exists, o.Exists()), listen: everyPort()}
	w.missing = []value.Fact{{Text: "whether " + n.Addr + " has this origin is not known", Span: o.Span()}}
	w.require(usesOrigin(m, o))
	if !o.VPC.V.IsUnset() {
		r.vpcOrigin(f, w, o)
		return
	}
	targets, _ := r.g.Resolve(n, o.Domain.Name, o.Domain.V)
	for _, t := range targets {
		w := w
		w.hops = append(append([]value.Fact(nil), w.hops...), value.Fact{Text: n.Addr + " hands requests on to " + t.Node.Addr,
			Span: o.Domain.Span(), Origin: o.Domain.V.Origin(), Hop: true})
		w.missing = append([]value.Fact(nil), w.missing...)
		signs := r.signed(n, o)
		u := aws.Of[aws.FunctionURL](r.g, t.Node)
		switch {
		case aws.Of[aws.LoadBalancerV2](r.g, t.Node) != nil, aws.Of[aws.ClassicLoadBalancer](r.g, t.Node) != nil:
			w.to, w.dest = t.Node, originPorts(o.Protocol, o.HTTPPort, o.HTTPSPort)
			w.by = sender{client: value.Bad(), family: []Family{IPv4}, edge: true, routed: true, lists: []string{cloudFrontList}}
		case aws.Of[aws.Bucket](r.g, t.Node) != nil:
			w.to, w.dest, w.by = t.Node, everyPort(), sender{service: true}
			w.require(signs)
			w.require(r.readsBucket(aws.Of[aws.Bucket](r.g, t.Node)))
		case u != nil:
			w.to, w.dest, w.by = u.Function.One(), everyPort(), sender{service: true}
			w.require(u.Auth.IsFold("NONE").Or(signs.And(r.mayInvokeURL(u, "cloudfront.amazonaws.com"))))
		case aws.Of[aws.RestAPI](r.g, t.Node) != nil, aws.Of[aws.HTTPAPI](r.g, t.Node) != nil:
			w.to, w.dest, w.by = t.Node, everyPort(), sender{service: true}
		}
		if w.to != nil {
			f.add(w)
		}
	}
	if len(targets) == 0 && o.Domain.V.IsUnknown() {
		f.mayServe(n.Unit, o.Domain.Fact())
	}
}

// mayInvokeURL says whether a service may invoke the function, or the alias of it, that
// a URL leads to.
func (r *Reach) mayInvokeURL(u *aws.FunctionURL, service string) value.Verdict {
	fn := r.functionOf(u.Function.One())
	if fn == nil {
		return value.Open()
	}
	c := callee{function: fn}
	c.qualify(r.g, u.Node(), u.Qualifier)
	return r.mayInvoke(&c, service, value.Attr{})
}

// usesOrigin says whether a cache behavior leads to an origin; origin groups are
// not followed.
func usesOrigin(m *aws.Distribution, o *aws.Origin) value.Verdict {
	id, ok := o.ID.Get()
	if !ok || len(m.Groups.Items) > 0 || m.Groups.Open || m.Behaviors.Open || m.Default.Get() == nil {
		return value.Good()
	}
	vs := []value.Verdict{value.Bad(value.Fact{Text: "no cache behavior leads to origin " + id, Span: o.Span()}), quiet(m.Default.Get().Target.Is(id))}
	for _, b := range m.Behaviors.Items {
		vs = append(vs, quiet(sureOnly(b.Target.Is(id), b.Exists())))
	}
	return value.Either(vs...)
}

// quiet leaves out the facts of a good verdict, which say nothing new on a path.
func quiet(v value.Verdict) value.Verdict {
	if v.IsGood() {
		return value.Good()
	}
	return v
}

// signed says whether CloudFront proves to an origin who it is.
func (r *Reach) signed(n *graph.Node, o *aws.Origin) value.Verdict {
	identity := o.Identity.Test(func(v value.Value) tri.Bool {
		text, ok := v.Str()
		return tri.Of(!ok || text != "")
	})
	if o.Identity.V.IsUnset() {
		identity = value.Bad(value.Fact{Text: "CloudFront does not prove to the origin who it is", Span: o.Span()})
	}
	control := o.Control.Set()
	if targets, complete := r.g.Resolve(n, o.Control.Name, o.Control.V); complete && len(targets) == 1 && targets[0].Sure == tri.True {
		control = value.Good()
	}
	if v := control.Or(identity); !v.IsGood() {
		return v
	}
	return value.Good(value.Fact{Text: "CloudFront proves to the origin who it is", Span: o.Span()})
}

// readsBucket says whether the policy of a bucket lets CloudFront read it.
func (r *Reach) readsBucket(b *aws.Bucket) value.Verdict {
	n := b.Node()
	vs := []value.Verdict{value.Bad(value.Fact{Text: "no policy lets CloudFront read " + n.Addr, Span: n.Span.Head()})}
	read := func(by *graph.Node, a value.Attr, exists tri.Bool) {
		doc := policy.Decode(r.g, by, a.Name, a.V)
		for _, s := range doc.All() {
			vs = append(vs, sureOnly(letsCloudFront(&s), exists))
		}
		if open := doc.Opens(); len(open) > 0 {
			vs = append(vs, value.Open(open...))
		}
	}
	read(n, b.Policy, tri.True)
	for _, p := range b.Policies.Items {
		read(p.Part.Node(), p.Part.Document, p.Sure)
	}
	if len(b.Policies.Open) > 0 {
		vs = append(vs, value.Open(b.Policies.Open...))
	}
	return value.Either(vs...)
}

// letsCloudFront says whether a statement lets CloudFront read objects, as a
// service or by an identity of its own.
func letsCloudFront(s *policy.Statement) value.Verdict {
	fact := value.Fact{Text: "the bucket policy lets CloudFront read", Span: s.Span}
	reads, _ := s.Actions.Has(func(a string) bool { return policy.CoversAction(a, "s3:GetObject") }, nil)
	who := tri.False
	for _, p := range s.Principals.Items {
		kind, known := p.Type.Str()
		ids, complete := p.IDs.Items()
		if kind == "CanonicalUser" {
			who = tri.Or(who, p.Exists)
		}
		for _, id := range ids {
			text, ok := id.Str()
			switch {
			case strings.Contains(text+id.Prefix(), "cloudfront") || text == "*":
				who = tri.Or(who, p.Exists)
			case !ok && namesIdentity(id):
				who = tri.Or(who, p.Exists)
			case !ok:
				who = tri.Or(who, tri.Unknown)
			}
		}
		if !complete || !known {
			who = tri.Or(who, tri.Unknown)
		}
	}
	return value.That(tri.And(s.IsAllow(), reads, who, s.Exists), fact)
}

// namesIdentity reports a reference to an origin access identity.
func namesIdentity(v value.Value) bool {
	for _, ref := range v.Refs() {
		if strings.Contains(ref.Addr, "cloudfront_origin_access_identity") || ref.Attr == "S3CanonicalUserId" {
			return true
		}
	}
	return false
}

// originPorts are those at which an origin is asked.
func originPorts(protocol value.String, http, https value.Int) Ports {
	plain, secure := numbered(http, tri.True), numbered(https, tri.True)
	switch v := protocol.IsFold("http-only"); {
	case v.IsGood():
		return Ports{plain, noPorts}
	case protocol.IsFold("https-only").IsGood():
		return Ports{secure, noPorts}
	case protocol.IsFold("match-viewer").IsGood():
		return Ports{plain.Union(secure), noPorts}
	}
	return Ports{awsnet.PortsBetween(awsnet.PortSet{}, plain.Union(secure).Possible()), noPorts}
}

// vpcOrigin adds the way to what CloudFront reaches inside a VPC.
func (r *Reach) vpcOrigin(f *forwards, w forward, o *aws.Origin) {
	m := aws.Of[aws.VPCOrigin](r.g, o.VPC.One())
	if m == nil || m.Node().Mode != graph.Managed {
		f.mayServe(w.from.Unit, o.VPC.Fact())
		return
	}
	w.dest = originPorts(m.Protocol, m.HTTPPort, m.HTTPSPort)
	// Its interfaces bear a security group that AWS makes.
	w.by = sender{client: value.Bad(), family: []Family{IPv4}, lists: []string{cloudFrontList}}
	for _, t := range named(&m.Target) {
		w.to = t.Node
		w.sure = tri.And(w.sure, t.Sure, m.Node().Exists)
		w.hops = append(append([]value.Fact(nil), w.hops...), value.Fact{Text: fmt.Sprintf("%s leads from %s to %s", m.Node().Addr, w.from.Addr, t.Node.Addr),
			Span: m.Target.Span(), Origin: m.Target.V.Origin(), Hop: true})
		f.add(w)
	}
	if len(named(&m.Target)) == 0 {
		f.mayServe(w.from.Unit, m.Target.Fact())
	}
}

// accelerators adds the ways through Global Accelerator to its endpoints.
func (r *Reach) accelerators(f *forwards) {
	for m := range aws.Managed[aws.Accelerator](r.g) {
		for _, l := range m.Listeners.Items {
			for _, g := range l.Part.Groups.Items {
				for _, e := range g.Part.Endpoints.Items {
					r.accelerated(f, m, l.Part, g.Part, e, tri.And(l.Sure, g.Sure, e.Exists(), m.Node().Exists))
				}
				if g.Part.Endpoints.Open {
					f.mayAccelerate(m.Node().Unit, g.Part.Endpoints.Fact())
				}
			}
			for _, why := range l.Part.Groups.Open {
				f.mayAccelerate(m.Node().Unit, why)
			}
		}
	}
}

func (f *forwards) mayAccelerate(u *graph.Unit, why value.Fact) {
	f.anyOf[u] = append(f.anyOf[u], mayForward{[]targetKind{balancerTarget, instanceTarget}, why})
}

func (r *Reach) accelerated(f *forwards, m *aws.Accelerator, l *aws.AcceleratorListener, g *aws.EndpointGroup, e *aws.AcceleratorEndpoint, sure tri.Bool) {
	targets := named(&e.Target)
	if len(targets) == 0 && e.Target.V.IsUnknown() {
		f.mayAccelerate(m.Node().Unit, e.Target.Fact())
	}
	for _, t := range targets {
		to := t.Node
		if eip := aws.Of[aws.ElasticIP](r.g, to); eip != nil {
			to = eip.Instance.One()
		}
		if to == nil {
			continue
		}
		ports := listenerPorts(l)
		w := forward{from: m.Node(), to: to, sure: tri.And(sure, t.Sure), listen: ports, dest: ports,
			by: sender{client: keepsClient(r.g, to, e), family: []Family{IPv4}, edge: true}}
		if !g.Overrides.V.IsUnset() {
			w.dest = Ports{}
		}
		w.hops = []value.Fact{{Text: fmt.Sprintf("%s listens for %s", l.Node().Addr, m.Node().Addr), Span: l.Node().Span.Head(), Hop: true},
			{Text: fmt.Sprintf("%s hands packets on to %s", g.Node().Addr, to.Addr), Span: e.Target.Span(), Origin: e.Target.V.Origin(), Hop: true}}
		w.missing = []value.Fact{{Text: fmt.Sprintf("whether %s hands packets on to %s is not known", g.Node().Addr, to.Addr), Span: e.Target.Span(), Origin: e.Target.V.Origin()}}
		w.require(quiet(e.Weight.AtLeast(1)))
		w.require(quiet(g.Traffic.AtLeast(1)))
		f.add(w)
	}
}

// listenerPorts are the ports of a listener of an accelerator.
func listenerPorts(l *aws.AcceleratorListener) Ports {
	out := noPorts
	for _, x := range l.Ranges.Items {
		out = out.Union(awsnet.PortsOf(awsnet.TCP, boundOf(x.From), boundOf(x.To)))
	}
	if l.Ranges.Open {
		out = out.Union(awsnet.Ports{})
	}
	udp := l.Protocol.IsFold("UDP")
	return Ports{where(udp.Not(), out), where(udp, out)}
}

func boundOf(i value.Int) awsnet.Bound {
	if n, ok := i.Get(); ok {
		return awsnet.KnownBound(int(n))
	}
	return awsnet.UnknownBound()
}

// keepsClient says whether an endpoint sees the address of the client: instances
// always do, application load balancers unless told otherwise.
// https://docs.aws.amazon.com/global-accelerator/latest/dg/preserve-client-ip-address.html
func keepsClient(g *graph.Graph, to *graph.Node, e *aws.AcceleratorEndpoint) value.Verdict {
	if aws.Of[aws.Instance](g, to) != nil {
		return value.Good()
	}
	if !e.Preserve.V.IsUnset() {
		return e.Preserve.Is(true)
	}
	if lb := aws.Of[aws.LoadBalancerV2](g, to); lb != nil && lb.Type.IsFold("application").IsGood() {
		return value.Good()
	}
	return value.Open(e.Preserve.Fact())
}
