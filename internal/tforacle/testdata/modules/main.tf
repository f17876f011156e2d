terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Owner = "platform" }
  }
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

variable "environments" {
  default = {
    dev  = { zones = 1, public = false }
    prod = { zones = 3, public = true }
  }
}

module "network" {
  source   = "./network"
  for_each = var.environments
  name     = each.key
  zones    = each.value.zones
}

module "app" {
  source     = "./app"
  count      = length(var.environments)
  name       = keys(var.environments)[count.index]
  network    = module.network[keys(var.environments)[count.index]]
  public     = values(var.environments)[count.index].public
  depends_on = [aws_s3_bucket.first]
}

module "edge" {
  source  = "./app"
  name    = "edge"
  network = module.network["prod"]
  providers = {
    aws = aws.us
  }
}

resource "aws_s3_bucket" "first" {
  bucket = "first"
}

resource "aws_s3_bucket" "collected" {
  provider = aws.us
  bucket   = "collected-${length(module.network["prod"].subnet_ids)}"
  tags = {
    Subnet = module.network["prod"].subnet_ids[1]
    Cidrs  = join(",", module.network["prod"].cidrs)
    Every  = join(",", [for k, n in module.network : n.info.name])
    Apps   = join(",", module.app[*].name)
    Edge   = module.edge.everything.label
  }
}
