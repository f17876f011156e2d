variable "name" {
  type = string
}

variable "kms_key_arn" {
  description = "Key to encrypt with; S3's own key if null."
  type        = string
  default     = null
}

variable "versioning" {
  type    = bool
  default = true
}

variable "block_public" {
  type    = bool
  default = true
}

variable "expire_days" {
  description = "Days until objects expire; 0 keeps them."
  type        = number
  default     = 0
}

variable "force_destroy" {
  type    = bool
  default = false
}

variable "tags" {
  type    = map(string)
  default = {}
}
