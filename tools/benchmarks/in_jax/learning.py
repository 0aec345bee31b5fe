"""Layers and losses of networks."""

import jax
import jax.numpy as jnp


def mlp(weights_1, bias_1, weights_2, bias_2, inputs, targets):
    hidden = jnp.tanh(inputs @ weights_1 + bias_1)
    logits = hidden @ weights_2 + bias_2
    return -jnp.sum(targets * jax.nn.log_softmax(logits, axis=1)) / inputs.shape[0]


def softmax(x):
    return jnp.sum(jax.nn.softmax(x, axis=-1) ** 2)
