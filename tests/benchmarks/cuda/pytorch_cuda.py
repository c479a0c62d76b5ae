#!/usr/bin/env python3
"""Times PyTorch's own kernels on this machine's GPU as activation-cuda-bench times ours: shares of a copy on the device.

usage: pytorch_cuda.py [FILE]

Forward writes a fresh tensor of PyTorch's allocator; a gradient is what its autograd calls, of x or of what the forward pass
kept. Medians of nine rounds by CUDA events, normally distributed numbers. FILE is what activation-cuda-bench wrote in the same
run: then the functions are named at which ours is slower, FAST where there are two tiers, and the exit code is 1 if there is
any.
"""

import statistics
import sys

import torch

ROUNDS = 9
BYTES = 1 << 30
# Ours is slower beyond what two measurements of one kernel differ by.
TOLERANCE = 1.02
aten = torch.ops.aten

# Forward of x; gradient of dy and x, where there is one call for it.
FUNCTIONS = {
    "sigmoid": (torch.sigmoid, aten.sigmoid_backward),
    "tanh": (torch.tanh, aten.tanh_backward),
    "relu": (torch.relu, lambda dy, x: aten.threshold_backward(dy, x, 0)),
    "leaky_relu": (lambda x: aten.leaky_relu(x, 0.01), lambda dy, x: aten.leaky_relu_backward(dy, x, 0.01, False)),
    "silu": (aten.silu, aten.silu_backward),
    "gelu": (aten.gelu, aten.gelu_backward),
    "gelu_tanh": (lambda x: aten.gelu(x, approximate="tanh"), lambda dy, x: aten.gelu_backward(dy, x, approximate="tanh")),
    "elu": (lambda x: aten.elu(x), lambda dy, x: aten.elu_backward(dy, 1, 1, 1, False, x)),
    "mish": (aten.mish, aten.mish_backward),
    "softplus": (lambda x: aten.softplus(x), lambda dy, x: aten.softplus_backward(dy, x, 1, 20)),
    "hard_sigmoid": (aten.hardsigmoid, aten.hardsigmoid_backward),
    "hard_swish": (aten.hardswish, aten.hardswish_backward),
    "exp": (torch.exp, None),
    "erf": (torch.erf, None),
    "log1p": (torch.log1p, None),
}
TYPES = {"f32": torch.float32, "f64": torch.float64, "f16": torch.float16, "bf16": torch.bfloat16}


def seconds(call):
    begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    call()
    times = []
    for _ in range(ROUNDS):
        begin.record()
        call()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end) * 1e-3)
    return statistics.median(times)


def ours(path):
    """Seconds by function, direction and type: of the fastest tier."""
    found = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            function, direction, dtype, _, time = line.split()
            key = function, direction, dtype
            found[key] = min(found.get(key, float("inf")), float(time))
    return found


def slower(theirs, mine):
    return [f"{' '.join(key)}: {mine[key] / time:.2f} of PyTorch's time" for key, time in theirs.items()
            if mine[key] > TOLERANCE * time]


def measure(theirs):
    """Fills `theirs` and yields the lines of the table."""
    source = torch.randn(BYTES // 4, device="cuda")
    target = torch.empty_like(source)
    copy = 2 * BYTES / seconds(lambda: target.copy_(source))
    del source, target
    yield f"PyTorch {torch.__version__} on {torch.cuda.get_device_name()}: a copy moves {copy / 1e12:.2f} TB/s. Shares of that:\n"
    yield "| | " + " | ".join(f"{name} forward | gradient" for name in TYPES) + " |"
    yield "|---" * (1 + 2 * len(TYPES)) + "|"
    for name, (forward, gradient) in FUNCTIONS.items():
        cells = []
        for type_name, dtype in TYPES.items():
            x = torch.randn(BYTES // dtype.itemsize, device="cuda", dtype=dtype)
            dy = torch.randn_like(x)
            key = name, "forward", type_name
            theirs[key] = seconds(lambda: forward(x))
            cells.append(f"{2 * BYTES / theirs[key] / copy:.3f}")
            if gradient is None:
                cells.append("")
            else:
                key = name, "gradient", type_name
                theirs[key] = seconds(lambda: gradient(dy, x))
                cells.append(f"{3 * BYTES / theirs[key] / copy:.3f}")
            del x, dy
        yield f"| {name} | " + " | ".join(cells) + " |"


def main():
    if not torch.cuda.is_available():
        sys.exit("pytorch_cuda.py: this PyTorch finds no GPU")
    theirs = {}
    for line in measure(theirs):
        print(line, flush=True)
    if len(sys.argv) > 1:
        lines = slower(theirs, ours(sys.argv[1]))
        print(f"\n{len(theirs)} kernels compared, ours slower at {len(lines)}.")
        for line in lines:
            print(f"- slower: {line}")
        sys.exit(1 if lines else 0)


main()
