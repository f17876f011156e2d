terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" { region = "eu-central-1" }

# Arguments of several shapes for one object type with defaults at every depth.
module "minimal" {
  source  = "./modules/service"
  service = { name = "minimal" }
}

module "full" {
  source = "./modules/service"
  service = {
    name    = "full"
    port    = "8443" # text that becomes a number
    public  = "true"
    tags    = { team = "core", cost = 12 }
    scaling = { min = 2, max = 6 }
    rules   = [{ port = 22 }, { port = 443, cidrs = ["10.0.0.0/8", "10.0.0.0/8"], note = null }]
    ignored = "not in the type"
  }
  zones    = ["b", "a", "b"]
  nickname = null
  retries  = null
}

module "nulls" {
  source = "./modules/service"
  service = {
    name    = "nulls"
    port    = null
    scaling = null
    rules   = null
  }
  strict = null
  loose  = null
  free   = { a = 1, b = ["x", 2] }
}

variable "numbers" {
  type    = map(number)
  default = { one = 1, two = "2", half = 0.5 }
}

variable "matrix" {
  type    = list(list(string))
  default = [["a", "b"], ["c", 4], []]
}

variable "either" {
  type    = tuple([string, number, bool])
  default = [5, "6", "false"]
}

variable "legacy" {
  type    = map(any)
  default = { x = "1", y = "2" }
}

variable "untyped" {
  default = { deep = { list = [1, "two", true, null] } }
}

resource "aws_ssm_parameter" "numbers" {
  for_each = var.numbers
  name     = "/n/${each.key}"
  type     = "String"
  value    = each.value * 2
}

resource "aws_ssm_parameter" "matrix" {
  name  = "/matrix"
  type  = "StringList"
  value = join(",", [for row in var.matrix : join("", row)])
}

resource "aws_ssm_parameter" "either" {
  count = length(var.either)
  name  = "/either/${count.index}"
  type  = "String"
  value = var.either[count.index]
}

resource "aws_ssm_parameter" "untyped" {
  name        = "/untyped"
  type        = "String"
  value       = jsonencode(var.untyped)
  description = "${var.untyped.deep.list[1]} ${var.untyped["deep"]["list"][0] + 1} ${var.legacy.x + var.legacy.y}"
  overwrite   = var.untyped.deep.list[2]
}
