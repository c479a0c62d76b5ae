"""Code blocks of a Markdown file that carry a marker.

    <!-- test: NAME -->
    ```cpp
    ...
    ```

usage: blocks.py README.md NAME   prints the block, with the address of the
documentation replaced by the environment variable of the tests (C++ only).
"""

import re
import sys

ADDRESS = "127.0.0.1:50051"


def blocks(path):
    """Every marked block of the file, by name."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = re.findall(r"<!-- (?:test|output): ([\w-]+) -->\n```\w*\n(.*?)^```$", text, re.S | re.M)
    names = [name for name, _ in found]
    if len(set(names)) != len(names):
        sys.exit(f"{path}: a marker stands twice: {names}")
    return dict(found)


if __name__ == "__main__":
    block = blocks(sys.argv[1])[sys.argv[2]]
    print("#include <cstdlib>")
    print(block.replace(f'"{ADDRESS}"', 'std::getenv("ACTIVATION_ENDPOINT")'))
