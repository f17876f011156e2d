terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" { region = "us-east-1" }

# Locals in any order, each of another kind.
locals {
  last      = local.middle + 1
  middle    = local.first * 2
  first     = 3
  env       = "prod"
  settings  = { prod = { size = "large", az = 3 }, dev = { size = "small", az = 1 } }
  chosen    = local.settings[local.env]
  users     = [{ name = "ann", groups = ["admin", "dev"] }, { name = "bob", groups = ["dev"] }, { name = "cyn", groups = [] }]
  by_group  = { for pair in flatten([for u in local.users : [for g in u.groups : { user = u.name, group = g }]]) : pair.group => pair.user... }
  index     = { for i, u in local.users : u.name => i if length(u.groups) > 0 }
  inverted  = { for k, v in { a = "x", b = "y" } : v => k }
  from_set  = [for v in toset(["c", "a", "b"]) : upper(v)]
  from_map  = [for k, v in { b = 1, a = 2 } : "${k}${v}"]
  object    = { "quoted key" = 1, (local.env) = 2, "${local.env}-x" = 3, plain : 4 }
  mixed     = local.env == "prod" ? [1, 2] : [3]
  nullish   = local.env == "prod" ? null : "x"
  numberish = local.env == "prod" ? "5" : 6
  chained   = local.env == "dev" ? "d" : local.env == "prod" ? "p" : "other"
  merged    = merge({ a = 1, b = { c = 2 } }, { b = { d = 3 } }, null)
  deep      = try(local.settings.prod.missing.more, local.settings["dev"].size, "none")
  dynamic   = { for k, s in local.settings : k => merge(s, { total = s.az * 2 }) }
  splat     = local.users[*].groups
  tuple     = [1, "two", [3], { four = 4 }]
  empty     = {}
  long      = join("", [for i in range(50) : i % 10])
  logic     = !(local.first > 2 && local.first <= 3) || false
  equality  = [{ a = 1 } == { a = 1 }, [1, 2] == [1, 2], "1" == 1, null == "", { a = null } == {}]
  grouped   = { for u in local.users : length(u.groups) => u.name... }
  ternary   = length(local.by_group) > 1 ? element(local.by_group["dev"], 1) : "few"
  arith     = (local.first + 2) * -1 % 4
}

resource "aws_ssm_parameter" "local" {
  for_each = {
    last      = local.last
    chosen    = "${local.chosen.size}${local.chosen["az"]}"
    by_group  = jsonencode(local.by_group)
    index     = jsonencode(local.index)
    inverted  = jsonencode(local.inverted)
    from_set  = join("", local.from_set)
    from_map  = join("", local.from_map)
    object    = jsonencode(local.object)
    mixed     = jsonencode(local.mixed)
    nullish   = jsonencode(local.nullish)
    numberish = local.numberish
    chained   = local.chained
    merged    = jsonencode(local.merged)
    deep      = local.deep
    dynamic   = jsonencode(local.dynamic)
    splat     = jsonencode(try(local.splat, "out of range"))
    tuple     = "${local.tuple[1]}${local.tuple[2][0]}${local.tuple[3].four}"
    empty     = jsonencode(local.empty)
    long      = local.long
    logic     = local.logic
    equality  = jsonencode(local.equality)
    grouped   = jsonencode(local.grouped)
    ternary   = local.ternary
    arith     = local.arith
  }
  name  = "/local/${each.key}"
  type  = "String"
  value = each.value
}

# What is computed stays unknown, and what does not depend on it does not.
resource "aws_vpc" "main" { cidr_block = "10.${local.first}.0.0/16" }

locals {
  vpc   = aws_vpc.main
  infos = { id = aws_vpc.main.id, cidr = aws_vpc.main.cidr_block, list = [aws_vpc.main.arn, "fixed"] }
}

resource "aws_subnet" "known_part" {
  vpc_id     = local.infos.id
  cidr_block = cidrsubnet(local.vpc.cidr_block, 8, 1)
  tags = {
    Id     = local.infos["id"]
    Cidr   = local.infos.cidr
    Fixed  = local.infos.list[1]
    Length = length(local.infos.list)
    Either = local.first > 2 ? "known" : aws_vpc.main.id
    Mixed  = "vpc-${aws_vpc.main.id}"
    Same   = aws_vpc.main.tags == null
  }
}

resource "aws_vpc_dhcp_options" "lists" {
  domain_name_servers = concat(["10.0.0.2"], [aws_vpc.main.default_security_group_id])
  ntp_servers         = compact(["", "10.0.0.3", local.nullish])
  tags                = merge(local.infos, { list = "replaced" })
}
