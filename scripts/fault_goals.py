"""How the scorecard measures what faults and overload cost: the scripts of ./dev faults."""

import os
import sys

from commands import ROOT, run
from goals import goal

FAULTS = os.path.join(ROOT, "scripts/faults")
sys.path.insert(0, FAULTS)
import overload as overload_faults  # noqa: E402
import soak as soak_faults  # noqa: E402

PAGE = "testing.md"


@goal(
    "overload",
    "10 times the calls it can answer: goodput 0.9 of peak, refusals under 1 ms at the median, p99 of answers bounded",
    "./dev faults overload",
    PAGE,
)
def overload():
    found = overload_faults.measure(seconds=10, times=10)
    return overload_faults.text(found), overload_faults.is_good(found)


def script(name, *options):
    """A script that ends with exit code 0 where all is well, and what it printed."""
    output = run(sys.executable, "-B", os.path.join(FAULTS, f"{name}.py"), *options)
    return "; ".join(line.strip() for line in output.splitlines()), True


@goal(
    "replicas",
    "one of three replicas killed every 3 s for 3 minutes, all restarted, one paused: no failed call",
    "./dev faults replicas",
    PAGE,
    slow=True,
)
def replicas():
    return script("replicas", "--minutes=3")


@goal(
    "connections",
    "5,000 idle and 500 active connections held; without descriptors it refuses, goes on and recovers",
    "./dev faults connections",
    PAGE,
)
def connections():
    return script("connections")


@goal(
    "soak",
    "20 minutes at 80 % of the knee, every way and size mixed: nothing failed or wrong, memory flat",
    "./dev faults soak",
    PAGE,
    slow=True,
)
def soak():
    found = soak_faults.soak(minutes=20, load=0.8)
    return soak_faults.text(found), soak_faults.is_good(found)
