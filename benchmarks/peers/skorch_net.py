"""skorch: `partial_fit` of the network in PyTorch on the samples of a turn, which it shuffles."""

from __future__ import annotations

from typing import Any

import torch
from skorch import NeuralNetClassifier, NeuralNetRegressor
from torch import nn

from benchmarks.networks import Weights
from benchmarks.peers.peer import EPSILON, LEARNING_RATE
from benchmarks.peers.pytorch import TorchTraining, as_torch, load, module_of
from benchmarks.samples import Samples
from benchmarks.works import Rows, Work


class SkorchTraining(TorchTraining):
    """The network of PyTorch in skorch's loop, with its data loader and without callbacks."""

    def __init__(self, work: Work, weights: Weights, samples: Samples) -> None:
        torch.set_flush_denormal(True)
        self._work = work
        network = module_of(work)
        load(work, network, weights)
        kind: Any = NeuralNetClassifier if work.classes else NeuralNetRegressor
        self._net = kind(
            network,
            criterion=nn.CrossEntropyLoss if work.classes else nn.MSELoss,
            optimizer=torch.optim.Adam,
            optimizer__eps=EPSILON,
            optimizer__fused=True,
            lr=LEARNING_RATE,
            batch_size=work.batch_size,
            max_epochs=1,
            iterator_train__shuffle=True,
            train_split=None,
            callbacks=None,
            verbose=0,
        ).initialize()
        self.network = self._net.module_
        self._features, self._targets = (
            as_torch(samples.features),
            torch.from_numpy(samples.targets),
        )

    def learn(self, rows: Rows) -> None:
        flat = torch.from_numpy(rows.ravel())
        self._net.partial_fit(self._features[flat], self._targets[flat].numpy())


begin = SkorchTraining
