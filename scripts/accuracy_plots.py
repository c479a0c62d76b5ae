#!/usr/bin/env python3
"""Pictures of the error against x: activation-prove --profile --json --dtype=f32 | accuracy_plots.py FOLDER

One SVG a function, with a panel for f and one for its gradient.
"""

import collections
import json
import os
import sys

END = 20.0  # activation-prove's profile covers x from -END to END
WIDTH, PANEL, LEFT, TOP, GAP = 760, 230, 56, 44, 62
INNER = WIDTH - LEFT - 66
MOST = 4.5  # ULP at the top of a panel
TIERS = {"fast": "#d9822b", "exact": "#2166ac"}
LIMITS = {"forward": (0.5, 2), "gradient": (0.5, 4)}
TITLES = {"forward": "f(x)", "gradient": "f'(x)"}


def place_x(x):
    return LEFT + (x + END) / (2 * END) * INNER


def place_y(ulp, top):
    return top + PANEL * (1 - min(ulp, MOST) / MOST)


def text(x, y, content, anchor="middle", size=12, extra=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}"{extra}>{content}</text>'


def steps(profile, top):
    """The greatest error of each range, as the path of a line of steps."""
    width = 2 * END / len(profile)
    heights = [f"{place_y(float(ulp), top):.1f}" for ulp in profile]
    path = f"M{LEFT} {heights[0]}"
    for i in range(1, len(heights)):
        if heights[i] != heights[i - 1]:
            path += f"H{place_x(i * width - END):.1f}V{heights[i]}"
    return f"{path}H{LEFT + INNER}"


def panel(direction, records, top):
    bottom = top + PANEL
    yield f'<rect x="{LEFT}" y="{top}" width="{INNER}" height="{PANEL}" fill="none" stroke="#999"/>'
    for x in range(-20, 21, 5):
        yield f'<path d="M{place_x(x):.1f} {bottom}v5" stroke="#999"/>'
        yield text(place_x(x), bottom + 18, x)
    for ulp in range(5):
        yield text(LEFT - 8, place_y(ulp, top) + 4, ulp, "end")
    for limit in LIMITS[direction]:
        y = place_y(limit, top)
        yield f'<path d="M{LEFT} {y:.1f}h{INNER}" stroke="#b2182b" stroke-dasharray="5 4"/>'
        yield text(LEFT + INNER + 6, y + 4, f"limit {limit}", "start", 11, ' fill="#b2182b"')
    for tier in TIERS:
        record = records[tier, direction]
        yield f'<path fill="none" stroke="{TIERS[tier]}" stroke-width="1.3" d="{steps(record["profile"], top)}"/>'
    summary = ", ".join(f"{tier.upper()} {float(records[tier, direction]['max_ulp']):.4g}" for tier in ("exact", "fast"))
    yield text(LEFT, top - 8, f"{TITLES[direction]}: greatest over the whole range {summary} ULP", "start", 13)
    yield text(16, top + PANEL / 2, "error in ULP", extra=f' transform="rotate(-90 16 {top + PANEL / 2:.0f})"')


def picture(function, records):
    height = TOP + 2 * PANEL + 2 * GAP
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
           'font-family="sans-serif" font-size="12" fill="#222">')
    yield f'<title>{function}, f32: error against x</title><rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    yield from panel("forward", records, TOP)
    yield from panel("gradient", records, TOP + PANEL + GAP)
    y = height - 12
    yield text(WIDTH / 2, y - 16, "x")
    yield text(LEFT, y, f"{function}, f32", "start", 14, ' font-weight="bold"')
    for i, (tier, colour) in enumerate(TIERS.items()):
        x = WIDTH - 260 + 100 * i
        yield f'<path d="M{x} {y - 4}h26" stroke="{colour}" stroke-width="2"/>' + text(x + 32, y, tier.upper(), "start")
    yield "</svg>"


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    functions = collections.defaultdict(dict)
    for line in sys.stdin:
        record = json.loads(line)
        functions[record["function"]][record["tier"], record["direction"]] = record
    if not functions:
        sys.exit("accuracy_plots.py: no records on stdin")
    for function, records in functions.items():
        with open(os.path.join(folder, f"{function}.svg"), "w", encoding="utf-8") as file:
            file.write("\n".join(picture(function, records)) + "\n")


main()
