variable "prefix" {}
output "label" { value = "${var.prefix}-shared" }
