"""The gradient check itself: false alarms on right networks, and planted errors that it misses.

    python -m benchmarks.gradient_check --networks 1000

Random networks of every kind are checked as they are. Then the gradient of one weight of each is
multiplied by 1.001, and the network is checked again.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

import torch
from torch import Tensor

from benchmarks.machine import description
from chainrule.layers import BatchNorm, Dense, Dropout, Layer, LayerNorm, Network
from chainrule.layers.activation import Activation
from chainrule.networks import network_named
from chainrule.numeric import GradientError
from chainrule.ops.parts.activation import ACTIVATIONS
from chainrule.plan import Parameters, Plan, compile_plan
from chainrule.training.gradient_check import gradient_errors_of

PLANTED = 1.001
COORDINATES = 8  # weights of each parameter
CLASSES = 3
# A step function has no slope, and its gradient is not that of the loss.
SLOPED = sorted(set(ACTIVATIONS) - {"step"})
# Softmax is an activation of dense layers alone.
OF_PICTURES = sorted({*SLOPED} - {"softmax"})

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Outcome:
    """What the check says of one network.

    Attributes:
        network: the network.
        false_alarms: parameters whose right gradients are called wrong.
        planted: the weight whose gradient was scaled, with its parameter.
        verdict: "found", "missed", or "not measured" if the check says so of that weight.
    """

    network: Network
    false_alarms: list[str]
    planted: tuple[str, int]
    verdict: str


def random_case(seed: int) -> tuple[Network, Batch]:
    """Draw a network, and a batch that fits it."""
    draw = random.Random(seed)
    kind = draw.choice([_dense, _dense, _dense, _ready, _pictures, _sequences])
    outputs = draw.choice([1, CLASSES])
    network, shape = kind(draw, outputs)
    generator = torch.Generator().manual_seed(seed)
    size = draw.randint(4, 12)
    features = torch.randn(size, *shape, generator=generator, dtype=torch.float64)
    features *= 10 ** draw.uniform(-2, 2)
    if draw.random() < 0.3:
        features[..., 0] = draw.choice([0.0, 1.0])  # a constant column
    if draw.random() < 0.2:
        features = features.round()
    if outputs == 1:
        scale = 10 ** draw.uniform(-2, 3)
        return network, (features, scale * torch.randn(size, 1, generator=generator).double())
    return network, (features, (CLASSES - 1 - torch.arange(size)) % CLASSES)


def _dense(draw: random.Random, outputs: int) -> tuple[Network, tuple[int, ...]]:
    """Return a stack of dense layers, with normalisation anywhere."""
    layers: list[Layer] = []
    for _ in range(draw.randint(0, 10)):
        layers.append(Dense(draw.randint(1, 8), draw.choice(["identity", *SLOPED])))
        layers += [make() for make in _MORE if draw.random() < 0.15]
    return Network(*layers, Dense(outputs)), (draw.randint(1, 6),)


_MORE: list[Callable[[], Layer]] = [
    BatchNorm,
    LayerNorm,
    lambda: Dropout(0.3),
    lambda: Activation("sigmoid"),
]


def _ready(draw: random.Random, outputs: int) -> tuple[Network, tuple[int, ...]]:
    name = draw.choice(["mlp", "residual_mlp", "realmlp", "realmlp_simple"])
    shape = (draw.randint(1, 6),)
    sizes: dict[str, object] = {"layers": tuple(draw.randint(2, 6) for _ in range(2))}
    if name == "residual_mlp":
        sizes = {"units": draw.randint(2, 6), "blocks": draw.randint(1, 3)}
    return network_named(name, outputs, activation=draw.choice(SLOPED), **sizes), shape


def _pictures(draw: random.Random, outputs: int) -> tuple[Network, tuple[int, ...]]:
    sizes: dict[str, object] = {"activation": draw.choice(OF_PICTURES)}
    if draw.random() < 0.5:
        return network_named("cnn", outputs, filters=(2, 2), layers=(3,), **sizes), (6, 6)
    return network_named("resnet", outputs, filters=(2, 3), blocks=1, **sizes), (6, 6)


def _sequences(draw: random.Random, outputs: int) -> tuple[Network, tuple[int, ...]]:
    sizes = {"layers": (draw.randint(2, 4),)}
    name = draw.choice(["rnn", "lstm", "gru"])
    return network_named(name, outputs, **sizes), (draw.randint(1, 5), draw.randint(1, 4))


def check_case(seed: int) -> Outcome:
    """Check a random network as it is, and with a planted error."""
    network, batch = random_case(seed)
    right = _errors(network, batch, seed)
    alarms = [name for name, error in right.items() if error.is_wrong]
    draw = random.Random(f"planted {seed}")
    name = draw.choice(list(right))
    index = draw.choice(right[name].compared)
    with planted_error(name, index):
        error = _errors(network, batch, seed)[name]
    verdict = "not measured" if index in error.unmeasured else "missed"
    return Outcome(network, alarms, (name, index), "found" if error.is_wrong else verdict)


def _errors(network: Network, batch: Batch, seed: int) -> dict[str, GradientError]:
    return gradient_errors_of(network, batch, coordinates=COORDINATES, seed=seed)


@contextmanager
def planted_error(name: str, index: int) -> Iterator[None]:
    """Scale the gradient of one weight in the plans that are checked."""

    def compile_wrong(graph: object, parameters: Parameters, **options: object) -> Plan:
        plan: Plan = compile_plan(graph, parameters, **options)  # type: ignore[arg-type]  # passed on
        right = plan.step

        def step() -> None:
            right()
            parameters.gradients[name].view(-1)[index] *= PLANTED

        plan.step = step  # type: ignore[method-assign]  # on purpose
        return plan

    with patch("chainrule.numeric.check.compile_plan", compile_wrong):
        yield


def main() -> None:
    """Print the counts, and each false alarm and missed error."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--networks", type=int, default=1000, help="how many")
    parser.add_argument("--from", dest="first", type=int, default=0, help="first seed")
    arguments = parser.parse_args()
    counts = {"false alarms": 0, "found": 0, "missed": 0, "not measured": 0}
    for seed in range(arguments.first, arguments.first + arguments.networks):
        outcome = check_case(seed)
        counts["false alarms"] += bool(outcome.false_alarms)
        counts[outcome.verdict] += 1
        if outcome.false_alarms or outcome.verdict == "missed":
            print(f"seed {seed}: {outcome}", flush=True)
    print(f"{arguments.networks} networks: {counts}")
    print(description())


if __name__ == "__main__":
    main()
