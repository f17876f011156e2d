variable "number" { type = number }

resource "aws_sns_topic" "pair" {
  for_each = toset(["left", "right"])
  name     = format("%s-%02d", each.key, var.number)
}

output "label" { value = aws_sns_topic.pair["left"].name }

output "inner" {
  value = [for t in aws_sns_topic.pair : { label = upper(t.name) }]
}
