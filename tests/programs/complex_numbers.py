"""Programs on complex numbers: circuits, waves, films, filters, maps; real and complex inputs."""

import cmath
import math

import numpy as np

# Real in, complex inside, real out


def impedance(r, inductance, capacitance, omega):
    z = r + 1j * omega * inductance + 1.0 / (1j * omega * capacitance)
    return abs(z)


def resonance_curve(r, inductance, omega):
    z = r + 1j * omega * inductance + 1.0 / (1j * omega * 0.7)
    current = 1.0 / z
    return np.sum(np.abs(current) ** 2) + np.max(np.angle(current))


def ladder_network(r, c, omega, stages):
    z = complex(r, 0.0)
    for _ in range(stages):
        parallel = 1.0 / (1.0 / z + 1j * omega * c)
        z = r + parallel
    return z.real**2 + 0.5 * z.imag


def thin_film(thickness, index, wavelength):
    m = np.eye(2, dtype=complex)
    for k in range(len(thickness)):
        phase = 2.0 * np.pi * index[k] * thickness[k] / wavelength
        layer = np.zeros((2, 2), dtype=np.complex128)
        layer[0, 0] = np.cos(phase)
        layer[0, 1] = 1j * np.sin(phase) / index[k]
        layer[1, 0] = 1j * np.sin(phase) * index[k]
        layer[1, 1] = np.cos(phase)
        m = m @ layer
    b = m[0, 0] + m[0, 1] * 1.5
    c = m[1, 0] + m[1, 1] * 1.5
    reflected = (b - c) / (b + c)
    return np.abs(reflected) ** 2


def thin_film_from_list(thickness, index):
    phase = thickness * index
    m = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=complex)
    for p, n in zip(phase, index):
        m = m @ np.array([[np.cos(p), 1j * np.sin(p) / n], [1j * n * np.sin(p), np.cos(p)]])
    return (abs(m[0, 0] + m[1, 1]) ** 2).real


def low_pass(signal, cutoff):
    spectrum = np.fft.fft(signal)
    frequency = np.fft.fftfreq(len(signal))
    spectrum = spectrum / (1.0 + 1j * frequency / cutoff)
    return np.real(np.fft.ifft(spectrum))


def band_stop(signal):
    spectrum = np.fft.rfft(signal)
    spectrum[2:4] = 0.0
    spectrum[1] *= 0.5 + 0.25j
    return np.fft.irfft(spectrum, len(signal))


def power_spectrum(signal, width):
    window = np.exp(-((np.arange(len(signal)) - 3.5) ** 2) / width)
    spectrum = np.fft.rfft(signal * window)
    return np.log(spectrum.real**2 + spectrum.imag**2 + 0.1)


def gaussian_beam(waist, wavelength, distances):
    q = 1j * np.pi * waist**2 / wavelength
    spots = []
    for d in distances:
        q = q + d
        q = q / (-q / 2.5 + 1.0)
        spots.append(-wavelength / (np.pi * (1.0 / q).imag))
    return sum(spots)


def split_step(psi_re, psi_im, potential, dt, steps):
    psi = psi_re + 1j * psi_im
    k = 2.0 * np.pi * np.fft.fftfreq(len(psi))
    kinetic = np.exp(-0.5j * dt * k**2)
    half = np.exp(-0.5j * dt * potential)
    for _ in range(steps):
        psi = half * np.fft.ifft(kinetic * np.fft.fft(half * psi))
    return np.sum(np.abs(psi) ** 2 * np.arange(len(psi)))


def crank_nicolson(potential, dt):
    n = len(potential)
    h = np.diag(potential + 2.0) - np.eye(n, k=1) - np.eye(n, k=-1)
    left = np.eye(n) + 0.5j * dt * h
    right = np.eye(n) - 0.5j * dt * h
    psi = np.exp(1j * np.arange(n)) / n
    for _ in range(2):
        psi = np.linalg.solve(left, right @ psi)
    return np.abs(psi) ** 2


def scattering(x, k, direction):
    amplitude = 0j
    for j in range(len(x)):
        amplitude += np.exp(1j * k * direction * x[j])
    return (amplitude * amplitude.conjugate()).real


def scattering_with_cmath(x, k):
    amplitude = 0.0
    for xj in x:
        amplitude = amplitude + cmath.exp(1j * k * xj)
    return abs(amplitude) ** 2 + cmath.phase(amplitude)


def nodal_analysis(conductance, capacitance, omega):
    n = 3
    y = np.zeros((n, n), complex)
    for i in range(n):
        y[i, i] += conductance[i] + 1j * omega * capacitance[i]
    for i in range(n - 1):
        branch = 1.0 / (1.0 + 1j * omega * 0.3 * (i + 1))
        y[i, i] += branch
        y[i + 1, i + 1] += branch
        y[i, i + 1] -= branch
        y[i + 1, i] -= branch
    v = np.linalg.solve(y, np.array([1.0, 0.0, 0.0]))
    return 20.0 * np.log10(np.abs(v[-1]))


def damped_root(mass, damping, stiffness):
    root = cmath.sqrt(damping**2 - 4.0 * mass * stiffness)
    s = (-damping + root) / (2.0 * mass)
    return s.imag + 2.0 * s.real


def polar_and_back(r, phi):
    z = cmath.rect(r, phi) * cmath.rect(2.0, 0.3)
    size, angle = cmath.polar(z)
    return size * angle


def real_part_written(x, y):
    z = np.zeros(len(x), dtype=complex)
    z.real = x
    z.imag = y
    z.real[1:] += x[:-1] * y[1:]
    z.imag[0] *= 3.0
    return np.abs(z * z)


def parts_as_views(x):
    z = x * (1.0 + 2.0j)
    re = z.real
    im = np.imag(z)
    re[0] = 5.0 * x[1]
    im[1:] *= x[1:]
    return np.real(z * z)


def newton_of_a_polynomial(a, b):
    z = 0.4 + 0.9j
    for _ in range(12):
        z = z - (z**3 + a * z + b) / (3.0 * z**2 + a)
    return z.real, z.imag


def characteristic(x, t):
    return np.mean(np.exp(1j * np.outer(t, x)), axis=1)


def phase_unwrapped(phase):
    z = np.exp(1j * phase)
    steps = np.angle(z[1:] * np.conj(z[:-1]))
    return np.cumsum(steps)


def refractive(n, k, angle):
    index = n + 1j * k
    cosine = np.sqrt(1.0 - (np.sin(angle) / index) ** 2)
    rs = (np.cos(angle) - index * cosine) / (np.cos(angle) + index * cosine)
    rp = (index * np.cos(angle) - cosine) / (index * np.cos(angle) + cosine)
    return 0.5 * (np.abs(rs) ** 2 + np.abs(rp) ** 2)


# Complex in, real out


def magnitude(z):
    return np.sum(np.abs(z) ** 2)


def distance(z, w):
    return abs(z - w)


def hermitian_form(psi, h):
    return np.vdot(psi, h @ psi).real


def overlap(a, b):
    return np.abs(np.sum(np.conj(a) * b)) / np.sqrt(np.sum(np.abs(a) ** 2))


def phases(z):
    return np.angle(z) + z.imag / z.real


def energy_of_spectrum(spectrum):
    field = np.fft.ifft(spectrum)
    return np.sum(np.abs(field) ** 4)


def field_of_half_spectrum(spectrum):
    return np.fft.irfft(spectrum)


def norm_and_variance(z):
    return np.linalg.norm(z) + np.var(z) + np.std(z)


def real_and_imaginary(z):
    return np.real(z) * np.imag(z) + z.real**2


def branch_on_size(z):
    total = 0.0
    for value in z:
        if abs(value) > 1.0:
            total += (1.0 / value).real
        elif value.imag > 0.0:
            total += (value * value).imag
        else:
            total += abs(value)
    return total


def quantum_expectation(psi):
    psi = psi / np.sqrt(np.sum(np.abs(psi) ** 2))
    momentum = -0.5j * (psi[2:] - psi[:-2])
    return np.sum(np.conj(psi[1:-1]) * momentum).real


# Complex in, complex out


def moebius(z, a, b, c, d):
    return (a * z + b) / (c * z + d)


def mandelbrot(c, steps):
    z = 0j
    for _ in range(steps):
        z = z * z + c
        if abs(z) > 2.0:
            break
    return z


def horner(coefficients, z):
    value = 0.0
    for c in coefficients:
        value = value * z + c
    return value


def durand_kerner(coefficients):
    roots = (0.4 + 0.9j) ** np.arange(3)
    for _ in range(6):
        new = np.empty(3, dtype=complex)
        for i in range(3):
            value = ((roots[i] + coefficients[0]) * roots[i] + coefficients[1]) * roots[i]
            value = value + coefficients[2]
            below = 1.0 + 0j
            for j in range(3):
                if j != i:
                    below = below * (roots[i] - roots[j])
            new[i] = roots[i] - value / below
        roots = new
    return roots


def elementary(z):
    a = np.exp(z) + np.log(z) * np.sqrt(z)
    b = np.sin(z) * np.cos(z) - np.tan(z)
    return a + b * np.sinh(z) / np.cosh(z) + np.tanh(z)


def inverse_functions(z):
    return np.arcsin(z) + np.arctan(z) * np.arccos(z) + np.arcsinh(z) - np.arctanh(z)


def cmath_functions(z):
    a = cmath.exp(z) + cmath.log(z) * cmath.sqrt(z)
    b = cmath.sin(z) * cmath.cos(z) - cmath.tan(z)
    return a + b * cmath.sinh(z) / cmath.cosh(z) + cmath.tanh(z) + cmath.atan(z)


def powers(z, w):
    return z**2 + z**3.5 + z**w + 2.0**z + z**-1 + np.power(z, 1 + 1j)


def mixed_solve(a, b):
    x = np.linalg.solve(a, b)
    return x, np.linalg.inv(a) @ x


def determinant(a):
    return np.linalg.det(a) * np.trace(a)


def products(a, b):
    return a @ b, np.dot(a[0], b[:, 0]), np.einsum("ij,jk->ki", a, b), a.conj().T @ b


def real_matrix_of_complex_vector(a, z):
    return a @ z, np.dot(z, z), np.vdot(z, z)


def mixed_products(x, z):
    y = x * z
    y += x
    y[1:] -= z[:-1] * x[1:]
    return y


def transforms_of_complex(z):
    return np.fft.fft(z), np.fft.ifft(z, axis=0), np.fft.fftshift(np.fft.fft2(z))


def cumulative(z):
    return np.cumsum(z), np.cumprod(z), np.prod(z), np.diff(z)


def accumulated_in_place(z, steps):
    z = z.copy()
    for k in range(steps):
        for i in range(1, len(z)):
            z[i] += 0.5j * z[i - 1] * np.conj(z[i])
        z *= np.exp(0.1j * k)
    return z


def where_and_choice(z):
    inside = np.where(np.abs(z) < 1.0, z * z, 1.0 / np.conj(z))
    inside[z.real < 0.0] = 2.0j
    return inside


def parts_of_the_input_written(z, x):
    z.real[1:] += x
    z.imag *= 2.0
    z.real[z.imag > 1.0] = 0.5
    return z * z


def conjugated_many_ways(z):
    return z.conjugate() * z.conj() + np.conjugate(z) / z + np.conj(z).imag


def complex_of_two(a, b):
    z = complex(a, b)
    w = complex(b)
    return z * w + z.conjugate() + complex(1.0, a)


def reduced_by_axis(z):
    return np.sum(z, axis=0) * np.mean(z, axis=0), np.sum(z)


def recurrence_with_state(x, feedback):
    state = 0j
    out = np.zeros(len(x), complex)
    for n in range(len(x)):
        state = feedback * state + x[n]
        out[n] = state
    return out


def joined(z, x):
    both = np.concatenate([z, x])
    return np.stack([both, np.conj(both)]), np.array([z[0], x[1], 1.0])


def single_precision(z, x):
    return np.abs(z) * x + np.real(z * np.exp(z)), z * x


def power_of_a_magnitude(z):
    spectrum = np.abs(np.fft.fft(z))
    return np.argmax(spectrum) * spectrum[np.argmax(spectrum)]


def product_while(z):
    count = 0
    while abs(z) < 10.0:
        z = z * (1.1 + 0.4j) + 0.1
        count += 1
    return z / count


def astype_and_back(x):
    z = x.astype(complex)
    z = z * (1.0 + 1j * x)
    return z.real.astype(np.float64) * 2.0, np.asarray(z, dtype=np.complex128)


# Memory: parts are views, and a real array is its own conjugate


def conjugate_is_the_array_itself(x):
    y = x.conj()
    y[0] = 5.0 * x[1]
    return x * y


def real_part_seen_after_a_write(z):
    re = z.real
    z[0] = 2.0j * z[1]
    return re * 2.0


def every_second_real_part(z):
    re = z.real[::2]
    re += 1.0
    return z * z


def parts_of_a_reshaped_array(z):
    w = z.reshape(2, 2)
    w.real[0] = w.imag[1]
    return np.sum(z**2)


def parts_of_a_transposed_array(z):
    z.T.real[0, 1] = 3.0
    z.imag[:, 0] *= 2.0
    return z @ z


def parts_in_a_loop(z, steps):
    for i in range(steps):
        z.real[i] = z.imag[i] * 2.0
        z.imag[i:] -= z.real[i]
    return z


def parts_as_results(z, x):
    np.multiply(x, 2.0, out=z.real)
    np.add.at(z.imag, np.array([0, 0, 1]), x[:3])
    return z * z


def parts_at_computed_places(z, x):
    z.real[[0, 2]] = x[:2]
    z.imag[np.array([True, False, True, False])] = 0.25
    return z * z


def real_part_cleared(z):
    r = np.real(z)
    r[...] = 0.0
    return np.abs(z)


def part_by_branch(z, flag):
    r = z.real if flag > 0.0 else z.imag
    return r * r


def written_by_branch(z, flag):
    w = z.copy()
    if flag > 0.0:
        w.real = 1.0
    else:
        w.imag[1:] = 2.0
    return w * z


def loop_over_parts(z):
    total = 0.0
    for re, im in zip(z.real, z.imag):
        total += re * im**2
    return total


def unit_phasors(z):
    return np.sign(z), z / np.abs(z)


def correlation(z):
    total = 0
    for i in range(len(z)):
        total += z[i] * z[-i - 1].conj()
    return total


def hermitian_factor(z):
    m = np.outer(z, z.conj()) + 3.0 * np.eye(len(z))
    return np.linalg.cholesky(m)


def orders(z):
    return np.max(z) * 2.0, np.sort(z), z[np.argmin(z)], np.where(z > 0.1, z, 1j * z)


X8 = np.array([0.3, -1.2, 0.8, 2.0, -0.4, 1.1, 0.6, -0.9])
Z4 = np.array([0.5 + 0.3j, -1.2 + 0.7j, 0.8 - 1.1j, -0.3 - 0.6j])
W4 = np.array([1.1 - 0.2j, 0.4 + 0.9j, -0.7 + 0.1j, 0.2 + 0.5j])
M3 = np.array(
    [
        [2.0 + 0.3j, 0.4 - 0.2j, 0.1j],
        [0.5 + 0.5j, 1.7 - 0.6j, -0.3],
        [0.2 - 0.1j, 0.3 + 0.4j, 1.5 + 0.8j],
    ]
)
B3 = np.array([[0.3 + 0.1j, 1.2], [-0.4j, 0.7 - 0.5j], [0.9 + 0.2j, -0.6j]])
OMEGA = np.array([0.5, 1.0, 1.7, 2.4])

PROGRAMS = [
    (impedance, (2.0, 0.5, 0.3, 1.7)),
    (impedance, (2.0, 0.5, 0.3, np.float64(1.7))),
    (impedance, (2.0, 0.5, 0.3, OMEGA)),
    (resonance_curve, (0.8, 0.9, OMEGA)),
    (ladder_network, (1.5, 0.4, 0.9, 4)),
    (thin_film, (np.array([0.2, 0.35, 0.1]), np.array([1.3, 2.1, 1.7]), 0.9)),
    (thin_film_from_list, (np.array([0.2, 0.35, 0.1]), np.array([1.3, 2.1, 1.7]))),
    (low_pass, (X8, 0.2)),
    (band_stop, (X8,)),
    (power_spectrum, (X8, 6.0)),
    (gaussian_beam, (0.8, 0.5, np.array([1.0, 0.4, 0.7]))),
    (split_step, (X8, X8[::-1].copy(), X8**2, 0.1, 3)),
    (crank_nicolson, (X8[:5] ** 2, 0.3)),
    (scattering, (X8, 1.3, 0.8)),
    (scattering_with_cmath, (X8, 1.3)),
    (nodal_analysis, (np.array([1.0, 0.6, 0.8]), np.array([0.2, 0.4, 0.3]), 1.5)),
    (damped_root, (1.2, 0.5, 3.0)),
    (polar_and_back, (1.3, 0.6)),
    (real_part_written, (X8, X8[::-1].copy())),
    (parts_as_views, (X8,)),
    (newton_of_a_polynomial, (0.7, 1.3)),
    (characteristic, (X8, np.array([0.2, 0.9, 1.6]))),
    (phase_unwrapped, (X8,)),
    (refractive, (1.4, 0.2, 0.6)),
    (refractive, (np.array([1.4, 2.0]), 0.2, np.array([0.6, 0.3]))),
    (magnitude, (Z4,)),
    (magnitude, (Z4.reshape(2, 2).T,)),
    (magnitude, (0.3 - 0.4j,)),
    (distance, (0.3 - 0.4j, 1.0 + 2.0j)),
    (distance, (0.3 - 0.4j, 1.5)),
    (hermitian_form, (Z4[:3], M3)),
    (overlap, (Z4, W4)),
    (phases, (Z4,)),
    (phases, (0.3 - 0.4j,)),
    (energy_of_spectrum, (Z4,)),
    (field_of_half_spectrum, (Z4,)),
    (norm_and_variance, (Z4,)),
    (real_and_imaginary, (Z4,)),
    (real_and_imaginary, (X8,)),
    (branch_on_size, (Z4,)),
    (quantum_expectation, (np.concatenate([Z4, W4]),)),
    (moebius, (0.3 + 0.4j, 1.0 + 2.0j, -0.5j, 0.7, 1.1 - 0.3j)),
    (moebius, (Z4, 1.0 + 2.0j, -0.5j, 0.7, 1.1 - 0.3j)),
    (mandelbrot, (-0.4 + 0.5j, 6)),
    (mandelbrot, (0.9 + 0.9j, 6)),
    (horner, (Z4, 0.6 - 0.8j)),
    (horner, (X8, 0.6 - 0.8j)),
    (horner, (X8, Z4)),
    (durand_kerner, (np.array([0.3 + 0.2j, -1.1, 0.7 - 0.4j]),)),
    (elementary, (Z4,)),
    (elementary, (0.4 + 0.7j,)),
    (inverse_functions, (Z4,)),
    (cmath_functions, (0.4 + 0.7j,)),
    (powers, (Z4, W4)),
    (powers, (0.4 + 0.7j, 0.3 - 0.2j)),
    (mixed_solve, (M3, B3)),
    (mixed_solve, (M3, B3[:, 0].copy())),
    (mixed_solve, (M3, np.array([1.0, 0.5, -0.3]))),
    (mixed_solve, (M3.real.copy(), B3)),
    (determinant, (M3,)),
    (products, (M3, B3)),
    (products, (M3, B3.real.copy())),
    (real_matrix_of_complex_vector, (M3.real.copy(), Z4[:3])),
    (mixed_products, (X8[:4], Z4)),
    (transforms_of_complex, (M3,)),
    (cumulative, (Z4,)),
    (accumulated_in_place, (Z4, 2)),
    (where_and_choice, (Z4,)),
    (parts_of_the_input_written, (Z4, np.array([0.5, 0.1, -0.8]))),
    (conjugated_many_ways, (Z4,)),
    (conjugated_many_ways, (np.complex128(0.4 - 0.9j),)),
    (complex_of_two, (0.6, -1.4)),
    (reduced_by_axis, (M3,)),
    (recurrence_with_state, (X8, 0.7 + 0.4j)),
    (recurrence_with_state, (Z4, 0.7 + 0.4j)),
    (joined, (Z4, X8)),
    (single_precision, (Z4.astype(np.complex64), X8[:4].astype(np.float32))),
    (single_precision, (Z4.astype(np.complex64), X8[:4])),
    (power_of_a_magnitude, (Z4,)),
    (product_while, (0.4 - 0.9j,)),
    (astype_and_back, (X8,)),
    (conjugate_is_the_array_itself, (X8,)),
    (conjugate_is_the_array_itself, (Z4,)),
    (real_part_seen_after_a_write, (Z4,)),
    (every_second_real_part, (Z4,)),
    (parts_of_a_reshaped_array, (Z4,)),
    (parts_of_a_transposed_array, (M3,)),
    (parts_in_a_loop, (Z4, 3)),
    (parts_as_results, (Z4, X8[:4])),
    (parts_at_computed_places, (Z4, X8[:4])),
    (real_part_cleared, (Z4,)),
    (part_by_branch, (Z4, 1.0)),
    (part_by_branch, (Z4, -1.0)),
    (written_by_branch, (Z4, 1.0)),
    (written_by_branch, (Z4, -1.0)),
    (loop_over_parts, (Z4,)),
    (unit_phasors, (Z4,)),
    (unit_phasors, (0.4 - 0.9j,)),
    (correlation, (Z4,)),
    (hermitian_factor, (Z4,)),
    (orders, (Z4,)),
]
