#!/usr/bin/env python3
"""Tries the packages in a bare Debian: install, serve, call, upgrade, purge without a trace, build against the library.

usage: trial.py [FOLDER]     FOLDER, build/packages unless named, has the .deb files of ./dev package

Needs root and debootstrap; the server and its clients run in namespaces of their own, so that no port and no process of
this machine is met. Prints what was seen; exit code 1 where something is not as it should be.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

from bare_root import BareRoot, run
from service import Service
from snapshot import differences, snapshot

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRIAL = ROOT / "build/package-trial"
UNIT = "/lib/systemd/system/activation-server.service"
SETTINGS = "/etc/activation/server.conf"
PROGRAMS = ("activation-server", "activation-client")
NAMES = (*PROGRAMS, "libactivation-dev")
# Where the packages lie in the bare root.
INSIDE = "/var/tmp/packages"


def say(text):
    print(f"  {text}", flush=True)


def require(what, found, wanted):
    if found != wanted:
        raise RuntimeError(f"{what}: found {found!r}, expected {wanted!r}")
    say(f"{what}: {wanted}")


def field(package, name):
    return run("dpkg-deb", "--field", package, name).strip()


class Trial:
    def __init__(self, folder):
        self.root = BareRoot(TRIAL / "root")
        self.packages = {name: next(pathlib.Path(folder).glob(f"{name}_*.deb")) for name in NAMES}
        self.version = field(self.packages["activation-server"], "Version").split("-")[0]

    # With the machine's network, for Debian's archive.
    def prepare(self):
        """The bare root, with what the programs depend on, so that only their own traces are seen."""
        self.root.make()
        for name in NAMES:
            self.root.take(self.packages[name], f"{INSIDE}/{name}.deb")
        self.root.mount()
        self.root.apt("update")
        for name in PROGRAMS:
            # Of the packages of the release alone.
            self.root.apt("satisfy", field(self.packages[name], "Depends"))

    def serve(self):
        """Without any network but loopback."""
        run("ip", "link", "set", "lo", "up")
        self.root.mount()
        before = snapshot(self.root.folder)
        self.root.apt("install", *(f"{INSIDE}/{name}.deb" for name in PROGRAMS))
        for program in PROGRAMS:
            require(f"{program} --version", self.root.run(program, "--version").strip(), f"{program} {self.version}")
        self._as_it_is_installed()
        self._by_shared_memory()
        self._upgrade()
        self.root.apt("purge", *PROGRAMS)
        found = list(differences(before, snapshot(self.root.folder)))
        require("traces after a purge", found, [])

    def _client(self, *words):
        return self.root.run("activation-client", *words, user="activation")

    def _checked(self, what, *words):
        """Calls with every reply checked; the report."""
        report = json.loads(self._client("bench", "--json", "--duration=1s", "--warm-up=0s", *words))
        require(f"{what}: wrong replies", report["wrong_replies"], 0)
        require(f"{what}: codes of {sum(report['codes'].values())} calls", set(report["codes"]), {"OK"})
        return report

    def _as_it_is_installed(self):
        service = Service(self.root, UNIT)
        service.start()
        user = self.root.run("id", "--user", "activation").strip()
        require("user of the process", set(service.status("Uid").split()), {user})
        require("its capabilities", service.status("CapBnd"), "0" * 16)
        self._client("health")
        report = self._checked("the installed client", "--function=gelu")
        require("GetServerInfo", report["server"]["version"], self.version)
        service.reload()
        self._client("health")
        require("exit code after SIGTERM", service.stop(), 0)

    def _by_shared_memory(self):
        """Settings that an administrator changes."""
        path = self.root.path(SETTINGS)
        text = path.read_text(encoding="utf-8")
        for name, value in (("address", "unix:/run/activation/server.sock"), ("shared-memory", "on")):
            text = re.sub(rf"^#?{name}=.*$", f"{name}={value}", text, flags=re.M)
        path.write_text(text, encoding="utf-8")
        service = Service(self.root, UNIT)
        service.start()
        self._checked("in shared memory, through a unix socket",
                      "--address=unix:/run/activation/server.sock", "--shared-memory")  # fmt: skip
        require("exit code after SIGTERM", service.stop(), 0)

    def _upgrade(self):
        """To the same package with a higher number: what an administrator changed stays."""
        changed = self.root.path(SETTINGS).read_bytes()
        folder = TRIAL / "next"
        run("rm", "-rf", folder)
        run("dpkg-deb", "--raw-extract", self.packages["activation-server"], folder)
        control = folder / "DEBIAN/control"
        control.write_text(re.sub(r"(?m)^(Version: .*)$", r"\1+next", control.read_text("utf-8")), encoding="utf-8")
        run("dpkg-deb", "-Zgzip", "--root-owner-group", "--build", folder, self.root.path(f"{INSIDE}/next.deb"))
        self.root.run("dpkg", "--install", f"{INSIDE}/next.deb")
        self.root.path(f"{INSIDE}/next.deb").unlink()
        installed = self.root.run("dpkg-query", "-W", "-f", "${Version}", "activation-server")
        require("version after an upgrade", installed.endswith("+next"), True)
        require("settings are those before the upgrade", self.root.path(SETTINGS).read_bytes() == changed, True)

    # With the network again.
    def build(self):
        """A stranger's program against the library, by CMake and by pkg-config."""
        self.root.mount()
        self.root.apt("install", f"{INSIDE}/libactivation-dev.deb", "g++", "cmake", "make", "pkg-config")
        self.root.take(ROOT / "client/examples/quickstart.cc", "/var/tmp/consumer/quickstart.cc")
        self.root.take(ROOT / "tests/install/consumer/CMakeLists.txt", "/var/tmp/consumer/CMakeLists.txt")
        self.root.run("sh", "-ec", """
            cd /var/tmp/consumer
            cmake -S . -B build -DQUICKSTART=/var/tmp/consumer/quickstart.cc
            cmake --build build
            g++ -std=c++20 -o quickstart quickstart.cc $(pkg-config --cflags --libs activation)
            for program in build/consumer ./quickstart; do
              if "$program" unix:/nonexistent 2>errors; then exit 1; fi
              grep UNAVAILABLE errors
            done""")  # fmt: skip
        say("programs are built against libactivation-dev with CMake and with pkg-config")


def stage(name, folder, *namespaces):
    """Part of the trial in a process whose mounts, and whatever else is named, are its own and end with it."""
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", *namespaces]
    subprocess.run([*command, sys.executable, "-B", __file__, folder, name], check=True)


def main(arguments):
    folder = os.path.abspath(arguments[0] if arguments else ROOT / "build/packages")
    if len(arguments) == 2:
        getattr(Trial(folder), arguments[1])()
        return
    print("in a bare Debian:", flush=True)
    try:
        stage("prepare", folder)
        stage("serve", folder, "--net")
        stage("build", folder)
    finally:
        run("rm", "-rf", "--one-file-system", TRIAL)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (RuntimeError, OSError) as error:
        sys.exit(f"trial.py: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
