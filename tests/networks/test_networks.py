"""Ready networks: each trains, and has only the settings that it knows."""

import inspect

import pytest
import torch

from chainrule.errors import InputError
from chainrule.layers import Conv2D, Dense, Network, NTKDense, Residual
from chainrule.networks import NETWORKS, network_named
from chainrule.networks.blocks import NORMALISATIONS
from chainrule.plan import Parameters, Plan, compile_plan
from chainrule.training.objective.objective import Objective, objective_graph

PICTURES = ("cnn", "resnet", "rnn", "lstm", "gru")
SMALL = {"layers": (6,), "filters": (3, 4), "units": 6, "blocks": 2}


def settings_of(name: str) -> list[str]:
    return list(inspect.signature(NETWORKS[name]).parameters)[1:]


def small(name: str, outputs: int = 1, **settings: object) -> Network:
    sizes = {setting: size for setting, size in SMALL.items() if setting in settings_of(name)}
    return network_named(name, outputs, **{**sizes, **settings})


def plan_of(name: str, network: Network) -> tuple[Plan, Parameters]:
    loss = "perceptron_criterion" if name == "perceptron" else None
    shape = (8, 8) if name in PICTURES else (5,)
    graph = objective_graph(network, shape, "binary", 2, Objective(loss))
    parameters = Parameters.initialised(graph, seed=0)
    plan = compile_plan(graph, parameters, batch_size=4, mode="train", outputs=["prediction"])
    draw = torch.Generator().manual_seed(0)
    plan.inputs["x"].copy_(torch.randn(plan.inputs["x"].shape, generator=draw))
    plan.inputs["t"].copy_(torch.tensor([[0.0], [1.0], [1.0], [0.0]]))
    return plan, parameters


@pytest.mark.parametrize("name", NETWORKS)
def test_every_ready_network_passes_a_gradient_to_every_parameter(name: str) -> None:
    plan, parameters = plan_of(name, small(name))
    # Away from where weights begin: behind a last layer of zeros no gradient passes in step one.
    draw = torch.Generator().manual_seed(1)
    weights = parameters.weights
    weights.add_(0.1 * torch.randn(weights.shape, generator=draw))
    plan.step()
    for parameter, gradient in parameters.gradients.items():
        assert gradient.isfinite().all(), parameter
        assert gradient.any(), parameter


@pytest.mark.parametrize("name", [n for n in NETWORKS if "normalisation" in settings_of(n)])
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_normalisation_can_be_chosen(name: str, normalisation: str) -> None:
    _, parameters = plan_of(name, small(name, normalisation=normalisation))
    assert any(f"{normalisation}norm" in parameter for parameter in parameters.gradients)


@pytest.mark.parametrize("name", [n for n in NETWORKS if "dropout" in settings_of(n)])
def test_dropout_can_be_chosen(name: str) -> None:
    assert "Dropout(0.3)" in repr(small(name, dropout=0.3))
    assert "Dropout" not in repr(small(name))


def test_the_output_layer_has_as_many_units_as_are_asked_for() -> None:
    for name in set(NETWORKS) - {"perceptron"}:
        last = small(name, outputs=7).layers[-1]
        assert isinstance(last, Dense | NTKDense)
        assert last.units == 7


def test_a_residual_network_of_three_blocks_a_stage_is_the_twenty_layers_of_the_paper() -> None:
    blocks = [layer for layer in network_named("resnet", 10).layers if isinstance(layer, Residual)]
    convolutions = [layer for b in blocks for layer in b.layers if isinstance(layer, Conv2D)]
    first_and_last = 2
    assert len(convolutions) + first_and_last == 20
    assert [c.stride for c in convolutions].count(2) == 2


def test_a_setting_that_a_network_does_not_have_is_refused() -> None:
    with pytest.raises(InputError) as error:
        network_named("linear", 3, layers=(5,))
    assert str(error.value) == (
        "layers: got (5,), but the network 'linear' does not have it; its settings are "
        "initialiser. Leave it out, or choose another network."
    )


def test_a_setting_that_is_not_given_stays_as_usual() -> None:
    assert repr(network_named("mlp", 2, layers=None)) == repr(network_named("mlp", 2))


def test_an_unknown_network_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'resnet'"):
        network_named("resnt", 2)


def test_the_perceptron_is_for_two_classes() -> None:
    with pytest.raises(InputError, match="needs 3 outputs; expected one of two classes"):
        network_named("perceptron", 3)
