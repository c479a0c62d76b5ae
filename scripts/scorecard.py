#!/usr/bin/env python3
"""Measures the project's goals on this machine and prints each with figure, verdict and command.

usage: scorecard.py [--all] [--write] [NAME...]     run by ./dev scorecard, which builds first

Goals stand in ..._goals.py. Those marked slow (the whole test suite, packages, container images) are measured with --all
or when named. --write puts what was measured into the pages of docs/, a row for each goal. Exit code 1 when one is missed.
"""

import sys

import accuracy_goals  # noqa: F401
import deploy_goals  # noqa: F401
import fault_goals  # noqa: F401
import load_test_goal  # noqa: F401
import release_goals  # noqa: F401
import scorecard_pages
import service_goals  # noqa: F401
import speed_goals  # noqa: F401
import wire_goals  # noqa: F401
from goals import GOALS


def chosen(names, everything):
    known = [goal.name for goal in GOALS]
    unknown = sorted(set(names) - set(known))
    if unknown:
        sys.exit(f"there is no goal {', '.join(unknown)}; goals: {', '.join(known)}")
    return [goal for goal in GOALS if goal.name in names or (not names and (everything or not goal.slow))]


def measured(goal):
    """Its figure and whether it is met; None where it cannot be measured here."""
    try:
        return goal.measure()
    except (RuntimeError, OSError, KeyError, ValueError) as error:
        return f"not measured: {error}", None


def main(arguments):
    options = {argument for argument in arguments if argument.startswith("--")}
    if options - {"--all", "--write"}:
        sys.exit(f"unknown option {min(options - {'--all', '--write'})}")
    missed = 0
    for goal in chosen([a for a in arguments if a not in options], "--all" in options):
        figure, met = measured(goal)
        missed += not met
        print(f"{'met' if met else 'MISSED':7} {goal.name:11} {goal.text}\n{'':19} {figure}\n{'':19} by: {goal.command}")
        if not met:
            print(f"{'':19} why: {'docs/' + goal.reason if goal.reason else 'docs/ give no reason'}")
        sys.stdout.flush()
        if "--write" in options and met is not None:
            scorecard_pages.write(goal, figure, met)
    print(f"\n{missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
