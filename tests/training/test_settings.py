"""Settings: what can be chosen, and how what cannot is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from chainrule.errors import InputError
from chainrule.options import validate
from chainrule.training.optimizers import OPTIMIZERS
from chainrule.training.settings.settings import Settings


def refusal(**values: Any) -> str:
    with pytest.raises(InputError) as error:
        validate(Settings, values)
    return str(error.value)


def test_nothing_needs_to_be_given() -> None:
    settings = validate(Settings, {})
    assert (settings.epochs, settings.optimizer, settings.patience) == (100, "adam", 10)


def test_an_unknown_option_is_refused_with_the_nearest_and_all_others() -> None:
    message = refusal(epoch=3)
    assert message.startswith("epoch: got an option that is not known. Did you mean 'epochs'? ")
    assert all(name in message for name in Settings.model_fields)


def test_an_unknown_optimizer_is_refused_with_the_nearest() -> None:
    assert refusal(optimizer="momentun") == (
        "optimizer: optimizer 'momentun' is not known. Did you mean 'momentum'? "
        f"Known are: {', '.join(sorted(OPTIMIZERS))}."
    )


def test_all_errors_are_raised_together() -> None:
    lines = refusal(epoch=3, batch_size=0, sampling="sorted", learning_rate=-1.0).splitlines()
    assert len(lines) == 4
    for name in ("epoch: ", "batch_size: got 0", "sampling 'sorted'", "learning_rate: got -1"):
        assert any(name in line for line in lines), name


@pytest.mark.parametrize("rate", [0.0, -0.1, math.nan, math.inf])
def test_a_learning_rate_that_is_not_positive_and_finite_is_refused(rate: float) -> None:
    assert refusal(learning_rate=rate) == (
        f"learning_rate: got {rate}, expected a positive number, such as 0.001."
    )


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("epochs", 0, "a whole number of at least 1, such as 100"),
        ("epochs", 2.5, "a whole number of at least 1, such as 100"),
        ("iterations", 0, "a whole number of at least 1, such as 1000"),
        ("batch_size", -1, "a whole number of at least 1, or all, such as 32"),
        ("patience", -1, "a whole number of at least 0, such as 10; 0 is for never"),
        ("seed", "one", "a whole number, such as 0"),
        ("split", (0.5, 0.5), "three numbers from 0 to 1 that sum to 1"),
        ("split", (0.5, -0.5, 1), "such as split = [0.7, 0.15, 0.15]"),
        ("split", (0.5, 0.2, 0.2), "three numbers from 0 to 1 that sum to 1"),
    ],
)
def test_a_value_out_of_range_is_refused_with_what_is_expected(
    name: str, value: object, expected: str
) -> None:
    message = refusal(**{name: value})
    assert message.startswith(f"{name}: got ")
    assert expected in message


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("schedule", "cosin", "schedule 'cosin' is not known. Did you mean 'cosine'?"),
        ("schedule", "step:every=often", "got every='often', expected a number above 0 and"),
        ("schedule", "step:every=0.1,every=0.2", "got every twice, 0.1 and 0.2, expected it once"),
        ("optimizer", "adam:beta3=1", "setting of adam 'beta3' is not known. Did you mean 'beta"),
        ("optimizer", "adam:beta1=2", "Adam: got beta1=2.0, expected a number from 0 to below 1"),
        ("augment", ("flipp",), "augmentation 'flipp' is not known. Did you mean 'flip'?"),
        ("loss", "huver", "loss 'huver' is not known. Did you mean 'huber'?"),
        ("optimizer", 3, "got 3, expected the name of an optimizer, such as adam"),
        ("label_smoothing", 1, "expected a number from 0 to below 1, such as 0.1"),
        ("components", 0, "a whole number, or a share of the variance from 0.0 to 1.0"),
        ("average", 1.0, "the share that is kept, from 0 to below 1"),
    ],
)
def test_a_method_that_can_not_be_used_is_refused(name: str, value: object, expected: str) -> None:
    message = refusal(**{name: value})
    assert message.startswith(f"{name}: ")
    assert expected in message
