"""What NeuralClassifier and NeuralRegressor share."""

from __future__ import annotations

import inspect
import math
import time
import warnings
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.callback import (
    CallbackContext,
    CallbackSupportMixin,
    with_callbacks,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    _check_sample_weight,
    check_consistent_length,
    check_is_fitted,
)

from chainrule.data.columns.roles import infer_role
from chainrule.data.columns.vocabulary import Task
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.scaling import Standardisation
from chainrule.data.table import Column, Table
from chainrule.errors import InputError
from chainrule.estimators.all_at_once import AllAtOnce
from chainrule.estimators.equal_samples import merged
from chainrule.estimators.learner import Learner, Lessons
from chainrule.estimators.notebook import fitted_section
from chainrule.estimators.parameters import CONSTRAINTS, Choices
from chainrule.estimators.patience import Patience
from chainrule.estimators.rates import Adaptive, InverseScaling
from chainrule.estimators.reading import table_of
from chainrule.layers.batch_norm import smallest_batch
from chainrule.training.loop.schedule_state import with_scheduled_dropout
from chainrule.training.objective.input_embeddings import with_embeddings
from chainrule.training.objective.objective import Bounds, objective_graph
from chainrule.training.samples.samples import Samples
from chainrule.training.schedules import Constant, Schedule

# The name of the target in messages and in a model that is saved.
TARGET = "y"


@dataclass(frozen=True, eq=False)
class Rows:
    """Samples as they were given.

    Attributes:
        table: what is learned from.
        y: (n,) labels or numbers, or (n, outputs).
        weights: (n,).
    """

    table: Table
    y: NDArray[Any]
    weights: NDArray[np.float64]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.y)

    def take(self, rows: NDArray[Any]) -> Rows:
        """Some of them, by their indices or a mask."""
        return Rows(self.table.take(rows), self.y[rows], self.weights[rows])


@dataclass(eq=False, repr=False)
class NeuralEstimator(CallbackSupportMixin, BaseEstimator):  # type: ignore[misc]  # both are untyped
    """A neural network as an estimator of scikit-learn.

    What MLPClassifier and MLPRegressor have too, has their name, default and meaning:
        hidden_layer_sizes, activation, solver ("adam", "sgd" or "lbfgs"), alpha, batch_size,
        learning_rate, learning_rate_init, power_t, max_iter, shuffle, random_state, tol, verbose,
        warm_start, momentum, nesterovs_momentum, early_stopping, validation_fraction, beta_1,
        beta_2, epsilon, n_iter_no_change, max_fun.
    What they lack:
        activation: any of `chainrule methods activations`, or a list with one for each layer.
        learning_rate_init, alpha: None for the usual rate and weight decay of the optimizer.
        loss: by name, such as "huber"; None for what is usual.
        dropout: share of each hidden layer's units that are left out in a step.
        batch_norm: whether each hidden layer is normalised over the batch.
        optimizer: by name and with settings, such as "adamw:beta1=0.8", in place of the solver.
        schedule: of the learning rate, by name and with settings, such as "cosine".
        scaling: of numbers, and of the numbers to predict, by name; "none" for none. By default
            numbers are standardised, which MLPClassifier leaves to the person.
        encoding: of categories in data frames, by name.
        members: networks that learn from different first weights, and predict together.
        preset: settings that belong together, by name; what is given beside it counts more. With
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
            y_val: what belongs to them.
        Raises:
            ValueError: something in it can't be used; its message says what.
        """
        self._validate_params()
        self._seed = seed = self._drawn_seed()
        goes_on = self.warm_start and self.__sklearn_is_fitted__()
        given = self._rows(X, y, sample_weight, reset=not goes_on)
        training, validation = self._apart(given, X_val, y_val, seed)
        if not goes_on:
            self._begin_anew(training.y)
        lessons = self._lessons(training, seed, goes_on=goes_on)
        lessons.learner.forget_steps()
        context = self._init_callback_context(max_subtasks=lessons.epochs)
        metadata = {} if sample_weight is None else {"sample_weight": sample_weight}
        told = {"estimator": self, "X": X, "y": y, "metadata": metadata}
        context.call_on_fit_task_begin(**told)
        self._learn(lessons, validation, context, told)
        self._learner = lessons.learner
        context.call_on_fit_task_end(**told)
        return self

    def _partial_fit(self, X: Any, y: Any, sample_weight: ArrayLike | None, classes: Any) -> Self:
        """Learn from each sample once more, from where the call before left off."""
        self._validate_params()
        if self.solver == "lbfgs":
            raise ValueError(
                "solver: got 'lbfgs' for partial_fit, which brings the samples in parts; expected "
                "'adam' or 'sgd', which learn from batches. Use one of them, or fit."
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
            self._begin_anew(np.asarray(classes) if named else given.y)
        lessons = self._lessons(given, self._seed, goes_on=goes_on, incremental=True)
        self.n_iter_ = self.best_epoch_ = len(self.loss_curve_) + 1
        self._epoch(lessons, self.n_iter_, None)
        self._learner = lessons.learner
        return self

    def _begin_anew(self, y: NDArray[Any]) -> None:
        """Forget what was learned, and learn what there is to know of the target."""
        # If learning fails, nothing is to be left that predicts with a part of it.
        self.__dict__.pop("_learner", None)
        self._know_target(y)
        self.loss_curve_: list[float] = []
        self.val_loss_curve_: list[float] = []
        self.validation_scores_: list[float] = []
        self.history_: list[dict[str, float]] = []

    def _drawn_seed(self) -> int:
        """A number that the person's random state gives, the same for the same state."""
        return int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))

    def _rows(self, x: Any, y: Any, sample_weight: ArrayLike | None, *, reset: bool) -> Rows:
        """The samples that count; those of weight 0 do not."""
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, "
                "but the target y is None."
            )
        table = table_of(self, x, reset=reset)
        y = self._checked_target(y)
        check_consistent_length(y, range(len(table)))
        weights = np.ones(len(table))
        if sample_weight is not None:
            weights = _check_sample_weight(
                sample_weight, weights, dtype=np.float64, ensure_non_negative=True
            )
        rows = Rows(table, y, weights)
        return rows if weights.all() else rows.take(weights > 0)

    def _apart(self, given: Rows, x_val: Any, y_val: Any, seed: int) -> tuple[Rows, Rows | None]:
        """The samples to learn from, and those to validate on, if any."""
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

    def _lessons(
        self, rows: Rows, seed: int, *, goes_on: bool, incremental: bool = False
    ) -> Lessons:
        """All that is needed to learn from samples, with networks that are new or go on."""
        choices = Choices.of(self.get_params(deep=False), self._usual, self._task, len(rows))
        table, targets, weights = rows.table, self._encoded(rows.y), rows.weights
        if self._may_merge and choices.batch_size == len(rows):
            kept, weights = merged(table, targets, weights)
            table, targets = table.take(kept), targets[kept]
        weights = weights * self._class_weights(targets, weights)
        if goes_on:
            learner = self._learner
        else:
            self._preparation = self._fitted_preparation(table, targets, choices)
            self._scales = self._fitted_scales(targets, choices)
            learner = self._new_learner(choices, self._samples(table, targets, weights), seed)
        batch_size = _fitting(choices.batch_size, len(table), smallest_batch(learner.graph))
        told: dict[str, Any] = {
            "learner": learner,
            "samples": self._samples(table, targets, weights),
            "choices": choices,
            "batch_size": batch_size,
            "update": choices.update_for(batch_size * float(weights.mean())),
            "schedule": Constant() if incremental else self._chosen_schedule(choices, len(table)),
            "epochs": choices.settings.epochs,
            "shuffle": self.shuffle,
            "seed": seed,
        }
        if self.solver == "lbfgs":
            return AllAtOnce(**told, tolerance=self.tol, looks=self.max_fun)
        return Lessons(**told)

    @property
    def _usual(self) -> dict[str, Any]:
        """The default of each parameter."""
        parameters = inspect.signature(type(self)).parameters
        return {name: parameter.default for name, parameter in parameters.items()}

    @property
    def _may_merge(self) -> bool:
        """Whether equal samples may be one: not where the batch or chance has a say in them."""
        return self.shuffle and not (self.dropout or self.batch_norm or self.preset)

    def _fitted_preparation(
        self, table: Table, targets: NDArray[np.float64], choices: Choices
    ) -> Preparation:
        """What becomes of each column, learned from the training samples."""
        # Whoever uses scikit-learn chose the columns: no number is taken for an identifier.
        numbers = [c for c in table.columns if c.kind == "number" and infer_role(c).role != "date"]
        with_target = replace(table, target=Column(TARGET, np.ascontiguousarray(targets[:, 0])))
        return Preparation.fit(
            with_target,
            np.arange(len(table)),
            "regression",
            scaling=choices.settings.scaling,
            encoding=choices.settings.encoding,
            roles={column.name: "number" for column in numbers},
        )

    def _fitted_scales(
        self, targets: NDArray[np.float64], choices: Choices
    ) -> list[Standardisation] | None:
        """How numbers to predict are standardised, each by itself; None if they are not."""
        if self._task != "regression" or choices.settings.scaling == "none":
            return None
        return [Standardisation.fit(column) for column in targets.T]

    def _standardised(self, targets: NDArray[np.float64]) -> NDArray[np.float64]:
        """Encoded targets as the network should answer."""
        if self._scales is None:
            return targets
        pairs = zip(self._scales, targets.T, strict=True)
        return np.column_stack([scale.transform(column) for scale, column in pairs])

    def _new_learner(self, choices: Choices, samples: Samples, seed: int) -> Learner:
        settings = choices.settings
        graph = objective_graph(
            with_embeddings(
                choices.build_network(self.n_outputs_), self._preparation, settings.embedding
            ),
            self._preparation.feature_shape,
            self._task,
            len(getattr(self, "classes_", ())),
            replace(settings.objective, weighted=True),
            Bounds.of(samples.targets) if settings.prediction_range == "training" else None,
            outputs=self.n_outputs_,
        )
        scheduled = settings.dropout_schedule != "constant"
        trained = with_scheduled_dropout(graph) if scheduled else graph
        learner = Learner(graph, trained, settings.members)
        learner.initialise(samples, seed)
        return learner

    def _samples(
        self, table: Table, targets: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> Samples:
        """As training takes them; the mean weight is 1, so that a learning rate means the same."""
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
        """scikit-learn's ways of the learning rate are for sgd alone; others have a name."""
        named = self.solver != "sgd" or self.optimizer or self.schedule
        if named or self.learning_rate == "constant":
            return choices.settings.chosen_schedule
        if self.learning_rate == "adaptive":
            return Adaptive()
        updates = -(-samples // min(choices.batch_size, samples))
        return InverseScaling(self.power_t, samples, updates)

    def _learn(
        self,
        lessons: Lessons,
        validation: Rows | None,
        context: CallbackContext,
        told: Mapping[str, Any],
    ) -> None:
        """Learn epoch after epoch, until it stands still or the epochs are used up."""
        learner, best = lessons.learner, None
        judged = None if validation is None else (validation, self._validation_samples(validation))
        # What looks at all samples at once knows by its gradient when it has arrived.
        waits = self.early_stopping or self.solver != "lbfgs"
        patience = Patience(self.tol, lessons.choices.settings.patience if waits else 0)
        self.n_iter_ = 0
        try:
            for epoch in range(1, lessons.epochs + 1):
                task = context.subcontext(task_name="epoch").call_on_fit_task_begin(**told)
                score = self._epoch(lessons, epoch, judged)
                self.n_iter_ = epoch
                if patience.seen(score) and self.early_stopping:
                    self.best_epoch_, best = len(self.loss_curve_), learner.kept()
                stop = task.call_on_fit_task_end(
                    **told, reconstruction_attributes=lambda: {"_learner": learner.copied()}
                )
                if stop or lessons.arrived or (patience.over and not _slower(lessons, patience)):
                    break
                if epoch == lessons.epochs or lessons.used_up:
                    self._warn_of_no_end(patience)
                    break
        except KeyboardInterrupt:
            if not self.n_iter_:
                raise
            warnings.warn(
                "Training was interrupted; the weights are as they were then.", stacklevel=4
            )
        if best is None:
            self.best_epoch_ = len(self.loss_curve_)
        else:
            learner.put_back(best)
        self.best_loss_ = min(self.loss_curve_)
        if self.validation_scores_:
            self.best_validation_score_ = max(self.validation_scores_)

    def _epoch(self, lessons: Lessons, epoch: int, judged: tuple[Rows, Samples] | None) -> float:
        """Learn from each sample once, validate, and write it down.

        Returns:
            The score by which learning ends: the validation score, or the negative training loss.
        """
        started = time.perf_counter()
        loss = self.loss_ = lessons.learn(epoch)
        seconds = time.perf_counter() - started
        if not math.isfinite(loss):
            raise InputError(
                f"The training loss became {loss} in epoch {epoch}; expected a finite number. "
                "Try a smaller learning_rate_init."
            )
        self.loss_curve_.append(loss)
        record = {"epoch": len(self.loss_curve_), "training_loss": loss, "seconds": seconds}
        if judged is not None:
            record |= self._validate(lessons, *judged)
        self.history_.append(record)
        if self.verbose:
            print(_line(record))
        return record["validation_score"] if self.early_stopping else -loss

    def _validation_samples(self, rows: Rows) -> Samples:
        return self._samples(rows.table, self._encoded(rows.y), rows.weights)

    def _validate(self, lessons: Lessons, rows: Rows, samples: Samples) -> dict[str, float]:
        """The loss and the score of the validation samples."""
        loss, predicted = lessons.learner.evaluated(samples)
        score = self._score_of(predicted, rows)
        lessons.course.validated(loss)
        self.val_loss_curve_.append(loss)
        self.validation_scores_.append(score)
        return {"validation_loss": loss, "validation_score": score}

    def _warn_of_no_end(self, patience: Patience) -> None:
        if self.solver == "lbfgs":
            warnings.warn(
                f"Learning had not come to an end after {self.n_iter_} steps: a derivative was "
                f"still above tol={self.tol:g}. Give it a larger max_iter or max_fun, or scale the "
                "numbers.",
                ConvergenceWarning,
                stacklevel=5,
            )
        elif patience.epochs and not self.schedule:
            warnings.warn(
                f"Learning had not come to an end after max_iter={self.n_iter_} epochs: it still "
                f"became better by tol={self.tol:g} within n_iter_no_change={patience.epochs}. "
                "Give it more epochs, or a schedule such as schedule='cosine'.",
                ConvergenceWarning,
                stacklevel=5,
            )

    def _scores(self, x: Any) -> NDArray[np.float64]:
        """What each member's last layer says of samples, (members, n, outputs)."""
        check_is_fitted(self)
        return self._learner.scores(self._preparation.features(table_of(self, x)))

    @property
    def coefs_(self) -> list[NDArray[np.float32]]:
        """The weights of each dense layer of the first member, (inputs, units)."""
        values = self._learner.parameters[0].values
        return [v.numpy().T.copy() for name, v in values.items() if name.endswith(".weights")]

    @property
    def intercepts_(self) -> list[NDArray[np.float32]]:
        """The biases of each dense layer of the first member, (units,)."""
        values = self._learner.parameters[0].values
        return [v.numpy().copy() for name, v in values.items() if name.endswith(".bias")]

    def __sklearn_is_fitted__(self) -> bool:
        """Whether it has learned."""
        return hasattr(self, "_learner")

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn has to know: missing values and several outputs are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.multi_output = True
        return tags

    def _html_repr(self) -> str:
        """What a notebook shows: the parameters, and what it learned."""
        shown = str(super()._html_repr())
        return shown + fitted_section(self) if self.__sklearn_is_fitted__() else shown

    @property
    @abstractmethod
    def _task(self) -> Task:
        """What is learned; several labels are several answers to yes or no."""

    @abstractmethod
    def _checked_target(self, y: Any) -> NDArray[Any]:
        """y as an array, (n,) or (n, outputs)."""

    @abstractmethod
    def _know_target(self, y: NDArray[Any]) -> None:
        """Learn what there is to know of the target, `n_outputs_` above all."""

    @abstractmethod
    def _encoded(self, y: NDArray[Any]) -> NDArray[np.float64]:
        """Targets as numbers, (n, outputs); classes as the one column of their places."""

    @abstractmethod
    def _class_weights(
        self, targets: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """How much each sample counts by its class, (n,)."""

    @abstractmethod
    def _strata(self, y: NDArray[Any]) -> NDArray[Any] | None:
        """Of which classes the validation samples should have equal shares."""

    @abstractmethod
    def _score_of(self, predicted: NDArray[np.float32], rows: Rows) -> float:
        """The score, as of `score`, of what the networks predict of samples, (n, outputs)."""


def _fitting(size: int, samples: int, smallest: int) -> int:
    """The size of a batch, enlarged until the last one is not too small to learn from."""
    size = min(size, samples)
    while size < samples and 0 < samples % size < smallest:
        size += 1
    return size


def _slower(lessons: Lessons, patience: Patience) -> bool:
    """Go on at a smaller rate where that was asked for."""
    rate = lessons.course.learning_rate
    if not isinstance(rate, Adaptive) or not rate.divide(lessons.choices.learning_rate):
        return False
    patience.wait_anew()
    return True


def _line(record: Mapping[str, float]) -> str:
    """An epoch in a line, as scikit-learn writes it."""
    line = f"Iteration {record['epoch']:.0f}, loss = {record['training_loss']:.8f}"
    if "validation_score" in record:
        line += f"\nValidation score: {record['validation_score']:f}"
    return line
