variable "name" {
  type = string
}

variable "stages" {
  description = "Steps that files pass through, each with a bucket and a queue of its own."
  type        = map(object({ expire_days = optional(number, 30), versioning = optional(bool, true) }))
}

variable "encrypted" {
  type    = bool
  default = true
}

variable "tags" {
  type    = map(string)
  default = {}
}

module "bucket" {
  source   = "../bucket"
  for_each = var.stages

  name        = "${var.name}-${each.key}"
  versioning  = each.value.versioning
  expire_days = each.value.expire_days
  tags        = merge(var.tags, { Stage = each.key })
}

module "queue" {
  source   = "../queue"
  for_each = var.stages

  name       = "${var.name}-${each.key}"
  encrypted  = var.encrypted
  publishers = [module.bucket[each.key].arn]
  tags       = merge(var.tags, { Stage = each.key })
}

resource "aws_s3_bucket_notification" "this" {
  for_each = var.stages

  bucket = module.bucket[each.key].id

  queue {
    queue_arn     = module.queue[each.key].arn
    events        = ["s3:ObjectCreated:*"]
    filter_suffix = ".parquet"
  }
}

output "bucket_arns" {
  value = { for k, b in module.bucket : k => b.arn }
}

output "queue_arns" {
  value = values(module.queue)[*].arn
}
