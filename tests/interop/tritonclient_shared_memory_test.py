"""The real tritonclient with tensors in system shared memory."""

import os
import queue
import unittest

import numpy
import tritonclient.grpc as triton
from triton_case import DTYPES, DY, X, TritonCase, result_bytes, tensor, typed
from tritonclient.utils import shared_memory


class TritonSharedMemoryTest(TritonCase):
    def test_system_shared_memory(self):
        for datatype in DTYPES:
            with self.subTest(datatype=datatype):
                self.check_shared_memory(typed(X, datatype), typed(DY, datatype), datatype)

    def region(self, name, size):
        key = f"/activation-{name}-{os.getpid()}"
        handle = shared_memory.create_shared_memory_region(name, key, size)
        self.addCleanup(shared_memory.destroy_shared_memory_region, handle)
        return handle, key

    def check_shared_memory(self, x, dy, datatype):
        size = x.nbytes
        handle, key = self.region(f"region_{datatype}", 3 * size)
        name = f"region_{datatype}"
        shared_memory.set_shared_memory_region(handle, [x.view(numpy.uint8)])
        self.client.register_system_shared_memory(name, key, 3 * size)
        status = self.client.get_system_shared_memory_status(name).regions[name]
        self.assertEqual((status.key, status.byte_size, status.offset), (key, 3 * size, 0))
        infer_input = triton.InferInput("x", list(x.shape), datatype)
        infer_input.set_shared_memory(name, size)
        output = triton.InferRequestedOutput("y")
        output.set_shared_memory(name, size, 2 * size)
        result = self.client.infer("gelu", [infer_input], outputs=[output])
        self.assertEqual(list(result.get_response().raw_output_contents), [b""])
        written = shared_memory.get_contents_as_numpy(handle, numpy.uint8, [3 * size])
        self.assertEqual(written[2 * size :].tobytes(), self.own_forward("gelu", x, datatype))
        # x in shared memory, dy in the message, dx in the reply.
        result = self.client.infer(
            "gelu_gradient", [infer_input, tensor("dy", dy, datatype)]
        )
        own = self.own_gradient("gelu", x, dy, datatype)
        self.assertEqual(result_bytes(result, "dx"), own)
        self.client.unregister_system_shared_memory(name)
        self.refused(
            "NOT_FOUND", "shared_memory_region", self.client.infer, "gelu", [infer_input]
        )

    def test_streamed_request_in_and_out_of_shared_memory(self):
        x = typed(X, "FP32")
        handle, key = self.region("streamed", 2 * x.nbytes)
        shared_memory.set_shared_memory_region(handle, [x])
        replies = queue.Queue()
        with triton.InferenceServerClient(self.server.address) as client:
            client.register_system_shared_memory("streamed", key, 2 * x.nbytes)
            client.start_stream(callback=lambda result, error: replies.put((result, error)))
            infer_input = triton.InferInput("x", list(x.shape), "FP32")
            infer_input.set_shared_memory("streamed", x.nbytes)
            output = triton.InferRequestedOutput("y")
            output.set_shared_memory("streamed", x.nbytes, x.nbytes)
            client.async_stream_infer("gelu", [infer_input], outputs=[output])
            result, error = replies.get(timeout=60)
            client.stop_stream()
            self.assertIsNone(error)
            self.assertEqual(list(result.get_response().raw_output_contents), [b""])
            written = shared_memory.get_contents_as_numpy(handle, numpy.uint8, [2 * x.nbytes])
            own = self.own_forward("gelu", x, "FP32")
            self.assertEqual(written[x.nbytes :].tobytes(), own)
            client.unregister_system_shared_memory("streamed")

    def test_a_restarted_client_has_its_name_again(self):
        def start():
            """A client on a connection of its own that begins as they do."""
            arguments = [("grpc.use_local_subchannel_pool", 1)]
            client = triton.InferenceServerClient(self.server.address, channel_args=arguments)
            client.unregister_system_shared_memory()
            handle = shared_memory.create_shared_memory_region("restarted", key, 1024)
            client.register_system_shared_memory("restarted", key, 1024)
            return client, handle

        key = f"/activation-restarted-{os.getpid()}"
        for _ in range(3):
            client, handle = start()
            infer_input = triton.InferInput("x", [4], "FP32")
            infer_input.set_shared_memory("restarted", 16)
            client.infer("gelu", [infer_input])
            # It ends without a word to the server.
            client.close()
            shared_memory.destroy_shared_memory_region(handle)

    def test_shared_memory_errors(self):
        handle, key = self.region("errors", 1024)
        self.client.register_system_shared_memory("errors", key, 1024)
        register = self.client.register_system_shared_memory
        self.refused("ALREADY_EXISTS", "name", register, "errors", key, 1024)
        self.refused("INVALID_ARGUMENT", "byte_size", register, "large", key, 1025)
        self.refused("INVALID_ARGUMENT", "key", register, "foreign", "/elsewhere", 1024)
        self.refused("NOT_FOUND", "key", register, "absent", key + "x", 1024)
        status = self.client.get_system_shared_memory_status
        self.refused("NOT_FOUND", "name", status, "never")
        self.client.unregister_system_shared_memory("never")
        infer_input = triton.InferInput("x", [4], "FP32")
        infer_input.set_shared_memory("errors", 16, 1020)
        self.refused(
            "INVALID_ARGUMENT", "shared_memory_offset", self.client.infer, "gelu", [infer_input]
        )
        # What another connection cleans up is its own; it sees no others either.
        arguments = [("grpc.use_local_subchannel_pool", 1)]
        with triton.InferenceServerClient(
            self.server.address, channel_args=arguments
        ) as another:
            self.assertEqual(len(another.get_system_shared_memory_status().regions), 0)
            another.unregister_system_shared_memory()
            another.unregister_system_shared_memory("errors")
            infer_input = triton.InferInput("x", [4], "FP32")
            infer_input.set_shared_memory("errors", 16)
            another.infer("gelu", [infer_input])
        self.assertEqual(len(status().regions), 1)
        self.client.unregister_system_shared_memory()
        self.assertEqual(len(status().regions), 0)


if __name__ == "__main__":
    unittest.main()
