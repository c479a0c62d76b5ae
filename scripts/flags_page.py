#!/usr/bin/env python3
"""docs/flags.md out of what the server says of its flags.

usage: activation-server --help | flags_page.py >docs/flags.md, which `./dev docs` does
"""

import re
import sys

HEAD = """# The server's flags
What `activation-server --help` says, as a table, by `./dev docs`; a test compares the two. Each flag may also be an environment variable,
`ACTIVATION_<FLAG>` (`--drain-delay` is `ACTIVATION_DRAIN_DELAY`), or a line of the file that `--config` names
(`drain-delay=5s`). A flag wins over the environment, the environment over the file. DURATION is as `500ms`, `5s` or `1m30s`; BYTES
take `KiB`, `MiB` and `GiB`. What each limit defends against is in [security.md](security.md), what to set
when in [operations.md](operations.md).
"""
GROUP = re.compile(r"^(\S[^-:]*):$")
FLAG = re.compile(r"^  (?:-\w,)?(?P<flag>--[a-z-]+)(?: (?P<value>[A-Z|a-z]+))?(?: \[(?P<default>[^\]]*)\])?(?:\s{1,}(?P<text>\S.*))?$")
CONTINUED = re.compile(r"^ {20,}(\S.*)$")
RANGE = re.compile(r" \(([^()]+ to [^()]+)\)$")


def flags(help_text):
    """Groups as (name, [{flag, value, default, text}])."""
    groups = []
    for line in help_text.split("\n"):
        group, flag, continued = GROUP.match(line), FLAG.match(line), CONTINUED.match(line)
        if group:
            groups.append((group[1], []))
        elif flag and groups:
            groups[-1][1].append({key: found or "" for key, found in flag.groupdict().items()})
        elif continued and groups and groups[-1][1]:
            last = groups[-1][1][-1]
            last["text"] = f"{last['text']} {continued[1]}".strip()
    return [(name, found) for name, found in groups if found]


def cell(text):
    return text.replace("|", "\\|")


def row(flag):
    limits = RANGE.search(flag["text"])
    what = RANGE.sub("", flag["text"])
    name = f"{flag['flag']} {flag['value']}".strip()
    default = f"`{cell(flag['default'])}`" if flag["default"] else ""
    return f"| `{cell(name)}` | {default} | {limits[1] if limits else ''} | {cell(what)} |"


def page(help_text):
    text = HEAD
    for name, found in flags(help_text):
        text += f"\n## {'Always' if name == 'Options' else name}\n| flag | default | from, to | |\n|---|---|---|---|\n"
        text += "".join(row(flag) + "\n" for flag in found)
    return text


if __name__ == "__main__":
    sys.stdout.write(page(sys.stdin.read()))
