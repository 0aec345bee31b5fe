"""Discrete Fourier transforms: linear, and nearly their own transposes."""

from __future__ import annotations

import numpy as np

from srcad.rules.constants import length
from srcad.rules.registry import expand, forward_of, linear, rule, shape_rule

FIXED = ("axis", "axes", "norm")
OPTIONS = {"positional": 1}


def fitted(bar, x, axis):
    """A bar along an axis that was cut off or filled up with zeros before the transform."""
    n = x.shape[axis]
    moved = np.moveaxis(bar, axis, 0)
    if moved.shape[0] == n:
        return bar
    kept = min(n, moved.shape[0])
    out = np.zeros((n, *moved.shape[1:]), bar.dtype)
    out[:kept] = moved[:kept]
    return np.moveaxis(out, 0, axis)


def real_if(bar, x):
    if x.dtype.kind == "c":
        return bar
    return np.real(bar)


@linear(np.fft.fft, costly=True, options=OPTIONS)
def fft(ans_bar, x, n=None, axis=-1, norm=None):
    """The matrix of the transform is symmetric."""
    if n is None:
        return real_if(np.fft.fft(ans_bar, axis=axis, norm=norm), x)
    return real_if(fitted(np.fft.fft(ans_bar, axis=axis, norm=norm), x, axis), x)


@linear(np.fft.ifft, costly=True, options=OPTIONS)
def ifft(ans_bar, x, n=None, axis=-1, norm=None):
    if n is None:
        return real_if(np.fft.ifft(ans_bar, axis=axis, norm=norm), x)
    return real_if(fitted(np.fft.ifft(ans_bar, axis=axis, norm=norm), x, axis), x)


@linear(np.fft.rfft, costly=True, options=OPTIONS)
def rfft(ans_bar, x, n=None, axis=-1, norm=None):
    """The other half of the spectrum is not in the result, so it has no bar."""
    if n is None:
        return np.real(np.fft.fft(ans_bar, x.shape[axis], axis, norm))
    return fitted(np.real(np.fft.fft(ans_bar, n, axis, norm)), x, axis)


def irfft_example(x, n=None, axis=-1, norm=None):
    """`np.fft.irfft` of arrays of one element, as inference calls it."""
    return np.fft.irfft(x, 1, axis, norm)


@linear(np.fft.irfft, costly=True, options={**OPTIONS, "example": irfft_example})
def irfft(ans_bar, x, n=None, axis=-1, norm=None):
    """Each frequency but the first (and the last, of an even number) counts twice."""
    m = ans_bar.shape[axis]
    spectrum = np.moveaxis(
        np.conjugate(np.fft.rfft(ans_bar, axis=axis, norm=opposite(norm))), axis, -1
    )
    frequency = np.arange(spectrum.shape[-1])
    twice = np.where((frequency == 0) | (2 * frequency == m), 1.0, 2.0)
    return fitted(np.moveaxis(spectrum * twice.astype(ans_bar.dtype), -1, axis), x, axis)


def opposite(norm):
    """The scale of the inverse transform, on the forward one."""
    if norm is None or norm == "backward":
        return "forward"
    if norm == "forward":
        return "backward"
    return norm


@expand(np.fft.fft2, options={"fixed": FIXED})
def fft2(x, s=None, axes=(-2, -1), norm=None):
    return fftn(x, s, axes, norm)


@expand(np.fft.ifft2, options={"fixed": FIXED})
def ifft2(x, s=None, axes=(-2, -1), norm=None):
    return ifftn(x, s, axes, norm)


@expand(np.fft.fftn, options={"fixed": FIXED})
def fftn(x, s=None, axes=None, norm=None):
    if s is not None:
        raise NotImplementedError("np.fft.fftn of another shape has no rule: pad first")
    if axes is None:
        return fftn(x, None, tuple(range(x.ndim)), norm)
    if len(axes) == 0:
        return x
    return fftn(np.fft.fft(x, axis=axes[-1], norm=norm), None, axes[:-1], norm)


@expand(np.fft.ifftn, options={"fixed": FIXED})
def ifftn(x, s=None, axes=None, norm=None):
    if s is not None:
        raise NotImplementedError("np.fft.ifftn of another shape has no rule: pad first")
    if axes is None:
        return ifftn(x, None, tuple(range(x.ndim)), norm)
    if len(axes) == 0:
        return x
    return ifftn(np.fft.ifft(x, axis=axes[-1], norm=norm), None, axes[:-1], norm)


@expand(np.fft.rfft2, options={"fixed": FIXED})
def rfft2(x, s=None, axes=(-2, -1), norm=None):
    return fftn(np.fft.rfft(x, axis=axes[-1], norm=norm), s, axes[:-1], norm)


@expand(np.fft.irfft2, options={"fixed": FIXED})
def irfft2(x, s=None, axes=(-2, -1), norm=None):
    if s is not None:
        raise NotImplementedError("np.fft.irfft2 of another shape has no rule: transform each axis")
    return np.fft.irfft(ifftn(x, None, axes[:-1], norm), axis=axes[-1], norm=norm)


@expand(np.fft.fftshift, options={"fixed": FIXED})
def fftshift(x, axes=None):
    if axes is None:
        return shifted(x, tuple(range(x.ndim)), 0)
    if isinstance(axes, tuple):
        return shifted(x, axes, 0)
    return shifted(x, (axes,), 0)


@expand(np.fft.ifftshift, options={"fixed": FIXED})
def ifftshift(x, axes=None):
    if axes is None:
        return shifted(x, tuple(range(x.ndim)), 1)
    if isinstance(axes, tuple):
        return shifted(x, axes, 1)
    return shifted(x, (axes,), 1)


def shifted(x, axes, back):
    """Half of each axis to the other end."""
    if len(axes) == 0:
        return x
    axis = axes[0]
    half = x.shape[axis] // 2
    if back:
        return shifted(np.roll(x, -half, axis=axis), axes[1:], back)
    return shifted(np.roll(x, half, axis=axis), axes[1:], back)


@rule(np.fft.fftfreq, np.fft.rfftfreq)
def frequencies(ans_bar, ans, n, d=1.0):
    """Inverse to the distance of the points."""
    return None, np.sum(ans_bar * ans) / -d


@forward_of(np.fft.fftfreq, np.fft.rfftfreq)
def frequencies_forward(ans, n, d=1.0, *, d_dot):
    return ans * d_dot / -d


@shape_rule(np.fft.fftfreq)
def frequencies_shape(sizes, n, d=1.0):
    return (length(n),)


@shape_rule(np.fft.fft, np.fft.ifft)
def transformed(sizes, x, n=None, axis=-1, norm=None):
    wanted = x.shape[axis] if n is None else length(n)
    return tuple(wanted if a == axis % len(x.shape) else d for a, d in enumerate(x.shape))


@shape_rule(np.fft.rfft, np.fft.irfft)
def halved(sizes, x, n=None, axis=-1, norm=None):
    return tuple(None if a == axis % len(x.shape) else d for a, d in enumerate(x.shape))
