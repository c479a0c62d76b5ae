"""Relative links in the project's Markdown files lead somewhere.

usage: links_test.py ROOT
"""

import pathlib
import re
import sys
import urllib.parse

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)[^)]*\)|<img[^>]+src=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.*)$", re.M)
CODE = re.compile(r"^```.*?^```$", re.S | re.M)


def anchors(path):
    text = CODE.sub("", path.read_text(encoding="utf-8"))
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return {heading.strip().replace(" ", "-") for heading in words}


def broken(page, root):
    for match in LINK.finditer(CODE.sub("", page.read_text(encoding="utf-8"))):
        target = urllib.parse.unquote(match.group(1) or match.group(2))
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or root not in [file, *file.parents]:
            yield target
        elif anchor and file.suffix == ".md" and anchor not in anchors(file):
            yield target


def pages_below(folder):
    """Those of the project; what a build is making or removing just now is not looked at."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in ("build", ".git", "node_modules"):
            yield from pages_below(path)
        elif path.suffix == ".md":
            yield path


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    pages = sorted(pages_below(root))
    wrong = [f"{page.relative_to(root)}: {link}" for page in pages for link in broken(page, root)]
    print(f"{len(pages)} pages, {len(wrong)} broken links")
    print("\n".join(wrong))
    return 1 if wrong or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
