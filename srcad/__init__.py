"""Readable, compiled derivatives of plain NumPy programs."""

from srcad.api import (
    Pullback,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    linearize,
    value_and_grad,
    vjp,
)
from srcad.collectives import axis_index, axis_size, pmax, pmean, psum
from srcad.custom import custom_jvp, custom_vjp, stop_gradient
from srcad.debugging import debug_nans
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
    NotFinite,
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
from srcad.mapped import vmap
from srcad.recomputed import checkpoint, checkpointed
from srcad.testing import check_grads
from srcad.written import emit, explain, njit_value_and_grad, source

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
    "NotFinite",
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
    "axis_index",
    "axis_size",
    "check_grads",
    "checkpoint",
    "checkpointed",
    "custom_jvp",
    "custom_vjp",
    "debug_nans",
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
    "pmax",
    "pmean",
    "psum",
    "source",
    "stop_gradient",
    "value_and_grad",
    "vjp",
    "vmap",
]
