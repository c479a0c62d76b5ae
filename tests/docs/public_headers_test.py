"""Every public header of the client library says what each thing in it is.

usage: public_headers_test.py ROOT

A comment is due above each type, each public function and each field, or behind it on its
line. Functions that follow each other without an empty line share the comment of the first; special
members (constructors without arguments of note, copies, moves) need none.
"""

import pathlib
import re
import sys

SKIPPED = re.compile(
    r"(namespace|using|friend|template|class \w+;|struct \w+;|#|//|\}|\{|return\b)|"
    r"(explicit )?(~?\w+)\((const )?\3?[&\s\w]*\)( noexcept)?( = (default|delete))?;|"
    r".*operator=.*;"
)  # fmt: skip


def statements(lines):
    """Each declaration as its first line's number, its text, and whether its scope is public."""
    scopes, text, start = [], "", 0
    for number, line in enumerate(lines):
        code = line.split("//")[0].strip()
        if not code or code.startswith("#"):
            continue
        if re.fullmatch(r"(public|private|protected):", code):
            scopes[-1] = code == "public:"
            continue
        if not text:
            start = number
        text = f"{text} {code}".strip()
        opened = text.count("{") - text.count("}")
        if opened == 0 and code.endswith((";", "}")):
            if text.strip("};"):
                yield start, text, all(scopes)
            text = ""
        elif opened == 1 and code.endswith("{") and re.match(r"(namespace|class|struct)\b", text):
            yield start, text, all(scopes)
            scopes.append(not text.startswith("class"))
            text = ""
        elif opened < 0:
            scopes.pop()
            text = ""


def is_function(text):
    return bool(re.search(r"\w\(", text.split("=")[0].split("{")[0]))


def undocumented(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    function_before = -2  # the last line of a documented function
    for start, text, public in statements(lines):
        if not public or SKIPPED.match(text):
            continue
        end = start
        while not lines[end].split("//")[0].rstrip().endswith((";", "{", "}")):
            end += 1
        above = lines[start - 1].strip().startswith("//")
        shared = is_function(text) and start - 1 == function_before
        if above or shared or any("//" in line for line in lines[start : end + 1]):
            function_before = end if is_function(text) else -2
        else:
            yield f"{path}:{start + 1}: no comment says what this is: {text}"


def main():
    root = pathlib.Path(sys.argv[1])
    headers = sorted((root / "client/include").rglob("*.h"))
    wrong = [fault for header in headers for fault in undocumented(header)]
    print(f"{len(headers)} headers, {len(wrong)} declarations without a comment", *wrong, sep="\n")
    return 1 if wrong or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
