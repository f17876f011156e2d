"""Writes the resource schemas that cfn-lint brings along as one JSON file.

    pip install cfn-lint
    python3 dump_cloudformation.py OUT.json

The schemas are those that AWS publishes in the CloudFormation registry. A type
is taken from us-east-1 if it is there, else from the first region that has it.
Only what gen reads is written. No network is used.
"""

import importlib.metadata
import json
import sys

from cfnlint.helpers import REGIONS
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as MANAGER

KEYS = ("properties", "definitions", "required", "readOnlyProperties",
        "patternProperties", "oneOf", "anyOf", "allOf")


def main(out):
    types = {}
    for region in ["us-east-1"] + sorted(r for r in REGIONS if r != "us-east-1"):
        for name in sorted(MANAGER.get_resource_types(region)):
            # Others are stand-ins of cfn-lint ("Module") or not public.
            if name in types or not name.startswith(("AWS::", "Alexa::")):
                continue
            schema = MANAGER.get_resource_schema(region, name)
            facts = {k: schema.schema[k] for k in KEYS if k in schema.schema}
            facts["getAtts"] = sorted(schema.get_atts.data)
            types[name] = facts
    source = "cfn-lint " + importlib.metadata.version("cfn-lint")
    with open(out, "w", encoding="utf-8") as f:
        json.dump({"source": source, "types": types}, f, sort_keys=True, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1])
