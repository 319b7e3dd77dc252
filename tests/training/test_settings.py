"""Settings: what can be chosen, and how what cannot is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from chainrule.errors import InputError
from chainrule.training.settings import Settings, checked


def refusal(**given: Any) -> str:
    with pytest.raises(InputError) as error:
        checked(Settings, given, "train")
    return str(error.value)


def test_nothing_needs_to_be_given() -> None:
    settings = checked(Settings, {}, "train")
    assert (settings.epochs, settings.optimizer, settings.patience) == (100, "adam", 10)


def test_an_unknown_option_is_refused_with_the_nearest_and_all_others() -> None:
    message = refusal(epoch=3)
    assert message.startswith("train: option 'epoch' is not known. Did you mean 'epochs'? Known ")
    assert all(name in message for name in Settings.model_fields)


def test_an_unknown_optimizer_is_refused_with_the_nearest() -> None:
    assert refusal(optimizer="momentun") == (
        "train: optimizer: optimizer 'momentun' is not known. Did you mean 'momentum'? "
        "Known are: adam, gradient_descent, momentum."
    )


def test_all_that_is_wrong_is_said_together() -> None:
    lines = refusal(epoch=3, batch_size=0, sampling="sorted", learning_rate=-1.0).splitlines()
    assert len(lines) == 4
    assert all(line.startswith("train: ") for line in lines)
    for name in ("'epoch'", "batch_size: got 0", "sampling: got 'sorted'", "learning_rate: got -1"):
        assert any(name in line for line in lines), name


@pytest.mark.parametrize("rate", [0.0, -0.1, math.nan, math.inf])
def test_a_learning_rate_that_is_not_positive_and_finite_is_refused(rate: float) -> None:
    assert refusal(learning_rate=rate) == (
        f"train: learning_rate: got {rate}, expected a positive number such as 0.001."
    )


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("epochs", 0, "greater than or equal to 1"),
        ("epochs", 2.5, "valid integer"),
        ("iterations", 0, "greater than or equal to 1"),
        ("batch_size", -1, "greater than or equal to 1"),
        ("patience", -1, "greater than or equal to 0"),
        ("seed", "one", "valid integer"),
        ("sampling", "sorted", "'shuffled' or 'with_replacement'"),
        ("split", (0.5, 0.5), "split"),
        ("split", (0.5, -0.5, 1), "greater than or equal to 0"),
    ],
)
def test_a_value_out_of_range_is_refused_with_what_is_expected(
    name: str, value: object, expected: str
) -> None:
    message = refusal(**{name: value})
    assert message.startswith(f"train: {name}: got ")
    assert expected in message


def test_a_batch_larger_than_the_data_is_refused() -> None:
    with pytest.raises(InputError) as error:
        Settings(batch_size=100).batch_size_for(70)
    assert str(error.value) == (
        "batch_size: got 100, but there are only 70 training samples; expected at most that many. "
        "Use --batch-size 32."
    )


def test_a_batch_as_large_as_the_data_is_not() -> None:
    assert Settings(batch_size=70).batch_size_for(70) == 70


@pytest.mark.parametrize(
    ("samples", "expected"),
    [(20, 20), (9_999, 32), (10_000, 128), (99_999, 128), (100_000, 256)],
)
def test_the_usual_batch_size_grows_with_the_data(samples: int, expected: int) -> None:
    assert Settings().batch_size_for(samples) == expected
