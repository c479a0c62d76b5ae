#!/usr/bin/env python3
"""What activation-compare and pytorch.py found, as tables for people: ... | compare_table.py"""

import itertools
import json
import math
import sys

FROM_X = "`from x`: its backward takes what the forward pass kept; the time of both passes · FAST's share of that."


def share(record, tier):
    return record[f"{tier}_ns"] / record["peer_ns"]


def name(record):
    """Of a function, with the length of rows where it has some."""
    return f"{record['function']}, rows of {record['row']:,}" if "row" in record else record["function"]


def cell(record):
    """The peer's nanoseconds, and what share of them each tier takes."""
    if record is None:
        return ""
    text = f"{record['peer_ns']:.3f} · {share(record, 'fast'):.2f} · {share(record, 'exact'):.2f}"
    if "whole_ns" in record:
        text += f" (from x {record['whole_ns']:.3f} · {record['fast_ns'] / record['whole_ns']:.2f})"
    return text


def summary(peer, records):
    """Means and worst shares of one peer's time."""
    parts = []
    for tier in ("fast", "exact"):
        mean = math.exp(sum(math.log(share(r, tier)) for r in records) / len(records))
        worst = max(records, key=lambda r: share(r, tier))
        parts.append(f"{tier.upper()} {mean:.2f}, at worst {share(worst, tier):.2f}"
                     f" ({name(worst)} {worst['direction']})")
    return f"- {peer}, {len(records)} kernels: {'; '.join(parts)}"


def table(records):
    peers = list(dict.fromkeys(record["peer"] for record in records))
    rows = {}
    for record in records:
        rows.setdefault((name(record), record["direction"]), {})[record["peer"]] = record
    yield f"| function | direction | FAST | EXACT | {' | '.join(peers)} |"
    yield "|---" * (4 + len(peers)) + "|"
    for (function, direction), cells in rows.items():
        own = next(iter(cells.values()))
        theirs = " | ".join(cell(cells.get(peer)) for peer in peers)
        yield f"| {function} | {direction} | {own['fast_ns']:.3f} | {own['exact_ns']:.3f} | {theirs} |"
    yield "\nGeometric means of the shares:\n"
    for peer in peers:
        yield summary(peer, [record for record in records if record["peer"] == peer])


def run_of(record):
    """What was timed in one run: PyTorch has a process of its own."""
    return record["peer"].startswith("PyTorch"), record["threads"], record["elements"]


def main():
    records = [json.loads(line) for line in sys.stdin]
    if not records:
        sys.exit("compare_table.py: no records on stdin")
    print("Cells: the peer's nanoseconds an element · FAST's share of them · EXACT's share.")
    if any("whole_ns" in record for record in records):
        print(FROM_X)
    for (_, threads, elements), chosen in itertools.groupby(sorted(records, key=run_of), key=run_of):
        print(f"\n**{'one thread' if threads == 1 else f'{threads} threads'}, {elements:,} elements**\n")
        print("\n".join(table(list(chosen))))


main()
