"""All that is in a folder: a line a file, so that before and after can be compared."""

import hashlib
import os
import re
import stat

# What dpkg and apt write about themselves, what the tools that make users keep of the files they change, and the journal.
ALLOWED = re.compile(
    r"/var/log/(dpkg\.log|alternatives\.log|apt(/.*)?|journal(/.*)?)"
    r"|/var/lib/dpkg/(status|status-old|lock.*|diversions-old|statoverride-old|info/format|triggers/Lock)"
    r"|/var/lib/apt/(extended_states|periodic.*|daily_lock)|/var/cache/(apt/.*|ldconfig/aux-cache|debconf/.*)"
    r"|/etc/(passwd|group|shadow|gshadow|subuid|subgid)-"
    r"|/etc/\.pwd\.lock"
)


def entry(path):
    info = os.lstat(path)
    kind = stat.S_IFMT(info.st_mode)
    if kind == stat.S_IFREG:
        with open(path, "rb") as file:
            content = hashlib.sha256(file.read()).hexdigest()
    else:
        content = os.readlink(path) if kind == stat.S_IFLNK else ""
    return f"{stat.filemode(info.st_mode)} {info.st_uid}:{info.st_gid} {content}"


def snapshot(root):
    """Path inside: kind, permissions, owner, content; of everything on the file system of `root`."""
    found = {}
    device = os.lstat(root).st_dev
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if os.lstat(os.path.join(folder, name)).st_dev == device]
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            found[path[len(str(root)) :]] = entry(path)
    return found


def differences(before, after):
    """Lines that say what came, went or changed, without what is allowed to."""
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path) and not ALLOWED.fullmatch(path):
            what = "came" if path not in before else "went" if path not in after else "changed"
            yield f"{path} {what}"
