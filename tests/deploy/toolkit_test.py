"""What ./dev takes from elsewhere: where the CUDA Toolkit cannot be had, nothing outside the build folder is touched, and one
that is too old is passed over (scripts/dev/lib/cuda.sh); what is packed for machines with a GPU runs where it is unpacked
(scripts/dev/lib/archive.sh); programs are built without the packages of the tests (scripts/dev/lib/verb.sh).

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

FIND = """
ROOT=$1
step() { echo "$*" >&2; }
source "$2/scripts/dev/lib/cuda.sh"
ls() { :; }
system_nvcc
"""
PACK = """
source "$1/scripts/dev/lib/archive.sh"
pack_programs "$2/programs.tar.xz" "$2/bin/program"
unpack_programs "$2/programs.tar.xz" "$2/there"
"""
PROGRAM = r"""
#include <cstdio>
int main() {
  delete new int;
  std::puts("here");
}
"""
# Says what CMake was told.
CMAKE = """#!/bin/sh
for each in "$@"; do case "$each" in -DACTIVATION_*) echo "$each" >>called ;; esac; done
touch build/release/build.ninja
"""


def bash(script, *arguments, path=""):
    return subprocess.run(
        ["bash", "-euc", script, "test", *arguments],
        env={**os.environ, "PATH": f"{path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o755)


class ProgramsTest(unittest.TestCase):
    def told(self, folder, functions, option="ACTIVATION_BUILD_TESTS"):
        """What CMake is told of an option by one verb after the other."""
        os.makedirs(os.path.join(folder, "bin"), exist_ok=True)
        for name in ("scripts", "CMakePresets.json"):
            if not os.path.exists(os.path.join(folder, name)):
                os.symlink(os.path.join(ROOT, name), os.path.join(folder, name))
        write(os.path.join(folder, "bin/cmake"), CMAKE)
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
        return [line.rpartition("=")[2] for line in lines if line.startswith(f"-D{option}=")]

    def test_the_tests_are_left_out_and_added_later(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.told(folder, "configure_programs"), ["OFF"])
            self.assertEqual(self.told(folder, "configure_programs"), [])
            self.assertEqual(self.told(folder, "configure_release machine"), ["ON"])
            self.assertEqual(self.told(folder, "configure_release machine; configure_programs"), [])

    def test_cuda_is_compiled_for_the_programs_alone_where_a_driver_can_run_it(self):
        for driver, cuda in (("true", "REQUIRED"), ("false", "OFF")):
            machine = f"has_cuda_driver() {{ {driver}; }}; system_nvcc() {{ echo /usr/bin/nvcc; }}"
            with self.subTest(driver), tempfile.TemporaryDirectory() as folder:
                told = self.told(folder, f"{machine}; configure_programs", "ACTIVATION_CUDA")
                self.assertEqual(told, [cuda])
                # Whoever builds everything has them all the same.
                told = self.told(folder, f"{machine}; configure_release machine", "ACTIVATION_CUDA")
                self.assertEqual(told, ["REQUIRED"])

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
                path = os.path.join(folder, name)
                write(path, f'#!/bin/sh\necho "{name} $*" >>"{folder}/called"\nexit 1\n')
            done = bash(FETCH, folder, ROOT, path=folder)
            self.assertEqual(done.returncode, 3, done.stderr)
            with open(os.path.join(folder, "called"), encoding="utf-8") as file:
                called = file.read().splitlines()
            self.assertEqual(called, [f"python3 -m venv {folder}/build/cuda-toolkit"])

    def test_an_nvcc_that_is_too_old_is_passed_over(self):
        releases = {"11.8": False, "12.4": False, "12.9": True, "13.0": True, "13.10": True}
        for release, is_taken in releases.items():
            with tempfile.TemporaryDirectory() as folder:
                nvcc = os.path.join(folder, "nvcc")
                write(nvcc, f"#!/bin/sh\necho 'Cuda compilation tools, release {release}, V{release}.131'\n")
                done = bash(FIND, folder, ROOT, path=folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout, f"{nvcc}\n" if is_taken else "")
                self.assertEqual(f"passing over {nvcc}: release {release}" in done.stderr, not is_taken, done.stderr)


class ArchiveTest(unittest.TestCase):
    def test_a_program_runs_with_its_libraries_where_it_is_unpacked(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "bin"))
            program = os.path.join(folder, "bin", "program")
            subprocess.run(
                ["c++", "-x", "c++", "-", "-g", "-Wl,-rpath,$ORIGIN/../lib", "-o", program],
                input=PROGRAM, text=True, check=True, timeout=60)
            size = os.path.getsize(program)
            done = bash(PACK, ROOT, folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            os.remove(program)
            there = os.path.join(folder, "there")
            moved = os.path.join(there, "bin", "program")
            self.assertLess(os.path.getsize(moved), size)
            self.assertIn("libstdc++.so.6", os.listdir(os.path.join(there, "lib")))
            self.assertNotIn("libc.so.6", os.listdir(os.path.join(there, "lib")))
            run = subprocess.run([moved], capture_output=True, text=True, timeout=60, check=True)
            self.assertEqual(run.stdout, "here\n")
            linked = subprocess.run(["ldd", moved], capture_output=True, text=True, timeout=60, check=True).stdout
            self.assertIn(os.path.realpath(os.path.join(there, "lib", "libstdc++.so.6")),
                          [os.path.realpath(line.split()[2]) for line in linked.splitlines() if "=> /" in line])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
