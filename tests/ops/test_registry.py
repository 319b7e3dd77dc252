"""The registry finds every operation, and the tests that loop over it notice a wrong one."""

import copy
import pkgutil
from functools import partial
from importlib import import_module

import pytest
import torch
from torch import Tensor

import chainrule.ops
from chainrule.graph import operation as registry
from chainrule.graph.operation import OVER_X, Calls, create, op, operation_kind, settings_of
from chainrule.graph.shape import Shape
from tests.ops.bound import Bound, Case, cases_of_every_op, check_gradients, inputs_of


@pytest.fixture(autouse=True)
def _registry_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "OPERATIONS", copy.copy(registry.OPERATIONS))


class Cube:
    """y = x^3, for tests."""

    def shape(self, x: Shape) -> Shape:
        return x

    def reference(self, x: Tensor) -> Tensor:
        return x**3

    def forward(self, x: Tensor, y: Tensor) -> Calls:
        return [partial(torch.pow, x, 3, out=y)]

    def backward(self, x: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        return [lambda: torch.mul(3 * x**2, dy, out=dx)] if dx is not None else []


class CubeWrongByAThousandth(Cube):
    """y = x^3, with a derivative that is not quite that."""

    def backward(self, x: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        return [lambda: torch.mul(3.003 * x**2, dy, out=dx)] if dx is not None else []


class CubeThatReadsZ(Cube):
    """Its backward asks for what does not exist."""

    def backward(self, z: Tensor, dy: Tensor, dx: Tensor | None) -> Calls:
        return []


def test_every_module_of_operations_is_registered_when_the_package_is_imported() -> None:
    modules = {name for _, name, _ in pkgutil.iter_modules(chainrule.ops.__path__)}
    before = set(registry.OPERATIONS)
    for name in modules:
        import_module(f"chainrule.ops.{name}")
    assert set(registry.OPERATIONS) == before


def test_what_is_exported_are_registered_operations() -> None:
    exported = {getattr(chainrule.ops, name) for name in chainrule.ops.__all__}
    assert exported <= {case.kind.operation for case in cases_of_every_op()}


def test_the_gradient_check_accepts_a_right_derivative() -> None:
    op("cube")(type("Cube", (Cube,), {}))
    check_gradients(_case("cube"), inputs_of(_case("cube")))


def test_the_gradient_check_refuses_a_derivative_wrong_by_a_thousandth() -> None:
    op("cube")(CubeWrongByAThousandth)
    with pytest.raises(AssertionError, match=r"^cube: gradient of x: wrong by 1\.0e-03"):
        check_gradients(_case("cube"), inputs_of(_case("cube")))


def test_a_promise_of_in_place_that_cannot_be_kept_is_noticed() -> None:
    class Twice(Cube):
        def forward(self, x: Tensor, y: Tensor) -> Calls:
            return [y.zero_, partial(y.add_, x), partial(y.add_, x)]

    op("twice", in_place=OVER_X)(Twice)
    inputs = inputs_of(_case("twice"))
    apart = Bound(_case("twice"), inputs).run_forward()
    over = Bound(_case("twice"), inputs, over=("y", "x")).run_forward()
    assert not over.equal(apart)


def test_a_backward_with_an_unknown_argument_is_refused() -> None:
    message = "operation 'cube': z is neither an input, 'y', a workspace, nor the gradient of one"
    with pytest.raises(TypeError, match=message):
        op("cube")(CubeThatReadsZ)
    assert "cube" not in registry.OPERATIONS


def test_a_name_is_registered_once() -> None:
    op("cube")(type("Cube", (Cube,), {}))
    with pytest.raises(TypeError, match="operation 'cube' is registered already"):
        op("cube")(CubeWrongByAThousandth)


@pytest.mark.parametrize("case", cases_of_every_op(), ids=str)
def test_name_and_settings_make_an_operation_again(case: Case) -> None:
    operation = case.operation
    assert create(operation_kind(operation).name, settings_of(operation)) == operation


def test_an_unknown_operation_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ValueError, match=r"'sigmod' is not known\. Did you mean 'sigmoid'"):
        create("sigmod", {})


def test_an_operation_can_be_compared_and_not_changed() -> None:
    operation = create("mean", {"axis": -1})
    assert operation == create("mean", {"axis": -1}) != create("mean", {"axis": None})
    with pytest.raises(AttributeError, match="axis"):
        operation.axis = None  # type: ignore[attr-defined]  # on purpose


def _case(name: str) -> Case:
    return Case(registry.OPERATIONS[name], {})
