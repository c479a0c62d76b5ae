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
    """How many of which, and the widest vectors it has."""
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        lines = info.readlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    vectors = next((f" ({name})" for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "")
    return f"{len(names)} x {names[0]}{vectors}" if names else platform.machine()


def parts(path, command):
    """The page before, in and behind the table of a command."""
    begin = f"<!-- table: {command} --write -->\n"
    with open(path, encoding="utf-8") as page:
        head, rest = page.read().split(begin)
    table, tail = rest.split(END, 1)
    return head + begin, table, END + tail


def read(path, command):
    return parts(path, command)[1]


def write(path, command, table):
    head, _, tail = parts(path, command)
    with open(path, "w", encoding="utf-8") as page:
        page.write(f"{head}{table}\n{tail}")


def main():
    path = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), sys.argv[1])
    command = " ".join(sys.argv[2:])
    measured = sys.stdin.read().strip()
    if not measured:
        sys.exit("write_table.py: nothing was measured")
    verb = " ".join(itertools.takewhile(lambda word: not word.startswith("--"), command.split()))
    write(path, verb, f"{datetime.date.today()}, `{command}`, {processor()}:\n\n{measured}")


if __name__ == "__main__":
    main()
