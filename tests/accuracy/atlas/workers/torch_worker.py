#!/usr/bin/env python3
"""PyTorch on the CPU, one thread. Modes: default, and wide: in double, then rounded to float."""

import functools

import torch
from torch.nn import functional as F

import worker

TYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}

# How each is called, with x for the input.
CALLS = {
    "sigmoid": "torch.sigmoid(x)",
    "tanh": "torch.tanh(x)",
    "relu": "F.relu(x)",
    "relu6": "F.relu6(x)",
    "leaky_relu": "F.leaky_relu(x, 0.009999999776482582)",
    "silu": "F.silu(x)",
    "gelu": "F.gelu(x)",
    "gelu_tanh": "F.gelu(x, approximate='tanh')",
    "hard_tanh": "F.hardtanh(x)",
    "clip": "torch.clamp(x, -1, 1)",
    "threshold": "F.threshold(x, 1, 0)",
    "hard_sigmoid": "F.hardsigmoid(x)",
    "hard_swish": "F.hardswish(x)",
    "softshrink": "F.softshrink(x)",
    "hardshrink": "F.hardshrink(x)",
    "elu": "F.elu(x)",
    "celu": "F.celu(x)",
    "selu": "F.selu(x)",
    "softsign": "F.softsign(x)",
    "square": "torch.square(x)",
    "abs": "torch.abs(x)",
    "exp": "torch.exp(x)",
    "expm1": "torch.expm1(x)",
    "mish": "F.mish(x)",
    "softplus": "F.softplus(x)",
    "log_sigmoid": "F.logsigmoid(x)",
    "tanhshrink": "F.tanhshrink(x)",
    "log1p": "torch.log1p(x)",
    "erf": "torch.erf(x)",
}


def main():
    mode, memory = worker.arguments()
    torch.set_num_threads(1)
    half = len(memory) // 2
    one = functools.lru_cache(torch.ones)  # pylint: disable=no-member

    def tensors(dtype, count):
        size = count * dtype.itemsize
        return (torch.frombuffer(memory, dtype=dtype, count=count),
                torch.frombuffer(memory, dtype=dtype, count=count, offset=half)[: size // dtype.itemsize])

    def forward(function, dtype, count):
        x, out = tensors(dtype, count)
        with torch.no_grad():
            out.copy_(function(x.double() if mode == "wide" else x))

    def gradient(function, dtype, count):
        x, out = tensors(dtype, count)
        x = (x.double() if mode == "wide" else x).detach().requires_grad_()
        out.copy_(torch.autograd.grad(function(x), x, one(count, dtype=x.dtype))[0])

    functions = {}
    for name, call in CALLS.items():
        function = eval("lambda x: " + call)  # pylint: disable=eval-used
        # double -> 16 bits goes by way of float in PyTorch, and would round twice.
        for dtype in ("f32",) if mode == "wide" else worker.DTYPES:
            for direction, compute in (("forward", forward), ("gradient", gradient)):
                evaluate = functools.partial(compute, function, TYPES[dtype])
                try:
                    evaluate(64)
                except (RuntimeError, NotImplementedError):
                    continue  # this release does not have it
                written = call.replace("(x", "(x.double()", 1) + ".float()" if mode == "wide" else call
                functions[f"{name} {direction} {dtype}"] = (
                    written + (", torch.autograd.grad with dy = 1" if direction == "gradient" else ""), evaluate)
    worker.serve({"library": "PyTorch", "version": torch.__version__, "mode": mode,
                  "options": f"one thread, CPU capability {torch.backends.cpu.get_cpu_capability()}, "
                             f"flush_denormal off"
                             + (", in double and rounded to float at the end" if mode == "wide" else "")}, functions)


main()
