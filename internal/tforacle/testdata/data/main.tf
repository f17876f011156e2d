terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" { region = "eu-west-3" }

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

data "aws_region" "here" {}

data "aws_region" "us" { provider = aws.us }

data "aws_partition" "here" {}

data "aws_availability_zones" "all" { state = "available" }

data "aws_caller_identity" "me" {}

data "aws_vpc" "default" { default = true }

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

data "aws_subnets" "deferred" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.main.id]
  }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

locals {
  azs = slice(data.aws_availability_zones.all.names, 0, 2)
}

resource "aws_subnet" "zone" {
  count             = length(local.azs)
  vpc_id            = aws_vpc.main.id
  availability_zone = local.azs[count.index]
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
  tags              = { Name = "subnet-${element(local.azs, count.index)}" }
}

resource "aws_sns_topic" "named" {
  name = "topic-${data.aws_region.here.name}-${data.aws_region.us.name}"
  tags = { Arn = "arn:${data.aws_partition.here.partition}:sns:${data.aws_region.here.region}:${data.aws_caller_identity.me.account_id}:x" }
}

resource "aws_instance" "i" {
  ami           = "ami-1"
  instance_type = "t3.micro"
  subnet_id     = data.aws_subnets.default.ids[0]
}

resource "aws_lb" "deferred" {
  subnets = data.aws_subnets.deferred.ids
}
