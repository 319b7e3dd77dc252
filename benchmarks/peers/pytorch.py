"""PyTorch eager: the loop that the tutorials teach, with the fused optimizer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from benchmarks import networks
from benchmarks.networks import Layer, Weights
from benchmarks.peers.peer import EPSILON, LEARNING_RATE
from benchmarks.samples import Samples
from benchmarks.works import SHAPES, Rows, Work


class Block(nn.Module):
    """x + relu(batch normalisation(W x))."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.linear = nn.Linear(units, units, bias=False)
        self.normalisation = nn.BatchNorm1d(units)

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.relu(self.normalisation(self.linear(x)))


class LastState(nn.Module):
    """An LSTM that returns its last state."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(inputs, units, batch_first=True)
        # The second bias adds to the first; with both, Adam would take its step twice.
        bias = self.lstm.get_parameter("bias_hh_l0")
        bias.data.zero_()
        bias.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        states: Tensor = self.lstm(x)[0]
        return states[:, -1]


class ByChannelsLast(nn.Module):
    """Flatten pictures as (height, width, channels), the order of channels-last memory."""

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 2, 3, 1).flatten(1)


def module_of(work: Work) -> nn.Sequential:
    """Return the network of a work, in channels-last memory format."""
    modules: list[nn.Module] = []
    shape = SHAPES[work.data]
    for layer in work.network:
        added, shape = _modules(layer, shape)
        modules += added
    network = nn.Sequential(*modules)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not declared
    return network


def _modules(layer: Layer, shape: tuple[int, ...]) -> tuple[list[nn.Module], tuple[int, ...]]:
    """Return a layer in torch, and its output shape (height, width, channels)."""
    match layer:
        case networks.Dense(units, relu):
            flat: list[nn.Module] = [ByChannelsLast()] if len(shape) == 3 else []
            linear = nn.Linear(int(np.prod(shape)), units)
            return [*flat, linear, *([nn.ReLU()] if relu else [])], (units,)
        case networks.Block(units):
            return [Block(units)], (units,)
        case networks.Convolution(filters):
            convolution = nn.Conv2d(shape[2], filters, 3, padding=1)
            return [convolution, nn.ReLU()], (*shape[:2], filters)
        case networks.MaxPool():
            return [nn.MaxPool2d(2)], (shape[0] // 2, shape[1] // 2, shape[2])
        case networks.Lstm(units):
            return [LastState(shape[-1], units)], (units,)


def tensors_of(work: Work, network: nn.Sequential) -> dict[str, Tensor]:
    """Return the parameters by the keys of `Weights`, as views in that layout."""
    named: dict[str, Tensor] = {}
    parts: dict[str, Tensor]
    with_weights = [m for m in network if next(m.parameters(), None) is not None]
    numbers = [n for n, layer in enumerate(work.network) if layer != networks.MaxPool()]
    for number, module in zip(numbers, with_weights, strict=True):
        match module:
            case nn.Linear():
                parts = {"weights": module.weight, "bias": module.bias}
            case nn.Conv2d():
                parts = {"weights": module.weight.permute(0, 2, 3, 1)}
                parts |= {"bias": module.get_parameter("bias")}
            case Block():
                normalisation = module.normalisation
                parts = {"weights": module.linear.weight}
                parts |= {"scale": normalisation.weight, "shift": normalisation.bias}
            case LastState():
                of_lstm = module.lstm.get_parameter
                parts = {"weights": of_lstm("weight_ih_l0"), "bias": of_lstm("bias_ih_l0")}
                parts |= {"state_weights": of_lstm("weight_hh_l0")}
        named |= {f"{number}.{name}": tensor for name, tensor in parts.items()}
    return named


def load(work: Work, network: nn.Sequential, weights: Weights) -> None:
    """Set the initial weights of the network."""
    converted = networks.with_gates(work.network, weights, networks.INPUT_FORGET_CANDIDATE_OUTPUT)
    with torch.no_grad():
        for key, tensor in tensors_of(work, network).items():
            tensor.copy_(torch.from_numpy(converted[key]))


def as_torch(features: NDArray[np.float32]) -> Tensor:
    """Return features in torch's shape: pictures as (n, channels, height, width), channels last."""
    x = torch.from_numpy(features)
    return x.permute(0, 3, 1, 2) if x.dim() == 4 else x


class TorchTraining:
    """Forward pass, with autocast if the work has bfloat16, backward pass and step."""

    def __init__(self, work: Work, weights: Weights, samples: Samples) -> None:
        torch.set_flush_denormal(True)
        self._work = work
        self.network = module_of(work)
        load(work, self.network, weights)
        self._loss = nn.CrossEntropyLoss() if work.classes else nn.MSELoss()
        self._optimizer = torch.optim.Adam(
            [p for p in self.network.parameters() if p.requires_grad],
            lr=LEARNING_RATE,
            eps=EPSILON,
            fused=True,
        )
        self._features, self._targets = as_torch(samples.features), _targets(samples)
        self._forward: Callable[[Tensor], Tensor] = self.network

    def learn(self, rows: Rows) -> None:
        bfloat16 = self._work.precision == "bfloat16"
        for batch in torch.from_numpy(rows):
            x, t = self._features[batch], self._targets[batch]
            self._optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                loss = self._loss(self._forward(x), t)
            loss.backward()
            self._optimizer.step()

    def weights(self) -> Weights:
        tensors = tensors_of(self._work, self.network)
        weights = {key: tensor.detach().numpy().copy() for key, tensor in tensors.items()}
        order = networks.OUTPUT_INPUT_FORGET_CANDIDATE
        return networks.with_gates(self._work.network, weights, order)

    @torch.no_grad()
    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        self.network.eval()
        made: NDArray[np.float32] = self.network(as_torch(features)).numpy()
        self.network.train()
        return made


def _targets(samples: Samples) -> Tensor:
    return torch.from_numpy(samples.targets)


begin = TorchTraining
