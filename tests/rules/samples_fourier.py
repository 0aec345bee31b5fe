"""Calls of Fourier transforms, of real and of complex numbers."""

import numpy as np

draw = np.random.default_rng(12).uniform
x4, x5, m34 = draw(-1, 1, 4), draw(-1, 1, 5), draw(-1, 1, (3, 4))
z4, z5, z34 = x4 + 1j * x4[::-1], x5 + 1j * x5[::-1], m34 + 1j * draw(-1, 1, (3, 4))
FULL = [
    (x4,),
    (z5,),
    (m34,),
    (z34, {"axis": 0}),
    (x5, {"norm": "ortho"}),
    (x5, {"n": 3}),
    (z4, {"n": 7}),
    (m34, {"n": 2, "axis": 0}),
]
PLANES = [(m34,), (z34,), (z34, {"norm": "ortho"})]

SAMPLES = {
    np.fft.fft: FULL,
    np.fft.ifft: FULL,
    np.fft.rfft: [
        (x4,),
        (x5,),
        (m34, {"axis": 0}),
        (x5, {"n": 4}),
        (x5, {"n": 8, "norm": "forward"}),
    ],
    np.fft.irfft: [
        (z4,),
        (z4, {"n": 7}),
        (z4, {"n": 5}),
        (z4, {"n": 12}),
        (z34, {"axis": 0}),
        (z4, {"norm": "ortho"}),
    ],
    np.fft.fft2: PLANES,
    np.fft.ifft2: PLANES,
    np.fft.fftn: PLANES,
    np.fft.ifftn: PLANES,
    np.fft.rfft2: [(m34,)],
    np.fft.irfft2: [(z34,)],
    np.fft.fftshift: [(x5,), (m34,), (m34, {"axes": 1}), (x4,)],
    np.fft.fftfreq: [(6, 0.5), (5, 0.7)],
    np.fft.rfftfreq: [(6, 0.5), (5, 0.7)],
    np.fft.ifftshift: [(x5,), (m34, {"axes": (0,)})],
}
