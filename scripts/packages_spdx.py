#!/usr/bin/env python3
"""What a container image is made of, as SPDX 2.3: image_packages.py PROGRAM STATUS >packages.spdx.json

Run in the folder of the sources once PROGRAM is built in build/release. The list has the Debian packages of STATUS, a
dpkg status file (/var/lib/dpkg/status of the image), and the packages whose archives were linked into the program,
which no package manager knows of in the image.
"""

import datetime
import glob
import hashlib
import json
import os
import re
import subprocess
import sys

BUILD = "build/release"
# Compiled in as headers alone, so that no archive betrays them.
HEADERS = ("libcli11-dev", "nlohmann-json3-dev")
# Objects of every C program's beginning and end.
NOT_LINKED_AS_ARCHIVES = ("libc6-dev",)


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def debian(name, version, architecture):
    return name, version, f"pkg:deb/debian/{name}@{version}?arch={architecture}"


def installed(status):
    """The packages that a dpkg status file says are installed."""
    with open(status, encoding="utf-8") as file:
        for paragraph in file.read().split("\n\n"):
            fields = dict(re.findall(r"^([\w-]+): (.*)$", paragraph, re.M))
            if fields.get("Status", "").endswith(" installed"):
                yield debian(fields["Package"], fields["Version"], fields["Architecture"])


def of_pypi(archive):
    """The package of a virtual environment that a file belongs to."""
    site = archive[: archive.index("/site-packages/") + len("/site-packages")]
    for record in glob.glob(f"{site}/*.dist-info/RECORD"):
        with open(record, encoding="utf-8") as file:
            if f"{os.path.relpath(archive, site)}," in file.read():
                name, version = os.path.basename(os.path.dirname(record))[: -len(".dist-info")].split("-")
                name = name.replace("_", "-")
                return name, version, f"pkg:pypi/{name}@{version}"
    raise SystemExit(f"no package has {archive}")


def linked_in(program):
    """The packages of the archives in the program's link, and of the headers."""
    link = output("ninja", "-C", BUILD, "-t", "commands", "-s", f"bin/{program}")
    archives = set(re.findall(r"(?<= )/\S+\.a\b", link))
    own = {archive for archive in archives if "/site-packages/" in archive}
    names = set(HEADERS)
    for line in output("dpkg", "-S", *(os.path.realpath(archive) for archive in archives - own)).splitlines():
        names.add(line.split(":")[0])
    names -= set(NOT_LINKED_AS_ARCHIVES)
    form = "${Package} ${Version} ${Architecture}\n"
    for line in output("dpkg-query", "-W", "-f", form, *sorted(names)).splitlines():
        yield debian(*line.split())
    for archive in sorted(own):
        yield of_pypi(archive)


def element(identifier, name, version, purl=None, licence="NOASSERTION"):
    package = {
        "SPDXID": identifier, "name": name, "versionInfo": version, "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False, "licenseConcluded": "NOASSERTION", "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
    }  # fmt: skip
    if purl:
        reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
        package["externalRefs"] = [reference]
    return package


def document(program, status):
    version = output(f"{BUILD}/bin/{program}", "--version").split()[-1]
    packages = [element("SPDXRef-program", program, version, licence="Apache-2.0")]
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-program")]
    for found, prefix, relation in (
        (linked_in(program), "linked", "STATIC_LINK"),
        (installed(status), "installed", "DEPENDS_ON"),
    ):
        for name, its_version, purl in found:
            identifier = f"SPDXRef-{prefix}-" + re.sub(r"[^A-Za-z0-9.-]", "-plus", name)
            packages.append(element(identifier, name, its_version, purl))
            relations.append(("SPDXRef-program", relation, identifier))
    digest = hashlib.sha256(json.dumps(packages).encode()).hexdigest()
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": program,
        "documentNamespace": f"https://spdx.org/spdxdocs/{program}-{digest}",
        "creationInfo": {"created": now, "creators": ["Tool: image_packages.py"]},
        "packages": packages,
        "relationships": [
            {"spdxElementId": a, "relationshipType": relation, "relatedSpdxElement": b} for a, relation, b in relations
        ],
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(document(*sys.argv[1:3]), sys.stdout, indent=1)
