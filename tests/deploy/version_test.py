"""One version everywhere: the programs, the service, the Python package, manifests and the changelog say what CMake says.

usage: version_test.py ROOT
"""

import os
import pathlib
import re
import subprocess
import sys
import unittest

import activation as act
import manifests
from server import Server

ROOT = pathlib.Path(sys.argv[1]).resolve()
PROGRAMS = ("activation-server", "activation-client")


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


VERSION = re.search(r"^project\(activation VERSION (\d+\.\d+\.\d+) ", text("CMakeLists.txt"), re.M)[1]


class VersionTest(unittest.TestCase):
    def test_programs(self):
        for program in PROGRAMS:
            with self.subTest(program):
                path = os.path.join(os.environ["ACTIVATION_BIN"], program)
                said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=True)
                self.assertEqual(said.stdout, f"{program} {VERSION}\n")

    def test_service_and_python_package(self):
        self.assertEqual(act.__version__, VERSION)
        with Server() as server, act.Client(server.address) as client:
            self.assertEqual(client.server_info().version, VERSION)

    def test_changelog_begins_with_it_and_its_date(self):
        headings = re.findall(r"^## (.*)$", text("CHANGELOG.md"), re.M)
        released = [heading for heading in headings if heading != "[Unreleased]"]
        self.assertRegex(released[0], rf"^\[{re.escape(VERSION)}\] - \d{{4}}-\d\d-\d\d$")

    def test_debian_changelog_begins_with_it(self):
        first = text("deploy/debian/changelog").splitlines()[0]
        self.assertRegex(first, rf"^activation \({re.escape(VERSION)}-\d+\) ")

    def test_who_gives_the_packages_out_stands_in_one_place(self):
        default = re.search(r'set\(ACTIVATION_CONTACT "[^"<]*<([^">]+)>"', text("cmake/Package.cmake"))[1]
        self.assertIn(" -- @ACTIVATION_CONTACT@  ", text("deploy/debian/changelog"))
        self.assertIn(default, text("docs/security.md"))
        for folder in ("cmake", "deploy", "scripts", "client/python"):
            for path in (ROOT / folder).rglob("*"):
                if path.is_file() and default.encode() in path.read_bytes():
                    self.assertEqual(path.relative_to(ROOT), pathlib.Path("cmake/Package.cmake"))

    def test_manifests_name_its_images(self):
        found = []
        for folder in manifests.folders(ROOT):
            objects = manifests.render(folder)
            found += [container["image"] for _, container in manifests.containers(objects)]
            for each in manifests.of_kind(objects, "Deployment"):
                for labels in (each["metadata"]["labels"], each["spec"]["template"]["metadata"]["labels"]):
                    self.assertEqual(labels["app.kubernetes.io/version"], VERSION, folder)
        self.assertGreater(len(found), 5)
        for image in found:
            self.assertRegex(image, rf"^activation:{re.escape(VERSION)}-(cpu|cuda)$")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
