variable "service" {
  type = object({
    name   = string
    port   = optional(number, 8080)
    public = optional(bool, false)
    tags   = optional(map(string), {})
    scaling = optional(object({
      min     = optional(number, 1)
      max     = optional(number, 4)
      windows = optional(list(string), ["sun:03:00-sun:04:00"])
    }), {})
    rules = optional(list(object({
      port  = number
      proto = optional(string, "tcp")
      cidrs = optional(set(string), ["10.0.0.0/16"])
      note  = optional(string, "no note")
    })), [{ port = 80 }])
  })
}

variable "zones" {
  type    = set(string)
  default = ["a"]
}

variable "nickname" {
  type     = string
  default  = "nick"
  nullable = false
}

variable "retries" {
  type    = number
  default = 3
}

variable "strict" {
  type     = list(number)
  default  = [1, 2]
  nullable = false
}

variable "loose" {
  type    = list(number)
  default = [3]
}

variable "free" {
  type    = any
  default = null
}

resource "aws_security_group" "this" {
  name        = var.service.name
  description = var.nickname

  dynamic "ingress" {
    for_each = var.service.rules
    content {
      from_port   = ingress.value.port
      to_port     = ingress.value.port
      protocol    = ingress.value.proto
      cidr_blocks = ingress.value.cidrs
      description = ingress.value.note
    }
  }

  tags = merge(var.service.tags, { Name = "${var.service.name}-${var.service.port}", Retries = coalesce(var.retries, 0) })
}

resource "aws_appautoscaling_target" "this" {
  min_capacity       = var.service.scaling.min
  max_capacity       = var.service.scaling.max
  resource_id        = "service/x/${var.service.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  service_namespace  = "ecs"
}

resource "aws_db_instance" "this" {
  instance_class      = "db.t4g.micro"
  publicly_accessible = var.service.public
  port                = var.service.port
  maintenance_window  = try(var.service.scaling.windows[0], null)
  allocated_storage   = sum(var.strict) + (var.loose == null ? 100 : length(var.loose))
}

resource "aws_subnet" "this" {
  for_each          = var.zones
  vpc_id            = "vpc-0123456789abcdef0"
  cidr_block        = "10.0.${index(sort(var.zones), each.value)}.0/24"
  availability_zone = "eu-central-1${each.key}"
}

resource "aws_ssm_parameter" "free" {
  count = var.free == null ? 0 : 1
  name  = "/free"
  type  = "String"
  value = jsonencode(var.free)
}

output "summary" {
  value = {
    name  = var.service.name
    ports = var.service.rules[*].port
    zones = var.zones
  }
}
