package analysistest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var estateFiles = fileMap{
	"main.tf": `provider "aws" {
  alias = "eu"
}

variable "cidr" {}

locals {
  name = "x"
}

resource "aws_vpc" "a" { # here
  cidr_block = var.cidr
  provider   = aws.eu
}

resource "aws_subnet" "a" {
  count      = 2
  vpc_id     = aws_vpc.a.id
  depends_on = [aws_vpc.a]
}

module "web" {
  source  = "./modules/web"
  subnets = aws_subnet.a[*].id
  text    = "in ${aws_subnet.a[0].id}"
}
`,
	"modules/web/main.tf": `variable "subnets" {}

variable "text" {}

resource "aws_instance" "web" {
  count     = length(var.subnets)
  subnet_id = var.subnets[count.index]
}
`,
	"terraform.tfvars": "cidr = \"10.0.0.0/16\"\n",
}

const siblingFiles = `-- main.tf --
provider "aws" {
  alias = "eu"
}

variable "cidr" {}

module "part0" {
  source = "./part0"
  providers = {
    aws = aws
    aws.eu = aws.eu
  }
  cidr = var.cidr
}

module "part1" {
  source = "./part1"
  providers = {
    aws = aws
    aws.eu = aws.eu
  }
  aws_vpc_a_id = module.part0.aws_vpc_a_id
  cidr = var.cidr
}

module "part2" {
  source = "./part2"
  providers = {
    aws = aws
    aws.eu = aws.eu
  }
  aws_subnet_a_0_id = module.part1.aws_subnet_a_0_id
  aws_subnet_a_all_id = module.part1.aws_subnet_a_all_id
  cidr = var.cidr
}
-- modules/web/main.tf --
variable "subnets" {}

variable "text" {}

resource "aws_instance" "web" {
  count     = length(var.subnets)
  subnet_id = var.subnets[count.index]
}
-- part0/main.tf --
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
      configuration_aliases = [aws.eu]
    }
  }
}
variable "cidr" {}

locals {
  name = "x"
}


resource "aws_vpc" "a" { # here
  cidr_block = var.cidr
  provider   = aws.eu
}

output "aws_vpc_a_id" {
  value = aws_vpc.a.id
}
-- part1/main.tf --
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
      configuration_aliases = [aws.eu]
    }
  }
}
variable "cidr" {}

locals {
  name = "x"
}


resource "aws_subnet" "a" {
  count      = 2
  vpc_id     = var.aws_vpc_a_id
}

variable "aws_vpc_a_id" {}

output "aws_subnet_a_0_id" {
  value = aws_subnet.a[0].id
}

output "aws_subnet_a_all_id" {
  value = aws_subnet.a[*].id
}
-- part2/main.tf --
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
      configuration_aliases = [aws.eu]
    }
  }
}
variable "cidr" {}

locals {
  name = "x"
}


module "web" {
  source  = "../modules/web"
  subnets = var.aws_subnet_a_all_id
  text    = "in ${var.aws_subnet_a_0_id}"
}

variable "aws_subnet_a_0_id" {}

variable "aws_subnet_a_all_id" {}
-- terraform.tfvars --
cidr = "10.0.0.0/16"
`

func TestSiblings(t *testing.T) {
	got, why := layouts[1].rearrange(estateFiles, []*graph.Unit{{Dir: "."}})
	if why != "" {
		t.Fatal(why)
	}
	if diff := cmp.Diff(siblingFiles, got.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestLayoutsKeepTheGraph lays an estate out in each way, and wants the same
// resources and the same edges between them.
func TestLayoutsKeepTheGraph(t *testing.T) {
	edges := func(files fileMap) []string {
		e, err := load(t.Context(), t.TempDir(), terraform, files)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range e.errors() {
			t.Error(p)
		}
		g, err := e.freeze(change{})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, e := range g.Edges() {
			if from := g.Node(e.From); e.Label != "depends_on" {
				out = append(out, strings.Join([]string{from.Addr, e.Label, g.Node(e.To).Addr, from.Body.Get("cidr_block").Text()}, " "))
			}
		}
		slices.Sort(out)
		return out
	}
	want := edges(estateFiles)
	if len(want) != 4 {
		t.Fatalf("got %q", want)
	}
	for _, l := range layouts {
		files, why := l.rearrange(estateFiles, []*graph.Unit{{Dir: "."}})
		if why != "" {
			t.Errorf("%s: %s", l.name, why)
		}
		var got []string
		for _, e := range edges(files) {
			got = append(got, l.modules.ReplaceAllString(e, ""))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-flat +laid out)\n%s", l.name, diff)
		}
	}
}

// TestLayoutsFindWrongRules has a rule that looks no further than its module.
func TestLayoutsFindWrongRules(t *testing.T) {
	rule := &analysis.Rule{ID: "test-rule", Title: "Subnet is in a module"}
	a := &analysis.Analyzer{Name: "test", Rules: []*analysis.Rule{rule}, Run: func(p *analysis.Pass) (any, error) {
		for _, n := range p.Graph.OfType("aws_subnet") {
			p.Decide(rule, n, value.That(tri.Of(n.Module == nil)))
		}
		return nil, nil
	}}
	h := &harness{suite: checker.Suite{Analyzers: []*analysis.Analyzer{a}}, rule: rule, archive: &archive{}}
	base, err := h.load(t.Context(), t.TempDir(), terraform, estateFiles)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layouts {
		problems, impossible, err := h.laidOut(t.Context(), t.TempDir(), l, estateFiles, base)
		if err != nil || impossible != "" {
			t.Fatal(err, impossible)
		}
		if want := "laid out " + l.name + " it is new that . aws_subnet.a[0] is bad"; !slices.Contains(problems, want) {
			t.Errorf("%q is not among %q", want, problems)
		}
	}
}

func TestRelative(t *testing.T) {
	for _, c := range [][3]string{
		{".", "modules/a", "./modules/a"},
		{"outer/middle", "modules/a", "../../modules/a"},
		{"prod/outer", "prod/modules/a", "../modules/a"},
		{"prod", "modules", "../modules"},
	} {
		if got := relative(c[0], c[1]); got != c[2] {
			t.Errorf("from %s to %s: got %s, want %s", c[0], c[1], got, c[2])
		}
	}
}
