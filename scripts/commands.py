"""Where the checkout and its programs are, and how to run one."""

import os
import random
import re
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Tests name the folder of their own build.
BIN = os.environ.get("ACTIVATION_BIN", os.path.join(ROOT, "build/release/bin"))


def run(*command, codes=(0,)):
    """What the command printed; RuntimeError where it ends with another exit code."""
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode not in codes:
        said = ", ".join(failed_tests(result.stdout)) or (result.stderr or result.stdout)[-300:]
        raise RuntimeError(f"exit code {result.returncode}: {said}")
    return result.stdout


def in_any_order(contenders):
    """Drawn anew for each of their turns, so that no order favours one of them."""
    return random.sample(list(contenders), len(contenders))


def failed_tests(output):
    """The names that ctest lists at its end."""
    return re.findall(r"^\t *\d+ - (.+?)(?:  # .*)? \((?!Skipped|Disabled)[^()]+\)", output, re.M)


def skipped_tests(output):
    """The names that ctest lists at its end and, of what it shows with -V, those of tests that pass and of which Python's
    unittest skips a part."""
    skipped = re.findall(r"^\t *\d+ - (.+?)(?:  # .*)? \((?:Skipped|Disabled)\)", output, re.M)
    names = dict(re.findall(r"^ *Start +(\d+): (.+)$", output, re.M))
    in_part = re.findall(r"^(\d+): OK \(.*\bskipped=\d", output, re.M)
    return skipped + [f"a part of {names[number]}" for number in in_part]


def passing(minutes, *command, may_skip=None):
    """Runs tests: their summary, and whether they took no longer than that and skipped none but those in whose names the
    regular expression `may_skip` is found."""
    start = time.monotonic()
    output = run(*command)
    seconds = time.monotonic() - start
    summary = [line for line in output.splitlines() if "tests passed" in line]
    skipped = skipped_tests(output)
    missing = [name for name in skipped if not (may_skip and re.search(may_skip, name))]
    figure = [(summary or ["exit code 0"])[-1]]
    if skipped:
        figure.append(f"{len(skipped)} skipped")
    if missing:
        figure.append(f"{len(missing)} of them not to be skipped, as {missing[0]}")
    return ", ".join([*figure, f"{seconds:.0f} s"]), seconds <= 60 * minutes and not missing


def ctest(pattern, *settings, may_skip=None):
    """Builds all and runs the tests of a name, with NAME=VALUE in their environment."""
    run("cmake", "--build", "build/release")
    command = ("ctest", "--test-dir", "build/release", "--no-tests=error", "-V", "-R", pattern)
    return passing(5, "env", *settings, *command, may_skip=may_skip)
