"""Where the checkout and its programs are, and how to run one."""

import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Tests name the folder of their own build.
BIN = os.environ.get("ACTIVATION_BIN", os.path.join(ROOT, "build/release/bin"))


def run(*command):
    """What the command printed; RuntimeError where it fails."""
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"exit code {result.returncode}: {(result.stderr or result.stdout)[-300:]}")
    return result.stdout
