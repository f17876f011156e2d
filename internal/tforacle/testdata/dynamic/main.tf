terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" { region = "us-east-1" }

variable "listeners" {
  type = map(object({
    port = number
    rules = optional(list(object({
      paths  = list(string)
      weight = optional(number)
    })), [])
  }))
  default = {
    http  = { port = 80 }
    https = { port = 443, rules = [{ paths = ["/api/*", "/v1/*"], weight = 10 }, { paths = ["/static/*"] }] }
  }
}

variable "lifecycle_rules" {
  type = any
  default = [
    { id = "logs", days = 30, prefix = "logs/", transitions = [{ days = 10, class = "STANDARD_IA" }, { days = 20, class = "GLACIER" }] },
    { id = "tmp", days = 1, transitions = [] },
  ]
}

variable "origins" {
  default = null
}

resource "aws_security_group" "plain" {
  name = "plain"

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }

  dynamic "ingress" {
    for_each = var.listeners
    iterator = listener
    content {
      description = listener.key
      from_port   = listener.value.port
      to_port     = listener.value["port"]
      protocol    = "tcp"
      cidr_blocks = [for n in range(2) : cidrsubnet("10.1.0.0/16", 8, n)]
    }
  }

  dynamic "egress" {
    for_each = toset(["b", "a"])
    content {
      description = "${egress.key}${egress.value}"
      from_port   = 0
      to_port     = 0
      protocol    = "-1"
      self        = egress.value == "a"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "nested" {
  bucket = "some-bucket"

  dynamic "rule" {
    for_each = var.lifecycle_rules
    content {
      id     = rule.value.id
      status = try(rule.value.enabled, true) ? "Enabled" : "Disabled"

      dynamic "filter" {
        for_each = contains(keys(rule.value), "prefix") ? [rule.value.prefix] : []
        content {
          prefix = filter.value
        }
      }

      expiration {
        days = rule.value.days
      }

      dynamic "transition" {
        for_each = rule.value.transitions
        iterator = step
        content {
          days          = step.value.days + rule.key
          storage_class = "${step.value.class}"
        }
      }
    }
  }
}

resource "aws_lb_listener_rule" "nested_iterators" {
  for_each     = { for k, l in var.listeners : k => l if length(l.rules) > 0 }
  listener_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/x/1/2"
  priority     = 5

  action {
    type = "forward"

    forward {
      dynamic "target_group" {
        for_each = each.value.rules
        content {
          arn    = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${each.key}-${target_group.key}/1"
          weight = target_group.value.weight
        }
      }
    }
  }

  dynamic "condition" {
    for_each = [for r in each.value.rules : r.paths]
    content {
      path_pattern {
        values = condition.value
      }
    }
  }
}

resource "aws_cloudfront_distribution" "absent" {
  enabled = true

  dynamic "origin" {
    for_each = var.origins == null ? [] : var.origins
    content {
      domain_name = origin.value
      origin_id   = origin.key
    }
  }

  origin {
    domain_name = "example.com"
    origin_id   = "fixed"
  }

  dynamic "custom_error_response" {
    for_each = { "404" = "/404.html", "403" = "/403.html" }
    content {
      error_code         = custom_error_response.key
      response_page_path = custom_error_response.value
      response_code      = tonumber(custom_error_response.key) + 0
    }
  }

  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "none"
    viewer_protocol_policy = "redirect-to-https"

    dynamic "forwarded_values" {
      for_each = [true]
      content {
        query_string = forwarded_values.value

        cookies {
          forward = "none"
        }
      }
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}

# A dynamic block whose for_each depends on something that is not known yet has
# blocks that are not known.
resource "aws_security_group" "computed" {
  name = "computed"

  dynamic "ingress" {
    for_each = [aws_security_group.plain.id]
    content {
      from_port       = 443
      to_port         = 443
      protocol        = "tcp"
      security_groups = [ingress.value]
    }
  }
}
