"""The functions in PyTorch, checked by its own gradcheck in f64.

usage: torch_test.py ENVIRONMENT: a virtual environment with PyTorch. Exit code 77 (skipped)
where there is none.
"""

import glob
import os
import sys
import unittest

if len(sys.argv) > 1:
    sys.path += glob.glob(os.path.join(sys.argv.pop(1), "lib/python*/site-packages"))
try:
    import torch
except ImportError:
    print("SKIPPED: no PyTorch; './dev test --torch' installs it")
    sys.exit(77)

import activation as act
from activation.torch import functional as F
from case import ServerCase, readme_examples

# Of the kinks of piecewise functions none is so near to one of these that a difference sees it.
POINTS = [-3.7, -1.3, -0.31, -0.13, 0.11, 0.29, 1.7, 3.3]
# Values of parameters, where their defaults are no good ones.
PARAMETERS = {"threshold": {"theta": 0.2, "value": -0.7}}


def points(function):
    x = torch.tensor(POINTS, dtype=torch.float64)
    # Of the logarithm half the points have none.
    return (x.abs() if function == "log1p" else x).reshape(2, 4).requires_grad_()


class TorchTest(ServerCase):
    def test_gradients_of_all_functions(self):
        for info in self.client.list_functions():
            with self.subTest(function=info.name):
                function = getattr(F, info.name)
                parameters = PARAMETERS.get(info.name, {})
                x = points(info.name)
                if info.kind == "per_channel":
                    weight = torch.tensor([0.3, 0.2, 0.1, 0.7], dtype=torch.float64)
                    self.assertTrue(
                        torch.autograd.gradcheck(function, (x, weight.requires_grad_()))
                    )
                    continue
                self.assertTrue(
                    torch.autograd.gradcheck(lambda t, f=function, p=parameters: f(t, **p), x)
                )

    def test_gradients_by_parameters(self):
        for info in self.client.list_functions():
            for parameter in info.parameters:
                if not parameter.differentiable:
                    continue
                with self.subTest(function=info.name, parameter=parameter.name):
                    function = getattr(F, info.name)
                    value = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
                    self.assertTrue(
                        torch.autograd.gradcheck(
                            lambda t, v, f=function, n=parameter.name: f(t, **{n: v}),
                            (points(info.name), value),
                        )
                    )

    def test_a_parameter_without_gradient_says_so(self):
        beta = torch.tensor(2.0, requires_grad=True)
        y = F.softplus(torch.tensor([1.0]), beta=beta)
        self.assert_field(act.InvalidArgument, "beta", y.sum().backward)

    def test_a_parameter_changed_before_backward_is_an_error(self):
        x = torch.tensor(POINTS, requires_grad=True)
        beta = torch.tensor(0.5, requires_grad=True)
        y = F.swish(x, beta=beta).sum()
        with torch.no_grad():
            beta.add_(1)
        # As of x, and of torch's own functions: the gradient would be that of another function.
        with self.assertRaisesRegex(RuntimeError, "modified by an inplace operation"):
            y.backward()
        self.assertEqual((x.grad, beta.grad), (None, None))

    def test_numbers_and_tensors_are_parameters_side_by_side(self):
        x = torch.tensor(POINTS, requires_grad=True)
        theta = torch.tensor(0.2)
        for parameters in ({"theta": theta, "value": -0.7}, {"value": -0.7, "theta": theta}):
            x.grad = None
            F.threshold(x, **parameters).sum().backward()
            self.assertEqual(x.grad.tolist(), (x > theta).float().tolist())

    def test_dtypes(self):
        for dtype, name in (("float32", "f32"), ("float16", "f16"), ("bfloat16", "bf16")):
            x = torch.tensor(POINTS, dtype=getattr(torch, dtype), requires_grad=True)
            y = F.gelu(x)
            y.backward(torch.full_like(x, 2))
            self.assertEqual((y.dtype, x.grad.dtype), (x.dtype, x.dtype))
            self.assertTrue(torch.allclose(y, torch.nn.functional.gelu(x), rtol=0.02, atol=1e-3))
            bits = x.detach().view(torch.int32 if name == "f32" else torch.int16).numpy()
            self.assertEqual(y.detach().view_as(y).shape, x.shape)
            expected = self.answer("gelu", bits, name)
            found = y.detach().view(torch.int32 if name == "f32" else torch.int16).numpy()
            self.assertEqual(found.tobytes(), expected)
        self.assert_field(act.InvalidArgument, "x.dtype", F.gelu, torch.arange(3))

    def test_it_learns(self):
        # One step downhill on beta of swish, whatever its gradient is.
        x = torch.tensor(POINTS)
        beta = torch.tensor(0.5, requires_grad=True)
        loss = (F.swish(x, beta=beta) - F.silu(x)).square().sum()
        loss.backward()
        with torch.no_grad():
            less = (F.swish(x, beta=beta - 0.01 * beta.grad) - F.silu(x)).square().sum()
        self.assertLess(less, loss.detach())

    def test_the_readmes_example(self):
        (example,) = (code for code in readme_examples() if "torch" in code)
        names = {}
        exec(example, names)
        self.assertEqual(names["x"].grad.shape, (100,))
        self.assertNotEqual(names["beta"].grad, 0)

    def test_functions_say_what_they_are(self):
        self.assertEqual(F.gelu.__name__, "gelu")
        self.assertIn("Range [-0.16997, inf)", F.gelu.__doc__)
        self.assertTrue(act.gelu.__doc__.startswith(F.gelu.__doc__))
        # Which functions of NumPy arrays take, and these do not.
        self.assertNotIn("deadline", F.gelu.__doc__)


if __name__ == "__main__":
    unittest.main()
