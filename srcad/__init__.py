"""Readable, compiled derivatives of plain NumPy programs."""

from srcad.api import (
    Pullback,
    explain,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    linearize,
    source,
    value_and_grad,
    vjp,
)
from srcad.decorator import differentiable
from srcad.errors import (
    ArgumentError,
    CacheWarning,
    CheckWarning,
    CompilationError,
    CotangentError,
    EngineWarning,
    GradientMismatch,
    MissingRule,
    NotYetDifferentiated,
    Origin,
    SourceUnavailable,
    SrcadError,
    TangentError,
    TapeMemoryError,
    UnsafeMutation,
    UnsupportedSyntax,
    UnsupportedType,
)
from srcad.njit import njit_value_and_grad
from srcad.standalone.emitting import emit
from srcad.testing import check_grads

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "CacheWarning",
    "CheckWarning",
    "CompilationError",
    "CotangentError",
    "EngineWarning",
    "GradientMismatch",
    "MissingRule",
    "NotYetDifferentiated",
    "Origin",
    "Pullback",
    "SourceUnavailable",
    "SrcadError",
    "TangentError",
    "TapeMemoryError",
    "UnsafeMutation",
    "UnsupportedSyntax",
    "UnsupportedType",
    "check_grads",
    "differentiable",
    "emit",
    "explain",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "linearize",
    "njit_value_and_grad",
    "source",
    "value_and_grad",
    "vjp",
]
