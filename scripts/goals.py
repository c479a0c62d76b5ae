"""The project's goals: what each promises and what measures it. Those of a kind stand together in a module, ..._goals.py."""

import dataclasses
from collections.abc import Callable

GOALS = []


@dataclasses.dataclass(frozen=True)
class Goal:
    name: str
    text: str
    command: str  # what a person would run
    page: str  # of docs/, with its row
    slow: bool  # measured with --all or when named
    reason: str  # where docs/ say why it falls short, if it does
    measure: Callable  # its figure as text, and whether it is met


def goal(name, text, command, page, slow=False, reason=""):
    """Makes a goal of the function that measures it."""

    def add(measure):
        GOALS.append(Goal(name, text, command, page, slow, reason, measure))
        return measure

    return add
