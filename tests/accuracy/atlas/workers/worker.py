"""What the workers of activation-atlas have in common: the protocol.

A worker is started with its mode and the path of shared memory. It prints one line of JSON that says what it is and has, then answers lines
"CASE DIRECTION DTYPE COUNT" with "ok" or with what went wrong: x lies at the beginning of the memory, the results
are to be put behind the first half.
"""

import json
import mmap
import os
import sys

DTYPES = ("f32", "f16", "bf16")
DIRECTIONS = ("forward", "gradient")


def arguments():
    """The mode and the shared memory."""
    mode, path = sys.argv[1:]
    descriptor = os.open(path, os.O_RDWR)
    memory = mmap.mmap(descriptor, os.fstat(descriptor).st_size)
    return mode, memory


def serve(hello, functions):
    """`functions`: by "CASE DIRECTION DTYPE" a pair of how it is called, for people, and what computes COUNT results."""
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    hello["functions"] = {name: call for name, (call, _) in functions.items()}
    print(json.dumps(hello), file=answers, flush=True)
    for line in sys.stdin:
        name, count = line.rsplit(" ", 1)
        try:
            functions[name][1](int(count))
            answer = "ok"
        except Exception as error:  # pylint: disable=broad-except
            answer = f"{type(error).__name__}: {error}".replace("\n", " ")
        print(answer, file=answers, flush=True)
