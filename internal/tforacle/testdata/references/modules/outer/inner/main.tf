variable "ids" { type = map(string) }
variable "group" {}

resource "aws_network_interface" "eni" {
  subnet_id       = var.ids["first"]
  security_groups = [var.group.id]
  tags            = { Vpc = var.ids.vpc, Other = lookup(var.ids, "a", "none"), Missing = lookup(var.ids, "zz", "none") }
}
