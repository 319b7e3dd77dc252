"""Networks: the weights, plans and updates of one trainer, or of several with equal shapes."""

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

    Several networks share one plan, and their weights have an axis of members.
    Args:
        trainers: trainers with equal batch sizes and graphs, up to the rates of dropout.
        parameters: parameters to continue from; by default initialised (step 2).
    Attributes:
        parameters: parameters of all networks.
        member_parameters: parameters of each network, views of the same memory.
        updates: update of each network, bound to its parameters; none for full-batch optimizers.
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
            for trainer, member in zip(trainers, self.member_parameters, strict=True):
                samples = samples_in_memory(trainer.prepared.training)
                initialise(trainer.graph, member, samples, seed=trainer.settings.seed)
        self._graphs = [trainer.trained_graph for trainer in trainers]
        pairs = zip(trainers, self.member_parameters, strict=True)
        self.updates = [t.update.bind(member) for t, member in pairs if not t.is_full_batch]

    def continue_with(self, trainers: Sequence[Trainer]) -> None:
        """Take the updates of other trainers, such as their weight decay.

        Args:
            trainers: one for each network, none of them with a full-batch optimizer.
        """
        triples = zip(trainers, self.member_parameters, self.updates, strict=True)
        self.updates = [t.update.bind(member, previous) for t, member, previous in triples]

    @cached_property
    def plans(self) -> Plans | JointPlans:
        """Training plans of the network, or joint plans of several."""
        if len(self._graphs) == 1:
            return Plans(self._graphs[0], self.parameters, "train")
        return JointPlans(self._graphs, self.parameters)

    def member_batches(self, number: int, trainer: Trainer, progress: Progress) -> BatchStrategy:
        """Return the batches of one member, to train it alone or jointly with the others.

        Args:
            number: number of the member, from 0.
            trainer: trainer of the member.
            progress: progress of its loop.
        """
        if trainer.is_full_batch:
            return trainer.full_batch([trainer.descent(self.member_parameters[number])], progress)
        plans = self.plans if isinstance(self.plans, Plans) else self.plans.member_plans(number)
        return trainer.mini_batches(plans, trainer.source, self.updates[number], progress)

    def lockstep_batches(self, trainers: Sequence[Trainer], progress: Progress) -> BatchStrategy:
        """Return the batches of all members, to train them in lockstep.

        Args:
            trainers: trainer of each member, with equally many samples.
            progress: progress of their loop.
        """
        first = trainers[0]
        if first.is_full_batch:
            pairs = zip(trainers, self.member_parameters, strict=True)
            return first.full_batch(
                [trainer.descent(member) for trainer, member in pairs], progress
            )
        if len(trainers) == 1:
            return self.member_batches(0, first, progress)
        source = LockstepSource([trainer.source for trainer in trainers])
        return first.mini_batches(self.plans, source, LockstepUpdate(self.updates), progress)
