"""Other people's packages that a program has inside: archives that were linked into it, and headers."""

import glob
import os
import re
import subprocess
import typing

# Compiled in as headers alone, so that no archive betrays them.
HEADERS = ("libcli11-dev", "nlohmann-json3-dev")
# Objects of every C program's beginning and end.
NOT_LINKED_AS_ARCHIVES = ("libc6-dev",)


class Package(typing.NamedTuple):
    name: str
    version: str
    purl: str
    # Files with its copyright and licence.
    notices: tuple[str, ...]


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def debian(name, version, architecture):
    purl = f"pkg:deb/debian/{name}@{version}?arch={architecture}"
    return Package(name, version, purl, (f"/usr/share/doc/{name}/copyright",))


def is_notice(path):
    return os.path.isfile(path) and re.match(r"licen[cs]e|notice|copying", os.path.basename(path).lower())


def of_pypi(archive):
    """The package of a virtual environment that a file belongs to."""
    site = archive[: archive.index("/site-packages/") + len("/site-packages")]
    for record in glob.glob(f"{site}/*.dist-info/RECORD"):
        with open(record, encoding="utf-8") as file:
            if f"{os.path.relpath(archive, site)}," not in file.read():
                continue
        folder = os.path.dirname(record)
        name, version = os.path.basename(folder)[: -len(".dist-info")].split("-")
        name = name.replace("_", "-")
        notices = [path for path in glob.glob(f"{folder}/**", recursive=True) if is_notice(path)]
        return Package(name, version, f"pkg:pypi/{name}@{version}", tuple(sorted(notices)))
    raise SystemExit(f"no package has {archive}")


def linked_into(program, build):
    """Of a program that was built in the folder `build`."""
    link = output("ninja", "-C", build, "-t", "commands", "-s", f"bin/{program}")
    archives = set(re.findall(r"(?<= )/\S+\.a\b", link))
    own = {archive for archive in archives if "/site-packages/" in archive}
    names = set(HEADERS)
    for line in output("dpkg", "-S", *(os.path.realpath(archive) for archive in archives - own)).splitlines():
        names.add(line.split(":")[0])
    names -= set(NOT_LINKED_AS_ARCHIVES)
    form = "${Package} ${Version} ${Architecture}\n"
    found = [debian(*line.split()) for line in output("dpkg-query", "-W", "-f", form, *sorted(names)).splitlines()]
    return found + [of_pypi(archive) for archive in sorted(own)]
