"""Where the checkout and its programs are, and how to run one."""

import os
import random
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Tests name the folder of their own build.
BIN = os.environ.get("ACTIVATION_BIN", os.path.join(ROOT, "build/release/bin"))


def run(*command, codes=(0,)):
    """What the command printed; RuntimeError where it ends with another exit code."""
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode not in codes:
        raise RuntimeError(f"exit code {result.returncode}: {(result.stderr or result.stdout)[-300:]}")
    return result.stdout


def in_any_order(contenders):
    """Drawn anew for each of their turns, so that no order favours one of them."""
    return random.sample(list(contenders), len(contenders))


def passing(minutes, *command):
    """Runs tests: their summary, and whether they took no longer than that."""
    start = time.monotonic()
    output = run(*command)
    seconds = time.monotonic() - start
    summary = [line for line in output.splitlines() if "tests passed" in line]
    skipped = output.count("***Skipped")
    figure = f"{(summary or ['exit code 0'])[-1]}, {f'{skipped} skipped, ' if skipped else ''}{seconds:.0f} s"
    return figure, seconds <= 60 * minutes


def ctest(pattern):
    """Builds all and runs the tests of a name."""
    run("cmake", "--build", "build/release")
    return passing(5, "ctest", "--test-dir", "build/release", "--no-tests=error", "-R", pattern)
