"""Record what cfn-lint resolves, to be compared with this package's results.

    python3 record.py TEMPLATE...     writes TEMPLATE.record beside each template
    python3 record.py -               reads paths from standard input, and writes one JSON line for each:
                                      {"path": …, "values": {…}} or {"path": …, "error": …}

cfn-lint (MIT-0 licence, PyPI) evaluates intrinsic functions over all allowed
values of parameters. For every outermost function in the properties of a
resource, the record lists all values that it finds. It finds none where a value
is not known before the stack is deployed. Loops of AWS::LanguageExtensions are
written out first; the condition of a resource is taken to hold.
"""
import json
import multiprocessing
import sys

from cfnlint.context import create_context_for_template
from cfnlint.context.conditions.exceptions import Unsatisfiable
from cfnlint.decode import decode
from cfnlint.jsonschema import CfnTemplateValidator
from cfnlint.template import Template
from cfnlint.template.transforms._language_extensions import language_extension

SECONDS = 60  # for one template


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


WORLD = {"AWS::Region": "us-east-1", "AWS::AccountId": "123456789012"}


def deployed(node, key=False):
    """The node with the keys of mappings as they are in one region: by itself, cfn-lint takes them to be any key of the mapping."""
    if isinstance(node, list):
        return [deployed(item, key) for item in node]
    if not isinstance(node, dict):
        return node
    if key and len(node) == 1 and node.get("Ref") in WORLD:
        return WORLD[node["Ref"]]
    return {k: deployed(v, k == "Fn::FindInMap") for k, v in node.items()}


def constant(node):
    """The truth of a condition that compares literals, which cfn-lint leaves open; None of any other."""
    if not isinstance(node, dict) or len(node) != 1:
        return None
    (name, args), = node.items()
    if name == "Fn::Equals" and isinstance(args, list) and len(args) == 2:
        if all(isinstance(a, (str, int, float)) for a in args):
            return text(args[0]) == text(args[1])
    if name == "Fn::Not" and isinstance(args, list) and len(args) == 1:
        inner = constant(args[0])
        return None if inner is None else not inner
    return None


def text(scalar):
    return str(scalar).lower() if isinstance(scalar, bool) else str(scalar)


def spell(parameters):
    """Write bools among the values of parameters as CloudFormation does; Python would write True."""
    for parameter in parameters.values() if isinstance(parameters, dict) else []:
        if isinstance(parameter, dict) and isinstance(parameter.get("Default"), bool):
            parameter["Default"] = text(parameter["Default"])
        if isinstance(parameter, dict) and isinstance(parameter.get("AllowedValues"), list):
            parameter["AllowedValues"] = [text(v) if isinstance(v, bool) else v for v in parameter["AllowedValues"]]


def resolved(context, template, node):
    """All values of a function, each once."""
    validator = CfnTemplateValidator({}).evolve(context=context, cfn=template)
    try:
        values = [v for v, _, err in validator.resolve_value(deployed(node)) if err is None]
    except Exception:  # a template that cfn-lint can't digest
        return []
    unique = []
    for v in values:
        v = json.loads(json.dumps(v, default=str))
        if v not in unique:
            unique.append(v)
    return unique


def record(filename):
    parsed, _ = decode(filename)
    if not isinstance(parsed, dict) or not isinstance(parsed.get("Resources"), dict):
        return {}
    spell(parsed.get("Parameters"))
    template = Template(filename, parsed, regions=["us-east-1"])
    transforms = parsed.get("Transform")
    if "AWS::LanguageExtensions" in (transforms if isinstance(transforms, list) else [transforms]):
        _, expanded = language_extension(template)
        if expanded is None:
            return {}
        parsed = expanded
        template = Template(filename, parsed, regions=["us-east-1"])
    everywhere = create_context_for_template(template)
    defaults = {}
    for name, parameter in everywhere.parameters.items():
        # These bounds are values to try a schema with, not all values that there are.
        parameter.min_value = parameter.max_value = None
        # A default without AllowedValues is the value. cfn-lint by itself takes it for that in Ref, but leaves conditions open.
        if not parameter.allowed_values:
            defaults.update({name: value for value, _ in parameter.default_value()})
    everywhere = everywhere.evolve(ref_values={**WORLD, **defaults})
    constants = {name: constant(node) for name, node in (parsed.get("Conditions") or {}).items()}
    decided = {name: truth for name, truth in constants.items() if truth is not None}
    everywhere = everywhere.evolve(conditions=everywhere.conditions.evolve(decided))
    out = {}
    for name, resource in parsed["Resources"].items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Properties"), dict):
            continue
        context = everywhere
        condition = resource.get("Condition")
        if isinstance(condition, str) and condition in everywhere.conditions.conditions:
            try:
                context = everywhere.evolve(conditions=everywhere.conditions.evolve({condition: True}))
            except Unsatisfiable:
                continue
        for path, node in functions(resource["Properties"], [name]):
            values = resolved(context, template, node)
            if values:
                out[path] = values
    return out


def line(path):
    try:
        return {"path": path, "values": record(path)}
    except Exception as e:  # pylint: disable=broad-exception-caught
        return {"path": path, "error": f"{type(e).__name__}: {e}"[:300]}


def stream(paths):
    # A process for each template: some take cfn-lint for ever.
    with multiprocessing.Pool(maxtasksperchild=50) as pool:
        results = [(path, pool.apply_async(line, (path,))) for path in paths]
        for path, result in results:
            try:
                out = result.get(SECONDS)
            except multiprocessing.TimeoutError:
                out = {"path": path, "error": "timeout"}
            print(json.dumps(out, sort_keys=True), flush=True)
        pool.terminate()


if __name__ == "__main__":
    if sys.argv[1:] == ["-"]:
        stream([p.rstrip("\n") for p in sys.stdin])
    for filename in [a for a in sys.argv[1:] if a != "-"]:
        with open(filename + ".record", "w", encoding="utf-8") as out:
            json.dump(record(filename), out, indent=1, sort_keys=True)
            out.write("\n")
