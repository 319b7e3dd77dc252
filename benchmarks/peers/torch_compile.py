"""PyTorch with torch.compile: the same loop, whose network is compiled."""

import torch

from benchmarks.networks import Weights
from benchmarks.peers.pytorch import TorchTraining
from benchmarks.samples import Samples
from benchmarks.works import Work


class CompiledTraining(TorchTraining):
    """As eager, but forward and backward are what the compiler makes of them."""

    def __init__(self, work: Work, weights: Weights, samples: Samples) -> None:
        super().__init__(work, weights, samples)
        self._forward = torch.compile(self.network)


begin = CompiledTraining
