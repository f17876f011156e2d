package aws_test

import (
	"testing"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/internal/graphtest"
	"github.com/wacheck/wacheck/value"
)

func TestTagsOf(t *testing.T) {
	g := graphtest.Load(t, `
-- main.tf --
variable "env" {}
variable "more" {}
variable "keys" {
  default = ["Env", "Team"]
}
provider "aws" {
  default_tags {
    tags = {
      Env   = "prod"
      Owner = "ops"
    }
  }
}
resource "aws_vpc" "own" {
  tags = {
    Env = "dev"
  }
}
resource "aws_vpc" "none" {
}
resource "aws_vpc" "unknown" {
  tags = {
    env = var.env
  }
}
resource "aws_vpc" "open" {
  tags = merge({ Name = "x" }, var.more)
}
resource "aws_vpc" "maybe" {
  tags = { for k in var.keys : k => "dev" if var.env == k }
}
resource "aws_autoscaling_group" "blocks" {
  tag {
    key   = "Env"
    value = "stage"
  }
}
-- t.yaml --
Conditions:
  On: !Equals [!Ref AWS::AccountId, "1"]
Parameters:
  Key:
    Type: String
Resources:
  List:
    Type: AWS::EC2::VPC
    Properties:
      Tags:
        - Key: Env
          Value: prod
  Map:
    Type: AWS::SSM::Parameter
    Properties:
      Tags:
        Env: prod
  Maybe:
    Type: AWS::EC2::VPC
    Properties:
      Tags:
        - !If [On, {Key: Env, Value: prod}, !Ref AWS::NoValue]
  UnknownKey:
    Type: AWS::EC2::VPC
    Properties:
      Tags:
        - Key: !Ref Key
          Value: prod
  None:
    Type: AWS::EC2::VPC
`)
	for addr, tt := range map[string]struct {
		env, owner string
		open       bool
	}{
		"aws_vpc.own":                  {`"dev"`, `"ops"`, false},
		"aws_vpc.none":                 {`"prod"`, `"ops"`, false},
		"aws_vpc.unknown":              {"unknown", `"ops"`, false},
		"aws_vpc.open":                 {`"prod", unknown`, `"ops", unknown`, true},
		"aws_vpc.maybe":                {`"dev", "prod"`, `"ops"`, false},
		"aws_autoscaling_group.blocks": {`"stage"`, `"ops"`, false},
		"List":                         {`"prod"`, "not set", false},
		"Map":                          {`"prod"`, "not set", false},
		"Maybe":                        {`"prod", not set`, "not set", false},
		"UnknownKey":                   {"unknown", "unknown", true},
		"None":                         {"not set", "not set", false},
	} {
		tags := aws.TagsOf(graphtest.Node(t, g, addr))
		env, owner := value.Show(tags.Get("env")), value.Show(tags.Get("OWNER"))
		if env != tt.env || owner != tt.owner || tags.Open != tt.open {
			t.Errorf("%s: env %s, owner %s, open %v", addr, env, owner, tags.Open)
		}
	}
}
