"""A worker whose library has three functions: one that is right, one that answers with an error, and one that dies."""

import array
import os
import sys

sys.path.insert(0, os.environ["ATLAS_WORKERS"])
import worker  # pylint: disable=wrong-import-position

mode, memory = worker.arguments()


def relu(count):
    half = len(memory) // 2
    x = array.array("f", memory[: 4 * count])
    memory[half : half + 4 * count] = array.array("f", [max(v, 0.0) for v in x]).tobytes()


def refuse(_):
    raise ValueError("not today")


worker.serve({"library": "Fake", "version": "1", "mode": mode, "options": "none"},
             {"relu forward f32": ("relu(x)", relu),
              "sigmoid forward f32": ("refuse(x)", refuse),
              "erf forward f32": ("die(x)", lambda count: os._exit(1))})
