package environment_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/internal/graphtest"
)

// What the signs of a node say, in the order in which they count.
func TestEvidence(t *testing.T) {
	tests := map[string]struct {
		archive, addr string
		want          analysis.Environment
		confidence    environment.Confidence
		fact          string
	}{
		"a tag": {`
-- main.tf --
resource "aws_vpc" "v" {
  tags = { Environment = "prod", Name = "dev-net" }
}`, "aws_vpc.v", analysis.Production, environment.Strong, `its environment tag is "prod"`},
		"a tag by another name": {`
-- main.tf --
resource "aws_vpc" "v" {
  tags = { stage = "dev" }
}`, "aws_vpc.v", analysis.Development, environment.Strong, `tag is "dev"`},
		"a default tag": {`
-- main.tf --
provider "aws" {
  default_tags {
    tags = { env = "staging" }
  }
}
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Staging, environment.Strong, `"staging"`},
		"a tag that says something else": {`
-- prod/main.tf --
resource "aws_vpc" "v" {
  tags = { Environment = "green" }
}`, "aws_vpc.v", analysis.Production, environment.Strong, "the folder is prod"},
		"a tag of unknown value decides, and says nothing": {`
-- prod/main.tf --
variable "e" {}
resource "aws_vpc" "v" {
  tags = { Environment = var.e }
}`, "aws_vpc.v", analysis.UnknownEnvironment, environment.None, ""},
		"a folder, whatever other tags there may be": {`
-- prod/main.tf --
variable "tags" {}
resource "aws_vpc" "v" {
  tags = var.tags
}`, "aws_vpc.v", analysis.Production, environment.Strong, "the folder is prod"},
		"a name says nothing where there may be tags": {`
-- main.tf --
variable "tags" {}
resource "aws_ecs_cluster" "v" {
  name = "prod-cluster"
  tags = var.tags
}`, "aws_ecs_cluster.v", analysis.UnknownEnvironment, environment.None, ""},
		"a variable": {`
-- main.tf --
variable "environment" {
  default = "dev"
}
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Development, environment.Strong, `environment is "dev"`},
		"a variable before the folder": {`
-- prod/main.tf --
variable "env" {
  default = "dev"
}
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Development, environment.Strong, `env is "dev"`},
		"the innermost folder": {`
-- dev/eu/prod/net/main.tf --
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Production, environment.Strong, "the folder is dev/eu/prod/net"},
		"a folder that only sounds like it": {`
-- products/main.tf --
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.UnknownEnvironment, environment.None, ""},
		"a module": {`
-- main.tf --
module "prod" {
  source = "./m"
}
-- m/main.tf --
resource "aws_vpc" "v" {
}`, "module.prod.aws_vpc.v", analysis.Production, environment.Weak, "it is in module.prod"},
		"a key of a module": {`
-- main.tf --
module "net" {
  source   = "./m"
  for_each = toset(["dev"])
}
-- m/main.tf --
resource "aws_vpc" "v" {
}`, `module.net["dev"].aws_vpc.v`, analysis.Development, environment.Weak, `it is in module.net["dev"]`},
		"a module before a name": {`
-- main.tf --
module "prod" {
  source = "./m"
}
-- m/main.tf --
resource "aws_ecs_cluster" "v" {
  name = "dev"
}`, "module.prod.aws_ecs_cluster.v", analysis.Production, environment.Weak, "it is in module.prod"},
		"a name": {`
-- main.tf --
resource "aws_ecs_cluster" "v" {
  name = "shop-prod"
}`, "aws_ecs_cluster.v", analysis.Production, environment.Weak, `name is "shop-prod"`},
		"a Name tag": {`
-- main.tf --
resource "aws_vpc" "v" {
  tags = { Name = "shop-staging" }
}`, "aws_vpc.v", analysis.Staging, environment.Weak, `its Name tag is "shop-staging"`},
		"a label": {`
-- main.tf --
resource "aws_vpc" "prod" {
}`, "aws_vpc.prod", analysis.Production, environment.Weak, "it is called prod"},
		"nothing": {`
-- main.tf --
resource "aws_vpc" "main" {
}`, "aws_vpc.main", analysis.UnknownEnvironment, environment.None, ""},
		"the name of a template": {`
-- shop-prod.yaml --
Resources:
  Vpc:
    Type: AWS::EC2::VPC
`, "Vpc", analysis.Production, environment.Weak, "the template is shop-prod.yaml"},
		"a parameter": {`
-- shop.yaml --
Parameters:
  Environment:
    Type: String
    Default: prod
Resources:
  Vpc:
    Type: AWS::EC2::VPC
`, "Vpc", analysis.Production, environment.Strong, `Environment is "prod"`},
		"a tag of a template": {`
-- shop-dev.yaml --
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      Tags: [{Key: Env, Value: Production}]
`, "Vpc", analysis.Production, environment.Strong, `"Production"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			g := graphtest.Load(t, tt.archive)
			n := graphtest.Node(t, g, tt.addr)
			envs := environment.New(g)
			e := envs.Of(n.ID)
			if e.Environment != tt.want || e.Confidence != tt.confidence || !strings.Contains(e.Fact.Text, tt.fact) {
				t.Errorf("it is %q (%d), because %q", e.Environment, e.Confidence, e.Fact.Text)
			}
			if e.Confidence != environment.None && !e.Fact.Span.IsValid() {
				t.Error("the evidence has no place")
			}
			if envs.EnvironmentOf(n.ID) != e.Environment {
				t.Error("two answers to one question")
			}
		})
	}
}

// What lies outside the scan belongs to no environment.
func TestExternals(t *testing.T) {
	g := graphtest.Load(t, `
-- prod/main.tf --
resource "aws_subnet" "s" {
  vpc_id = "vpc-0123456789abcdef0"
}`)
	envs := environment.New(g)
	if e := envs.EnvironmentOf(graphtest.Node(t, g, "vpc-0123456789abcdef0").ID); e != analysis.UnknownEnvironment {
		t.Errorf("it is %q", e)
	}
}
