#!/usr/bin/env python3
"""What a program's image or package is made of, as SPDX 2.3: packages_spdx.py BUILD PROGRAM [STATUS] >packages.spdx.json

Run once PROGRAM is built in the folder BUILD. The list has the packages whose archives were linked into the program, which
no package manager knows of, and with STATUS, a dpkg status file (/var/lib/dpkg/status of an image), those installed there.
"""

import datetime
import hashlib
import json
import re
import sys

from linked_packages import debian, linked_into, output


def installed(status):
    """The packages that a dpkg status file says are installed."""
    with open(status, encoding="utf-8") as file:
        for paragraph in file.read().split("\n\n"):
            fields = dict(re.findall(r"^([\w-]+): (.*)$", paragraph, re.M))
            if fields.get("Status", "").endswith(" installed"):
                yield debian(fields["Package"], fields["Version"], fields["Architecture"])


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


def document(build, program, status=None):
    version = output(f"{build}/bin/{program}", "--version").split()[-1]
    packages = [element("SPDXRef-program", program, version, licence="Apache-2.0")]
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-program")]
    for found, prefix, relation in (
        (linked_into(program, build), "linked", "STATIC_LINK"),
        (installed(status) if status else (), "installed", "DEPENDS_ON"),
    ):
        for each in found:
            identifier = f"SPDXRef-{prefix}-" + re.sub(r"[^A-Za-z0-9.-]", "-plus", each.name)
            packages.append(element(identifier, each.name, each.version, each.purl))
            relations.append(("SPDXRef-program", relation, identifier))
    digest = hashlib.sha256(json.dumps(packages).encode()).hexdigest()
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": program,
        "documentNamespace": f"https://spdx.org/spdxdocs/{program}-{digest}",
        "creationInfo": {"created": now, "creators": ["Tool: packages_spdx.py"]},
        "packages": packages,
        "relationships": [
            {"spdxElementId": a, "relationshipType": relation, "relatedSpdxElement": b} for a, relation, b in relations
        ],
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(document(*sys.argv[1:4]), sys.stdout, indent=1)
