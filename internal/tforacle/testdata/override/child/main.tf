variable "name" {}
variable "extra" {}
resource "aws_sns_topic" "this" { name = "${var.name}-${var.extra}" }
