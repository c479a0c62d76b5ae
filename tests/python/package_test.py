"""The package as it is handed on: a source distribution builds without the repository."""

import pathlib
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

PROJECT = pathlib.Path(__file__).resolve().parents[2] / "client/python"


def build(project, target, folder):
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target",
        target,
        "--directory",
        folder,
    ]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    return next(pathlib.Path(folder).glob("*.tar.gz" if target == "sdist" else "*.whl"))


# Python 3.11.2 of Debian has no filters yet, and one that has them asks for one.
SAFELY = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


class PackageTest(unittest.TestCase):
    def test_a_wheel_from_a_source_distribution(self):
        with tempfile.TemporaryDirectory() as folder:
            with tarfile.open(build(PROJECT, "sdist", folder)) as archive:
                archive.extractall(folder, **SAFELY)
            project = next(pathlib.Path(folder).glob("activation-*/"))
            with zipfile.ZipFile(build(project, "wheel", folder)) as wheel:
                names = set(wheel.namelist())
        needed = {
            "__init__.py",
            "py.typed",
            "contract.binpb",
            "functions.py",
            "torch/functional.py",
        }
        self.assertLessEqual({f"activation/{name}" for name in needed}, names)


if __name__ == "__main__":
    unittest.main()
