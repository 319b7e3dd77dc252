"""Flax NNX: a jitted step for each batch, called in a loop."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from numpy.typing import NDArray

from benchmarks import networks
from benchmarks.networks import Layer, Weights
from benchmarks.peers.peer import EPSILON, LEARNING_RATE
from benchmarks.samples import Samples
from benchmarks.works import SHAPES, Rows, Work


class Block(nnx.Module):
    """x + relu(batch normalisation(W x))."""

    def __init__(self, units: int, dtype: jnp.dtype, rngs: nnx.Rngs) -> None:
        self.linear = nnx.Linear(units, units, use_bias=False, dtype=dtype, rngs=rngs)
        self.normalisation = nnx.BatchNorm(
            units, momentum=0.9, epsilon=1e-5, dtype=dtype, rngs=rngs
        )

    def __call__(self, x: jax.Array) -> jax.Array:
        return x + nnx.relu(self.normalisation(self.linear(x)))


class Model(nnx.Module):
    """The layers of a work, in sequence."""

    def __init__(self, work: Work) -> None:
        shape, rngs = SHAPES[work.data], nnx.Rngs(0)
        self.network = work.network
        layers: list[nnx.Module | None] = []
        for layer in work.network:
            module, shape = _module(layer, shape, jnp.dtype(work.precision), rngs)
            layers.append(module)
        self.layers = nnx.List(layers)

    def __call__(self, x: jax.Array) -> jax.Array:
        for layer, module in zip(self.network, self.layers, strict=True):
            match layer:
                case networks.Dense(_, relu):
                    x = module(x.reshape(len(x), -1))
                    x = nnx.relu(x) if relu else x
                case networks.Block():
                    x = module(x)
                case networks.Convolution():
                    x = nnx.relu(module(x))
                case networks.MaxPool():
                    x = nnx.max_pool(x, (2, 2), strides=(2, 2))
                case networks.Lstm():
                    x = module(x)[:, -1]
        return x


def _module(
    layer: Layer, shape: tuple[int, ...], dtype: jnp.dtype, rngs: nnx.Rngs
) -> tuple[nnx.Module | None, tuple[int, ...]]:
    """Return the module of a layer with weights, and its output shape."""
    match layer:
        case networks.Dense(units):
            return nnx.Linear(int(np.prod(shape)), units, dtype=dtype, rngs=rngs), (units,)
        case networks.Block(units):
            return Block(units, dtype, rngs), (units,)
        case networks.Convolution(filters):
            made = nnx.Conv(shape[2], filters, (3, 3), dtype=dtype, rngs=rngs)
            return made, (*shape[:2], filters)
        case networks.MaxPool():
            return None, (shape[0] // 2, shape[1] // 2, shape[2])
        case networks.Lstm(units):
            cell = nnx.OptimizedLSTMCell(shape[-1], units, dtype=dtype, rngs=rngs)
            return nnx.RNN(cell), (units,)


def variables_of(model: Model) -> dict[str, nnx.Variable]:
    """Return the parameters by the keys of `Weights`."""
    named: dict[str, nnx.Variable] = {}
    for number, module in enumerate(model.layers):
        match module:
            case nnx.Linear() | nnx.Conv():
                parts = {"weights": module.kernel, "bias": module.bias}
            case Block():
                normalisation = module.normalisation
                parts = {"weights": module.linear.kernel}
                parts |= {"scale": normalisation.scale, "shift": normalisation.bias}
            case nnx.RNN():
                cell = module.cell
                parts = {"weights": cell.dense_i.kernel, "state_weights": cell.dense_h.kernel}
                parts |= {"bias": cell.dense_h.bias}
            case _:
                parts = {}
        named |= {f"{number}.{name}": variable for name, variable in parts.items()}
    return named


def learn(
    classes: int,
    model: Model,
    optimizer: nnx.Optimizer,
    features: jax.Array,
    targets: jax.Array,
    batch: jax.Array,
) -> None:
    """Take one step."""

    def loss_of(model: Model) -> jax.Array:
        scores, t = model(features[batch]).astype(jnp.float32), targets[batch]
        if classes:
            return optax.softmax_cross_entropy_with_integer_labels(scores, t).mean()
        return ((scores - t) ** 2).mean()

    optimizer.update(model, nnx.grad(loss_of)(model))


class FlaxTraining:
    """A model, its optimizer, and the jitted step."""

    def __init__(self, work: Work, weights: Weights, samples: Samples) -> None:
        self._work, self._model = work, Model(work)
        gates = networks.INPUT_FORGET_CANDIDATE_OUTPUT
        converted = networks.inputs_first(networks.with_gates(work.network, weights, gates))
        for key, variable in variables_of(self._model).items():
            variable[...] = jnp.array(converted[key])
        adam = optax.adam(LEARNING_RATE, eps=EPSILON)
        self._optimizer = nnx.Optimizer(self._model, adam, wrt=nnx.Param)
        self._samples = (jnp.asarray(samples.features), jnp.asarray(samples.targets))
        # The constant arguments are flattened once, not at each step.
        step = nnx.jit(partial(learn, work.classes))
        self._step = nnx.cached_partial(step, self._model, self._optimizer)
        self._evaluate = nnx.jit(lambda model, x: model(x))

    def learn(self, rows: Rows) -> None:
        for batch in rows:
            self._step(*self._samples, batch)
        jax.block_until_ready(nnx.state(self._model, nnx.Param))

    def weights(self) -> Weights:
        variables = variables_of(self._model)
        made = networks.outputs_first({k: np.asarray(v[...]) for k, v in variables.items()})
        order = networks.OUTPUT_INPUT_FORGET_CANDIDATE
        return networks.with_gates(self._work.network, made, order)

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        model = nnx.view(self._model, use_running_average=True, raise_if_not_found=False)
        return np.asarray(self._evaluate(model, jnp.asarray(features)), np.float32)


begin = FlaxTraining
