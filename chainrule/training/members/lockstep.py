"""Lockstep: members that one loop trains as one network, with common validation and early stopping.

In joint training (joint_training.py) each member has its own loop and ends at its own epoch. In
lockstep there is one loop: one stopping rule, one schedule and one best epoch, for their mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor

from chainrule.graph.operation import Calls
from chainrule.training.loop.batch_source import BatchSource
from chainrule.training.members.call_merger import CallMerger
from chainrule.training.settings.settings import Sampling
from chainrule.training.update import BoundUpdate


class LockstepSource:
    """The batch sources of members with equally many samples, as one source.

    Args:
        sources: one for each member.
    """

    def __init__(self, sources: Sequence[BatchSource]) -> None:
        self._sources, self._merger = sources, CallMerger()
        self._inputs: dict[int, list[dict[str, Tensor]]] = {}

    def __len__(self) -> int:
        """Return the number of training samples of each member."""
        return len(self._sources[0])

    def batches(self, batch_size: int, sampling: Sampling, epoch: int) -> Iterator[Tensor]:
        """Return the rows of each batch of an epoch, (members, batch)."""
        each = (source.batches(batch_size, sampling, epoch) for source in self._sources)
        return (torch.stack(rows) for rows in zip(*each, strict=True))

    def calls(
        self, inputs: Mapping[str, Tensor], rows: Tensor, *, epoch: int, batch: int, step: int
    ) -> Calls:
        """Return the calls that fill the inputs (members, ...) of a joint plan."""
        members = zip(self._sources, self._member_inputs(inputs), rows, strict=True)
        return self._merger.merge(
            [
                source.calls(member_inputs, member_rows, epoch=epoch, batch=batch, step=step)
                for source, member_inputs, member_rows in members
            ]
        )

    def _member_inputs(self, inputs: Mapping[str, Tensor]) -> list[dict[str, Tensor]]:
        """Return the inputs of each member, views that are made once for each plan."""
        address = inputs["x"].data_ptr()
        if address not in self._inputs:
            self._inputs[address] = [
                {name: tensor[number] for name, tensor in inputs.items()}
                for number in range(len(self._sources))
            ]
        return self._inputs[address]


class LockstepUpdate:
    """The updates of several members as one update, without averaging of weights.

    Args:
        updates: one for each member.
    """

    average = None

    def __init__(self, updates: Sequence[BoundUpdate]) -> None:
        assert all(update.average is None for update in updates)  # estimators have no such setting
        self._updates, self._merger = updates, CallMerger()

    def calls(self, learning_rate: float, decay_share: float = 1.0) -> Calls:
        """Return the calls of one update of all members."""
        return self._merger.merge(
            [update.calls(learning_rate, decay_share) for update in self._updates]
        )
