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
		"a name with the number of the account": {`
-- main.tf --
data "aws_caller_identity" "current" {}
resource "aws_s3_bucket" "v" {
  bucket = "acme-prod-${data.aws_caller_identity.current.account_id}"
}`, "aws_s3_bucket.v", analysis.Production, environment.Weak, "bucket is"},
		"a name that goes on in a region": {`
-- template.yaml --
Resources:
  V:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub "acme-prod${AWS::Region}"}`, "V", analysis.UnknownEnvironment, environment.None, ""},
		"a name with that of the stack": {`
-- template.yaml --
Resources:
  V:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub "acme-prod-${AWS::StackName}"}`, "V", analysis.UnknownEnvironment, environment.None, ""},
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
		"a tag that is known in part, and agrees with the folder": {`
-- dev/main.tf --
variable "e" {}
resource "aws_vpc" "v" {
  tags = { Environment = "${var.e}-acme-dev" }
}`, "aws_vpc.v", analysis.Development, environment.Strong, "the folder is dev"},
		"a tag that is known in part, and does not agree": {`
-- prod/main.tf --
variable "e" {}
resource "aws_vpc" "v" {
  tags = { Environment = "${var.e}-acme-dev" }
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
		"a folder called after a test, in an environment": {`
-- env/dev/performance-test/main.tf --
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Development, environment.Strong, "the folder is env/dev/performance-test"},
		"a folder called after a test, in none": {`
-- acme-test/main.tf --
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Test, environment.Strong, "the folder is acme-test"},
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
		"an argument of a module": {`
-- main.tf --
module "net" {
  source      = "./m"
  environment = "staging"
}
-- m/main.tf --
variable "environment" {}
resource "aws_vpc" "v" {
}`, "module.net.aws_vpc.v", analysis.Staging, environment.Strong, `environment is "staging" for module.net`},
		"the innermost argument, before a folder": {`
-- prod/main.tf --
module "net" {
  source = "./m"
  env    = "prod"
}
-- prod/m/main.tf --
variable "env" {}
module "test" {
  source = "./n"
  env    = "dev"
}
-- prod/m/n/main.tf --
variable "env" {}
resource "aws_vpc" "v" {
}`, "module.net.module.test.aws_vpc.v", analysis.Development, environment.Strong, `env is "dev"`},
		"a folder before what all share": {`
-- prod/network/main.tf --
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Production, environment.Strong, "the folder is prod/network"},
		"a folder with a word for what all share": {`
-- prod-network/main.tf --
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Production, environment.Strong, "the folder is prod-network"},
		"a folder that may only say what is in there": {`
-- infra/main.tf --
resource "aws_vpc" "v" {
  tags = { Name = "prod-net" }
}
-- app/main.tf --
resource "aws_sqs_queue" "q" {
}
-- test/main.tf --
resource "aws_sqs_queue" "q" {
}`, "aws_vpc.v", analysis.Production, environment.Weak, `its Name tag is "prod-net"`},
		"the same folder beside one of an environment": {`
-- infra/main.tf --
resource "aws_vpc" "v" {
  tags = { Name = "prod-net" }
}
-- staging/app/main.tf --
resource "aws_sqs_queue" "q" {
}`, "aws_vpc.v", analysis.Shared, environment.Strong, "the folder is infra"},
		"the same folder beside one of an environment somewhere else": {`
-- data/global/roles/main.tf --
resource "aws_vpc" "v" {
}
-- prod/eu/main.tf --
resource "aws_sqs_queue" "q" {
}`, "aws_vpc.v", analysis.UnknownEnvironment, environment.None, ""},
		"a folder of what all share, wherever it is": {`
-- stacks/shared-network/main.tf --
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Shared, environment.Strong, "the folder is stacks/shared-network"},
		"the key of a connection": {`
-- main.tf --
resource "aws_vpc_peering_connection" "to_data" {
  for_each = { dev-base = 1 }
}`, `aws_vpc_peering_connection.to_data["dev-base"]`, analysis.UnknownEnvironment, environment.None, ""},
		"a connection is of no environment that its name tells": {`
-- main.tf --
module "peering_dev_to_data" {
  source   = "./net"
  for_each = { dev-base = 1 }
}
-- net/main.tf --
resource "aws_vpc" "v" {
}`, `module.peering_dev_to_data["dev-base"].aws_vpc.v`, analysis.UnknownEnvironment, environment.None, ""},
		"the key of the state": {`
-- main.tf --
terraform {
  backend "s3" {
    bucket = "acme-prod-states"
    key    = "dev/network/terraform.tfstate"
  }
}
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Development, environment.Strong, `the state is kept as "dev/network/terraform.tfstate"`},
		"a folder before the key of the state": {`
-- prod/main.tf --
terraform {
  backend "s3" {
    key = "dev/network/terraform.tfstate"
  }
}
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Production, environment.Strong, "the folder is prod"},
		"the profile of the provider": {`
-- main.tf --
provider "aws" {
  profile = "acme-staging"
}
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Staging, environment.Weak, `the profile of the provider is "acme-staging"`},
		"the role of the provider": {`
-- main.tf --
provider "aws" {
  assume_role {
    role_arn = "arn:aws:iam::111122223333:role/prod-deploy"
  }
}
resource "aws_vpc" "v" {
}`, "aws_vpc.v", analysis.Production, environment.Weak, `the provider assumes`},
		"a workspace": {`
-- main.tf --
resource "aws_vpc" "v" {
  cidr_block = terraform.workspace == "uat" ? "10.0.0.0/16" : "10.1.0.0/16"
}`, "aws_vpc.v", analysis.Staging, environment.Strong, "the inputs are uat"},
		"a variable file": {`
-- main.tf --
variable "size" {}
resource "aws_vpc" "v" {
}
-- qa.tfvars --
size = 1`, "aws_vpc.v", analysis.Test, environment.Strong, "the inputs are qa"},
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
			envs := environment.New(g, nil)
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
	envs := environment.New(g, nil)
	if e := envs.EnvironmentOf(graphtest.Node(t, g, "vpc-0123456789abcdef0").ID); e != analysis.UnknownEnvironment {
		t.Errorf("it is %q", e)
	}
}

// What other signs say than the one that decides is kept as evidence.
func TestContradictions(t *testing.T) {
	g := graphtest.Load(t, `
-- prod/main.tf --
terraform {
  backend "s3" {
    key = "staging/terraform.tfstate"
  }
}
resource "aws_ecs_cluster" "v" {
  name = "shop-dev"
  tags = { Environment = "production" }
}
resource "aws_vpc" "nonprod" {
  tags = { Environment = "production", Name = "shop" }
}`)
	envs := environment.New(g, nil)
	var got []string
	for _, e := range envs.Signs(graphtest.Node(t, g, "aws_ecs_cluster.v").ID).Contradictions() {
		got = append(got, string(e.Environment)+": "+e.Fact.Text)
	}
	want := `staging: the state is kept as "staging/terraform.tfstate"; development: name is "shop-dev"`
	if strings.Join(got, "; ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "; "), want)
	}
	if got := envs.Signs(graphtest.Node(t, g, "aws_vpc.nonprod").ID).Contradictions(); len(got) != 1 {
		t.Errorf("%v contradict", got)
	}
	if e := envs.OfUnit(g.Units()[0]).Best(); e.Environment != analysis.Production {
		t.Errorf("the unit is %q", e.Environment)
	}
}

// The user's word counts more than all signs, and an unknown tag that is asked for
// more than the rest of what the user says.
func TestConfigured(t *testing.T) {
	is := func(want string) func(string) bool { return func(got string) bool { return got == want } }
	settings := &analysis.Settings{Environments: []analysis.EnvironmentPattern{
		{Environment: analysis.Production, By: analysis.ByTag, Tag: "tier", Pattern: "gold", Match: is("gold"), Where: "c:1"},
		{Environment: analysis.Sandbox, By: analysis.ByName, Pattern: "toy", Match: is("toy"), Where: "c:2"},
		{Environment: analysis.Production, By: analysis.ByAccount, Pattern: "111122223333", Match: is("111122223333"), Where: "c:3"},
		{Environment: analysis.Test, By: analysis.ByPath, Pattern: "play", Match: is("play"), Where: "c:4"},
		{Environment: analysis.Staging, By: analysis.ByWorkspace, Pattern: "blue", Match: is("blue"), Where: "c:5"},
	}, CountAs: []analysis.EnvironmentRole{{Environment: analysis.Staging, As: analysis.Production, Where: "c:6"}}}
	g := graphtest.Load(t, `
-- play/main.tf --
variable "tier" {}
provider "aws" {
  alias               = "main"
  allowed_account_ids = ["111122223333"]
}
resource "aws_vpc" "tagged" {
  tags = { tier = "gold", Environment = "dev" }
}
resource "aws_vpc" "unknown" {
  tags = { tier = var.tier }
}
resource "aws_vpc" "named" {
  tags = { Name = "toy" }
}
resource "aws_vpc" "elsewhere" {
  provider = aws.main
}
resource "aws_vpc" "plain" {
}
-- color/main.tf --
variable "x" {}
resource "aws_vpc" "blue" {
}
-- color/blue.tfvars --
x = 1
-- stage/main.tf --
resource "aws_vpc" "staging" {
}`)
	envs := environment.New(g, settings)
	for addr, want := range map[string]struct {
		env  analysis.Environment
		fact string
	}{
		"aws_vpc.tagged":    {analysis.Production, `its tag tier is "gold", which matches gold (c:1)`},
		"aws_vpc.unknown":   {analysis.UnknownEnvironment, ""},
		"aws_vpc.named":     {analysis.Sandbox, "its Name tag toy matches toy (c:2)"},
		"aws_vpc.elsewhere": {analysis.Production, "the account 111122223333 matches 111122223333 (c:3)"},
		"aws_vpc.plain":     {analysis.Test, "the path play matches play (c:4)"},
		"aws_vpc.blue":      {analysis.Production, "the workspace or set of inputs blue matches blue (c:5), and staging counts as production (c:6)"},
		"aws_vpc.staging":   {analysis.Production, "the folder is stage, and staging counts as production (c:6)"},
	} {
		e := envs.Of(graphtest.Node(t, g, addr).ID)
		if e.Environment != want.env || e.Fact.Text != want.fact {
			t.Errorf("%s is %q, because %q", addr, e.Environment, e.Fact.Text)
		}
	}
	if !envs.Signs(graphtest.Node(t, g, "aws_vpc.unknown").ID).Undecided() {
		t.Error("a tag that is asked for and not known decides nothing")
	}
}
