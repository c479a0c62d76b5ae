"""What a call costs in Python: the package, the package with shared memory, generated code.

usage: PYTHONPATH=PACKAGE python_client.py BIN
    PACKAGE  where pip has installed client/python
    BIN      the folder of activation-server

Prints two tables, microseconds a call on f32, of several turns the least of their medians: relu in
each of these ways, and calls with statistics beside such without.
"""

import os
import pathlib
import statistics
import sys
import time

import grpc
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/interop"))

SIZES = {256: 1000, 16384: 300, 1 << 20: 20}  # elements: calls a turn
TURNS = 3


def ways(act, client, address, elements):
    """By name a function that makes one call."""
    from activation import messages

    x = np.linspace(-3, 3, elements, dtype=np.float32)
    shared_x, shared_y = client.shared_empty(elements), client.shared_empty(elements)
    shared_x[:] = x
    # The same messages as generated code has, and its way to an array that may be written to.
    request_class, reply_class = (
        messages._message("ForwardRequest"),
        messages._message("ForwardResponse"),
    )
    large = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    forward = grpc.insecure_channel(address, large).unary_unary(
        f"/{messages.SERVICE}/Forward", request_class.SerializeToString, reply_class.FromString
    )

    def generated():
        item = {"activation": {"function": "relu"}}
        item["x"] = {"dtype": 1, "shape": x.shape, "data": x.tobytes()}
        y = forward(request_class(items=[item])).results[0].y
        return np.frombuffer(y.data, np.float32).reshape(y.shape).copy()

    return {
        "package": lambda: client.forward("relu", x),
        "package, shared memory": lambda: client.forward("relu", shared_x, out=shared_y),
        "messages of protobuf": generated,
    }


def ways_with_statistics(act, client, function, elements):
    """A call on inputs from N(0, 1) that asks for nothing besides, and one that asks for statistics."""
    x = np.random.default_rng(0).normal(size=elements).astype(np.float32)
    return {
        "without": lambda: client.forward_batch([act.ForwardItem(function, x)]),
        "with statistics": lambda: client.forward_batch(
            [act.ForwardItem(function, x, statistics=act.Statistics())]
        ),
    }


def least_of_turns(calls, count):
    least = dict.fromkeys(calls, float("inf"))
    for _ in range(TURNS):
        for name, call in calls.items():
            least[name] = min(least[name], median_microseconds(call, count))
    return least


def print_row(first, head, least, is_first):
    if is_first:
        print(f"| {head} |", " | ".join(least), "|")
        print("|---|" + "---|" * len(least))
    print(f"| {first} |", " | ".join(f"{value:,.0f}" for value in least.values()), "|")


def stream_microseconds(client, count):
    """An item of 1 KiB on a stream."""
    x = np.linspace(-3, 3, 256, dtype=np.float32)
    begin = time.perf_counter()
    with client.stream() as stream:
        for _ in range(count):
            stream.forward("relu", x)
    return (time.perf_counter() - begin) / count * 1e6


def median_microseconds(call, count):
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1e6


def main():
    os.environ["ACTIVATION_SERVER"] = str(pathlib.Path(sys.argv[1]) / "activation-server")
    import activation as act
    from server import Server

    with Server("--shared-memory=on") as server, act.Client(server.address) as client:
        for elements, count in SIZES.items():
            least = least_of_turns(ways(act, client, server.address, elements), count)
            size = f"{elements * 4 // 1024} KiB"
            print_row(size, "tensor", least, elements == min(SIZES))
        print()
        for function in ("relu", "gelu"):
            for elements, count in SIZES.items():
                least = least_of_turns(ways_with_statistics(act, client, function, elements), count)
                name = f"{function}, {elements * 4 // 1024} KiB"
                print_row(name, "tensor", least, name == "relu, 1 KiB")
        on_a_stream = min(stream_microseconds(client, 3000) for _ in range(TURNS))
        print(f"\nAn item of 1 KiB on a stream: {on_a_stream:,.0f}")


if __name__ == "__main__":
    main()
