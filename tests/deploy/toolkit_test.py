"""Where the CUDA Toolkit cannot be had, nothing outside the build folder is touched (scripts/dev/lib/cuda.sh).

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


class ToolkitTest(unittest.TestCase):
    def test_a_failed_download_ends_it(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("python3", "ln"):
                path = os.path.join(folder, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(f'#!/bin/sh\necho "{name} $*" >>"{folder}/called"\nexit 1\n')
                os.chmod(path, 0o755)
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
