"""Scores: outputs of the last layer of each member, before sigmoid or softmax."""

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

    They are computed in float64, since in float32 rounding depends on the size of the batch.
    Args:
        model: a model of one network or several.
        features: prepared features, (n, features).
    """
    graph = _score_graph(model.graph)
    scores = []
    for member in model.members:
        exact = Parameters.zeros(graph, torch.float64)
        exact.load(member.parameters.values)
        plans = Plans(graph, exact, "evaluate", ["prediction"])
        scores.append(compute_predictions(plans, features).numpy())
    return np.stack(scores)


def _score_graph(graph: Graph) -> Graph:
    """Return the graph whose prediction are the scores, without sigmoid or softmax."""
    prediction = graph.outputs["prediction"]
    last = next((node for node in graph.nodes if node.output is prediction), None)
    if last is not None and operation_kind(last.operation).name in ("sigmoid", "softmax"):
        prediction = last.inputs[0]
    score_graph = copy.copy(graph)
    score_graph.outputs = {"prediction": prediction}
    return score_graph
