terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = var.region
}

locals {
  databases = {
    shop-prod = {
      environment = "production"
      settings    = { encrypted = true, backups = 14 }
    }
    shop-dev = {
      environment = "development"
      settings    = {}
    }
  }
}

module "network" {
  source = "../modules/network"

  name            = "shop"
  cidr            = "10.20.0.0/16"
  public_subnets  = ["10.20.0.0/24", "10.20.1.0/24"]
  private_subnets = ["10.20.10.0/24", "10.20.11.0/24"]
}

module "database" {
  source   = "../modules/database"
  for_each = local.databases

  name        = each.key
  environment = each.value.environment
  settings    = each.value.settings
  vpc_id      = module.network.vpc_id
  subnet_ids  = module.network.public_subnet_ids
}
