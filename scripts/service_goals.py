"""How the scorecard looks at the service as its clients do: what a call costs, what comes back, what is left after faults."""

import ctypes
import json
import math
import os
import sys

import wire_servers
from commands import BIN, ROOT, ctest, in_any_order, run
from goals import goal

sys.path.insert(0, os.path.join(ROOT, "scripts/demo"))
import tensor  # noqa: E402  the demo's reference

# Items and elements of each, as many bytes.
ONE, MANY = (1, 16384), (64, 256)


def client(server, *arguments):
    return run(os.path.join(BIN, "activation-client"), f"--address={server.address}", *arguments)


def calls_per_second(server, items, elements):
    """Of a closed loop with one call in flight, so that it is the cost of a call."""
    report = client(
        server, "bench", f"--items={items}", f"--elements={elements}", "--concurrency=1",
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
    "performance_wire.md",
)
def batch():
    with wire_servers.activation() as server:
        ratios = []
        for _ in range(3):  # in turns, so that the machine's moods hit both
            rates = {shape: calls_per_second(server, *shape) for shape in in_any_order((ONE, MANY))}
            ratios.append(rates[ONE] / rates[MANY])
    ratio = sorted(ratios)[1]
    return f"{ratio:.2f} times, {64 * rates[MANY]:,.0f} items/s with one call in flight", ratio <= 1.5


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
    "accuracy.md",
)
def million():
    folder = os.path.join(ROOT, "build/scorecard")
    os.makedirs(folder, exist_ok=True)
    x_path, y_path = os.path.join(folder, "x.npy"), os.path.join(folder, "y.npy")
    tensor.make(x_path)
    with wire_servers.activation() as server:
        client(server, "forward", "--function=gelu", x_path, "-o", y_path)
    different = undecided = 0
    for x, y in zip(tensor.read(x_path), tensor.read(y_path)):
        true = tensor.gelu(x)
        if y != nearest_f32(true):
            if is_near_tie(true):
                undecided += 1
            else:
                different += 1
    return f"{different} differ of {tensor.COUNT:,} ({undecided} too near a tie to judge)", different == 0


@goal("drain", "SIGTERM under load: every accepted call is answered", "ctest -R ProcessTest.Sig", "testing.md")
def drain():
    return ctest("ProcessTest.Sig")


@goal(
    "kill",
    "kill -9 of a client in a call: memory and gauges return",
    "ctest -R ProcessTest.KilledClients",
    "testing.md",
)
def kill():
    return ctest("ProcessTest.KilledClients")


@goal(
    "secrets",
    "credentials refused and logged without secrets; certificates renewed under load without a failed call",
    "ctest -R 'LogTest|TokenStoreTest|CredentialsTest|TlsTest'",
    "testing.md",
)
def secrets():
    return ctest("LogTest|TokenStoreTest|CredentialsTest|TlsTest")


@goal(
    "regions",
    "shared memory: 10,000 regions come and go under load, their owners cut them, nothing is left and nobody is hurt",
    "ctest -R 'SharedMemory|NamedRegions|PosixRegion'",
    "testing.md",
)
def regions():
    # What Linux may lack beneath them.
    return ctest("SharedMemory|NamedRegions|PosixRegion", may_skip="^PosixRegionTest")


@goal(
    "third-party",
    "tritonclient in every form and perf_analyzer, unary, streaming and over shared memory",
    "ctest -R 'interop.tritonclient|interop.perf_analyzer'",
    "testing.md",
)
def third_party():
    return ctest("interop.tritonclient|interop.perf_analyzer")


@goal(
    "copies",
    "no tensor-sized copy on the way of a unary call: 0 bytes of slices that end between elements",
    "ctest -R 'SlicesTest|SocketTest.ALargeCall'",
    "performance_wire.md",
)
def copies():
    return ctest("SlicesTest|SocketTest.ALargeCall")
