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


class BareRoot:
    """The Debian at `folder`. Its processes see its files, the machine's devices, and shared memory of their own: call
    mount() in a mount namespace that goes with the process. Not thread-safe."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def make(self, release="bookworm"):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        run("debootstrap", "--variant=minbase", release, self.folder)
        for name in ("resolv.conf", "hosts"):
            shutil.copy(f"/etc/{name}", self.path(f"/etc/{name}"))

    def mount(self):
        run("mount", "--bind", self.folder, self.folder)
        for name in ("/proc", "/sys"):
            run("mount", "--rbind", name, self.path(name))
        run("mount", "--rbind", "/dev", self.path("/dev"))
        run("mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", self.path("/dev/shm"))

    def path(self, inside):
        return self.folder / inside.lstrip("/")

    def command(self, *words, user=None):
        """To be run outside: those words inside, as root or as `user` with nothing that root may."""
        command = ["chroot", self.folder, "env", "-i", *(f"{name}={value}" for name, value in ENVIRONMENT.items())]
        if user:
            command += ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--no-new-privs",
                        "--bounding-set=-all", "--inh-caps=-all"]  # fmt: skip
        return [str(word) for word in (*command, *words)]

    def run(self, *words, user=None):
        return run(*self.command(*words, user=user))

    def apt(self, *words):
        return self.run("apt-get", "-y", "-q", "--no-install-recommends", *words)

    def take(self, source, inside):
        """Puts a file of outside inside."""
        os.makedirs(self.path(inside).parent, exist_ok=True)
        shutil.copy(source, self.path(inside))
