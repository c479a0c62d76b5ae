#!/usr/bin/env python3
"""Puts what a measurement printed into a page, between its two markers, with date, command and machine.

usage: COMMAND | write_table.py PAGE COMMAND     the marker is <!-- table: COMMAND --write -->, without COMMAND's options
"""

import datetime
import itertools
import os
import platform
import sys

END = "<!-- end of table -->"


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        names = [line.split(":", 1)[1].strip() for line in info if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.machine()


def main():
    path = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), sys.argv[1])
    command = " ".join(sys.argv[2:])
    measured = sys.stdin.read().strip()
    if not measured:
        sys.exit("write_table.py: nothing was measured")
    verb = itertools.takewhile(lambda word: not word.startswith("--"), command.split())
    begin = f"<!-- table: {' '.join(verb)} --write -->"
    with open(path, encoding="utf-8") as page:
        head, rest = page.read().split(begin)
    tail = rest.split(END, 1)[1]
    with open(path, "w", encoding="utf-8") as page:
        page.write(f"{head}{begin}\n{datetime.date.today()}, `{command}`, {processor()}:\n\n{measured}\n{END}{tail}")


main()
