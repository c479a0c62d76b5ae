#!/usr/bin/env python3
"""Writes torch_gelu_bf16.bin.gz beside this file: PyTorch's GELU of every bf16 number, in the order of their bits.

What is there was made with PyTorch 2.13.0+cpu, the release that docs/atlas.md tells of, with CPU capability AVX2. With
AVX-512 PyTorch takes another way and other results are wrong.
"""

import gzip
import pathlib

import torch

torch.set_num_threads(1)
x = torch.arange(65536, dtype=torch.int32).to(torch.uint16).view(torch.bfloat16)
y = torch.nn.functional.gelu(x)
# mtime: the same file from the same results.
contents = gzip.compress(bytes(y.view(torch.uint8).tolist()), 9, mtime=0)
pathlib.Path(__file__).with_name("torch_gelu_bf16.bin.gz").write_bytes(contents)
