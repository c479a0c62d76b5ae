"""How the scorecard measures what faults and overload cost: the scripts of ./dev faults."""

import os
import sys

from commands import ROOT, run

FAULTS = os.path.join(ROOT, "scripts/faults")
sys.path.insert(0, FAULTS)
import overload as overload_faults  # noqa: E402
import soak as soak_faults  # noqa: E402


def overload():
    found = overload_faults.measure(seconds=10, times=10)
    return overload_faults.text(found), overload_faults.is_good(found)


def script(name, *options):
    """A script that ends with exit code 0 where all is well, and what it printed."""
    output = run(sys.executable, "-B", os.path.join(FAULTS, f"{name}.py"), *options)
    return "; ".join(line.strip() for line in output.splitlines()), True


def replicas():
    return script("replicas", "--minutes=3")


def connections():
    return script("connections")


def soak():
    found = soak_faults.soak(minutes=20, load=0.8)
    return soak_faults.text(found), soak_faults.is_good(found)
