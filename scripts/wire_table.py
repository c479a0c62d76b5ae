#!/usr/bin/env python3
"""What wire.py measured, as tables for people: ... | wire_table.py"""

import itertools
import json
import sys

REFERENCE = "echo"


def best(records):
    """Of all rounds the best, as what else the machine does only takes away; of processor time, which the kernel tells
    in steps, the mean. None where no call was finished in the time that was measured."""
    records = [r for r in records if r["calls"] > 0]
    if not records:
        return None
    p50 = [r["p50_us"] for r in records if r["p50_us"] is not None] or [r["mean_us"] for r in records]
    return {
        "calls_per_second": max(r["calls_per_second"] for r in records),
        "bytes_per_second": max(r["bytes_per_second"] for r in records),
        "server_cpu_us": sum(r["server_cpu_us"] * r["calls"] for r in records) / sum(r["calls"] for r in records),
        "p50_us": min(p50),
    }


def by_server(records):
    """The best of each server in one case, of those that finished a call."""
    servers = dict.fromkeys(r["server"] for r in records if r["calls"] > 0)
    return {name: best([r for r in records if r["server"] == name]) for name in servers}


def size(count):
    for unit, of in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= of:
            return f"{count // of} {unit}"
    return f"{count} B"


def reference_cell(found):
    if found is None:
        return ""
    return (
        f"{found['calls_per_second']:,.0f} ({found['bytes_per_second'] / 1e6:,.0f} MB/s)"
        f" · {found['p50_us']:,.0f} · {found['server_cpu_us']:,.1f}"
    )


def cell(found, reference):
    if found is None or reference is None:
        return ""
    return (
        f"{found['calls_per_second'] / reference['calls_per_second']:.2f}"
        f" · {found['p50_us'] - reference['p50_us']:+,.0f}"
        f" · {found['server_cpu_us'] / max(reference['server_cpu_us'], 1e-3):.2f}"
    )


def case_of(record):
    return record["bytes"], record["items"], record["in_flight"]


def table(records):
    others = [name for name in dict.fromkeys(r["server"] for r in records) if name != REFERENCE]
    yield f"| tensor | in flight | {REFERENCE} | {' | '.join(others)} |"
    yield "|---" * (3 + len(others)) + "|"
    for (count, items, in_flight), chosen in itertools.groupby(sorted(records, key=case_of), key=case_of):
        found = by_server(list(chosen))
        reference = found.get(REFERENCE)
        tensor = size(count) if items == 1 else f"{items} x {size(count)}"
        cells = " | ".join(cell(found.get(name), reference) for name in others)
        yield f"| {tensor} | {in_flight} | {reference_cell(reference)} | {cells} |"


def main():
    records = [json.loads(line) for line in sys.stdin]
    if not records:
        sys.exit("wire_table.py: no records on stdin")
    print(f"{REFERENCE}: calls a second (and bytes of tensors each way) · p50 in us · server CPU of a call in us. Others:")
    print("calls as a share of the echo's · p50 beyond the echo's in us · server CPU as a share of the echo's.")
    for mode, chosen in itertools.groupby(records, key=lambda r: r["mode"]):
        print(f"\n**{mode}**\n")
        print("\n".join(table(list(chosen))))


if __name__ == "__main__":
    main()
