#!/usr/bin/env python3
"""Makes the demo's tensor and judges what came back; needs nothing but Python.

  tensor.py make X.npy              writes 1,000,003 float32 values
  tensor.py check X.npy Y.npy DX.npy  compares gelu(x) and gelu'(x) with a reference

The reference is GELU's definition in double precision, through the C library's
erfc, and shares no code with the product. Exit code 1 when any element is more
than 0.51 units in the last place (ULP) from it.
"""

import array
import math
import random
import struct
import sys

COUNT = 1_000_003
LIMIT_ULP = 0.51
MAGIC = b"\x93NUMPY\x01\x00"
SHOWN = (-10.0, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0)


def make(path):
    generator = random.Random(20160627)
    values = array.array("f", SHOWN)
    # Half as a network sees them, half over the whole range in which GELU is neither 0 nor x.
    values.extend(generator.gauss(0, 1) for _ in range(COUNT // 2))
    values.extend(generator.uniform(-13, 7) for _ in range(COUNT - len(values)))
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({COUNT},), }}"
    header += " " * (-(len(MAGIC) + 3 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(MAGIC + struct.pack("<H", len(header)) + header.encode() + values.tobytes())


def read(path):
    with open(path, "rb") as file:
        content = file.read()
    if content[:6] != MAGIC[:6]:
        sys.exit(f"{path}: not a .npy file")
    (length,) = struct.unpack_from("<H", content, 8)
    header = content[10 : 10 + length].decode()
    if "'<f4'" not in header or f"({COUNT},)" not in header:
        sys.exit(f"{path}: expected {COUNT} values of float32, found {header.strip()}")
    return array.array("f", content[10 + length :])


def gelu(x):
    return 0.5 * x * math.erfc(-x / math.sqrt(2))


def gelu_gradient(x):
    density = math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return 0.5 * math.erfc(-x / math.sqrt(2)) + x * density


def ulp_of(value):
    """The gap between neighbouring float32 numbers at `value`."""
    if value == 0:
        return 2.0**-149
    return 2.0 ** max(math.frexp(value)[1] - 24, -149)


def max_error(inputs, outputs, function):
    """The largest error in ULP, and the input where it is."""
    worst, where = 0.0, 0.0
    for x, y in zip(inputs, outputs):
        true = function(x)
        error = abs(y - true) / ulp_of(true)
        if not error <= worst:  # also when y is NaN
            worst, where = error, x
            if math.isnan(error):
                break
    return worst, where


def check(x_path, y_path, dx_path):
    inputs, outputs, gradients = read(x_path), read(y_path), read(dx_path)
    title = "  {:>8}  {:>16}  {:>24}  {:>16}  {:>24}"
    print(title.format("x", "gelu(x)", "reference", "gelu'(x)", "reference"))
    for index in range(len(SHOWN)):
        x = inputs[index]
        print(
            f"  {x:8g}  {outputs[index]:16.9g}  {gelu(x):24.17g}"
            f"  {gradients[index]:16.9g}  {gelu_gradient(x):24.17g}"
        )
    good = True
    for name, found, function in (
        ("gelu", outputs, gelu),
        ("gradient", gradients, gelu_gradient),
    ):
        worst, where = max_error(inputs, found, function)
        good = good and worst <= LIMIT_ULP
        print(f"  {name:8}  {COUNT:,} elements, max error {worst:.4f} ULP at x = {where:.9g}")
    if not good:
        sys.exit(f"WRONG: an error above {LIMIT_ULP} ULP")


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "make":
        make(arguments[1])
    elif len(arguments) == 4 and arguments[0] == "check":
        check(*arguments[1:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
