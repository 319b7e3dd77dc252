"""Precision: products in bfloat16, over weights that stay float32."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file
from torch import Tensor

import chainrule.training.objective.mixed_precision
from chainrule.data.reading.read import read
from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.graph.operation import operation_kind
from chainrule.layers import (
    LSTM,
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    Network,
    Residual,
)
from chainrule.ops import Cast
from chainrule.options import validate
from chainrule.plan import Parameters, compile_plan
from chainrule.plan.buffers import Block
from chainrule.plan.program import forward_program
from chainrule.training.model.model_file import save
from chainrule.training.objective.mixed_precision import (
    PRODUCTS,
    has_bfloat16,
    in_bfloat16,
    notes_on,
    with_precision,
)
from chainrule.training.objective.objective import objective_graph
from chainrule.training.settings.settings import Precision, Settings
from chainrule.training.train import Run, train
from tests.plan.networks import batch_for, random_graph, results_of
from tests.training import toys

BATCH_SIZE = 16
PERCEPTRON = (Dense(32, "relu"), Dense(16, "tanh"), Dense(3))
# Nothing in it jumps where a rounded number wins a window or passes 0.
SMOOTH = (
    *(Conv2D(8, 3, "tanh"), AveragePool2D()),
    *(Conv2D(16, 3, bias=False), BatchNorm(), Residual(Conv2D(16, 3, "tanh"))),
    Dense(3),
)


def graph_of(layers: Sequence[Layer], *features: int) -> Graph:
    return objective_graph(Network(*layers), features, "classification", 3)


def rounded(graph: Graph) -> Graph:
    """The graph with all its products in bfloat16."""
    return with_precision(graph, "bfloat16", BATCH_SIZE)


def operations(graph: Graph) -> list[str]:
    """Those that the loss needs, casts with their precision."""
    nodes = graph.needed_for({"loss": graph.outputs["loss"]})
    return [
        node.operation.to
        if isinstance(node.operation, Cast)
        else operation_kind(node.operation).name
        for node in nodes
    ]


def gradients(graph: Graph, batch: dict[str, Tensor], parameters: Parameters) -> dict[str, Tensor]:
    plan = compile_plan(graph, parameters, batch_size=BATCH_SIZE, mode="train")
    for name, tensor in plan.inputs.items():
        tensor.copy_(batch[name])
    return results_of(plan, parameters)


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a processor with instructions for bfloat16."""
    monkeypatch.setattr(chainrule.training.objective.mixed_precision, "has_bfloat16", lambda: True)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a processor without them."""
    monkeypatch.setattr(chainrule.training.objective.mixed_precision, "has_bfloat16", lambda: False)


def on_digits(demo: Path, precision: Precision, **more: Any) -> Run:
    data = read(demo / "digits.csv", target="digit")
    network = Network(Dense(32, "relu"), Dense(10))
    chosen = {"iterations": 100, "learning_rate": 0.01, **more}
    return train(network, data, precision=precision, progress=False, **chosen)


def test_after_100_updates_loss_and_accuracy_are_those_of_float32_within_two_percent(
    demo: Path,
) -> None:
    exact, coarse = (on_digits(demo, precision) for precision in ("float32", "bfloat16"))
    assert coarse.history[-1]["training_loss"] != exact.history[-1]["training_loss"]
    for name in ("training_loss", "validation_loss", "validation_accuracy"):
        assert coarse.history[-1][name] == pytest.approx(exact.history[-1][name], rel=0.02), name
    assert coarse.test["accuracy"] == pytest.approx(exact.test["accuracy"], rel=0.02)


def test_the_same_seed_gives_the_same_bits(demo: Path) -> None:
    first, second = (on_digits(demo, "bfloat16", iterations=20) for _ in range(2))
    assert first.model.parameters.everything.equal(second.model.parameters.everything)


def test_weights_and_the_model_file_are_float32(demo: Path, tmp_path: Path) -> None:
    run = on_digits(demo, "bfloat16", iterations=5)
    assert run.model.parameters.everything.dtype == torch.float32
    save(run.model, tmp_path / "model.safetensors")
    stored = load_file(tmp_path / "model.safetensors")
    assert {tensor.dtype for tensor in stored.values()} == {torch.float32}
    # They were updated in float32 too: numbers of bfloat16 end with 16 zeros.
    weights = run.model.parameters.weights
    assert not weights.equal(weights.bfloat16().float())


def test_the_model_evaluates_in_float32(demo: Path) -> None:
    run = on_digits(demo, "bfloat16", iterations=5)
    assert not {"bfloat16", "full"} & set(operations(run.model.graph))


@pytest.mark.parametrize(
    ("layers", "features"), [(PERCEPTRON, (20,)), (SMOOTH, (8, 8, 2))], ids=["dense", "smooth"]
)
def test_the_gradient_is_the_exact_one_within_the_precision_of_bfloat16(
    layers: Sequence[Layer], features: tuple[int, ...]
) -> None:
    graph = graph_of(layers, *features)
    batch = batch_for(graph, BATCH_SIZE)
    exact = gradients(graph, batch, Parameters.initialised(graph, seed=0, dtype=torch.float64))
    coarse = gradients(rounded(graph), batch, Parameters.initialised(graph, seed=0))
    for name, gradient in exact.items():
        error = float((coarse[name] - gradient).norm() / gradient.norm())
        assert error < 0.03, name


def test_casts_stand_around_the_products_and_a_value_is_cast_once() -> None:
    x_w_b = ["bfloat16", "bfloat16", "bfloat16"]
    assert operations(rounded(graph_of((Dense(4, "relu"), Dropout(0.1), Dense(3)), 5))) == [
        *(*x_w_b, "linear", "relu", "dropout"),
        *(*x_w_b[1:], "linear"),
        *("full", "sparse_softmax_cross_entropy", "mean"),
    ]


def test_normalisation_is_in_float32_with_what_follows_it() -> None:
    names = operations(rounded(graph_of((Conv2D(4, 3), BatchNorm(), Conv2D(4, 3), Dense(3)), 8, 8)))
    place = names.index("batch_normalisation")
    assert (names[place - 1], names[place + 1]) == ("full", "bfloat16")


def test_recurrence_is_in_float32() -> None:
    names = operations(rounded(graph_of((LSTM(4), Dense(3)), 5, 2)))
    assert names.index("lstm") < names.index("bfloat16")


def test_what_follows_the_last_product_is_in_float32() -> None:
    names = operations(rounded(graph_of((Dense(3, "softmax"),), 5)))
    assert names[-4:] == ["full", "softmax", "sparse_cross_entropy", "mean"]


@given(seed=st.integers(0, 100_000))
@settings(max_examples=60)
def test_no_operation_but_the_cast_meets_two_precisions(seed: int) -> None:
    graph = random_graph(seed)
    products = [node for node in graph.nodes if isinstance(node.operation, PRODUCTS)]
    coarse = in_bfloat16(graph, products[::2])
    program = forward_program(coarse, coarse.nodes, coarse.outputs, batch_size=2)
    for step in program.forward:
        met = {slot.precision for slot in step.slots.values() if slot and slot.type == "number"}
        assert len(met) == 1 or isinstance(step.operation, Cast), step.title
    assert {program.slots[value].precision for value in coarse.outputs.values()} == {"full"}


@given(seed=st.integers(0, 100_000))
@settings(max_examples=30)
def test_a_plan_of_any_graph_can_be_trained_in_bfloat16(seed: int) -> None:
    graph = random_graph(seed)
    batch = batch_for(graph, BATCH_SIZE, seed)
    parameters = Parameters.initialised(graph, seed=0)
    for name, result in gradients(rounded(graph), batch, parameters).items():
        assert result.dtype == torch.float32
        assert result.isfinite().all(), name


@given(seed=st.integers(0, 100_000))
@settings(max_examples=30)
def test_shared_buffers_change_no_bit_where_two_precisions_share_them(seed: int) -> None:
    graph = random_graph(seed)
    products = [node for node in graph.nodes if isinstance(node.operation, PRODUCTS)]
    coarse = in_bfloat16(graph, products[::2])
    batch = batch_for(graph, BATCH_SIZE, seed)
    shared = gradients(coarse, batch, Parameters.initialised(graph, seed=0))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(Block, "overlaps", lambda *_: True)
        unshared = gradients(coarse, batch, Parameters.initialised(graph, seed=0))
    for name, tensor in shared.items():
        assert tensor.equal(unshared[name]), name


@pytest.mark.parametrize(("layers", "features"), [(PERCEPTRON, (20,)), (SMOOTH, (8, 8, 2))])
def test_members_in_bfloat16_have_the_gradient_that_each_has_alone(
    layers: Sequence[Layer], features: tuple[int, ...]
) -> None:
    graph = rounded(graph_of(layers, *features))
    batches = [batch_for(graph, BATCH_SIZE, seed) for seed in range(2)]
    parameters = Parameters.zeros(graph, members=2)
    for number in range(2):
        parameters.member(number).initialise(graph, seed=number)
    joint = {name: torch.stack([batch[name] for batch in batches]) for name in batches[0]}
    together = gradients(graph, joint, parameters)
    for number, batch in enumerate(batches):
        alone = gradients(graph, batch, Parameters.initialised(graph, seed=number))
        for name, gradient in alone.items():
            error = float((together[name][number] - gradient).norm() / gradient.norm())
            assert error < 0.01, name  # sums of other order round to other numbers of bfloat16


def test_float32_leaves_the_graph_as_it_is() -> None:
    graph = graph_of(PERCEPTRON, 20)
    assert with_precision(graph, "float32", BATCH_SIZE) is graph


@pytest.mark.usefixtures("slow")
def test_auto_is_float32_where_the_processor_has_no_bfloat16() -> None:
    graph = graph_of((Dense(2000, "relu"), Dense(3)), 2000)
    assert with_precision(graph, "auto", 1000) is graph


@pytest.mark.usefixtures("fast")
def test_auto_rounds_the_products_of_more_than_10_megaflop() -> None:
    # 2 x 100 x 500 x 500 = 50e6 operations, then 2 x 100 x 500 x 3 = 0.3e6.
    graph = with_precision(graph_of((Dense(500, "relu"), Dense(3)), 500), "auto", 100)
    names = operations(graph)
    assert names[3:] == ["linear", "full", "relu", "linear", *names[-2:]]


@pytest.mark.usefixtures("fast")
def test_auto_leaves_a_network_of_small_products_as_it_is() -> None:
    graph = graph_of(PERCEPTRON, 20)
    assert with_precision(graph, "auto", BATCH_SIZE) is graph


@pytest.mark.usefixtures("slow")
def test_a_run_says_where_bfloat16_is_emulated() -> None:
    assert toys.run(epochs=1, precision="bfloat16").notes[-1:] == (
        "precision: this processor has no instructions for bfloat16, so it is emulated, about ten "
        "times slower than float32. Use --precision float32, or auto, which takes bfloat16 where "
        "it is faster.",
    )
    assert (notes_on("auto"), notes_on("float32")) == ((), ())


@pytest.mark.usefixtures("fast")
def test_a_run_says_nothing_where_the_processor_has_bfloat16() -> None:
    assert notes_on("bfloat16") == ()


@pytest.mark.parametrize("name", ["amx_bf16", "avx512_bf16"])
def test_the_instructions_of_the_processor_are_detected(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    capabilities = {"amx_bf16": False, "avx512_bf16": False, "avx2": True}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert not has_bfloat16()
    capabilities[name] = True
    assert has_bfloat16()


def test_an_unknown_precision_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError) as error:
        validate(Settings, {"precision": "float16"})
    assert str(error.value) == (
        "precision: precision 'float16' is not known. Did you mean 'bfloat16'? Known are: auto, "
        "bfloat16, float32."
    )


@pytest.mark.parametrize("precision", get_args(Precision))
@pytest.mark.parametrize("task", toys.TASKS)
def test_each_task_is_trained_in_each_precision(task: Any, precision: Precision) -> None:
    run = toys.run(task, rows=400, epochs=60, learning_rate=0.02, precision=precision)
    name = "r2" if task == "regression" else "accuracy"
    assert run.test[name] > run.baseline[name] + 0.2
