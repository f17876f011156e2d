package security

import (
	"regexp"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// accessFlags picks from the settings of a public access block whether those
// that matter are on.
type accessFlags func(blockACLs, ignoreACLs, blockPolicy, restrict value.Bool) value.Verdict

// policyFlags are the settings that keep a public policy from working.
func policyFlags(_, _, blockPolicy, restrict value.Bool) value.Verdict {
	return restrict.Is(true).Or(blockPolicy.Is(true))
}

// aclFlags are the settings that keep a public ACL from working.
func aclFlags(blockACLs, ignoreACLs, _, _ value.Bool) value.Verdict {
	return ignoreACLs.Is(true).Or(blockACLs.Is(true))
}

// publicBlocks finds the public access block that holds for a bucket.
type publicBlocks struct {
	g *graph.Graph
	// accounts are the blocks of whole accounts.
	accounts []*aws.AccountPublicAccessBlock
	// unplaced are blocks of which the bucket can't be resolved, by unit.
	unplaced map[*graph.Unit][]value.Fact
}

func newPublicBlocks(g *graph.Graph) *publicBlocks {
	b := &publicBlocks{g: g, unplaced: map[*graph.Unit][]value.Fact{}}
	for a := range aws.Managed[aws.AccountPublicAccessBlock](g) {
		b.accounts = append(b.accounts, a)
	}
	for m := range aws.Managed[aws.PublicAccessBlock](g) {
		if n := m.Node(); len(m.Bucket.Targets()) == 0 && n.Exists != tri.False {
			b.unplaced[n.Unit] = append(b.unplaced[n.Unit], value.Fact{Text: n.Addr + " may belong to the bucket", Span: n.Span.Head(), Origin: m.Bucket.V.Origin()})
		}
	}
	return b
}

// of says whether public access is blocked for the bucket that an attribute of
// a node names.
func (b *publicBlocks) of(n *graph.Node, bucket *aws.Ref[aws.Bucket], flags accessFlags) value.Verdict {
	targets := bucket.Targets()
	if len(targets) == 0 {
		return b.ofSome(n, bucket, flags)
	}
	out := b.ofBucket(n, targets[0].Node, flags)
	for _, t := range targets[1:] {
		if v := b.ofBucket(n, t.Node, flags); v.Result != out.Result {
			return value.Open(bucket.Fact())
		}
	}
	return out
}

// ofSome says whether public access is blocked for a bucket of which it is not
// known which one it is.
func (b *publicBlocks) ofSome(n *graph.Node, bucket *aws.Ref[aws.Bucket], flags accessFlags) value.Verdict {
	vs := []value.Verdict{b.ofAccount(n, flags), b.ofUnplaced(n.Unit)}
	for m := range aws.Managed[aws.Bucket](b.g) {
		if m.Node().Unit == n.Unit && !b.ofBucket(n, m.Node(), flags).IsBad() {
			vs = append(vs, value.Open(bucket.Fact(), value.Fact{Text: "it may be " + m.Node().Addr, Span: m.Node().Span.Head()}))
		}
	}
	return value.Either(vs...)
}

// ofBucket says whether public access to a bucket is blocked; n is the resource
// that gives access, or the bucket itself.
func (b *publicBlocks) ofBucket(n, bucket *graph.Node, flags accessFlags) value.Verdict {
	vs := []value.Verdict{b.ofAccount(n, flags)}
	if bucket.Mode == graph.External || bucket.Mode == graph.Opaque {
		vs = append(vs, b.ofUnplaced(n.Unit))
	}
	model := aws.Of[aws.Bucket](b.g, bucket)
	if model != nil {
		vs = append(vs, inlineBlock(&model.Inline, flags))
	}
	for _, typ := range aws.Types[aws.PublicAccessBlock]() {
		found := b.g.Satellites(bucket, typ)
		for _, s := range found.Items {
			m := aws.Of[aws.PublicAccessBlock](b.g, s.Node)
			belongs := m.Node().Addr + " belongs to the bucket"
			if s.Sure != tri.True {
				belongs = m.Node().Addr + " may belong to the bucket"
			}
			vs = append(vs, value.That(s.Sure, value.Fact{Text: belongs, Span: m.Node().Span.Head(), Origin: m.Node().ExistsWhy}).
				And(flags(m.BlockACLs, m.IgnoreACLs, m.BlockPolicy, m.Restrict)))
		}
		if len(found.Open) > 0 {
			vs = append(vs, value.Open(found.Open...))
		}
	}
	return value.Either(vs...)
}

// inlineBlock is the block that is part of a bucket in CloudFormation.
func inlineBlock(block *aws.Block[aws.PublicAccess], flags accessFlags) value.Verdict {
	if m := block.Get(); m != nil {
		return flags(m.BlockACLs, m.IgnoreACLs, m.BlockPolicy, m.Restrict)
	}
	return value.Bad()
}

func (b *publicBlocks) ofUnplaced(u *graph.Unit) value.Verdict {
	if list := b.unplaced[u]; len(list) > 0 {
		return value.Open(list...)
	}
	return value.Bad()
}

// ofAccount says whether public access is blocked for the whole account that a
// node is in. Settings that may be those of another account count as well: what
// they leave of a defect is true in either case.
func (b *publicBlocks) ofAccount(n *graph.Node, flags accessFlags) value.Verdict {
	out := value.Bad()
	for _, a := range b.accounts {
		v := flags(a.BlockACLs, a.IgnoreACLs, a.BlockPolicy, a.Restrict)
		switch is := sameAccount(n, a.Node()); {
		case is == tri.False, v.IsBad():
			continue
		case a.Node().Exists != tri.True:
			v = value.Open(a.Node().Undecided())
		case is == tri.Unknown && v.IsGood():
			v = value.Good(value.Fact{Text: a.Node().Addr + " may hold for the same account", Span: a.Node().Span.Head()})
		case is == tri.Unknown:
			continue // neither its account nor its settings are known
		}
		out = out.Or(v)
	}
	return out
}

// sameAccount says whether two nodes are deployed to the same account.
func sameAccount(a, b *graph.Node) tri.Bool {
	if a.Unit == b.Unit && a.Provider == b.Provider {
		return tri.True
	}
	x, y := accountOf(a.Provider), accountOf(b.Provider)
	switch {
	case x != "" && y != "":
		return tri.Of(x == y)
	case a.Unit == b.Unit && isAmbient(a.Provider) && isAmbient(b.Provider):
		return tri.True // they differ by region alone
	case a.Unit != b.Unit && b.Unit != nil && b.Unit.Kind == graph.Example:
		return tri.False
	}
	return tri.Unknown
}

var roleAccount = regexp.MustCompile(`^arn:[a-z-]+:iam::([0-9]{12}):role/`)

// accountOf is the number of the account that a provider works in, or "".
func accountOf(p *graph.Provider) string {
	if p == nil {
		return ""
	}
	if ids := p.AccountIDs.Elems(); len(ids) == 1 && !p.AccountIDs.IsOpen() {
		if id, ok := ids[0].Str(); ok {
			return id
		}
	}
	if m := roleAccount.FindStringSubmatch(p.AssumeRole.Prefix()); m != nil {
		return m[1]
	}
	return ""
}

// isAmbient reports a provider that takes its account from the credentials it
// finds, like all others that say nothing.
func isAmbient(p *graph.Provider) bool {
	return p == nil || p.Profile.IsUnset() && p.AssumeRole.IsUnset() && p.AccountIDs.IsUnset()
}
