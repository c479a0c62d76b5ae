"""The real tritonclient, in every form it has, gets what the service's own API gives, bit for bit."""

import asyncio
import itertools
import queue
import unittest
import urllib.request

import grpc
import numpy
import tritonclient.grpc as triton
import tritonclient.grpc.aio as triton_aio
from google.protobuf import descriptor_pb2
from server import Server
from triton_case import DTYPES, DY, SERVICE, X, TritonCase, result_bytes, tensor, typed
from tritonclient.grpc import service_pb2


def delimited(field, inside):
    """A field of bytes as it stands on the wire."""
    size, rest = [], len(inside)
    while rest >= 0x80:
        size.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([field << 3 | 2, *size, rest]) + inside


def methods(service):
    return [
        (m.name, m.input_type, m.output_type, m.client_streaming, m.server_streaming)
        for m in service.method
    ]


class TritonClientTest(TritonCase):
    def test_the_contract_is_the_protocols(self):
        theirs = descriptor_pb2.FileDescriptorProto()
        service_pb2.DESCRIPTOR.CopyToProto(theirs)
        ours = descriptor_pb2.FileDescriptorProto()
        pool = self.own._pool
        pool.FindFileContainingSymbol("inference.GRPCInferenceService").CopyToProto(ours)
        self.assertEqual(list(ours.message_type), list(theirs.message_type))
        self.assertEqual(methods(ours.service[0]), methods(theirs.service[0]))

    def test_server_and_models(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())
        self.assertTrue(self.client.is_model_ready("gelu"))
        self.assertTrue(self.client.is_model_ready("gelu_gradient", "1"))
        self.assertFalse(self.client.is_model_ready("gelu", "2"))
        self.assertFalse(self.client.is_model_ready("gelo"))
        metadata = self.client.get_server_metadata()
        self.assertEqual(metadata.name, "activation")
        # What works whole, and no more: models cannot be loaded, so there is no repository.
        self.assertEqual(
            sorted(metadata.extensions),
            ["model_configuration", "statistics", "system_shared_memory"],
        )
        index = self.client.get_model_repository_index().models
        functions = self.own.call(f"{SERVICE}/ListFunctions").functions
        self.assertEqual(
            [model.name for model in index],
            [f.name + suffix for f in functions for suffix in ("", "_gradient")],
        )
        self.assertEqual({model.state for model in index}, {"READY"})

    def test_metadata_and_configuration_agree(self):
        for model, inputs, output in (
            ("gelu", ["x"], "y"),
            ("gelu_gradient", ["x", "dy"], "dx"),
            ("prelu_gradient", ["x", "dy", "weight"], "dx"),
        ):
            metadata = self.client.get_model_metadata(model)
            config = self.client.get_model_config(model).config
            self.assertEqual([tensor.name for tensor in metadata.inputs], inputs)
            self.assertEqual([tensor.name for tensor in config.input], inputs)
            self.assertEqual([tensor.name for tensor in metadata.outputs], [output])
            self.assertEqual([tensor.name for tensor in config.output], [output])
            self.assertEqual(list(metadata.versions), ["1"])
            self.assertEqual(config.max_batch_size, 0)
        self.refused("NOT_FOUND", "name: no model named 'gelo'; did you mean 'gelu'", self.client.get_model_metadata, "gelo")
        self.refused("NOT_FOUND", "version: ", self.client.get_model_config, "gelu", "2")

    def cases(self):
        """Every function in every type and tier: its name, the type, the tier, x, dy and a weight where it takes one."""
        for function in self.own.call(f"{SERVICE}/ListFunctions").functions:
            weighted = function.kind == 2  # FUNCTION_KIND_PER_CHANNEL
            gated = function.kind == 4  # FUNCTION_KIND_GATED, which halve the last axis
            for datatype, tier in itertools.product(DTYPES, ("exact", "fast")):
                x = typed(X, datatype)
                dy = typed(DY[:, : x.shape[1] // (2 if gated else 1)], datatype)
                weight = typed(numpy.linspace(-1, 1, x.shape[1]), datatype) if weighted else None
                yield function.name, datatype, tier, x, dy, weight

    def inputs(self, datatype, **values):
        return [tensor(name, v, datatype) for name, v in values.items() if v is not None]

    def test_every_model_in_every_type_and_tier_equals_the_own_api(self):
        for function, datatype, tier, x, _, weight in self.cases():
            with self.subTest(function=function, datatype=datatype, tier=tier):
                inputs = self.inputs(datatype, x=x, weight=weight)
                result = self.client.infer(
                    function, inputs, request_id="an id", parameters={"tier": tier}
                )
                response = result.get_response()
                self.assertEqual(response.id, "an id")
                self.assertEqual(response.model_name, function)
                self.assertEqual(response.outputs[0].datatype, datatype)
                own = self.own_forward(function, x, datatype, weight, tier=f"TIER_{tier.upper()}")
                self.assertEqual(result_bytes(result, "y"), own)

    def test_every_gradient_in_every_type_and_tier_equals_the_own_api(self):
        for function, datatype, tier, x, dy, weight in self.cases():
            with self.subTest(function=function, datatype=datatype, tier=tier):
                result = self.client.infer(
                    f"{function}_gradient",
                    self.inputs(datatype, dy=dy, x=x, weight=weight),
                    parameters={"tier": tier},
                )
                own = self.own_gradient(
                    function, x, dy, datatype, weight, tier=f"TIER_{tier.upper()}"
                )
                self.assertEqual(result_bytes(result, "dx"), own)

    def test_numpy_in_and_out(self):
        for datatype, (dtype, _) in DTYPES.items():
            with self.subTest(datatype=datatype):
                x, dy = typed(X, datatype), typed(DY, datatype)
                output = triton.InferRequestedOutput("y")
                result = self.client.infer("gelu", [tensor("x", x, datatype)], outputs=[output])
                y = result.as_numpy("y")
                self.assertEqual((y.dtype, y.shape), (dtype, x.shape))
                self.assertEqual(y.tobytes(), self.own_forward("gelu", x, datatype))
                inputs = [tensor("x", x, datatype), tensor("dy", dy, datatype)]
                dx = self.client.infer("gelu_gradient", inputs).as_numpy("dx")
                self.assertEqual((dx.dtype, dx.shape), (dtype, x.shape))
                self.assertEqual(dx.tobytes(), self.own_gradient("gelu", x, dy, datatype))

    def test_parameters(self):
        x = typed(X, "FP32")
        inputs = [tensor("x", x, "FP32")]
        own = self.own_forward("leaky_relu", x, "FP32", parameters={"slope": 0.3})
        for slope in (0.3, "0.3"):
            result = self.client.infer("leaky_relu", inputs, parameters={"slope": slope})
            self.assertEqual(result_bytes(result, "y"), own)
        own = self.own_forward("gelu", x, "FP32", tier="TIER_FAST")
        result = self.client.infer("gelu", inputs, parameters={"tier": "fast"})
        self.assertEqual(result_bytes(result, "y"), own)
        for parameters, field in (
            ({"slope": "steep"}, 'parameters["slope"]'),
            ({"slope": float("inf")}, 'parameters["slope"]'),
            ({"tier": "best"}, 'parameters["tier"]'),
        ):
            self.refused(
                "INVALID_ARGUMENT", field, self.client.infer, "leaky_relu", inputs,
                parameters=parameters,
            )  # fmt: skip

    def test_typed_contents(self):
        call = self.client._channel.unary_unary(
            "/inference.GRPCInferenceService/ModelInfer",
            response_deserializer=service_pb2.ModelInferResponse.FromString,
        )
        for datatype, field in (("FP32", "fp32_contents"), ("FP64", "fp64_contents")):
            x = typed(X, datatype)
            values = x.flatten().tolist()
            request = service_pb2.ModelInferRequest(model_name="gelu")
            contents = request.inputs.add(name="x", datatype=datatype, shape=x.shape).contents
            getattr(contents, field).extend(values)
            own = self.own_forward("gelu", x, datatype)
            reply = call(request.SerializeToString())
            self.assertEqual(reply.raw_output_contents[0], own)
            # In two runs, as an input that was put together of two has them.
            del getattr(contents, field)[50:]
            first = request.inputs[0].SerializeToString()
            rest = service_pb2.InferTensorContents(**{field: values[50:]}).SerializeToString()
            joined = first + delimited(5, rest)
            head = service_pb2.ModelInferRequest(model_name="gelu").SerializeToString()
            reply = call(head + delimited(5, joined))
            self.assertEqual(reply.raw_output_contents[0], own)

    def test_large_tensors(self):
        # They come in many slices, which elements and rows straddle.
        for function, datatype, shape in (
            ("gelu", "FP32", [1, 1_000_003]),
            ("tanh", "FP64", [3, 99_991]),
            ("silu", "BF16", [499_979]),
            ("softmax", "FP32", [311, 1009]),
            ("swiglu", "FP16", [100, 2002]),
        ):
            x = typed(numpy.resize(X, shape), datatype)
            result = self.client.infer(function, [tensor("x", x, datatype)])
            self.assertEqual(result_bytes(result, "y"), self.own_forward(function, x, datatype))
        x = typed(numpy.resize(X, [700_001]), "FP32")
        dy = typed(numpy.resize(DY, [700_001]), "FP32")
        inputs = [tensor("x", x, "FP32"), tensor("dy", dy, "FP32")]
        result = self.client.infer("gelu_gradient", inputs)
        self.assertEqual(result_bytes(result, "dx"), self.own_gradient("gelu", x, dy, "FP32"))

    def test_refusals_before_the_work(self):
        def code(address, message, **options):
            with grpc.insecure_channel(address) as channel:
                call = channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
                with self.assertRaises(grpc.RpcError) as caught:
                    call(message, **options)
            return caught.exception.code().name

        self.assertEqual(code(self.server.address, b"\xff\xff"), "INVALID_ARGUMENT")
        self.assertEqual(code(self.server.address, b""), "NOT_FOUND")
        request = service_pb2.ModelInferRequest(
            model_name="gelu", raw_input_contents=[bytes(1 << 20)]
        )
        request.inputs.add(name="x", datatype="FP32", shape=[1 << 18])
        message = request.SerializeToString()
        with Server("--max-message-bytes=64KiB") as server:
            self.assertEqual(code(server.address, message), "RESOURCE_EXHAUSTED")
        with Server("--max-inflight-bytes=64KiB") as server:
            self.assertEqual(code(server.address, message), "INVALID_ARGUMENT")
            with urllib.request.urlopen(f"http://{server.http_address}/metrics") as page:
                metrics = page.read().decode()
        labels = 'grpc_method="ModelInfer",grpc_service="inference.GRPCInferenceService"'
        labels += ',grpc_type="unary"'
        found = [line for line in metrics.splitlines() if labels in line and line.endswith(" 1")]
        self.assertTrue(any('grpc_code="InvalidArgument"' in line for line in found), found)

    def test_asynchronous(self):
        x = typed(X, "FP32")
        replies = queue.Queue()
        for i in range(50):
            self.client.async_infer(
                "gelu", [tensor("x", x + numpy.float32(i), "FP32")], request_id=str(i),
                callback=lambda result, error: replies.put((result, error)),
            )  # fmt: skip
        for _ in range(50):
            result, error = replies.get(timeout=60)
            self.assertIsNone(error)
            i = int(result.get_response().id)
            own = self.own_forward("gelu", x + numpy.float32(i), "FP32")
            self.assertEqual(result_bytes(result, "y"), own)

    def test_streaming(self):
        x = typed(X, "FP32")
        replies = queue.Queue()
        with triton.InferenceServerClient(self.server.address) as client:
            client.start_stream(callback=lambda result, error: replies.put((result, error)))
            for i in range(50):
                # Every tenth is wrong; the stream goes on.
                model = "gelo" if i % 10 == 9 else "gelu"
                client.async_stream_infer(
                    model, [tensor("x", x + numpy.float32(i), "FP32")], request_id=str(i),
                    enable_empty_final_response=True,
                )  # fmt: skip
            for i in range(50):
                result, error = replies.get(timeout=60)
                if i % 10 == 9:
                    self.assertIn("did you mean 'gelu'", str(error))
                    continue
                self.assertIsNone(error)
                response = result.get_response()
                self.assertEqual(response.id, str(i))
                self.assertTrue(response.parameters["triton_final_response"].bool_param)
                own = self.own_forward("gelu", x + numpy.float32(i), "FP32")
                self.assertEqual(result_bytes(result, "y"), own)
            client.stop_stream()

    def test_asyncio(self):
        x = typed(X, "FP32")
        inputs = [[tensor("x", x + numpy.float32(i), "FP32")] for i in range(20)]
        own = [self.own_forward("gelu", x + numpy.float32(i), "FP32") for i in range(20)]

        async def unary_and_stream():
            async with triton_aio.InferenceServerClient(self.server.address) as client:
                unary = await asyncio.gather(*(client.infer("gelu", each) for each in inputs))

                async def requests():
                    for i, each in enumerate(inputs):
                        # The fifth is wrong; the stream goes on.
                        model = "gelo" if i == 5 else "gelu"
                        yield {"model_name": model, "inputs": each, "request_id": str(i)}

                return unary, [reply async for reply in client.stream_infer(requests())]

        unary, stream = asyncio.run(asyncio.wait_for(unary_and_stream(), timeout=60))
        self.assertEqual([result_bytes(result, "y") for result in unary], own)
        self.assertIn("did you mean 'gelu'", str(stream[5][1]))
        for i, (result, error) in enumerate(stream):
            if i != 5:
                self.assertIsNone(error)
                self.assertEqual(result.get_response().id, str(i))
                self.assertEqual(result_bytes(result, "y"), own[i])
        self.assertEqual(len(stream), len(inputs))

    def test_what_this_server_has_not(self):
        self.refused("UNIMPLEMENTED", "", self.client.load_model, "gelu")
        self.refused("UNIMPLEMENTED", "", self.client.unload_model, "gelu")
        self.refused("UNIMPLEMENTED", "", self.client.get_cuda_shared_memory_status)
        self.refused(
            "UNIMPLEMENTED", "", self.client.register_cuda_shared_memory, "r", b"A" * 64, 0, 64
        )
        self.client.unregister_cuda_shared_memory()
        self.refused("UNIMPLEMENTED", "", self.client.get_trace_settings)
        self.refused("UNIMPLEMENTED", "", self.client.get_log_settings)
        with Server() as server, triton.InferenceServerClient(server.address) as client:
            extensions = client.get_server_metadata().extensions
            self.assertNotIn("system_shared_memory", extensions)
            register = client.register_system_shared_memory
            self.refused("UNIMPLEMENTED", "--shared-memory", register, "r", "/activation-r", 64)

    def test_statistics_count(self):
        def of(model):
            return self.client.get_inference_statistics(model).model_stats[0]

        before = of("hardshrink")
        x = typed(X, "FP32")
        for _ in range(3):
            self.client.infer("hardshrink", [tensor("x", x, "FP32")])
        wrong = [tensor("x", x, "FP32")]
        wrong[0]._raw_content = b"1"
        self.refused("INVALID_ARGUMENT", "x", self.client.infer, "hardshrink", wrong)
        after = of("hardshrink")
        self.assertEqual(after.version, "1")
        self.assertEqual(after.inference_count - before.inference_count, 3)
        self.assertEqual(after.execution_count - before.execution_count, 3)
        stats, old = after.inference_stats, before.inference_stats
        self.assertEqual(stats.success.count - old.success.count, 3)
        self.assertEqual(stats.queue.count - old.queue.count, 3)
        self.assertEqual(stats.fail.count - old.fail.count, 1)
        steps = (stats.queue, stats.compute_input, stats.compute_infer, stats.compute_output)
        self.assertGreater(stats.success.ns, 0)
        self.assertLessEqual(sum(step.ns for step in steps), stats.success.ns)
        everything = self.client.get_inference_statistics().model_stats
        self.assertEqual(len(everything), len(self.client.get_model_repository_index().models))
        self.refused("NOT_FOUND", "gelo", self.client.get_inference_statistics, "gelo")


if __name__ == "__main__":
    unittest.main()
