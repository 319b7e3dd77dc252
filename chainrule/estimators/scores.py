"""Scores: what the last layer of each member gives, before probabilities are made of it."""

from __future__ import annotations

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from chainrule.graph.graph import Graph
from chainrule.graph.operation import operation_kind
from chainrule.plan import Parameters, Plans
from chainrule.training.model.inference import compute_predictions
from chainrule.training.model.model import Model


def member_scores(model: Model, features: Tensor) -> NDArray[np.float64]:
    """Return the scores of each member for samples, (members, n, outputs).

    In float64: in float32 the last digits depend on the rows that are computed together.
    Args:
        model: of one network or several.
        features: prepared, (n, features).
    """
    graph = _graph_of_scores(model.graph)
    scores = []
    for member in model.members:
        exact = Parameters.zeros(graph, torch.float64)
        exact.load(member.parameters.values)
        plans = Plans(graph, exact, "evaluate", ["prediction"])
        scores.append(compute_predictions(plans, features).numpy())
    return np.stack(scores)


def _graph_of_scores(graph: Graph) -> Graph:
    """Return the graph whose prediction is the scores, without the sigmoid or softmax of them."""
    prediction = graph.outputs["prediction"]
    last = next((node for node in graph.nodes if node.output is prediction), None)
    if last is not None and operation_kind(last.operation).name in ("sigmoid", "softmax"):
        prediction = last.inputs[0]
    of_scores = copy.copy(graph)
    of_scores.outputs = {"prediction": prediction}
    return of_scores
