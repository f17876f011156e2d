variable "name" {
  type = string
}

variable "environment" {
  type = string
}

variable "subnet_ids" {
  type = list(string)
}

variable "vpc_id" {
  type = string
}

variable "settings" {
  type = object({
    class     = optional(string, "db.t4g.medium")
    encrypted = optional(bool, false)
    multi_az  = optional(bool, false)
    backups   = optional(number, 1)
  })
  default = {}
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "this" {
  name   = "${var.name}-db"
  vpc_id = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "postgres" {
  security_group_id = aws_security_group.this.id
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_db_instance" "this" {
  identifier              = var.name
  engine                  = "postgres"
  engine_version          = "17.4"
  instance_class          = var.settings.class
  allocated_storage       = 100
  storage_encrypted       = var.settings.encrypted
  multi_az                = var.settings.multi_az
  backup_retention_period = var.settings.backups
  db_subnet_group_name    = aws_db_subnet_group.this.name
  vpc_security_group_ids  = [aws_security_group.this.id]

  tags = { Environment = var.environment }
}
