#!/usr/bin/env python3
"""Times PyTorch's own kernels on this machine's GPU as activation-cuda-bench times ours: shares of a copy on the device.

Forward writes a fresh tensor of PyTorch's allocator; a gradient is what its autograd calls, of x or of what the forward pass
kept. Medians of nine rounds by CUDA events.
"""

import statistics
import sys

import torch

ROUNDS = 9
BYTES = 1 << 30
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


def main():
    if not torch.cuda.is_available():
        sys.exit("pytorch_cuda.py: this PyTorch finds no GPU")
    source = torch.full((BYTES // 4,), 0.05, device="cuda")
    target = torch.empty_like(source)
    copy = 2 * BYTES / seconds(lambda: target.copy_(source))
    del source, target
    print(f"PyTorch {torch.__version__} on {torch.cuda.get_device_name()}: a copy moves {copy / 1e12:.2f} TB/s. Shares of that:\n")
    types = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
    print("| | " + " | ".join(f"{name} forward | gradient" for name in types) + " |")
    print("|---" * (1 + 2 * len(types)) + "|")
    for name, (forward, gradient) in FUNCTIONS.items():
        cells = []
        for dtype in types.values():
            x = torch.full((BYTES // dtype.itemsize,), 0.05, device="cuda", dtype=dtype)
            dy = torch.full_like(x, 0.05)
            cells.append(f"{2 * BYTES / seconds(lambda: forward(x)) / copy:.3f}")
            cells.append("" if gradient is None else f"{3 * BYTES / seconds(lambda: gradient(dy, x)) / copy:.3f}")
            del x, dy
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


main()
