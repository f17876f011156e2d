resource "aws_sns_topic" "native" {
  name = module.child.joined
  tags = local.object
}
