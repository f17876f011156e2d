variable "size" { default = "medium" } # override.tf is merged later

resource "aws_instance" "many" { instance_type = "t3.micro" }
