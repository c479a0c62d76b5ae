"""Messages and calls learnt from a server's reflection; no generated code."""

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)


class ReflectionClient:
    def __init__(self, address):
        self._channel = grpc.insecure_channel(address)
        self._database = ProtoReflectionDescriptorDatabase(self._channel)
        self._pool = descriptor_pool.DescriptorPool(self._database)

    def services(self):
        return sorted(self._database.get_services())

    def message(self, name, **fields):
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(name))(**fields)

    def call(self, method, request_fields=None, timeout=30):
        """Calls `package.Service/Method`; returns the reply or raises grpc.RpcError."""
        service, name = method.split("/")
        described = self._pool.FindServiceByName(service).FindMethodByName(name)
        request = message_factory.GetMessageClass(described.input_type)(**(request_fields or {}))
        stub = self._channel.unary_unary(
            "/" + method,
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=message_factory.GetMessageClass(
                described.output_type
            ).FromString,
        )
        return stub(request, timeout=timeout)

    def close(self):
        self._channel.close()
