"""Readable, compiled derivatives of plain NumPy programs."""

from srcad.api import Pullback, grad, jvp, source, value_and_grad, vjp
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
    "differentiable",
    "grad",
    "jvp",
    "source",
    "value_and_grad",
    "vjp",
]
