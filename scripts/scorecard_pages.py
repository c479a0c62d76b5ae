"""The goals as tables in the pages of docs/, each with what was last found. Written by ./dev scorecard --write."""

import datetime
import os

import write_table
from commands import ROOT
from goals import GOALS

COMMAND = "./dev scorecard"
HEAD = "| goal | found | | when and where | by |\n|---|---|---|---|---|"


def cell(text):
    return " ".join(text.replace("|", "\\|").split())


def row(goal, figure, met):
    verdict = "met" if met else f"**missed**, [why]({goal.reason})" if goal.reason else "**missed**"
    where = f"{datetime.date.today()}, {write_table.processor()}"
    return f"| `{goal.name}`: {cell(goal.text)} | {cell(figure)} | {verdict} | {where} | `{cell(goal.command)}` |"


def name_of(line):
    return line.split("`")[1]


def write(goal, figure, met):
    """Replaces or adds the goal's row; the others stay as they are."""
    path = os.path.join(ROOT, "docs", goal.page)
    lines = write_table.read(path, COMMAND).splitlines()
    rows = {name_of(line): line for line in lines if line.startswith("| `")}
    rows[goal.name] = row(goal, figure, met)
    order = [known.name for known in GOALS if known.name in rows]
    write_table.write(path, COMMAND, "\n".join([HEAD, *(rows[name] for name in order)]))
