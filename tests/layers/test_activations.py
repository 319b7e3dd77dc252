"""Activations by name: which initialiser each has, and which can't be trained."""

import pytest

from chainrule.errors import InputError
from chainrule.graph.graph import Initialiser
from chainrule.layers.activations import ACTIVATIONS, activation, check_learns, initialiser_for
from chainrule.layers.initialisers import INITIALISERS, He, LeCun, Xavier
from chainrule.ops import Gelu

EXPECTED: dict[str, Initialiser] = {
    **dict.fromkeys(["relu", "leaky_relu", "elu", "gelu", "silu", "softplus"], He()),
    **dict.fromkeys(["identity", "step", "sigmoid", "tanh", "softmax"], Xavier()),
    "selu": LeCun(),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_activation_has_the_initialiser_that_suits_it(name: str) -> None:
    assert initialiser_for(name) == EXPECTED[name]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_names_an_initialiser_that_there_is(name: str) -> None:
    assert ACTIVATIONS[name].initialiser in INITIALISERS


def test_an_activation_is_found_by_its_name() -> None:
    assert activation("gelu") == Gelu()


def test_the_step_is_refused_before_training() -> None:
    message = (
        r"^activation 'step' can't be trained: its derivative is 0 everywhere, so the weights "
        r"before it would never change\. Use sigmoid, or relu for hidden layers\.$"
    )
    with pytest.raises(InputError, match=message):
        check_learns("step")


@pytest.mark.parametrize("name", [None, *(n for n in ACTIVATIONS if n != "step")])
def test_every_other_activation_can_be_trained(name: str | None) -> None:
    check_learns(name)


def test_an_unknown_activation_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^activation 'gleu' is not known\. Did you mean 'gelu'"):
        check_learns("gleu")
