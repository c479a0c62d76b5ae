#!/usr/bin/env python3
"""What wire.py measured, as tables for people: ... | wire_table.py"""

import itertools
import json
import statistics
import sys

REFERENCE = "echo"
OURS = "activation"


def by_server(records):
    """The rounds of each server in one case, of those in which it finished a call."""
    servers = {}
    for record in records:
        if record["calls"] > 0:
            servers.setdefault(record["server"], {})[record["round"]] = record
    return servers


def quartiles(values):
    """The lower one, the median and the upper one."""
    return statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else [*values] * 3


def ratio(key):
    return lambda one, other: one[key] / max(other[key], 1e-3)


def p50(record):
    return record["mean_us"] if record["p50_us"] is None else record["p50_us"]


def p50_beyond(one, other):
    return p50(one) - p50(other)


# What two servers are compared by, beside p50_beyond.
CALLS = ratio("calls_per_second")
BYTES = ratio("bytes_per_second")
CPU = ratio("server_cpu_us")


def compared(ours, reference, compare):
    """Quartiles of what `compare` makes of both in each round: they took turns, so that what else the machine did then
    hit both. None where no round has both."""
    values = [compare(ours[turn], reference[turn]) for turn in ours if turn in reference]
    return quartiles(values) if values else None


def median(rounds, key):
    return statistics.median(key(r) if callable(key) else r[key] for r in rounds.values())


def size(count):
    for unit, of in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= of:
            return f"{count // of} {unit}"
    return f"{count} B"


def reference_cell(rounds):
    if not rounds:
        return ""
    return (
        f"{median(rounds, 'calls_per_second'):,.0f} ({median(rounds, 'bytes_per_second') / 1e6:,.0f} MB/s)"
        f" · {median(rounds, p50):,.0f} · {median(rounds, 'server_cpu_us'):,.1f}"
    )


def cell(rounds, reference):
    calls = compared(rounds or {}, reference or {}, CALLS)
    if calls is None:
        return ""
    low, middle, high = calls
    return (
        f"{middle:.2f} ({low:.2f}-{high:.2f})"
        f" · {compared(rounds, reference, p50_beyond)[1]:+,.0f}"
        f" · {compared(rounds, reference, CPU)[1]:.2f}"
    )


def case_of(record):
    return record["bytes"], record["items"], record["in_flight"]


def table(records):
    # Ours first; servers take turns in any order.
    others = sorted({r["server"] for r in records} - {REFERENCE}, key=lambda name: (name != OURS, name))
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
    print(f"{REFERENCE}, medians of the rounds: calls a second (and bytes of tensors each way) · p50 in us · server CPU of a")
    print("call in us. Others, medians of what each round has: calls as a share of the echo's (quartiles) · p50 beyond the")
    print("echo's in us · server CPU as a share of the echo's.")
    for mode, chosen in itertools.groupby(records, key=lambda r: r["mode"]):
        print(f"\n**{mode}**\n")
        print("\n".join(table(list(chosen))))


if __name__ == "__main__":
    main()
