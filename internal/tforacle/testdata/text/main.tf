terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" { region = "us-east-1" }

locals {
  who   = "world"
  items = ["one", "two", "three"]
  ports = { http = 80, https = 443 }
  text = {
    plain      = "hello ${local.who}"
    escapes    = "tab\there \"quoted\" \\ $${not} %%{not} \u00e9 \U0001F600"
    number     = "${1 + 2}/${10 / 4}/${7 % 3}/${-(2)}"
    boolean    = "${true && !false}"
    only       = "${local.items[0]}"
    nested     = "a${"b${"c${local.who}"}"}"
    heredoc    = <<EOT
first
  second ${local.who}
EOT
    indented   = <<-EOT
      first
        second
      %{if length(local.items) > 2~}
      many
      %{else~}
      few
      %{endif~}
      last
    EOT
    directives = "%{for i, x in local.items}${i}:${x}%{if i < 2}, %{endif}%{endfor}"
    stripped   = "a   ${~ "b" ~}   c"
    for_map    = <<-EOT
      %{~for name, port in local.ports~}
      ${name}=${port}
      %{~endfor~}
    EOT
    cond       = "%{if local.who == "world"}yes%{else}no%{endif}"
    format     = format("%s %q %d %05.2f %v %%", "s", "q", 3, 3.14159, [1, "a"])
    formatlist = join(";", formatlist("%s:%d", keys(local.ports), values(local.ports)))
    big        = "${1000000 * 1000000}"
    fraction   = "${0.1 + 0.2}"
    negative   = "${floor(-1.5)} ${ceil(-1.5)} ${abs(-3)} ${pow(2, 10)} ${log(8, 2)}"
    compare    = "${1 < 2} ${"a" == "a"} ${1 == "1"} ${[1] == [1]} ${null == null}"
    templated  = templatefile("${path.module}/templates/motd.tftpl", { name = local.who, list = local.items })
    file       = file("templates/plain.txt")
    trimmed    = trimspace(file("${path.root}/templates/plain.txt"))
    inline     = templatestring(local.template, { x = 5 })
    yaml       = yamlencode({ b = [1, "x"], a = { c = true } })
    decoded    = yamldecode(file("${path.module}/templates/config.yaml")).servers[1].name
    csv        = csvdecode(file("${path.module}/templates/users.csv"))[1].email
    json       = jsondecode(file("${path.module}/templates/data.json")).items["k"][0]
    workspace  = terraform.workspace
    module     = path.module
    hash       = "${md5("x")} ${sha256("y")} ${base64encode("z")} ${filesha256("templates/plain.txt")}"
    replaced   = "${replace("a.b.c", ".", "-")} ${replace("a1b22", "/[0-9]+/", "#")} ${regex("^[a-z]+", "abc123")}"
    regexes    = jsonencode(regexall("([a-z])(\\d)", "a1 b2"))
    title      = "${title("hello world")} ${upper("x")} ${substr("hello", 1, 3)} ${strrev("abc")} ${join("", reverse(["a", "b"]))}"
    net        = "${cidrsubnet("10.0.0.0/16", 4, 3)} ${cidrhost("10.0.0.0/24", 5)} ${cidrnetmask("10.0.0.0/20")}"
    nets       = join(",", cidrsubnets("10.0.0.0/16", 4, 4, 8))
    dates      = formatdate("YYYY-MM-DD", "2024-02-29T12:00:00Z")
    later      = timeadd("2024-02-29T12:00:00Z", "24h")
    chunk      = jsonencode(chunklist(local.items, 2))
    zip        = jsonencode(zipmap(local.items, [1, 2, 3]))
    transposed = jsonencode(transpose({ a = ["x", "y"], b = ["y"] }))
    exists     = "${fileexists("templates/none.txt")} ${join(",", fileset("templates", "*.txt"))}"
    url        = "${urlencode("a b&c")} ${basename("/x/y.z")} ${dirname("/x/y.z")}"
    numbers    = "${parseint("ff", 16)} ${signum(-2)} ${max(1, 5, 3)} ${min([4, 2]...)}"
    starts     = "${startswith("abc", "a")} ${endswith("abc", "b")} ${strcontains("abc", "bc")}"
    lists      = jsonencode([distinct([1, 1, 2]), flatten([[1], [[2]]]), slice([1, 2, 3], 1, 3), compact(["", "a", null]), sort(["b", "a"])])
    sets       = jsonencode([setunion(["a"], ["b"]), setintersection(["a", "b"], ["b"]), setsubtract(["a", "b"], ["b"])])
    maps       = jsonencode([merge({ a = 1 }, { a = 2, b = 3 }), lookup({ a = 1 }, "z", 9), contains(["x"], "x"), index(["x", "y"], "y")])
    logic      = jsonencode([alltrue([true, true]), anytrue([false]), coalesce("", "x"), coalescelist([], ["y"]), one([])])
    can        = jsonencode([can(local.items[9]), try(local.items[9], "none"), can(regex("x", "x"))])
    conv       = jsonencode([tostring(5), tonumber("5"), tobool("true"), tolist(toset(["b", "a", "b"])), tomap({ a = "x" })])
  }
  template = "x is $${x}"
}

resource "aws_ssm_parameter" "text" {
  for_each = local.text
  name     = "/text/${each.key}"
  type     = "String"
  value    = each.value
}

resource "aws_instance" "script" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
  user_data     = <<-SCRIPT
    #!/bin/bash
    %{for name, port in local.ports~}
    echo ${name} ${port} $${HOME}
    %{endfor~}
    echo ${aws_ssm_parameter.text["plain"].name} ${aws_ssm_parameter.text["plain"].arn}
  SCRIPT
}
