"""A page of docs/ whose marked blocks are run as they stand."""

import os
import pathlib
import subprocess
import unittest

from blocks import blocks

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"


class PageCase(unittest.TestCase):
    page = None  # its path

    def block(self, name):
        return blocks(self.page)[name]

    def run_block(self, name, folder, **environment):
        """What the block prints, run in a folder with the programs at hand."""
        path = os.pathsep.join([os.environ["ACTIVATION_BIN"], os.environ["PATH"]])
        done = subprocess.run(["bash", "-ec", self.block(name)], env={**os.environ, "PATH": path, **environment},
                              cwd=folder, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout
