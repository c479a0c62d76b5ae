"""Applies docs/adding_a_function.md to definitions-inl.h: struct and list entry.

Usage: add_function.py DOC DEFINITIONS RESULT
"""
import pathlib
import re
import sys


def blocks(markdown):
    return re.findall(r"^```cpp\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)


def main():
    doc, definitions, result = map(pathlib.Path, sys.argv[1:])
    struct, entry = blocks(doc.read_text())[:2]
    text = definitions.read_text()
    marker = "// The elementwise functions, in the order in which they are listed.\n"
    if text.count(marker) != 1:
        sys.exit("definitions-inl.h has no list of functions where expected")
    head, tail = text.split(marker)
    tail, count = re.subn(r"(TypeList<.*?)(>;)", lambda m: m.group(1) + entry.strip() + m.group(2),
                          tail, count=1, flags=re.DOTALL)
    if count != 1:
        sys.exit("the list of functions has another shape than expected")
    result.parent.mkdir(parents=True, exist_ok=True)
    result.write_text(head + struct + "\n" + marker + tail)


main()
