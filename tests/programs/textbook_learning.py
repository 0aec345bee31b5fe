"""Small machine learning models written from scratch."""

from dataclasses import dataclass, field

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def softmax(z, axis=-1):
    z = z - np.max(z, axis=axis, keepdims=True)
    e = np.exp(z)
    return e / np.sum(e, axis=axis, keepdims=True)


# --- softmax regression ---------------------------------------------------------------------


def softmax_regression_loss(W, b, X, labels, weight_decay=1e-3):
    """Mean cross entropy; labels are integers."""
    scores = X @ W + b
    probs = softmax(scores)
    n = len(labels)
    picked = probs[np.arange(n), labels]
    data_loss = -np.log(picked).mean()
    return data_loss + 0.5 * weight_decay * np.sum(W * W)


# --- multilayer perceptron ------------------------------------------------------------------

ACTIVATIONS = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
    "gelu": lambda z: 0.5 * z * (1 + np.tanh(0.7978845608 * (z + 0.044715 * z**3))),
    "identity": lambda z: z,
}


@dataclass
class Layer:
    W: np.ndarray
    b: np.ndarray
    activation: str = "tanh"

    def __call__(self, x):
        return ACTIVATIONS[self.activation](x @ self.W + self.b)


@dataclass
class MLP:
    layers: list = field(default_factory=list)

    def add(self, *args, **kwargs):
        self.layers.append(Layer(*args, **kwargs))
        return self

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def mlp_regression_loss(weights, biases, X, y, activations=("gelu", "relu", "identity")):
    net = MLP()
    for W, b, act in zip(weights, biases, activations):
        net.add(W, b, activation=act)
    pred = net.forward(X).squeeze(-1)
    return np.mean((pred - y) ** 2)


# --- recurrent networks ---------------------------------------------------------------------


class LSTMCell:
    """Gates stacked in the order input, forget, cell, output."""

    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b = Wx, Wh, b
        self.hidden = Wh.shape[0]

    def init_state(self):
        return np.zeros(self.hidden), np.zeros(self.hidden)

    def step(self, x, state):
        h, c = state
        z = x @ self.Wx + h @ self.Wh + self.b
        i, f, g, o = np.split(z, 4)
        c = sigmoid(f + 1.0) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        return h, c


def lstm_next_value_loss(params, series):
    """Mean squared one step ahead prediction error on a scalar series."""
    cell = LSTMCell(params["Wx"], params["Wh"], params["b"])
    state = cell.init_state()
    loss = 0.0
    predictions = []
    for x, target in zip(series[:-1], series[1:]):  # noqa: RUF007
        state = cell.step(np.array([x]), state)
        pred = state[0] @ params["Wout"] + params["bout"]
        predictions.append(pred)
        loss += (pred - target) ** 2
    return loss / len(predictions), np.array(predictions)


# --- convolution ----------------------------------------------------------------------------


def conv2d(image, kernel, stride=1, pad=0):
    if pad:
        image = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    _, H, W = image.shape
    cout, _, kh, kw = kernel.shape
    out = np.zeros((cout, (H - kh) // stride + 1, (W - kw) // stride + 1))
    for c in range(cout):
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                patch = image[:, i * stride : i * stride + kh, j * stride : j * stride + kw]
                out[c, i, j] = np.sum(patch * kernel[c])
    return out


def batch_norm(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    xhat = (x - mean) / np.sqrt(var + eps)
    return gamma[None, :, None, None] * xhat + beta[None, :, None, None]


def small_cnn(images, kernel, gamma, beta, head):
    """conv -> batch norm -> swish -> 2x2 average pooling -> linear head."""
    feats = np.stack([conv2d(im, kernel, pad=1) for im in images])
    feats = batch_norm(feats, gamma, beta)
    feats = feats * sigmoid(feats)
    n, c, h, w = feats.shape
    pooled = feats.reshape(n, c, h // 2, 2, w // 2, 2).mean(axis=(3, 5))
    return pooled.reshape(n, -1) @ head


# --- attention ------------------------------------------------------------------------------


def layer_norm(x, eps=1e-5):
    mu = np.mean(x, axis=-1, keepdims=True)
    sd = np.std(x, axis=-1, keepdims=True)
    return (x - mu) / (sd + eps)


def causal_attention_block(x, Wqkv, Wo, n_heads=2):
    """Multi-head self attention with a causal mask and a residual connection."""
    T, D = x.shape
    hd = D // n_heads
    q, k, v = np.split(layer_norm(x) @ Wqkv, 3, axis=1)
    q, k, v = (m.reshape(T, n_heads, hd).transpose(1, 0, 2) for m in (q, k, v))
    scores = np.einsum("hid,hjd->hij", q, k) / np.sqrt(hd)
    mask = np.triu(np.ones((T, T), dtype=bool), k=1)
    scores = np.where(mask, -1e9, scores)
    weights = softmax(scores)
    context = np.einsum("hij,hjd->ihd", weights, v).reshape(T, D)
    return x + context @ Wo


# --- clustering -----------------------------------------------------------------------------


def soft_kmeans(X, centers, beta=2.0, iters=6):
    """Soft assignments with stiffness beta; returns centers and the free energy."""
    for _ in range(iters):
        d2 = ((X[:, None, :] - centers[None, :, :]) ** 2).sum(-1)
        resp = np.exp(-beta * d2)
        resp /= resp.sum(axis=1, keepdims=True)
        mass = resp.sum(axis=0)
        for k in range(len(centers)):
            centers[k] = (resp[:, k] @ X) / mass[k]
    d2 = ((X[:, None, :] - centers) ** 2).sum(-1)
    free_energy = -np.sum(np.log(np.sum(np.exp(-beta * d2), axis=1))) / beta
    return {"centers": centers, "free_energy": free_energy}


# --- support vector machine -----------------------------------------------------------------


class LinearSVM:
    def __init__(self, C=1.0, lr=0.1):
        self.C = C
        self.lr = lr
        self.w = None
        self.b = 0.0

    def margins(self, X, y):
        return y * (X @ self.w + self.b)

    def fit(self, X, y, epochs=10):
        self.w = np.zeros(X.shape[1])
        n = len(y)
        for epoch in range(epochs):
            active = self.margins(X, y) < 1
            if not active.any():
                break
            Xa, ya = X[active], y[active]
            slack = 1 - ya * (Xa @ self.w + self.b)
            grad_w = self.w - 2 * self.C * (slack * ya) @ Xa / n
            grad_b = -2 * self.C * np.sum(slack * ya) / n
            self.w = self.w - self.lr * grad_w
            self.b -= self.lr * grad_b
        return self

    def objective(self, X, y):
        hinge = np.maximum(0, 1 - self.margins(X, y))
        return 0.5 * self.w @ self.w + self.C * np.mean(hinge**2)


def train_svm(X, y, C):
    """Squared hinge SVM; weights, bias and the final objective."""
    svm = LinearSVM(C=C).fit(X, y)
    return svm.w, svm.b, svm.objective(X, y)


# --- soft decision tree ---------------------------------------------------------------------


def soft_tree_predict(tree, x, temperature=1.0):
    """Tree as nested dicts: {"w", "b", "left", "right"} or {"leaf": value}."""

    def descend(node):
        if "leaf" in node:
            return node["leaf"]
        gate = sigmoid((np.dot(node["w"], x) + node["b"]) / temperature)
        return gate * descend(node["left"]) + (1 - gate) * descend(node["right"])

    return descend(tree)


def soft_tree_ensemble_loss(trees, X, y, learning_rate=0.5):
    """Boosted sum of soft trees, mean squared error."""
    total = 0
    for row, target in zip(X, y):
        pred = 0.0
        for tree in trees:
            pred += learning_rate * soft_tree_predict(tree, row)
        total += (pred - target) ** 2
    return total / len(y)


_X = np.array([[0.5, -1.2, 0.3], [1.1, 0.4, -0.7], [-0.6, 0.9, 1.3], [0.2, -0.3, 0.8]])


def _wave(*shape, scale=0.5, phase=0.3):
    """Deterministic made-up weights."""
    size = int(np.prod(shape))
    return scale * np.sin(1.7 * np.arange(1, size + 1) + phase).reshape(shape)


PROGRAMS = [
    (softmax_regression_loss, (_wave(3, 3), np.array([0.1, -0.2, 0.05]), _X, [0, 2, 1, 2])),
    (
        mlp_regression_loss,
        (
            [_wave(3, 4), _wave(4, 3, phase=1.1), _wave(3, 1, phase=2.0)],
            [_wave(4, scale=0.1), np.array([0.3, 0.2, 0.4]), np.array([0.05])],
            _X,
            np.array([0.4, -0.1, 0.9, 0.2]),
        ),
    ),
    (
        lstm_next_value_loss,
        (
            {
                "Wx": _wave(1, 8),
                "Wh": _wave(2, 8, phase=0.9),
                "b": _wave(8, scale=0.1),
                "Wout": np.array([0.8, -0.5]),
                "bout": 0.1,
            },
            [0.1, 0.4, 0.35, 0.7, 0.6],
        ),
    ),
    (
        small_cnn,
        (
            _wave(2, 1, 4, 4, scale=1.0),
            _wave(2, 1, 3, 3, phase=1.4),
            np.array([1.2, 0.8]),
            np.array([0.1, -0.3]),
            _wave(8, 3, phase=0.5),
        ),
    ),
    (causal_attention_block, (_wave(3, 4, scale=1.0), _wave(4, 12, phase=0.8), _wave(4, 4))),
    (
        soft_kmeans,
        (
            np.array([[0.1, 0.3], [0.4, -0.2], [2.1, 1.9], [1.8, 2.4], [0.9, 1.1]]),
            np.array([[0.5, 0.0], [1.5, 2.0]]),
        ),
    ),
    (train_svm, (_X, np.array([1.0, -1.0, 1.0, -1.0]), 0.7)),
    (
        soft_tree_ensemble_loss,
        (
            [
                {
                    "w": np.array([0.7, -0.4, 0.2]),
                    "b": 0.1,
                    "left": {"leaf": 1.2},
                    "right": {
                        "w": np.array([-0.3, 0.9, 0.5]),
                        "b": -0.2,
                        "left": {"leaf": -0.6},
                        "right": {"leaf": 0.4},
                    },
                },
                {
                    "w": np.array([0.1, 0.6, -0.8]),
                    "b": 0.05,
                    "left": {"leaf": 0.3},
                    "right": {"leaf": -0.9},
                },
            ],
            _X,
            [0.9, -0.2, 0.1, 0.5],
        ),
    ),
]
