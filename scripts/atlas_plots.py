#!/usr/bin/env python3
"""Pictures of other libraries' errors against x: atlas_plots.py RESULTS FOLDER, where RESULTS is from activation-atlas.

One SVG for each function that anybody gets wrong anywhere, with a panel for f and one for its derivative.
"""

import math
import os
import sys

import atlas_records

# x runs through every float in rising order: the exponents where functions bend get the room, and the others a little.
INNER, OUTER = 17.0, 0.55  # pixels for a binade
FIRST_INNER, LAST_INNER = 127 - 12, 127 + 7  # biased exponents
MARKS = (-12, -8, -4, 0, 2, 4, 6)  # powers of two along the axis
LEFT, TOP, PANEL, GAP = 84, 44, 230, 62
LANE = 26  # of a panel at its top, for NaN and what is beyond the scale, and at its bottom, for what is right
LEAST, MOST = 0.5, 1e8  # ULP at the bottom and, at most, at the top of the scale
LABELS = ("1", "10", "100", "1000", "10⁴", "10⁵", "10⁶", "10⁷", "10⁸")
FRACTION = 23
HALF = 1 << 31
COLOURS = {"PyTorch": 1, "oneDNN": 0, "ONNX Runtime": 2, "XNNPACK": 3, "JAX": 4, "SLEEF": 5, "Eigen": 6}
STYLE = """<style>
  text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #57606a; font-size: 13px }
  .title { font-size: 19px; font-weight: 600; fill: #1f2328 }
  .panel { font-size: 14px; font-weight: 600; fill: #1f2328 }
  .legend { fill: #1f2328 }
  .paper { fill: #ffffff; stroke: #d0d7de }
  .outer { fill: #8c959f; opacity: 0.12 }
  .grid { stroke: #d8dee4; stroke-width: 1; opacity: 0.8 }
  .axis { fill: none; stroke: #8c959f; stroke-width: 1.2 }
  .curve { fill: none; stroke-linejoin: round }
  .mode { stroke-dasharray: 5 3 }
  .c0 { stroke: #0969da } .c1 { stroke: #d1570a } .c2 { stroke: #1a7f37 } .c3 { stroke: #8250df }
  .c4 { stroke: #bf3989 } .c5 { stroke: #0a7f86 } .c6 { stroke: #7d6a00 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 }
    .title, .panel, .legend { fill: #f0f6fc }
    .paper { fill: #0d1117; stroke: #30363d }
    .grid { stroke: #30363d }
    .axis { stroke: #768390 }
    .c0 { stroke: #58a6ff } .c1 { stroke: #ffa657 } .c2 { stroke: #56d364 } .c3 { stroke: #bc8cff }
    .c4 { stroke: #ff7bac } .c5 { stroke: #39c5cf } .c6 { stroke: #e3c84b }
  }
</style>"""


def distance(pattern):
    """Pixels from zero to the positive float of that bit pattern."""
    binade = pattern / (1 << FRACTION)
    inner = min(max(binade, FIRST_INNER), LAST_INNER) - FIRST_INNER
    return INNER * inner + OUTER * (binade - inner)


WIDEST = distance(255 << FRACTION)
WIDTH = round(LEFT + 2 * WIDEST + 24)


def place_x(pattern, negative):
    return LEFT + WIDEST + (-1 if negative else 1) * distance(pattern)


class Scale:
    """Errors to heights: logarithmic, from LEAST to a power of ten above everything drawn, at most MOST."""

    def __init__(self, top, records):
        self.top = top
        greatest = max((error for record in records for error in columns(record).values() if error <= MOST), default=1)
        self.exponent = max(1, math.ceil(math.log10(greatest)))
        self.most = 10 ** self.exponent

    def place(self, ulp):
        return self.top + PANEL * (1 - math.log(max(ulp, LEAST) / LEAST) / math.log(self.most / LEAST))

    def lane(self, error):
        """The height for an error of any kind, 0 for none."""
        if error > self.most:
            return self.top - LANE / 2
        return self.place(error) if error else self.top + PANEL + LANE / 2


def text(x, y, content, css="", anchor="middle", extra=""):
    kind = f' class="{css}"' if css else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}{extra}>{content}</text>'


def columns(record):
    """The greatest error in each column of pixels that has one; NaN and infinite errors count as more than MOST."""
    greatest = {}
    for block, ulp, _, nan_made in record.profile:
        first = block * record.span
        negative = first >= HALF
        error = math.inf if nan_made or ulp is None else max(float(ulp), LEAST)
        ends = sorted((place_x(first % HALF, negative), place_x(first % HALF + record.span, negative)))
        for column in range(math.floor(ends[0]), max(math.floor(ends[0]) + 1, math.ceil(ends[1]))):
            greatest[column] = max(greatest.get(column, 0), error)
    return greatest


def curve(record, scale):
    """A line of steps that lies in the lowest lane where everything is correctly rounded."""
    greatest = columns(record)
    path, last = [], None
    for column in range(LEFT, round(LEFT + 2 * WIDEST)):
        y = f"{scale.lane(greatest.get(column, 0)):.1f}"
        if y != last:
            path.append(f"M{column} {y}" if last is None else f"H{column}V{y}")
            last = y
    return "".join(path) + f"H{LEFT + 2 * WIDEST:.0f}"


def axes(scale):
    top, bottom = scale.top - LANE, scale.top + PANEL + LANE
    for negative in (True, False):
        for ends in ((0, FIRST_INNER), (LAST_INNER, 255)):
            left, right = sorted(place_x(end << FRACTION, negative) for end in ends)
            yield f'<rect class="outer" x="{left:.1f}" y="{top}" width="{right - left:.1f}" height="{bottom - top}"/>'
        for power in MARKS:
            x = place_x((127 + power) << FRACTION, negative)
            yield f'<path class="grid" d="M{x:.1f} {top}V{bottom}"/>'
            value = f"{2 ** power}" if power >= 0 else f"2⁻{''.join('⁰¹²³⁴⁵⁶⁷⁸⁹'[int(digit)] for digit in str(-power))}"
            yield text(x, bottom + 17, ("−" if negative else "") + value)
    yield text(place_x(0, False), bottom + 17, "0")
    step = 1 if scale.exponent < 5 else 2
    for ulp, label in [(LEAST, "0.5" if step == 1 else "")] + [(10 ** e, LABELS[e] if e % step == 0 else "") for e in range(scale.exponent + 1)]:
        y = scale.place(ulp)
        yield f'<path class="grid" d="M{LEFT} {y:.1f}h{2 * WIDEST:.1f}"/>'
        yield text(LEFT - 8, y + 4, label, anchor="end")
    yield text(LEFT - 8, bottom - LANE / 2 + 4, "all right", anchor="end")
    yield text(LEFT - 8, top + LANE / 2 + 3, "NaN, more", anchor="end")
    yield f'<rect class="axis" x="{LEFT}" y="{top}" width="{2 * WIDEST:.1f}" height="{bottom - top}"/>'


def is_plain(record):
    return record.mode in ("default", "u10")


# Where two lines coincide both can be seen: the later ones are thinner.
def look(record):
    width = 3.4 - 0.35 * atlas_records.LIBRARIES.index(record.library)
    css = f"curve c{COLOURS[record.library]}" + ("" if is_plain(record) else " mode")
    return f'class="{css}" style="stroke-width:{width:.2f}"'


def panel(title, records, top):
    yield text(LEFT, top - LANE - 8, title, "panel", "start")
    scale = Scale(top, records)
    yield from axes(scale)
    for record in records:
        yield f'<path {look(record)} d="{curve(record, scale)}"/>'
    middle = top + PANEL / 2
    yield text(18, middle, "error in ULP", extra=f' transform="rotate(-90 18 {middle:.0f})"')


def legend_rows(records):
    """Records of each peer once, with their places, in rows."""
    x, row = LEFT, 0
    for record in {record.peer: record for record in records}.values():
        width = 48 + 7.6 * len(record.peer)
        if x + width > WIDTH - 10:
            x, row = LEFT, row + 1
        yield record, x, row
        x += width


def picture(case, panels):
    entries = list(legend_rows(record for _, records in panels for record in records))
    first_top = TOP + 22 * (entries[-1][2] + 1) + 26 + LANE
    height = first_top + len(panels) * (PANEL + 2 * LANE + GAP) - 44
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">'
    yield f"<title>{case}, f32: largest error of each library against x</title>"
    yield STYLE
    yield f'<rect class="paper" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="10"/>'
    yield text(LEFT, 30, f"{case}, f32", "title", "start")
    for record, x, row in entries:
        y = TOP + 10 + 22 * row
        yield f'<path {look(record)} d="M{x} {y - 4}h24"/>' + text(x + 30, y, record.peer, "legend", "start")
    for i, (direction, records) in enumerate(panels):
        top = first_top + i * (PANEL + 2 * LANE + GAP)
        yield from panel({"forward": "f(x)", "gradient": "f′(x)"}[direction], records, top)
    yield "</svg>"


def main():
    results, folder = sys.argv[1:]
    groups, _ = atlas_records.read(results)
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    for case in dict.fromkeys(case for case, _, _ in groups):
        panels = [(direction, groups[case, direction, "f32"]) for direction in atlas_records.DIRECTIONS
                  if any(record.tally["wrong"] for record in groups.get((case, direction, "f32"), ()))]
        if panels:
            with open(os.path.join(folder, f"{case}.svg"), "w", encoding="utf-8") as file:
                file.write("\n".join(picture(case, panels)) + "\n")


main()
