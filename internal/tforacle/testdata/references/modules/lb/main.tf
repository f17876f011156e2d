variable "subnets" { type = list(string) }
variable "groups" { type = set(string) }

resource "aws_lb" "this" {
  subnets         = var.subnets
  security_groups = var.groups
}

resource "aws_lb_target_group" "tg" {
  for_each = { http = 80, https = 443 }
  port     = each.value
  protocol = upper(each.key)
}

output "dns" { value = aws_lb.this.dns_name }
output "zone" { value = aws_lb.this.zone_id }
output "target_groups" { value = [for t in aws_lb_target_group.tg : t.arn] }
