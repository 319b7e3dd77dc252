"""Members: K networks of one shape in one plan, each as if it were alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from chainrule.graph.graph import Graph
from chainrule.plan import Parameters, Plan, compile_plan
from tests.allocations import allocations
from tests.plan.networks import (
    LOSSES,
    Loss,
    assert_all_close,
    batch_for,
    compiled,
    parameters_of,
    perceptron,
    random_graph,
    results_of,
)

MEMBERS = 3


def members_of(graph: Graph, dtype: torch.dtype = torch.float64) -> Parameters:
    """Each from a seed of its own."""
    parameters = Parameters.zeros(graph, dtype, members=MEMBERS)
    for number in range(MEMBERS):
        parameters.member(number).initialise(graph, seed=number)
    return parameters


def joint(
    graph: Graph, parameters: Parameters, batches: list[dict[str, Tensor]], **how: Any
) -> Plan:
    """A plan of all members, each with a batch of its own."""
    plan = compile_plan(graph, parameters, batch_size=len(batches[0]["x"]), mode="train", **how)
    for number, batch in enumerate(batches):
        for name, tensor in plan.inputs.items():
            tensor[number].copy_(batch[name])
    return plan


@given(seed=st.integers(0, 10**6), batch_size=st.integers(1, 5), fused=st.booleans())
@settings(max_examples=60)
def test_members_of_any_graph_have_the_gradients_that_each_has_alone(
    seed: int, batch_size: int, fused: bool
) -> None:
    graph = random_graph(seed)
    parameters = members_of(graph)
    batches = [batch_for(graph, batch_size, seed=number) for number in range(MEMBERS)]
    together = results_of(joint(graph, parameters, batches, fused=fused), parameters)
    for number, batch in enumerate(batches):
        alone = Parameters.initialised(graph, seed=number, dtype=torch.float64)
        expected = results_of(*compiled(graph, batch, fused=fused, parameters=alone))
        mine = {name: tensor[number] for name, tensor in together.items()}
        assert_all_close(mine, expected, 1e-9)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_joint_step_allocates_nothing(loss: Loss) -> None:
    graph = perceptron(20, 50, 30, 10, loss=loss)
    parameters = members_of(graph, torch.float32)
    plan = joint(graph, parameters, [batch_for(graph, 32)] * MEMBERS)
    assert allocations([plan.step]) == []


def test_each_input_and_output_has_an_axis_of_members_in_front() -> None:
    graph = perceptron(4, 3)
    plan = compile_plan(
        graph, members_of(graph), batch_size=5, mode="train", outputs=["prediction"]
    )
    shapes = {n: tuple(t.shape) for n, t in [*plan.inputs.items(), *plan.outputs.items()]}
    assert shapes == {"x": (3, 5, 4), "t": (3, 5), "loss": (3,), "prediction": (3, 5, 3)}
    assert plan.members == MEMBERS


def test_one_member_is_not_the_same_as_no_axis_of_members() -> None:
    graph = perceptron(4, 3)
    shapes = [
        tuple(compile_plan(graph, parameters, batch_size=5, mode="train").inputs["x"].shape)
        for parameters in (Parameters.zeros(graph), Parameters.zeros(graph, members=1))
    ]
    assert shapes == [(5, 4), (1, 5, 4)]


def test_a_joint_step_has_the_operations_of_all_members() -> None:
    graph = perceptron(20, 50, 10)
    flops = [
        compile_plan(graph, parameters, batch_size=32, mode="train").flops
        for parameters in (parameters_of(graph), members_of(graph))
    ]
    assert flops[1] == MEMBERS * flops[0]


def test_a_member_is_the_same_memory() -> None:
    parameters = Parameters({"w": (3, 5), "b": (3,)}, states={"mean": (3,)}, members=2)
    second = parameters.member(1)
    second.values["w"].fill_(2)
    second.values["mean"].fill_(4)
    second.gradients["b"].fill_(3)
    assert parameters.values["w"][1].eq(2).all()
    assert parameters.gradients["b"][1].eq(3).all()
    assert not parameters.values["w"][0].any()
    assert second.members is None


def test_a_member_is_one_stretch_with_its_states_behind_its_weights() -> None:
    parameters = Parameters({"w": (3, 5), "b": (3,)}, states={"mean": (3,)}, members=2)
    member = parameters.member(1)
    member.everything.fill_(7)
    assert member.everything.is_contiguous()
    assert all(value.eq(7).all() for value in member.values.values())
    member.weights.fill_(9)
    assert member.values["mean"].eq(7).all()
    assert not parameters.member(0).everything.any()


def test_each_parameter_of_each_member_begins_on_a_cache_line() -> None:
    parameters = Parameters({"w": (3, 5), "b": (3,)}, states={"mean": (3,)}, members=3)
    for number in range(3):
        member = parameters.member(number)
        for views in (member.values, member.gradients):
            assert all(view.data_ptr() % 64 == 0 for view in views.values())


def test_a_member_begins_as_a_network_alone_of_its_seed() -> None:
    graph = perceptron(5, 3, 2)
    parameters = members_of(graph)
    for number in range(MEMBERS):
        alone = Parameters.initialised(graph, seed=number, dtype=torch.float64)
        assert parameters.member(number).everything.equal(alone.everything)


def test_the_count_is_of_all_members() -> None:
    shapes = {"w": (3, 5), "b": (3,)}
    assert Parameters(shapes, members=4).count == 4 * Parameters(shapes).count
