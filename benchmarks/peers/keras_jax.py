"""Keras on JAX: `fit`, jitted, on the samples of a turn."""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "jax"  # before it is imported

import keras
import numpy as np
from keras import KerasTensor
from numpy.typing import NDArray

from benchmarks import networks
from benchmarks.networks import Layer, Weights
from benchmarks.peers.peer import EPSILON, LEARNING_RATE
from benchmarks.samples import Samples
from benchmarks.works import SHAPES, Rows, Work


def model_of(work: Work) -> keras.Model:
    """Return the network of a work."""
    keras.config.set_dtype_policy("mixed_bfloat16" if work.precision == "bfloat16" else "float32")
    x = inputs = keras.Input(SHAPES[work.data])
    for layer in work.network:
        x = _applied(layer, x)
    return keras.Model(inputs, x)


def _applied(layer: Layer, x: KerasTensor) -> KerasTensor:
    match layer:
        case networks.Dense(units, relu):
            flat = keras.layers.Flatten()(x) if len(x.shape) > 2 else x
            return keras.layers.Dense(units, "relu" if relu else None)(flat)
        case networks.Block(units):
            z = keras.layers.Dense(units, use_bias=False)(x)
            z = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(z)
            return keras.layers.add([x, keras.layers.ReLU()(z)])
        case networks.Convolution(filters):
            return keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        case networks.MaxPool():
            return keras.layers.MaxPooling2D(2)(x)
        case networks.Lstm(units):
            return keras.layers.LSTM(units)(x)


def keys_of(network: networks.Network, weights: Weights) -> list[str]:
    """Return the keys in the order of Keras's weights, which is that of the layers."""
    order = ("weights", "state_weights", "bias", "scale", "shift")
    return sorted(weights, key=lambda key: (int(key.split(".")[0]), order.index(key.split(".")[1])))


class KerasTraining:
    """A compiled model."""

    def __init__(self, work: Work, weights: Weights, samples: Samples) -> None:
        self._work, self._samples = work, samples
        self._keys = keys_of(work.network, weights)
        self._model = model_of(work)
        gates = networks.INPUT_FORGET_CANDIDATE_OUTPUT
        converted = networks.inputs_first(networks.with_gates(work.network, weights, gates))
        for key, variable in zip(self._keys, self._model.trainable_variables, strict=True):
            variable.assign(converted[key])
        self._model.compile(
            keras.optimizers.Adam(LEARNING_RATE, epsilon=EPSILON),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            if work.classes
            else keras.losses.MeanSquaredError(),
        )

    def learn(self, rows: Rows) -> None:
        flat = rows.ravel()
        x, t = self._samples.features[flat], self._samples.targets[flat]
        self._model.fit(x, t, batch_size=rows.shape[1], shuffle=False, verbose=0)

    def weights(self) -> Weights:
        variables = self._model.trainable_variables
        made = {k: np.asarray(v.value) for k, v in zip(self._keys, variables, strict=True)}
        order = networks.OUTPUT_INPUT_FORGET_CANDIDATE
        return networks.with_gates(self._work.network, networks.outputs_first(made), order)

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(self._model.predict_on_batch(features), np.float32)


begin = KerasTraining
