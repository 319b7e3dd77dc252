"""Model: one or several trained networks, with the preparation of raw data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import fmean
from typing import Any, Protocol

import torch
from torch import Tensor

from chainrule.data.dataset import Dataset, Images
from chainrule.data.preparation import Preparation
from chainrule.data.preparation.byte_features import ByteFeatures
from chainrule.data.preparation.targets import NumberTarget
from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Table
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError, warn_of
from chainrule.graph import json as graph_json
from chainrule.graph.graph import Graph
from chainrule.plan import Parameters, Plans
from chainrule.training.metrics import confusion_matrix, first, measure
from chainrule.training.model.inference import compute_loss_and_predictions, compute_predictions
from chainrule.training.samples.samples import Samples


@dataclass(frozen=True, eq=False)
class Model:
    """A trained model, which predicts raw data.

    Attributes:
        graph: graph with the outputs "loss" and "prediction".
        parameters: trained weights; with members, the prediction is the mean over them.
        preparation: preparation fitted on the training samples.
    """

    graph: Graph
    parameters: Parameters
    preparation: Preparation

    @property
    def task(self) -> Task:
        """Task of the model."""
        return self.preparation.task

    def predict(self, data: Any) -> Tensor:
        """Return predictions for raw data: numbers (n, 1) in the unit of the target.

        For classes, return probabilities (n, classes) in the order of `preparation.class_names`.
        Notes on the data are warnings, a `DataWarning` each.
        Args:
            data: a source for `read`, such as a path or a data frame, which is read as the training
                data was; or a dataset.
        Raises:
            InputError: the data cannot be read, lacks a column, or has text in a column of numbers;
                or no value of a column was seen in training.
        """
        rows = data if isinstance(data, Table | Images) else self._read(data)
        self.preparation.check_new_rows(rows)
        own = () if rows is data else rows.notes
        warn_of((*own, *self.preparation.notes_on(rows)))
        return self.predict_rows(rows)

    def _read(self, source: Any) -> Dataset:
        # This imports DuckDB, which training does not need.
        from chainrule.data.reading.read import read_dataset

        options = self.preparation.read_options.for_new_rows(ReadOptions())
        return read_dataset(source, options, explicit=ReadOptions())

    def predict_rows(self, data: Dataset) -> Tensor:
        """Return predictions as `predict`, without notes on the data."""
        raw = self._predictions(self.preparation.compact_features(data))
        if self.task == "binary":
            return torch.cat([1 - raw, raw], dim=1)
        return self.inverse_transform(raw)

    def evaluate_prepared(
        self, samples: Samples, names: Iterable[str] | None = None
    ) -> dict[str, float]:
        """Return metrics, in the unit of the target, and the training loss of prepared samples.

        The metrics are those of the mean prediction; the loss is the mean of the members' losses.
        Args:
            samples: prepared samples, at least one.
            names: names of the metrics; by default all of the task.
        """
        loss, predicted = self.loss_and_prediction(samples)
        return {**self._metrics(samples, predicted, names), "loss": loss}

    def loss_and_prediction(self, samples: Samples) -> tuple[float, Tensor]:
        """Return the mean of the members' losses, and their mean prediction (n, outputs).

        Args:
            samples: prepared samples, at least one.
        """
        losses, predicted = zip(
            *(
                compute_loss_and_predictions(member._evaluation_plans, samples)
                for member in self.members
            ),
            strict=True,
        )
        return fmean(losses), _mean(predicted)

    def test(
        self, samples: Samples | None, metric: str = "loss"
    ) -> tuple[dict[str, float], Tensor | None]:
        """Return all metrics and the loss of prepared samples, and their confusion matrix.

        The samples are predicted once. Without samples there are no metrics.
        Args:
            samples: prepared samples.
            metric: the metric that comes first; for "loss" the first of the task.
        Returns:
            The metrics by name; and for each class, a row, how many samples were predicted as each
            class, a column, or None if numbers are predicted.
        """
        if samples is None or not len(samples):
            return {}, None
        loss, predicted = self.loss_and_prediction(samples)
        scores = self._metrics(samples, predicted)
        is_class = self.task != "regression"
        confusion = confusion_matrix(predicted, samples.targets) if is_class else None
        return {**first(metric, scores), "loss": loss}, confusion

    def _metrics(
        self, samples: Samples, predicted: Tensor, names: Iterable[str] | None = None
    ) -> dict[str, float]:
        """Metrics of predictions, in the unit of the target."""
        truth = self.inverse_transform(samples.targets)
        return measure(
            self.task, self.inverse_transform(predicted), truth, names, samples.sample_weights
        )

    def inverse_transform(self, values: Tensor) -> Tensor:
        """Return standardised numbers in the unit of the target; classes unchanged."""
        target = self.preparation.target
        if isinstance(target, NumberTarget):
            return torch.from_numpy(target.inverse_transform(values.numpy()))
        return values

    @cached_property
    def members(self) -> tuple[Model, ...]:
        """Each member as a model; for a single network, this model alone."""
        if self.parameters.members is None:
            return (self,)
        numbers = range(self.parameters.members)
        return tuple(replace(self, parameters=self.parameters.member(number)) for number in numbers)

    def copy(self) -> Model:
        """Return a copy of the model, weights included."""
        parameters = Parameters.zeros(self.graph, members=self.parameters.members)
        parameters.load(self.parameters.values)
        return Model(self.graph, parameters, self.preparation)

    def __getstate__(self) -> dict[str, Any]:
        """Return the graph as JSON and the weights as arrays, so that nothing else is pickled."""
        return {
            "graph": graph_json.as_json(self.graph),
            "members": self.parameters.members,
            "weights": {name: value.numpy() for name, value in self.parameters.values.items()},
            "preparation": self.preparation,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Build the model that `__getstate__` described."""
        graph = graph_json.from_json(state["graph"])
        parameters = Parameters.zeros(graph, members=state["members"])
        parameters.load({name: torch.tensor(value) for name, value in state["weights"].items()})
        self.__dict__.update(graph=graph, parameters=parameters, preparation=state["preparation"])

    def _predictions(self, features: Tensor | ByteFeatures) -> Tensor:
        return _mean(
            [compute_predictions(member._prediction_plans, features) for member in self.members]
        )

    @cached_property
    def _prediction_plans(self) -> Plans:
        return Plans(self.graph, self.parameters, "evaluate", ["prediction"])

    @cached_property
    def _evaluation_plans(self) -> Plans:
        return Plans(self.graph, self.parameters, "evaluate")


class HasModel(Protocol):
    """An object with a model: a fitted `NeuralClassifier` or `NeuralRegressor`."""

    @property
    def model_(self) -> Model:
        """The model.

        Raises:
            InputError: it predicts several numbers or labels of a sample, which a model cannot.
        """
        ...


def model_of(fitted: Model | HasModel) -> Model:
    """Return the model of a fitted estimator; a model as it is.

    Raises:
        InputError: it is neither of them, or the estimator predicts several targets.
    """
    if isinstance(fitted, Model):
        return fitted
    if not hasattr(type(fitted), "model_"):
        raise InputError(
            f"got an object of type {type(fitted).__name__}, expected a model, or a fitted "
            "NeuralClassifier or NeuralRegressor. For a run, pass run.model."
        )
    return fitted.model_


def _mean(predictions: Sequence[Tensor]) -> Tensor:
    """Return the mean of the members' numbers or probabilities, (n, outputs) each."""
    return predictions[0] if len(predictions) == 1 else torch.stack([*predictions]).mean(0)
