"""Dropout: what is dropped, how often, and by what it is decided."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.graph.operation import OPERATIONS, operation_for_evaluation
from chainrule.ops import Dropout, Identity
from tests.ops.bound import Bound, Case, Memory

ONES = torch.ones(60, 50, dtype=torch.float64)


def dropped(
    key: int, rate: float = 0.3, name: str = "a", x: Tensor = ONES, memory: Memory = "rows"
) -> Tensor:
    """y of x by that key."""
    case = Case(OPERATIONS["dropout"], {"rate": rate, "name": name})
    return Bound(case, {"x": x, "key": torch.tensor(key)}, memory={"x": memory}).run_forward()


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5, 0.9])
def test_the_share_that_is_dropped_is_the_rate(rate: float) -> None:
    share = torch.stack([dropped(key, rate) for key in range(20)]).eq(0).double().mean()
    deviation = math.sqrt(rate * (1 - rate) / (20 * ONES.numel()))
    assert abs(float(share) - rate) < 4 * deviation


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_dropout_keeps_the_expected_activation(rate: float) -> None:
    x = torch.tensor([[1.0, -2.0, 3.0]], dtype=torch.float64)
    keys = 2000
    bound = Bound(Case(OPERATIONS["dropout"], {"rate": rate}), {"x": x, "key": torch.tensor(0)})
    mean = torch.zeros_like(x)
    for key in range(keys):
        bound["key"].fill_(key)
        mean += bound.run_forward() / keys
    deviation = math.sqrt(rate / (1 - rate) / keys)  # of the mean of a mask
    assert ((mean / x - 1).abs() < 4 * deviation).all()


def test_what_is_kept_is_divided_by_the_share_that_is_kept() -> None:
    y = dropped(1, rate=0.75)
    assert set(y.flatten().tolist()) == {0, 4}


def test_a_rate_of_0_drops_nothing() -> None:
    assert dropped(1, rate=0).equal(ONES)


def test_members_have_a_rate_each_and_the_mask_of_one_is_what_it_has_alone() -> None:
    rates, keys = (0.1, 0.5, 0.0), torch.tensor([3, 3, 8])
    x = ONES.expand(3, *ONES.shape)
    case = Case(OPERATIONS["dropout"], {"rate": rates, "name": "a"})
    together = Bound(case, {"x": x, "key": keys}, members=3).run_forward()
    for member, (rate, key) in enumerate(zip(rates, keys.tolist(), strict=True)):
        assert together[member].equal(dropped(key, rate))


def test_a_rate_next_to_1_still_keeps_the_expected_activation_finite() -> None:
    assert dropped(1, rate=1 - 1e-9).isfinite().all()


def test_the_same_key_gives_the_same_mask() -> None:
    assert dropped(5).equal(dropped(5))


def test_the_mask_is_that_of_the_key_in_each_call_not_of_the_calls_before() -> None:
    case = Case(OPERATIONS["dropout"], {"rate": 0.3})
    bound = Bound(case, {"x": ONES, "key": torch.tensor(1)})
    first = bound.run_forward().clone()
    bound["key"].fill_(2)
    second = bound.run_forward().clone()
    bound["key"].fill_(1)
    assert bound.run_forward().equal(first)
    assert not second.equal(first)


# Also one that differs only in bits which torch.Generator.manual_seed would not look at.
@pytest.mark.parametrize("key", [6, -5, 5 + 2**40])
def test_another_step_has_another_mask(key: int) -> None:
    both = dropped(5).eq(0).double() * dropped(key).eq(0).double()
    assert abs(float(both.mean()) - 0.3 * 0.3) < 0.03


def test_another_layer_has_another_mask_in_the_same_step() -> None:
    both = dropped(5, name="a").eq(0).double() * dropped(5, name="b").eq(0).double()
    assert abs(float(both.mean()) - 0.3 * 0.3) < 0.03


@pytest.mark.parametrize("shape", [(7,), (7, 3), (5, 4, 3, 2)], ids=str)
def test_the_mask_is_the_same_by_rows_and_by_columns(shape: tuple[int, ...]) -> None:
    x = torch.ones(shape)
    case = Case(OPERATIONS["dropout"], {"rate": 0.5})
    masks = []
    for by_columns in (False, True):
        mask = torch.empty(*shape[1:], shape[0]).movedim(-1, 0) if by_columns else x.clone()
        for call in case.operation.forward(x, torch.tensor(3), mask, x.clone()):
            call()
        masks.append(mask)
    assert masks[0].equal(masks[1])
    assert set(masks[0].flatten().tolist()) == {0, 2}


def test_the_mask_is_the_same_in_every_precision() -> None:
    masks = [dropped(3, x=ONES.to(dtype)) != 0 for dtype in (torch.float32, torch.bfloat16)]
    assert all(mask.equal(dropped(3) != 0) for mask in masks)


def test_the_gradient_passes_where_the_activation_did() -> None:
    case = Case(OPERATIONS["dropout"], {"rate": 0.3})
    bound = Bound(case, {"x": ONES, "key": torch.tensor(1)})
    results = bound.run()
    assert results["x"].equal(bound["dy"] * results["y"])


def test_in_evaluation_it_is_the_identity() -> None:
    assert operation_for_evaluation(Dropout(0.3)) == Identity()


@pytest.mark.parametrize("rate", [1, -0.1, 1.5, math.nan])
def test_a_rate_that_is_no_share_below_1_is_refused(rate: Any) -> None:
    with pytest.raises(InputError, match=rf"^Dropout: got rate={rate}, expected a number from 0"):
        Dropout(rate)
    with pytest.raises(InputError, match=rf"^Dropout: got rate=\(0\.5, {rate}\), expected"):
        Dropout((0.5, rate))
