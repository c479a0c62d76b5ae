"""How the scorecard looks at what users get and read: the demo, the tests, packages in a bare Debian, the time of a start."""

import os
import tempfile

import startup as server_start
from commands import ROOT, ctest, passing, run
from goals import goal

PAGE = "testing.md"

MOST_LINES = 400
# Those of the contracts stand in one piece.
WRITTEN = (".cc", ".h", ".cu", ".cuh", ".py", ".sh", ".js", ".css", ".cmake")

# What the whole suite may skip; what others bring, as clients and proxies, it must have.
MAY_SKIP = "|".join(
    (
        "OnTheGpu|^(CudaDevice|Ipc|RealDevice)Test",  # a GPU
        "OverTheProof",  # takes minutes; the goal cuda-bits has it run
        r"^python\.torch$",  # installed on demand
        "^DTypes/|^Catalogue/ParameterGradientsTest",  # cases that not every dtype or function has
        "^(Statistics|PosixRegion|Http)Test",  # what a processor, Linux or a library may lack
    )
)


@goal(
    "package",
    "the .deb serves in a bare Debian under its own user, keeps settings over an upgrade, is purged without a trace",
    "./dev package --trial",
    PAGE,
    slow=True,
)
def package():
    output = run("./dev", "package", "--trial")
    seen = [line for line in output.splitlines() if line.startswith("  ")]
    return f"{len(seen)} checks passed; {', '.join(sorted(os.listdir(os.path.join(ROOT, 'build/packages'))))}", True


@goal(
    "startup",
    "a server without a GPU is ready within 150 ms of its start, 20 of 20 times",
    "scripts/startup.py",
    PAGE,
)
def startup():
    times = server_start.starts()
    return server_start.text(times), max(times) <= 150


def in_a_fresh_clone(minutes, *command, may_skip=None):
    """Runs a verb of ./dev there; who clones it for the first time has compiled none of it before."""
    with tempfile.TemporaryDirectory() as folder:
        run("git", "clone", "--quiet", "--local", ROOT, folder)
        return passing(minutes, "env", "CCACHE_DISABLE=1", os.path.join(folder, "dev"), *command, may_skip=may_skip)


@goal(
    "demo",
    "./dev demo says that every number is right, within 8 minutes in a fresh clone",
    "git clone . FOLDER; CCACHE_DISABLE=1 FOLDER/dev demo",
    PAGE,
    slow=True,
)
def demo():
    return in_a_fresh_clone(8, "demo")


@goal("demo-again", "./dev demo a second time: within 15 s", "./dev demo", PAGE)
def demo_again():
    return passing(0.25, "./dev", "demo")


@goal(
    "lint",
    "laid out by clang-format; layers and comments of public headers as promised",
    "./dev format --check",
    PAGE,
)
def lint():
    for command in (
        ("./dev", "format", "--check"),
        ("python3", "tests/docs/layers_test.py", ROOT),
        ("python3", "tests/docs/public_headers_test.py", ROOT),
    ):
        run(*command)
    return "nothing found", True


def lines(path):
    """How many a source file has; 0 of one that a script writes, whose head says so."""
    with open(path, encoding="utf-8") as file:
        found = file.readlines()
    return 0 if any("do not edit" in line for line in found[:5]) else len(found)


@goal("files", "no source file that people write has more than 400 lines", "wc -l", PAGE)
def files():
    listed = run("git", "ls-files").splitlines()
    sizes = {name: lines(os.path.join(ROOT, name)) for name in listed if name.endswith(WRITTEN)}
    longest = max(sizes, key=sizes.get)
    return f"{len(sizes)} files, the longest {longest} with {sizes[longest]}", sizes[longest] <= MOST_LINES


@goal("eleventh", "a new function is one struct and one list entry", "ctest -R added", PAGE, slow=True)
def eleventh():
    return ctest("^added")


@goal(
    "tests",
    "./dev test passes within 20 minutes in a fresh clone",
    "git clone . FOLDER; CCACHE_DISABLE=1 FOLDER/dev test",
    PAGE,
    slow=True,
    reason="testing.md#how-long-it-takes",
)
def tests():
    return in_a_fresh_clone(20, "test", "-V", may_skip=MAY_SKIP)


@goal("asan", "address and undefined-behaviour sanitizers over the whole suite, within 60 minutes", "./dev test --asan", PAGE, slow=True)
def asan():
    return passing(60, "./dev", "test", "--asan", "-V", may_skip=MAY_SKIP)


@goal("tsan", "thread sanitizer over the whole suite, within 90 minutes", "./dev test --tsan", PAGE, slow=True)
def tsan():
    return passing(90, "./dev", "test", "--tsan", "-V", may_skip=MAY_SKIP)
