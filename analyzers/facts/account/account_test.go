package account_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analyzers/facts/account"
	"github.com/wacheck/wacheck/internal/graphtest"
	"github.com/wacheck/wacheck/value/tri"
)

// Two resources of one root, by what their providers are.
func TestSameInRoot(t *testing.T) {
	for name, tt := range map[string]struct {
		one, other string
		want       tri.Bool
		why        string
	}{
		"regions alone":       {`region = "eu-west-1"`, `region = "us-east-1"`, tri.True, "the same credentials"},
		"one role":            {role("arn:aws:iam::111122223333:role/a"), role("arn:aws:iam::111122223333:role/b"), tri.True, "assumes a role of account 111122223333"},
		"roles of two":        {role("arn:aws:iam::111122223333:role/a"), role("arn:aws:iam::444455556666:role/a"), tri.False, ""},
		"allowed and assumed": {`allowed_account_ids = ["111122223333"]`, role("arn:aws:iam::111122223333:role/a"), tri.True, "allows account 111122223333 alone"},
		"one profile":         {`profile = "a"`, `profile = "a"`, tri.True, "the same credentials"},
		"two profiles":        {`profile = "a"`, `profile = "b"`, tri.Unknown, "the profiles of the providers aws and aws.other"},
		"a profile and none":  {`profile = "a"`, ``, tri.Unknown, "the profiles"},
		"an unknown role":     {role("${var.u}"), ``, tri.Unknown, "the roles"},
		"two unknown roles":   {role("${var.u}"), role("${var.v}"), tri.Unknown, "the roles"},
		"two keys":            {`access_key = "A"`, `access_key = "B"`, tri.Unknown, "the access keys"},
		"other files":         {`shared_credentials_files = ["a"]`, `shared_credentials_files = ["b"]`, tri.Unknown, "the files with credentials"},
		"the same files":      {`shared_credentials_files = ["a"]`, `shared_credentials_files = ["a"]`, tri.True, ""},
		"the same several":    {`allowed_account_ids = ["111122223333", "444455556666"]`, `allowed_account_ids = ["111122223333", "444455556666"]`, tri.True, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := graphtest.Load(t, "-- main.tf --\nvariable \"u\" {}\nvariable \"v\" {}\nprovider \"aws\" {\n"+tt.one+"\n}\nprovider \"aws\" {\nalias = \"other\"\n"+tt.other+"\n}\n"+`
resource "aws_vpc" "one" {
}

resource "aws_vpc" "other" {
  provider = aws.other
}

resource "aws_vpc" "third" {
}
`)
			accounts := account.New(g)
			one, other := graphtest.Node(t, g, "aws_vpc.one"), graphtest.Node(t, g, "aws_vpc.other")
			got, why := accounts.Same(one, other)
			if got != tt.want || len(why) == 0 || !strings.Contains(why[0].Text, tt.why) {
				t.Errorf("%s, because %v", got, why)
			}
			if got, _ := accounts.Same(one, graphtest.Node(t, g, "aws_vpc.third")); got != tri.True {
				t.Errorf("one provider deploys to one account, not %s", got)
			}
		})
	}
}

func role(arn string) string { return "assume_role {\n role_arn = \"" + arn + "\"\n}" }

// A provider that nobody configures, and one of several whose key is not known.
func TestUnknownProvider(t *testing.T) {
	g := graphtest.Load(t, `
-- main.tf --
resource "aws_vpc" "one" {
}

resource "aws_vpc" "other" {
  provider = aws.elsewhere
}
`)
	if got, why := account.New(g).Same(graphtest.Node(t, g, "aws_vpc.one"), graphtest.Node(t, g, "aws_vpc.other")); got != tri.Unknown {
		t.Errorf("%s, because %v", got, why)
	}
}

// Roles of functions and tasks are of the account that these are in; two that
// contradict each other tell nothing.
func TestByRoles(t *testing.T) {
	for name, tt := range map[string]struct{ one, other, want string }{
		"one account":   {"arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b", "111122223333"},
		"contradictory": {"arn:aws:iam::111122223333:role/a", "arn:aws:iam::444455556666:role/b", ""},
		"no account":    {"arn:aws:iam::aws:role/a", "arn:aws:iam::aws:role/b", ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := graphtest.Load(t, `
-- template.yaml --
Resources:
  One:
    Type: AWS::Lambda::Function
    Properties:
      Role: `+tt.one+`
  Other:
    Type: AWS::ECS::TaskDefinition
    Properties:
      TaskRoleArn: `+tt.other+`
`)
			if a := account.New(g).Of(graphtest.Node(t, g, "One")); a.ID != tt.want {
				t.Errorf("%+v", a)
			}
		})
	}
}
