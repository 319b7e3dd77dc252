"""ParametricActivation: what it computes, how it begins, and what it refuses."""

from __future__ import annotations

import pytest
import torch

from chainrule.errors import InputError
from chainrule.layers import ParametricActivation
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run

FUNCTIONS = {"selu": torch.selu, "mish": torch.nn.functional.mish}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_unit_has_a_share_of_its_own_in_the_activation(name: str) -> None:
    graph = graph_of(ParametricActivation(name), features=(3,))
    parameters = parameters_of(graph)
    parameters.values["parametricactivation_1.share"].copy_(torch.tensor([0.0, 5.0, 20.0]))
    x = numbers(6, 3)
    y = run(plan_of(graph, parameters, 6, "evaluate"), x=x)
    share = torch.tensor([0.0, 0.5, 2.0], dtype=torch.float64)
    torch.testing.assert_close(y, x + share * (FUNCTIONS[name](x) - x), rtol=1e-13, atol=1e-13)


def test_it_begins_as_the_activation_itself() -> None:
    graph = graph_of(ParametricActivation("selu"), features=(3,))
    x = numbers(6, 3)
    y = run(plan_of(graph, parameters_of(graph), 6, "evaluate"), x=x)
    torch.testing.assert_close(y, torch.selu(x), rtol=1e-13, atol=1e-13)


def test_an_unknown_activation_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^activation 'seul' is not known\. Did you mean 'selu'"):
        ParametricActivation("seul")


def test_an_activation_that_no_gradient_passes_is_refused() -> None:
    with pytest.raises(InputError, match=r"^activation 'step' can't be trained"):
        ParametricActivation("step")


def test_a_factor_that_is_not_positive_is_refused() -> None:
    with pytest.raises(InputError, match="got learning_rate_factor=0, expected a positive number"):
        ParametricActivation("selu", 0)


def test_it_shows_as_it_would_be_written() -> None:
    assert repr(ParametricActivation("selu")) == "ParametricActivation('selu')"
