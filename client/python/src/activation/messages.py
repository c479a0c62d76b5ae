"""The contract's messages, made from the descriptor set that the wheel carries.

In a pool of their own: whoever generated code from activation.proto may import it beside.
"""

from importlib import resources
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "activation.v1"
SERVICE = f"{PACKAGE}.ActivationService"


def _pool() -> descriptor_pool.DescriptorPool:
    contract = resources.files(__package__).joinpath("contract.binpb").read_bytes()
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(contract).file:
        pool.Add(file)
    return pool


_POOL = _pool()


def _message(name: str) -> Any:
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{PACKAGE}.{name}"))


def enum_numbers(name: str) -> dict[str, int]:
    """The values of an enum by name, as {"TIER_EXACT": 1}."""
    return {
        value.name: value.number for value in _POOL.FindEnumTypeByName(f"{PACKAGE}.{name}").values
    }


Activation = _message("Activation")
Tensor = _message("Tensor")
SharedMemorySlice = _message("SharedMemorySlice")
ForwardItem = _message("ForwardItem")
GradientItem = _message("GradientItem")
ForwardResult = _message("ForwardResult")
GradientResult = _message("GradientResult")
StreamRequest = _message("StreamRequest")
StreamResponse = _message("StreamResponse")
ListFunctionsResponse = _message("ListFunctionsResponse")
GetServerInfoResponse = _message("GetServerInfoResponse")
RegisterSharedMemoryRequest = _message("RegisterSharedMemoryRequest")
RegisterSharedMemoryResponse = _message("RegisterSharedMemoryResponse")
UnregisterSharedMemoryRequest = _message("UnregisterSharedMemoryRequest")
SharedMemoryStatusRequest = _message("SharedMemoryStatusRequest")
SharedMemoryStatusResponse = _message("SharedMemoryStatusResponse")
