variable "vpc_id" {}
variable "peers" { type = list(string) }

resource "aws_security_group" "this" {
  vpc_id = var.vpc_id
  dynamic "ingress" {
    for_each = var.peers
    content {
      from_port   = 443
      to_port     = 443
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
}

resource "aws_security_group" "maybe" {
  count  = length(var.peers) > 5 ? 1 : 0
  vpc_id = var.vpc_id
}

output "id" { value = aws_security_group.this.id }
output "maybe" { value = try(aws_security_group.maybe[0].id, "") }
output "all" { value = aws_security_group.this }
