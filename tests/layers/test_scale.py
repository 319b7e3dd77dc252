"""Scale: what it computes, how it begins, and what it refuses."""

import pytest
import torch

from chainrule.errors import InputError
from chainrule.layers import Scale
from chainrule.plan import Mode
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run

MODES: list[Mode] = ["train", "evaluate"]


@pytest.mark.parametrize("mode", MODES)
def test_it_multiplies_each_feature_by_a_number_of_its_own(mode: Mode) -> None:
    graph = graph_of(Scale(6.0), features=(2, 3))
    parameters = parameters_of(graph)
    parameters.values["scale_1.scale"].copy_(torch.tensor([0.5, -1.0, 2.0]))
    x = numbers(5, 2, 3)
    y = run(plan_of(graph, parameters, 5, mode), x=x, t=x)
    torch.testing.assert_close(y, x * torch.tensor([3.0, -6.0, 12.0]), rtol=1e-14, atol=0)


@pytest.mark.parametrize("factor", [6.0, 1.0, 0.1])
def test_it_begins_by_changing_nothing(factor: float) -> None:
    graph = graph_of(Scale(factor), features=(3,))
    x = numbers(5, 3)
    y = run(plan_of(graph, parameters_of(graph), 5, "evaluate"), x=x)
    torch.testing.assert_close(y, x, rtol=1e-14, atol=0)


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan")])
def test_a_factor_that_is_not_positive_is_refused(factor: float) -> None:
    message = (
        rf"^Scale: got learning_rate_factor={factor}, expected a positive number, such as "
        r"learning_rate_factor=6\.0\.$"
    )
    with pytest.raises(InputError, match=message):
        Scale(factor)


def test_it_shows_as_it_would_be_written() -> None:
    assert repr(Scale()) == "Scale()"
    assert repr(Scale(2.0)) == "Scale(learning_rate_factor=2.0)"
