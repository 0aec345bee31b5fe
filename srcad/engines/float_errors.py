"""Floating-point errors of compiled code, which NumPy would have warned of.

The processor notes divisions by zero, overflows and invalid operations.  Where compiled code met
one, the call is handed to the array level, which warns (or raises, or keeps silent) as
`np.errstate` says.
"""

from __future__ import annotations

import ctypes
import functools
import platform
from collections.abc import Callable
from typing import Any

from srcad.runtime.compiled import Bail

_INTEL = platform.machine().lower() in ("x86_64", "amd64", "i686", "i386")
# FE_DIVBYZERO, FE_OVERFLOW and FE_INVALID of <fenv.h>.
ERRORS = 4 | 8 | 1 if _INTEL else 2 | 4 | 1
DIVIDE, OVERFLOW, INVALID = (4, 8, 1) if _INTEL else (2, 4, 1)

_LIBRARY = ctypes.CDLL(None)


def clear() -> None:
    """Forget the errors noted so far."""
    _LIBRARY.feclearexcept(ERRORS)


def noted() -> bool:
    """Whether there was an error since `clear`."""
    return bool(_LIBRARY.fetestexcept(ERRORS))


@functools.cache
def compiled_checks() -> dict[str, Callable[..., Any]]:
    """The functions that generated modules call, for Numba to compile into them."""
    import numba
    from numba import types

    number = types.int32(types.int32)
    clear_flags: Any = types.ExternalFunction("feclearexcept", number)
    test_flags: Any = types.ExternalFunction("fetestexcept", number)

    @numba.njit
    def clear_float_errors():  # type: ignore[no-untyped-def]
        if test_flags(ERRORS) != 0:  # clearing takes ten times as long as asking
            clear_flags(ERRORS)

    @numba.njit
    def check_float_errors():  # type: ignore[no-untyped-def]
        if test_flags(ERRORS) != 0:
            raise Bail

    @numba.njit
    def pass_float_errors(ignored):  # type: ignore[no-untyped-def]
        heard = 0 if ignored & 1 else DIVIDE
        heard |= 0 if ignored & 2 else OVERFLOW
        heard |= 0 if ignored & 4 else INVALID
        if test_flags(heard) != 0:
            raise Bail
        clear_float_errors()

    return {
        "pass_float_errors": pass_float_errors,
        "clear_float_errors": clear_float_errors,
        "check_float_errors": check_float_errors,
    }
