terraform {
  required_providers {
    aws  = { source = "hashicorp/aws" }
    null = { source = "hashicorp/null" }
  }
}

provider "aws" { region = "us-west-2" }

locals {
  names  = ["alpha", "beta", "gamma"]
  cells  = { eu = { size = 2 }, us = { size = 0 }, "a.b/c" = { size = 1 } }
  odd    = { "with space" = 1, "quo\"te" = 2, "dollar$${x}" = 3, "ünï" = 4 }
  pairs  = setproduct(["a", "b"], [1, 2])
  toggle = true
}

resource "aws_sqs_queue" "count" {
  count = length(local.names)
  name  = "${local.names[count.index]}-${count.index}"
  tags  = { Last = count.index == length(local.names) - 1 }
}

resource "aws_sqs_queue" "each_set" {
  for_each = toset(local.names)
  name     = each.value
  tags     = { Same = each.key == each.value, Prefix = substr(each.key, 0, 2) }
}

resource "aws_sqs_queue" "each_odd" {
  for_each                   = local.odd
  name                       = "odd-${each.value}"
  visibility_timeout_seconds = each.value * 10
}

resource "aws_sqs_queue" "each_pairs" {
  for_each = { for p in local.pairs : "${p[0]}${p[1]}" => p }
  name     = join("-", [each.value[0], each.value[1], each.key])
}

resource "aws_sqs_queue" "none" {
  count = local.toggle ? 0 : 1
  name  = "never"
}

resource "aws_sqs_queue" "one" {
  count = local.toggle ? 1 : 0
  name  = "one"
}

resource "aws_sqs_queue" "empty" {
  for_each = { for k, v in local.cells : k => v if v.size > 5 }
  name     = each.key
}

resource "aws_sqs_queue" "bool_count" {
  count = local.toggle != null ? "2" : "0" # text that is a number
  name  = "bool-${count.index}"
}

module "cell" {
  source   = "./modules/cell"
  for_each = local.cells
  name     = each.key
  size     = each.value.size
}

module "pair" {
  source = "./modules/pair"
  count  = 2
  number = count.index + 1
}

module "off" {
  source = "./modules/pair"
  count  = 0
  number = 9
}

# What others make of many instances.
resource "aws_ssm_parameter" "splats" {
  for_each = {
    count_names   = join(",", aws_sqs_queue.count[*].name)
    legacy_splat  = join(",", aws_sqs_queue.count.*.name)
    each_names    = join(",", [for k, q in aws_sqs_queue.each_set : "${k}=${q.name}"])
    each_values   = join(",", values(aws_sqs_queue.each_set)[*].name)
    each_keys     = join(",", keys(aws_sqs_queue.each_pairs))
    one           = one(aws_sqs_queue.one[*].name)
    none          = jsonencode(one(aws_sqs_queue.none[*].name))
    none_length   = length(aws_sqs_queue.none)
    try_none      = try(aws_sqs_queue.none[0].name, "fallback")
    element       = element(aws_sqs_queue.count[*].name, 4)
    cells         = jsonencode({ for k, c in module.cell : k => c.names })
    cell_sizes    = join(",", [for c in module.cell : length(c.names)])
    pair_splat    = join(",", module.pair[*].label)
    pair_nested   = module.pair[1].inner[0].label
    off           = jsonencode(module.off[*].label)
    single_splat  = join(",", aws_sqs_queue.single[*].name)
    literal_splat = jsonencode("x"[*])
    null_splat    = jsonencode(null[*])
    object_splat  = join(",", [{ a = { b = "1" } }, { a = { b = "2" } }][*].a.b)
  }
  name  = "/splat/${each.key}"
  type  = "String"
  value = each.value
}

resource "aws_sqs_queue" "single" {
  name = "single"
}

resource "aws_sqs_queue_policy" "linked" {
  count     = length(aws_sqs_queue.count)
  queue_url = aws_sqs_queue.count[count.index].id
  policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Resource = aws_sqs_queue.count[count.index].arn, Action = "sqs:*" }] })
}

resource "aws_sqs_queue_redrive_policy" "chained" {
  for_each       = aws_sqs_queue.each_set # chained for_each over a resource
  queue_url      = each.value.id
  redrive_policy = jsonencode({ maxReceiveCount = 3, deadLetterTargetArn = aws_sqs_queue.single.arn, name = each.value.name })
}

resource "null_resource" "nested" {
  for_each = merge([for cell, c in local.cells : { for i in range(c.size) : "${cell}/${i}" => i }]...)
  triggers = { index = each.value, cell = split("/", each.key)[0] }
}
