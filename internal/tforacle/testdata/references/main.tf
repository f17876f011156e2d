terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" { region = "us-east-1" }

variable "extra_groups" {
  type    = list(string)
  default = []
}

variable "use_lb" { default = true }

resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }

resource "aws_subnet" "private" {
  count      = 3
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}

resource "aws_subnet" "public" {
  for_each   = { a = 10, b = 11 }
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, each.value)
}

module "sg" {
  source = "./modules/sg"
  vpc_id = aws_vpc.main.id
  peers  = [for s in aws_subnet.private : s.cidr_block]
}

module "lb" {
  source  = "./modules/lb"
  count   = var.use_lb ? 1 : 0
  subnets = values(aws_subnet.public)[*].id
  groups  = concat([module.sg.id], var.extra_groups)
}

module "outer" {
  source  = "./modules/outer"
  network = { vpc = aws_vpc.main, subnets = aws_subnet.private[*], lookup = { for k, s in aws_subnet.public : k => s.id } }
  sg      = module.sg
}

resource "aws_instance" "app" {
  for_each               = toset(["one", "two"])
  ami                    = data.aws_ami.linux.id
  instance_type          = "t3.micro"
  subnet_id              = element(aws_subnet.private[*].id, index(["one", "two"], each.key))
  vpc_security_group_ids = compact(concat([module.sg.id], [module.sg.maybe], var.extra_groups))
  iam_instance_profile   = aws_iam_instance_profile.app.name
  user_data_base64       = base64encode("lb=${try(module.lb[0].dns, "none")}")
  key_name               = one(aws_key_pair.optional[*].key_name)
}

resource "aws_key_pair" "optional" {
  count      = 0
  key_name   = "k"
  public_key = "ssh-rsa x"
}

data "aws_ami" "linux" {
  most_recent = true
  owners      = ["amazon"]

  filter {
    name   = "name"
    values = ["al2023-*"]
  }
}

resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_instance_profile" "app" {
  name_prefix = "app-"
  role        = aws_iam_role.app.name
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "app" {
  role = aws_iam_role.app.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = ["${aws_s3_bucket.data.arn}/*", "arn:aws:s3:::fixed"] },
      { Effect = "Deny", Action = "kms:*", Resource = aws_kms_key.k.arn },
    ]
  })
}

resource "aws_kms_key" "k" {}

resource "aws_s3_bucket" "data" { bucket_prefix = "data-" }

resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.k.arn
    }
  }
}

resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.bucket
  versioning_configuration {
    status = length(aws_subnet.private) > 2 ? "Enabled" : "Suspended"
  }
}

resource "aws_route53_record" "lb" {
  zone_id = "Z123"
  name    = "app.example.com"
  type    = "A"
  alias {
    name                   = module.lb[0].dns
    zone_id                = module.lb[0].zone
    evaluate_target_health = true
  }
}

resource "aws_db_subnet_group" "db" {
  subnet_ids = [for i, s in aws_subnet.private : s.id if i > 0]
  tags       = { First = aws_subnet.private.0.cidr_block, Last = aws_subnet.private[length(aws_subnet.private) - 1].cidr_block }
}

resource "aws_autoscaling_group" "asg" {
  min_size            = 1
  max_size            = max(2, length(aws_subnet.private))
  vpc_zone_identifier = flatten([aws_subnet.private[*].id, [for s in aws_subnet.public : s.id]])
  target_group_arns   = flatten(module.lb[*].target_groups)

  launch_template {
    id      = aws_launch_template.lt.id
    version = aws_launch_template.lt.latest_version
  }
}

resource "aws_launch_template" "lt" {
  name_prefix = "lt-"
  network_interfaces {
    security_groups = [module.sg.id]
  }
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  count          = 1
  name           = "errors"
  pattern        = "ERROR"
  log_group_name = "app"

  metric_transformation {
    name      = "app-errors"
    namespace = "app"
    value     = "1"
  }
}

# The name is known, and is still that of the filter.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "errors"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 1
  period              = 60
  statistic           = "Sum"
  metric_name         = aws_cloudwatch_log_metric_filter.errors[0].metric_transformation[0].name
  namespace           = aws_cloudwatch_log_metric_filter.errors[0].metric_transformation[0].namespace
}
