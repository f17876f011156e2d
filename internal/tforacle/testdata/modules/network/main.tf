variable "name" {}
variable "zones" { type = number }

locals { base = var.name == "prod" ? "10.1.0.0/16" : "10.2.0.0/16" }

resource "aws_vpc" "this" { cidr_block = local.base }

module "subnets" {
  source = "./subnets"
  vpc    = aws_vpc.this
  zones  = var.zones
}

output "info" { value = { name = var.name, vpc_id = aws_vpc.this.id } }
output "subnet_ids" { value = module.subnets.ids }
output "cidrs" { value = module.subnets.cidrs }
