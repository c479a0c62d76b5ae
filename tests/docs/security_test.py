"""docs/security.md names flags that are there, and its table has the defaults of every profile.

usage: security_test.py ROOT, with the programs in ACTIVATION_BIN
"""

import os
import pathlib
import re
import shlex
import stat
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv[1])
BIN = os.environ["ACTIVATION_BIN"]
sys.path.append(str(ROOT / "tests/interop"))
from page_case import PageCase  # noqa: E402
from server import Server  # noqa: E402
PROFILES = ("standard", "edge", "trusted")
UNITS = {"Ki": 10, "Mi": 20, "Gi": 30}


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def help_of(program, *arguments):
    return subprocess.run(
        [os.path.join(BIN, program), *arguments, "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout


def flags_in(help_text):
    return set(re.findall(r"(--[a-z][a-z-]+)", help_text))


def defaults(profile):
    return dict(
        re.findall(
            r"^\s+(--[a-z-]+) \S+ \[([^\]]*)\]",
            help_of("activation-server", f"--profile={profile}"),
            re.M,
        )
    )


def plain(cell):
    """`4 MiB` as --help has it, 4MiB, and `4 Mi` of what is no bytes: 4194304."""
    number = re.fullmatch(r"(\d+) ([KMG]i)", cell)
    return str(int(number[1]) << UNITS[number[2]]) if number else re.sub(r"^(\d+) ([KMG]iB)$", r"\1\2", cell)


class SecurityPageTest(unittest.TestCase):
    def test_every_flag_is_one(self):
        known = flags_in(help_of("activation-server")) | flags_in(help_of("activation-client"))
        for name in ("docs/security.md", "docs/operations.md"):
            prose = re.sub(r"`(docker|kubectl|\./dev|openssl)[^`]*`", "", text(name))
            prose = re.sub(r"```.*?```", "", prose, flags=re.S)
            named = set(re.findall(r"`(--[a-z][a-z-]+)", prose))
            self.assertGreater(len(named), 10, name)
            self.assertLessEqual(named, known | {"--baseline", "--ipc"}, name)

    def test_every_flag_about_access_is_on_the_page(self):
        help_text = help_of("activation-server")
        for group in ("Access:", "Connections:"):
            part = re.search(rf"^{group}\n(.*?)(?:^\S|\Z)", help_text, re.M | re.S)[1]
            flags = set(re.findall(r"^\s+(--[a-z-]+)", part, re.M))
            self.assertGreater(len(flags), 5, group)
            self.assertLessEqual(flags, flags_in(text("docs/security.md")), group)

    def test_the_table_has_the_defaults_of_every_profile(self):
        rows = re.findall(
            r"^\| `(--[a-z-]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|", text("docs/security.md"), re.M
        )
        table = {row[0]: row[1:] for row in rows}
        by_profile = [defaults(profile) for profile in PROFILES]
        differing = {
            flag
            for flag in by_profile[0]
            if len({each[flag] for each in by_profile}) > 1 and flag != "--profile"
        }
        self.assertGreater(len(differing), 10)
        # What bounds calls, whether or not the profiles differ in it.
        bounds = {flag for flag in by_profile[0] if flag.startswith("--max-")}
        self.assertGreater(len(bounds), 10)
        self.assertLessEqual(differing | bounds, set(table))
        for flag, cells in table.items():
            actual = tuple(each[flag] for each in by_profile)
            self.assertEqual(tuple(plain(cell.strip()) for cell in cells), actual, flag)


    def test_no_other_page_says_these_defaults_in_a_table(self):
        for path in sorted((ROOT / "docs").rglob("*.md")):
            rows = re.findall(r"^\|.*`--max-[a-z-]+`.*$", path.read_text(encoding="utf-8"), re.M)
            if path.name != "security.md":
                numbers = [row for row in rows if re.search(r"\| [\d,]+( [KMG]iB| s)? \|", row)]
                self.assertEqual(numbers, [], path)


class TlsExampleTest(PageCase):
    page = ROOT / "docs/security.md"

    def test_its_certificates_serve_and_let_in(self):
        with tempfile.TemporaryDirectory() as folder:
            self.run_block("tls-files", folder)
            for name in ("ca", "server", "client"):
                mode = os.stat(os.path.join(folder, f"{name}.key")).st_mode
                self.assertEqual(mode & (stat.S_IRWXG | stat.S_IRWXO), 0, name)
            program, *flags = shlex.split(self.block("tls-server"))
            self.assertEqual(program, "activation-server")
            with Server(*flags, program=os.path.join(BIN, program), cwd=folder) as server:
                said = self.run_block("tls-client", folder, ACTIVATION_ADDRESS=server.address)
            self.assertEqual(said, "refused\nserving\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
