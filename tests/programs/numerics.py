"""Textbook programs of ten to forty lines, as a scientist would write them."""

import math

import numpy as np


def heat_equation(u, diffusivity, steps):
    u = u.copy()
    dx = 1.0 / (len(u) - 1)
    dt = 0.2 * dx**2
    for _ in range(steps):
        laplacian = (u[2:] - 2.0 * u[1:-1] + u[:-2]) / dx**2
        u[1:-1] += dt * diffusivity * laplacian
    return np.sum(u**2)


def heat_equation_by_elements(u, diffusivity, steps):
    n = len(u)
    for _ in range(steps):
        new = np.zeros(n)
        new[0] = u[0]
        new[n - 1] = u[n - 1]
        for i in range(1, n - 1):
            new[i] = u[i] + 0.1 * diffusivity * u[i] * (u[i + 1] - 2.0 * u[i] + u[i - 1])
        u = new
    return u


def nonlinear_diffusion_2d(u, steps):
    u = u.copy()
    for _ in range(steps):
        gradient = u[1:-1, 2:] - u[1:-1, :-2]
        flux = np.exp(-(gradient**2))
        u[1:-1, 1:-1] += (
            0.1
            * flux
            * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1])
        )
    return u


def wave_equation(u, speed, steps):
    before = u.copy()
    now = u.copy()
    for _ in range(steps):
        after = np.zeros_like(now)
        after[1:-1] = (
            2.0 * now[1:-1]
            - before[1:-1]
            + (0.3 * speed) ** 2 * (now[2:] - 2.0 * now[1:-1] + now[:-2])
        )
        before = now
        now = after
    return np.sum(now * now)


def burgers(u, viscosity, steps):
    u = u.copy()
    for _ in range(steps):
        old = u.copy()
        for i in range(1, len(u) - 1):
            advection = old[i] * (old[i] - old[i - 1])
            diffusion = viscosity * (old[i + 1] - 2.0 * old[i] + old[i - 1])
            u[i] = old[i] - 0.2 * advection + 0.2 * diffusion
        u[0] = u[-2]
        u[-1] = u[1]
    return u


def upwind(u, speed, steps):
    u = u.copy()
    for _ in range(steps):
        if speed > 0.0:
            u[1:] -= 0.3 * speed * (u[1:] - u[:-1])
        else:
            u[:-1] -= 0.3 * speed * (u[1:] - u[:-1])
    return np.max(u) + np.sum(u**3)


def lotka_volterra(t, state, rates):
    prey, predator = state[0], state[1]
    change = np.empty(2)
    change[0] = rates[0] * prey - rates[1] * prey * predator
    change[1] = rates[3] * prey * predator - rates[2] * predator
    return change


def runge_kutta(state, rates, dt, steps):
    t = 0.0
    for _ in range(steps):
        k1 = lotka_volterra(t, state, rates)
        k2 = lotka_volterra(t + dt / 2.0, state + dt / 2.0 * k1, rates)
        k3 = lotka_volterra(t + dt / 2.0, state + dt / 2.0 * k2, rates)
        k4 = lotka_volterra(t + dt, state + dt * k3, rates)
        state = state + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        t += dt
    return state


def runge_kutta_misfit(rates, observed, dt):
    state = observed[0]
    misfit = 0.0
    for row in range(1, observed.shape[0]):
        state = runge_kutta(state, rates, dt, 2)
        misfit += np.sum((np.log(observed[row]) - np.log(state)) ** 2)
    return misfit / (2.0 * 0.25**2)


def euler_pendulum(angle, velocity, damping, steps):
    dt = 0.05
    for _ in range(steps):
        acceleration = -math.sin(angle) - damping * velocity
        angle += dt * velocity
        velocity += dt * acceleration
    return angle, velocity


def newton_square_root(a):
    x = a
    while abs(x * x - a) > 1e-12:
        x = 0.5 * (x + a / x)
    return x


def newton_with_iteration_limit(a, limit):
    x = 1.0
    for _ in range(limit):
        value = x**3 + a * x - 2.0
        slope = 3.0 * x**2 + a
        step = value / slope
        x -= step
        if abs(step) < 1e-13:
            break
    return x


def bisection(low, high, target):
    for _ in range(8):
        middle = 0.5 * (low + high)
        if middle**3 + middle < target:
            low = middle
        else:
            high = middle
    return low * high * target


def secant(first, second):
    for _ in range(4):
        slope = (math.cos(second) - second - math.cos(first) + first) / (second - first)
        first, second = second, second - (math.cos(second) - second) / slope
    return second


def golden_section(width):
    ratio = (math.sqrt(5.0) - 1.0) / 2.0
    low, high = 0.0, width
    for _ in range(6):
        left = high - ratio * (high - low)
        right = low + ratio * (high - low)
        if (left - 1.0) ** 2 < (right - 1.0) ** 2:
            high = right
        else:
            low = left
    return (low + high) / 2.0


def thomas(lower, diagonal, upper, rhs):
    n = len(diagonal)
    c = np.zeros(n)
    d = np.zeros(n)
    c[0] = upper[0] / diagonal[0]
    d[0] = rhs[0] / diagonal[0]
    for i in range(1, n):
        pivot = diagonal[i] - lower[i - 1] * c[i - 1]
        if i < n - 1:
            c[i] = upper[i] / pivot
        d[i] = (rhs[i] - lower[i - 1] * d[i - 1]) / pivot
    x = np.zeros(n)
    x[-1] = d[-1]
    for i in range(n - 2, -1, -1):
        x[i] = d[i] - c[i] * x[i + 1]
    return x


def thomas_in_place(lower, diagonal, upper, rhs):
    for i in range(1, len(rhs)):
        factor = lower[i - 1] / diagonal[i - 1]
        diagonal[i] -= factor * upper[i - 1]
        rhs[i] -= factor * rhs[i - 1]
    rhs[-1] /= diagonal[-1]
    for i in range(len(rhs) - 2, -1, -1):
        rhs[i] = (rhs[i] - upper[i] * rhs[i + 1]) / diagonal[i]
    return rhs


def crank_nicolson(u, coefficient, steps):
    n = len(u)
    implicit = np.zeros((n, n))
    explicit = np.zeros((n, n))
    for i in range(n):
        implicit[i, i] = 1.0 + coefficient
        explicit[i, i] = 1.0 - coefficient
        if i > 0:
            implicit[i, i - 1] = -coefficient / 2.0
            explicit[i, i - 1] = coefficient / 2.0
        if i + 1 < n:
            implicit[i, i + 1] = -coefficient / 2.0
            explicit[i, i + 1] = coefficient / 2.0
    for _ in range(steps):
        u = np.linalg.solve(implicit, explicit @ u)
    return u


def cholesky(a):
    n = a.shape[0]
    factor = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            total = a[i, j]
            for k in range(j):
                total -= factor[i, k] * factor[j, k]
            if i == j:
                factor[i, j] = math.sqrt(total)
            else:
                factor[i, j] = total / factor[j, j]
    return factor


def cholesky_in_place(a):
    n = a.shape[0]
    for j in range(n):
        a[j, j] = np.sqrt(a[j, j] - np.dot(a[j, :j], a[j, :j]))
        for i in range(j + 1, n):
            a[i, j] = (a[i, j] - np.dot(a[i, :j], a[j, :j])) / a[j, j]
        a[j, j + 1 :] = 0.0
    return a


def lu_in_place(a):
    n = a.shape[0]
    for k in range(n - 1):
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            a[i, k + 1 :] -= a[i, k] * a[k, k + 1 :]
    return a


def lu_with_pivoting(a, b):
    a = a.copy()
    b = b.copy()
    n = len(b)
    for k in range(n - 1):
        pivot = k
        for i in range(k + 1, n):
            if abs(a[i, k]) > abs(a[pivot, k]):
                pivot = i
        if pivot != k:
            for j in range(n):
                a[k, j], a[pivot, j] = a[pivot, j], a[k, j]
            b[k], b[pivot] = b[pivot], b[k]
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            for j in range(k, n):
                a[i, j] -= factor * a[k, j]
            b[i] -= factor * b[k]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            b[i] -= a[i, j] * b[j]
        b[i] /= a[i, i]
    return b


def gram_schmidt(a):
    q = np.zeros_like(a)
    for j in range(a.shape[1]):
        v = a[:, j].copy()
        for i in range(j):
            v -= np.dot(q[:, i], a[:, j]) * q[:, i]
        q[:, j] = v / np.sqrt(np.sum(v**2))
    return q


def modified_gram_schmidt(a):
    q = a.copy()
    for j in range(q.shape[1]):
        q[:, j] /= np.linalg.norm(q[:, j])
        for k in range(j + 1, q.shape[1]):
            q[:, k] -= (q[:, j] @ q[:, k]) * q[:, j]
    return q


def power_iteration(a, steps):
    v = np.ones(a.shape[0])
    for _ in range(steps):
        v = a @ v
        v = v / np.sqrt(v @ v)
    return v @ a @ v


def jacobi_method(a, b, sweeps):
    x = np.zeros_like(b)
    for _ in range(sweeps):
        new = np.empty_like(x)
        for i in range(len(b)):
            total = b[i]
            for j in range(len(b)):
                if j != i:
                    total -= a[i, j] * x[j]
            new[i] = total / a[i, i]
        x = new
    return x


def gauss_seidel(a, b, sweeps):
    x = np.zeros_like(b)
    for _ in range(sweeps):
        for i in range(len(b)):
            x[i] = (b[i] - a[i, :i] @ x[:i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return x


def gauss_seidel_grid(u, sweeps):
    for _ in range(sweeps):
        for i in range(1, u.shape[0] - 1):
            for j in range(1, u.shape[1] - 1):
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1])
                u[i, j] += 0.1 * u[i, j] ** 2
    return np.sum(u * u)


def jacobi_two_buffers(a, b, steps):
    for _ in range(steps):
        b[1:-1, 1:-1] = 0.2 * (
            a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1]
        )
        a[1:-1, 1:-1] = 0.2 * (
            b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1]
        )
    return np.sum(a**2) + np.sum(b)


def successive_over_relaxation(u, omega, tolerance):
    u = u.copy()
    change = 1.0
    sweeps = 0
    while change > tolerance and sweeps < 30:
        change = 0.0
        for i in range(1, len(u) - 1):
            update = omega * (0.5 * (u[i - 1] + u[i + 1]) - u[i])
            u[i] += update
            change = max(change, abs(update))
        sweeps += 1
    return u


def conjugate_gradient(a, b, steps):
    x = np.zeros_like(b)
    residual = b - a @ x
    direction = residual.copy()
    old = residual @ residual
    for _ in range(steps):
        product = a @ direction
        alpha = old / (direction @ product)
        x = x + alpha * direction
        residual = residual - alpha * product
        new = residual @ residual
        if new < 1e-20:
            break
        direction = residual + new / old * direction
        old = new
    return x


def conjugate_gradient_in_place(a, b, steps):
    x = np.zeros_like(b)
    residual = b.copy()
    direction = b.copy()
    old = np.dot(residual, residual)
    for _ in range(steps):
        product = np.dot(a, direction)
        alpha = old / np.dot(direction, product)
        x += alpha * direction
        residual -= alpha * product
        new = np.dot(residual, residual)
        direction *= new / old
        direction += residual
        old = new
    return x


def gradient_descent(weights, inputs, targets, rate, steps):
    for _ in range(steps):
        residual = inputs @ weights - targets
        weights = weights - rate * (inputs.T @ residual)
    return weights


def trapezoid(a, b, panels):
    h = (b - a) / panels
    total = 0.5 * (math.exp(-a * a) + math.exp(-b * b))
    for i in range(1, panels):
        x = a + i * h
        total += math.exp(-x * x)
    return total * h


def trapezoid_of_samples(x, y):
    return np.sum((x[1:] - x[:-1]) * (y[1:] + y[:-1])) / 2.0


def simpson(frequency, panels):
    h = math.pi / panels
    total = 0.0
    for i in range(panels + 1):
        if i == 0 or i == panels:
            weight = 1.0
        elif i % 2 == 1:
            weight = 4.0
        else:
            weight = 2.0
        total += weight * math.sin(frequency * i * h) ** 2
    return total * h / 3.0


def simpson_slices(y, dx):
    return dx / 3.0 * (y[0] + y[-1] + 4.0 * np.sum(y[1:-1:2]) + 2.0 * np.sum(y[2:-1:2]))


def horner(coefficients, x):
    result = 0.0
    for coefficient in coefficients[::-1]:
        result = result * x + coefficient
    return result


def clenshaw(coefficients, x):
    b1 = 0.0
    b2 = 0.0
    for k in range(len(coefficients) - 1, 0, -1):
        b1, b2 = coefficients[k] + 2.0 * x * b1 - b2, b1
    return coefficients[0] + x * b1 - b2


def lagrange(nodes, values, x):
    total = 0.0
    for i in range(len(nodes)):
        term = values[i]
        for j in range(len(nodes)):
            if i == j:
                continue
            term *= (x - nodes[j]) / (nodes[i] - nodes[j])
        total += term
    return total


def divided_differences(nodes, values):
    table = values.copy()
    for level in range(1, len(nodes)):
        for i in range(len(nodes) - 1, level - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (nodes[i] - nodes[i - level])
    return table


def logistic_map(x, growth, steps):
    for _ in range(steps):
        x = growth * x * (1.0 - x)
    return x


def mandelbrot_like(a, b):
    x, y = 0.0, 0.0
    for k in range(12):
        if x * x + y * y > 4.0:
            return (x * x + y * y) / (k + 1)
        x, y = x * x - y * y + a, 2.0 * x * y + b
    return x * y


def recurrent_network(inputs, weights, recurrent, steps):
    hidden = np.zeros(recurrent.shape[0])
    for t in range(steps):
        hidden = np.tanh(weights @ inputs[t] + recurrent @ hidden)
    return np.sum(hidden**2)


def gated_cell(inputs, gate_weights, hidden):
    for x in inputs:
        gate = 1.0 / (1.0 + np.exp(-(gate_weights[0] * x + gate_weights[1] * hidden)))
        candidate = np.tanh(gate_weights[2] * x + gate * hidden)
        hidden = (1.0 - gate) * hidden + gate * candidate
    return hidden


def two_layer_network(inputs, labels, first, first_bias, second, second_bias):
    hidden = np.maximum(0.0, inputs @ first + first_bias)
    scores = hidden @ second + second_bias
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_total = np.log(np.sum(np.exp(shifted), axis=1))
    loss = 0.0
    for k in range(len(labels)):
        loss += log_total[k] - shifted[k, labels[k]]
    return loss / len(labels)


def softmax(x):
    shifted = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return shifted / np.sum(shifted, axis=-1, keepdims=True)


def log_sum_exp_by_loop(x):
    largest = x[0]
    for value in x:
        if value > largest:
            largest = value
    total = 0.0
    for value in x:
        total += math.exp(value - largest)
    return largest + math.log(total)


def logistic_regression(weights, inputs, labels, penalty):
    margins = labels * (inputs @ weights)
    loss = np.mean(np.log1p(np.exp(-margins)))
    return loss + 0.5 * penalty * np.dot(weights, weights)


def kalman_filter(measurements, process_noise, measurement_noise):
    estimate = 0.0
    variance = 1.0
    likelihood = 0.0
    for measurement in measurements:
        variance = variance + process_noise
        innovation = measurement - estimate
        total = variance + measurement_noise
        gain = variance / total
        estimate = estimate + gain * innovation
        variance = (1.0 - gain) * variance
        likelihood -= 0.5 * (innovation**2 / total + math.log(2.0 * math.pi * total))
    return likelihood


def kalman_filter_matrices(state, covariance, transition, measurements, noise):
    observe = np.zeros((1, 2))
    observe[0, 0] = 1.0
    for k in range(len(measurements)):
        state = transition @ state
        covariance = transition @ covariance @ transition.T + noise * np.diag(np.ones(2))
        scale = observe @ covariance @ observe.T + noise
        gain = covariance @ observe.T @ np.linalg.inv(scale)
        state = state + gain[:, 0] * (measurements[k] - observe @ state)[0]
        covariance = (np.diag(np.ones(2)) - gain @ observe) @ covariance
    return state


def n_body(positions, velocities, masses, steps):
    count = len(masses)
    dt = 0.02
    for _ in range(steps):
        force = np.zeros_like(positions)
        for i in range(count):
            for j in range(count):
                if i != j:
                    gap = positions[j] - positions[i]
                    distance = math.sqrt(np.sum(gap**2) + 0.01)
                    force[i] += masses[j] * gap / distance**3
        velocities = velocities + dt * force
        positions = positions + dt * velocities
    return positions


def n_body_energy(positions, masses):
    energy = 0.0
    for i in range(len(masses)):
        for j in range(i + 1, len(masses)):
            dx = positions[i, 0] - positions[j, 0]
            dy = positions[i, 1] - positions[j, 1]
            energy -= masses[i] * masses[j] / math.sqrt(dx * dx + dy * dy)
    return energy


def pair_forces_by_broadcasting(positions, steps):
    for _ in range(steps):
        gap = positions[:, np.newaxis, :] - positions[np.newaxis, :, :]
        squares = np.sum(gap**2, axis=2) + 0.1
        positions = positions - 0.01 * np.sum(gap / squares[:, :, None] ** 1.5, axis=1)
    return positions


def lennard_jones(positions):
    energy = 0.0
    for i in range(positions.shape[0]):
        for j in range(i):
            square = 0.0
            for axis in range(positions.shape[1]):
                square += (positions[i, axis] - positions[j, axis]) ** 2
            inverse = 1.0 / square**3
            energy += 4.0 * (inverse**2 - inverse)
    return energy


def verlet(x, v, stiffness, steps):
    dt = 0.1
    acceleration = -stiffness * x
    for _ in range(steps):
        x = x + v * dt + 0.5 * acceleration * dt**2
        new = -stiffness * x - 0.1 * x**3
        v = v + 0.5 * (acceleration + new) * dt
        acceleration = new
    return x, v


def spring_chain(x, v, stiffness, steps):
    x = x.copy()
    v = v.copy()
    force = np.zeros_like(x)
    for _ in range(steps):
        force[:] = 0.0
        for i in range(len(x) - 1):
            stretch = x[i + 1] - x[i] - 1.0
            pull = stiffness * stretch + 0.5 * stretch**3
            force[i] += pull
            force[i + 1] -= pull
        v += 0.05 * force
        x += 0.05 * v
    return x, 0.5 * np.sum(v**2)


def convolution(signal, kernel):
    n = len(signal) - len(kernel) + 1
    result = np.zeros(n)
    for i in range(n):
        for j in range(len(kernel)):
            result[i] += signal[i + j] * kernel[len(kernel) - 1 - j]
    return result


def convolution_full(signal, kernel):
    result = np.zeros(len(signal) + len(kernel) - 1)
    for i in range(len(signal)):
        for j in range(len(kernel)):
            result[i + j] += signal[i] * kernel[j]
    return result


def convolution_2d_slices(image, kernel):
    rows = image.shape[0] - kernel.shape[0] + 1
    columns = image.shape[1] - kernel.shape[1] + 1
    result = np.zeros((rows, columns))
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            result += kernel[i, j] * image[i : i + rows, j : j + columns]
    return result


def lower_triangular_product(a, x):
    y = np.zeros_like(x)
    for i in range(len(x)):
        for j in range(i + 1):
            y[i] += a[i, j] * x[j]
    return y


def forward_substitution(a, b):
    x = b.copy()
    for i in range(len(b)):
        for j in range(i):
            x[i] -= a[i, j] * x[j]
        x[i] /= a[i, i]
    return x


def cumulative_sums(x):
    result = np.empty_like(x)
    total = 0.0
    for i in range(len(x)):
        total += x[i] ** 2
        result[i] = total
    return result


def cumulative_products(x):
    result = np.ones(len(x) + 1)
    for i in range(len(x)):
        result[i + 1] = result[i] * x[i]
    return result[1:]


def exponential_smoothing(x, alpha):
    level = x[0]
    error = 0.0
    for t in range(1, len(x)):
        error += (x[t] - level) ** 2
        level = alpha * x[t] + (1.0 - alpha) * level
    return error


def autoregression(coefficients, x):
    residual = 0.0
    order = len(coefficients)
    for t in range(order, len(x)):
        predicted = 0.0
        for lag in range(order):
            predicted += coefficients[lag] * x[t - 1 - lag]
        residual += (x[t] - predicted) ** 2
    return residual


def black_scholes_monte_carlo(spot, strike, rate, volatility, draws):
    payoff = 0.0
    for draw in draws:
        final = spot * math.exp(rate - 0.5 * volatility**2 + volatility * draw)
        if final > strike:
            payoff += final - strike
    return math.exp(-rate) * payoff / len(draws)


def black_scholes(spot, strike, rate, volatility):
    d1 = (math.log(spot / strike) + rate + 0.5 * volatility**2) / volatility
    d2 = d1 - volatility
    return spot * normal_distribution(d1) - strike * math.exp(-rate) * normal_distribution(d2)


def normal_distribution(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def binomial_option(spot, strike, volatility, periods):
    up = math.exp(volatility / math.sqrt(periods))
    probability = (1.0 - 1.0 / up) / (up - 1.0 / up)
    values = np.zeros(periods + 1)
    for i in range(periods + 1):
        values[i] = max(spot * up ** (2 * i - periods) - strike, 0.0)
    for level in range(periods, 0, -1):
        for i in range(level):
            values[i] = probability * values[i + 1] + (1.0 - probability) * values[i]
    return values[0]


def haversine(latitude_1, longitude_1, latitude_2, longitude_2):
    half = np.sin((latitude_2 - latitude_1) / 2.0) ** 2
    other = np.sin((longitude_2 - longitude_1) / 2.0) ** 2
    root = np.sqrt(half + np.cos(latitude_1) * np.cos(latitude_2) * other)
    return 2.0 * 6371.0 * np.arcsin(root)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rosenbrock_by_loop(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


def gaussian_mixture(points, means, log_weights):
    total = 0.0
    for point in points:
        terms = log_weights - 0.5 * np.sum((point - means) ** 2, axis=1)
        largest = np.max(terms)
        total += largest + np.log(np.sum(np.exp(terms - largest)))
    return total


def viterbi_score(start, transition, emission):
    score = start.copy()
    for t in range(emission.shape[0]):
        new = np.empty_like(score)
        for j in range(len(score)):
            new[j] = np.max(score + transition[:, j]) + emission[t, j]
        score = new
    return np.max(score)


def dynamic_time_warping(first, second):
    n = len(first)
    m = len(second)
    cost = np.full((n + 1, m + 1), 1e6)
    cost[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            step = min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])
            cost[i, j] = (first[i - 1] - second[j - 1]) ** 2 + step
    return cost[n, m]


def fourier_sum(x, order):
    total = np.zeros_like(x)
    for k in range(1, order + 1):
        total += np.sin(k * x) / k
    return total * total


def discrete_cosine_transform(x):
    n = len(x)
    result = np.zeros(n)
    for k in range(n):
        for i in range(n):
            result[k] += x[i] * math.cos(math.pi / n * (i + 0.5) * k)
    return result


def shallow_water(height, velocity, steps):
    height = height.copy()
    velocity = velocity.copy()
    for _ in range(steps):
        velocity[1:-1] -= 0.05 * (height[1:] - height[:-1]) * 9.81
        flux = velocity[1:-1] * 0.5 * (height[1:] + height[:-1])
        height[1:-1] -= 0.05 * (flux[1:] - flux[:-1])
        height[0] -= 0.05 * flux[0]
        height[-1] += 0.05 * flux[-1]
    return height, velocity


def bundle_projection(rotation, translation, point):
    angle = math.sqrt(rotation @ rotation)
    axis = rotation / angle
    cross = np.empty(3)
    cross[0] = axis[1] * point[2] - axis[2] * point[1]
    cross[1] = axis[2] * point[0] - axis[0] * point[2]
    cross[2] = axis[0] * point[1] - axis[1] * point[0]
    turned = (
        point * math.cos(angle)
        + cross * math.sin(angle)
        + axis * (axis @ point) * (1.0 - math.cos(angle))
        + translation
    )
    x = turned[0] / turned[2]
    y = turned[1] / turned[2]
    radius = x * x + y * y
    return np.stack([x, y]) * (1.0 + 0.1 * radius + 0.01 * radius**2)


draw = np.random.default_rng(5).uniform
normal = np.random.default_rng(6).normal
U = draw(0.5, 1.5, 7)
GRID = draw(0.5, 1.5, (4, 5))
SQUARE = draw(-0.5, 0.5, (4, 4)) + 3.0 * np.eye(4)
POSITIVE = SQUARE @ SQUARE.T
B = draw(0.5, 1.5, 4)
SMALL = draw(-0.5, 0.5, (3, 3))
RATES = np.array([0.55, 0.028, 0.80, 0.024])
OBSERVED = np.array([[30.0, 4.0], [47.2, 6.1], [70.2, 9.8]])

PROGRAMS = [
    (heat_equation, (U, 0.7, 5)),
    (heat_equation, (U, 0.7, 0)),
    (heat_equation_by_elements, (U, 0.7, 3)),
    (nonlinear_diffusion_2d, (GRID, 3)),
    (wave_equation, (U, 0.9, 4)),
    (burgers, (U, 0.3, 3)),
    (upwind, (U, 0.9, 3)),
    (upwind, (U, -0.9, 3)),
    (runge_kutta, (OBSERVED[0], RATES, 0.2, 4)),
    (runge_kutta_misfit, (RATES, OBSERVED, 0.5)),
    (euler_pendulum, (0.7, 0.1, 0.2, 8)),
    (newton_square_root, (1.7,)),
    (newton_with_iteration_limit, (1.7, 20)),
    (bisection, (0.1, 1.7, 1.3)),
    (secant, (0.4, 1.1)),
    (golden_section, (2.7,)),
    (thomas, (draw(0, 0.5, 3), draw(2, 3, 4), draw(0, 0.5, 3), B)),
    (thomas_in_place, (draw(0, 0.5, 3), draw(2, 3, 4), draw(0, 0.5, 3), B)),
    (crank_nicolson, (B, 0.4, 3)),
    (cholesky, (POSITIVE,)),
    (cholesky_in_place, (POSITIVE,)),
    (lu_in_place, (SQUARE,)),
    (lu_with_pivoting, (SQUARE[::-1].copy(), B)),
    (gram_schmidt, (SQUARE[:, :3].copy(),)),
    (modified_gram_schmidt, (SQUARE[:, :3].copy(),)),
    (power_iteration, (POSITIVE, 5)),
    (jacobi_method, (SQUARE, B, 4)),
    (gauss_seidel, (SQUARE, B, 4)),
    (gauss_seidel_grid, (GRID, 2)),
    (jacobi_two_buffers, (GRID, GRID * 0.5, 3)),
    (successive_over_relaxation, (U, 1.3, 1e-3)),
    (conjugate_gradient, (POSITIVE, B, 3)),
    (conjugate_gradient_in_place, (POSITIVE, B, 3)),
    (gradient_descent, (B, draw(-1, 1, (5, 4)), draw(-1, 1, 5), 0.1, 4)),
    (trapezoid, (-0.5, 1.3, 8)),
    (trapezoid_of_samples, (np.linspace(0, 1, 7) ** 2, U)),
    (simpson, (1.4, 6)),
    (simpson_slices, (U, 0.3)),
    (horner, (B, 0.7)),
    (clenshaw, (B, 0.7)),
    (lagrange, (np.array([0.0, 0.6, 1.1, 2.0]), B, 0.8)),
    (divided_differences, (np.array([0.0, 0.6, 1.1, 2.0]), B)),
    (logistic_map, (0.3, 3.1, 10)),
    (mandelbrot_like, (-0.3, 0.4)),
    (mandelbrot_like, (0.9, 0.4)),
    (recurrent_network, (draw(-1, 1, (5, 2)), draw(-1, 1, (3, 2)), SMALL, 5)),
    (gated_cell, (draw(-1, 1, 4), np.array([0.4, -0.3, 0.9]), B)),
    (
        two_layer_network,
        (
            draw(-1, 1, (4, 3)),
            np.array([0, 2, 1, 2]),
            draw(-1, 1, (3, 5)),
            draw(-1, 1, 5),
            draw(-1, 1, (5, 3)),
            draw(-1, 1, 3),
        ),
    ),
    (softmax, (GRID,)),
    (softmax, (B,)),
    (log_sum_exp_by_loop, (B,)),
    (logistic_regression, (B, draw(-1, 1, (5, 4)), np.sign(draw(-1, 1, 5)), 0.1)),
    (kalman_filter, (draw(-1, 1, 5), 0.1, 0.4)),
    (
        kalman_filter_matrices,
        (np.zeros(2), np.eye(2), np.array([[1.0, 0.1], [0.0, 1.0]]), draw(0, 1, 4), 0.2),
    ),
    (n_body, (draw(-1, 1, (3, 2)), draw(-1, 1, (3, 2)), draw(0.5, 1, 3), 3)),
    (n_body_energy, (draw(-1, 1, (4, 2)), draw(0.5, 1, 4))),
    (pair_forces_by_broadcasting, (draw(-1, 1, (4, 2)), 2)),
    (lennard_jones, (2.0 * np.eye(3) + 0.2 * SMALL,)),
    (verlet, (0.7, 0.1, 1.3, 6)),
    (verlet, (B, 0.1 * B, 1.3, 3)),
    (spring_chain, (np.array([0.0, 1.2, 1.9, 3.3]), 0.1 * B, 2.0, 4)),
    (convolution, (U, np.array([0.2, 0.5, -0.3]))),
    (convolution_full, (U, np.array([0.2, 0.5, -0.3]))),
    (convolution_2d_slices, (GRID, SMALL[:2, :2].copy())),
    (lower_triangular_product, (SQUARE, B)),
    (forward_substitution, (SQUARE, B)),
    (cumulative_sums, (U,)),
    (cumulative_products, (U,)),
    (exponential_smoothing, (U, 0.4)),
    (autoregression, (np.array([0.5, -0.2]), U)),
    (black_scholes_monte_carlo, (1.0, 1.05, 0.03, 0.2, normal(size=12))),
    (black_scholes, (1.0, 1.05, 0.03, 0.2)),
    (binomial_option, (1.0, 1.03, 0.2, 4)),
    (haversine, (draw(0, 0.4, 3), draw(0, 0.4, 3), draw(0.5, 1, 3), draw(0.5, 1, 3))),
    (rosenbrock, (U,)),
    (rosenbrock_by_loop, (U,)),
    (gaussian_mixture, (draw(-1, 1, (4, 2)), draw(-1, 1, (3, 2)), draw(-1, 0, 3))),
    (viterbi_score, (B[:3].copy(), SMALL, draw(-1, 1, (3, 3)))),
    (dynamic_time_warping, (U[:4].copy(), draw(0.5, 1.5, 3))),
    (fourier_sum, (B, 3)),
    (discrete_cosine_transform, (B,)),
    (shallow_water, (1.0 + 0.1 * U, np.zeros(8), 3)),
    (bundle_projection, (np.array([0.3, -0.2, 0.5]), np.array([0.1, 0.2, 3.0]), B[:3].copy())),
]
