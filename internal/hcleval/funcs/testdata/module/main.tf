# The locals that the expressions of ../functions.tsv refer to.
terraform {
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}

locals {
  greeting  = "hi $${name}!"
  bare      = "$${name}"
  unclosed  = "hi $${"
  calls     = "$${upper(name)}-$${core::lower(\"X\")}"
  recursive = "$${templatestring(t, {})}"
  renders   = "$${templatefile(\"tpl/hello.tftpl\", { name = 1 })}"
  loops     = "%%{ for x in xs ~}[$${x}]%%{ endfor ~}"
  number    = 5
  nothing   = null
  key       = "k-x"
  nested    = { t = "hi $${name}!", k-x = "A$${name}" }
  list      = ["$${name}"]
  rows      = [{ id = "a", n = 1 }, { id = "b", n = 2 }]
}
