"""scripts/clang_tidy.py: a file found clean is read again when it, a header of it, its command or the checks have changed.

usage: clang_tidy_test.py ROOT
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(sys.argv[1]).resolve() / "scripts/clang_tidy.py"

# In clang-tidy's place, which need not be installed: finds the word BUG, and writes down what it was asked to read.
CLANG_TIDY = """#!/bin/sh
if [ "$1" = --version ]; then echo "version 1"; exit; fi
for file; do :; done
[ "$2" = -p ] && [ -f "$3/compile_commands.json" ] || exit 2
basename "$file" >>read
if grep -n BUG "$file"; then exit 1; fi
"""


class ClangTidyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()
        self.write("bin/clang-tidy", CLANG_TIDY).chmod(0o755)
        self.write(".clang-tidy", "Checks: '*'\n")
        self.write("a.h", "int a();\n")
        self.write("a.cc", '#include "a.h"\nint a() { return 1; }\n')
        self.write("b.cc", "int b() { return 2; }\n")
        self.commands("-O1")

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def commands(self, flags, files=("a.cc", "b.cc")):
        def entry(name, output):
            file = str(self.folder / name)
            return {"directory": str(self.folder), "file": file, "command": f"c++ {flags} -o {output} -c {file}"}

        # Each is part of two targets.
        entries = [entry(name, f"{target}/{name}.o") for target in (1, 2) for name in files]
        self.write("build/compile_commands.json", json.dumps(entries))

    def tidy(self, *files):
        """The exit code, what was found, and which files were read."""
        environment = os.environ | {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        done = subprocess.run(
            [sys.executable, "-B", SCRIPT, "build", *files],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        read = self.folder / "read"
        names = sorted(read.read_text(encoding="utf-8").split()) if read.exists() else []
        read.unlink(missing_ok=True)
        return done.returncode, done.stdout, names

    def all_are_clean(self):
        self.assertEqual(self.tidy("a.cc", "b.cc"), (0, "", ["a.cc", "b.cc"]))
        self.assertEqual(self.tidy("a.cc", "b.cc"), (0, "", []))

    def test_a_clean_file_is_read_once_though_two_targets_compile_it(self):
        self.all_are_clean()

    def test_a_changed_header_has_its_files_read_again(self):
        self.all_are_clean()
        self.write("a.h", "int a();  // the same\n")
        self.assertEqual(self.tidy("a.cc", "b.cc"), (0, "", ["a.cc"]))

    def test_other_flags_and_other_checks_have_all_read_again(self):
        self.all_are_clean()
        self.commands("-O2")
        self.all_are_clean()
        self.write(".clang-tidy", "Checks: 'misc-*'\n")
        self.all_are_clean()

    def test_the_checks_of_a_folder_count_for_its_files(self):
        self.write("c/c.cc", "int c() { return 3; }\n")
        self.commands("-O1", ["a.cc", "c/c.cc"])
        self.assertEqual(self.tidy("a.cc", "c/c.cc"), (0, "", ["a.cc", "c.cc"]))
        self.write("c/.clang-tidy", "InheritParentConfig: true\n")
        self.assertEqual(self.tidy("a.cc", "c/c.cc"), (0, "", ["c.cc"]))

    def test_what_has_findings_fails_until_it_has_none(self):
        self.write("b.cc", "int b() { return 2; }  // BUG\n")
        found = (1, "1:int b() { return 2; }  // BUG\n")
        self.assertEqual(self.tidy("a.cc", "b.cc"), (*found, ["a.cc", "b.cc"]))
        self.assertEqual(self.tidy("a.cc", "b.cc"), (*found, ["b.cc"]))
        self.write("b.cc", "int b() { return 2; }\n")
        self.assertEqual(self.tidy("a.cc", "b.cc"), (0, "", ["b.cc"]))

    def test_a_file_that_does_not_compile_is_no_clean_file(self):
        self.write("b.cc", '#include "missing.h"\n')
        code, said, read = self.tidy("a.cc", "b.cc")
        self.assertEqual((code, read), (1, ["a.cc"]))
        self.assertIn("missing.h", said)

    def test_a_file_that_nothing_compiles_is_refused(self):
        self.assertEqual(self.tidy("c.cc"), (1, "", []))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
