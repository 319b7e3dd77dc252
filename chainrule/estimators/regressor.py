"""NeuralRegressor: a neural network for numbers, with scikit-learn's interface."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import check_array, column_or_1d

from chainrule.data.formatting import parse_number
from chainrule.data.preparation.scaling import Standardisation
from chainrule.data.preparation.targets import NumberTarget
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError, warn_of
from chainrule.estimators.estimator import NeuralEstimator, RawSamples
from chainrule.estimators.reading import exact_target, is_rounded, refuse_times


@dataclass(eq=False, repr=False)
class NeuralRegressor(RegressorMixin, NeuralEstimator):  # type: ignore[misc]  # the mixin is untyped
    """Regressor of one or several numbers of the samples of a table.

    Targets are standardised in training, unless scaling is "none" or the preset is "sklearn". The
    parameters are those of `NeuralEstimator`. The loss "squared_error" is that of scikit-learn:
    half the squared error, summed over the outputs.
    Attributes:
        n_iter_: number of epochs of the last fit.
        best_epoch_: number of the epoch whose weights are kept.
        loss_curve_: training loss of each epoch, of standardised targets, without the penalty of
            alpha.
        val_loss_curve_: validation loss of each epoch, if there are validation samples.
        validation_scores_: validation R^2 of each epoch.
        history_: record of each epoch.
        model_: networks and preparation, for `chainrule.save` and `evaluate`.
        run_: the training, for `chainrule.report`.
        n_features_in_: number of columns of X.
        feature_names_in_: names of the columns of X, if all of them are text.
        n_outputs_: number of targets of a sample.

    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> bool(NeuralRegressor(learning_rate_init=0.01, random_state=0).fit(X, y).score(X, y) > 0.5)
    True
    """

    _: KW_ONLY
    loss: str | None = "squared_error"

    def partial_fit(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        """Train for one epoch, continuing from the previous call.

        Numbers are scaled by the statistics of all samples so far, so the first call may have a
        single one. It decides which columns are used, and which categories there are.
        Args:
            X: samples, (n, features), as for `fit`.
            y: targets, (n,) or (n, outputs).
            sample_weight: weights (n,), at least 0.
        Raises:
            ValueError: a parameter or the samples are invalid.
        """
        return self._partial_fit(X, y, sample_weight, classes=None)

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return the predictions (n,) or (n, outputs), the mean over the members."""
        z = self._scores(X).mean(axis=0)
        y = (
            z
            if self._scales is None
            else np.column_stack(
                [
                    scale.inverse_transform(column)
                    for scale, column in zip(self._scales, z.T, strict=True)
                ]
            )
        )
        return y[:, 0] if self.n_outputs_ == 1 else y

    @property
    def _task(self) -> Task:
        return "regression"

    def _check_target(self, y: Any) -> NDArray[Any]:
        _check_numbers(np.asarray(exact_target(y)))
        y = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y", estimator=self)
        checked: NDArray[Any] = column_or_1d(y, warn=True) if y.shape[1:] == (1,) else y
        return checked

    def _set_target(self, y: NDArray[Any]) -> None:
        self.n_outputs_ = y.shape[1] if y.ndim == 2 else 1

    def _encode_target(self, y: NDArray[Any]) -> NDArray[np.float64]:
        columns: NDArray[np.float64] = y.reshape(len(y), -1)
        if columns.shape[1] != self.n_outputs_:
            raise ValueError(
                f"y: got {columns.shape[1]} number(s) a sample, expected {self.n_outputs_} as in "
                "the first fit."
            )
        return columns

    def _fit_target(
        self, targets: NDArray[np.float64], counts: NDArray[np.float64] | None
    ) -> NumberTarget:
        scale = Standardisation(0.0, 1.0) if self._scales is None else self._scales[0]
        return NumberTarget.standardised(self._target_name, scale)

    def _class_weights(
        self, targets: NDArray[np.float64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        return np.ones(len(weights))

    def _strata(self, y: NDArray[Any]) -> NDArray[Any] | None:
        return None

    def _score_predictions(self, predicted: NDArray[np.float32], rows: RawSamples) -> float:
        # R^2 does not change with the standardisation of targets.
        targets = self._standardise(self._encode_target(rows.y))
        return float(r2_score(targets, predicted, sample_weight=rows.weights))


def _check_numbers(y: NDArray[Any]) -> None:
    """Refuse targets that are no numbers, and warn of those that float64 does not have."""
    refuse_times("y", y)
    if y.dtype.kind in "OU":
        for value in y.ravel():
            if isinstance(value, str) and parse_number(value) is None:
                raise InputError(
                    f"y: got '{value}', expected numbers. For classes use NeuralClassifier."
                )
    if is_rounded(y):
        warn_of(
            [
                f"y: got whole numbers beyond 2^53, such as {y.max()}, which are rounded to 15 "
                "digits or so. If they are codes, use NeuralClassifier"
            ]
        )
