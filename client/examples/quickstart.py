"""GELU of three numbers on a NumPy array, by the service at argv[1].

pip install ./client/python
"""

import sys

import activation as act
import numpy as np

act.connect(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051")
x = np.array([-1, 0, 1], np.float32)
for value, y in zip(x, act.gelu(x), strict=True):
    print(f"gelu({value:g}) = {y:.6g}")
