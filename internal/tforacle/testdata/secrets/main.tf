terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" { region = "us-east-1" }

variable "secret" {
  type      = string
  default   = "s3cr3t"
  sensitive = true
}

variable "config" {
  type      = object({ user = string, pass = string, ports = list(number) })
  default   = { user = "u", pass = "p", ports = [1, 2] }
  sensitive = true
}

locals {
  joined  = "${var.secret}-suffix"
  encoded = jsonencode({ key = var.secret, open = "yes" })
  either  = var.secret == "s3cr3t" ? "yes" : "no"
  partly  = { open = "open", hidden = sensitive("hidden") }
  listed  = [for c in split("", var.secret) : upper(c)]
}

resource "aws_ssm_parameter" "secret" {
  name        = "/secret"
  type        = "SecureString"
  value       = var.secret
  description = local.joined
  tags        = { Either = local.either, Open = local.partly.open, Hidden = local.partly["hidden"], User = var.config.user }
}

resource "aws_secretsmanager_secret_version" "encoded" {
  secret_id     = "x"
  secret_string = local.encoded
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
  environment {
    variables = {
      SECRET = var.secret
      FIRST  = local.listed[0]
      PORTS  = join(",", var.config.ports)
      COUNT  = length(var.config.ports)
      PLAIN  = nonsensitive(var.config.user)
      MERGED = merge({ a = "b" }, { a = var.secret })["a"]
    }
  }
}

resource "aws_instance" "i" {
  count         = nonsensitive(length(var.config.ports))
  ami           = "ami-1"
  instance_type = nonsensitive(var.config.user) == "u" ? "t3.micro" : "t3.nano"
  user_data     = <<-EOT
    password=${var.config.pass}
  EOT
}

# A set in which one element is secret: Terraform marks it as a whole.
data "aws_iam_policy_document" "partly" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::open/*", "arn:aws:s3:::${var.secret}/*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.secret}:root"]
    }
  }
}
