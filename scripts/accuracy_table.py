#!/usr/bin/env python3
"""Writes what activation-prove --json found into docs/accuracy.md, between its two markers.

usage: activation-prove --json | accuracy_table.py COMMAND     COMMAND: what to name as the source
"""

import collections
import datetime
import json
import os
import platform
import sys

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs/accuracy.md")
BEGIN = "<!-- table: ./dev prove --write -->"
END = "<!-- end of table -->"
COLUMNS = [(tier, direction) for tier in ("exact", "fast") for direction in ("forward", "gradient")]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        names = [line.split(":", 1)[1].strip() for line in info if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.machine()


def cell(record):
    """Share of wrongly rounded results and the largest error, as one would say it."""
    return f"{record['misrounds']:,} · {record['max_ulp']:.4f}"


def table(records, command):
    rows = collections.defaultdict(dict)
    for record in records:
        rows[record["dtype"], record["function"]][record["tier"], record["direction"]] = record
    lines = [
        f"{datetime.date.today()}, `{command}`, {processor()}, {' = '.join(records[0]['targets'])}:",
        f"{sum(r['target_differences'] for r in records)} results differ between these instruction sets.",
        "Each cell: wrongly rounded results · largest error in ULP.",
    ]
    for dtype in dict.fromkeys(dtype for dtype, _ in rows):
        checked = next(cells for (kind, _), cells in rows.items() if kind == dtype)["exact", "forward"]["checked"]
        lines += [
            "",
            f"**{dtype}**, {checked:,} inputs a cell",
            "",
            "| function | EXACT forward | EXACT gradient | FAST forward | FAST gradient |",
            "|---|---|---|---|---|",
        ]
        for (kind, function), cells in rows.items():
            if kind == dtype:
                lines.append(f"| {function} | " + " | ".join(cell(cells[c]) for c in COLUMNS) + " |")
    return "\n".join(lines)


def main():
    records = [json.loads(line) for line in sys.stdin]
    if not records:
        sys.exit("accuracy_table.py: no records on stdin")
    with open(PAGE, encoding="utf-8") as page:
        text = page.read()
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    with open(PAGE, "w", encoding="utf-8") as page:
        page.write(f"{head}{BEGIN}\n{table(records, sys.argv[1])}\n{END}{tail}")


main()
