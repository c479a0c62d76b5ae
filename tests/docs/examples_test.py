"""The examples of docs/clients.md are the files of client/examples, which other tests run.

usage: examples_test.py ROOT
"""

import pathlib
import re
import sys

BLOCK = re.compile(r"<!-- file: (\S+) -->\n```\w*\n(.*?)^```$", re.S | re.M)


def main():
    root = pathlib.Path(sys.argv[1])
    shown = dict(BLOCK.findall((root / "docs/clients.md").read_text(encoding="utf-8")))
    wrong = [f"docs/clients.md shows another {name}" for name, text in shown.items()
             if (root / name).read_text(encoding="utf-8") != text]  # fmt: skip
    # The README has the one in C++.
    examples = {str(path.relative_to(root)) for path in (root / "client/examples").rglob("*")
                if path.suffix in (".py", ".sh", ".js")}  # fmt: skip
    wrong += [f"docs/clients.md does not show {name}" for name in sorted(examples - shown.keys())]
    print(f"{len(shown)} examples, {len(wrong)} faults", *wrong, sep="\n")
    return 1 if wrong or not shown else 0


if __name__ == "__main__":
    sys.exit(main())
