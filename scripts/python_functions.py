#!/usr/bin/env python3
"""The catalogue as Python functions: activation-client list --json | python_functions.py"""

import json
import keyword
import sys
import textwrap

HEADER = '''"""Every function of the catalogue, evaluated by a server.

Written from the catalogue by `./dev docs`; do not edit. All take what `How` says, as keywords;
`gradient(name, x, dy)` is the derivative of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .default import How, call, describe_options
from .tensors import Array, ArrayLike

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = [
'''

FOOTER = """

for _name in __all__:
    describe_options(globals()[_name])
"""


def python_name(name):
    """The name, with an underscore behind it where it is a keyword, as `lambda`."""
    return name + "_" if keyword.iskeyword(name) else name


def default(parameter):
    value = parameter["default_value"]
    return repr(int(value) if parameter["integral"] else value)


def paragraph(text, indent="    ", hanging=""):
    return textwrap.fill(
        text, 100, initial_indent=indent, subsequent_indent=indent + hanging, break_on_hyphens=False
    )


def docstring(function):
    traits = [f"Range {function['range']}"]
    traits += [trait for trait in ("monotone", "smooth") if function[trait]]
    if function["saturation"] != "no":
        traits.append("saturates " + function["saturation"])
    lines = [paragraph(f'"""f(x) = {function["formula"]}', hanging="    "), ""]
    lines.append(paragraph(function["description"]))
    lines.append(paragraph("; ".join(traits) + f". {function['reference']}."))
    lines += ["", paragraph(f"Used in: {function['used_in']}.", hanging="    ")]
    lines.append(paragraph(f"Strengths: {function['strengths']}.", hanging="    "))
    lines.append(paragraph(f"Weaknesses: {function['weaknesses']}.", hanging="    "))
    notes = [
        f"{python_name(p['name'])}: {p['description']}; {p['minimum']:g} to {p['maximum']:g}."
        for p in function["parameters"]
    ]
    if function["kind"] == "per_channel":
        notes.insert(0, "weight: one for each channel, which are axis 1, or one for all.")
    if notes:
        lines += ["", *(paragraph(note, hanging="    ") for note in notes)]
    return "\n".join([*lines, '    """'])


def definition(function):
    arguments, values = ["x: ArrayLike"], ["x", "how"]
    if function["kind"] == "per_channel":
        arguments.append("weight: ArrayLike")
        values.append("weight=weight")
    parameters = function["parameters"]
    if parameters:
        arguments.append("*")
        pairs = (f'"{p["name"]}": {python_name(p["name"])}' for p in parameters)
        values.append("parameters={" + ", ".join(pairs) + "}")
    for parameter in parameters:
        kind = "int" if parameter["integral"] else "float"
        arguments.append(f"{python_name(parameter['name'])}: {kind} = {default(parameter)}")
    arguments.append("**how: Unpack[How]")
    name = function["name"]
    head = wrapped(f"def {name}(", arguments, ") -> Array:", "")
    body = wrapped(f'return call("{name}", ', values, ")", "    ")
    return "\n".join([head, docstring(function), body])


def wrapped(begin, arguments, end, indent):
    """The arguments on one line or, where it is too long, on one of their own."""
    line = indent + begin + ", ".join(arguments) + end
    if len(line) <= 100:
        return line
    return f"{indent}{begin.rstrip()}\n{indent}    {', '.join(arguments)}\n{indent}{end}"


def main():
    functions = json.load(sys.stdin)
    print(HEADER, end="")
    for function in functions:
        print(f'    "{function["name"]}",')
    print("]")
    for function in functions:
        print("\n\n" + definition(function))
    print(FOOTER, end="")


if __name__ == "__main__":
    main()
