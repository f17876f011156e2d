variable "size" { default = "large" }

locals { replaced = "overridden" }

resource "aws_instance" "web" {
  ami = "ami-22222222"

  root_block_device {
    encrypted = true
  }

  ebs_block_device {
    device_name = "/dev/sdz"
  }
}

module "child" { name = "overridden" }
