"""How the scorecard looks at what is deployed: images, manifests, alerts. A tool that is missing is a goal that is missed."""

import os
import time

from commands import ROOT, ctest, run
from goals import goal

PAGE = "testing.md"

THIRD_PARTY = os.path.join(ROOT, "build/third-party")


def third_party():
    """What the tests use of others', where it can be had."""
    run("tests/interop/third_party.sh", THIRD_PARTY)


@goal(
    "image",
    "both images build and a running container of each answers, on a machine without a GPU too",
    "./dev image; ./dev image cuda",
    PAGE,
    slow=True,
)
def images():
    times = []
    for target in ("cpu", "cuda"):
        start = time.monotonic()
        run("./dev", "image", target)
        times.append(f"{target} {time.monotonic() - start:.0f} s")
    return ", ".join(times), True


@goal(
    "manifests",
    "every manifest renders, obeys its schema and starts a server",
    "ctest -R 'deploy.manifests|deploy.config'",
    PAGE,
)
def manifests():
    """Every folder rendered, every object by its schema, the server started with each one's settings."""
    third_party()
    return ctest("^deploy.(manifests|config)$")


@goal(
    "alerts",
    "every alert fires on its trouble and on nothing else",
    "promtool test rules deploy/prometheus/rules_test.yml",
    PAGE,
)
def alerts():
    third_party()
    promtool = os.path.join(THIRD_PARTY, "bin/promtool")
    rules = run(promtool, "check", "rules", "deploy/prometheus/rules.yml")
    tests = run(promtool, "test", "rules", "deploy/prometheus/rules_test.yml")
    found = next((line.strip() for line in rules.splitlines() if "rules found" in line), "no rules found")
    return found, found.startswith("SUCCESS") and "SUCCESS" in tests
