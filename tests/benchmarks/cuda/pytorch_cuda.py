#!/usr/bin/env python3
"""Times PyTorch's own kernels on this machine's GPU as activation-cuda-bench times ours: shares of a copy on the device.

usage: pytorch_cuda.py [FILE]

Forward writes a fresh tensor of PyTorch's allocator; a gradient is what its autograd calls, of x or of what the forward pass
kept. Functions that PyTorch composes of several kernels are left out. Medians of nine rounds by CUDA events, normally
distributed numbers. FILE is what activation-cuda-bench wrote in the same run: then the functions are named at which ours is
slower, FAST where there are two tiers, and those that were not compared; the exit code is 1 if ours is slower at any.
"""

import statistics
import sys
import time

import torch

ROUNDS = 9
BYTES = 1 << 30
# Ours is slower beyond what two measurements of one kernel differ by.
TOLERANCE = 1.02
aten = torch.ops.aten

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def of_rows(extent):
    """softmax and log_softmax of rows of that length, as activation-cuda-bench names them: 4,096 without a number."""
    def call(function):
        return lambda x: function(x.view(-1, extent), -1, False)

    def backward(function):
        return lambda dy, x: function(dy.view(-1, extent), x.view(-1, extent), -1, x.dtype)

    suffix = "" if extent == 4096 else f"/{extent}"
    return {
        f"softmax{suffix}": (call(aten._softmax), backward(aten._softmax_backward_data)),
        f"log_softmax{suffix}": (call(aten._log_softmax), backward(aten._log_softmax_backward_data)),
    }


def channels(x):
    return x.view(-1, 64, 4096)


def slopes(x):
    return x.new_full((1, 64, 1), 0.25)


# Forward of x; gradient of dy and x, where there is one call for it.
FUNCTIONS = {
    "sigmoid": (torch.sigmoid, aten.sigmoid_backward),
    "tanh": (torch.tanh, aten.tanh_backward),
    "relu": (torch.relu, lambda dy, x: aten.threshold_backward(dy, x, 0)),
    "relu6": (lambda x: aten.hardtanh(x, 0, 6), lambda dy, x: aten.hardtanh_backward(dy, x, 0, 6)),
    "leaky_relu": (lambda x: aten.leaky_relu(x, 0.01), lambda dy, x: aten.leaky_relu_backward(dy, x, 0.01, False)),
    "silu": (aten.silu, aten.silu_backward),
    "gelu": (aten.gelu, aten.gelu_backward),
    "gelu_tanh": (lambda x: aten.gelu(x, approximate="tanh"), lambda dy, x: aten.gelu_backward(dy, x, approximate="tanh")),
    "hard_tanh": (lambda x: aten.hardtanh(x, -1, 1), lambda dy, x: aten.hardtanh_backward(dy, x, -1, 1)),
    "clip": (lambda x: torch.clamp(x, -1, 1), None),
    "threshold": (lambda x: aten.threshold(x, 1, 0), lambda dy, x: aten.threshold_backward(dy, x, 1)),
    "elu": (lambda x: aten.elu(x), lambda dy, x: aten.elu_backward(dy, 1, 1, 1, False, x)),
    "celu": (lambda x: aten.celu(x), lambda dy, x: aten.elu_backward(dy, 1, 1, 1, False, x)),
    "selu": (lambda x: aten.selu(x), lambda dy, x: aten.elu_backward(dy, SELU_ALPHA, SELU_SCALE, 1, False, x)),
    "mish": (aten.mish, aten.mish_backward),
    "softplus": (lambda x: aten.softplus(x), lambda dy, x: aten.softplus_backward(dy, x, 1, 20)),
    "log_sigmoid": (aten.log_sigmoid_forward, lambda dy, x: aten.log_sigmoid_backward(dy, x, x.new_empty(0))),
    "softshrink": (lambda x: aten.softshrink(x, 0.5), lambda dy, x: aten.softshrink_backward(dy, x, 0.5)),
    "hardshrink": (lambda x: aten.hardshrink(x, 0.5), lambda dy, x: aten.hardshrink_backward(dy, x, 0.5)),
    "hard_sigmoid": (aten.hardsigmoid, aten.hardsigmoid_backward),
    "hard_swish": (aten.hardswish, aten.hardswish_backward),
    "exp": (torch.exp, None),
    "expm1": (torch.expm1, None),
    "erf": (torch.erf, None),
    "log1p": (torch.log1p, None),
    "square": (torch.square, None),
    "abs": (torch.abs, None),
    "identity": (torch.clone, None),
    # Its gradient writes what the weights' is summed from, too.
    "prelu": (
        lambda x: aten._prelu_kernel(channels(x), slopes(x)),
        lambda dy, x: aten._prelu_kernel_backward(channels(dy), channels(x), slopes(x)),
    ),
    # Results of half as many elements.
    "glu": (
        lambda x: aten.glu(x.view(-1, 4096), -1),
        lambda dy, x: aten.glu_backward(dy[: x.numel() // 2].view(-1, 2048), x.view(-1, 4096), -1),
    ),
    **of_rows(64),
    **of_rows(1024),
    **of_rows(4096),
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


def left_out(theirs, mine):
    """Names of ours, with a quote for the gradient, that were not compared in any type."""
    def names(keys):
        return {f"{function}{chr(39) if direction == 'gradient' else ''}" for function, direction, _ in keys}

    return sorted(names(mine) - names(theirs))


def bytes_moved(name, gradient):
    """Of x, dy and results."""
    results = BYTES // 2 if name == "glu" else BYTES
    return 2 * BYTES + results if gradient else BYTES + results


def measure(theirs):
    """Fills `theirs` and yields the lines of the table."""
    source = torch.randn(BYTES // 4, device="cuda")
    target = torch.empty_like(source)
    # A card that was idle is slower at first.
    end = time.monotonic() + 2
    while time.monotonic() < end:
        seconds(lambda: target.copy_(source))
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
            cells.append(f"{bytes_moved(name, False) / theirs[key] / copy:.3f}")
            if gradient is None:
                cells.append("")
            else:
                key = name, "gradient", type_name
                theirs[key] = seconds(lambda: gradient(dy, x))
                cells.append(f"{bytes_moved(name, True) / theirs[key] / copy:.3f}")
            del x, dy
        yield f"| {name} | " + " | ".join(cells) + " |"


def main():
    if not torch.cuda.is_available():
        sys.exit("pytorch_cuda.py: this PyTorch finds no GPU")
    theirs = {}
    for line in measure(theirs):
        print(line, flush=True)
    if len(sys.argv) > 1:
        mine = ours(sys.argv[1])
        lines = slower(theirs, mine)
        print(f"\n{len(theirs)} kernels compared, ours slower at {len(lines)}.")
        print(f"Not compared: {', '.join(left_out(theirs, mine))}.")
        for line in lines:
            print(f"- slower: {line}")
        sys.exit(1 if lines else 0)


if __name__ == "__main__":
    main()
