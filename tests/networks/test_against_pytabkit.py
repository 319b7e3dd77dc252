"""RealMLP against its authors' library: with the same weights, the same predictions."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from chainrule.data.preparation import Preparation
from chainrule.data.table import Column, Table
from chainrule.data.vocabulary import Task
from chainrule.networks import network_named
from chainrule.plan import Parameters
from chainrule.training.model.model import Model
from chainrule.training.objective.input_embeddings import with_embeddings
from chainrule.training.objective.objective import Bounds, objective_graph

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("pytabkit") is None,
        reason="pytabkit, of the extra peers, is not installed",
    ),
    pytest.mark.filterwarnings("ignore"),  # of Lightning, below it, on its own ways
]

ROWS, TRAINING, WIDTHS = 300, 240, (7, 6)
KINDS = np.array(list("abcdefghijklmno"), dtype=object)  # more than are one-hot
ACTIVATIONS: dict[Task, str] = {"regression": "mish", "classification": "selu"}


def table(task: Task) -> Table:
    """Two columns of numbers of different size, one of categories, and what follows from them."""
    draw = np.random.default_rng(0)
    a, b, noise = draw.normal(size=(3, ROWS))
    b, kind = 20 * b**3, draw.integers(len(KINDS), size=ROWS)
    target = 3 * a + np.tanh(b) + kind / 5 + noise
    if task == "classification":
        target = np.digitize(target, np.quantile(target, [1 / 3, 2 / 3])) * 1.0
    columns = (Column("a", a), Column("b", b), Column("kind", KINDS[kind]))
    return Table("toy.csv", columns, Column("target", target))


def their_fit(data: Table, task: Task) -> tuple[Any, Any]:
    """Their model after an epoch, so that no weight is where it began, and the features for it."""
    import pandas as pd
    from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor

    kind = RealMLP_TD_Regressor if task == "regression" else RealMLP_TD_Classifier
    a, b, category = (column.values for column in data.columns)
    features = pd.DataFrame({"a": a, "b": b, "kind": pd.Categorical(category)})
    model = kind(n_epochs=1, device="cpu", random_state=0, hidden_sizes=[*WIDTHS])
    assert data.target is not None
    model.fit(features, data.target.values, val_idxs=np.arange(TRAINING, ROWS))
    return model, features


def stored_here(theirs: Any) -> list[Tensor]:
    """Their weights in the order, the shapes and over the factors of ours.

    Their first layer has the new features of numbers first, then the numbers; here it is the other
    way round.
    """
    layers = theirs.alg_interface_.model.model.parameters()
    by_name = {str(value.context.scope): value.detach()[0] for value in layers}

    def of(name: str) -> Tensor:
        value: Tensor = next(v for scope, v in by_name.items() if scope.endswith(name))
        return value

    order = [6, 7, *range(6), *range(8, 16)]
    stored = [
        of("plr/weight_1")[:, 0] / 0.1,
        of("plr/bias_1")[:, 0] / 0.1,
        of("plr/weight_2").mT / 0.1,
        of("plr/bias_2")[:, 0] / 0.1,
        of("emb"),
        of("scale")[0, order] / 6,
    ]
    for number in range(len(WIDTHS) + 1):
        w, b = of(f"layer-{number}/weight").T, of(f"layer-{number}/bias")[0]
        stored += [w if number else w[:, order], b / 0.1]
        if number < len(WIDTHS):
            stored.append(of(f"layer-{number}/act")[0] / 0.1)
    return stored


@pytest.mark.parametrize("task", ACTIVATIONS)
def test_with_the_same_weights_it_predicts_the_same_for_raw_rows(task: Task) -> None:
    data = table(task)
    theirs, features = their_fit(data, task)
    preparation = Preparation.fit(
        data, np.arange(TRAINING), task, scaling="robust_smooth_clip", encoding="auto"
    )
    outputs = 1 if task == "regression" else 3
    network = network_named("realmlp", outputs, layers=WIDTHS, activation=ACTIVATIONS[task])
    targets = preparation.targets(data.take(np.arange(TRAINING)))
    graph = objective_graph(
        with_embeddings(network, preparation, 8),
        preparation.feature_shape,
        task,
        len(preparation.class_names),
        bounds=Bounds.of(targets) if task == "regression" else None,
    )
    parameters = Parameters.initialised(graph, seed=0, dtype=torch.float64)
    for name, value in zip(graph.parameters, stored_here(theirs), strict=True):
        parameters.values[name].copy_(value)
    ours = Model(graph, parameters, preparation).predict(data).numpy()
    expected = theirs.predict(features) if outputs == 1 else theirs.predict_proba(features)
    np.testing.assert_allclose(ours, expected.reshape(ours.shape), rtol=1e-4, atol=1e-5)
