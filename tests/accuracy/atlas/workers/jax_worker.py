#!/usr/bin/env python3
"""JAX on the CPU, one thread: each function under jax.jit, gradients by jax.vjp with dy = 1."""

import functools
import os

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax  # pylint: disable=wrong-import-position
import jax.numpy as jnp  # pylint: disable=wrong-import-position
import numpy  # pylint: disable=wrong-import-position
from jax import nn  # pylint: disable=wrong-import-position

import worker  # pylint: disable=wrong-import-position

TYPES = {"f32": jnp.float32, "f16": jnp.float16, "bf16": jnp.bfloat16}

CALLS = {
    "sigmoid": "nn.sigmoid(x)",
    "tanh": "jnp.tanh(x)",
    "relu": "nn.relu(x)",
    "relu6": "nn.relu6(x)",
    "leaky_relu": "nn.leaky_relu(x, 0.009999999776482582)",
    "silu": "nn.silu(x)",
    "gelu": "nn.gelu(x, approximate=False)",
    "gelu_tanh": "nn.gelu(x, approximate=True)",
    "hard_tanh": "nn.hard_tanh(x)",
    "clip": "jnp.clip(x, -1, 1)",
    "hard_sigmoid": "nn.hard_sigmoid(x)",
    "hard_swish": "nn.hard_swish(x)",
    "elu": "nn.elu(x)",
    "celu": "nn.celu(x)",
    "selu": "nn.selu(x)",
    "softsign": "nn.soft_sign(x)",
    "squareplus": "nn.squareplus(x)",
    "square": "jnp.square(x)",
    "abs": "jnp.abs(x)",
    "exp": "jnp.exp(x)",
    "expm1": "jnp.expm1(x)",
    "mish": "nn.mish(x)",
    "softplus": "nn.softplus(x)",
    "log_sigmoid": "nn.log_sigmoid(x)",
    "log1p": "jnp.log1p(x)",
    "erf": "jax.scipy.special.erf(x)",
}


def main():
    mode, memory = worker.arguments()

    def evaluate(function, dtype, count):
        x = numpy.frombuffer(memory, dtype, count)
        numpy.frombuffer(memory, dtype, count, len(memory) // 2)[:] = function(x)

    def gradient_of(function):
        def gradient(x):
            y, pull_back = jax.vjp(function, x)
            return pull_back(jnp.ones_like(y))[0]
        return gradient

    functions = {}
    for name, call in CALLS.items():
        function = eval("lambda x: " + call)  # pylint: disable=eval-used
        for dtype, jax_type in TYPES.items():
            functions[f"{name} forward {dtype}"] = (
                f"jit({call})", functools.partial(evaluate, jax.jit(function), jax_type))
            functions[f"{name} gradient {dtype}"] = (
                f"jit(vjp({call}))", functools.partial(evaluate, jax.jit(gradient_of(function)), jax_type))
    worker.serve({"library": "JAX", "version": f"{jax.__version__} (jaxlib {jax.lib.__version__})", "mode": mode,
                  "options": "CPU, jit, one thread"}, functions)


main()
