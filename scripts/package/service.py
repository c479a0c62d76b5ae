"""A service of systemd without systemd: what its unit says of start, user and folders, done in a bare root."""

import configparser
import os
import shutil
import signal
import socket
import subprocess

PATIENCE_SECONDS = 60


class Unit:
    """The settings of a unit's file. A setting that is there twice has its last value."""

    def __init__(self, path):
        parser = configparser.ConfigParser(interpolation=None, strict=False, comment_prefixes=("#",))
        parser.optionxform = str
        parser.read(path)
        self.service = parser["Service"]


class Service:
    """Runs `unit` in `root` (bare_root.py) between start() and stop(), as its user and as Type=notify wants it."""

    def __init__(self, root, unit):
        self._root = root
        self._service = Unit(root.path(unit)).service
        if self._service["Type"] != "notify":
            raise RuntimeError("the unit is not of Type=notify")
        self._process = self._manager = None

    def start(self):
        """Returns once the service has told that it is ready."""
        user = self._service["User"]
        runtime = f"/run/{self._service['RuntimeDirectory']}"
        os.makedirs(self._root.path(runtime), mode=0o755)
        self._root.run("chown", f"{user}:{self._service['Group']}", runtime)
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.settimeout(PATIENCE_SECONDS)
        self._manager.bind("\0activation-package-trial")
        words = ["env", "NOTIFY_SOCKET=@activation-package-trial", *self._service["ExecStart"].split()]
        self._process = subprocess.Popen(self._root.command(*words, user=user))
        self._expect("READY=1")

    def _expect(self, line):
        told = self._manager.recv(4096).decode().splitlines()
        if line not in told:
            raise RuntimeError(f"the service told {told} and not {line}")

    def status(self, field):
        """What the kernel says of the process."""
        with open(f"/proc/{self._process.pid}/status", encoding="utf-8") as file:
            return dict(line.rstrip().split(":\t", 1) for line in file)[field]

    def reload(self):
        if not self._service["ExecReload"].endswith("kill -HUP $MAINPID"):
            raise RuntimeError("the unit reloads in a way that is not known here")
        self._process.send_signal(signal.SIGHUP)

    def stop(self):
        """As systemd does; returns the exit code."""
        self._process.send_signal(signal.SIGTERM)
        self._expect("STOPPING=1")
        code = self._process.wait(PATIENCE_SECONDS)
        self._manager.close()
        shutil.rmtree(self._root.path(f"/run/{self._service['RuntimeDirectory']}"))
        return code
