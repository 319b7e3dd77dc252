"""Trainer: makes graph, batches and update from a network, samples and settings.

All checks that are possible before training are made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chainrule.data.augmentation import Augmentation
from chainrule.errors import InputError
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
from chainrule.training.metrics import METRICS, NEEDED, is_defined, metrics_of_epochs
from chainrule.training.model.constant_loss import constant_loss
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
from chainrule.training.samples.samples import Samples
from chainrule.training.samples.streamed_samples import samples_in_memory
from chainrule.training.schedules import Schedule, check_length
from chainrule.training.settings.selection import SELECTION_METRICS, SelectionMetric
from chainrule.training.settings.settings import Settings
from chainrule.training.update import Update


@dataclass(frozen=True, eq=False)
class TrainingJob:
    """The inputs of a training: network, samples, settings and methods.

    Attributes:
        network: the network.
        prepared: the prepared samples.
        settings: the settings of the run.
        optimizer: replaces the optimizer that the settings name.
        schedule: replaces the schedule that the settings name.
        augmentation: replaces the augmentation that the settings name.
    """

    network: Network
    prepared: Prepared
    settings: Settings
    optimizer: Optimizer | None = None
    schedule: Schedule | None = None
    augmentation: Augmentation | None = None

    @classmethod
    def of(cls, recipe: Recipe, prepared: Prepared) -> TrainingJob:
        """Make the job of a recipe on prepared samples.

        Raises:
            InputError: the network does not support an option.
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
    """The training of one network, alone or as a member.

    Args:
        job: the training job.
        graph: graph to continue with; by default made from the network.
    Raises:
        InputError: the network or a setting does not fit the task or the samples.
    Attributes:
        graph: graph of the model, for evaluation.
        trained_graph: graph for training: the same, in the precision of training.
        batch_size: number of samples in each batch but the last.
        optimizer: the optimizer.
        source: source of the samples of each batch.
        schedule: schedule of the learning rate.
    """

    def __init__(self, job: TrainingJob, graph: Graph | None = None) -> None:
        settings = job.settings
        self.prepared, self.settings = job.prepared, settings
        self.graph = graph or build_graph(job)
        self.optimizer = job.optimizer or make_optimizer(settings)
        self.schedule = job.schedule or make_schedule(settings)
        self.source = BatchSource.of(job.prepared, settings, job.augmentation)
        if isinstance(self.optimizer, FullBatchOptimizer):
            check_full_batch(self.optimizer, settings, self.graph, job.prepared.training)
            self.batch_size, self.trained_graph = len(self.source), self.graph
            return
        self.batch_size = resolve_batch_size(self.graph, settings, len(self.source))
        trained = self.graph
        if settings.dropout_schedule != "constant":
            trained = with_scheduled_dropout(trained)
        self.trained_graph = with_precision(trained, settings.precision, self.batch_size)

    @property
    def is_full_batch(self) -> bool:
        """Whether the optimizer uses all samples in each step."""
        return isinstance(self.optimizer, FullBatchOptimizer)

    @property
    def update(self) -> Update:
        """Update of the weights from the gradient of a batch."""
        assert not isinstance(self.optimizer, FullBatchOptimizer)
        return make_update(self.settings, self.optimizer)

    def can_join(self, other: Trainer) -> bool:
        """Return whether one plan can train both networks."""
        if self.is_full_batch or other.is_full_batch:
            return False
        same_graph = graph_signature(self.trained_graph) == graph_signature(other.trained_graph)
        return self.batch_size == other.batch_size and same_graph

    def model(self, parameters: Parameters) -> Model:
        """Return the model with these parameters."""
        return Model(self.graph, parameters, self.prepared.preparation)

    def mini_batches(
        self, plans: TrainingPlans, source: SampleSource, update: WeightUpdate, progress: Progress
    ) -> MiniBatches:
        """Return the mini-batches of this trainer, or of several members in lockstep.

        Args:
            plans: plans of the trained graph.
            source: source of the samples.
            update: update of the parameters of the plans.
            progress: display of the progress.
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
        """Return the full batch, for one step of each descent in an epoch."""
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
            batches: how an epoch updates the weights.
            model: the model to train.
            validate: replaces the loss and the metrics of the validation samples.
            stopping: replaces the early stopping of the settings.
            callback: called before and after each epoch; None for no callback.
            epochs_before: number of epochs that the weights were trained before.
        Raises:
            InputError: the metric does not fit the task, or is not defined for the validation
                samples; or the length of the run does not fit the schedule.
        """
        settings, prepared = self.settings, self.prepared
        check_metric(settings.metric, model, prepared.validation)

        def loss_and_metrics() -> dict[str, float]:
            if not prepared.validation:
                return {}
            return model.evaluate_prepared(
                prepared.validation, metrics_of_epochs(model.task, settings.metric)
            )

        loop = Loop(
            batches=batches,
            parameters=model.parameters,
            settings=settings,
            schedule=self.schedule,
            default_learning_rate=self.optimizer.default_learning_rate,
            validate=validate or loss_and_metrics,
            stopping=stopping or EarlyStopping(settings.patience, settings.metric),
            callback=callback or NoCallback(),
            progress=batches.progress,
            epochs_before=epochs_before,
        )
        _check_schedule(settings, loop)
        return loop

    def run(self, model: Model, result: LoopResult, seconds: float) -> Run:
        """Take step 9, the test; return the run."""
        prepared = self.prepared
        metric = self.settings.metric
        test, confusion = model.test(prepared.test, metric)
        run = Run(
            model=model,
            history=result.history,
            test=test,
            confusion=confusion,
            baseline=baseline(model, prepared.test.targets, metric, prepared.test.sample_weights)
            if prepared.test
            else {},
            stopped=result.stopped,
            sizes=prepared.sizes,
            seconds=seconds,
            notes=(*prepared.notes, *notes_on(self.settings.precision)),
            metric=metric,
            leaks=prepared.leaks,
            constant_loss=self._constant_loss(),
            not_drawn=prepared.not_drawn,
            fingerprints=prepared.fingerprints,
        )
        if result.diverged is None:
            return run
        note = f"{result.diverged} The weights of epoch {run.best_epochs[0]} are kept."
        return replace(run, diverged=note, notes=(note, *run.notes))

    def _constant_loss(self) -> float | None:
        """Return the training loss of a constant; None where it is not a loss of the validation.

        With label smoothing and mixup the loss that training minimises prefers less certain
        predictions, so that of the validation may rise without overfitting.
        """
        if self.settings.label_smoothing or self.settings.mixup:
            return None
        preparation, samples = self.prepared.preparation, samples_in_memory(self.prepared.training)
        objective = replace(make_objective(self.settings), weighted=samples.weights is not None)
        return constant_loss(objective, preparation.task, preparation.class_names, samples)


def build_graph(job: TrainingJob) -> Graph:
    """Return the graph of a network with its loss and its prediction.

    Raises:
        InputError: the network or the loss does not fit the task.
    """
    prepared, settings = job.prepared, job.settings
    preparation, samples = prepared.preparation, samples_in_memory(prepared.training)
    bounded = settings.prediction_range == "training" and preparation.task == "regression"
    return objective_graph(
        with_embeddings(job.network, preparation, settings.embedding),
        preparation.feature_shape,
        preparation.task,
        len(preparation.class_names),
        replace(make_objective(settings), weighted=samples.weights is not None),
        Bounds.of(samples.targets) if bounded else None,
        outputs=prepared.outputs,
    )


def check_metric(metric: SelectionMetric, model: Model, validation: Samples | None) -> None:
    """Check that a metric fits the task, and is defined for the validation samples.

    Raises:
        InputError: it does not fit, or is not defined.
    """
    fitting = [name for name in SELECTION_METRICS if name in ("loss", *METRICS[model.task])]
    if metric not in fitting:
        raise InputError(
            f"metric: got '{metric}', which the task {model.task} does not have; expected one of "
            f"{', '.join(fitting)}. Use one of them."
        )
    if metric == "loss" or not validation:
        return
    if not is_defined(metric, model.task, model.inverse_transform(validation.targets)):
        raise InputError(
            f"metric: got '{metric}', which is not defined for the {len(validation):,} validation "
            f"samples: it needs {NEEDED[metric]}. Use another metric, such as loss, or give more "
            "validation samples."
        )


def _check_schedule(settings: Settings, loop: Loop) -> None:
    """Refuse a run whose length differs from that of its schedule, or is too short for it."""
    loop.schedule.bind(loop.iterations)
    planned = settings.schedule_epochs
    if planned is None:
        return
    if settings.iterations is None:
        check_length(settings.schedule, planned, settings.epochs)
    else:
        steps = planned * loop.iterations_an_epoch
        check_length(settings.schedule, steps, settings.iterations, "iterations")
