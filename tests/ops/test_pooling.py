"""Pooling: what each window leaves, and where its gradient goes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import OPERATIONS, create
from chainrule.graph.shape import BATCH
from chainrule.ops import AveragePool, MaxPool
from tests.ops.bound import Bound, Case

BOTH = ["max_pool", "average_pool"]


def pooled(kind: str, x: Tensor, **settings: Any) -> tuple[Tensor, Tensor]:
    """y, and dx for dy = 1, of one picture with one channel."""
    bound = Bound(Case(OPERATIONS[kind], settings), {"x": x[None, :, :, None]})
    bound["dy"].fill_(1)
    results = bound.run()
    return results["y"][0, :, :, 0], results["x"][0, :, :, 0]


def test_max_pool_keeps_the_largest_of_each_window() -> None:
    x = torch.tensor([[1.0, 2.0, 5.0, 6.0], [4.0, 3.0, 8.0, 7.0]])
    y, dx = pooled("max_pool", x, kernel=2, stride=2)
    assert y.tolist() == [[4, 8]]
    assert dx.tolist() == [[0, 0, 0, 0], [1, 0, 1, 0]]


def test_a_pixel_that_wins_several_windows_gets_the_gradient_of_each() -> None:
    x = torch.tensor([[1.0, 9.0, 2.0]])
    y, dx = pooled("max_pool", x, kernel=(1, 2), stride=1)
    assert y.tolist() == [[9, 9]]
    assert dx.tolist() == [[0, 2, 0]]


def test_of_equal_pixels_the_first_in_reading_order_wins() -> None:
    _, dx = pooled("max_pool", torch.full((2, 2), 3.0), kernel=2, stride=2)
    assert dx.tolist() == [[1, 0], [0, 0]]


def test_the_padding_of_max_pool_never_wins() -> None:
    y, _ = pooled("max_pool", torch.full((2, 2), -5.0), kernel=2, stride=2, padding=1)
    assert y.tolist() == [[-5, -5], [-5, -5]]


def test_average_pool_takes_the_mean_of_each_window() -> None:
    x = torch.tensor([[1.0, 2.0, 5.0, 6.0], [4.0, 3.0, 8.0, 7.0]])
    y, dx = pooled("average_pool", x, kernel=2, stride=2)
    assert y.tolist() == [[2.5, 6.5]]
    assert dx.tolist() == [[0.25] * 4] * 2


def test_the_padding_of_average_pool_is_not_counted() -> None:
    y, dx = pooled("average_pool", torch.full((2, 2), -5.0), kernel=2, stride=2, padding=1)
    assert y.tolist() == [[-5, -5], [-5, -5]]
    assert dx.tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("kind", BOTH)
def test_rows_and_columns_that_fill_no_window_are_left_out(kind: str) -> None:
    y, dx = pooled(kind, torch.arange(15.0).view(3, 5), kernel=2, stride=2)
    assert y.shape == (1, 2)
    assert dx[2].tolist() == [0] * 5
    assert dx[:, 4].tolist() == [0] * 3


@pytest.mark.parametrize("kind", BOTH)
def test_channels_are_pooled_each_for_itself(kind: str) -> None:
    x = torch.randn(3, 4, 4, 5, generator=torch.Generator().manual_seed(0))
    case = Case(OPERATIONS[kind], {"kernel": 2, "stride": 2})
    together = Bound(case, {"x": x}).run_forward()
    for channel in range(5):
        alone = Bound(case, {"x": x[..., channel : channel + 1]}).run_forward()
        assert together[..., channel : channel + 1].equal(alone)


@pytest.mark.parametrize("kind", BOTH)
def test_every_pixel_of_a_window_is_read_once(kind: str) -> None:
    operation = create(kind, {"kernel": (2, 3), "stride": 2})
    assert isinstance(operation, AveragePool | MaxPool)
    assert operation.flops("y", x=(10, 6, 6, 4), y=(10, 3, 2, 4)) == 10 * 3 * 2 * 4 * (2 * 3)
    assert operation.flops("dx", dy=(10, 3, 2, 4), dx=(10, 6, 6, 4)) == 10 * 3 * 2 * 4 * (2 * 3)


def test_what_is_smaller_than_a_window_is_refused() -> None:
    message = (
        "pooling got x (batch, 3, 1, 4), 3 x 1 with its padding, for a kernel that reaches over "
        "2 x 2; expected pictures at least as large. Use a smaller kernel, more padding, or fewer "
        "layers that shrink the picture."
    )
    with pytest.raises(InputError) as error:
        MaxPool(2, 2).shape((BATCH, 3, 1, 4))
    assert str(error.value) == message


def test_what_is_no_picture_is_refused() -> None:
    message = (
        "pooling got x (batch, 3, 4); expected pictures (batch, height, width, channels). Reshape "
        "x; a grey picture has 1 channel."
    )
    with pytest.raises(InputError) as error:
        AveragePool(2, 2).shape((BATCH, 3, 4))
    assert str(error.value) == message


@pytest.mark.parametrize("operation", [AveragePool, MaxPool])
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"kernel": 0, "stride": 2},
            "got kernel=0, expected a whole number of at least 1, or a pair (height, width) of "
            "them, such as kernel=1.",
        ),
        (
            {"kernel": 2, "stride": (2, 0)},
            "got stride=(2, 0), expected a whole number of at least 1, or a pair (height, width) "
            "of them, such as stride=1.",
        ),
        (
            {"kernel": (4, 2), "stride": 2, "padding": 2},
            "got padding=2, expected at most half of the kernel (4, 2), or windows miss the "
            "picture, such as padding=0.",
        ),
    ],
    ids=str,
)
def test_a_setting_out_of_its_range_is_refused(
    operation: type[AveragePool] | type[MaxPool], wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as error:
        operation(**wrong)
    assert str(error.value) == f"{operation.__name__}: {message}"
