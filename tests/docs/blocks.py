"""Code blocks of a Markdown file that carry a marker.

    <!-- test: NAME -->
    ```cpp
    ...
    ```
"""

import re
import sys

# The address that the documentation uses; tests put that of their server in its place.
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

