"""The base class of NeuralClassifier and NeuralRegressor."""

from __future__ import annotations

import copy
import inspect
import math
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
from chainrule.data.columns.sample_weights import row_counts
from chainrule.data.formatting import metric_label
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.numbers import Numbers
from chainrule.data.preparation.pixels import Pixels
from chainrule.data.preparation.scaling import Standardisation
from chainrule.data.preparation.targets import ClassTarget, NumberTarget
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Role, Task
from chainrule.errors import InputError, warn_of
from chainrule.estimators.data_warnings import in_python
from chainrule.estimators.epochs import CallbackEpochs, SingleEpoch
from chainrule.estimators.equal_samples import merge_equal_samples
from chainrule.estimators.notebook import fitted_section
from chainrule.estimators.parameters import (
    CONSTRAINTS,
    PARAMETERS_OF_NETWORK,
    EstimatorRecipe,
    full_batch_parameter,
)
from chainrule.estimators.parts import check_first_part, notes_on_units, spreads
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
from chainrule.training.loop.progress import SilentProgress
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

# Name of a target without a name, for messages and saved models.
TARGET = "y"
SAMPLE_WEIGHT = "sample_weight"


@dataclass(frozen=True, eq=False)
class RawSamples:
    """Samples before preparation.

    Attributes:
        table: the columns of X.
        y: labels or numbers, (n,) or (n, outputs).
        weights: sample weights, (n,).
    """

    table: Table
    y: NDArray[Any]
    weights: NDArray[np.float64]

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.y)

    def take(self, rows: NDArray[Any]) -> RawSamples:
        """Return the samples of some rows, by their indices or a mask."""
        return RawSamples(self.table.take(rows), self.y[rows], self.weights[rows])


@dataclass(eq=False, repr=False)
class NeuralEstimator(CallbackSupportMixin, BaseEstimator):  # type: ignore[misc]  # both are untyped
    """A neural network as an estimator of scikit-learn.

    Parameters with the names, defaults and meaning of MLPClassifier and MLPRegressor:
        hidden_layer_sizes, activation, solver ("adam", "sgd" or "lbfgs"), alpha, batch_size,
        learning_rate, learning_rate_init, power_t, max_iter, shuffle, random_state, tol, verbose,
        warm_start, momentum, nesterovs_momentum, early_stopping, validation_fraction, beta_1,
        beta_2, epsilon, n_iter_no_change, max_fun.
    Extended and further parameters:
        activation: any of `chainrule methods activations`, or a list with one for each layer.
        learning_rate_init, alpha: None for the default rate and weight decay of the optimizer.
        loss: name of a loss, such as "huber"; None for the default of the task.
        dropout: share of the units of each hidden layer that is dropped in a step.
        batch_norm: whether to use batch normalisation in each hidden layer.
        optimizer: name and settings of an optimizer, such as "adamw:beta1=0.8"; replaces solver.
        schedule: name and settings of a schedule of the learning rate, such as "cosine".
        scaling: name of the scaling of numbers, targets included; "none" for none. By default
            numbers are standardised, which MLPClassifier leaves to the user.
        encoding: name of the encoding of categories in data frames.
        members: number of networks with different initial weights, which predict by their mean.
        preset: name of a preset of settings, which other parameters override. With "sklearn"
            nothing is scaled, as in MLPClassifier.
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
        """Train on samples.

        Args:
            X: samples, (n, features): an array or a data frame, with NaN for missing values. A data
                frame may have text and categories.
            y: targets, (n,) or (n, outputs).
            sample_weight: weights (n,), at least 0; a weight of 2 is equal to two copies.
            X_val: validation samples, which replace a share of X.
            y_val: targets of X_val.
        Raises:
            ValueError: a parameter or the samples are invalid.
        """
        self._validate_params()
        if (X_val is None) != (y_val is None):
            missing = "X_val" if X_val is None else "y_val"
            raise ValueError(f"{missing}: got none, expected both X_val and y_val. Give it, too.")
        self._seed = seed = self._draw_seed()
        resume = self.warm_start and self.__sklearn_is_fitted__()
        if resume:
            self._check_network_parameters()
        samples = self._check_samples(X, y, sample_weight, reset=not resume)
        training, validation = (samples, None) if X_val is not None else self._split(samples, seed)
        if not resume:
            self._reset(training.y, getattr(y, "name", None))
        trainers = self._trainers(training, resume=resume)
        if X_val is not None:
            validation = self._check_samples(X_val, y_val, None, reset=False)
        networks = Networks(trainers, self._model.parameters if resume else None)
        context = self._init_callback_context(max_subtasks=trainers[0].settings.epochs)
        metadata = {} if sample_weight is None else {"sample_weight": sample_weight}
        arguments = {"estimator": self, "X": X, "y": y, "metadata": metadata}
        context.call_on_fit_task_begin(**arguments)
        model = trainers[0].model(networks.parameters)
        result = self._train(
            trainers,
            networks,
            stopping=self._stopping_rule(trainers[0]),
            callback=CallbackEpochs(self._log, model, context, arguments),
            validate=self._validation(model, validation),
        )
        self._sizes = {"training": len(training), "validation": len(validation or ()), "test": 0}
        self._warn_if_unfinished(result.stopped, trainers[0])
        context.call_on_fit_task_end(**arguments)
        return self

    def _partial_fit(self, X: Any, y: Any, sample_weight: ArrayLike | None, classes: Any) -> Self:
        """Train for one epoch, continuing from the previous call."""
        self._validate_params()
        if full_batch := full_batch_parameter(self.get_params(deep=False)):
            raise ValueError(
                f"{full_batch}: got 'lbfgs' for partial_fit, whose samples come in parts; expected "
                "'adam' or 'sgd', which train on batches. Use one of them, or fit."
            )
        if self.early_stopping:
            raise ValueError(
                "early_stopping: got True for partial_fit, which has no validation samples; "
                "expected False. Use fit, or validate between the calls."
            )
        resume = self.__sklearn_is_fitted__()
        if resume:
            self._check_network_parameters()
        samples = self._check_samples(X, y, sample_weight, reset=not resume)
        if not resume:
            self._seed = self._draw_seed()
            use_classes = classes is not None and samples.y.ndim == 1
            labels = np.asarray(classes) if use_classes else samples.y
            self._reset(labels, getattr(y, "name", None))
        trainers = self._trainers(samples, resume=resume, in_parts=True)
        self._train(
            trainers,
            self._previous_networks(trainers) if resume else Networks(trainers),
            stopping=Patience(self.tol, epochs=0),
            callback=SingleEpoch(self._log),
            validate=dict,
            epochs_before=len(self.loss_curve_),
        )
        self._sizes = {"training": len(samples), "validation": 0, "test": 0}
        return self

    def _reset(self, y: NDArray[Any], name: object) -> None:
        """Delete the fitted attributes, and set those of the target."""
        # After an error in training, the estimator must not predict with outdated attributes.
        for attribute in ("_model", "_networks"):
            self.__dict__.pop(attribute, None)
        features = getattr(self, "feature_names_in_", ())
        self._target_name = str(name) if isinstance(name, str) and name not in features else TARGET
        self._network_parameters = copy.deepcopy(self._parameters_of_network)
        self._set_target(y)
        self.loss_curve_: list[float] = []
        self.val_loss_curve_: list[float] = []
        self.validation_scores_: list[float] = []
        self.history_: list[dict[str, float]] = []

    @property
    def _parameters_of_network(self) -> dict[str, Any]:
        """Parameters that a fitted network and its preparation cannot change any more."""
        return {name: getattr(self, name) for name in PARAMETERS_OF_NETWORK}

    def _check_network_parameters(self) -> None:
        """Refuse to continue a network with parameters of another one."""
        for name, value in self._parameters_of_network.items():
            fitted = self._network_parameters[name]
            if not np.array_equal(np.atleast_1d(value), np.atleast_1d(fitted)):
                raise ValueError(
                    f"{name}: got {value!r} for a network that was trained with {fitted!r}, which "
                    "training can only continue; expected the same. Set it back, or call fit with "
                    "warm_start=False."
                )

    def _draw_seed(self) -> int:
        """Draw a seed from random_state; equal states give equal seeds."""
        return int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))

    def _check_samples(
        self, x: Any, y: Any, sample_weight: ArrayLike | None, *, reset: bool
    ) -> RawSamples:
        """Check samples, and return those of a weight above 0."""
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, "
                "but the target y is None."
            )
        if reset:
            table = to_table(self, x, reset=True)
            self._notes = table.notes
            warn_of(table.notes)
        else:
            table = self._read_as_fitted(x)
        y = self._check_target(y)
        check_consistent_length(y, range(len(table)))
        weights = np.ones(len(table))
        if sample_weight is not None:
            weights = _check_sample_weight(
                sample_weight, weights, dtype=np.float64, ensure_non_negative=True
            )
        samples = RawSamples(table, y, weights)
        return samples if weights.all() else samples.take(weights > 0)

    def _read_as_fitted(self, x: Any) -> Table:
        """Read X as that of the fit was read, and warn of what differs from it."""
        preparation = self._preparation
        table = to_table(self, x, fitted=preparation)
        notes = (*table.notes, *preparation.notes_on(table))
        warn_of(note for note in notes if note not in self._notes)  # those were told in the fit
        return table

    def _split(self, samples: RawSamples, seed: int) -> tuple[RawSamples, RawSamples | None]:
        """Return the training samples, and the validation samples, if any."""
        if not self.early_stopping:
            return samples, None
        training, validation = train_test_split(
            np.arange(len(samples)),
            test_size=self.validation_fraction,
            random_state=seed,
            stratify=self._strata(samples.y),
        )
        return samples.take(training), samples.take(validation)

    def _trainers(
        self, samples: RawSamples, *, resume: bool, in_parts: bool = False
    ) -> list[Trainer]:
        """Return the trainer of each member.

        Args:
            samples: training samples.
            resume: whether to keep the fitted networks and the preparation.
            in_parts: whether the samples are a part of all, which continues the previous ones.
        """
        recipe = EstimatorRecipe.of(
            self.get_params(deep=False), self._defaults, self._task, len(samples)
        )
        table, targets = samples.table, self._encode_target(samples.y)
        weights = samples.weights
        if self._can_merge_samples and recipe.batch_size == len(samples):
            kept, weights = merge_equal_samples(table, targets, weights)
            table, targets = table.take(kept), targets[kept]
        if not resume:
            counts = row_counts(weights)
            self._scales = self._fit_scales(targets, counts, recipe)
            target = self._fit_target(targets, counts)
            preparation = self._fit_preparation(table, target, weights, recipe)
            if in_parts:
                check_first_part(preparation, table)
            warn_of(in_python(_worth_a_warning(preparation), [c.name for c in table.columns]))
            self._preparation, self._seen = preparation, float(weights.sum())
            self._spreads = self._spreads_of(samples)
        elif in_parts:
            self._update_preparation(table, targets, weights)
        else:
            warn_of(notes_on_units(self._spreads, self._spreads_of(samples)))
        weights = weights * self._class_weights(targets, weights)
        training = self._prepare_samples(table, targets, weights)
        job = TrainingJob(
            recipe.build_network(self.n_outputs_),
            Prepared(self._preparation, training, None, None, self._preparation.notes),
            recipe.settings,
            schedule=Constant() if in_parts else self._make_schedule(recipe, len(table)),
        )
        graph = self._model.graph if resume else build_graph(job)
        if len(table) < smallest_batch(graph):
            raise ValueError(
                "batch_norm: got True for one sample, whose features all equal their mean; "
                "expected at least two samples in X. Add samples, or use batch_norm=False."
            )
        batch_size = enlarge_batch(recipe.batch_size, len(table), smallest_batch(graph))
        settings = recipe.settings.model_copy(
            update={
                "seed": self._seed,
                "batch_size": batch_size,
                "weight_decay": recipe.weight_decay(batch_size * float(weights.mean())),
                # A part of the samples does not tell the range of the targets.
                "prediction_range": "any" if in_parts else recipe.settings.prediction_range,
                "members": len(self._model.members) if resume else recipe.settings.members,
            }
        )
        jobs = member_jobs(replace(job, settings=settings))
        return [Trainer(member, graph) for member in jobs]

    def _previous_networks(self, trainers: Sequence[Trainer]) -> Networks:
        """Return the networks of the previous call, with the state of their optimizer."""
        networks: Networks | None = getattr(self, "_networks", None)
        if networks is None or not networks.updates:  # after pickling, or a fit with L-BFGS
            return Networks(trainers, self._model.parameters)
        networks.continue_with(trainers)
        return networks

    @property
    def _defaults(self) -> dict[str, Any]:
        """Default value of each parameter."""
        parameters = inspect.signature(type(self)).parameters
        return {name: parameter.default for name, parameter in parameters.items()}

    @property
    def _can_merge_samples(self) -> bool:
        """Whether equal samples can be merged: only if batches and dropout treat them equally."""
        return self.shuffle and not (self.dropout or self.batch_norm or self.preset)

    def _fit_preparation(
        self,
        table: Table,
        target: ClassTarget | NumberTarget,
        weights: NDArray[np.float64],
        recipe: EstimatorRecipe,
    ) -> Preparation:
        """Fit the preparation of the columns, and return it with that of the target."""
        # Users of scikit-learn have selected the columns: numbers are never identifiers.
        numbers = [c for c in table.columns if c.kind == "number" and infer_role(c).role != "date"]
        roles: dict[str, Role] = {column.name: "number" for column in numbers}
        options = table.read_options.updated(role=roles)
        fitted = Preparation.fit(
            replace(table, read_options=options, weights=Column(SAMPLE_WEIGHT, weights)),
            np.arange(len(table)),
            self._task,
            scaling=recipe.settings.scaling,
            encoding=recipe.settings.encoding,
            target=target,
        )
        return replace(fitted, sample_weight=None)  # which is no column of X

    def _spreads_of(self, samples: RawSamples) -> dict[str, Standardisation]:
        """Return mean and deviation of each column of numbers, and of a target of numbers."""
        found = spreads(self._preparation, samples.table, samples.weights)
        if self._task == "regression" and self.n_outputs_ == 1:
            targets = self._encode_target(samples.y)[:, 0]
            found[self._target_name] = Standardisation.fit(targets, row_counts(samples.weights))
        return found

    def _update_preparation(
        self, table: Table, targets: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> None:
        """Fit the scaling of columns and targets on a further part of the samples, too."""
        self._seen += float(weights.sum())
        share = float(weights.sum()) / self._seen
        if self._scales is not None:
            pairs = zip(self._scales, targets.T, strict=True)
            counts = row_counts(weights)
            self._scales = [
                scale.merged(Standardisation.fit(column, counts), share) for scale, column in pairs
            ]
        target = self._preparation.target
        if isinstance(target, NumberTarget):
            target = self._fit_target(targets, weights)
        weighted = replace(table, weights=Column(SAMPLE_WEIGHT, weights))
        self._preparation = self._preparation.updated(weighted, share, target)

    def _fit_scales(
        self,
        targets: NDArray[np.float64],
        counts: NDArray[np.float64] | None,
        recipe: EstimatorRecipe,
    ) -> list[Standardisation] | None:
        """Fit the standardisation of each target; return None if targets are not standardised."""
        if self._task != "regression" or recipe.settings.scaling == "none":
            return None
        return [Standardisation.fit(column, counts) for column in targets.T]

    def _standardise(self, targets: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return encoded targets in the scale of the network."""
        if self._scales is None:
            return targets
        pairs = zip(self._scales, targets.T, strict=True)
        return np.column_stack([scale.transform(column) for scale, column in pairs])

    def _prepare_samples(
        self, table: Table, targets: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> Samples:
        """Return prepared samples of mean weight 1, so that the learning rate keeps its scale."""
        targets = self._standardise(targets)
        has_indices = self._task == "classification"
        return Samples(
            self._preparation.features(table),
            torch.from_numpy(targets[:, 0].astype(np.int64))
            if has_indices
            else torch.from_numpy(targets.astype(np.float32)),
            torch.from_numpy((weights / weights.mean()).astype(np.float32)),
        )

    def _make_schedule(self, recipe: EstimatorRecipe, samples: int) -> Schedule:
        """Return the schedule; those of scikit-learn apply to its solver sgd only."""
        is_other = self.solver != "sgd" or self.optimizer or self.schedule
        if is_other or self.learning_rate == "constant":
            return make_schedule(recipe.settings)
        if self.learning_rate == "adaptive":
            return Adaptive(recipe.learning_rate)
        updates = -(-samples // min(recipe.batch_size, samples))
        return InverseScaling(self.power_t, samples, updates)

    def _stopping_rule(self, trainer: Trainer) -> Patience:
        """Return the stopping rule of scikit-learn; full-batch optimizers stop by the gradient."""
        has_patience = self.early_stopping or not trainer.is_full_batch
        rate = trainer.schedule if isinstance(trainer.schedule, Adaptive) else None
        return Patience(
            self.tol, trainer.settings.patience if has_patience else 0, self.early_stopping, rate
        )

    def _validation(self, model: Model, rows: RawSamples | None) -> Validate:
        """Return a function that computes the loss and the score of the validation samples."""
        if rows is None:
            return dict
        samples = self._prepare_samples(rows.table, self._encode_target(rows.y), rows.weights)

        def validate() -> dict[str, float]:
            loss, predicted = model.loss_and_prediction(samples)
            if not predicted.isfinite().all():  # training has diverged
                return {"loss": math.nan, "score": math.nan}
            return {"loss": loss, "score": self._score_predictions(predicted.numpy(), rows)}

        return validate

    def _train(
        self,
        trainers: Sequence[Trainer],
        networks: Networks,
        *,
        stopping: Patience,
        callback: EpochCallback,
        validate: Validate,
        epochs_before: int = 0,
    ) -> LoopResult:
        """Train the members in one loop, and set the fitted attributes."""
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
                result = loop.run()
        except DivergedError as error:
            raise InputError(
                f"The {metric_label(error.name)} became {error.loss} in epoch {error.epoch}; "
                "expected a finite number. Try a smaller learning_rate_init."
            ) from None
        self._model, self._networks = model, networks
        self._stopped, self._seconds = result.stopped, time.perf_counter() - started
        self.best_epoch_ = before + (stopping.best_epoch or self.n_iter_)
        self.best_loss_ = min(self.loss_curve_)
        if self.validation_scores_:
            self.best_validation_score_ = max(self.validation_scores_)
        return result

    def _log(self, record: Record) -> None:
        """Record an epoch in the fitted attributes."""
        self.n_iter_, self.loss_ = int(record["epoch"]), record["training_loss"]
        self.loss_curve_.append(self.loss_)
        if "validation_loss" in record:
            self.val_loss_curve_.append(record["validation_loss"])
            self.validation_scores_.append(record["validation_score"])
        self.history_.append({**record, "epoch": len(self.loss_curve_)})
        if self.verbose:
            print(_format_record(self.history_[-1]))

    def _warn_if_unfinished(self, stopped: StopReason, trainer: Trainer) -> None:
        """Warn if training ended before it converged."""
        if stopped == "interrupted":
            message = "Training was interrupted; the current weights are kept."
            warnings.warn(message, stacklevel=4)
        if stopped == "diverged":
            warnings.warn(
                f"Training diverged in epoch {self.n_iter_ + 1}; the weights of epoch "
                f"{self.best_epoch_} are kept. Try a smaller learning_rate_init.",
                ConvergenceWarning,
                stacklevel=4,
            )
        if stopped not in ("epochs", "evaluations"):
            return
        patience = trainer.settings.patience
        if trainer.is_full_batch:
            warnings.warn(
                f"Training has not converged after {self.n_iter_} steps: a derivative is still "
                f"above tol={self.tol:g}. Use a larger max_iter or max_fun, or scale the numbers.",
                ConvergenceWarning,
                stacklevel=4,
            )
        elif patience and not self.schedule:
            improved = "validation score rose" if self.early_stopping else "training loss fell"
            warnings.warn(
                f"Training has not converged after max_iter={self.n_iter_} epochs: the {improved} "
                f"by tol={self.tol:g} within n_iter_no_change={patience} epochs. Use "
                "more epochs, or a schedule such as schedule='cosine'.",
                ConvergenceWarning,
                stacklevel=4,
            )

    @property
    def model_(self) -> Model:
        """The model: networks and preparation, as in a run of `chainrule.train`.

        Raises:
            InputError: the estimator predicts several numbers or labels, which a model cannot.
        """
        check_is_fitted(self)
        if self._has_several_targets:
            raise InputError(
                f"{type(self).__name__}: got {self.n_outputs_} numbers or labels a sample, "
                "expected one, since a model of chainrule predicts one column. Train an estimator "
                "for each, or pickle this one."
            )
        return self._model

    @property
    def run_(self) -> Run:
        """The run of the training, as of `chainrule.train`, without a test."""
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
            watched="validation_score" if self.early_stopping else "training_loss",
        )

    def _scores(self, x: Any) -> NDArray[np.float64]:
        """Return the scores of each member, (members, n, outputs)."""
        check_is_fitted(self)
        table = self._read_as_fitted(x)
        return member_scores(self._model, self._preparation.features(table))

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
        """Return whether the estimator is fitted."""
        return hasattr(self, "_model")

    def __getstate__(self) -> dict[str, Any]:
        """Return the state to pickle, without plans and the state of optimizers."""
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
        """Return the HTML for notebooks: the parameters and the trained network."""
        parameters = str(super()._html_repr())
        return parameters + fitted_section(self) if self.__sklearn_is_fitted__() else parameters

    @property
    @abstractmethod
    def _task(self) -> Task:
        """Task of the networks; each of several labels is a binary output."""

    @abstractmethod
    def _check_target(self, y: Any) -> NDArray[Any]:
        """Check y, and return it as an array, (n,) or (n, outputs)."""

    @abstractmethod
    def _set_target(self, y: NDArray[Any]) -> None:
        """Set the fitted attributes of the target, among them `n_outputs_`."""

    @abstractmethod
    def _encode_target(self, y: NDArray[Any]) -> NDArray[np.float64]:
        """Return targets as numbers, (n, outputs); classes as a column of their indices."""

    @abstractmethod
    def _fit_target(
        self, targets: NDArray[np.float64], counts: NDArray[np.float64] | None
    ) -> ClassTarget | NumberTarget:
        """Return the preparation of the target, from encoded targets and their row counts."""

    @abstractmethod
    def _class_weights(
        self, targets: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the class weight of each sample, (n,)."""

    @abstractmethod
    def _strata(self, y: NDArray[Any]) -> NDArray[Any] | None:
        """Return the classes that stratify the validation split, or None."""

    @abstractmethod
    def _score_predictions(self, predicted: NDArray[np.float32], rows: RawSamples) -> float:
        """Return the score of predictions (n, outputs), as `score` computes it."""


def _worth_a_warning(preparation: Preparation) -> list[str]:
    """Return the notes of a preparation but those on constant numbers, which are kept as 0."""
    assert not isinstance(preparation.inputs, Pixels)
    constant = {column.note for column in preparation.inputs if isinstance(column, Numbers)}
    return [note for note in preparation.notes if note.split(": ", 1)[1] not in constant]


def _format_record(record: Mapping[str, float]) -> str:
    """Return the record of an epoch in the format of scikit-learn."""
    line = f"Iteration {record['epoch']:.0f}, loss = {record['training_loss']:.8f}"
    if "validation_score" in record:
        line += f"\nValidation score: {record['validation_score']:f}"
    return line
