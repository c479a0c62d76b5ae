"""The functions for PyTorch: `from activation.torch import functional`. Needs torch."""

from . import functional

__all__ = ["functional"]
