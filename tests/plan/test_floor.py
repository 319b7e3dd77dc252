"""The floor, and the description of a plan with the times of its calls."""

import re

import pytest
import torch
from torch import Tensor

from chainrule.layers import Activation, BatchNorm, Dense, Dropout, Network
from chainrule.native import CompiledCalls
from chainrule.native.library import library
from chainrule.plan import Parameters, Plan, compile_plan
from chainrule.plan.floor import Floor, clear_measured_floor, measured_floor
from chainrule.training.objective.objective import objective_graph
from tests.plan.networks import perceptron


def test_the_floor_is_operations_at_the_peak_and_bytes_at_the_bandwidth() -> None:
    floor = Floor(flops_per_second=100e9, bytes_per_second=20e9)
    # 1e9 operations at 100e9 a second take 10 ms; 40e6 bytes at 20e9 a second take 2 ms.
    assert floor.seconds(1e9, 40e6) == pytest.approx(0.012)


def test_what_the_machine_can_do_is_measured_once_for_each_number_of_threads_until_asked_anew() -> (
    None
):
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        first = measured_floor()
        assert measured_floor() is first
        clear_measured_floor()
        assert measured_floor() is not first
        second = measured_floor()
        torch.set_num_threads(2)
        assert measured_floor() is not second
    finally:
        torch.set_num_threads(before)
    assert first.flops_per_second > 0
    assert first.bytes_per_second > 0


def normalised_plan() -> tuple[Plan, Parameters]:
    """A training plan with running statistics and dropout, its inputs filled."""
    network = Network(Dense(6), BatchNorm(), Activation("relu"), Dropout(0.5), Dense(3))
    graph = objective_graph(network, (4,), "classification", 3)
    parameters = Parameters.initialised(graph, seed=0)
    plan = compile_plan(graph, parameters, batch_size=8, mode="train")
    plan.inputs["x"].copy_(torch.linspace(-1, 1, 32).view(8, 4))
    plan.inputs["t"].copy_(torch.arange(8) % 3)
    plan.inputs["key"].fill_(7)
    return plan, parameters


def column(text: str, heading: str) -> list[str]:
    """The numbers below a heading of the table, without those of calls that run once."""
    lines = text.splitlines()
    end = re.search(rf"(?<!\S){re.escape(heading)}(?!\S)", lines[1])
    assert end is not None
    rows = [line for line in lines[2:] if re.match(r" *\*?\d", line)]
    return [row[: end.end()].split("  ")[-1].strip() for row in rows]


def test_a_timed_plan_tells_the_microseconds_of_each_call_and_the_share_of_its_floor() -> None:
    plan, _ = normalised_plan()
    text = plan.describe(timed=True)
    microseconds = [float(cell) for cell in column(text, "us")]
    shares = column(text, "% floor")
    assert len(microseconds) == len(shares) == len(column(text, "kFLOP"))
    assert all(time > 0 for time in microseconds)
    assert all(re.fullmatch(r"\d+%", share) for share in shares)


@pytest.mark.skipif(library() is None, reason="there is no C compiler here")
def test_what_is_timed_is_what_the_plan_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, _ = normalised_plan()
    called: list[str] = []
    run = CompiledCalls.__call__

    def noted(calls: CompiledCalls) -> None:
        called.append("compiled")
        run(calls)

    monkeypatch.setattr(CompiledCalls, "__call__", noted)
    plan.describe(timed=True)
    assert called


def test_the_share_of_the_whole_is_its_floor_over_its_time() -> None:
    plan, _ = normalised_plan()
    text = plan.describe(timed=True)
    match = re.search(r"took ([\d.,]+) us, of which the floor of ([\d.,]+) us is (\d+)%", text)
    assert match is not None
    time, floor, share = (float(number.replace(",", "")) for number in match.groups())
    # The floor is shown to 0.05 us.
    assert share / 100 == pytest.approx(floor / time, abs=0.05 / time + 0.006)


def test_a_view_is_no_call_and_has_no_time() -> None:
    graph = objective_graph(Network(Dense(3)), (2, 2), "classification", 3)
    plan = compile_plan(graph, Parameters.initialised(graph, seed=0), batch_size=4, mode="train")
    text = plan.describe(timed=True)
    (view,) = [line for line in text.splitlines() if "reshape forward" in line]
    assert view.endswith(" 0.0")  # its bytes are the last of its columns


def test_timing_changes_neither_weights_nor_states_nor_gradient_nor_what_a_plan_holds() -> None:
    plan, parameters = normalised_plan()
    plan.step()

    def held() -> dict[str, Tensor]:
        tensors = {"everything": parameters.everything, "gradient": parameters.gradient}
        return {n: t.clone() for n, t in (tensors | plan.inputs | plan.outputs).items()}

    before = held()
    assert "dense_1" in plan.describe(timed=True)
    for name, tensor in held().items():
        assert torch.equal(tensor, before[name]), name


def test_a_timed_plan_trains_on_as_one_that_was_not_timed() -> None:
    trained = []
    for timed in (True, False):
        plan, parameters = normalised_plan()
        for _ in range(3):
            plan.step()
            plan.describe(timed=timed)
            parameters.weights.sub_(parameters.gradient, alpha=0.1)
        trained.append(parameters.everything)
    assert torch.equal(*trained)


def test_untimed_a_plan_tells_no_times() -> None:
    graph = perceptron(4, 3, 2)
    plan = compile_plan(graph, Parameters.initialised(graph, seed=0), batch_size=2, mode="train")
    assert " us" not in plan.describe()


def test_operations_and_bytes_are_those_of_all_members() -> None:
    graph = perceptron(100, 50, 10)

    def said(members: int | None) -> tuple[float, float]:
        parameters = Parameters.zeros(graph, members=members)
        text = compile_plan(graph, parameters, batch_size=32, mode="train").describe()
        line = re.search(r"A step: ([\d.,]+) MFLOP, ([\d.,]+) KiB", text)
        assert line is not None
        return float(line[1]), float(line[2])

    assert said(4) == pytest.approx([4 * one for one in said(None)], rel=0.01)
