"""A copy of coefficients.h whose polynomials and tables can be altered while the program runs, and a list of them.

Usage: mutable_coefficients.py HEADER RESULT
"""
import pathlib
import re
import sys

# Name and what is in it: pairs of doubles, doubles, or a table of segments.
ARRAY = re.compile(
    r"^(?:alignas\(64\) )?ACT_CONSTANT constexpr (RealConstant|double|\w*SegmentTable<\d+>) (k\w+)(\[\d*\])? = {$", re.M)

# What no elementwise formula uses: RowPairsTest sees what is wrong in it.
OF_ROWS = {"kExp2TableLow"}


def main():
    header, result = sys.argv[1:]
    text = pathlib.Path(header).read_text(encoding="utf-8")
    names = [match[2] for match in ARRAY.finditer(text) if match[2] not in OF_ROWS]
    if len(names) < 30:
        sys.exit(f"mutable_coefficients.py: only {len(names)} polynomials and tables in {header}")
    text = ARRAY.sub(
        lambda match: match[0] if match[2] in OF_ROWS else match[0].replace("ACT_CONSTANT constexpr", "static"), text)
    listed = "".join(f'\n    X({name})  \\' for name in names)
    text = text.replace("}  // namespace activation\n", f"#define ACT_COEFFICIENTS(X)  \\{listed}\n\n}}  // namespace activation\n")
    pathlib.Path(result).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(result).write_text(text, encoding="utf-8")


main()
