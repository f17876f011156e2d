"""Record what cfn-lint resolves, to be compared with this package's results.

    python3 record.py TEMPLATE...     writes TEMPLATE.record beside each template

cfn-lint (MIT-0 licence, PyPI) evaluates intrinsic functions over all allowed
values of parameters. For every outermost function in the properties of a
resource, the record lists all values that it finds. It finds none where a value
is not known before the stack is deployed.
"""
import json
import sys

from cfnlint.context import create_context_for_template
from cfnlint.decode import decode
from cfnlint.jsonschema import CfnTemplateValidator
from cfnlint.template import Template


def functions(node, path):
    """Yield path and node of the outermost functions below a node."""
    if isinstance(node, dict):
        if len(node) == 1 and next(iter(node)).startswith(("Fn::", "Ref")):
            yield "/".join(path), node
            return
        for key, value in node.items():
            yield from functions(value, path + [str(key)])
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from functions(value, path + [str(i)])


def record(filename):
    parsed, _ = decode(filename)
    if not isinstance(parsed, dict):
        return {}
    template = Template(filename, parsed, regions=["us-east-1"])
    context = create_context_for_template(template)
    out = {}
    for name, resource in (parsed.get("Resources") or {}).items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Properties"), dict):
            continue
        for path, node in functions(resource["Properties"], [name]):
            validator = CfnTemplateValidator({}).evolve(context=context, cfn=template)
            try:
                values = [v for v, _, err in validator.resolve_value(node) if err is None]
            except Exception:  # a template that cfn-lint can't digest
                continue
            unique = []
            for v in values:
                v = json.loads(json.dumps(v, default=str))
                if v not in unique:
                    unique.append(v)
            if unique:
                out[path] = unique
    return out


if __name__ == "__main__":
    for filename in sys.argv[1:]:
        with open(filename + ".record", "w", encoding="utf-8") as out:
            json.dump(record(filename), out, indent=1, sort_keys=True)
            out.write("\n")
