"""A bare Debian in a folder: what debootstrap makes, with the least that runs. Needs root."""

import os
import pathlib
import shutil
import subprocess

ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/root",
    "DEBIAN_FRONTEND": "noninteractive",
}


def run(*command, **options):
    """What a command printed; RuntimeError with all of it where it fails."""
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def clean_environment():
    """What stands before a command that is to see nothing of this machine's environment."""
    return ["env", "-i", *(f"{name}={value}" for name, value in ENVIRONMENT.items())]


class BareRoot:
    """The Debian at `folder`. To run anything there, call mount() in a mount namespace that goes with the process. Not
    thread-safe."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def make(self, release="bookworm"):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        run("debootstrap", "--variant=minbase", release, self.folder)
        for name in ("resolv.conf", "hosts"):
            shutil.copy(f"/etc/{name}", self.path(f"/etc/{name}"))

    def mount(self):
        for name in ("/proc", "/sys", "/dev"):
            run("mount", "--rbind", name, self.path(name))

    def path(self, inside):
        return self.folder / inside.lstrip("/")

    def run(self, *words):
        """What a command inside printed, run as root; RuntimeError where it fails."""
        return run("chroot", self.folder, *clean_environment(), *words)

    def apt(self, *words):
        return self.run("apt-get", "-y", "-q", "--no-install-recommends", *words)

    def take(self, source, inside):
        """Puts a file of outside inside."""
        os.makedirs(self.path(inside).parent, exist_ok=True)
        shutil.copy(source, self.path(inside))
