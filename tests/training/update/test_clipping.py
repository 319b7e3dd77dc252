"""Clipping: a long gradient is shortened, a short one stays."""

from __future__ import annotations

import math

import pytest
import torch

from chainrule.errors import InputError
from chainrule.plan import Parameters
from chainrule.training.update import ClipNorm, ClipValue
from tests.allocations import allocations
from tests.training.optimizers.paths import gradients, start


def with_gradient() -> Parameters:
    parameters = start()
    for name, gradient in parameters.gradients.items():
        gradient.copy_(gradients()[0][name])
    return parameters


@pytest.mark.parametrize("max_norm", [0.5, 1000.0])
def test_clipping_by_norm_is_that_of_torch(max_norm: float) -> None:
    parameters = with_gradient()
    theirs = [torch.zeros_like(value) for value in parameters.gradients.values()]
    for value, gradient in zip(theirs, parameters.gradients.values(), strict=True):
        value.grad = gradient.clone()
    torch.nn.utils.clip_grad_norm_(theirs, max_norm)
    ClipNorm(max_norm).bind(parameters)()
    for value, gradient in zip(theirs, parameters.gradients.values(), strict=True):
        torch.testing.assert_close(gradient, value.grad, rtol=1e-12, atol=0)


def test_a_gradient_that_is_short_enough_stays_bit_for_bit() -> None:
    parameters = with_gradient()
    before = parameters.gradient.clone()
    ClipNorm(1.01 * float(before.norm())).bind(parameters)()
    assert parameters.gradient.equal(before)


def test_clipping_by_norm_keeps_the_direction() -> None:
    parameters = with_gradient()
    before = parameters.gradient.clone()
    ClipNorm(0.5).bind(parameters)()
    cosine = torch.nn.functional.cosine_similarity(parameters.gradient, before, dim=0)
    assert float(cosine) == pytest.approx(1, abs=1e-12)
    assert float(parameters.gradient.norm()) == pytest.approx(0.5, rel=1e-5)


def test_a_gradient_that_is_no_number_is_not_hidden() -> None:
    parameters = with_gradient()
    parameters.gradients["wide.weights"][0, 0] = math.nan
    ClipNorm(1.0).bind(parameters)()
    assert parameters.gradients["wide.weights"].isnan().any()


def test_clipping_by_value_is_that_of_torch() -> None:
    parameters = with_gradient()
    theirs = [torch.zeros_like(value) for value in parameters.gradients.values()]
    for value, gradient in zip(theirs, parameters.gradients.values(), strict=True):
        value.grad = gradient.clone()
    torch.nn.utils.clip_grad_value_(theirs, 0.1)
    ClipValue(0.1).bind(parameters)()
    assert float(parameters.gradient.max()) == 0.1
    for value, gradient in zip(theirs, parameters.gradients.values(), strict=True):
        assert value.grad is not None
        assert gradient.equal(value.grad)


def test_clipping_allocates_nothing() -> None:
    parameters = start(torch.float32)
    parameters.gradient.fill_(1.0)
    assert allocations([ClipNorm(0.1).bind(parameters), ClipValue(0.001).bind(parameters)]) == []


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.inf, math.nan])
def test_a_limit_that_is_not_positive_is_refused(wrong: float) -> None:
    with pytest.raises(InputError) as error:
        ClipNorm(wrong)
    assert str(error.value) == (
        f"ClipNorm: got max_norm={wrong}, expected a positive number, such as max_norm=1."
    )
    with pytest.raises(InputError, match="ClipValue: got max_value"):
        ClipValue(wrong)
