#!/usr/bin/env python3
"""Hashes of all output bits of whole sweeps, as activation-prove --json gives them on stdin.

usage: ... | sweep_hashes.py FILE            puts them into FILE, in place of older ones of the same sweeps
       ... | sweep_hashes.py --check [--all-of=DTYPE] FILE
                                             says which differ from those of FILE; exit 1 if any does or none is there, or
                                             unless each sweep of DTYPE is both here and in FILE
"""

import json
import sys


def name(record):
    """The sweep: "gelu f32 exact forward", with what it was swept over; fewer inputs are another sweep."""
    return " ".join(record[key] for key in ("function", "dtype", "tier", "direction")) + f", {record['checked']} inputs"


def main():
    check = sys.argv[1] == "--check"
    path = sys.argv[-1]
    found = {name(record): record["hash"] for record in map(json.loads, sys.stdin) if record["dtype"] != "f64"}
    with open(path, encoding="utf-8") as file:
        known = json.load(file)
    if not check:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(dict(sorted((known | found).items())), file, indent=1)
            file.write("\n")
        return
    compared = found.keys() & known.keys()
    different = sorted(sweep for sweep in compared if found[sweep] != known[sweep])
    for sweep in different:
        print(f"{sweep}: {found[sweep]} instead of {known[sweep]}")
    unpaired = set()
    for option in sys.argv[1:-1]:
        if option.startswith("--all-of="):
            unpaired = {sweep for sweep in found.keys() ^ known.keys() if f" {option[9:]} " in sweep}
    for sweep in sorted(unpaired):
        print(f"{sweep}: {'was not swept' if sweep in known else f'is not in {path}'}")
    print(f"{len(compared)} sweeps compared with {path}, {len(different)} differ, {len(found) - len(compared)} are not in it")
    sys.exit(1 if different or unpaired or not compared else 0)


main()
