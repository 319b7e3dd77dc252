"""Group: the members that one plan trains, and what comes of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from chainrule.plan import Parameters, Plans
from chainrule.training.loop.loop import DivergedError, Learned, Loop, Record
from chainrule.training.loop.processor import tuned_processor
from chainrule.training.loop.progress import Progress, Work
from chainrule.training.members.initialise import initialise
from chainrule.training.members.joint_training import JointPlans, JointProgress, train_together
from chainrule.training.members.trainer import Member
from chainrule.training.model.model import Model
from chainrule.training.run import Run
from chainrule.training.samples.streamed_samples import samples_in_memory


class MemberGroup:
    """Members that one plan trains; where there is but one, without an axis of members.

    Args:
        numbered: members with their numbers among all.
        progress: is told how they go.
        seen: is told each epoch's record of a member, by its number.
    """

    def __init__(
        self,
        numbered: Sequence[tuple[int, Member]],
        progress: Progress,
        seen: Callable[[int, Record, Model, bool], None],
    ) -> None:
        self.numbered = numbered
        graphs = [member.trained_graph for _, member in numbered]
        alone = len(numbered) == 1
        # Step 2: initialise.
        parameters = Parameters.zeros(graphs[0], members=None if alone else len(numbered))
        each = [parameters] if alone else [parameters.member(n) for n in range(len(numbered))]
        plans = Plans(graphs[0], parameters, "train") if alone else JointPlans(graphs, parameters)
        self.flops = plans.for_batch(numbered[0][1].batch_size).flops
        lead = JointProgress(progress)
        self.models: list[Model] = []
        self.loops: list[Loop] = []
        for place, ((number, member), own) in enumerate(zip(numbered, each, strict=True)):
            samples = samples_in_memory(member.prepared.training)
            initialise(member.graph, own, samples, seed=member.settings.seed)
            model = member.model(own)
            self.models.append(model)
            self.loops.append(
                member.loop(
                    plans if isinstance(plans, Plans) else plans.of_member(place),
                    model,
                    progress if alone else lead.follow(),
                    partial(seen, number),
                )
            )

    @property
    def work(self) -> Work:
        """That of the member with the most."""
        return max((loop.work for loop in self.loops), key=lambda work: work.samples_seen)

    def learn(self) -> None:
        """Steps 3 to 8 of all: forward, loss, backward, update, repeat, validate."""
        started = time.perf_counter()
        with tuned_processor(self.flops):
            self._learned = self._learn()
        self._seconds = time.perf_counter() - started

    def _learn(self) -> list[Learned | DivergedError]:
        if len(self.loops) > 1:
            return train_together(self.loops)
        try:
            return [self.loops[0].run()]
        except DivergedError as error:
            return [error]

    @property
    def was_interrupted(self) -> bool:
        """Whether a person ended it."""
        return any(
            not isinstance(o, DivergedError) and o.stopped == "interrupted" for o in self._learned
        )

    def runs(self) -> dict[int, Run | DivergedError]:
        """Step 9: the test. What came of each member, by its number."""
        with tuned_processor(self.flops):
            return {
                number: of_one
                if isinstance(of_one, DivergedError)
                else member.run(model, of_one, self._seconds)
                for (number, member), model, of_one in zip(
                    self.numbered, self.models, self._learned, strict=True
                )
            }


def group_members(members: Sequence[Member]) -> list[list[tuple[int, Member]]]:
    """The members, numbered, those together that one plan can train."""
    groups: list[list[tuple[int, Member]]] = []
    for number, member in enumerate(members):
        for group in groups:
            if member.alike(group[0][1]):
                group.append((number, member))
                break
        else:
            groups.append([(number, member)])
    return groups
