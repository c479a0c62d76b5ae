#!/usr/bin/env python3
"""What activation-trials found, as tables for people: activation-trials | trials_table.py"""

import json
import sys

COLUMNS = [(function, direction) for function in ("relu", "sigmoid") for direction in ("forward", "gradient")]


def cell(found):
    """Of one loop, function and direction, by where the tensors are."""
    places = found["places"]
    return (f"{found['L2']['ns']:.3f} · {places['ns']:.3f} ({places['worst_ns']:.3f}) · {found['DRAM']['ns']:.3f}"
            f" · {found['DRAM']['of_copy']:.2f}")


def loops(records):
    rows = {}
    for record in records:
        if record["name"].startswith("loop/"):
            _, way, function = record["name"].split("/")
            found = rows.setdefault(way, {}).setdefault((function, record["direction"]), {})
            found[record["where"]] = record
    yield "| loop | " + " | ".join(f"{function} {direction}" for function, direction in COLUMNS) + " |"
    yield "|---" * (1 + len(COLUMNS)) + "|"
    for way, found in rows.items():
        yield f"| {way} | " + " | ".join(cell(found[column]) for column in COLUMNS) + " |"


def formulas(records):
    yield "| formula | ns | of the first of its kind |"
    yield "|---|---|---|"
    first = {}
    for record in records:
        family, way, *rest = record["name"].split("/")
        if not rest:
            share = record["ns"] / first.setdefault(family, record["ns"])
            yield f"| {family} {way} | {record['ns']:.3f} | {share:.2f} |"


def main():
    records = [json.loads(line) for line in sys.stdin]
    if not records:
        sys.exit("trials_table.py: no records on stdin")
    print("Cells: nanoseconds an element in the second-level cache · the geometric mean (and worst) over 60 random places"
          " there · beyond the caches · share of the non-temporal copy's speed there.\n")
    print("\n".join(loops(records)))
    print()
    print("\n".join(formulas(records)))


main()
