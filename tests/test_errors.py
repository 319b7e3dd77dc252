"""Errors for people name what is near to what they wrote."""

import pytest

from chainrule.errors import InputError, nearest, unknown_name

OPTIMIZERS = ["adam", "momentum", "gradient_descent"]


def test_an_input_error_is_a_value_error() -> None:
    assert issubclass(InputError, ValueError)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("adma", "adam"),
        ("ADAM", "adam"),
        ("momentun", "momentum"),
        ("gradient-descent", "gradient_descent"),
        ("lion", None),
        ("", None),
    ],
)
def test_the_nearest_name_is_the_one_most_alike(name: str, expected: str | None) -> None:
    assert nearest(name, OPTIMIZERS) == expected


def test_the_nearest_name_is_given_as_it_is_spelt() -> None:
    assert nearest("income", ["Age", "InCome"]) == "InCome"


def test_nothing_is_near_where_nothing_is_known() -> None:
    assert nearest("adam", []) is None


def test_an_unknown_name_is_told_with_the_nearest_and_all_others_in_order() -> None:
    error = unknown_name("optimizer", "adma", OPTIMIZERS)
    assert isinstance(error, InputError)
    assert str(error) == (
        "optimizer 'adma' is not known. Did you mean 'adam'? "
        "Known are: adam, gradient_descent, momentum."
    )


def test_an_unknown_name_that_is_like_no_other_is_told_without_a_guess() -> None:
    assert str(unknown_name("optimizer", "lion", iter(OPTIMIZERS))) == (
        "optimizer 'lion' is not known. Known are: adam, gradient_descent, momentum."
    )
