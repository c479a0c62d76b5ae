"""What 1.0 had is still there: flags, commands, metrics, functions with their parameters, and the contract.

usage: compatibility_test.py ROOT BUF [--write]. With --write the files that later releases are held against are made anew,
which a release does that may break what was promised (docs/operations.md).
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

from server import Server

ROOT = pathlib.Path(sys.argv[1]).resolve()
BUF = sys.argv[2]
FOLDER = ROOT / "tests/deploy/compatibility"
NAMES = FOLDER / "names-1.0.json"
CONTRACT = FOLDER / "activation-1.0.binpb"


def output(program, *arguments):
    path = os.path.join(os.environ["ACTIVATION_BIN"], program)
    return subprocess.run([path, *arguments], capture_output=True, text=True, timeout=60, check=True).stdout


def flags(text):
    """Of a page of --help; one flag may have several names."""
    for names in re.findall(r"^  (-[\w,-]+)", text, re.M):
        yield from names.split(",")


def client_commands():
    return re.findall(r"^  (\w+) ", output("activation-client", "--help").split("\nSubcommands:\n")[1], re.M)


def metrics():
    """As the documentation lists them, with their labels; `metric_names_test` says that these are the server's."""
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = page.split("| metric | meaning |\n")[1].split("\n\n")[0]
    for row in table.splitlines()[1:]:
        yield from re.findall(r"`([a-z_]+(?:\{[a-z_,]+\})?)`", row.split(" | ")[0])


def functions():
    """Each name with its parameters' defaults."""
    with Server() as server:
        listed = json.loads(output("activation-client", "list", "--json", f"--address={server.address}"))
    return {
        each["name"]: {parameter["name"]: parameter["default_value"] for parameter in each["parameters"]}
        for each in listed
    }


def names():
    commands = client_commands()
    return {
        "server": sorted(flags(output("activation-server", "--help"))),
        "client": sorted(flags(output("activation-client", "--help"))),
        "commands": {each: sorted(flags(output("activation-client", each, "--help"))) for each in commands},
        "environment": sorted(set(re.findall(r"ACTIVATION_\w+", output("activation-client", "--help")))),
        "metrics": sorted(metrics()),
        "functions": functions(),
    }


def missing(then, now, path=""):
    """What of `then` is not in `now`, as paths."""
    if isinstance(then, dict):
        for key, value in then.items():
            if key in now:
                yield from missing(value, now[key], f"{path}/{key}")
            else:
                yield f"{path}/{key}"
    elif isinstance(then, list):
        yield from (f"{path}/{each}" for each in then if each not in now)
    elif then != now:
        yield f"{path}: {then} became {now}"


class CompatibilityTest(unittest.TestCase):
    def test_no_name_is_gone(self):
        then = json.loads(NAMES.read_text(encoding="utf-8"))
        for kind, found in then.items():
            self.assertGreater(len(found), 5, kind)
        self.assertEqual(list(missing(then, names())), [])

    def test_a_name_that_went_is_seen(self):
        then = {"flags": ["--a", "--b"], "functions": {"f": {"slope": 1.0}}}
        self.assertEqual(list(missing(then, {"flags": ["--b"], "functions": {"f": {"slope": 1.0}}})), ["/flags/--a"])
        self.assertEqual(
            list(missing(then, {"flags": then["flags"], "functions": {"f": {"slope": 2.0}}})),
            ["/functions/f/slope: 1.0 became 2.0"],
        )

    def test_the_contract_is_only_added_to(self):
        done = subprocess.run(
            [BUF, "breaking", ".", "--against", CONTRACT],
            cwd=ROOT / "proto", capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    if "--write" in sys.argv:
        NAMES.write_text(json.dumps(names(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        command = [BUF, "build", ".", "--path", "activation", "-o", CONTRACT, "--exclude-source-info"]
        subprocess.run(command, cwd=ROOT / "proto", check=True)
    else:
        unittest.main(argv=sys.argv[:1])
