package terraform

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// writeRoot writes a root that calls a module of a dozen resources forty times,
// and the inputs of so many worlds, which differ in three of its variables.
func writeRoot(tb testing.TB, dir string, worlds int) {
	tb.Helper()
	put := func(name, content string) {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	var root strings.Builder
	root.WriteString("variable \"env\" {}\nvariable \"size\" {}\nvariable \"replicas\" { type = number }\n")
	root.WriteString("locals {\n  tags = { Team = \"core\", Env = var.env }\n}\n")
	root.WriteString("resource \"aws_vpc\" \"main\" {\n  cidr_block = \"10.0.0.0/16\"\n  tags = local.tags\n}\n")
	for i := range 40 {
		fmt.Fprintf(&root, `
module "service_%[1]d" {
  source = "./service"
  name   = "service-%[1]d"
  port   = %[2]d
  vpc    = aws_vpc.main
  env    = var.env
  size   = %[3]s
  count  = %[4]s
  tags   = local.tags
}
`, i, 8000+i, []string{"var.size", `"t3.micro"`, `"t3.large"`}[i%3], []string{"var.replicas", "1", "2"}[i%3])
	}
	put("main.tf", root.String())
	put("service/main.tf", `
variable "name" {}
variable "port" { type = number }
variable "vpc" { type = any }
variable "env" {}
variable "size" {}
variable "tags" { type = map(string) }
variable "rules" {
  type    = list(object({ port = number, cidrs = optional(list(string), ["10.0.0.0/8"]) }))
  default = [{ port = 22 }, { port = 443, cidrs = ["0.0.0.0/0"] }, { port = 8080 }]
}

locals {
  ports = distinct(concat([var.port], [for r in var.rules : r.port]))
  zones = ["a", "b", "c"]
}

resource "aws_security_group" "this" {
  name   = var.name
  vpc_id = var.vpc.id
  dynamic "ingress" {
    for_each = var.rules
    content {
      from_port   = ingress.value.port
      to_port     = ingress.value.port
      protocol    = "tcp"
      cidr_blocks = ingress.value.cidrs
    }
  }
  tags = var.tags
}

resource "aws_subnet" "this" {
  count             = length(local.zones)
  vpc_id            = var.vpc.id
  cidr_block        = cidrsubnet(var.vpc.cidr_block, 8, count.index)
  availability_zone = "eu-west-1${local.zones[count.index]}"
}

resource "aws_instance" "this" {
  for_each               = toset(local.zones)
  ami                    = "ami-0123456789abcdef0"
  instance_type          = var.size
  subnet_id              = aws_subnet.this[index(local.zones, each.key)].id
  vpc_security_group_ids = [aws_security_group.this.id]
  tags                   = merge(var.tags, { Name = "${var.name}-${each.key}" })

  root_block_device {
    encrypted   = true
    volume_size = 20
  }
}

resource "aws_iam_role" "this" {
  name               = "${var.name}-role"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "this" {
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "${aws_s3_bucket.this.arn}/*" },
      { Effect = "Allow", Action = "sqs:*", Resource = aws_sqs_queue.this.arn },
    ]
  })
}

resource "aws_s3_bucket" "this" {
  bucket = "${var.name}-data"
  tags   = { Name = var.name }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration {
    status = var.env == "prod" ? "Enabled" : "Suspended"
  }
}

resource "aws_sqs_queue" "this" {
  name                       = var.name
  visibility_timeout_seconds = 30 * length(local.ports)
}

resource "aws_lb" "this" {
  name            = var.name
  subnets         = aws_subnet.this[*].id
  security_groups = [aws_security_group.this.id]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/app/${var.name}"
  retention_in_days = var.env == "prod" ? 365 : 14
}
`)
	for w := range worlds {
		put(fmt.Sprintf("envs/env%02d.tfvars", w), fmt.Sprintf("env = \"env%02d\"\nsize = \"m5.large\"\nreplicas = %d\n", w, 1+w%2))
	}
}

func benchmarkWorlds(b *testing.B, worlds int) {
	b.Helper()
	dir := b.TempDir()
	writeRoot(b, dir, worlds)
	for b.Loop() {
		loadWorlds(b, dir, worlds)
	}
}

// loadWorlds evaluates what writeRoot has written.
func loadWorlds(tb testing.TB, dir string, worlds int) {
	tb.Helper()
	tree, err := source.NewTree(dir)
	if err != nil {
		tb.Fatal(err)
	}
	res, err := Load(context.Background(), Options{Tree: tree, Files: source.NewFileSet(), Origins: value.NewOrigins(),
		Dirs: []string{".", "service"}, ScanRoots: []string{"."}})
	if err != nil {
		tb.Fatal(err)
	}
	if len(res.Parts) != worlds {
		tb.Fatalf("%d units, want %d", len(res.Parts), worlds)
	}
}

func BenchmarkOneWorld(b *testing.B)  { benchmarkWorlds(b, 1) }
func BenchmarkTenWorlds(b *testing.B) { benchmarkWorlds(b, 10) }
