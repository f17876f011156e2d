terraform {
  required_providers {
    aws    = { source = "hashicorp/aws" }
    random = { source = "hashicorp/random" }
  }
}

provider "aws" { region = "us-east-1" }

variable "name" {
  type    = string
  default = "life"

  validation {
    condition     = length(var.name) > 2
    error_message = "The name ${var.name} is too short."
  }
}

variable "password" {
  type      = string
  default   = "hunter22"
  sensitive = true
}

moved {
  from = aws_s3_bucket.before
  to   = aws_s3_bucket.after
}

moved {
  from = module.old_name
  to   = module.old
}

removed {
  from = aws_s3_bucket.gone

  lifecycle {
    destroy = false
  }
}

check "healthy" {
  data "aws_s3_bucket" "checked" {
    bucket = aws_s3_bucket.after.bucket
  }

  assert {
    condition     = data.aws_s3_bucket.checked.bucket == "life-after"
    error_message = "not healthy"
  }
}

resource "aws_s3_bucket" "after" {
  bucket        = "${var.name}-after"
  force_destroy = false

  lifecycle {
    create_before_destroy = true
    prevent_destroy       = true
    ignore_changes        = [tags["Changed"], tags_all]
    replace_triggered_by  = [terraform_data.trigger.output]

    precondition {
      condition     = var.name != "bad"
      error_message = "bad"
    }
    postcondition {
      condition     = self.bucket != ""
      error_message = "no name"
    }
  }

  tags = { Changed = "yes" }
}

resource "terraform_data" "trigger" {
  input            = { version = 3, name = var.name }
  triggers_replace = [var.name, 1]
}

resource "terraform_data" "provisioned" {
  input = terraform_data.trigger.input.version

  connection {
    type = "ssh"
    host = "example.com"
  }

  provisioner "local-exec" {
    command = "echo ${self.id}"
  }

  provisioner "remote-exec" {
    when       = destroy
    on_failure = continue
    inline     = ["echo bye"]
  }
}

resource "random_password" "generated" {
  length  = 20
  special = false
}

resource "aws_db_instance" "secret" {
  instance_class      = "db.t4g.micro"
  identifier          = "${var.name}-db"
  password            = random_password.generated.result
  username            = "u${random_password.generated.length}"
  skip_final_snapshot = true
  timeouts {
    create = "60m"
    delete = "2h"
  }
}

resource "aws_db_instance" "write_only" {
  instance_class      = "db.t4g.micro"
  password_wo         = var.password
  password_wo_version = 2
  depends_on          = [module.old, aws_db_instance.secret]
}

resource "aws_ssm_parameter" "password" {
  name  = "/password"
  type  = "SecureString"
  value = "prefix-${var.password}"
  tags  = { Length = nonsensitive(length(var.password)), Open = nonsensitive(var.password) == "hunter22" }
}

module "old" {
  source = "./old"
  name   = var.name
}

output "secret" {
  value     = var.password
  sensitive = true
}
