"""Networks: those of trainers of one shape, with their weights, plans and updates."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from chainrule.plan import Parameters, Plans
from chainrule.training.loop.loop import BatchStrategy
from chainrule.training.loop.progress import Progress
from chainrule.training.members.initialise import initialise
from chainrule.training.members.joint_training import JointPlans
from chainrule.training.members.lockstep import LockstepSource, LockstepUpdate
from chainrule.training.members.trainer import Trainer
from chainrule.training.samples.streamed_samples import samples_in_memory


class Networks:
    """The networks of one trainer or several: weights, plans and updates, kept between trainings.

    Several share one plan, and their weights have an axis of members.
    Args:
        trainers: all with one graph but for rates of dropout, and one batch size.
        parameters: to go on from; drawn and fitted to the samples if not given (step 2).
    Attributes:
        parameters: of all.
        each: the parameters of each, over the same memory.
        updates: of each, bound to its parameters; none for full-batch optimizers.
    """

    def __init__(self, trainers: Sequence[Trainer], parameters: Parameters | None = None) -> None:
        several = len(trainers) > 1
        graph = trainers[0].graph
        self.parameters = parameters or Parameters.zeros(
            graph, members=len(trainers) if several else None
        )
        numbers = range(len(trainers))
        self.member_parameters = (
            [*map(self.parameters.member, numbers)] if several else [self.parameters]
        )
        if parameters is None:
            for trainer, own in zip(trainers, self.member_parameters, strict=True):
                samples = samples_in_memory(trainer.prepared.training)
                initialise(trainer.graph, own, samples, seed=trainer.settings.seed)
        self._graphs = [trainer.trained_graph for trainer in trainers]
        pairs = zip(trainers, self.member_parameters, strict=True)
        self.updates = [t.update.bind(own) for t, own in pairs if not t.is_full_batch]

    @cached_property
    def plans(self) -> Plans | JointPlans:
        """The training plans of the network, or of all together."""
        if len(self._graphs) == 1:
            return Plans(self._graphs[0], self.parameters, "train")
        return JointPlans(self._graphs, self.parameters)

    def member_batches(self, number: int, trainer: Trainer, progress: Progress) -> BatchStrategy:
        """Return the training of one member, whose steps may be taken together with the others'.

        Args:
            number: of the member, from 0.
            trainer: of the member.
            progress: of its loop.
        """
        if trainer.is_full_batch:
            return trainer.full_batch([trainer.descent(self.member_parameters[number])], progress)
        plans = self.plans if isinstance(self.plans, Plans) else self.plans.member_plans(number)
        return trainer.mini_batches(plans, trainer.source, self.updates[number], progress)

    def lockstep_batches(self, trainers: Sequence[Trainer], progress: Progress) -> BatchStrategy:
        """Return the training of all members as one.

        Args:
            trainers: one of each, with equally many samples.
            progress: of their loop.
        """
        first = trainers[0]
        if first.is_full_batch:
            pairs = zip(trainers, self.member_parameters, strict=True)
            return first.full_batch([trainer.descent(own) for trainer, own in pairs], progress)
        if len(trainers) == 1:
            return self.member_batches(0, first, progress)
        source = LockstepSource([trainer.source for trainer in trainers])
        return first.mini_batches(self.plans, source, LockstepUpdate(self.updates), progress)
