"""Member group: the members that one plan trains, and their runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from chainrule.training.loop.loop import DivergedError, Loop, LoopResult
from chainrule.training.loop.processor import tuned_processor
from chainrule.training.loop.progress import Progress, Work
from chainrule.training.loop.record import Record
from chainrule.training.members.joint_training import JointProgress, train_together
from chainrule.training.members.networks import Networks
from chainrule.training.members.trainer import Trainer
from chainrule.training.model.model import Model
from chainrule.training.run import Run

# Called with the number of a member, the record of an epoch, the model and whether it is the best.
EpochReport = Callable[[int, Record, Model, bool], None]


class MemberGroup:
    """Members that one plan trains, each with its own loop.

    Args:
        numbered: trainers with their numbers among those of all groups.
        progress: display of the progress.
        report: called after each epoch of a member.
    """

    def __init__(
        self, numbered: Sequence[tuple[int, Trainer]], progress: Progress, report: EpochReport
    ) -> None:
        self.numbered = numbered
        networks = Networks([trainer for _, trainer in numbered])
        joint = JointProgress(progress)
        self.models: list[Model] = []
        self.loops: list[Loop] = []
        for index, (number, trainer) in enumerate(numbered):
            member_progress = progress if len(numbered) == 1 else joint.add_member()
            model = trainer.model(networks.member_parameters[index])
            batches = networks.member_batches(index, trainer, member_progress)
            callback = _MemberCallback(model, partial(report, number))
            self.models.append(model)
            self.loops.append(trainer.loop(batches, model, callback=callback))
        self.flops = self.loops[0].batches.flops

    @property
    def work(self) -> Work:
        """Amount of work of the member with the most."""
        return max((loop.work for loop in self.loops), key=lambda work: work.samples_seen)

    def train(self) -> None:
        """Take steps 3 to 8 for all members: forward, loss, backward, update, repeat, validate."""
        started = time.perf_counter()
        with tuned_processor(self.flops):
            self._results = self._train()
        self._seconds = time.perf_counter() - started

    def _train(self) -> list[LoopResult | DivergedError]:
        if len(self.loops) > 1:
            return train_together(self.loops)
        try:
            return [self.loops[0].run()]
        except DivergedError as error:
            return [error]

    @property
    def was_interrupted(self) -> bool:
        """Whether the user interrupted the training."""
        return any(
            not isinstance(r, DivergedError) and r.stopped == "interrupted" for r in self._results
        )

    def runs(self) -> dict[int, Run | DivergedError]:
        """Take step 9, the test; return the run of each member, or its error, by its number."""
        with tuned_processor(self.flops):
            return {
                number: result
                if isinstance(result, DivergedError)
                else trainer.run(model, result, self._seconds)
                for (number, trainer), model, result in zip(
                    self.numbered, self.models, self._results, strict=True
                )
            }


@dataclass(frozen=True)
class _MemberCallback:
    """Callback that reports each epoch together with the model."""

    model: Model
    report: Callable[[Record, Model, bool], None]

    def epoch_began(self, epoch: int) -> None:
        """Do nothing."""

    def epoch_ended(self, record: Record, best: bool) -> bool:
        """Report the epoch; return False, so that training continues."""
        self.report(record, self.model, best)
        return False


def group_members(trainers: Sequence[Trainer]) -> list[list[tuple[int, Trainer]]]:
    """Return the trainers, numbered, in groups that one plan can train."""
    groups: list[list[tuple[int, Trainer]]] = []
    for number, trainer in enumerate(trainers):
        for group in groups:
            if trainer.can_join(group[0][1]):
                group.append((number, trainer))
                break
        else:
            groups.append([(number, trainer)])
    return groups
