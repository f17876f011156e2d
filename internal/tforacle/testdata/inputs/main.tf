terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" { region = var.region }

variable "region" {}
variable "from_default" { default = "default" }
variable "from_tfvars" { default = "default" }
variable "from_json" { default = "default" }
variable "from_auto" { default = "default" }
variable "from_auto_json" { default = "default" }
variable "typed" {
  type = object({ list = list(number), flag = optional(bool) })
}
variable "nullable" { default = "not null" }
variable "not_nullable" {
  default  = "not null"
  nullable = false
}

resource "aws_ssm_parameter" "input" {
  for_each = {
    region         = var.region
    from_default   = var.from_default
    from_tfvars    = var.from_tfvars
    from_json      = var.from_json
    from_auto      = var.from_auto
    from_auto_json = var.from_auto_json
    typed          = jsonencode(var.typed)
    nullable       = jsonencode(var.nullable)
    not_nullable   = var.not_nullable
  }
  name  = "/input/${each.key}"
  type  = "String"
  value = each.value
}
