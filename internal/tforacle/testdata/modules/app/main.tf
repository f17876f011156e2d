terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" {}
variable "network" {
  type = any
}
variable "public" {
  type    = bool
  default = null
}

module "names" {
  source = "../shared"
  prefix = var.name
}

resource "aws_lb" "this" {
  name     = module.names.label
  internal = !coalesce(var.public, false)
  subnets  = var.network.subnet_ids
  tags     = { Vpc = var.network.info.vpc_id, Env = var.network.info.name }
}

output "name" { value = aws_lb.this.name }
output "everything" { value = { label = aws_lb.this.name, lb = aws_lb.this, arns = [aws_lb.this.arn] } }
