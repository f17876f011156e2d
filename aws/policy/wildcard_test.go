package policy

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/value"
)

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"*", "", true}, {"?", "", false}, {"*", "anything", true},
		{"s3:Get*", "s3:GetObject", true}, {"s3:Get*", "s3:Get", true}, {"s3:Get*", "s3:PutObject", false},
		{"*:*", "s3:GetObject", true}, {"s3:*Object", "s3:GetObjectAcl", false}, {"s3:*Object*", "s3:GetObjectAcl", true},
		{"a?c", "abc", true}, {"a?c", "ac", false}, {"a*b*c", "axxbyybzzc", true}, {"a*b*c", "axxbyybzz", false},
		{"**", "x", true}, {"s3:getobject", "s3:GetObject", false},
		{"a?c", "a*c", false}, // a star of the text is any number of characters
	} {
		if got := Matches(c.pattern, c.text); got != c.want {
			t.Errorf("Matches(%q, %q) = %v", c.pattern, c.text, got)
		}
	}
}

// Patterns come from strangers: many stars must not take long.
func TestMatchesIsNotExponential(t *testing.T) {
	if Matches(strings.Repeat("a*", 200)+"b", strings.Repeat("a", 5000)) {
		t.Error("matched")
	}
}

func TestCoversAction(t *testing.T) {
	for _, c := range []struct {
		pattern, wanted string
		want            bool
	}{
		{"*", "s3:GetObject", true}, {"*:*", "s3:*", true}, {"s3:*", "S3:getobject", true}, {"s3:*", "s3:Get*", true},
		{"s3:Get*", "s3:*", false}, {"s3:*", "*", false}, {"iam:*", "s3:GetObject", false}, {"*", "*:*", true},
	} {
		if got := CoversAction(c.pattern, c.wanted); got != c.want {
			t.Errorf("CoversAction(%q, %q) = %v", c.pattern, c.wanted, got)
		}
	}
}

func TestIsEvery(t *testing.T) {
	for s, want := range map[string]bool{"*": true, "**": true, "*:*": true, "s3:*": false, "*:Get*": false, "": false, ":": false, "iam:*": false} {
		if got := IsEveryAction(s); got != want {
			t.Errorf("IsEveryAction(%q) = %v", s, got)
		}
	}
	for s, want := range map[string]bool{"iam:*": true, "IAM:*": true, "iam:**": true, "iam:Get*": false, "*": false, "iam": false, "s3:*": false} {
		if got := IsEveryActionOf("iam", s); got != want {
			t.Errorf("IsEveryActionOf(iam, %q) = %v", s, got)
		}
	}
	for s, want := range map[string]bool{
		"*": true, "arn:aws:*": true, "arn:aws:*:*:*:*": true, "arn:*:*:*:*:*": true, "arn:aws:*:::*": true,
		"arn:aws:s3:::*": false, "arn:aws:iam::123456789012:*": false, "arn:aws:::": false, "arn:aws": false, "": false, "logs/*": false,
	} {
		if got := IsEveryResource(s); got != want {
			t.Errorf("IsEveryResource(%q) = %v", s, got)
		}
	}
}

func TestMayBe(t *testing.T) {
	for _, c := range []struct {
		name string
		may  func(value.Value) bool
		yes  []string
		no   []string
	}{
		{"every action", MayBeEveryAction, []string{"«x»", "*«x»", "«x»:*", "«x»«y»"}, []string{"s3:«x»", "«x»Object", "«@aws_x.y»", "«x»«@aws_x.y»"}},
		{"every action of IAM", MayBeEveryActionOf("iam"), []string{"«x»", "iam:«x»", "ia«x»", "iam:*«x»"}, []string{"s3:«x»", "iam:Get«x»", "«@aws_x.y»"}},
		{"every resource", MayBeEveryResource, []string{"«x»", "arn:«partition»:«x»", "arn:aws:«x»:*:*:*", "*«x»"},
			[]string{"arn:«partition»:s3:::«name»", "«@aws_s3_bucket.b»", "«@aws_s3_bucket.b»/*", "arn:aws:s3:::«x»", "«x»/*"}},
	} {
		for _, s := range c.yes {
			if !c.may(holed(s)) {
				t.Errorf("%s: %s can't be", c.name, s)
			}
		}
		for _, s := range c.no {
			if c.may(holed(s)) {
				t.Errorf("%s: %s may be", c.name, s)
			}
		}
	}
}
