"""What is asked of the service once it is installed: by systemctl, by the installed client, and of the kernel."""

import json
import re

UNIT = "activation-server.service"
SETTINGS = "/etc/activation/server.conf"
SOCKET = "unix:/run/activation/server.sock"
USER = "activation"
#: A user of this machine like any other.
OTHER_USER = "daemon"


class ServiceTrial:
    """Asks in the BootedRoot `booted`, whose files are those of the BareRoot `root`. Each method raises RuntimeError where
    something is not as it should be; `say` is told what was seen."""

    def __init__(self, booted, root, version, say):
        self._booted = booted
        self._settings = root.path(SETTINGS)
        self._version = version
        self._say = say

    def _require(self, what, found, wanted):
        if found != wanted:
            raise RuntimeError(f"{what}: found {found!r}, expected {wanted!r}\n{self._log()}")
        self._say(f"{what}: {wanted}" if isinstance(wanted, str) else what)

    def _log(self):
        return self._booted.run("journalctl", "--no-pager", "--output=cat", f"--unit={UNIT}")

    def _property(self, name):
        return self._booted.run("systemctl", "show", f"--property={name}", "--value", UNIT).strip()

    def _status(self):
        """What the kernel says of the server's process."""
        text = self._booted.run("cat", f"/proc/{self._property('MainPID')}/status")
        return dict(line.split(":\t", 1) for line in text.splitlines())

    def _change(self, **settings):
        text = self._settings.read_text(encoding="utf-8")
        for name, value in settings.items():
            name = name.replace("_", "-")
            text = re.sub(rf"^#?{name}=.*$", f"{name}={value}", text, flags=re.M)
        self._settings.write_text(text, encoding="utf-8")

    def _restart(self):
        self._booted.run("systemctl", "restart", UNIT)

    def _bench(self, what, *words, user):
        """Calls with every reply checked; the report."""
        command = ("activation-client", "bench", "--json", "--duration=1s", "--warm-up=0s", *words)
        report = json.loads(self._booted.run(*command, user=user))
        calls = sum(report["codes"].values())
        found = (report["wrong_replies"], list(report["codes"]))
        self._require(f"{what}: {calls:,} calls answered, none wrong", found, (0, ["OK"]))
        return report

    def as_it_is_installed(self):
        self._require("state once installed", self._property("ActiveState"), "active")
        self._require("at the next boot", self._property("UnitFileState"), "enabled")
        for program in ("activation-server", "activation-client"):
            said = self._booted.run(program, "--version").strip()
            self._require("--version", said, f"{program} {self._version}")
        status = self._status()
        number = self._booted.run("id", "--user", USER).strip()
        self._require(f"it runs as {USER}", set(status["Uid"].split()), {number})
        self._require("its capabilities", status["CapBnd"], "0" * 16)
        found = (status["NoNewPrivs"], status["Seccomp"])
        self._require("it gets no new privileges, and system calls are filtered", found, ("1", "2"))
        self._booted.run("activation-client", "health", user=OTHER_USER)
        report = self._bench("the installed client", "--function=gelu", user=OTHER_USER)
        self._require("GetServerInfo", report["server"]["version"], self._version)
        self._booted.run("systemctl", "reload", UNIT)
        self._require("systemctl reload is heard", self._log().count('"event":"reloading"'), 1)

    def in_shared_memory(self):
        self._change(address=SOCKET, socket_mode="0660", shared_memory="on")
        self._restart()
        health = ("activation-client", "health", f"--address={SOCKET}")
        self._booted.run(*health, user=OTHER_USER, group=USER)
        try:
            self._booted.run(*health, user=OTHER_USER)
        except RuntimeError:
            self._say("the unix socket lets in its group and nobody else")
        else:
            raise RuntimeError("the unix socket lets in everybody")
        self._bench("in shared memory, by a unix socket", f"--address={SOCKET}", "--shared-memory", user=USER)

    def after_a_crash(self):
        self._booted.run("systemctl", "kill", "--signal=KILL", UNIT)
        is_back = f'[ "$(systemctl show -P NRestarts {UNIT})" = 1 ] && systemctl is-active --quiet {UNIT}'
        self._booted.run("timeout", "60", "sh", "-c", f"until {is_back}; do sleep 0.1; done")
        self._say("systemd starts it again after SIGKILL")

    def with_a_setting_that_is_wrong(self):
        good = self._settings.read_bytes()
        self._change(threads="many")
        try:
            self._restart()
        except RuntimeError:
            self._require("exit code with a wrong setting", self._property("ExecMainStatus"), "2")
            self._require("state, not tried again", self._property("ActiveState"), "failed")
        else:
            raise RuntimeError("the service started with threads=many")
        self._settings.write_bytes(good)
        self._restart()

    def upgraded(self, package):
        before = self._property("MainPID")
        changed = self._settings.read_bytes()
        self._booted.run("dpkg", "--install", package)
        installed = self._booted.run("dpkg-query", "-W", "-f", "${Version}", "activation-server")
        self._require("upgraded to a higher version", installed.endswith("+next"), True)
        self._require("changed settings are kept", self._settings.read_bytes() == changed, True)
        found = (self._property("MainPID") != before, self._property("ActiveState"))
        self._require("the new server runs", found, (True, "active"))
        log = self._log()
        ended = log.count('"event":"stopped"')
        self._require(f"all {ended} drains ended", (ended > 1, ended), (True, log.count('"event":"draining"')))

    def gone(self):
        self._require("state after a purge", self._property("LoadState"), "not-found")
        try:
            self._booted.run("id", USER)
        except RuntimeError:
            self._say(f"there is no user {USER} any more")
        else:
            raise RuntimeError(f"the user {USER} is still there")
