#!/usr/bin/env python3
"""What activation-prove --json found, as tables for people: activation-prove --json | accuracy_table.py"""

import collections
import json
import sys

COLUMNS = [(tier, direction) for tier in ("exact", "fast") for direction in ("forward", "gradient")]


def cell(record):
    """How many results are wrongly rounded, the largest error and the share left to the slow lane."""
    found = f"{record['misrounds']:,} · {float(record['max_ulp']):.4f}"
    return found + (f" · {record['slow_lane'] / record['checked']:.1e}" if "slow_lane" in record else "")


def main():
    records = [json.loads(line) for line in sys.stdin]
    if not records:
        sys.exit("accuracy_table.py: no records on stdin")
    rows = collections.defaultdict(dict)
    for record in records:
        rows[record["dtype"], record["function"]][record["tier"], record["direction"]] = record
    differing = sum(record["target_differences"] for record in records)
    print(f"{' = '.join(records[0]['targets'])}: {differing} results differ between these instruction sets.")
    least = {target: min(record["compared"][target] for record in records) for target in records[0]["targets"]}
    most = {target: max(record["compared"][target] for record in records) for target in records[0]["targets"]}
    print("Results compared, for each function and dtype: "
          + ", ".join(f"{target} {least[target]:,} to {most[target]:,}" for target in least) + ".")
    print("Each cell: wrongly rounded results · largest error in ULP; in EXACT f32 · share decided by the slow lane.")
    for dtype in dict.fromkeys(dtype for dtype, _ in rows):
        of_dtype = {function: cells for (kind, function), cells in rows.items() if kind == dtype}
        checked = max(cells["exact", "forward"]["checked"] for cells in of_dtype.values())
        print(f"\n**{dtype}**, {checked:,} inputs a cell\n")
        print("| function | EXACT forward | EXACT gradient | FAST forward | FAST gradient |\n|---|---|---|---|---|")
        for function, cells in of_dtype.items():
            print(f"| {function} | " + " | ".join(cell(cells[column]) for column in COLUMNS) + " |")


main()
