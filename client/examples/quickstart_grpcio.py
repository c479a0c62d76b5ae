"""GELU of three numbers with grpcio and generated code, by the service at argv[1].

pip install grpcio grpcio-tools    # in an environment without ./client/python, whose package is `activation`, too
python -m grpc_tools.protoc -Iproto --python_out=. --grpc_python_out=. activation/v1/activation.proto
PYTHONPATH=. python client/examples/quickstart_grpcio.py
"""

import array
import sys

import grpc
from activation.v1 import activation_pb2, activation_pb2_grpc

channel = grpc.insecure_channel(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:50051")
service = activation_pb2_grpc.ActivationServiceStub(channel)

x = array.array("f", [-1, 0, 1])
item = activation_pb2.ForwardItem(
    activation={"function": "gelu"},
    x={"dtype": activation_pb2.DTYPE_F32, "shape": [len(x)], "data": x.tobytes()},
)
# A request takes many items, each with its own function, dtype and shape.
reply = service.Forward(activation_pb2.ForwardRequest(items=[item]), timeout=10)
for value, y in zip(x, array.array("f", reply.results[0].y.data), strict=True):
    print(f"gelu({value:g}) = {y:.6g}")
