"""Messages and calls learnt from a server's reflection; no generated code."""

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)


class ReflectionClient:
    def __init__(self, address, credentials=None, teacher=None):
        """Learns from the server at `teacher`, in the clear, where `address` has no reflection."""
        if credentials:
            self._channel = grpc.secure_channel(address, credentials)
        else:
            self._channel = grpc.insecure_channel(address)
        self._teacher = grpc.insecure_channel(teacher) if teacher else self._channel
        self._database = ProtoReflectionDescriptorDatabase(self._teacher)
        self._pool = descriptor_pool.DescriptorPool(self._database)

    def services(self):
        return sorted(self._database.get_services())

    def message(self, name, **fields):
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(name))(**fields)

    def call(self, method, request_fields=None, timeout=30):
        """Calls `package.Service/Method`; returns the reply or raises grpc.RpcError."""
        request, reply = self._messages(method)
        stub = self._channel.unary_unary(
            "/" + method,
            request_serializer=request.SerializeToString,
            response_deserializer=reply.FromString,
        )
        return stub(request(**(request_fields or {})), timeout=timeout)

    def stream(self, method, requests_fields, timeout=30):
        """Sends all requests on one stream; returns the replies once it has ended."""
        return list(self.open_stream(method, requests_fields, timeout))

    def open_stream(self, method, requests_fields, timeout=30):
        """The same, the replies one by one as they come."""
        request, reply = self._messages(method)
        stub = self._channel.stream_stream(
            "/" + method,
            request_serializer=request.SerializeToString,
            response_deserializer=reply.FromString,
        )
        return stub((request(**fields) for fields in requests_fields), timeout=timeout)

    def _messages(self, method):
        service, name = method.split("/")
        described = self._pool.FindServiceByName(service).FindMethodByName(name)
        types = described.input_type, described.output_type
        return [message_factory.GetMessageClass(type) for type in types]

    def close(self):
        self._channel.close()
        self._teacher.close()
