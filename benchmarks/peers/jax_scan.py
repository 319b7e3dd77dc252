"""JAX with Optax: all steps of a turn in one `jax.lax.scan`, jitted.

Convolutions are the exception: within a scan XLA computes them on processors by a path that took
many times as long, so there each step is a call of its own.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax
from numpy.typing import NDArray

from benchmarks import networks
from benchmarks.networks import Weights
from benchmarks.peers.peer import EPSILON, LEARNING_RATE
from benchmarks.samples import Samples
from benchmarks.works import Rows, Work

Parameters = dict[str, jax.Array]

ADAM = optax.adam(LEARNING_RATE, eps=EPSILON)
NORMALISATION_EPSILON = 1e-5
RUNNING = 0.1  # the share of a batch in the running statistics


def scores_of(
    network: networks.Network, weights: Parameters, running: Parameters, x: jax.Array, train: bool
) -> tuple[jax.Array, Parameters]:
    """Return the output of the network for x, and the running statistics after it."""
    after = dict(running)
    for number, layer in enumerate(network):
        own = {
            key.split(".")[1]: value
            for key, value in (weights | running).items()
            if key.startswith(f"{number}.")
        }
        match layer:
            case networks.Dense(_, relu):
                x = x.reshape(len(x), -1) @ own["weights"] + own["bias"]
                x = jax.nn.relu(x) if relu else x
            case networks.Block():
                z = x @ own["weights"]
                mean, variance = own["mean"], own["variance"]
                if train:
                    mean, variance = z.mean(0), z.var(0)
                    after[f"{number}.mean"] = own["mean"] + RUNNING * (mean - own["mean"])
                    change = variance - own["variance"]
                    after[f"{number}.variance"] = own["variance"] + RUNNING * change
                e = (z - mean) * lax.rsqrt(variance + NORMALISATION_EPSILON)
                x = x + jax.nn.relu(e * own["scale"] + own["shift"])
            case networks.Convolution():
                layout = ("NHWC", "HWIO", "NHWC")
                z = lax.conv_general_dilated(
                    x, own["weights"], (1, 1), "SAME", dimension_numbers=layout
                )
                x = jax.nn.relu(z + own["bias"])
            case networks.MaxPool():
                x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
            case networks.Lstm():
                x = _last_state(x, own)
    return x, after


def _last_state(x: jax.Array, own: Parameters) -> jax.Array:
    """Return the state of an LSTM after a sequence (batch, time, features)."""

    def step(carry: tuple[jax.Array, jax.Array], z: jax.Array) -> Any:
        h, c = carry
        i, f, g, o = jnp.split(z + h @ own["state_weights"], 4, axis=1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

    sums = jnp.swapaxes(x @ own["weights"] + own["bias"], 0, 1)
    zeros = jnp.zeros((len(x), own["state_weights"].shape[0]), x.dtype)
    (h, _), _ = lax.scan(step, (zeros, zeros), sums)
    return h


def loss_of(
    weights: Parameters, running: Parameters, work: Work, x: jax.Array, t: jax.Array
) -> tuple[jax.Array, Parameters]:
    """Return the mean loss of a batch, in float32; products in the precision of the work."""
    dtype = jnp.dtype(work.precision)
    cast = {key: value.astype(dtype) for key, value in weights.items()}
    scores, after = scores_of(work.network, cast, running, x.astype(dtype), train=True)
    scores = scores.astype(jnp.float32)
    if work.classes:
        losses = optax.softmax_cross_entropy_with_integer_labels(scores, t)
    else:
        losses = (scores - t) ** 2
    return losses.mean(), after


@partial(jax.jit, static_argnums=0, donate_argnums=1)
def learn(
    work: Work, state: tuple[Any, ...], features: jax.Array, targets: jax.Array, rows: jax.Array
) -> tuple[Any, ...]:
    """Take a step for each batch of rows."""

    def step(state: tuple[Any, ...], batch: jax.Array) -> tuple[tuple[Any, ...], None]:
        weights, running, moments = state
        x, t = features[batch], targets[batch]
        gradient, running = jax.grad(loss_of, has_aux=True)(weights, running, work, x, t)
        updates, moments = ADAM.update(gradient, moments)
        return (optax.apply_updates(weights, updates), running, moments), None

    if len(rows) == 1:
        return step(state, rows[0])[0]
    learned: tuple[Any, ...] = lax.scan(step, state, rows)[0]
    return learned


@partial(jax.jit, static_argnums=0)
def evaluate(work: Work, weights: Parameters, running: Parameters, x: jax.Array) -> jax.Array:
    """Return the scores, with running statistics."""
    return scores_of(work.network, weights, running, x, train=False)[0]


@cache
def on_device(samples: Samples) -> tuple[jax.Array, jax.Array]:
    """Return features and targets as JAX arrays, once for all members."""
    return jnp.asarray(samples.features), jnp.asarray(samples.targets)


class JaxTraining:
    """A training by jitted functions, with their parameters and states."""

    def __init__(self, work: Work, weights: Weights, samples: Samples) -> None:
        self._work = work
        gates = networks.INPUT_FORGET_CANDIDATE_OUTPUT
        converted = networks.inputs_first(networks.with_gates(work.network, weights, gates))
        parameters = {key: jnp.array(value) for key, value in converted.items()}
        running = {
            f"{number}.{name}": jnp.full((layer.units,), value)
            for number, layer in enumerate(work.network)
            if isinstance(layer, networks.Block)
            for name, value in (("mean", 0.0), ("variance", 1.0))
        }
        self._state: tuple[Any, ...] = (parameters, running, ADAM.init(parameters))
        self._samples = on_device(samples)

    def learn(self, rows: Rows) -> None:
        scanned = networks.Convolution not in map(type, self._work.network)
        for part in [rows] if scanned else rows[:, None]:
            self._state = learn(self._work, self._state, *self._samples, jnp.asarray(part))
        jax.block_until_ready(self._state)

    def weights(self) -> Weights:
        made = networks.outputs_first({k: np.asarray(v) for k, v in self._state[0].items()})
        order = networks.OUTPUT_INPUT_FORGET_CANDIDATE
        return networks.with_gates(self._work.network, made, order)

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(evaluate(self._work, *self._state[:2], jnp.asarray(features)))


begin = JaxTraining
