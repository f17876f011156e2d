variable "name" {
  description = "Prefix of every name in the network."
  type        = string

  validation {
    condition     = length(var.name) > 0 && length(var.name) <= 40
    error_message = "The name must have 1 to 40 characters."
  }
}

variable "cidr" {
  description = "Address block of the VPC."
  type        = string
  default     = "10.0.0.0/16"
}

variable "azs" {
  description = "Availability zones to spread the subnets over."
  type        = list(string)
}

variable "nat_per_az" {
  description = "One NAT gateway a zone instead of one in all."
  type        = bool
  default     = false
}

variable "flow_logs" {
  description = "Record the VPC's traffic."
  type        = bool
  default     = true
}

variable "public_ip_on_launch" {
  type    = bool
  default = false
}

variable "data_ports" {
  description = "Ports that the data subnets accept from within the VPC."
  type        = list(number)
  default     = [3306, 5432, 6379]
}

variable "tags" {
  type    = map(string)
  default = {}
}
