"""Recurrent operations are those of torch.nn, and truncation is what detaching the state does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

import pytest
import torch
from torch import Tensor, nn

from chainrule.errors import InputError
from chainrule.graph.operation import OPERATIONS, Operation, create
from chainrule.graph.shape import BATCH, Shape
from chainrule.ops import Gru, Lstm, Pick, Rnn
from chainrule.ops.parts.recurrence import Recurrence
from tests.allocations import allocations
from tests.ops.bound import Bound, Case, Memory, assert_close

INPUTS, UNITS = 4, 5
BIASES = {"rnn": ("b",), "lstm": ("b",), "gru": ("b", "b_h")}


@dataclass(frozen=True)
class InTorch:
    """A layer of torch.nn, and our tensors with the blocks of their gates in its order."""

    layer: Callable[..., nn.RNNBase]
    gates: int
    order_x: tuple[int, ...]  # of w_x and b: where its first block stands in ours, its second, ...
    order_h: tuple[int, ...]  # of w_h

    def arranged(self, name: str, tensor: Tensor) -> Tensor:
        """A tensor of ours, or its gradient, as torch has it."""
        order = self.order_h if name == "w_h" else self.order_x
        blocks = tensor.chunk(self.gates)
        return torch.cat([blocks[block] for block in order])


IN_TORCH = {
    "rnn": InTorch(nn.RNN, 1, (0,), (0,)),
    # Ours: output, input, forget, candidate. Torch's: input, forget, candidate, output.
    "lstm": InTorch(nn.LSTM, 4, (1, 2, 3, 0), (1, 2, 3, 0)),
    # Ours: reset, update, candidate, and by the state candidate, reset, update. Torch's: r, u, n.
    "gru": InTorch(nn.GRU, 3, (0, 1, 2), (1, 2, 0)),
}
every_kind = pytest.mark.parametrize("kind", IN_TORCH)


def drawn(kind: str, *, batch: int = 3, steps: int = 7, units: int = UNITS) -> dict[str, Tensor]:
    """Inputs and weights of usual sizes, in double precision."""
    generator = torch.Generator().manual_seed(steps)
    gates = IN_TORCH[kind].gates
    shapes: dict[str, tuple[int, ...]] = {
        "x": (batch, steps, INPUTS),
        "w_x": (gates * units, INPUTS),
        "w_h": (gates * units, units),
        "b": (gates * units,),
        "b_h": (units,),
    }
    names = ("x", "w_x", "w_h", *BIASES[kind])
    return {n: torch.randn(shapes[n], generator=generator, dtype=torch.float64) for n in names}


def bound(kind: str, inputs: Mapping[str, Tensor], truncate: int | None = None) -> Bound:
    return Bound(Case(OPERATIONS[kind], {"truncate": truncate}), inputs)


def by_torch(
    kind: str, inputs: Mapping[str, Tensor], dy: Tensor, truncate: int | None = None
) -> dict[str, Tensor]:
    """y and the gradients of torch's layer; it runs chunk by chunk, from a detached state."""
    arrange = IN_TORCH[kind].arranged
    layer = IN_TORCH[kind].layer(INPUTS, UNITS, batch_first=True).double()
    weights = dict(layer.named_parameters())
    with torch.no_grad():
        weights["weight_ih_l0"].copy_(arrange("w_x", inputs["w_x"]))
        weights["weight_hh_l0"].copy_(arrange("w_h", inputs["w_h"]))
        weights["bias_ih_l0"].copy_(arrange("b", inputs["b"]))
        weights["bias_hh_l0"].zero_()
        if "b_h" in inputs:
            weights["bias_hh_l0"][-UNITS:] = inputs["b_h"]
    x = inputs["x"].clone().requires_grad_()
    state, parts = None, []
    for chunk in torch.split(x, truncate or x.shape[1], 1):
        if isinstance(state, tuple):
            state = tuple(part.detach() for part in state)
        elif state is not None:
            state = state.detach()
        part, state = layer(chunk, state)
        parts.append(part)
    y = torch.cat(parts, 1)
    leaves = (x, weights["weight_ih_l0"], weights["weight_hh_l0"], weights["bias_ih_l0"])
    gradients = torch.autograd.grad(y, [*leaves, weights["bias_hh_l0"]], dy)
    results = {"y": y.detach(), **dict(zip(("x", "w_x", "w_h", "b"), gradients, strict=False))}
    if "b_h" in inputs:
        results["b_h"] = gradients[-1][-UNITS:]
    return results


def check_against_torch(kind: str, inputs: dict[str, Tensor], truncate: int | None = None) -> None:
    ours = bound(kind, inputs, truncate)
    results = ours.run()
    expected = by_torch(kind, inputs, ours["dy"], truncate)
    assert results.keys() == expected.keys()
    for name, result in results.items():
        actual = result
        if name in ("w_x", "w_h", "b"):
            actual = IN_TORCH[kind].arranged(name, result)
        assert_close(actual, expected[name], 1e-10, name)


@every_kind
@pytest.mark.parametrize("steps", [1, 2, 7, 30])
@pytest.mark.parametrize("batch", [1, 3])
def test_states_and_all_gradients_are_those_of_torch(kind: str, steps: int, batch: int) -> None:
    check_against_torch(kind, drawn(kind, batch=batch, steps=steps))


@every_kind
@pytest.mark.parametrize("truncate", [1, 2, 3, 6, 7, 10])
def test_truncation_is_what_detaching_the_state_at_each_chunk_does(
    kind: str, truncate: int
) -> None:
    check_against_torch(kind, drawn(kind, steps=7), truncate)


@every_kind
def test_truncation_leaves_the_states_as_they_are(kind: str) -> None:
    inputs = drawn(kind)
    whole = bound(kind, inputs).run_forward()
    assert bound(kind, inputs, truncate=2).run_forward().equal(whole)


@every_kind
def test_truncation_changes_the_gradients(kind: str) -> None:
    inputs = drawn(kind)
    whole, truncated = bound(kind, inputs).run(), bound(kind, inputs, truncate=2).run()
    for name in ("x", "w_x", "w_h"):
        assert not torch.allclose(truncated[name], whole[name]), name


@every_kind
def test_no_gradient_passes_from_a_chunk_to_the_one_before_it(kind: str) -> None:
    # Steps 0 to 2, 3 to 5, and 6, whose output alone the loss depends on.
    ours = bound(kind, drawn(kind, steps=7), truncate=3)
    ours["dy"].zero_()[:, 6] = 1
    dx = ours.run()["x"]
    assert not dx[:, :6].any()
    assert dx[:, 6].all()


@every_kind
def test_a_second_step_with_other_numbers_remembers_nothing_of_the_first(kind: str) -> None:
    inputs, others = drawn(kind, steps=7), drawn(kind, steps=7)
    others["x"] = others["x"].flip(1)
    used = bound(kind, inputs)
    used.run()
    used["x"].copy_(others["x"])
    fresh = bound(kind, others)
    fresh["dy"].copy_(used["dy"])
    expected = fresh.run()
    for name, result in used.run().items():
        assert result.equal(expected[name]), name


@pytest.mark.parametrize("stretch", [0.5, 1.5])
def test_the_gradient_of_a_simple_network_grows_or_fades_with_every_step_back(
    stretch: float,
) -> None:
    # Near 0, where tanh is the identity, a step back is a product with W_h^T and nothing else.
    rotation, _ = torch.linalg.qr(drawn("rnn")["w_h"])
    inputs = {
        "x": torch.zeros(1, 20, UNITS, dtype=torch.float64),
        "w_x": torch.eye(UNITS, dtype=torch.float64),
        "w_h": stretch * rotation,
        "b": torch.zeros(UNITS, dtype=torch.float64),
    }
    ours = bound("rnn", inputs)
    ours["dy"].zero_()[:, -1, 0] = 1
    norms = ours.run()["x"][0].norm(dim=1)
    expected = torch.tensor([stretch**back for back in range(19, -1, -1)], dtype=torch.float64)
    torch.testing.assert_close(norms, expected, rtol=1e-10, atol=0)


def test_through_open_forget_gates_the_gradient_of_a_cell_does_not_fade() -> None:
    inputs = drawn("lstm", batch=1, steps=50)
    inputs["x"] = inputs["x"][:, :1].expand(-1, 50, -1).clone()  # so that all steps are alike
    inputs["w_h"].zero_()
    inputs["w_x"][2 * UNITS : 3 * UNITS] = 0
    inputs["b"][2 * UNITS : 3 * UNITS] = 40  # sigmoid gives 1
    ours = bound("lstm", inputs)
    ours["dy"].zero_()[:, -1] = 1
    dx = ours.run()["x"][0]
    # The last step acts on the output gate too.
    torch.testing.assert_close(dx[:-1], dx[:1].expand(49, -1), rtol=1e-10, atol=0)
    assert dx[0].any()


@every_kind
def test_kernels_allocate_nothing_however_many_units_there_are(kind: str) -> None:
    inputs = {n: t.float() for n, t in drawn(kind, batch=32, steps=6, units=20).items()}
    layouts: list[Memory] = ["rows", "columns"]
    for of_x, of_dy in product(layouts, layouts):
        case = Case(OPERATIONS[kind], {})
        ours = Bound(case, inputs, memory={"x": of_x, "dy": of_dy})
        assert allocations([*ours.forward, *ours.backward]) == [], (of_x, of_dy)


@every_kind
def test_each_weight_is_multiplied_once_for_each_step_of_each_sample(kind: str) -> None:
    shapes = {name: tuple(t.shape) for name, t in drawn(kind, batch=3, steps=7).items()}
    work = 2 * 3 * 7
    by_inputs, by_states = work * math.prod(shapes["w_x"]), work * math.prod(shapes["w_h"])
    operation = OPERATIONS[kind].operation()
    assert isinstance(operation, Recurrence)
    flops = operation.flops
    assert flops("y", **shapes) == by_inputs + by_states
    assert flops("dw_x", **shapes) == flops("dx", **shapes) == by_inputs
    assert flops("dw_h", **shapes) == flops("dz", **shapes) == by_states
    assert flops("b", **shapes) == math.prod(shapes["b"])


MESSAGES: list[tuple[Operation, tuple[Shape, ...], str]] = [
    (
        Rnn(),
        ((BATCH, 8), (5, 8), (5, 5), (5,)),
        "rnn got x (batch, 8), w_x (5, 8), w_h (5, 5), b (5); expected sequences x (batch, time, "
        "inputs), w_x (units, inputs), w_h (units, units), b (units).",
    ),
    (
        Lstm(),
        ((BATCH, 7, 8), (20, 8), (20, 4), (20,)),
        "lstm got x (batch, 7, 8), w_x (20, 8), w_h (20, 4), b (20); expected sequences x (batch, "
        "time, inputs), w_x (4 units, inputs), w_h (4 units, units), b (4 units).",
    ),
    (
        Gru(),
        ((BATCH, 7, 8), (15, 8), (15, 5), (15,), (15,)),
        "gru got w_h (15, 5), b_h (15); expected a bias for each unit, b_h (5).",
    ),
    (
        Pick(),
        ((BATCH, 8),),
        "pick got x (batch, 8) for axis -2; expected a batch of samples that have this axis.",
    ),
    (
        Pick(axis=-1, index=8),
        ((BATCH, 8),),
        "pick got x (batch, 8), whose axis -1 has no index 8; expected one from -8 to 7.",
    ),
]


@pytest.mark.parametrize(("operation", "shapes", "message"), MESSAGES)
def test_a_shape_that_does_not_fit_is_named_with_what_was_expected(
    operation: Operation, shapes: tuple[Shape, ...], message: str
) -> None:
    with pytest.raises(InputError) as error:
        operation.shape(*shapes)
    assert str(error.value) == message


@every_kind
@pytest.mark.parametrize("truncate", [0, -3, 2.5])
def test_chunks_without_a_step_are_refused(kind: str, truncate: int) -> None:
    with pytest.raises(InputError) as error:
        create(kind, {"truncate": truncate})
    assert str(error.value) == (
        f"{kind.title()}: got truncate={truncate}, expected a whole number of at least 1, such as "
        "truncate=16."
    )


def test_an_axis_that_is_counted_from_the_front_is_refused() -> None:
    with pytest.raises(InputError, match="Pick: got axis=1, expected a whole number below 0"):
        Pick(axis=1)


def test_what_is_not_picked_has_no_gradient() -> None:
    x = torch.arange(12.0).view(2, 3, 2)
    picked = Bound(Case(OPERATIONS["pick"], {"index": 1}), {"x": x})
    picked["dy"].fill_(7)
    results = picked.run()
    assert results["y"].tolist() == [[2, 3], [8, 9]]
    assert results["x"].tolist() == [[[0, 0], [7, 7], [0, 0]]] * 2
