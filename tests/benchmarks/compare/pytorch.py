#!/usr/bin/env python3
"""Times our f32 kernels beside PyTorch's in its own process, in turns, and prints lines of JSON as activation-compare.

usage: pytorch.py LIBRARY [--threads=N] [--elements=N] [--rounds=N] [--function=NAME]     LIBRARY is libactivation-kernels.so

Both write into tensors that are there already, where PyTorch can. A gradient is what its autograd calls: where that
takes what the forward pass kept instead of x, "whole_ns" is the time of both passes, which is what the derivative
costs from x, as our kernels take it. Every call is made from Python; what it costs on tensors of no elements is taken
off.
"""

import argparse
import ctypes
import functools
import itertools
import json
import math
import os
import time

import torch

aten = torch.ops.aten


class Request(ctypes.Structure):
    _fields_ = [
        ("function", ctypes.c_char_p),
        ("gradient", ctypes.c_bool),
        ("fast", ctypes.c_bool),
        ("threads", ctypes.c_int),
        ("count", ctypes.c_size_t),
        ("row_length", ctypes.c_size_t),
        ("x", ctypes.c_void_p),
        ("dy", ctypes.c_void_p),
        ("out", ctypes.c_void_p),
    ]


class Kernels:
    """Our kernels."""

    def __init__(self, path, threads):
        library = ctypes.CDLL(path)
        self._prepare = library.ActivationPrepare
        self._prepare.restype = ctypes.c_void_p
        self._run = library.ActivationRun
        self._run.restype = None
        self._threads = threads

    def prepare(self, function, gradient, fast, x, dy, out):
        request = Request(function.encode(), gradient, fast, self._threads, x.numel(), x.shape[-1], x.data_ptr(),
                          dy.data_ptr(), out.data_ptr())
        work = self._prepare(ctypes.byref(request))
        if not work:
            raise ValueError(f"there is no function {function}")
        return functools.partial(self._run, ctypes.c_void_p(work))


# Row-wise functions get rows as long as those of activation-compare, others one row.
ROW_LENGTHS = {"softmax": (64, 256, 1024), "log_softmax": (64, 256, 1024)}


# f(x) into y, as PyTorch offers it with an output; softsign and tanhshrink are expressions of theirs without one.
FORWARD = {
    "sigmoid": lambda x, y: torch.sigmoid(x, out=y),
    "tanh": lambda x, y: torch.tanh(x, out=y),
    "relu": lambda x, y: aten.relu.out(x, out=y),
    "relu6": lambda x, y: aten.hardtanh.out(x, 0, 6, out=y),
    "leaky_relu": lambda x, y: aten.leaky_relu.out(x, 0.01, out=y),
    "silu": lambda x, y: aten.silu.out(x, out=y),
    "gelu": lambda x, y: aten.gelu.out(x, out=y),
    "gelu_tanh": lambda x, y: aten.gelu.out(x, approximate="tanh", out=y),
    "hard_tanh": lambda x, y: aten.hardtanh.out(x, -1, 1, out=y),
    "clip": lambda x, y: torch.clamp(x, -1, 1, out=y),
    "threshold": lambda x, y: aten.threshold.out(x, 1, 0, out=y),
    "hard_sigmoid": lambda x, y: aten.hardsigmoid.out(x, out=y),
    "hard_swish": lambda x, y: aten.hardswish.out(x, out=y),
    "softshrink": lambda x, y: aten.softshrink.out(x, 0.5, out=y),
    "hardshrink": lambda x, y: aten.hardshrink.out(x, 0.5, out=y),
    "elu": lambda x, y: aten.elu.out(x, out=y),
    "celu": lambda x, y: aten.elu.out(x, out=y),
    "selu": lambda x, y: aten.elu.out(x, 1.6732632423543772, 1.0507009873554805, out=y),
    "softsign": lambda x, _: torch.nn.functional.softsign(x),
    "square": lambda x, y: torch.square(x, out=y),
    "abs": lambda x, y: torch.abs(x, out=y),
    "exp": lambda x, y: torch.exp(x, out=y),
    "expm1": lambda x, y: torch.expm1(x, out=y),
    "mish": lambda x, y: aten.mish.out(x, out=y),
    "softplus": lambda x, y: aten.softplus.out(x, out=y),
    "log_sigmoid": lambda x, y: aten.log_sigmoid.out(x, out=y),
    "tanhshrink": lambda x, _: torch.nn.functional.tanhshrink(x),
    "log1p": lambda x, y: torch.log1p(x, out=y),
    "erf": lambda x, y: torch.erf(x, out=y),
    "softmax": lambda x, y: aten._softmax.out(x, -1, False, out=y),
    "log_softmax": lambda x, y: aten._log_softmax.out(x, -1, False, out=y),
}

# dy * f'(x) into dx from x: PyTorch's backward kernel or, where it has none, the operations that derivatives.yaml
# names for autograd.
GRADIENT = {
    "relu": lambda dy, x, dx: aten.threshold_backward.grad_input(dy, x, 0, grad_input=dx),
    "relu6": lambda dy, x, dx: aten.hardtanh_backward.grad_input(dy, x, 0, 6, grad_input=dx),
    "leaky_relu": lambda dy, x, dx: aten.leaky_relu_backward.grad_input(dy, x, 0.01, False, grad_input=dx),
    "silu": lambda dy, x, dx: aten.silu_backward.grad_input(dy, x, grad_input=dx),
    "gelu": lambda dy, x, dx: aten.gelu_backward.grad_input(dy, x, grad_input=dx),
    "gelu_tanh": lambda dy, x, dx: aten.gelu_backward.grad_input(dy, x, approximate="tanh", grad_input=dx),
    "hard_tanh": lambda dy, x, dx: aten.hardtanh_backward.grad_input(dy, x, -1, 1, grad_input=dx),
    "clip": lambda dy, x, _: torch.where((x >= -1).logical_and_(x <= 1), dy, 0),
    "threshold": lambda dy, x, dx: aten.threshold_backward.grad_input(dy, x, 1, grad_input=dx),
    "hard_sigmoid": lambda dy, x, dx: aten.hardsigmoid_backward.grad_input(dy, x, grad_input=dx),
    "hard_swish": lambda dy, x, dx: aten.hardswish_backward.out(dy, x, out=dx),
    "softshrink": lambda dy, x, dx: aten.softshrink_backward.grad_input(dy, x, 0.5, grad_input=dx),
    "hardshrink": lambda dy, x, dx: aten.hardshrink_backward.grad_input(dy, x, 0.5, grad_input=dx),
    "elu": lambda dy, x, dx: aten.elu_backward.grad_input(dy, 1, 1, 1, False, x, grad_input=dx),
    "celu": lambda dy, x, dx: aten.elu_backward.grad_input(dy, 1, 1, 1, False, x, grad_input=dx),
    "selu": lambda dy, x, dx: aten.elu_backward.grad_input(dy, 1.6732632423543772, 1.0507009873554805, 1, False, x,
                                                          grad_input=dx),
    "square": lambda dy, x, dx: torch.mul(dy, x * 2, out=dx),
    "abs": lambda dy, x, dx: torch.mul(dy, x.sgn(), out=dx),
    "mish": lambda dy, x, _: aten.mish_backward(dy, x),
    "softplus": lambda dy, x, dx: aten.softplus_backward.grad_input(dy, x, 1, 20, grad_input=dx),
    "log1p": lambda dy, x, dx: torch.div(dy, x + 1, out=dx),
    "erf": lambda dy, x, dx: torch.mul(dy, 2 / math.sqrt(math.pi) * torch.exp(-x.pow(2)), out=dx),
}

# The same from what the forward pass kept: y, and a buffer of log_sigmoid's.
GRADIENT_FROM_KEPT = {
    "sigmoid": lambda dy, _, y, dx: aten.sigmoid_backward.grad_input(dy, y, grad_input=dx),
    "tanh": lambda dy, _, y, dx: aten.tanh_backward.grad_input(dy, y, grad_input=dx),
    "exp": lambda dy, _, y, dx: torch.mul(dy, y, out=dx),
    "expm1": lambda dy, _, y, dx: torch.mul(dy, y + 1, out=dx),
    "log_sigmoid": lambda dy, x, kept, dx: aten.log_sigmoid_backward.grad_input(dy, x, kept, grad_input=dx),
    "softmax": lambda dy, _, y, dx: aten._softmax_backward_data.out(dy, y, -1, torch.float32, grad_input=dx),
    "log_softmax": lambda dy, _, y, dx: aten._log_softmax_backward_data.out(dy, y, -1, torch.float32, out=dx),
}


def kept_by(function, x, y):
    if function == "log_sigmoid":
        return aten.log_sigmoid_forward(x)[1]
    return FORWARD[function](x, y)


def seconds_of(work, runs):
    begin = time.perf_counter()
    for _ in itertools.repeat(None, runs):
        work()
    return time.perf_counter() - begin


def race(contenders, rounds, threads):
    """The least seconds of a call of each, over rounds of turns."""
    least = [math.inf] * len(contenders)
    runs = []
    for work in contenders:
        work()
        runs.append(max(1, int(100e-6 / seconds_of(work, 1))))
    for _ in range(rounds):
        for i, work in enumerate(contenders):
            if threads > 1:  # OpenMP's threads look out for more work for some milliseconds
                time.sleep(0.01)
            work()
            least[i] = min(least[i], seconds_of(work, runs[i]) / runs[i])
    return least


def tensors(count, pages_between):
    """x, dy and two outputs, which begin on pages as those of activation-compare."""
    step = count + pages_between * 1024
    room = torch.empty(4 * step + 1024)
    skip = -room.data_ptr() % 4096 // 4
    x, dy, out, y = (room[skip + i * step : skip + i * step + count] for i in range(4))
    place = torch.arange(count)
    x.copy_((place * 7919 % 16384) * (16 / 16384) - 8)
    dy.copy_((place % 17) / 8 - 1)
    return x, dy, out, y


class Comparison:
    def __init__(self, options):
        self._options = options
        self._kernels = Kernels(os.path.abspath(options.library), options.threads)
        # Of each contender the best place counts.
        self._places = [tensors(options.elements, pages) for pages in (0, 1, 2, 3, 5)]
        self._empty = tensors(0, 0)

    def nanoseconds(self, function, gradient, peer, row):
        """Of an element in FAST, in EXACT and in each work that `peer` makes of tensors."""
        times = []
        for place in (*self._places, self._empty):
            x, dy, out, y = (t.view(t.numel() // row, row) if row else t for t in place)
            contenders = [self._kernels.prepare(function, gradient, fast, x, dy, out) for fast in (True, False)]
            contenders += peer(x, dy, out, y)
            times.append(race(contenders, self._options.rounds // len(self._places), self._options.threads))
        *places, calls = times
        return [(min(full) - call) * 1e9 / self._options.elements for full, call in zip(zip(*places), calls)]

    def report(self, function, gradient, peer, row):
        fast, exact, theirs, *forward = self.nanoseconds(function, gradient, peer, row)
        record = {
            "peer": f"PyTorch {torch.__version__.split('+', maxsplit=1)[0]}",
            "threads": self._options.threads,
            "elements": self._options.elements,
            "function": function,
            "direction": "gradient" if gradient else "forward",
            "peer_ns": theirs,
            "fast_ns": fast,
            "exact_ns": exact,
        }
        if row:
            record["row"] = row
        if forward:
            record["whole_ns"] = theirs + forward[0]
        print(json.dumps(record), flush=True)

    def run(self):
        for function in FORWARD if self._options.function is None else (self._options.function,):
            for row in ROW_LENGTHS.get(function, (None,)):
                self.report_both(function, row)

    def report_both(self, function, row):
        forward = FORWARD[function]
        self.report(function, False, lambda x, dy, out, y: [lambda: forward(x, out)], row)
        if function in GRADIENT:
            backward = GRADIENT[function]
            self.report(function, True, lambda x, dy, out, y: [lambda: backward(dy, x, out)], row)
        if function in GRADIENT_FROM_KEPT:
            self.report(function, True, functools.partial(self.both_passes, function), row)

    @staticmethod
    def both_passes(function, x, dy, out, y):
        kept = kept_by(function, x, y)
        backward = GRADIENT_FROM_KEPT[function]
        return [lambda: backward(dy, x, kept, out), lambda: FORWARD[function](x, y)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library")
    parser.add_argument("--threads", type=int, default=1, help="of each contender, 0 for all")
    parser.add_argument("--elements", type=int, default=65536)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--function", choices=FORWARD, help="only this one")
    options = parser.parse_args()
    options.threads = options.threads or len(os.sched_getaffinity(0))
    torch.set_num_threads(options.threads)
    with torch.no_grad():
        Comparison(options).run()


if __name__ == "__main__":
    main()
