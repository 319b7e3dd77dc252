"""A newcomer adds a method in one file: the files of the book's page, as they stand there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch

import chainrule as cr
from chainrule.cli.methods import method_kinds
from chainrule.data.table import Column, Table
from chainrule.graph.operation import OPERATIONS
from chainrule.graph.shape import BATCH
from chainrule.layers.activations import initialiser_for
from chainrule.numeric import apply
from chainrule.plan import Parameters
from chainrule.registry import named
from chainrule.training.objective.objective import objective_graph
from chainrule.training.optimizers import OPTIMIZERS, FullBatchOptimizer, GradientOptimizer
from tests.allocations import allocations
from tests.book import ENGLISH, ROOT, fences, registries_restored
from tests.ops.bound import (
    Bound,
    Case,
    axis_names,
    check_against_reference,
    check_gradients,
    inputs_of,
)

FILES = {
    Path(fence.title): fence.text for fence in fences(ENGLISH / "add_your_own.md") if fence.title
}
NEW_OPERATIONS = ("softsign", "log_cosh")


@pytest.fixture(autouse=True)
def _files_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The three files in a folder of their own, imported; nothing of them stays."""
    monkeypatch.syspath_prepend(tmp_path)
    with registries_restored():
        for path, text in FILES.items():
            (tmp_path / path.name).write_text(text, encoding="utf-8")
            import_module(path.stem)
        yield
    for path in FILES:
        del sys.modules[path.stem]


def samples(rows: int = 200) -> Table:
    """Three columns of noise, and a number that follows from them."""
    a, b, c = np.random.default_rng(0).normal(size=(3, rows))
    columns = (Column("a", a), Column("b", b), Column("c", c))
    return Table("toy.csv", columns, Column("target", 10 * a - b * c))


def test_each_file_has_a_place_that_exists_and_a_name_that_is_free() -> None:
    assert len(FILES) == 3
    for path in FILES:
        assert (ROOT / path).parent.is_dir()
        assert not (ROOT / path).exists()


@pytest.mark.parametrize("name", NEW_OPERATIONS)
def test_the_gradient_check_finds_the_operation_and_accepts_it(name: str) -> None:
    check_gradients(Case(OPERATIONS[name], {}), inputs_of(Case(OPERATIONS[name], {})))


@pytest.mark.parametrize("name", NEW_OPERATIONS)
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-5), (torch.bfloat16, 0.05)]
)
def test_the_operation_equals_its_reference(
    name: str, dtype: torch.dtype, tolerance: float
) -> None:
    case = Case(OPERATIONS[name], {})
    check_against_reference(case, inputs_of(case, dtype=dtype), tolerance)


@pytest.mark.parametrize("name", NEW_OPERATIONS)
def test_the_operation_allocates_nothing_in_a_step(name: str) -> None:
    case = Case(OPERATIONS[name], {})
    sizes = dict.fromkeys(axis_names(), 20) | {BATCH: 32}
    bound = Bound(case, inputs_of(case, sizes, dtype=torch.float32))
    assert allocations([*bound.forward, *bound.backward]) == []


def test_the_activation_is_there_by_name_with_the_initialiser_that_suits_it() -> None:
    network = cr.Network(cr.Dense(8, "softsign"), cr.Dense(1))
    draw = torch.Generator().manual_seed(0)
    x, t = (torch.randn(6, n, generator=draw, dtype=torch.float64) for n in (4, 1))
    errors = cr.check_gradients(network, (x, t))
    assert max(errors.values()) < 1e-6
    assert initialiser_for("softsign") == cr.Xavier()


def test_softsign_is_half_way_to_its_end_at_1() -> None:
    assert apply("softsign", [-1, 0, 1, 3]).tolist() == [-0.5, 0, 0.5, 0.75]


def test_log_cosh_is_half_the_squared_error_near_zero_and_the_absolute_one_far_out() -> None:
    near, far = float(apply("log_cosh", [1e-3], [0])), float(apply("log_cosh", [1e3], [0]))
    assert near == pytest.approx(1e-6 / 2, rel=1e-6)
    assert far == pytest.approx(1e3 - np.log(2))


def test_the_optimizer_moves_each_weight_by_the_learning_rate_against_the_sign() -> None:
    graph = objective_graph(cr.Network(cr.Dense(1)), (3,), "regression", 0)
    parameters = Parameters.zeros(graph)
    update = _made("signum:momentum=0.5").bind(parameters)
    parameters.gradient.copy_(torch.linspace(-1, 1, len(parameters.gradient)))
    signs = parameters.gradient.sign()
    update(0.1)
    assert torch.equal(parameters.weights, -0.1 * signs)
    parameters.gradient.mul_(-0.25)  # too small to turn the mean around
    update(0.1)
    assert torch.allclose(parameters.weights, -0.2 * signs)


def test_training_takes_all_three_by_name() -> None:
    run = cr.train(
        cr.Network(cr.Dense(16, "softsign"), cr.Dense(1)),
        samples(),
        loss="log_cosh",
        optimizer="signum:momentum=0.8",
        learning_rate=0.01,
        epochs=30,
        progress=False,
    )
    assert run.test["r2"] > 0.8


def test_a_setting_out_of_its_range_is_refused() -> None:
    with pytest.raises(cr.InputError, match=r"momentum=1\.5, expected a number from 0 to below 1"):
        _made("signum:momentum=1.5")


@pytest.mark.parametrize(
    ("kind", "name"),
    [("activations", "softsign"), ("losses", "log_cosh"), ("optimizers", "signum")],
)
def test_the_list_of_methods_has_it(kind: str, name: str) -> None:
    assert method_kinds()[kind].methods[name].sentence


def _made(text: str) -> GradientOptimizer:
    optimizer = named(text, OPTIMIZERS)
    assert not isinstance(optimizer, FullBatchOptimizer)
    return optimizer
