"""Callbacks of the training loop for estimators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from sklearn.callback import CallbackContext

from chainrule.training.loop.record import Record
from chainrule.training.model.model import Model


@dataclass
class CallbackEpochs:
    """Callback of `fit`, which logs each epoch and calls the callbacks of scikit-learn.

    Attributes:
        log: receives the record of each epoch.
        model: the model in training.
        context: callback context of scikit-learn.
        arguments: arguments for its callbacks.
    """

    log: Callable[[Record], None]
    model: Model
    context: CallbackContext
    arguments: Mapping[str, Any]
    _epoch: Any = field(default=None, init=False, repr=False)

    @torch.inference_mode(False)  # so that callbacks can use autograd
    def epoch_began(self, epoch: int) -> None:
        """Call the callbacks of scikit-learn before an epoch."""
        context = self.context.subcontext(task_name="epoch")
        self._epoch = context.call_on_fit_task_begin(**self.arguments)

    @torch.inference_mode(False)
    def epoch_ended(self, record: Record, best: bool) -> bool:
        """Log the epoch; return whether a callback ends training."""
        self.log(record)
        stop = self._epoch.call_on_fit_task_end(
            **self.arguments, reconstruction_attributes=lambda: {"_model": self.model.copy()}
        )
        return bool(stop)


@dataclass
class SingleEpoch:
    """Callback of `partial_fit`, which ends training after one epoch.

    Attributes:
        log: receives the record of the epoch.
    """

    log: Callable[[Record], None]

    def epoch_began(self, epoch: int) -> None:
        """Do nothing."""

    def epoch_ended(self, record: Record, best: bool) -> bool:
        """Log the epoch, and end training."""
        self.log(record)
        return True
