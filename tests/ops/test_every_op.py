"""What holds for every registered operation. None is named here: a new one is found."""

from itertools import product
from typing import get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.graph.operation import Layout
from chainrule.graph.shape import BATCH
from tests.allocations import allocations
from tests.ops.bound import (
    Bound,
    Case,
    Memory,
    assert_close,
    axis_names,
    cases_of_every_op,
    check_against_reference,
    check_gradients,
    inputs_of,
    laid_out,
)

CASES = cases_of_every_op()
MEMBERS = 3
every_op = pytest.mark.parametrize("case", CASES, ids=str)
every_layout = pytest.mark.parametrize("layout", get_args(Layout))

sizes = st.fixed_dictionaries({name: st.integers(1, 5) for name in axis_names()})
seeds = st.integers(0, 1000)


def promises_in_place() -> list[tuple[Case, str, str]]:
    return [
        (case, written, candidate)
        for case in CASES
        for written, candidates in case.kind.in_place.items()
        for candidate in candidates
    ]


def layouts_of(case: Case) -> list[dict[str, Memory]]:
    """Every way in which a plan could lay out the inputs that hold batches, and dy.

    dy may lie otherwise than y, where add passed on the gradient of a sum with other values.
    """
    names = [*case.batched, "dy"]
    return [
        dict(zip(names, chosen, strict=True))
        for chosen in product(get_args(Layout), repeat=len(names))
    ]


@every_op
@given(sizes=sizes, seed=seeds)
@settings(max_examples=10)
def test_backward_is_the_derivative_of_forward(
    case: Case, sizes: dict[str, int], seed: int
) -> None:
    check_gradients(case, inputs_of(case, sizes, seed=seed), dy_seed=seed)


@every_op
@given(sizes=sizes, seed=seeds)
@settings(max_examples=10)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-5)])
def test_forward_and_backward_equal_the_reference_and_torch_autograd(
    case: Case, dtype: torch.dtype, tolerance: float, sizes: dict[str, int], seed: int
) -> None:
    inputs = inputs_of(case, sizes, seed=seed, dtype=dtype)
    check_against_reference(case, inputs, tolerance, dy_seed=seed)


@every_op
def test_bfloat16_gives_the_same_within_its_precision(case: Case) -> None:
    # Two or three digits, of which the exponent of a rounded logarithm loses one.
    inputs = inputs_of(case, dtype=torch.bfloat16)
    check_against_reference(case, inputs, tolerance=0.05)


@every_op
def test_a_gradient_that_nobody_wants_is_left_out_and_the_others_stay(case: Case) -> None:
    inputs = inputs_of(case)
    all_of_them = Bound(case, inputs).run()
    for unwanted in case.differentiable:
        wanted = [name for name in case.differentiable if name != unwanted]
        results = Bound(case, inputs, wanted=wanted).run()
        assert list(results) == ["y", *wanted]
        for name, result in results.items():
            assert result.equal(all_of_them[name])


@every_op
@every_layout
def test_members_in_one_call_equal_as_many_separate_calls(case: Case, layout: Layout) -> None:
    inputs = inputs_of(case, members=MEMBERS)
    memory: dict[str, Memory] = dict.fromkeys(case.kind.inputs, layout)
    together = Bound(case, inputs, memory=memory, members=MEMBERS)
    results = together.run()
    for member in range(MEMBERS):
        alone = Bound(case, {n: t[member] for n, t in inputs.items()}, memory=memory)
        alone["dy"].copy_(together["dy"][member])
        for name, result in alone.run().items():
            assert_close(results[name][member], result, 1e-13, f"member {member}: {name}")


@pytest.mark.parametrize(("case", "written", "candidate"), promises_in_place(), ids=str)
@every_layout
def test_a_buffer_may_take_over_the_memory_that_in_place_promises(
    case: Case, written: str, candidate: str, layout: Layout
) -> None:
    inputs = inputs_of(case)
    memory: dict[str, Memory] = dict.fromkeys(case.kind.inputs, layout)
    apart = Bound(case, inputs, memory=memory).run()
    over = Bound(case, inputs, memory=memory, over=(written, candidate))
    assert over[written].data_ptr() == over[candidate].data_ptr()
    if written in case.kind.forward and candidate in case.kind.backward:
        # Only a plan without backward takes this memory over.
        assert over.run_forward().equal(apart["y"])
    else:
        results = over.run()
        results["y"] = apart["y"] if candidate == "y" else results["y"]
        for name, result in results.items():
            assert result.equal(apart[name]), name


@every_op
def test_the_order_of_memory_changes_no_result(case: Case) -> None:
    inputs = inputs_of(case)
    expected = Bound(case, inputs).run()
    for memory in layouts_of(case):
        for name, result in Bound(case, inputs, memory=memory).run().items():
            assert_close(result, expected[name], 1e-13, f"{memory}: {name}")


@pytest.mark.parametrize("case", [case for case in CASES if not case.kind.views], ids=str)
def test_what_is_read_may_have_gaps_in_memory(case: Case) -> None:
    inputs = inputs_of(case)
    expected = Bound(case, inputs).run()
    gaps = Bound(case, inputs, memory=dict.fromkeys([*case.kind.inputs, "dy"], "gaps"))
    assert not any(gaps[n].is_contiguous() for n in case.kind.inputs if gaps[n].dim())
    for name, result in gaps.run().items():
        assert_close(result, expected[name], 1e-13, name)


@pytest.mark.parametrize("case", [case for case in CASES if not case.kind.allocates], ids=str)
def test_kernels_allocate_nothing_once_bound(case: Case) -> None:
    sizes = dict.fromkeys(axis_names(), 20) | {BATCH: 32}
    inputs = inputs_of(case, sizes, dtype=torch.float32)
    for memory in layouts_of(case):
        bound = Bound(case, inputs, memory=memory)
        assert allocations([*bound.forward, *bound.backward]) == [], memory


@every_op
def test_forward_fills_y_and_backward_every_wanted_gradient(case: Case) -> None:
    for name, result in Bound(case, inputs_of(case)).run().items():
        assert result.isfinite().all(), name


def test_columns_put_the_samples_of_one_feature_beside_each_other() -> None:
    assert laid_out(torch.zeros(3, 4), "columns", 0).stride() == (1, 3)
