"""What ./dev takes from elsewhere: where the CUDA Toolkit cannot be had, nothing outside the build folder is touched
(scripts/dev/lib/cuda.sh), and programs are built without the packages of the tests (scripts/dev/lib/verb.sh).

usage: toolkit_test.py ROOT
"""

import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.abspath(sys.argv[1])
FETCH = """
ROOT=$1
step() { :; }
source "$2/scripts/dev/lib/cuda.sh"
system_nvcc() { :; }
options="$(cuda_options on)" || exit 3
"""

# Says what CMake was told; `dpkg-query` knows of no package.
CMAKE = """#!/bin/sh
for each in "$@"; do case "$each" in *BUILD_TESTS*) echo "$each" >>called ;; esac; done
touch build/release/build.ninja
"""


def program(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o755)


class ProgramsTest(unittest.TestCase):
    def told(self, folder, functions):
        """What CMake is told of the tests by one verb after the other."""
        command = f"ROOT=$1; verb=try; source scripts/dev/lib/verb.sh; {functions}"
        subprocess.run(
            ["bash", "-euc", command, "try", folder],
            cwd=folder,
            env={**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}"},
            timeout=60,
            check=True,
        )
        path = os.path.join(folder, "called")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        os.remove(path)
        return [line.rpartition("=")[2] for line in lines]

    def test_the_tests_are_left_out_where_their_packages_are_missing_and_added_later(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("scripts", "CMakePresets.json"):
                os.symlink(os.path.join(ROOT, name), os.path.join(folder, name))
            os.mkdir(os.path.join(folder, "bin"))
            program(os.path.join(folder, "bin/cmake"), CMAKE)
            program(os.path.join(folder, "bin/dpkg-query"), "#!/bin/sh\n")
            self.assertEqual(self.told(folder, "configure_programs"), ["OFF"])
            self.assertEqual(self.told(folder, "configure_programs"), [])
            self.assertEqual(self.told(folder, "configure_release machine"), ["ON"])
            self.assertEqual(self.told(folder, "configure_release machine; configure_programs"), [])

    def test_who_wants_the_programs_alone_needs_no_other_packages(self):
        for verb in ("demo", "serve", "bench"):
            with open(os.path.join(ROOT, f"scripts/dev/{verb}.sh"), encoding="utf-8") as file:
                text = file.read()
            self.assertIn("\nneed_packages build\nconfigure_programs\n", text, verb)
            self.assertEqual(text.count("need_packages"), 1, verb)


class ToolkitTest(unittest.TestCase):
    def test_a_failed_download_ends_it(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("python3", "ln"):
                program(os.path.join(folder, name), f'#!/bin/sh\necho "{name} $*" >>"{folder}/called"\nexit 1\n')
            done = subprocess.run(
                ["bash", "-euc", FETCH, "fetch", folder, ROOT],
                env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            self.assertEqual(done.returncode, 3, done.stderr)
            with open(os.path.join(folder, "called"), encoding="utf-8") as file:
                called = file.read().splitlines()
            self.assertEqual(called, [f"python3 -m venv {folder}/build/cuda-toolkit"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
