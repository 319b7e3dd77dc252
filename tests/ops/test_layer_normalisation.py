"""Layer normalisation: each sample by itself."""

from itertools import product
from typing import get_args

import pytest
import torch
from torch.nn import functional

from chainrule.errors import InputError
from chainrule.graph.operation import Layout, Sample
from chainrule.graph.shape import BATCH, Shape
from chainrule.ops import LayerNormalisation
from tests.allocations import allocations
from tests.ops.bound import Bound, Case, assert_close, check_gradients, inputs_of
from tests.ops.shaped import case_of

ROWS = case_of("layer_normalisation", x=Sample((BATCH, 5)))
PICTURES = case_of("layer_normalisation", x=Sample((BATCH, 3, 2, 5)))
every_case = pytest.mark.parametrize("case", [ROWS, PICTURES], ids=["rows", "pictures"])


@every_case
def test_gradients_of_vectors_and_of_pictures_are_the_derivatives(case: Case) -> None:
    check_gradients(case, inputs_of(case))


@every_case
@pytest.mark.parametrize("layout", get_args(Layout))
def test_output_and_gradients_equal_those_of_torch(case: Case, layout: Layout) -> None:
    inputs = inputs_of(case)
    bound = Bound(case, inputs, memory={"x": layout})
    x, scale, shift = (inputs[n].clone().requires_grad_() for n in ("x", "scale", "shift"))
    y = functional.layer_norm(x, (5,), scale, shift)
    expected = torch.autograd.grad(y, [x, scale, shift], bound["dy"])
    results = bound.run()
    assert_close(results["y"], y.detach(), 1e-12)
    for name, gradient in zip(("x", "scale", "shift"), expected, strict=True):
        assert_close(results[name], gradient, 1e-11, name)


def test_each_sample_has_mean_0_and_variance_1_before_scale_and_shift() -> None:
    inputs = inputs_of(ROWS)
    y = Bound(ROWS, inputs | {"scale": torch.ones(5), "shift": torch.zeros(5)}).run_forward()
    assert_close(y.mean(-1), torch.zeros(3, dtype=torch.float64), 1e-12)
    assert_close(y.var(-1, correction=0), torch.ones(3, dtype=torch.float64), 1e-3)


def test_a_sample_is_the_same_in_any_batch() -> None:
    inputs = inputs_of(ROWS)
    together = Bound(ROWS, inputs).run_forward()
    alone = Bound(ROWS, inputs | {"x": inputs["x"][1:2]}).run_forward()
    assert alone.equal(together[1:2])


@every_case
def test_nothing_is_allocated(case: Case) -> None:
    inputs = inputs_of(case, {BATCH: 32}, dtype=torch.float32)
    for x, dy in product(get_args(Layout), repeat=2):
        bound = Bound(case, inputs, memory={"x": x, "dy": dy})
        assert allocations([*bound.forward, *bound.backward]) == []


@pytest.mark.parametrize("x", [(BATCH,), (3, 4), (BATCH, 5)])
def test_shapes_that_do_not_fit_are_refused(x: Shape) -> None:
    message = r"^layer_normalisation got x .*, scale \(4\), shift \(4\); expected x \(batch, \.\.\."
    with pytest.raises(InputError, match=message):
        LayerNormalisation().shape(x, (4,), (4,))
