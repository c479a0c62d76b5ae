#!/usr/bin/env python3
"""Tries the packages in a bare Debian: install, serve, call, upgrade, purge without a trace, build against the library.

usage: trial.py [FOLDER]     FOLDER, build/packages unless named, has the .deb files of ./dev package

Needs root and debootstrap. The Debian boots with its own systemd in namespaces of its own, so that no port and no process
of this machine is met. Prints what was seen; exit code 1 where something is not as it should be.
"""

import os
import pathlib
import re
import subprocess
import sys

from bare_root import BareRoot, run
from booted_root import BootedRoot
from service_trial import ServiceTrial
from snapshot import differences, snapshot

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRIAL = ROOT / "build/package-trial"
PROGRAMS = ("activation-server", "activation-client")
NAMES = (*PROGRAMS, "libactivation-dev")
# Where the packages lie in the bare root.
INSIDE = "/var/tmp/packages"


def say(text):
    print(f"  {text}", flush=True)


def field(package, name):
    return run("dpkg-deb", "--field", package, name).strip()


class Trial:
    def __init__(self, folder):
        self.root = BareRoot(TRIAL / "root")
        self.packages = {name: next(pathlib.Path(folder).glob(f"{name}_*.deb")) for name in NAMES}
        self.version = field(self.packages["activation-server"], "Version").split("-")[0]

    def prepare(self):
        """The bare root with systemd and what the programs depend on, so that their own traces alone are seen."""
        self.root.make()
        for name in NAMES:
            self.root.take(self.packages[name], f"{INSIDE}/{name}.deb")
        self._make_next()
        self.root.mount()
        self.root.apt("update")
        self.root.apt("install", "systemd")
        for name in PROGRAMS:
            self.root.apt("satisfy", field(self.packages[name], "Depends"))

    def _make_next(self):
        """The server's package with a higher version."""
        folder = TRIAL / "next"
        run("dpkg-deb", "--raw-extract", self.packages["activation-server"], folder)
        control = folder / "DEBIAN/control"
        control.write_text(re.sub(r"(?m)^(Version: .*)$", r"\1+next", control.read_text("utf-8")), encoding="utf-8")
        run("dpkg-deb", "-Zgzip", "--root-owner-group", "--build", folder, self.root.path(f"{INSIDE}/next.deb"))

    def serve(self):
        with BootedRoot(self.root) as booted:
            before = snapshot(self.root.folder)
            booted.apt("install", *(f"{INSIDE}/{name}.deb" for name in PROGRAMS))
            service = ServiceTrial(booted, self.root, self.version, say)
            service.as_it_is_installed()
            service.in_shared_memory()
            service.after_a_crash()
            service.with_a_setting_that_is_wrong()
            service.upgraded(f"{INSIDE}/next.deb")
            booted.apt("purge", *PROGRAMS)
            service.gone()
            left = list(differences(before, snapshot(self.root.folder)))
        if left:
            raise RuntimeError("left after a purge:\n" + "\n".join(left))
        say(f"a purge leaves nothing: {len(before):,} files are as before")

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


def stage(name, folder):
    """Part of the trial with the machine's network, in a process whose mounts and children end with it."""
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    subprocess.run([*command, sys.executable, "-B", __file__, folder, name], check=True)


def main(arguments):
    folder = os.path.abspath(arguments[0] if arguments else ROOT / "build/packages")
    if len(arguments) == 2:
        getattr(Trial(folder), arguments[1])()
        return
    print("in a bare Debian:", flush=True)
    run("rm", "-rf", "--one-file-system", TRIAL)
    try:
        stage("prepare", folder)
        Trial(folder).serve()
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
