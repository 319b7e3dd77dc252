"""Embedding layers in a network."""

from typing import Any

import pytest
import torch
from torch.nn import functional

from chainrule.errors import InputError
from chainrule.layers import Dense, EmbedCategories, Embedding
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run
from tests.ops.bound import assert_close

CODES = torch.tensor([[2.0, 0.0], [1.0, 1.0], [2.0, 2.0]], dtype=torch.float64)
MIXED = torch.tensor([[0.5, 2, 0], [-1.5, 0, 1], [0.1, 2, 1]], dtype=torch.float64)


def test_all_features_of_an_embedding_share_one_table() -> None:
    graph = graph_of(Embedding(3, 4), features=(2,))
    parameters = parameters_of(graph)
    t = numbers(3, 8)
    y = run(plan_of(graph, parameters, 3, "train"), x=CODES, t=t)
    table = parameters.values["embedding_1.table"].clone().requires_grad_()
    expected = functional.embedding(CODES.long(), table).flatten(1)
    (gradient,) = torch.autograd.grad((expected * t).mean(), table)
    assert y.equal(expected.detach())
    assert_close(parameters.gradients["embedding_1.table"], gradient, 1e-14)


def test_codes_in_more_axes_are_flattened_first() -> None:
    graph = graph_of(Embedding(3, 4), features=(2, 5))
    assert graph.outputs["y"].shape == ("batch", 40)


def test_codes_get_tables_of_their_own_and_numbers_pass() -> None:
    graph = graph_of(EmbedCategories((0, 3, 2), 4), features=(3,))
    parameters = parameters_of(graph)
    y = run(plan_of(graph, parameters, 3, "evaluate"), x=MIXED)
    tables = parameters.values["embedcategories_1.tables"]
    first, second = tables[:3], tables[3:]
    codes = MIXED[:, 1:].long()
    expected = torch.cat([MIXED[:, :1], first[codes[:, 0]], second[codes[:, 1]]], 1)
    assert y.equal(expected)


def test_gradients_reach_the_tables_through_the_layers_behind() -> None:
    graph = graph_of(EmbedCategories((0, 3, 2), 4), Dense(2, "tanh"), features=(3,))
    parameters = parameters_of(graph)
    t = numbers(3, 2)
    run(plan_of(graph, parameters, 3, "train"), x=MIXED, t=t)
    leaves = {n: parameters.values[n].clone().requires_grad_() for n in parameters.gradients}
    tables, w, b = leaves.values()
    codes = MIXED[:, 1:].long() + torch.tensor([0, 3])
    features = torch.cat([MIXED[:, :1], tables[codes].flatten(1)], 1)
    loss = (torch.tanh(functional.linear(features, w, b)) * t).mean()
    for name, gradient in zip(leaves, torch.autograd.grad(loss, [tables, w, b]), strict=True):
        assert_close(parameters.gradients[name], gradient, 1e-14, name)


def test_vectors_begin_about_as_large_as_standardised_numbers() -> None:
    table = parameters_of(graph_of(Embedding(500, 8), features=(2,))).values["embedding_1.table"]
    assert abs(float(table.std()) - 1) < 0.05
    assert abs(float(table.mean())) < 0.05


@pytest.mark.parametrize(("categories", "dimensions"), [(0, 4), (3, 0)])
def test_an_embedding_without_categories_or_dimensions_is_refused(
    categories: int, dimensions: int
) -> None:
    message = r"^Embedding: got (categories|dimensions)=0, expected a whole number of at least 1"
    with pytest.raises(InputError, match=message):
        Embedding(categories, dimensions)


@pytest.mark.parametrize(
    ("categories", "dimensions"), [((), 4), ((0, 0), 4), ((3,), 0), ((-1, 2), 4)]
)
def test_categories_without_any_codes_are_refused(categories: Any, dimensions: int) -> None:
    with pytest.raises(InputError, match=r"^EmbedCategories: got .*, expected .*, such as"):
        EmbedCategories(categories, dimensions)


def test_a_network_for_other_features_is_refused() -> None:
    message = (
        r"^EmbedCategories\(\(0, 3\), 4\) got \(batch, 3\); expected \(batch, 2\), a feature for "
        r"each number of categories\.$"
    )
    with pytest.raises(InputError, match=message):
        graph_of(EmbedCategories((0, 3), 4), features=(3,))


@pytest.mark.parametrize("written", ["Embedding(1000, 16)", "EmbedCategories((0, 7, 12), 4)"])
def test_it_shows_as_it_would_be_written(written: str) -> None:
    assert repr(eval(written)) == written
