"""A copy of coefficients.h in which one coefficient is wrong in its last bits.

Usage: alter_coefficient.py HEADER NAME INDEX RELATIVE_CHANGE RESULT
"""
import pathlib
import re
import sys


def main():
    header, name, index, change, result = sys.argv[1:]
    head, found, rest = pathlib.Path(header).read_text(encoding="utf-8").partition(f" {name}[] = {{")
    if not found:
        sys.exit(f"alter_coefficient.py: no {name} in {header}")
    numbers = list(re.finditer(r"\{(\S+), (\S+)\}", rest[:rest.index("};")]))
    high = numbers[int(index)]
    wrong = float.fromhex(high[1]) * (1 + float.fromhex(change))
    pathlib.Path(result).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(result).write_text(
        head + found + rest[:high.start(1)] + wrong.hex() + rest[high.end(1):], encoding="utf-8")


main()
