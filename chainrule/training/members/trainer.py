"""Member: one network's training, with all that can be checked before it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chainrule.data.augmentation import Augmentation
from chainrule.layers import Network
from chainrule.plan import Parameters
from chainrule.training.loop.batch_size import fitting_batch_size
from chainrule.training.loop.batch_source import BatchSource
from chainrule.training.loop.loop import Learned, Loop, Record, TrainingPlans
from chainrule.training.loop.progress import Progress
from chainrule.training.loop.schedule_state import with_scheduled_dropout
from chainrule.training.members.joint_training import graph_signature
from chainrule.training.metrics import OF_EPOCHS
from chainrule.training.model.evaluation import baseline
from chainrule.training.model.model import Model
from chainrule.training.objective.input_embeddings import with_embeddings
from chainrule.training.objective.mixed_precision import notes_on, with_precision
from chainrule.training.objective.objective import Bounds, objective_graph
from chainrule.training.optimizers import Optimizer
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared
from chainrule.training.samples.streamed_samples import samples_in_memory
from chainrule.training.schedules import Schedule, check_length
from chainrule.training.settings.settings import Settings


@dataclass(frozen=True, eq=False)
class Fit:
    """A training to be done.

    Attributes:
        network: that fits the task.
        prepared: samples.
        settings: of the run.
        optimizer: in place of the one that the settings name.
        schedule: likewise.
        augmentation: likewise.
    """

    network: Network
    prepared: Prepared
    settings: Settings
    optimizer: Optimizer | None = None
    schedule: Schedule | None = None
    augmentation: Augmentation | None = None


class Member:
    """A training of one network, alone or beside others.

    Raises:
        InputError: the network or a setting does not fit the task or the samples.
    Attributes:
        graph: that is evaluated and kept.
        trained_graph: what training computes: the same, in the precision of training.
        batch_size: of all batches but the last.
    """

    def __init__(self, fit: Fit) -> None:
        settings, preparation = fit.settings, fit.prepared.preparation
        self.prepared, self.settings = fit.prepared, settings
        self.graph = objective_graph(
            with_embeddings(fit.network, preparation, settings.embedding),
            preparation.feature_shape,
            preparation.task,
            len(preparation.class_names),
            settings.objective,
            _bounds(fit),
        )
        self.batch_size = fitting_batch_size(self.graph, settings, len(fit.prepared.training))
        trained = self.graph
        if settings.dropout_schedule != "constant":
            trained = with_scheduled_dropout(trained)
        self.trained_graph = with_precision(trained, settings.precision, self.batch_size)
        self.update = settings.update_for(fit.optimizer or settings.chosen_optimizer)
        self.feeding = BatchSource.of(fit.prepared, settings, fit.augmentation)
        self.schedule = fit.schedule or settings.chosen_schedule

    def alike(self, other: Member) -> bool:
        """Whether one plan can do both."""
        mine, others = graph_signature(self.trained_graph), graph_signature(other.trained_graph)
        return self.batch_size == other.batch_size and mine == others

    def model(self, parameters: Parameters) -> Model:
        """The model of these parameters."""
        return Model(self.graph, parameters, self.prepared.preparation)

    def loop(
        self,
        plans: TrainingPlans,
        model: Model,
        progress: Progress,
        seen: Callable[[Record, Model, bool], None],
    ) -> Loop:
        """The loop of this training.

        Raises:
            InputError: its length does not suit the schedule.
        """
        settings, prepared = self.settings, self.prepared

        def validate() -> dict[str, float]:
            if not prepared.validation:
                return {}
            return model.evaluate_prepared(prepared.validation, OF_EPOCHS[model.task])

        def seen_with_model(record: Record, best: bool) -> None:
            seen(record, model, best)

        loop = Loop(
            plans=plans,
            parameters=model.parameters,
            feeding=self.feeding,
            settings=settings,
            update=self.update,
            learning_rate=settings.learning_rate or self.update.optimizer.default_learning_rate,
            schedule=self.schedule,
            batch_size=self.batch_size,
            validate=validate,
            seen=seen_with_model,
            progress=progress,
        )
        _check_schedule(settings, loop)
        return loop

    def run(self, model: Model, learned: Learned, seconds: float) -> Run:
        """What training gave; step 9, the test, once."""
        prepared = self.prepared
        return Run(
            model=model,
            history=learned.history,
            test=model.evaluate_prepared(prepared.test) if prepared.test else {},
            confusion=model.confusion(prepared.test) if prepared.test else None,
            baseline=baseline(model, prepared.test.targets) if prepared.test else {},
            stopped=learned.stopped,
            sizes=prepared.sizes,
            seconds=seconds,
            notes=(*prepared.notes, *notes_on(self.settings.precision)),
            best_by=self.settings.best_by,
            leaks=prepared.leaks,
        )


def _bounds(fit: Fit) -> Bounds | None:
    """The bounds of the predictions; None if they may be any numbers, or are classes."""
    if fit.settings.prediction_range == "any" or fit.prepared.preparation.task != "regression":
        return None
    return Bounds.of(samples_in_memory(fit.prepared.training).targets)


def _check_schedule(settings: Settings, loop: Loop) -> None:
    """Refuse a run of another length than its schedule was planned for, or too short for it."""
    loop.schedule.bind(loop.iterations)
    planned = settings.schedule_epochs
    if planned is None:
        return
    if settings.iterations is None:
        check_length(settings.schedule, planned, settings.epochs)
    else:
        steps = planned * loop.iterations_an_epoch
        check_length(settings.schedule, steps, settings.iterations, "iterations")
