"""How the scorecard looks at what users install and start: packages in a bare Debian, the time of a start."""

import os

import startup as server_start
from commands import ROOT, run


def package():
    output = run("./dev", "package", "--trial")
    seen = [line for line in output.splitlines() if line.startswith("  ")]
    return f"{len(seen)} checks passed; {', '.join(sorted(os.listdir(os.path.join(ROOT, 'build/packages'))))}", True


def startup():
    times = server_start.starts()
    return server_start.text(times), max(times) <= 150
