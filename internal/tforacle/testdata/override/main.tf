terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" { region = "us-east-1" }

variable "size" {
  type    = string
  default = "small"
}

variable "count_of" { default = 1 }

locals {
  kept     = "kept"
  replaced = "original"
}

resource "aws_instance" "web" {
  ami           = "ami-11111111"
  instance_type = var.size
  tags          = { Name = "web", Local = local.replaced, Kept = local.kept }

  root_block_device {
    volume_size = 10
    encrypted   = false
  }

  ebs_block_device {
    device_name = "/dev/sdb"
  }

  ebs_block_device {
    device_name = "/dev/sdc"
  }
}

resource "aws_instance" "many" {
  count         = var.count_of
  ami           = "ami-11111111"
  instance_type = "t3.nano"
}

module "child" {
  source = "./child"
  name   = "original"
  extra  = "kept"
}

output "result" { value = "original" }
