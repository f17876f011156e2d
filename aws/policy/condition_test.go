package policy

import (
	"testing"

	"github.com/wacheck/wacheck/value/tri"
)

func TestNarrows(t *testing.T) {
	const no, yes, open = tri.False, tri.True, tri.Unknown
	for _, c := range []struct {
		operator, key string
		values        []string
		want          tri.Bool
	}{
		// Positive operators on keys that name an account, organisation, network or resource.
		{"StringEquals", "aws:PrincipalOrgID", []string{"o-a1b2c3"}, yes},
		{"stringequals", "AWS:principalorgid", []string{"o-a1b2c3"}, yes}, // keys and operators in any case
		{"StringEqualsIgnoreCase", "aws:PrincipalOrgID", []string{"o-a1b2c3"}, yes},
		{"ForAnyValue:StringLike", "aws:PrincipalOrgPaths", []string{"o-a1b2c3/r-ab12/*"}, yes},
		{"StringEquals", "aws:SourceAccount", []string{"123456789012"}, yes},
		{"StringEquals", "aws:SourceOwner", []string{"123456789012"}, yes},
		{"StringEquals", "aws:SourceVpce", []string{"vpce-1", "vpce-2"}, yes},
		{"StringEquals", "aws:SourceVpc", []string{"vpc-1"}, yes},
		{"StringLike", "aws:userid", []string{"AROAEXAMPLE:*"}, yes},
		{"StringEquals", "s3:DataAccessPointAccount", []string{"123456789012"}, yes},
		{"ArnLike", "aws:SourceArn", []string{"arn:aws:sns:*:123456789012:*"}, yes},
		{"ArnEquals", "aws:PrincipalArn", []string{"arn:aws:iam::123456789012:role/x"}, yes},
		{"StringLike", "aws:PrincipalArn", []string{"arn:*:iam::123456789012:role/*"}, yes},
		{"ArnLike", "aws:SourceArn", []string{"arn:aws:s3:::logs/*"}, yes},
		{"IpAddress", "aws:SourceIp", []string{"203.0.113.0/24", "2001:db8::/32"}, yes},
		{"IpAddress", "aws:SourceIp", []string{"198.0.0.0/8"}, yes},

		// A star that any stranger satisfies.
		{"StringLike", "aws:PrincipalOrgID", []string{"*"}, no},
		{"StringLike", "aws:PrincipalOrgID", []string{"o-*"}, no},
		{"StringLike", "aws:SourceVpce", []string{"vpce-1", "vpce-*"}, no},
		{"StringLike", "aws:userid", []string{"AROA*"}, no},
		{"ArnLike", "aws:SourceArn", []string{"arn:aws:sns:*:*:*"}, no},
		{"ArnLike", "aws:SourceArn", []string{"arn:aws:s3:::*"}, no},
		{"ArnLike", "aws:PrincipalArn", []string{"arn:aws:iam::*:role/admin"}, no},
		{"StringLike", "aws:PrincipalArn", []string{"*"}, no},
		{"StringLike", "aws:PrincipalArn", []string{"*:123456789012:*"}, yes},
		{"IpAddress", "aws:SourceIp", []string{"0.0.0.0/0"}, no},
		{"IpAddress", "aws:SourceIp", []string{"0.0.0.0/1", "128.0.0.0/1"}, no},
		{"IpAddress", "aws:SourceIp", []string{"203.0.113.0/24", "::/0"}, no},
		{"StringEquals", "aws:PrincipalOrgID", []string{"*"}, yes}, // an ordinary character here: nobody gets in
		{"StringEquals", "aws:PrincipalOrgID", nil, no},

		// Operators that are negated, or hold where the key is missing.
		{"StringNotEquals", "aws:PrincipalOrgID", []string{"o-a1b2c3"}, no},
		{"ArnNotLike", "aws:PrincipalArn", []string{"arn:aws:iam::123456789012:role/x"}, no},
		{"NotIpAddress", "aws:SourceIp", []string{"203.0.113.0/24"}, no},
		{"StringEqualsIfExists", "aws:PrincipalOrgID", []string{"o-a1b2c3"}, no},
		{"ForAllValues:StringEquals", "aws:PrincipalOrgID", []string{"o-a1b2c3"}, no},
		{"Null", "aws:PrincipalOrgID", []string{"false"}, no},

		// Keys that anyone can satisfy.
		{"StringEquals", "aws:Referer", []string{"https://example.com/"}, no},
		{"Bool", "aws:SecureTransport", []string{"true"}, no},
		{"StringEquals", "s3:x-amz-acl", []string{"bucket-owner-full-control"}, no},

		// What is not known is open, unless a known part or another resource fixes it.
		{"StringEquals", "aws:PrincipalOrgID", []string{"«x»"}, open},
		{"StringEquals", "aws:PrincipalOrgID", []string{"o-1", "«x»"}, open},
		{"StringLike", "aws:PrincipalOrgID", []string{"*", "«x»"}, no},
		{"StringEquals", "aws:SourceVpce", []string{"«@aws_vpc_endpoint.s3»"}, yes},
		{"ArnLike", "aws:SourceArn", []string{"arn:aws:sns:«region»:123456789012:x"}, yes},
		{"ArnLike", "aws:SourceArn", []string{"«@aws_sns_topic.t»/*"}, yes},
		{"«x»", "aws:PrincipalOrgID", []string{"o-1"}, open},
		{"«x»", "aws:Referer", []string{"x"}, no},
		{"StringEquals", "«x»", []string{"x"}, open},
		{"StringNotEquals", "«x»", []string{"x"}, no},
	} {
		cond := Condition{Operator: holed(c.operator), Key: holed(c.key), Exists: tri.True}
		cond.Values = List{V: listOf(c.values...), Name: "values"}
		if c.values == nil {
			cond.Values.V = listOf()
		}
		if got := cond.Narrows(); got != c.want {
			t.Errorf("%s %s %v: got %v, want %v", c.operator, c.key, c.values, got, c.want)
		}
	}
}

// Conditions of a data source may be missing, or more than are seen.
func TestNarrowedByWhatMayBeMissing(t *testing.T) {
	sure := Condition{Operator: holed("StringEquals"), Key: holed("aws:PrincipalOrgID"), Values: List{V: holed("o-1")}, Exists: tri.True}
	maybe := sure
	maybe.Exists = tri.Unknown
	for _, c := range []struct {
		name string
		in   Conditions
		want tri.Bool
	}{
		{"none", Conditions{}, tri.False},
		{"one", Conditions{Items: []Condition{sure}}, tri.True},
		{"one that may be missing", Conditions{Items: []Condition{maybe}}, tri.Unknown},
		{"others may be there", Conditions{Open: true}, tri.Unknown},
		{"one is enough", Conditions{Items: []Condition{maybe, sure}, Open: true}, tri.True},
	} {
		s := Statement{Conditions: c.in}
		if got := s.Narrowed(); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		if got := s.IsConditional(); got != c.want {
			t.Errorf("%s: conditional %v, want %v", c.name, got, c.want)
		}
	}
}
