package identity

import (
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// MayRead says whether a principal may read the objects of a bucket: its policies
// allow it, and the policy of the bucket does not deny it.
func (x *Identities) MayRead(p *Principal, b *aws.Bucket) policy.Answer {
	n := b.Node()
	// Names of buckets are unique in all accounts.
	objects := policy.Thing{Node: n, Service: "s3", Name: b.Name, Alone: true, Within: "/*"}
	a := p.May("s3:GetObject", objects)
	if a.Result == tri.False {
		return a
	}
	q := policy.Question{Action: "s3:GetObject", Names: objects.Names(x.g), Holds: overTLS,
		Who: func(s *policy.Statement) tri.Bool { return s.Named(x.isOneOf(n, p)) }}
	check := func(g policy.Grant) {
		for _, s := range g.All() {
			denied := tri.And(s.Applies(q), s.IsDeny(), g.Exists)
			a.Result = tri.And(a.Result, denied.Not())
			switch denied {
			case tri.True:
				a.Denied = value.Fact{Text: "the policy of " + n.Addr + " denies it: " + s.Name(), Span: s.Span}
			case tri.Unknown:
				a.Missing = append(a.Missing, value.Fact{Text: "whether " + s.Name() + " denies it is not known", Span: s.Span})
			case tri.False:
			}
		}
		if open := g.Opens(); len(open) > 0 {
			a.Result = tri.And(a.Result, tri.Unknown)
			a.Missing = append(a.Missing, open...)
		}
	}
	check(x.document(n, b.Policy.Name, b.Policy.V, tri.True))
	for _, s := range b.Policies.Items {
		check(x.document(s.Part.Node(), s.Part.Document.Name, s.Part.Document.V, s.Sure))
	}
	if len(b.Policies.Open) > 0 {
		check(unread(b.Policies.Open...))
	}
	return a
}

// isOneOf is isOne for the policy of a resource.
func (x *Identities) isOneOf(by *graph.Node, p *Principal) func(kind string, id value.Value) tri.Bool {
	return x.isOne(&Principal{Node: by}, p)
}

// overTLS says whether the conditions of a statement hold for a request over TLS;
// of others that is not known.
func overTLS(s *policy.Statement) tri.Bool {
	if s.IsConditional() == tri.False {
		return tri.True
	}
	for _, c := range s.Conditions.Items {
		key, _ := c.Key.Str()
		plain, _ := c.Values.Has(func(v string) bool { return v == "false" }, nil)
		if key == "aws:SecureTransport" && plain == tri.True && c.Exists == tri.True {
			return tri.False
		}
	}
	return tri.Unknown
}

// Reader is a workload that may read a bucket, and as whom.
type Reader struct {
	Workload *graph.Node
	Held     Held
	policy.Answer
}

// Readers returns the workloads that may read a bucket, certainly or perhaps, in
// order of node id.
func (x *Identities) Readers(b *aws.Bucket) []Reader {
	var out []Reader
	for _, n := range x.g.Nodes() {
		if n.Mode != graph.Managed {
			continue
		}
		held, _ := x.HeldBy(n)
		for _, h := range held {
			a := x.MayRead(h.Role, b)
			a.Result = tri.And(a.Result, h.Sure)
			if a.Result != tri.False {
				out = append(out, Reader{n, h, a})
			}
		}
	}
	return out
}
