"""The base class of NeuralClassifier and NeuralRegressor."""

from __future__ import annotations

import inspect
import time
import warnings
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    _check_sample_weight,
    check_consistent_length,
    check_is_fitted,
)

from chainrule.data.columns.roles import infer_role
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.scaling import Standardisation
from chainrule.data.preparation.targets import ClassTarget, NumberTarget
from chainrule.data.table import Table
from chainrule.data.vocabulary import Role, Task
from chainrule.errors import InputError
from chainrule.estimators.epochs import CallbackEpochs, SingleEpoch
from chainrule.estimators.equal_samples import merge_equal_samples
from chainrule.estimators.notebook import fitted_section
from chainrule.estimators.parameters import CONSTRAINTS, Choices, full_batch_parameter
from chainrule.estimators.patience import Patience
from chainrule.estimators.rates import Adaptive, InverseScaling
from chainrule.estimators.reading import to_table
from chainrule.estimators.scores import member_scores
from chainrule.layers.batch_norm import smallest_batch
from chainrule.training.loop.batch_size import enlarge_batch
from chainrule.training.loop.loop import (
    DivergedError,
    EpochCallback,
    LoopResult,
    StopReason,
    Validate,
)
from chainrule.training.loop.processor import tuned_processor
from chainrule.training.loop.progress import SilentProgress, metric_label
from chainrule.training.loop.record import Record
from chainrule.training.members.ensemble import member_jobs
from chainrule.training.members.networks import Networks
from chainrule.training.members.trainer import Trainer, TrainingJob, build_graph
from chainrule.training.model.model import Model
from chainrule.training.recipe.methods import make_schedule
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared
from chainrule.training.samples.samples import Samples
from chainrule.training.schedules import Constant, Schedule

# Name of a target that has none, in messages and in a model that is saved.
TARGET = "y"


@dataclass(frozen=True, eq=False)
class RawSamples:
    """Samples before their preparation.

    Attributes:
        table: the columns of X.
        y: (n,) labels or numbers, or (n, outputs).
        weights: (n,).
    """

    table: Table
    y: NDArray[Any]
    weights: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.y)

    def take(self, rows: NDArray[Any]) -> RawSamples:
        """Return some of them, by their indices or a mask."""
        return RawSamples(self.table.take(rows), self.y[rows], self.weights[rows])


@dataclass(eq=False, repr=False)
class NeuralEstimator(CallbackSupportMixin, BaseEstimator):  # type: ignore[misc]  # both are untyped
    """A neural network as an estimator of scikit-learn.

    The parameters of MLPClassifier and MLPRegressor have their names, defaults and meaning:
        hidden_layer_sizes, activation, solver ("adam", "sgd" or "lbfgs"), alpha, batch_size,
        learning_rate, learning_rate_init, power_t, max_iter, shuffle, random_state, tol, verbose,
        warm_start, momentum, nesterovs_momentum, early_stopping, validation_fraction, beta_1,
        beta_2, epsilon, n_iter_no_change, max_fun.
    Further ones:
        activation: any of `chainrule methods activations`, or a list with one for each layer.
        learning_rate_init, alpha: None for the default rate and weight decay of the optimizer.
        loss: by name, such as "huber"; None for the default of the task.
        dropout: share of each hidden layer's units that are left out in a step.
        batch_norm: whether each hidden layer is normalised over the batch.
        optimizer: by name and with settings, such as "adamw:beta1=0.8", in place of the solver.
        schedule: of the learning rate, by name and with settings, such as "cosine".
        scaling: of numbers, and of the numbers to predict, by name; "none" for none. By default
            numbers are standardised, which MLPClassifier leaves to the user.
        encoding: of categories in data frames, by name.
        members: networks that learn from different first weights, and predict together.
        preset: settings that belong together, by name; other parameters that are set win. With
            "sklearn" nothing is scaled either, as with MLPClassifier.
    """

    hidden_layer_sizes: Any = (100,)
    activation: Any = "relu"
    _: KW_ONLY
    solver: str = "adam"
    alpha: float | None = 0.0001
    batch_size: int | str = "auto"
    learning_rate: str = "constant"
    learning_rate_init: float | None = 0.001
    power_t: float = 0.5
    max_iter: int = 200
    shuffle: bool = True
    random_state: Any = None
    tol: float = 0.0001
    verbose: bool = False
    warm_start: bool = False
    momentum: float = 0.9
    nesterovs_momentum: bool = True
    early_stopping: bool = False
    validation_fraction: float = 0.1
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    n_iter_no_change: float = 10
    max_fun: int = 15_000
    loss: str | None = None
    dropout: float = 0.0
    batch_norm: bool = False
    optimizer: str | None = None
    schedule: str | None = None
    scaling: str | None = None
    encoding: str = "one_hot"
    members: int = 1
    preset: str | None = None

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = CONSTRAINTS

    @with_callbacks  # type: ignore[untyped-decorator]  # of scikit-learn
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: ArrayLike | None = None,
        X_val: Any = None,
        y_val: Any = None,
    ) -> Self:
        """Learn from samples.

        Args:
            X: (n, features), an array or a data frame, in which NaN is a missing value. A data
                frame may have text and categories.
            y: (n,) or (n, outputs).
            sample_weight: (n,), each at least 0: one of weight 2 counts as two.
            X_val: samples to validate on after each epoch, in place of a share of X.
            y_val: the targets of X_val.
        Raises:
            ValueError: a parameter, or something in the samples, can't be used.
        """
        self._validate_params()
        self._seed = seed = self._drawn_seed()
        goes_on = self.warm_start and self.__sklearn_is_fitted__()
        given = self._rows(X, y, sample_weight, reset=not goes_on)
        training, validation = self._split(given, X_val, y_val, seed)
        if not goes_on:
            self._reset(training.y, getattr(y, "name", None))
        trainers = self._trainers(training, goes_on=goes_on)
        networks = Networks(trainers, self._model.parameters if goes_on else None)
        context = self._init_callback_context(max_subtasks=trainers[0].settings.epochs)
        metadata = {} if sample_weight is None else {"sample_weight": sample_weight}
        arguments = {"estimator": self, "X": X, "y": y, "metadata": metadata}
        context.call_on_fit_task_begin(**arguments)
        model = trainers[0].model(networks.parameters)
        learned = self._learn(
            trainers,
            networks,
            stopping=self._stopping_rule(trainers[0]),
            callback=CallbackEpochs(self._log, model, context, arguments),
            validate=self._validation(model, validation),
        )
        self._sizes = {"training": len(training), "validation": len(validation or ()), "test": 0}
        self._warn_of(learned.stopped, trainers[0])
        context.call_on_fit_task_end(**arguments)
        return self

    def _partial_fit(self, X: Any, y: Any, sample_weight: ArrayLike | None, classes: Any) -> Self:
        """Learn from each sample once more, from where the call before left off."""
        self._validate_params()
        if full_batch := full_batch_parameter(self.get_params(deep=False)):
            raise ValueError(
                f"{full_batch}: got 'lbfgs' for partial_fit, which brings the samples in parts; "
                "expected 'adam' or 'sgd', which learn from batches. Use one of them, or fit."
            )
        if self.early_stopping:
            raise ValueError(
                "early_stopping: got True for partial_fit, which has no samples to validate on; "
                "expected False. Use fit, or validate between the calls."
            )
        goes_on = self.__sklearn_is_fitted__()
        given = self._rows(X, y, sample_weight, reset=not goes_on)
        if not goes_on:
            self._seed = self._drawn_seed()
            named = classes is not None and given.y.ndim == 1
            self._reset(np.asarray(classes) if named else given.y, getattr(y, "name", None))
        trainers = self._trainers(given, goes_on=goes_on, schedule=Constant())
        self._learn(
            trainers,
            self._networks_to_go_on(trainers) if goes_on else Networks(trainers),
            stopping=Patience(self.tol, epochs=0),
            callback=SingleEpoch(self._log),
            validate=dict,
            epochs_before=len(self.loss_curve_),
        )
        self._sizes = {"training": len(given), "validation": 0, "test": 0}
        return self

    def _reset(self, y: NDArray[Any], name: object) -> None:
        """Forget the fitted attributes, and set those of the target."""
        # If learning fails, nothing is to be left that predicts with a part of it.
        for attribute in ("_model", "_networks"):
            self.__dict__.pop(attribute, None)
        features = getattr(self, "feature_names_in_", ())
        self._target_name = name if isinstance(name, str) and name not in features else TARGET
        self._set_target(y)
        self.loss_curve_: list[float] = []
        self.val_loss_curve_: list[float] = []
        self.validation_scores_: list[float] = []
        self.history_: list[dict[str, float]] = []

    def _drawn_seed(self) -> int:
        """Return a seed drawn from random_state; the same state gives the same seed."""
        return int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))

    def _rows(self, x: Any, y: Any, sample_weight: ArrayLike | None, *, reset: bool) -> RawSamples:
        """Return the samples without those of weight 0."""
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, "
                "but the target y is None."
            )
        table = to_table(self, x, reset=reset)
        y = self._checked_target(y)
        check_consistent_length(y, range(len(table)))
        weights = np.ones(len(table))
        if sample_weight is not None:
            weights = _check_sample_weight(
                sample_weight, weights, dtype=np.float64, ensure_non_negative=True
            )
        rows = RawSamples(table, y, weights)
        return rows if weights.all() else rows.take(weights > 0)

    def _split(
        self, given: RawSamples, x_val: Any, y_val: Any, seed: int
    ) -> tuple[RawSamples, RawSamples | None]:
        """Return the samples to learn from, and those to validate on, if any."""
        if (x_val is None) != (y_val is None):
            missing = "X_val" if x_val is None else "y_val"
            raise ValueError(f"{missing}: got none, expected both X_val and y_val. Give it, too.")
        if x_val is not None:
            return given, self._rows(x_val, y_val, None, reset=False)
        if not self.early_stopping:
            return given, None
        training, validation = train_test_split(
            np.arange(len(given)),
            test_size=self.validation_fraction,
            random_state=seed,
            stratify=self._strata(given.y),
        )
        return given.take(training), given.take(validation)

    def _trainers(
        self, rows: RawSamples, *, goes_on: bool, schedule: Schedule | None = None
    ) -> list[Trainer]:
        """Return the trainer of each member.

        Args:
            rows: to learn from.
            goes_on: whether the networks and the preparation are there already.
            schedule: in place of the one that the parameters name.
        """
        choices = Choices.of(self.get_params(deep=False), self._defaults, self._task, len(rows))
        table, targets, weights = rows.table, self._encoded(rows.y), rows.weights
        if self._may_merge and choices.batch_size == len(rows):
            kept, weights = merge_equal_samples(table, targets, weights)
            table, targets = table.take(kept), targets[kept]
        if not goes_on:
            self._scales = self._fitted_scales(targets, choices)
            target = self._fitted_target(targets, weights)
            self._preparation = self._fitted_preparation(table, target, choices)
        weights = weights * self._class_weights(targets, weights)
        samples = self._samples(table, targets, weights)
        one = TrainingJob(
            choices.build_network(self.n_outputs_),
            Prepared(self._preparation, samples, None, None, self._preparation.notes),
            choices.settings,
            schedule=schedule or self._chosen_schedule(choices, len(table)),
        )
        graph = self._model.graph if goes_on else build_graph(one)
        batch_size = enlarge_batch(choices.batch_size, len(table), smallest_batch(graph))
        settings = choices.settings.model_copy(
            update={
                "seed": self._seed,
                "batch_size": batch_size,
                "weight_decay": choices.weight_decay(batch_size * float(weights.mean())),
                "members": len(self._model.members) if goes_on else choices.settings.members,
            }
        )
        fits = member_jobs(replace(one, settings=settings))
        return [Trainer(of_member, graph) for of_member in fits]

    def _networks_to_go_on(self, trainers: Sequence[Trainer]) -> Networks:
        """Return the networks of the call before, with the moments of their optimizer."""
        networks: Networks | None = getattr(self, "_networks", None)
        if networks is None or not networks.updates:  # after pickling, or a fit with L-BFGS
            return Networks(trainers, self._model.parameters)
        return networks

    @property
    def _defaults(self) -> dict[str, Any]:
        """Default of each parameter."""
        parameters = inspect.signature(type(self)).parameters
        return {name: parameter.default for name, parameter in parameters.items()}

    @property
    def _may_merge(self) -> bool:
        """Whether equal samples may be merged: not where a batch or chance tells them apart."""
        return self.shuffle and not (self.dropout or self.batch_norm or self.preset)

    def _fitted_preparation(
        self, table: Table, target: ClassTarget | NumberTarget, choices: Choices
    ) -> Preparation:
        """Return the preparation of the target and, fitted on these rows, of the columns."""
        # Whoever uses scikit-learn chose the columns: no number is taken for an identifier.
        numbers = [c for c in table.columns if c.kind == "number" and infer_role(c).role != "date"]
        roles: dict[str, Role] = {column.name: "number" for column in numbers}
        return Preparation.fit(
            replace(table, read_options=table.read_options.updated(role=roles)),
            np.arange(len(table)),
            self._task,
            scaling=choices.settings.scaling,
            encoding=choices.settings.encoding,
            target=target,
        )

    def _fitted_scales(
        self, targets: NDArray[np.float64], choices: Choices
    ) -> list[Standardisation] | None:
        """Return how each number to predict is standardised; None if none is."""
        if self._task != "regression" or choices.settings.scaling == "none":
            return None
        return [Standardisation.fit(column) for column in targets.T]

    def _standardised(self, targets: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return encoded targets as the network should predict them."""
        if self._scales is None:
            return targets
        pairs = zip(self._scales, targets.T, strict=True)
        return np.column_stack([scale.transform(column) for scale, column in pairs])

    def _samples(
        self, table: Table, targets: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> Samples:
        """Return prepared samples of mean weight 1, so that a learning rate means the same."""
        targets = self._standardised(targets)
        classes = self._task == "classification"
        return Samples(
            self._preparation.features(table),
            torch.from_numpy(targets[:, 0].astype(np.int64))
            if classes
            else torch.from_numpy(targets.astype(np.float32)),
            torch.from_numpy((weights / weights.mean()).astype(np.float32)),
        )

    def _chosen_schedule(self, choices: Choices, samples: int) -> Schedule:
        """Return the schedule: scikit-learn's are for its solver sgd alone."""
        named = self.solver != "sgd" or self.optimizer or self.schedule
        if named or self.learning_rate == "constant":
            return make_schedule(choices.settings)
        if self.learning_rate == "adaptive":
            return Adaptive(choices.learning_rate)
        updates = -(-samples // min(choices.batch_size, samples))
        return InverseScaling(self.power_t, samples, updates)

    def _stopping_rule(self, trainer: Trainer) -> Patience:
        """Return scikit-learn's; what looks at all samples knows by its gradient when to end."""
        waits = self.early_stopping or not trainer.is_full_batch
        rate = trainer.schedule if isinstance(trainer.schedule, Adaptive) else None
        return Patience(
            self.tol, trainer.settings.patience if waits else 0, self.early_stopping, rate
        )

    def _validation(self, model: Model, rows: RawSamples | None) -> Validate:
        """Return what computes the loss and the score of the validation samples, if there are."""
        if rows is None:
            return dict
        samples = self._samples(rows.table, self._encoded(rows.y), rows.weights)

        def validate() -> dict[str, float]:
            loss, predicted = model.loss_and_prediction(samples)
            return {"loss": loss, "score": self._score_of(predicted.numpy(), rows)}

        return validate

    def _learn(
        self,
        trainers: Sequence[Trainer],
        networks: Networks,
        *,
        stopping: Patience,
        callback: EpochCallback,
        validate: Validate,
        epochs_before: int = 0,
    ) -> LoopResult:
        """Train the members in one loop, and keep what came of it."""
        self.n_iter_, before = 0, len(self.loss_curve_) - epochs_before
        batches = networks.lockstep_batches(trainers, SilentProgress())
        model = trainers[0].model(networks.parameters)
        loop = trainers[0].loop(
            batches,
            model,
            validate=validate,
            stopping=stopping,
            callback=callback,
            epochs_before=epochs_before,
        )
        started = time.perf_counter()
        try:
            with tuned_processor(batches.flops):
                learned = loop.run()
        except DivergedError as error:
            raise InputError(
                f"The {metric_label(error.name)} became {error.loss} in epoch {error.epoch}; "
                "expected a finite number. Try a smaller learning_rate_init."
            ) from None
        self._model, self._networks = model, networks
        self._stopped, self._seconds = learned.stopped, time.perf_counter() - started
        self.best_epoch_ = before + (stopping.best_epoch or self.n_iter_)
        self.best_loss_ = min(self.loss_curve_)
        if self.validation_scores_:
            self.best_validation_score_ = max(self.validation_scores_)
        return learned

    def _log(self, record: Record) -> None:
        """Write down an epoch."""
        self.n_iter_, self.loss_ = int(record["epoch"]), record["training_loss"]
        self.loss_curve_.append(self.loss_)
        if "validation_loss" in record:
            self.val_loss_curve_.append(record["validation_loss"])
            self.validation_scores_.append(record["validation_score"])
        self.history_.append({**record, "epoch": len(self.loss_curve_)})
        if self.verbose:
            print(_line(self.history_[-1]))

    def _warn_of(self, stopped: StopReason, trainer: Trainer) -> None:
        """Warn if training was ended before it came to an end by itself."""
        if stopped == "interrupted":
            message = "Training was interrupted; the weights are as they were then."
            warnings.warn(message, stacklevel=4)
        if stopped not in ("epochs", "evaluations"):
            return
        patience = trainer.settings.patience
        if trainer.is_full_batch:
            warnings.warn(
                f"Learning had not come to an end after {self.n_iter_} steps: a derivative was "
                f"still above tol={self.tol:g}. Give it a larger max_iter or max_fun, or scale the "
                "numbers.",
                ConvergenceWarning,
                stacklevel=4,
            )
        elif patience and not self.schedule:
            warnings.warn(
                f"Learning had not come to an end after max_iter={self.n_iter_} epochs: it still "
                f"became better by tol={self.tol:g} within n_iter_no_change={patience}. Give it "
                "more epochs, or a schedule such as schedule='cosine'.",
                ConvergenceWarning,
                stacklevel=4,
            )

    @property
    def model_(self) -> Model:
        """The model: networks and preparation, as `chainrule.train` gives it.

        Raises:
            InputError: a sample has several numbers or labels, which a model has not.
        """
        check_is_fitted(self)
        if self._has_several_targets:
            raise InputError(
                f"{type(self).__name__}: got {self.n_outputs_} numbers or labels a sample, "
                "expected one, for a model of chainrule predicts one column. Train an estimator "
                "for each, or pickle this one."
            )
        return self._model

    @property
    def run_(self) -> Run:
        """The training, as `chainrule.train` gives it; nothing was held out for a test."""
        return Run(
            model=self.model_,
            history=self.history_,
            test={},
            confusion=None,
            baseline={},
            stopped=self._stopped,
            sizes=self._sizes,
            seconds=self._seconds,
            notes=self._preparation.notes,
            best_epoch=self.best_epoch_,
        )

    def _scores(self, x: Any) -> NDArray[np.float64]:
        """Return the scores of each member's last layer, (members, n, outputs)."""
        check_is_fitted(self)
        return member_scores(self._model, self._preparation.features(to_table(self, x)))

    @property
    def coefs_(self) -> list[NDArray[np.float32]]:
        """Weights of each dense layer of the first member, (inputs, units)."""
        values = self._model.members[0].parameters.values
        return [v.numpy().T.copy() for name, v in values.items() if name.endswith(".weights")]

    @property
    def intercepts_(self) -> list[NDArray[np.float32]]:
        """Biases of each dense layer of the first member, (units,)."""
        values = self._model.members[0].parameters.values
        return [v.numpy().copy() for name, v in values.items() if name.endswith(".bias")]

    def __sklearn_is_fitted__(self) -> bool:
        """Return whether it is fitted."""
        return hasattr(self, "_model")

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: all but the plans and what an optimizer remembers."""
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_networks"}

    @property
    def _has_several_targets(self) -> bool:
        """Whether a sample has several numbers or labels."""
        return self._task != "classification" and self.n_outputs_ > 1

    def __sklearn_tags__(self) -> Any:
        """Declare support for missing values and several outputs."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.multi_output = True
        return tags

    def _html_repr(self) -> str:
        """Return the HTML for notebooks: the parameters, and what was fitted."""
        shown = str(super()._html_repr())
        return shown + fitted_section(self) if self.__sklearn_is_fitted__() else shown

    @property
    @abstractmethod
    def _task(self) -> Task:
        """Task of the networks; several labels are several binary answers."""

    @abstractmethod
    def _checked_target(self, y: Any) -> NDArray[Any]:
        """Return y as an array, (n,) or (n, outputs)."""

    @abstractmethod
    def _set_target(self, y: NDArray[Any]) -> None:
        """Set the fitted attributes of the target, among them `n_outputs_`."""

    @abstractmethod
    def _encoded(self, y: NDArray[Any]) -> NDArray[np.float64]:
        """Return targets as numbers, (n, outputs); classes as one column of their indices."""

    @abstractmethod
    def _fitted_target(
        self, targets: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> ClassTarget | NumberTarget:
        """Return the preparation of the target, from encoded targets and their weights."""

    @abstractmethod
    def _class_weights(
        self, targets: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the weight of each sample by its class, (n,)."""

    @abstractmethod
    def _strata(self, y: NDArray[Any]) -> NDArray[Any] | None:
        """Return the classes by which the validation samples are stratified, or None."""

    @abstractmethod
    def _score_of(self, predicted: NDArray[np.float32], rows: RawSamples) -> float:
        """Return the score, as `score` does, of predictions (n, outputs) for samples."""


def _line(record: Mapping[str, float]) -> str:
    """Return an epoch as the line that scikit-learn prints."""
    line = f"Iteration {record['epoch']:.0f}, loss = {record['training_loss']:.8f}"
    if "validation_score" in record:
        line += f"\nValidation score: {record['validation_score']:f}"
    return line
