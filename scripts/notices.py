#!/usr/bin/env python3
"""Copyright notices and licences of what a program has inside, which its copies must carry: notices.py BUILD PROGRAM >notices

Run once PROGRAM is built in the folder BUILD. They are those that Debian's and PyPI's packages come with.
"""

import sys

from linked_packages import linked_into


def main(build, program):
    print(f"{program} contains parts of the packages below, linked into it.")
    for package in linked_into(program, build):
        if not package.notices:
            raise SystemExit(f"{package.name}: there is no file with its licence")
        for path in package.notices:
            with open(path, encoding="utf-8") as file:
                print(f"\n{'=' * 79}\n{package.name} {package.version}\n{'=' * 79}\n\n{file.read().rstrip()}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
