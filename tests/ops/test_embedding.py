"""Embedding: separate tables stacked in one parameter, and numbers that pass through."""

from itertools import product
from typing import Any, get_args

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from chainrule.errors import InputError
from chainrule.graph.operation import OPERATIONS, Layout
from chainrule.graph.shape import BATCH, Shape
from chainrule.ops import Embedding
from tests.allocations import allocations
from tests.ops.bound import Bound, Case, assert_close, check_gradients

# Codes in columns 1 and 3, of 3 and 2 categories: rows 0 to 2 and 3 to 4 of the table.
CASE = Case(OPERATIONS["embedding"], {"columns": (1, 3), "offsets": (0, 3)})
X = torch.tensor(
    [[0.5, 2, -1, 0], [1.5, 0, 7, 1], [0.1, 2, 3, 0], [-4, 1, 2, 1]], dtype=torch.float64
)
W = torch.arange(10, dtype=torch.float64).view(5, 2) / 8 + 0.01


def test_numbers_come_first_then_the_vector_of_each_code() -> None:
    y = Bound(CASE, {"x": X, "w": W}).run_forward()
    assert y[1].tolist() == [1.5, 7, *W[0].tolist(), *W[3 + 1].tolist()]


def test_it_equals_embeddings_of_torch_side_by_side() -> None:
    w = W.clone().requires_grad_()
    tables = [
        functional.embedding(X[:, 1].long(), w[:3]),
        functional.embedding(X[:, 3].long(), w[3:]),
    ]
    expected = torch.cat([X[:, [0, 2]], *tables], 1)
    bound = Bound(CASE, {"x": X, "w": W})
    (gradient,) = torch.autograd.grad(expected, w, bound["dy"])
    results = bound.run()
    assert results["y"].equal(expected.detach())
    assert_close(results["w"], gradient, 1e-14)


def test_gradients_with_tables_below_each_other_are_the_derivatives() -> None:
    check_gradients(CASE, {"x": X, "w": W})


def test_codes_have_gradient_0_and_numbers_that_of_their_copy() -> None:
    bound = Bound(CASE, {"x": X, "w": W})
    dx = bound.run()["x"]
    assert dx[:, [1, 3]].eq(0).all()
    assert dx[:, [0, 2]].equal(bound["dy"][:, :2])


def test_a_row_that_no_sample_has_gets_gradient_0_in_each_step() -> None:
    bound = Bound(CASE, {"x": X, "w": W})
    bound.run()
    bound["x"][:, 1] = 0
    assert bound.run()["w"][1:3].eq(0).all()


def test_columns_with_equal_offsets_share_one_table() -> None:
    case = Case(OPERATIONS["embedding"], {"columns": (0, 1), "offsets": (0, 0)})
    x = torch.tensor([[1.0, 1.0]], dtype=torch.float64)
    bound = Bound(case, {"x": x, "w": W})
    results = bound.run()
    assert results["y"].tolist() == [W[1].tolist() * 2]
    assert_close(results["w"][1], bound["dy"].view(2, 2).sum(0), 1e-14)


def test_codes_that_arithmetic_left_beside_a_whole_number_are_rounded() -> None:
    y = Bound(CASE, {"x": X - 1e-9, "w": W}).run_forward()
    assert y[:, 2:].equal(Bound(CASE, {"x": X, "w": W}).run_forward()[:, 2:])


@pytest.mark.parametrize("code", [-1, 5])
def test_a_code_without_a_row_stops_the_step(code: int) -> None:
    x = X.clone()
    x[0, 1] = code
    with pytest.raises(IndexError, match="out of range"):
        Bound(CASE, {"x": x, "w": W}).run_forward()


@pytest.mark.parametrize("columns", [(0,), (1, 3), (0, 1, 2, 3)], ids=str)
def test_nothing_is_allocated(columns: tuple[int, ...]) -> None:
    case = Case(OPERATIONS["embedding"], {"columns": columns, "offsets": (0,) * len(columns)})
    inputs: dict[str, Tensor] = {"x": torch.ones(32, 4), "w": torch.ones(5, 2)}
    for x, dy in product(get_args(Layout), repeat=2):
        bound = Bound(case, inputs, memory={"x": x, "dy": dy})
        assert allocations([*bound.forward, *bound.backward]) == []


@pytest.mark.parametrize(
    ("columns", "offsets", "x", "message"),
    [
        ((0,), (0,), (BATCH, 2, 2), r"got x \(batch, 2, 2\), w \(5, 2\); expected x \(batch, feat"),
        ((4,), (0,), (BATCH, 4), r"got columns \(4,\) .*; expected different ones from 0 to 3"),
        ((-1,), (0,), (BATCH, 4), r"got columns \(-1,\)"),
        ((1, 1), (0, 0), (BATCH, 4), r"got columns \(1, 1\)"),
        ((1.5,), (0,), (BATCH, 4), r"got columns \(1\.5,\)"),
        ((1,), (5,), (BATCH, 4), r"got offsets \(5,\) .*; expected rows of w, from 0 to 4"),
    ],
)
def test_what_does_not_fit_is_refused(columns: Any, offsets: Any, x: Shape, message: str) -> None:
    with pytest.raises(InputError, match=f"^embedding {message}"):
        Embedding(columns, offsets).shape(x, (5, 2))


@pytest.mark.parametrize(("columns", "offsets"), [((), ()), ((1,), (0, 3))])
def test_every_column_of_codes_needs_an_offset(columns: Any, offsets: Any) -> None:
    message = r"^embedding got columns .* and offsets .*; expected at least one column, and an off"
    with pytest.raises(InputError, match=message):
        Embedding(columns, offsets)
