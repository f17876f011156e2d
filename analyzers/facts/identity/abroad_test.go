package identity_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analyzers/facts/account"
	"github.com/wacheck/wacheck/analyzers/facts/identity"
	"github.com/wacheck/wacheck/internal/graphtest"
	"github.com/wacheck/wacheck/value/tri"
)

// countries are two roots, each with an account of its own.
const countries = `
-- from/main.tf --
terraform {
  backend "s3" {
    bucket = "states"
    key    = "from"
  }
}
variable "u" {}
provider "aws" {
  {account}
}
resource "aws_iam_role" "from" {
  name = "from"
  assume_role_policy = jsonencode({ Statement = [] })
}
resource "aws_iam_role_policy" "from" {
  role = aws_iam_role.from.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = {resource} }] })
}
output "from" {
  value = aws_iam_role.from.arn
}
-- to/main.tf --
variable "u" {}
provider "aws" {
  {other}
}
data "aws_caller_identity" "me" {}
data "terraform_remote_state" "from" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "from"
  }
}
resource "aws_iam_role" "to" {
  name = "to"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = {trusted} } }] })
}
`

// TestRolesOfOtherRoots asks whether a role of one root assumes one of another root.
func TestRolesOfOtherRoots(t *testing.T) {
	const one, two = `allowed_account_ids = ["111122223333"]`, `allowed_account_ids = ["444455556666"]`
	const open = `allowed_account_ids = [var.u]`
	const byARN, byAccount = `"arn:aws:iam::111122223333:role/from"`, `"arn:aws:iam::111122223333:root"`
	for name, tt := range map[string]struct {
		set  map[string]string
		want tri.Bool
	}{
		"by ARN":                              {map[string]string{"trusted": byARN}, tri.True},
		"by ARN, where nothing tells":         {map[string]string{"trusted": byARN, "account": ""}, tri.True}, // the only role of that name
		"by ARN of another account":           {map[string]string{"trusted": byARN, "account": two}, tri.False},
		"by ARN, where it is not known":       {map[string]string{"trusted": byARN, "account": open}, tri.Unknown},
		"by ARN of another role":              {map[string]string{"trusted": `"arn:aws:iam::111122223333:role/fro"`}, tri.False},
		"by state":                            {map[string]string{"trusted": "data.terraform_remote_state.from.outputs.from"}, tri.True},
		"by account":                          {map[string]string{"trusted": byAccount}, tri.True},
		"by number":                           {map[string]string{"trusted": `"111122223333"`}, tri.True},
		"by account, where nothing tells":     {map[string]string{"trusted": byAccount, "account": ""}, tri.False}, // far-fetched
		"by account, where it is not known":   {map[string]string{"trusted": byAccount, "account": open}, tri.Unknown},
		"by another account":                  {map[string]string{"trusted": byAccount, "account": two}, tri.False},
		"by its own account":                  {map[string]string{"trusted": "data.aws_caller_identity.me.account_id"}, tri.False},
		"by its own account, which is shared": {map[string]string{"trusted": "data.aws_caller_identity.me.account_id", "other": one}, tri.True},
		"by its own root":                     {map[string]string{"trusted": `"arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"`, "other": one}, tri.True},
		"by its own root, not shared":         {map[string]string{"trusted": `"arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"`}, tri.False},
		"by something that is not known":      {map[string]string{"trusted": "var.u", "resource": `"arn:aws:iam::*:role/to"`}, tri.Unknown},
		"not known, and it may ask for all":   {map[string]string{"trusted": "var.u"}, tri.False}, // far-fetched
		"by an ARN with a hole":               {map[string]string{"trusted": `"arn:aws:iam::111122223333:role/${var.u}"`, "resource": `"arn:aws:iam::*:role/to"`}, tri.Unknown},
		"not known, and it may not ask":       {map[string]string{"trusted": "var.u", "resource": `"arn:aws:iam::444455556666:role/x"`}, tri.False},
		"not known, and neither is the other": {map[string]string{"trusted": "var.u", "resource": "var.u"}, tri.False}, // far-fetched
		"which may ask another account":       {map[string]string{"trusted": byARN, "resource": `"arn:aws:iam::111122223333:role/to"`}, tri.False},
		"which may ask that account":          {map[string]string{"trusted": byARN, "resource": `"arn:aws:iam::444455556666:role/t*"`}, tri.True},
		"which may ask for another role":      {map[string]string{"trusted": byARN, "resource": `"arn:aws:iam::444455556666:role/x"`}, tri.False},
		"which may ask, which is not known":   {map[string]string{"trusted": byARN, "resource": "var.u"}, tri.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			set := map[string]string{"account": one, "other": two, "resource": `"*"`}
			maps.Copy(set, tt.set)
			code := countries
			for k, v := range set {
				code = strings.ReplaceAll(code, "{"+k+"}", v)
			}
			if got := leads(t, code); got != tt.want {
				t.Errorf("got %v, want %v\n%s", got, tt.want, code)
			}
		})
	}
}

// TestRolesOfOtherStacks does so for stacks: by an export, and by name in one account.
func TestRolesOfOtherStacks(t *testing.T) {
	const stacks = `
-- from.yaml --
Resources:
  From:
    Type: AWS::IAM::Role
    Properties:
      RoleName: from
      AssumeRolePolicyDocument: {Statement: []}
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Effect: Allow, Action: "sts:AssumeRole", Resource: "arn:aws:iam::*:role/to"}]}
Outputs:
  From:
    Value: !GetAtt From.Arn
    Export: {Name: from-role}
-- to.yaml --
Resources:
  To:
    Type: AWS::IAM::Role
    Properties:
      RoleName: to
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {AWS: {trusted}}}]}
`
	for name, tt := range map[string]struct {
		trusted string
		want    tri.Bool
	}{
		"by export":              {"!ImportValue from-role", tri.True},
		"by another export":      {"!ImportValue another-role", tri.False},
		"by name in the account": {`!Sub "arn:aws:iam::${AWS::AccountId}:role/from"`, tri.Unknown}, // whether the accounts are one
		"by another name":        {`!Sub "arn:aws:iam::${AWS::AccountId}:role/x"`, tri.False},
	} {
		t.Run(name, func(t *testing.T) {
			g := graphtest.Load(t, strings.ReplaceAll(stacks, "{trusted}", tt.trusted))
			x := identity.New(g, account.New(g))
			got := tri.False
			for _, e := range x.EdgesFrom(x.Of(graphtest.Node(t, g, "From"))) {
				if e.To != nil && e.To.Node.Addr == "To" {
					got = tri.Or(got, e.Sure)
				}
			}
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
