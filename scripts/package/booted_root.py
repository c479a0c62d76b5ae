"""A bare Debian that has booted: its systemd runs in namespaces of its own, with no network but its own loopback."""

import os
import pathlib
import subprocess
import time

from bare_root import clean_environment, run

BOOT = pathlib.Path(__file__).with_name("boot.sh")
PATIENCE_SECONDS = 60
#: All that `unshare` makes new; the network too, so that no port of this machine is met.
NAMESPACES = ("--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup")


def control_groups():
    """Where version 2 of them is mounted."""
    for path in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
        if os.path.exists(f"{path}/cgroup.procs") and os.path.exists(f"{path}/cgroup.controllers"):
            return pathlib.Path(path)
    raise RuntimeError("this machine has no control groups of version 2, which systemd needs")


class BootedRoot:
    """Boots the BareRoot `root`, which has systemd, between __enter__ and __exit__. Not thread-safe."""

    def __init__(self, root):
        self._root = root
        self._group = control_groups() / "activation-trial"
        self._outer = self._init = None

    def __enter__(self):
        self._group.mkdir()
        join = f'echo $$ > {self._group}/cgroup.procs; exec "$@"'
        boot = ("unshare", *NAMESPACES, "--fork", "--kill-child", BOOT, self._root.folder)
        self._outer = subprocess.Popen(["sh", "-ec", join, "sh", *boot])
        try:
            self._await(self._has_init, "systemd did not start")
            self._await(self._is_up, "systemd did not come up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def _await(self, condition, problem):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if self._outer.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(problem)
            time.sleep(0.05)

    def _has_init(self):
        with open(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children", encoding="utf-8") as file:
            children = file.read().split()
        if not children:
            return False
        self._init = children[0]
        return os.path.basename(os.readlink(f"/proc/{self._init}/exe")) == "systemd"

    def _is_up(self):
        state = subprocess.run(self._command("systemctl", "is-system-running"), capture_output=True, text=True, check=False)
        return state.stdout.strip() in ("running", "degraded")

    def __exit__(self, *_):
        # With process 1 all others of its namespace go.
        self._outer.kill()
        self._outer.wait()
        for folder, _, _ in os.walk(self._group, topdown=False):
            self._remove(folder)

    def _remove(self, group):
        """Once the last of its processes has gone."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                os.rmdir(group)
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _command(self, *words, user=None, group=None):
        enter = ["nsenter", f"--target={self._init}", *NAMESPACES, *clean_environment()]
        if user:
            enter += ["setpriv", f"--reuid={user}", f"--regid={group or user}", "--clear-groups"]
        return [*enter, *map(str, words)]

    def run(self, *words, user=None, group=None):
        """What a command inside printed, run as root or as `user` in its own or another group; RuntimeError where it
        fails."""
        return run(*self._command(*words, user=user, group=group))

    def apt(self, *words):
        return self.run("apt-get", "-y", "-q", "--no-install-recommends", *words)
