"""The files of the service (deploy/systemd, deploy/debian) agree with the server and with each other.

usage: service_test.py ROOT
"""

import configparser
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from server import Server

ROOT = pathlib.Path(sys.argv[1]).resolve()
SETTINGS = ROOT / "deploy/systemd/server.conf"
UNIT = ROOT / "deploy/systemd/activation-server.service"
SCRIPTS = ROOT / "deploy/debian/server"


def text(path):
    return path.read_text(encoding="utf-8")


def settings(pattern):
    return dict(re.findall(pattern, text(SETTINGS), re.M))


IN_FORCE = settings(r"^([a-z-]+)=(.*)$")
SHOWN = settings(r"^#([a-z-]+)=(.*)$")


def defaults():
    """Flag: default, as --help shows them."""
    shown = subprocess.run(
        [os.environ["ACTIVATION_SERVER"], "--help"], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    return dict(re.findall(r"^  --([a-z-]+) \S+(?: \[(.*?)\])?", shown, re.M))


def in_bytes(size):
    number, unit = re.fullmatch(r"(\d+)([KMG]iB)?", size).groups()
    return int(number) << {None: 0, "KiB": 10, "MiB": 20, "GiB": 30}[unit]


def purge(script, folder):
    """The commands that postrm gives when it purges. Each is a program in `folder` that does nothing."""
    log = pathlib.Path(folder, "log")
    log.write_text("", encoding="utf-8")
    for name in ("chown", "deb-systemd-helper", "deluser", "getent"):
        program = pathlib.Path(folder, name)
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>"{log}"\n', encoding="utf-8")
        program.chmod(0o755)
    subprocess.run(["/bin/sh", "-c", script, "postrm", "purge"], env={"PATH": folder}, timeout=60, check=True)
    return log.read_text(encoding="utf-8").splitlines()


class SettingsTest(unittest.TestCase):
    def test_the_server_starts_with_them(self):
        with Server(f"--config={SETTINGS}"):
            pass

    def test_the_server_takes_every_line_that_is_commented_out(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "server.conf")
            lines = (f"{name}={value}\n" for name, value in SHOWN.items() if "/" not in value)
            path.write_text("".join(lines), encoding="utf-8")
            with Server(f"--config={path}"):
                pass

    def test_they_show_the_defaults(self):
        known = defaults()
        self.assertGreater(len(IN_FORCE) + len(SHOWN), 12)
        for name, value in {**IN_FORCE, **SHOWN}.items():
            with self.subTest(name):
                self.assertIn(name, known)
                if name.endswith("-bytes"):
                    self.assertEqual(in_bytes(value), in_bytes(known[name]))
                elif "/etc/" not in value:
                    self.assertEqual(value, known[name])


class UnitTest(unittest.TestCase):
    def setUp(self):
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.optionxform = str
        parser.read(UNIT)
        self.service = parser["Service"]

    def test_it_reads_the_settings_that_dpkg_keeps(self):
        program, option = self.service["ExecStart"].split()
        self.assertEqual(program, "/usr/bin/activation-server")
        self.assertEqual(f"{option}\n", f"--config={text(SCRIPTS / 'conffiles')}")

    def test_its_user_is_made_and_goes(self):
        user = self.service["User"]
        self.assertRegex(text(SCRIPTS / "postinst"), rf"(?m)^  adduser .*--system.* {user}$")
        self.assertRegex(text(SCRIPTS / "postrm"), rf"deluser .*{user}\b")

    def test_what_stays_after_a_purge_is_taken_from_its_user_first(self):
        with tempfile.TemporaryDirectory() as folder:
            stays = pathlib.Path(folder, "etc")
            script = text(SCRIPTS / "postrm").replace("/etc/activation", str(stays))
            self.assertEqual(purge(script, folder)[-1], "deluser --quiet --system activation")
            stays.mkdir()
            self.assertEqual(
                purge(script, folder)[-3:],
                [
                    f"chown -hR --from=:activation :root {stays}",
                    f"chown -hR --from=activation root {stays}",
                    "deluser --quiet --system activation",
                ],
            )

    def test_systemd_understands_it(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze on this machine")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, UNIT.name)
            path.write_text(text(UNIT).replace("/usr/bin/activation-server", os.environ["ACTIVATION_SERVER"]), "utf-8")
            done = subprocess.run(
                ["systemd-analyze", "verify", "--man=no", path], capture_output=True, text=True, timeout=60, check=False
            )
        self.assertEqual((done.returncode, [line for line in done.stderr.splitlines() if UNIT.stem in line]), (0, []))

    def test_maintainer_scripts_are_shell(self):
        for name in ("postinst", "prerm", "postrm"):
            with self.subTest(name):
                subprocess.run(["sh", "-n", SCRIPTS / name], timeout=60, check=True)
                self.assertTrue(os.access(SCRIPTS / name, os.X_OK))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
