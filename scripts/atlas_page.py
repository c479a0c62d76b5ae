#!/usr/bin/env python3
"""Puts the tables of the atlas into its page: atlas_page.py RESULTS PAGE, where RESULTS is from activation-atlas.

What stands between the page's two markers is written anew; pictures are expected in images/atlas beside the page.
"""

import math
import os
import sys

import atlas_records

BEGIN, END = "<!-- table: ./dev atlas -->", "<!-- end of table -->"
EVERY = 1 << 32
NAMES = {
    "leaky_relu": "leaky_relu, slope = 0.01 as a float",
    "swish.beta_1.702": "swish, beta = 1.702 as a float",
    "hard_sigmoid": "hard_sigmoid, (x + 3) / 6",
    "hard_sigmoid.alpha_f32": "hard_sigmoid, alpha = 1/6 as a float",
}


def short(ulp):
    """About three digits: 0.511, 12.3, 9.7e3, 1.7e7."""
    if isinstance(ulp, str):
        return ulp
    if ulp < 1000:
        return f"{ulp:.3g}"
    return f"{ulp:.1e}".replace("e+0", "e").replace("e+", "e")


def share(wrong, count):
    """The share that is right, never rounded up to all."""
    if wrong == 0:
        return "100 %"
    right = 100 * (count - wrong) / count
    digits = 2 if right < 99.9 else min(8, 2 - math.floor(math.log10(100 - right)))
    cut = math.floor(right * 10 ** digits) / 10 ** digits
    return f"{cut:.{digits}f} %"


def worst(found):
    if found["ulp"] == 0:
        return "-"
    x = found["x"]
    return f"{short(found['ulp'])} at {x if isinstance(x, str) else format(x, '.9g')}"


def inputs(record):
    """For f32, where not every input was tried."""
    if record.dtype != "f32" or record.inputs == EVERY:
        return ""
    return f" (2^{round(math.log2(record.inputs))} inputs)"


def faults(record, limits):
    """What the columns do not tell."""
    tally = record.tally
    names = {"nan_made": "NaN for a number", "nan_lost": "number for NaN", "inf_made": "infinity for a number",
             "inf_lost": "number for infinity", "wrong_signs": "wrong sign", "zero_signs": "other sign of zero"}
    found = [f"{name} {tally[key]:,}" for key, name in names.items() if tally[key]]
    for name, limit, value in zip(("-inf", "inf"), limits, record.limits):
        if "nan" in (limit, value) and limit != value:
            found.append(f"f{'′' if record.direction == 'gradient' else ''}({name}) = {value}")
    if record.nans_lost:
        found.append("NaN in, number out")
    return "; ".join(found)


def rows(records, limits):
    for record in records:
        tally = record.tally
        yield (f"| {record.peer}{inputs(record)} | {share(tally['wrong'], record.finite)} "
               f"| {share(*record.middle())} | {tally['far']:,} "
               f"| {worst(record.worst)} | {worst(record.normal_worst)} "
               f"| {tally['wrong_zeros']:,} ({tally['normal_zeros']:,}) | {faults(record, limits)} |")


HEAD = ("| library | correctly rounded | in the middle | not even next | max ULP | max ULP, normal numbers "
        "| wrong zeros (normal) | else |\n|---|---|---|---|---|---|---|---|")


def limits_of(limits, case, direction):
    return limits.get((case, direction)) or limits.get((case + ".alpha_f32", direction)) or ("", "")


def section(case, groups, limits, folder):
    yield f"### {NAMES.get(case, case)}\n"
    if os.path.exists(os.path.join(folder, "images", "atlas", f"{case}.svg")):
        yield f"![Errors of {case} against x](images/atlas/{case}.svg)\n"
    forward = groups.get((case, "forward", "f32"), [])
    if forward:
        calls = {record.peer: record.call for record in forward if record.mode in ("default", "u10")}
        yield "Called as " + "; ".join(f"{peer} `{call}`" for peer, call in calls.items()) + ".\n"
    for dtype in ("f32", "f16", "bf16"):
        found = [(direction, groups[case, direction, dtype]) for direction in atlas_records.DIRECTIONS
                 if groups.get((case, direction, dtype))]
        if not found:
            continue
        if dtype != "f32":
            yield f"<details><summary>{dtype}</summary>\n"
        for direction, records in found:
            yield f"**{dtype}, {'f' if direction == 'forward' else 'f′'}**\n"
            yield HEAD
            yield from rows(records, limits_of(limits, case, direction))
            yield ""
        if dtype != "f32":
            yield "</details>\n"


def cell(record):
    if record is None:
        return ""
    tally = record.tally
    if tally["wrong"] == 0:
        return "right"
    # Wrong by NaN alone has no error in ULP.
    parts = [] if record.normal_worst["ulp"] == 0 else [short(record.normal_worst["ulp"])]
    if tally["nan_made"] or tally["nan_lost"]:
        parts.append("NaN")
    return ", ".join(parts) or "right*"


def glance(groups, direction, dtype):
    found = {case: {record.peer: record for record in records}
             for (case, of_direction, of_dtype), records in groups.items()
             if (of_direction, of_dtype) == (direction, dtype)}
    every = [record for records in groups.values() for record in records]
    peers = [peer for peer in dict.fromkeys(record.peer for record in sorted(every, key=atlas_records.order))
             if any(peer in of_case for of_case in found.values())]
    yield f"**{dtype}, {'f' if direction == 'forward' else 'f′'}**\n"
    yield "| function | " + " | ".join(peers) + " |\n|---|" + "---|" * len(peers)
    for case, of_case in found.items():
        yield f"| {case} | " + " | ".join(cell(of_case.get(peer)) for peer in peers) + " |"
    yield ""


def who(groups):
    every = [record for records in groups.values() for record in records]
    yield "| library | version | mode | how | f32 inputs |\n|---|---|---|---|---|"
    for peer in dict.fromkeys(record.peer for record in sorted(every, key=atlas_records.order)):
        of_peer = [record for record in every if record.peer == peer]
        one = of_peer[0]
        tried = max(record.inputs for record in of_peer if record.dtype == "f32")
        count = "all 2^32" if tried == EVERY else f"2^{round(math.log2(tried))}, one from each of as many equal ranges"
        yield f"| {one.library} | {one.version} | {one.mode} | {one.options} | {count} |"
    yield ""


def page(groups, limits, folder):
    every = [record for records in groups.values() for record in records]
    dates = sorted({record.date for record in every})
    machines = sorted({record.machine for record in every})
    yield f"{' to '.join(dict.fromkeys((dates[0], dates[-1])))}, `./dev atlas`, on one core of {', '.join(machines)}.\n"
    yield from who(groups)
    yield "## At a glance\n"
    yield ("The largest error in ULP among normal numbers; *right*: every result is correctly rounded; *right\\**: every "
           "one where x and result are normal numbers; *NaN*: some results are NaN where f is a number, or the reverse; *0.5*: wrong only "
           "where the true value is within 0.0005 ULP of the middle between two numbers.\n")
    for dtype in ("f32", "f16", "bf16"):
        for direction in atlas_records.DIRECTIONS:
            yield from glance(groups, direction, dtype)
    yield "## Function by function\n"
    for case in dict.fromkeys(case for case, _, _ in groups):
        yield from section(case, groups, limits, folder)


def main():
    results, path = sys.argv[1:]
    groups, limits = atlas_records.read(results)
    if not groups:
        sys.exit(f"atlas_page.py: there is nothing in {results}")
    with open(path, encoding="utf-8") as file:
        head, rest = file.read().split(BEGIN)
    tail = rest.split(END, 1)[1]
    body = "\n".join(page(groups, limits, os.path.dirname(path))).strip()
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{head}{BEGIN}\n{body}\n{END}{tail}")


main()
