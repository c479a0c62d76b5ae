#!/usr/bin/env python3
"""ONNX Runtime on the CPU, one thread: a model of one operator each, default options. It has no gradients."""

import functools

import numpy
import onnx
import onnxruntime
from onnx import helper

import worker

TYPES = {"f32": (onnx.TensorProto.FLOAT, numpy.float32), "f16": (onnx.TensorProto.FLOAT16, numpy.float16)}
MICROSOFT = "com.microsoft"

# Operator, attributes, domain; `clip` holds the bounds that Clip takes as inputs.
OPERATORS = {
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "relu": ("Relu", {}),
    "relu6": ("Clip", {"clip": (0, 6)}),
    "leaky_relu": ("LeakyRelu", {"alpha": 0.01}),
    "silu": ("QuickGelu", {"alpha": 1.0}, MICROSOFT),
    "swish.beta_1.702": ("QuickGelu", {"alpha": 1.702}, MICROSOFT),
    "gelu": ("Gelu", {"approximate": "none"}),
    "gelu_tanh": ("Gelu", {"approximate": "tanh"}),
    "clip": ("Clip", {"clip": (-1, 1)}),
    "threshold": ("ThresholdedRelu", {"alpha": 1.0}),
    "hard_sigmoid.alpha_f32": ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "hard_swish": ("HardSwish", {}),
    "softshrink": ("Shrink", {"lambd": 0.5, "bias": 0.5}),
    "hardshrink": ("Shrink", {"lambd": 0.5, "bias": 0.0}),
    "elu": ("Elu", {"alpha": 1.0}),
    "celu": ("Celu", {"alpha": 1.0}),
    "selu": ("Selu", {}),
    "softsign": ("Softsign", {}),
    "abs": ("Abs", {}),
    "exp": ("Exp", {}),
    "mish": ("Mish", {}),
    "softplus": ("Softplus", {}),
    "erf": ("Erf", {}),
}
OPSET = 22


def session_of(dtype, name, attributes, domain=""):
    """A session that runs the one operator."""
    attributes = dict(attributes)
    onnx_type, numpy_type = TYPES[dtype]
    inputs, constants = ["x"], []
    for i, bound in enumerate(attributes.pop("clip", ())):
        inputs.append(f"bound{i}")
        constants.append(onnx.numpy_helper.from_array(numpy.array(bound, numpy_type), inputs[-1]))
    node = helper.make_node(name, inputs, ["y"], domain=domain, **attributes)
    x, y = (helper.make_tensor_value_info(tensor, onnx_type, ["n"]) for tensor in "xy")
    model = helper.make_model(
        helper.make_graph([node], name, [x], [y], constants), ir_version=10,
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def main():
    mode, memory = worker.arguments()
    onnxruntime.set_default_logger_severity(4)

    def evaluate(session, dtype, count):
        x = numpy.frombuffer(memory, dtype, count)
        numpy.frombuffer(memory, dtype, count, len(memory) // 2)[:] = session.run(None, {"x": x})[0]

    functions = {}
    for name, operator in OPERATORS.items():
        for dtype, (_, numpy_type) in TYPES.items():
            try:
                session = session_of(dtype, *operator)
            except Exception:  # pylint: disable=broad-except
                continue  # it has no kernel for the type
            attributes = ", ".join(f"{key}={value}" for key, value in operator[1].items())
            functions[f"{name} forward {dtype}"] = (
                f"{'.'.join(operator[2:] + operator[:1])}({attributes})",
                functools.partial(evaluate, session, numpy_type))
    worker.serve({"library": "ONNX Runtime", "version": onnxruntime.__version__, "mode": mode,
                  "options": f"CPU execution provider, one thread, default options, opset {OPSET}; f16 as its graph "
                             "optimiser runs it"}, functions)


main()
