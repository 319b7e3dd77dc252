"""BatchNorm in a network: it learns as torch's does, and evaluates by what it saw."""

import pytest
import torch

from chainrule.graph.graph import Graph
from chainrule.graph.shape import BATCH
from chainrule.layers import Activation, BatchNorm, Dense, Flatten
from chainrule.layers.batch_norm import smallest_batch
from chainrule.training.optimizers import Adam
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run
from tests.ops.bound import assert_close

LAYERS = (Dense(4), BatchNorm(), Activation("tanh"), Dense(2))
STEPS = 5


def test_steps_of_training_then_evaluation_equal_torch() -> None:
    graph = graph_of(*LAYERS, features=(3,))
    parameters = parameters_of(graph)
    torchs = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Tanh(), torch.nn.Linear(4, 2)
    ).double()
    for theirs, ours in zip(torchs.parameters(), parameters.gradients, strict=True):
        theirs.data.copy_(parameters.values[ours])
    train = plan_of(graph, parameters, 6, "train")
    for step in range(STEPS):
        x, t = numbers(6, 3, seed=step), numbers(6, 2, seed=100 + step)
        y = run(train, x=x, t=t)
        expected = torchs(x)
        assert_close(y, expected.detach(), 1e-12, f"step {step}")
        learned = list(torchs.parameters())
        for theirs, gradient in zip(
            learned, torch.autograd.grad((expected * t).mean(), learned), strict=True
        ):
            theirs.data.sub_(0.5 * gradient)
        parameters.weights.add_(parameters.gradient, alpha=-0.5)
    statistics = dict(torchs.named_buffers())
    assert_close(parameters.values["batchnorm_2.running_mean"], statistics["1.running_mean"], 1e-12)
    assert_close(
        parameters.values["batchnorm_2.running_variance"], statistics["1.running_var"], 1e-12
    )
    x = numbers(1, 3, seed=7)
    evaluate = plan_of(graph, parameters, 1, "evaluate")
    assert_close(run(evaluate, x=x), torchs.eval()(x).detach(), 1e-12)


def test_evaluation_changes_no_statistics() -> None:
    graph = graph_of(*LAYERS, features=(3,))
    parameters = parameters_of(graph)
    before = parameters.everything.clone()
    run(plan_of(graph, parameters, 6, "evaluate"), x=numbers(6, 3))
    assert parameters.everything.equal(before)


def test_it_begins_with_scale_1_shift_0_and_the_statistics_of_standardised_numbers() -> None:
    values = parameters_of(graph_of(BatchNorm(), features=(3,))).values
    assert {name: value.tolist() for name, value in values.items()} == {
        "batchnorm_1.scale": [1, 1, 1],
        "batchnorm_1.shift": [0, 0, 0],
        "batchnorm_1.running_mean": [0, 0, 0],
        "batchnorm_1.running_variance": [1, 1, 1],
    }


def test_running_statistics_lie_behind_the_weights() -> None:
    parameters = parameters_of(graph_of(*LAYERS, features=(3,)))
    end = parameters.weights.data_ptr() + parameters.weights.numel() * 8
    for name in ("batchnorm_2.running_mean", "batchnorm_2.running_variance"):
        value = parameters.values[name]
        assert end <= value.data_ptr()
        assert value.untyped_storage().data_ptr() == parameters.everything.data_ptr()
        assert name not in parameters.gradients


def test_an_optimizer_leaves_the_running_statistics_alone() -> None:
    graph = graph_of(*LAYERS, features=(3,))
    parameters = parameters_of(graph)
    run(plan_of(graph, parameters, 6, "train"), x=numbers(6, 3), t=numbers(6, 2))
    before = {name: value.clone() for name, value in parameters.values.items()}
    parameters.gradient.fill_(1)
    update = Adam().bind(parameters)
    update(0.1)
    changed = {name for name, value in parameters.values.items() if not value.equal(before[name])}
    assert changed == set(parameters.gradients)


def test_channels_of_pictures_are_normalised_over_batch_and_places() -> None:
    graph = graph_of(BatchNorm(), features=(3, 2, 5))
    x = 3 * numbers(4, 3, 2, 5) + 7
    y = run(plan_of(graph, parameters_of(graph), 4, "train"), x=x, t=torch.zeros_like(x))
    assert_close(y.mean((0, 1, 2)), torch.zeros(5, dtype=torch.float64), 1e-12)
    assert_close(y.var((0, 1, 2), correction=0), torch.ones(5, dtype=torch.float64), 1e-4)


@pytest.mark.parametrize(
    ("layers", "features", "smallest"),
    [
        ((Dense(4), BatchNorm()), (3,), 2),
        ((BatchNorm(), Flatten(), Dense(4)), (3, 2, 5), 1),
        ((Flatten(), BatchNorm()), (3, 2, 5), 2),
        ((Dense(4),), (3,), 1),
    ],
    ids=str,
)
def test_where_a_sample_has_one_value_a_feature_a_batch_needs_two_samples(
    layers: tuple[Dense, ...], features: tuple[int, ...], smallest: int
) -> None:
    assert smallest_batch(graph_of(*layers, features=features)) == smallest


def test_parameters_and_states_are_named_after_the_layer() -> None:
    graph = Graph()
    BatchNorm().build(graph, graph.input("x", (BATCH, 3)), "layer")
    assert list(graph.parameters) == ["layer.scale", "layer.shift"]
    assert list(graph.states) == ["layer.running_mean", "layer.running_variance"]


def test_it_shows_as_it_would_be_written() -> None:
    assert repr(BatchNorm()) == "BatchNorm()"
