"""Triton's own perf_analyzer measures a real server: unary, streaming and with shared memory.

usage: perf_analyzer_test.py PERF_ANALYZER. Exit code 77 (skipped) where there is none.
"""

import os
import re
import subprocess
import sys

import tritonclient.grpc as triton
from server import Server

# What a way of calling adds to the command line.
WAYS = {
    "unary": [],
    "unary, asynchronous": ["--async"],
    "streaming": ["--streaming", "--async"],
    "system shared memory": ["--shared-memory=system"],
}
# Its model, and the tensors of it that need a shape.
MODELS = {"gelu": ["x"], "silu_gradient": ["x", "dy"], "prelu": ["x", "weight"]}


def counts(address, model):
    """What the server itself has counted of the model: successes, times in the queue, failures."""
    with triton.InferenceServerClient(address) as client:
        found = client.get_inference_statistics(model).model_stats[0].inference_stats
    return found.success.count, found.queue.count, found.fail.count


def measure(program, address, model, way):
    # All its calls in flight write to one region: a race of its own, which the thread sanitizer sees in the server.
    in_flight = 1 if "shared memory" in way and "TSAN_OPTIONS" in os.environ else 2
    command = [program, "-m", model, "-i", "grpc", "-u", address, f"--concurrency-range={in_flight}"]
    # A second each: how steady the figure is does not matter here, only that requests go through.
    command += ["--measurement-mode=count_windows", "--measurement-request-count=200"]
    command += ["--measurement-interval=200", "--stability-percentage=999", "--percentile=50"]
    command += [f"--shape={name}:{1 if name == 'weight' else 1000}" for name in MODELS[model]]
    if "shared memory" in way:
        command.append("--output-shared-memory-size=4000")
    before = counts(address, model)
    result = subprocess.run(
        command + WAYS[way], capture_output=True, text=True, timeout=60, check=False
    )
    throughput = re.search(r"throughput: ([\d.]+) infer/sec", result.stdout)
    executed = re.search(r"Inference count: (\d+)", result.stdout)
    good = result.returncode == 0 and throughput and float(throughput.group(1)) > 0
    # From ModelStatistics.
    good = good and executed and int(executed.group(1)) > 0
    success, queued, failed = (
        new - old for new, old in zip(counts(address, model), before, strict=True)
    )
    good = good and success >= int(executed.group(1)) and queued == success and failed == 0
    print(f"{model}, {way}: {'passed' if good else 'FAILED'}")
    if not good:
        print(f"success {success}, queue {queued}, fail {failed}; ", " ".join(command + WAYS[way]))
        print(result.stdout, result.stderr, sep="\n")
    return good


def main():
    program = sys.argv[1]
    if not os.path.exists(program):
        print("SKIPPED: no perf_analyzer on this machine")
        return 77
    # Its keys are its own choice.
    with Server("--shared-memory=on", "--shared-memory-prefix=/") as server:
        cases = [("gelu", way) for way in WAYS]
        cases += [(model, "unary") for model in MODELS if model != "gelu"]
        cases += [("silu_gradient", "system shared memory")]
        passed = [measure(program, server.address, model, way) for model, way in cases]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
