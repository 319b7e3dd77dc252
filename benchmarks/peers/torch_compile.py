"""PyTorch with torch.compile: the same loop with a compiled network."""

import torch

from benchmarks.networks import Weights
from benchmarks.peers.pytorch import TorchTraining
from benchmarks.samples import Samples
from benchmarks.works import Work


class CompiledTraining(TorchTraining):
    """The loop of PyTorch eager with compiled forward and backward passes."""

    def __init__(self, work: Work, weights: Weights, samples: Samples) -> None:
        super().__init__(work, weights, samples)
        self._forward = torch.compile(self.network)


begin = CompiledTraining
