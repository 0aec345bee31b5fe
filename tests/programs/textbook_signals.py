"""Signal and image processing written out by hand: filters, transforms, warps, alignment."""

import cmath
import math
from functools import cache

import numpy as np

FS = 8000.0  # sampling rate, Hz


# --- 1D filters --------------------------------------------------------------


class Biquad:
    """Second order section, direct form II transposed."""

    def __init__(self, b, a):
        self.b = [c / a[0] for c in b]
        self.a = [c / a[0] for c in a]
        self.reset()

    def reset(self):
        self.z1 = self.z2 = 0.0

    @classmethod
    def lowpass(cls, fc, q=0.7071, fs=FS):
        w0 = 2 * math.pi * fc / fs
        alpha = math.sin(w0) / (2 * q)
        c = math.cos(w0)
        return cls([(1 - c) / 2, 1 - c, (1 - c) / 2], [1 + alpha, -2 * c, 1 - alpha])

    def step(self, x):
        y = self.b[0] * x + self.z1
        self.z1 = self.b[1] * x - self.a[1] * y + self.z2
        self.z2 = self.b[2] * x - self.a[2] * y
        return y

    def response(self, f):
        z = cmath.exp(-2j * math.pi * f / FS)
        num = self.b[0] + self.b[1] * z + self.b[2] * z**2
        den = 1 + self.a[1] * z + self.a[2] * z**2
        return num / den


def filtered_energy(signal, cutoff, q=0.9):
    """Energy after a low-pass biquad and its gain in dB at the cut-off."""
    filt = Biquad.lowpass(cutoff, q)
    out = np.array([filt.step(s) for s in signal])
    gain_db = 20 * math.log10(abs(filt.response(cutoff)))
    return np.sum(out**2), gain_db


def goertzel_tones(x, freqs=(697.0, 1209.0), fs=FS):
    """Goertzel power of a few DTMF tones, keyed by frequency."""
    powers = {}
    for f in freqs:
        w = 2 * np.pi * f / fs
        coeff = 2 * np.cos(w)
        s1 = s2 = 0.0
        for sample in x:
            s0 = sample + coeff * s1 - s2
            s2, s1 = s1, s0
        powers[f] = s1 * s1 + s2 * s2 - coeff * s1 * s2
    total = sum(powers.values())
    return {f"{f:.0f}Hz": p / total for f, p in powers.items()}


def lms_echo_canceller(far, mic, mu=0.08, taps=4, eps=1e-3):
    """Normalised LMS adaptive filter: residual signal and final taps."""
    w = np.zeros(taps)
    err = np.zeros_like(mic)
    buf = np.zeros(taps)
    for n in range(len(far)):
        buf[1:] = buf[:-1]
        buf[0] = far[n]
        y = w @ buf
        err[n] = mic[n] - y
        w += mu * err[n] * buf / (eps + buf @ buf)
    erle = 10 * np.log10(np.sum(mic**2) / np.sum(err**2))
    return err, w, erle


@cache
def savgol_matrix(half, order):
    k = np.arange(-half, half + 1)
    return np.vander(k, order + 1, increasing=True).astype(float)


def savgol_peak(y, half=3, order=2, dx=0.5):
    """Smooth with local polynomial fits, then refine the peak with a parabola."""
    A = savgol_matrix(half, order)
    smooth = y.copy()
    slope = np.zeros_like(y)
    for i in range(half, len(y) - half):
        coef, *_ = np.linalg.lstsq(A, y[i - half : i + half + 1], rcond=None)
        smooth[i] = coef[0]
        slope[i] = coef[1] / dx
    i = np.argmax(smooth)
    left, mid, right = smooth[i - 1], smooth[i], smooth[i + 1]
    offset = 0.5 * (left - right) / (left - 2 * mid + right)
    return (i + offset) * dx, mid - 0.25 * (left - right) * offset, slope


# --- spectra -----------------------------------------------------------------


def welch_psd(x, nperseg=16, overlap=0.5, fs=FS):
    """Welch periodogram with a Hann window, spectral centroid and flatness."""
    win = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(nperseg) / nperseg)
    step = int(nperseg * (1 - overlap))
    starts = range(0, len(x) - nperseg + 1, step)
    segments = np.stack([x[s : s + nperseg] for s in starts])
    segments = segments - segments.mean(axis=1, keepdims=True)
    X = np.fft.rfft(segments * win, axis=-1)
    psd = (np.abs(X) ** 2).mean(axis=0) / (fs * (win**2).sum())
    psd[1:-1] *= 2
    f = np.fft.rfftfreq(nperseg, 1 / fs)
    centroid = np.sum(f * psd) / np.sum(psd)
    flatness = np.exp(np.mean(np.log(psd[1:]))) / np.mean(psd[1:])
    return psd, centroid, flatness


def instantaneous_frequency(x, fs=100.0):
    """Analytic signal by FFT, simple phase unwrapping, mean frequency and envelope."""
    n = len(x)
    X = np.fft.fft(x)
    h = np.zeros(n)
    h[0] = 1
    h[1 : n // 2] = 2
    h[n // 2] = 1
    analytic = np.fft.ifft(X * h)
    envelope = np.abs(analytic)
    phase = np.angle(analytic)
    unwrapped = [phase[0]]
    for p in phase[1:]:
        jump = p - unwrapped[-1]
        while jump > np.pi:
            jump -= 2 * np.pi
        while jump < -np.pi:
            jump += 2 * np.pi
        unwrapped.append(unwrapped[-1] + jump)
    freq = np.diff(np.array(unwrapped)) * fs / (2 * np.pi)
    return freq, envelope.mean()


def haar_shrink(x, threshold):
    """In-place Haar lifting, smooth (garrote-like) shrinkage, inverse lifting."""
    n = len(x)
    stride = 1
    while 2 * stride <= n:
        even = x[:: 2 * stride]
        odd = x[stride :: 2 * stride]
        odd -= even
        even += odd / 2
        stride *= 2
    for i in range(1, n):
        x[i] *= x[i] ** 2 / (x[i] ** 2 + threshold**2)
    while stride > 1:
        stride //= 2
        x[:: 2 * stride] -= x[stride :: 2 * stride] / 2
        x[stride :: 2 * stride] += x[:: 2 * stride]
    return x


# --- images ------------------------------------------------------------------


def tv_denoise(noisy, lam=0.15, eps=0.05, n_iter=8, step=0.2):
    """Gradient descent on a smoothed total variation objective."""
    u = noisy.copy()
    energy = []
    for _ in range(n_iter):
        gx = np.zeros_like(u)
        gy = np.zeros_like(u)
        gx[:-1, :] = u[1:, :] - u[:-1, :]
        gy[:, :-1] = u[:, 1:] - u[:, :-1]
        mag = np.sqrt(gx**2 + gy**2 + eps**2)
        px, py = gx / mag, gy / mag
        div = px + py
        div[1:, :] -= px[:-1, :]
        div[:, 1:] -= py[:, :-1]
        energy.append(0.5 * np.sum((u - noisy) ** 2) + lam * mag.sum())
        u -= step * ((u - noisy) - lam * div)
    return u, np.array(energy)


def bilinear(img, y, x):
    h, w = img.shape
    y0 = np.clip(np.floor(y).astype(int), 0, h - 2)
    x0 = np.clip(np.floor(x).astype(int), 0, w - 2)
    fy, fx = y - y0, x - x0
    top = img[y0, x0] * (1 - fx) + img[y0, x0 + 1] * fx
    bottom = img[y0 + 1, x0] * (1 - fx) + img[y0 + 1, x0 + 1] * fx
    return top * (1 - fy) + bottom * fy


def registration_cost(fixed, moving, pose):
    """Sum of squared differences after a similarity warp (tx, ty, angle, log scale)."""
    tx, ty, angle, log_scale = pose
    h, w = fixed.shape
    yy, xx = np.mgrid[0:h, 0:w]
    cy, cx = (h - 1) / 2, (w - 1) / 2
    s = np.exp(log_scale)
    c, sn = s * np.cos(angle), s * np.sin(angle)
    xs = c * (xx - cx) - sn * (yy - cy) + cx + tx
    ys = sn * (xx - cx) + c * (yy - cy) + cy + ty
    inside = (xs >= 0) & (xs <= w - 1) & (ys >= 0) & (ys <= h - 1)
    diff = bilinear(moving, ys[inside], xs[inside]) - fixed[inside]
    return np.sum(diff**2) / np.count_nonzero(inside)


def radon_sinogram(image, angles):
    """Line sums of an image along rotated rays with bilinear sampling."""
    n = image.shape[0]
    c = (n - 1) / 2
    s = np.linspace(-c, c, n) * 0.7
    sino = np.empty((len(angles), n))
    for k, theta in enumerate(angles):
        ct, st = np.cos(theta), np.sin(theta)
        t, r = np.meshgrid(s, s)
        sino[k] = bilinear(image, c + r * st + t * ct, c + r * ct - t * st).sum(axis=1)
    return sino


# --- alignment and decoding --------------------------------------------------


def soft_dtw(a, b, gamma=0.3):
    """Soft-min dynamic time warping distance."""

    def softmin(*args):
        m = min(args)
        return m - gamma * np.log(sum(np.exp(-(v - m) / gamma) for v in args))

    n, m = len(a), len(b)
    R = np.full((n + 1, m + 1), 1e6)
    R[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = (a[i - 1] - b[j - 1]) ** 2
            R[i, j] = cost + softmin(R[i - 1, j], R[i, j - 1], R[i - 1, j - 1])
    return R[n, m]


def hmm_viterbi_forward(obs, means, sd, stay=0.9):
    """Forward log-likelihood and best path score of a Gaussian-emission HMM."""
    K = len(means)
    logA = np.log(np.where(np.eye(K, dtype=bool), stay, (1 - stay) / (K - 1)))
    logB = np.array([-0.5 * ((o - means) / sd) ** 2 - np.log(sd) for o in obs])
    alpha = logB[0] - np.log(K)
    delta, back = alpha.copy(), []
    for t in range(1, len(obs)):
        alpha = np.logaddexp.reduce(alpha[:, None] + logA, axis=0) + logB[t]
        scores = delta[:, None] + logA
        back.append(scores.argmax(axis=0))
        delta = scores.max(axis=0) + logB[t]
    path = [int(np.argmax(delta))]
    for pointers in reversed(back):
        path.insert(0, int(pointers[path[0]]))
    segment_mean = np.mean([o for o, s in zip(obs, path) if s == path[-1]])
    return np.logaddexp.reduce(alpha), delta.max(), segment_mean


_n = np.arange(40.0)
_sig = np.sin(0.55 * _n) + 0.4 * np.cos(0.95 * _n + 0.3) + 0.1 * np.sin(7.3 * _n**1.1)
_far = np.sin(1.3 * _n[:24]) + 0.5 * np.sin(2.9 * _n[:24] ** 1.05)
_mic = 0.6 * _far + 0.3 * np.roll(_far, 1) + 0.02 * np.cos(5 * _n[:24])
_bump = np.exp(-0.5 * ((_n[:20] - 9.3) / 3.1) ** 2) + 0.02 * np.sin(6 * _n[:20])
_yx = np.mgrid[0:7, 0:7].astype(float)
_img = 0.5 + 0.3 * np.sin(0.9 * _yx[0] + 0.35 * _yx[1]) + 0.15 * np.cos(1.1 * _yx[1] ** 1.2)
_img2 = 0.5 + 0.28 * np.sin(0.9 * _yx[0] + 0.4 * _yx[1] + 0.2) + 0.1 * np.cos(1.9 * _yx[0])

PROGRAMS = [
    (filtered_energy, (_sig, 900.0)),
    (goertzel_tones, (_sig,)),
    (lms_echo_canceller, (_far, _mic)),
    (savgol_peak, (_bump,)),
    (welch_psd, (_sig,)),
    (instantaneous_frequency, (_sig[:32],)),
    (haar_shrink, (_sig[:16], 0.3)),
    (tv_denoise, (_img,)),
    (registration_cost, (_img, _img2, np.array([0.31, -0.22, 0.07, 0.04]))),
    (radon_sinogram, (_img, [0.13, 0.71, 1.37])),
    (soft_dtw, (_sig[:7], np.array([0.3, 0.9, 1.2, 0.1, -0.8, -0.6]))),
    (hmm_viterbi_forward, ([0.1, -0.3, 0.2, 2.1, 1.8, 2.4], np.array([0.0, 2.0]), 0.7)),
]
