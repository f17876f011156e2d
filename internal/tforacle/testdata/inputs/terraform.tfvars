region       = "ap-southeast-2"
from_tfvars  = "tfvars"
from_json    = "tfvars"
from_auto    = "tfvars"
from_auto_json = "tfvars"
typed        = { list = ["1", 2], flag = null, extra = "dropped" }
nullable     = null
not_nullable = null
