variable "vpc" {
  type = object({ id = string, cidr_block = string })
}
variable "zones" {}

module "names" {
  source = "../../shared"
  prefix = "subnet"
}

resource "aws_subnet" "this" {
  count      = var.zones
  vpc_id     = var.vpc.id
  cidr_block = cidrsubnet(var.vpc.cidr_block, 4, count.index)
  tags       = { Name = "${module.names.label}-${count.index}" }
}

output "ids" { value = aws_subnet.this.*.id }
output "cidrs" { value = [for s in aws_subnet.this : s.cidr_block] }
