variable "name" {}
variable "size" { type = number }

resource "aws_sns_topic" "this" {
  count = var.size
  name  = "${replace(var.name, "/[^a-z]/", "-")}-${count.index}"
}

module "pair" {
  source = "../pair"
  count  = var.size > 1 ? 1 : 0
  number = var.size
}

output "names" {
  value = aws_sns_topic.this[*].name
}
