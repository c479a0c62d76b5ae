"""Neural-network activation functions and their gradients, exactly, by an activation server.

    import activation as act

    y = act.gelu(x)                  # every function of the catalogue, on NumPy arrays
    dx = act.gradient("gelu", x, dy)

    act.connect("127.0.0.1:50051")   # where the server is; this is the default
    client = act.Client(address)     # or one of your own: batches, streams, deadlines, retries

`activation.torch` has the same functions for PyTorch, with their gradients.
"""

from . import functions
from .catalogue import FunctionInfo, ParameterInfo, ServerInfo
from .client import Client
from .default import connect, default_client, forward, gradient, shared_empty
from .errors import (
    ActivationError,
    Cancelled,
    DeadlineExceeded,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
    Unimplemented,
)
from .functions import *  # noqa: F403
from .items import ForwardItem, GradientItem, Gradients
from .retry import Retry
from .statistics import Statistics
from .stream import Stream

__version__ = "1.0.0"

__all__ = [
    "ActivationError",
    "Cancelled",
    "Client",
    "DeadlineExceeded",
    "FailedPrecondition",
    "ForwardItem",
    "FunctionInfo",
    "GradientItem",
    "Gradients",
    "Internal",
    "InvalidArgument",
    "NotFound",
    "ParameterInfo",
    "PermissionDenied",
    "ResourceExhausted",
    "Retry",
    "ServerInfo",
    "Statistics",
    "Stream",
    "Unauthenticated",
    "Unavailable",
    "Unimplemented",
    "connect",
    "default_client",
    "forward",
    "gradient",
    "shared_empty",
]
__all__ += functions.__all__
