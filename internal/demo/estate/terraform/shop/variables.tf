variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "office_cidrs" {
  description = "Where administrators connect from."
  type        = list(string)
  default     = ["0.0.0.0/0"]
}

variable "legacy_bucket_acl" {
  type = string
}
