variable "network" { type = any }
variable "sg" {
  type = object({ id = string, all = any })
}

module "inner" {
  source = "./inner"
  ids    = { vpc = var.network.vpc.id, first = var.network.subnets[0].id, a = var.network.lookup["a"] }
  group  = var.sg.all
}
