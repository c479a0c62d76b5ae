"""GELU of three numbers and its derivative by the Open Inference Protocol, at argv[1].

pip install tritonclient[grpc]
"""

import sys

import numpy as np
import tritonclient.grpc as triton

client = triton.InferenceServerClient(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051")
x = triton.InferInput("x", [3], "FP32")
x.set_data_from_numpy(np.array([-1, 0, 1], np.float32))
# Every function is a model, and so is every gradient.
print("gelu:", client.infer("gelu", [x]).as_numpy("y"))
print("its derivative:", client.infer("gelu_gradient", [x]).as_numpy("dx"))
