"""NeuralClassifier: a neural network for classes or labels, with scikit-learn's interface."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, log_softmax, logsumexp
from sklearn.base import ClassifierMixin
from sklearn.utils import check_array, column_or_1d, compute_class_weight
from sklearn.utils.multiclass import (
    check_classification_targets,
    type_of_target,
)

from chainrule.data.formatting import quoted_list
from chainrule.data.preparation.targets import ClassTarget
from chainrule.data.reading.frame_values import as_text
from chainrule.data.vocabulary import Task
from chainrule.estimators.estimator import NeuralEstimator, RawSamples
from chainrule.estimators.parameters import CONSTRAINTS
from chainrule.estimators.reading import exact_target


@dataclass(eq=False, repr=False)
class NeuralClassifier(ClassifierMixin, NeuralEstimator):  # type: ignore[misc]  # the mixin is untyped
    """Classifier of the samples of a table, by one class or several labels.

    Parameters in addition to those of `NeuralEstimator`:
        class_weight: "balanced" to give all classes the same total weight, or a dict of weights.
    Attributes:
        classes_: sorted class labels; for several labels of a sample their indices, 0, 1, ...
        n_iter_: number of epochs of the last fit.
        best_epoch_: number of the epoch whose weights are kept.
        loss_curve_: training loss of each epoch, without the penalty of alpha.
        val_loss_curve_: validation loss of each epoch, if there are validation samples.
        validation_scores_: validation accuracy of each epoch.
        history_: record of each epoch.
        model_: networks and preparation, for `chainrule.save` and `evaluate`.
        run_: the training, for `chainrule.report`.
        n_features_in_: number of columns of X.
        feature_names_in_: names of the columns of X, if all of them are text.
        n_outputs_: number of scores: one for two classes, else one for each class or label.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> bool(NeuralClassifier(learning_rate_init=0.01, random_state=0).fit(X, y).score(X, y) > 0.9)
    True
    """

    _: KW_ONLY
    class_weight: Any = None

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CONSTRAINTS,
        "class_weight": [dict, str, None],
    }

    def partial_fit(
        self,
        X: Any,
        y: Any,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Train for one epoch, continuing from the previous call.

        Numbers are scaled by the statistics of all samples so far, so the first call may have a
        single one. It decides which columns are used, and which categories there are.
        Args:
            X: samples, (n, features), as for `fit`.
            y: classes (n,), or labels (n, labels).
            classes: all classes; required in the first call, unless there are several labels.
            sample_weight: weights (n,), at least 0.
        Raises:
            ValueError: a parameter or the samples are invalid.
        """
        if classes is None and not self.__sklearn_is_fitted__() and np.ndim(y) == 1:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        classes = None if classes is None else _checked_classes(classes)
        return self._partial_fit(X, y, sample_weight, classes)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the class of each sample, (n,), or its labels, (n, labels) of 0 and 1."""
        scores = self.decision_function(X)
        if self._is_multilabel:
            return (scores > 0).astype(np.int64)
        indices = (scores > 0).astype(np.int64) if scores.ndim == 1 else scores.argmax(axis=1)
        predicted: NDArray[Any] = self.classes_[indices]
        return predicted

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probability of each class, (n, classes), or of each label, (n, labels)."""
        scores = self.decision_function(X)
        if self._is_multilabel:
            probabilities: NDArray[np.float64] = expit(scores)
            return probabilities
        return np.exp(_log_probabilities(scores))

    def predict_log_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the log-probability, exact where the probability itself is rounded to 0."""
        scores = self.decision_function(X)
        return -np.logaddexp(0, -scores) if self._is_multilabel else _log_probabilities(scores)

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Return scores: (n,) for two classes, (n, classes) or (n, labels).

        A label, or the second of two classes, is predicted if its score is above 0; else the class
        with the highest score. For several members these are the scores of their mean probability.
        """
        scores = self._scores(X)
        if len(scores) == 1:
            combined = scores[0]
        elif self._task == "classification":
            combined = logsumexp(log_softmax(scores, axis=2), axis=0) - np.log(len(scores))
        else:
            yes, no = (logsumexp(-np.logaddexp(0, sign * scores), axis=0) for sign in (-1, 1))
            combined = yes - no
        decision: NDArray[np.float64] = combined[:, 0] if self._is_binary else combined
        return decision

    def __sklearn_tags__(self) -> Any:
        """Declare support for several labels."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    @property
    def _is_binary(self) -> bool:
        return self._task == "binary" and not self._is_multilabel

    @property
    def _task(self) -> Task:
        return "binary" if self._is_multilabel or len(self.classes_) == 2 else "classification"

    def _check_target(self, y: Any) -> NDArray[Any]:
        y = check_array(
            exact_target(y), ensure_2d=False, dtype=None, input_name="y", estimator=self
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        _refuse_several_types("y", y)
        check_classification_targets(y)
        kind = type_of_target(y)
        if kind == "multiclass-multioutput":
            raise ValueError(
                "y: got several columns of classes, expected one, or columns of 0 and 1, one for "
                "each label. Use sklearn.multioutput.MultiOutputClassifier."
            )
        checked: NDArray[Any] = y
        return checked

    def _set_target(self, y: NDArray[Any]) -> None:
        self._is_multilabel = y.ndim == 2
        if self._is_multilabel:
            self.classes_ = np.arange(y.shape[1])
            self.n_outputs_ = y.shape[1]
            return
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(
                f"y: got 1 class, '{self.classes_[0]}', expected at least 2. Give samples of "
                "another class, of a weight above 0."
            )
        self.n_outputs_ = len(self.classes_) if len(self.classes_) > 2 else 1

    def _encode_target(self, y: NDArray[Any]) -> NDArray[np.float64]:
        if (y.ndim == 2) != self._is_multilabel or (y.ndim == 2 and y.shape[1] != self.n_outputs_):
            raise ValueError(
                f"y: got an array of shape {y.shape}, expected one as in the first fit, with "
                f"{self.n_outputs_ if self._is_multilabel else 'one'} label(s) a sample."
            )
        if self._is_multilabel:
            return y.astype(np.float64)
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(
                f"y: got the class '{as_text(unknown[0])}', expected one of "
                f"{quoted_list([str(as_text(known)) for known in self.classes_])}. "
                "Name all classes in the first call."
            )
        return np.searchsorted(self.classes_, y).astype(np.float64)[:, None]

    def _fit_target(
        self, targets: NDArray[np.float64], counts: NDArray[np.float64] | None
    ) -> ClassTarget:
        if self._is_multilabel:
            return ClassTarget(self._target_name, ("no", "yes"), (1, 1))  # for each label
        rows = np.bincount(targets[:, 0].astype(np.int64), counts, len(self.classes_))
        return ClassTarget(self._target_name, self._class_names, (*rows.tolist(),))

    @property
    def _class_names(self) -> tuple[str, ...]:
        """Classes as text, in the form in which a file or a data frame is read."""
        written = [str(as_text(label)) for label in self.classes_]
        names = tuple(name.strip() for name in written)
        return names if len(set(names)) == len(names) else tuple(written)

    def _class_weights(
        self, targets: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        if self.class_weight is None:
            return np.ones(len(weights))
        if self._is_multilabel:
            raise ValueError(
                "class_weight: got weights for samples of several labels, expected None. "
                "Use sample_weight."
            )
        indices = targets[:, 0].astype(np.int64)
        labels = self.classes_[indices]
        class_weights = np.ones(len(self.classes_))
        present = np.unique(indices)
        class_weights[present] = compute_class_weight(
            self.class_weight, classes=self.classes_[present], y=labels, sample_weight=weights
        )
        if not class_weights[present].any():
            raise ValueError(
                f"class_weight: got {self.class_weight!r}, which leaves no sample a weight above "
                "0; expected one. Give a class of y a weight."
            )
        return class_weights[indices]

    def _strata(self, y: NDArray[Any]) -> NDArray[Any] | None:
        return None if y.ndim == 2 else y

    def _score_predictions(self, predicted: NDArray[np.float32], rows: RawSamples) -> float:
        targets = self._encode_target(rows.y)
        if self._task == "binary":
            classes = predicted > 0.5
        else:
            classes = predicted.argmax(axis=1, keepdims=True)
        correct = (classes == targets).all(axis=1)
        return float(np.average(correct, weights=rows.weights))


def _checked_classes(classes: ArrayLike) -> NDArray[Any]:
    """Return the classes of the first call of `partial_fit`, (classes,).

    Raises:
        ValueError: they are no list, or one is missing.
    """
    checked: NDArray[Any] = check_array(
        exact_target(classes), ensure_2d=False, dtype=None, input_name="classes"
    )
    if checked.ndim != 1:
        raise ValueError(
            f"classes: got an array of shape {checked.shape}, expected a list of all classes, as "
            "np.unique(y) gives it."
        )
    _refuse_several_types("classes", checked)
    return checked


def _refuse_several_types(name: str, labels: NDArray[Any]) -> None:
    """Refuse labels that cannot be sorted. Raises ValueError: they are of several types."""
    types = {type(label) for label in labels.ravel()} if labels.dtype == np.object_ else set()
    if len({issubclass(kind, str) for kind in types}) > 1:
        names = " and ".join(sorted(kind.__name__ for kind in types))
        raise ValueError(
            f"{name}: got labels of the types {names}, expected one type. Convert them, as by "
            "astype(str)."
        )


def _log_probabilities(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log-probabilities (n, classes) of scores (n, classes), or (n,) of two classes."""
    if scores.ndim == 1:
        return -np.logaddexp(0, np.column_stack([scores, -scores]))
    logarithms: NDArray[np.float64] = log_softmax(scores, axis=1)
    return logarithms
