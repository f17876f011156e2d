package security

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

const (
	// readOnly: strangers can read objects whose names they know, and no more.
	readOnly = "read only"
	// contradicted: a public access block takes the grant's effect away.
	contradicted = "blocked"
)

var s3PolicyPublic = &analysis.Rule{
	ID: "s3-policy-public", Title: "Bucket policy lets everybody in",
	Why: "Anyone on the internet can do with the bucket what the statement allows, without an account: " +
		"list and copy what is stored, or write and delete it.",
	Fix: "Name the principals, or add a condition that fixes an organisation, account, VPC endpoint or network (aws:PrincipalOrgID, aws:SourceVpce, …). " +
		"Serve a website through CloudFront with origin access control.",
	Severity: analysis.Critical, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC08-BP04", Effort: "M",
	Variants: map[string]analysis.Severity{readOnly: analysis.High, contradicted: analysis.Medium},
}

var s3PublicACL = &analysis.Rule{
	ID: "s3-public-acl", Title: "Bucket ACL grants access to strangers",
	Why:      "Anyone on the internet, or anyone with some AWS account, can list, read or change what is stored in the bucket.",
	Fix:      "Remove the ACL and block public access; give access by a bucket policy that names the principals.",
	Severity: analysis.Critical, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC08-BP04", Effort: "S",
	Variants: map[string]analysis.Severity{contradicted: analysis.Low},
}

// BucketAccess decides whether strangers have access to buckets.
var BucketAccess = &analysis.Analyzer{
	Name: "bucketaccess", Doc: "finds bucket policies and ACLs that let strangers in",
	Rules: []*analysis.Rule{s3PolicyPublic, s3PublicACL},
	Run: func(p *analysis.Pass) (any, error) {
		blocks := newPublicBlocks(p.Graph)
		s := &bucketScan{p: p, names: names{}}
		for b := range aws.Managed[aws.Bucket](p.Graph) {
			if !b.Policy.V.IsUnset() {
				s.policy(b.Node(), b.Policy, blocks.ofBucket(b.Node(), b.Node(), policyFlags))
			}
			p.Decide(s3PublicACL, b.Node(), contradictedBy(privateACL(b.ACL, bucketGrants(b)), blocks.ofBucket(b.Node(), b.Node(), aclFlags)))
		}
		for b := range aws.Managed[aws.BucketPolicy](p.Graph) {
			s.policy(b.Node(), b.Document, blocks.of(b.Node(), &b.Bucket, policyFlags))
		}
		for a := range aws.Managed[aws.BucketACL](p.Graph) {
			p.Decide(s3PublicACL, a.Node(), contradictedBy(privateACL(a.ACL, aclGrants(a)), blocks.of(a.Node(), &a.Bucket, aclFlags)))
		}
		return nil, nil
	},
}

// bucketScan goes through the bucket policies of a graph.
type bucketScan struct {
	p     *analysis.Pass
	names names
}

// policy decides about each statement of a bucket policy. Blocked says whether
// a public access block makes public policies ineffective.
func (s *bucketScan) policy(n *graph.Node, doc value.Attr, blocked value.Verdict) {
	d := policy.Decode(s.p.Graph, n, doc.Name, doc.V)
	list := decisive(d, func(st *policy.Statement) bool { return settle(closed(st), st).IsBad() })
	for i := range list {
		st := &list[i]
		v := contradictedBy(settle(closed(st), st), blocked)
		s.p.Decide(s3PolicyPublic, n, v, s.names.subject(s3PolicyPublic, n, st.Name()), analysis.At(within(n, doc.V, v)))
	}
	switch open := d.Opens(); {
	case len(open) > 0:
		s.p.Decide(s3PolicyPublic, n, value.Open(open...))
	case len(list) == 0:
		s.p.Decide(s3PolicyPublic, n, value.Good())
	}
}

// contradictedBy makes a defect a milder one where a public access block takes
// its effect away.
func contradictedBy(v, blocked value.Verdict) value.Verdict {
	switch {
	case !v.IsBad():
		return v
	case blocked.IsGood():
		return v.As(contradicted).With(blocked.Facts()...)
	case blocked.IsOpen():
		return value.Open(blocked.Facts()...)
	}
	return v
}

// closed says whether a statement keeps strangers out.
func closed(s *policy.Statement) value.Verdict {
	everyone, who := s.Everyone()
	v := value.All(
		value.That(everyone, principalFact(s, everyone, who)),
		value.That(s.Narrowed().Not(), conditionFact(s)),
		allows(s),
	).Not()
	if v.IsBad() && readsObjects(s) != tri.False {
		return v.As(readOnly)
	}
	return v
}

func principalFact(s *policy.Statement, everyone tri.Bool, who value.Value) value.Fact {
	f := value.Fact{Text: "the principal is everybody", Span: placeOf(who, s), Origin: who.Origin()}
	if everyone == tri.Unknown {
		f.Text = "whether the principal is everybody is not known"
	}
	return f
}

func conditionFact(s *policy.Statement) value.Fact {
	f := value.Fact{Text: "no condition narrows it", Span: s.Conditions.Span}
	for i := range s.Conditions.Items {
		c := &s.Conditions.Items[i]
		if tri.And(c.Exists, c.Narrows()) != tri.Unknown {
			continue
		}
		key, _ := c.Key.Str()
		_, v := c.Values.Has(func(string) bool { return false }, nil)
		return value.Fact{Text: "whether its condition on " + key + " narrows it is not known", Span: placeOf(v, s), Origin: v.Origin()}
	}
	return f
}

// readsObjects says whether a statement gives no more than objects of which
// the name is known.
func readsObjects(s *policy.Statement) tri.Bool {
	reads := s.Actions.Every(func(a string) bool {
		return strings.EqualFold(a, "s3:GetObject") || strings.EqualFold(a, "s3:GetObjectVersion")
	})
	bucket, _ := s.Resources.Has(func(r string) bool { return !isObject(r) }, func(v value.Value) bool { return !endsInObject(v) })
	return tri.And(reads, bucket.Not(), tri.Of(!s.Resources.V.IsUnset()))
}

// isObject reports the ARN of objects: with a name behind that of the bucket.
func isObject(arn string) bool {
	seg := strings.SplitN(arn, ":", 6)
	return len(seg) == 6 && seg[2] == "s3" && strings.Contains(seg[5], "/")
}

// endsInObject reports of a resource that is known in part that it names objects:
// "${aws_s3_bucket.site.arn}/*".
func endsInObject(v value.Value) bool {
	for i, p := range v.Parts() {
		if text, ok := p.Str(); ok && i > 0 && strings.Contains(text, "/") {
			return true
		}
	}
	return isObject(v.Prefix())
}

// strangers are the groups that anyone is in: on the internet, or with an AWS
// account. https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
var strangers = []string{"http://acs.amazonaws.com/groups/global/AllUsers", "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}

// permissions are what a grant can give.
var permissions = []string{"READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"}

// privateACL says whether an ACL, canned or of grants, keeps strangers out.
// Terraform and CloudFormation spell the canned ones differently.
func privateACL(canned value.String, grants value.Verdict) value.Verdict {
	public := canned.Is("public-read", "public-read-write", "authenticated-read", "PublicRead", "PublicReadWrite", "AuthenticatedRead")
	return value.Either(public, grants).Not()
}

func bucketGrants(b *aws.Bucket) value.Verdict {
	var vs []value.Verdict
	for _, g := range b.Grants.Items {
		gives := g.Permissions.Has(func(p string) bool { return oneOf(p, permissions) })
		vs = append(vs, grantTo(g.URI, gives, &g.Item))
	}
	return anyGrant(vs, b.Grants.Open, b.Grants.Attr)
}

func aclGrants(a *aws.BucketACL) value.Verdict {
	var vs []value.Verdict
	for _, g := range a.Grants.Items {
		vs = append(vs, grantTo(g.URI, g.Permission.Is(permissions...), &g.Item))
	}
	return anyGrant(vs, a.Grants.Open, a.Grants.Attr)
}

func oneOf(s string, list []string) bool {
	return slices.Contains(list, s)
}

// grantTo says whether a grant gives something to strangers.
func grantTo(uri value.String, gives value.Verdict, block *aws.Item) value.Verdict {
	there := value.That(block.Exists(), value.Fact{Text: "whether the grant is there is not known", Span: block.Span(), Origin: block.Value().Origin()})
	if there.IsGood() {
		there = value.Good()
	}
	return uri.Is(strangers...).And(gives, there)
}

func anyGrant(vs []value.Verdict, open bool, list value.Attr) value.Verdict {
	if open {
		vs = append(vs, value.Open(list.Fact()))
	}
	return value.Either(vs...)
}
