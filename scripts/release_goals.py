"""How the scorecard looks at what users get and read: the demo, packages in a bare Debian, the time of a start, the sources."""

import os

import startup as server_start
from commands import ROOT, ctest, passing, run

MOST_LINES = 400
# Those of the contracts stand in one piece.
WRITTEN = (".cc", ".h", ".cu", ".cuh", ".py", ".sh", ".js", ".css", ".cmake")


def package():
    output = run("./dev", "package", "--trial")
    seen = [line for line in output.splitlines() if line.startswith("  ")]
    return f"{len(seen)} checks passed; {', '.join(sorted(os.listdir(os.path.join(ROOT, 'build/packages'))))}", True


def startup():
    times = server_start.starts()
    return server_start.text(times), max(times) <= 150


def demo():
    return passing(8, "./dev", "demo")


def demo_again():
    return passing(0.25, "./dev", "demo")


def lint():
    for command in (
        ("./dev", "format", "--check"),
        ("python3", "tests/docs/layers_test.py", ROOT),
        ("python3", "tests/docs/public_headers_test.py", ROOT),
    ):
        run(*command)
    return "nothing found", True


def lines(path):
    """How many a source file has; 0 of one that a script writes, whose head says so."""
    with open(path, encoding="utf-8") as file:
        found = file.readlines()
    return 0 if any("do not edit" in line for line in found[:5]) else len(found)


def files():
    listed = run("git", "ls-files").splitlines()
    sizes = {name: lines(os.path.join(ROOT, name)) for name in listed if name.endswith(WRITTEN)}
    longest = max(sizes, key=sizes.get)
    return f"{len(sizes)} files, the longest {longest} with {sizes[longest]}", sizes[longest] <= MOST_LINES


def secrets():
    return ctest("LogTest|TokenStoreTest|CredentialsTest|TlsTest.Rotation")
