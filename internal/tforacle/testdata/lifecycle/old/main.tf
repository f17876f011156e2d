variable "name" {
  type      = string
  sensitive = true
}
variable "token" {
  type      = string
  ephemeral = true
  default   = null
}
resource "aws_sns_topic" "old" { name = var.name }
output "topic" {
  value     = aws_sns_topic.old.name
  sensitive = true
}
