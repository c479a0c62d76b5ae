#!/usr/bin/env python3
"""Measures the project's goals on this machine and prints one row each: goal, figure, verdict, command.

usage: scorecard.py [--all] [NAME...]     run by ./dev scorecard, which builds first

A row is a function with @goal; it returns the figure as text and whether the
goal is met. Rows marked slow (the whole test suite, packages, container images) run
with --all or when named. Exit code 1 when a goal is missed.
"""

import ctypes
import functools
import json
import math
import os
import subprocess
import sys

from commands import BIN, ROOT, ctest, passing, run

sys.path.insert(0, os.path.join(ROOT, "scripts/demo"))
import deploy_goals  # noqa: E402
import fault_goals  # noqa: E402
import load_test_goal  # noqa: E402
import release_goals  # noqa: E402
import speed_goals  # noqa: E402
import tensor  # noqa: E402  the demo's reference
import wire_goals  # noqa: E402

ROWS = []


def goal(name, text, command, slow=False):
    def add(function):
        ROWS.append((name, text, command, slow, function))
        return function

    return add


@functools.cache
def sweep(dtype):
    """The results of activation-prove: one record for each function, tier and direction."""
    output = run(os.path.join(BIN, "activation-prove"), f"--dtype={dtype}", "--json")
    return [json.loads(line) for line in output.splitlines()]


def worst(records, tier, direction):
    chosen = [r for r in records if r["tier"] == tier and r["direction"] == direction]
    record = max(chosen, key=lambda r: r["max_ulp"] if math.isfinite(r["max_ulp"]) else math.inf)
    text = f"{record['max_ulp']:.4f} ULP ({record['function']}), {len(chosen)} functions"
    return record["max_ulp"], text


def within(dtype, tier, forward_limit, gradient_limit):
    forward, forward_text = worst(sweep(dtype), tier, "forward")
    gradient, gradient_text = worst(sweep(dtype), tier, "gradient")
    figure = f"forward {forward_text}; gradient {gradient_text}"
    return figure, forward <= forward_limit and gradient <= gradient_limit


@goal("exact-f32", "EXACT f32: max error <= 0.51 ULP, forward and gradient", "activation-prove --dtype=f32")
def exact_f32():
    return within("f32", "exact", 0.51, 0.51)


@goal("fast-f32", "FAST f32: max error <= 2 ULP forward, 4 ULP gradient", "activation-prove --dtype=f32")
def fast_f32():
    return within("f32", "fast", 2, 4)


@goal(
    "exact-half",
    "EXACT f16, bf16 forward: correctly rounded for all 65,536 inputs",
    "activation-prove --dtype=f16; --dtype=bf16",
)
def exact_half():
    records = [
        r
        for dtype in ("f16", "bf16")
        for r in sweep(dtype)
        if r["tier"] == "exact" and r["direction"] == "forward"
    ]
    misrounds = sum(r["misrounds"] for r in records)
    return f"{misrounds} wrongly rounded of {sum(r['checked'] for r in records):,}", misrounds == 0


@goal(
    "same-bits",
    "the same bits on every instruction set of this machine",
    "activation-prove --dtype=f32; --dtype=f16; --dtype=bf16",
)
def same_bits():
    records = [r for dtype in ("f32", "f16", "bf16") for r in sweep(dtype)]
    differences = sum(r["target_differences"] for r in records)
    return f"{differences} differences between {records[0]['targets']}", differences == 0


class Server:
    """A fresh server on free loopback ports."""

    def __enter__(self):
        self._process = subprocess.Popen(
            [
                os.path.join(BIN, "activation-server"),
                "--address=127.0.0.1:0",
                "--http-address=off",
                "--log-format=json",
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in self._process.stderr:
            entry = json.loads(line)
            if entry.get("event") == "started":
                return entry["address"]
        raise RuntimeError("the server did not start")

    def __exit__(self, *_):
        self._process.terminate()
        self._process.stderr.read()
        self._process.wait()


def client(address, *arguments):
    return run(os.path.join(BIN, "activation-client"), f"--address={address}", *arguments)


def calls_per_second(address, items, elements):
    """Of a closed loop with one call in flight, so that it is the cost of a call."""
    report = client(
        address, "bench", f"--items={items}", f"--elements={elements}", "--concurrency=1",
        "--connections=1", "--warm-up=1s", "--duration=3s", "--json",
    )  # fmt: skip
    result = json.loads(report)
    if result["wrong_replies"]:
        raise RuntimeError(f"{result['wrong_replies']} wrong replies")
    return result["throughput"]["calls_per_second"]


@goal(
    "batch",
    "64 items of 1 KiB cost about one call of 64 KiB: at most 1.5 times",
    "activation-client bench --items=64 --elements=256; --items=1 --elements=16384",
)
def batch():
    with Server() as address:
        ratios = []
        for _ in range(3):  # interleaved, so that the machine's moods hit both
            one = calls_per_second(address, 1, 16384)
            many = calls_per_second(address, 64, 256)
            ratios.append(one / many)
    ratio = sorted(ratios)[1]
    return f"{ratio:.2f} times, {64 * many:,.0f} items/s with one call in flight", ratio <= 1.5


def nearest_f32(value):
    return ctypes.c_float(value).value


def is_near_tie(true):
    """Whether double precision cannot tell to which float32 the true value rounds."""
    scaled = true / tensor.ulp_of(true)
    return abs(abs(scaled - math.floor(scaled)) - 0.5) < 1e-6


@goal(
    "million",
    "1,000,000 f32 through activation-client agree with the reference to the last bit",
    "activation-client forward --function=gelu x.npy -o y.npy",
)
def million():
    folder = os.path.join(ROOT, "build/scorecard")
    os.makedirs(folder, exist_ok=True)
    x_path, y_path = os.path.join(folder, "x.npy"), os.path.join(folder, "y.npy")
    tensor.make(x_path)
    with Server() as address:
        client(address, "forward", "--function=gelu", x_path, "-o", y_path)
    different = undecided = 0
    for x, y in zip(tensor.read(x_path), tensor.read(y_path)):
        true = tensor.gelu(x)
        if y != nearest_f32(true):
            if is_near_tie(true):
                undecided += 1
            else:
                different += 1
    return f"{different} differ of {tensor.COUNT:,} ({undecided} too near a tie to judge)", different == 0


goal("demo", "./dev demo says that every number is right, within 8 minutes in a fresh clone", "./dev demo")(
    release_goals.demo
)

goal("demo-again", "./dev demo a second time: within 15 s", "./dev demo")(release_goals.demo_again)

goal("lint", "laid out by clang-format; layers and comments of public headers as promised", "./dev format --check")(
    release_goals.lint
)

goal("files", "no source file that people write has more than 400 lines", "wc -l")(release_goals.files)

goal(
    "secrets",
    "no key and no token in the log; certificates renewed under load without a failed call",
    "ctest -R 'LogTest|TokenStoreTest|CredentialsTest|TlsTest.Rotation'",
)(release_goals.secrets)

goal(
    "onednn-fast",
    "FAST f32 in cache, one thread: no slower than oneDNN at any function both have, mean at most 0.80 of its time",
    "activation-compare --peer=oneDNN",
)(speed_goals.onednn_fast)

goal(
    "onednn-exact",
    "EXACT f32 in cache, one thread: mean at most 1.80 of oneDNN's time, none over 3",
    "activation-compare --peer=oneDNN",
)(speed_goals.onednn_exact)

goal(
    "pytorch",
    "FAST f32 in cache, one thread: faster than PyTorch 2.13 at every function, forward and gradient",
    "tests/benchmarks/compare/pytorch.py build/release/bin/libactivation-kernels.so",
)(speed_goals.pytorch)

goal(
    "dram",
    "f32 beyond the caches: at least 0.95 of a non-temporal copy wherever the time in cache allows it",
    "activation-bench --benchmark_filter='/f32/(L2|DRAM)/'",
)(speed_goals.beyond_caches)

BESIDE_ECHO = "scripts/wire.py --quick"

goal("wire-calls", "1 KiB, 64 in flight: at least 0.90 of the bare echo's calls/s", BESIDE_ECHO)(wire_goals.calls)

goal("wire-bytes", "4 MiB, FAST: at least 0.85 of the bare echo's bytes/s", BESIDE_ECHO)(wire_goals.bandwidth)

goal("wire-p50", "1 KiB, one in flight: p50 at most 15 us beyond the bare echo's", BESIDE_ECHO)(wire_goals.latency)

goal("wire-cpu", "server CPU of a call at most 1.20 of the bare echo's, 1 KiB and 4 MiB", BESIDE_ECHO)(wire_goals.cpu)

goal("wire-batch", "64 items of 1 KiB in a call: at least 15 times the items/s of unary calls", BESIDE_ECHO)(
    wire_goals.batch
)

goal("wire-stream", "stream at 1 KiB: at least 1.5 times the items/s of unary calls", f"{BESIDE_ECHO} --modes=stream")(
    wire_goals.stream
)

goal(
    "wire-triton",
    "Open Inference beside Triton that only copies: 1.35 times its calls/s, 0.65 of its CPU, 1 KiB x64 and 16 KiB x8",
    f"{BESIDE_ECHO} --modes=infer",
)(wire_goals.triton)

goal(
    "wire-shared",
    "shared memory, 64 MiB f32 gelu, one call: at most 1.10 of the in-process kernel's wall time on the same buffers",
    "./dev wire shared --turns=60",
)(wire_goals.shared)

goal(
    "wire-memory", "resident memory flat over a million calls of mixed sizes, a leak is caught", "./dev wire soak", slow=True
)(wire_goals.memory)


goal(
    "bench-tool",
    "the load test sustains at least 0.90 of a bare client's calls/s on the same echo, 1 KiB, 64 in flight",
    "activation-client bench --to-echo; activation-wire-load",
)(load_test_goal.sustained)


@goal("drain", "SIGTERM under load: every accepted call is answered", "ctest -R ProcessTest.Sig")
def drain():
    return ctest("ProcessTest.Sig")


@goal("kill", "kill -9 of a client in a call: memory and gauges return", "ctest -R ProcessTest.KilledClients")
def kill():
    return ctest("ProcessTest.KilledClients")


goal(
    "overload",
    "10 times the calls it can answer: goodput 0.9 of peak, refusals under 1 ms at the median, p99 of answers bounded",
    "./dev faults overload",
)(fault_goals.overload)

goal(
    "connections",
    "5,000 idle and 500 active connections held; without descriptors it refuses, goes on and recovers",
    "./dev faults connections",
)(fault_goals.connections)

goal(
    "replicas",
    "one of three replicas killed every 3 s for 3 minutes, all restarted, one paused: no failed call",
    "./dev faults replicas",
    slow=True,
)(fault_goals.replicas)

goal(
    "soak",
    "20 minutes at 80 % of the knee, every way and size mixed: nothing failed or wrong, memory flat",
    "./dev faults soak",
    slow=True,
)(fault_goals.soak)


@goal("eleventh", "a new function is one struct and one list entry", "ctest -R added", slow=True)
def eleventh():
    return ctest("^added")


@goal("tests", "./dev test passes within 20 minutes", "./dev test", slow=True)
def tests():
    return passing(20, "./dev", "test")


@goal("asan", "address and undefined sanitizers over the whole suite", "./dev test --asan", slow=True)
def asan():
    return passing(60, "./dev", "test", "--asan")


@goal("tsan", "thread sanitizer over the whole suite", "./dev test --tsan", slow=True)
def tsan():
    return passing(60, "./dev", "test", "--tsan")


goal("startup", "a server without a GPU is ready within 150 ms of its start, 20 of 20 times", "scripts/startup.py")(
    release_goals.startup
)

goal(
    "package",
    "the .deb serves in a bare Debian under its own user, keeps settings over an upgrade, is purged without a trace",
    "./dev package --trial",
    slow=True,
)(release_goals.package)

goal(
    "image",
    "both images build and a running container of each answers, on a machine without a GPU too",
    "./dev image; ./dev image cuda",
    slow=True,
)(deploy_goals.images)

goal(
    "manifests",
    "every manifest renders, obeys its schema and starts a server",
    "ctest -R 'deploy.manifests|deploy.config'",
)(deploy_goals.manifests)

goal(
    "alerts",
    "every alert fires on its trouble and on nothing else",
    "promtool test rules deploy/prometheus/rules_test.yml",
)(deploy_goals.alerts)


def main(arguments):
    everything = "--all" in arguments
    names = [argument for argument in arguments if argument != "--all"]
    unknown = set(names) - {row[0] for row in ROWS}
    if unknown:
        sys.exit(f"there is no goal {', '.join(sorted(unknown))}; goals: {', '.join(r[0] for r in ROWS)}")
    missed = 0
    for name, text, command, slow, measure in ROWS:
        if (names and name not in names) or (slow and not everything and not names):
            continue
        try:
            figure, met = measure()
        except (RuntimeError, OSError, KeyError, ValueError) as error:
            figure, met = f"not measured: {error}", False
        missed += not met
        print(f"{'met' if met else 'MISSED':7} {name:11} {text}", flush=True)
        print(f"{'':19} {figure}\n{'':19} by: {command}", flush=True)
    print(f"\n{missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
