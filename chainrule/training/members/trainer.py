"""Trainer: one network's training, with all that can be checked before it begins.

It is the only place where network, samples and settings become graph, batches and update.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chainrule.data.augmentation import Augmentation
from chainrule.graph.graph import Graph
from chainrule.layers import Network
from chainrule.plan import Parameters
from chainrule.training.loop.batch_size import resolve_batch_size
from chainrule.training.loop.batch_source import BatchSource
from chainrule.training.loop.early_stopping import EarlyStopping, StoppingRule
from chainrule.training.loop.full_batch import (
    FullBatch,
    NetworkDescent,
    PenalisedLoss,
    check_full_batch,
)
from chainrule.training.loop.loop import (
    BatchStrategy,
    EpochCallback,
    Loop,
    LoopResult,
    NoCallback,
    Validate,
)
from chainrule.training.loop.mini_batches import MiniBatches, SampleSource, WeightUpdate
from chainrule.training.loop.progress import Progress
from chainrule.training.loop.schedule_state import with_scheduled_dropout
from chainrule.training.loop.steps import TrainingPlans
from chainrule.training.members.joint_training import graph_signature
from chainrule.training.metrics import OF_EPOCHS
from chainrule.training.model.evaluation import baseline
from chainrule.training.model.model import Model
from chainrule.training.objective.input_embeddings import with_embeddings
from chainrule.training.objective.mixed_precision import notes_on, with_precision
from chainrule.training.objective.objective import Bounds, objective_graph
from chainrule.training.optimizers import FullBatchOptimizer, Optimizer
from chainrule.training.recipe.methods import (
    make_objective,
    make_optimizer,
    make_schedule,
    make_update,
)
from chainrule.training.recipe.recipe import Recipe
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared
from chainrule.training.samples.streamed_samples import samples_in_memory
from chainrule.training.schedules import Schedule, check_length
from chainrule.training.settings.settings import Settings
from chainrule.training.update import Update


@dataclass(frozen=True, eq=False)
class TrainingJob:
    """A training to be done.

    Attributes:
        network: that fits the task.
        prepared: samples.
        settings: of the run.
        optimizer: in place of the one that the settings name.
        schedule: in place of the one that the settings name.
        augmentation: in place of the one that the settings name.
    """

    network: Network
    prepared: Prepared
    settings: Settings
    optimizer: Optimizer | None = None
    schedule: Schedule | None = None
    augmentation: Augmentation | None = None

    @classmethod
    def of(cls, recipe: Recipe, prepared: Prepared) -> TrainingJob:
        """Make the training of a recipe on prepared samples.

        Raises:
            InputError: the network does not have an option that was given.
        """
        return cls(
            recipe.build_network(prepared.outputs),
            prepared,
            recipe.settings,
            recipe.optimizer,
            recipe.schedule,
            recipe.augmentation,
        )


class Trainer:
    """The training of one network, alone or together with others.

    Args:
        fit: to be done.
        graph: to go on with, in place of one made from the network.
    Raises:
        InputError: the network or a setting does not fit the task or the samples.
    Attributes:
        graph: that is evaluated and kept.
        trained_graph: that training computes: the same, in the precision of training.
        batch_size: of all batches but the last.
        optimizer: the rule that moves the weights.
        source: provides the samples of each batch.
        schedule: of the learning rate.
    """

    def __init__(self, fit: TrainingJob, graph: Graph | None = None) -> None:
        settings = fit.settings
        self.prepared, self.settings = fit.prepared, settings
        self.graph = graph or build_graph(fit)
        self.optimizer = fit.optimizer or make_optimizer(settings)
        self.schedule = fit.schedule or make_schedule(settings)
        self.source = BatchSource.of(fit.prepared, settings, fit.augmentation)
        if isinstance(self.optimizer, FullBatchOptimizer):
            check_full_batch(self.optimizer, settings, self.graph, fit.prepared.training)
            self.batch_size, self.trained_graph = len(self.source), self.graph
            return
        self.batch_size = resolve_batch_size(self.graph, settings, len(self.source))
        trained = self.graph
        if settings.dropout_schedule != "constant":
            trained = with_scheduled_dropout(trained)
        self.trained_graph = with_precision(trained, settings.precision, self.batch_size)

    @property
    def is_full_batch(self) -> bool:
        """Whether the optimizer looks at all samples in each step."""
        return isinstance(self.optimizer, FullBatchOptimizer)

    @property
    def update(self) -> Update:
        """What moves the weights along the gradient of a batch."""
        assert not isinstance(self.optimizer, FullBatchOptimizer)
        return make_update(self.settings, self.optimizer)

    def can_join(self, other: Trainer) -> bool:
        """Return whether one plan can train both networks."""
        if self.is_full_batch or other.is_full_batch:
            return False
        mine, others = graph_signature(self.trained_graph), graph_signature(other.trained_graph)
        return self.batch_size == other.batch_size and mine == others

    def model(self, parameters: Parameters) -> Model:
        """Return the model of these parameters."""
        return Model(self.graph, parameters, self.prepared.preparation)

    def mini_batches(
        self, plans: TrainingPlans, source: SampleSource, update: WeightUpdate, progress: Progress
    ) -> MiniBatches:
        """Return how an epoch moves the weights.

        Args:
            plans: of the trained graph.
            source: this trainer's, or that of several members.
            update: of the parameters of the plans: this trainer's, or that of several members.
            progress: shows how training goes.
        """
        return MiniBatches(
            plans=plans,
            source=source,
            update=update,
            batch_size=self.batch_size,
            sampling=self.settings.sampling,
            learning_rate=self.settings.learning_rate or self.optimizer.default_learning_rate,
            progress=progress,
        )

    def descent(self, parameters: Parameters) -> NetworkDescent:
        """Return the descent of a full-batch optimizer from these parameters."""
        assert isinstance(self.optimizer, FullBatchOptimizer)
        decay = self.settings.weight_decay
        decay = self.optimizer.default_weight_decay if decay is None else decay
        loss = PenalisedLoss(self.trained_graph, self.source, decay)
        return NetworkDescent(self.optimizer, loss, parameters)

    def full_batch(self, descents: Sequence[NetworkDescent], progress: Progress) -> FullBatch:
        """Return how an epoch moves the weights, one step of each descent."""
        return FullBatch(descents, self.batch_size, progress)

    def loop(
        self,
        batches: BatchStrategy,
        model: Model,
        *,
        validate: Validate | None = None,
        stopping: StoppingRule | None = None,
        callback: EpochCallback | None = None,
        epochs_before: int = 0,
    ) -> Loop:
        """Return the loop of this training.

        Args:
            batches: how an epoch moves the weights.
            model: whose parameters are trained.
            validate: in place of the loss and the metrics of the validation samples.
            stopping: in place of early stopping as the settings say.
            callback: called at both ends of each epoch; none if not given.
            epochs_before: number of epochs that the weights were trained for before.
        Raises:
            InputError: its length does not suit the schedule.
        """
        settings, prepared = self.settings, self.prepared

        def losses_and_metrics() -> dict[str, float]:
            if not prepared.validation:
                return {}
            return model.evaluate_prepared(prepared.validation, OF_EPOCHS[model.task])

        loop = Loop(
            batches=batches,
            parameters=model.parameters,
            settings=settings,
            schedule=self.schedule,
            default_learning_rate=self.optimizer.default_learning_rate,
            validate=validate or losses_and_metrics,
            stopping=stopping or EarlyStopping(settings.patience, settings.best_by),
            callback=callback or NoCallback(),
            progress=batches.progress,
            epochs_before=epochs_before,
        )
        _check_schedule(settings, loop)
        return loop

    def run(self, model: Model, learned: LoopResult, seconds: float) -> Run:
        """Return what training gave; step 9, the test, once."""
        prepared = self.prepared
        test, confusion = model.test(prepared.test)
        return Run(
            model=model,
            history=learned.history,
            test=test,
            confusion=confusion,
            baseline=baseline(model, prepared.test.targets) if prepared.test else {},
            stopped=learned.stopped,
            sizes=prepared.sizes,
            seconds=seconds,
            notes=(*prepared.notes, *notes_on(self.settings.precision)),
            best_by=self.settings.best_by,
            leaks=prepared.leaks,
        )


def build_graph(fit: TrainingJob) -> Graph:
    """Return the network of a training with its loss and its prediction.

    Raises:
        InputError: the network or the loss does not fit the task.
    """
    prepared, settings = fit.prepared, fit.settings
    preparation, samples = prepared.preparation, samples_in_memory(prepared.training)
    bounded = settings.prediction_range == "training" and preparation.task == "regression"
    return objective_graph(
        with_embeddings(fit.network, preparation, settings.embedding),
        preparation.feature_shape,
        preparation.task,
        len(preparation.class_names),
        replace(make_objective(settings), weighted=samples.weights is not None),
        Bounds.of(samples.targets) if bounded else None,
        outputs=prepared.outputs,
    )


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
