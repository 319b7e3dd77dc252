"""Compiled calls hold what torch's calls compute, for every operation. None is named here."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.native import compile_calls, lower_calls
from chainrule.native.library import library
from tests.ops.bound import (
    Bound,
    Case,
    Memory,
    assert_close,
    axis_names,
    cases_of_every_op,
    inputs_of,
)

pytestmark = pytest.mark.skipif(library() is None, reason="there is no C compiler here")

every_op = pytest.mark.parametrize("case", cases_of_every_op(), ids=str)
sizes = st.fixed_dictionaries({name: st.integers(1, 40) for name in axis_names()})


def natively(bound: Bound) -> Bound:
    bound.forward = compile_calls(lower_calls(bound.forward))
    bound.backward = compile_calls(lower_calls(bound.backward))
    return bound


@every_op
@given(
    sizes=sizes,
    seed=st.integers(0, 1000),
    layout=st.sampled_from(["rows", "columns"]),
    members=st.sampled_from([None, 3]),
    threads=st.integers(1, 3),
)
@settings(max_examples=12)
def test_compiled_calls_give_what_the_calls_give(
    case: Case, sizes: dict[str, int], seed: int, layout: Memory, members: int | None, threads: int
) -> None:
    inputs = inputs_of(case, sizes, seed=seed, dtype=torch.float32, members=members)
    memory: dict[str, Memory] = dict.fromkeys([*case.kind.inputs, "dy"], layout)
    expected = Bound(case, inputs, memory=memory, members=members, dy_seed=seed).run()
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        results = natively(Bound(case, inputs, memory=memory, members=members, dy_seed=seed)).run()
    finally:
        torch.set_num_threads(before)
    for name, result in results.items():
        least = 0.1 if name == "y" else 1e3  # as large as dy: where sums cancel, rounding remains
        assert_close(result, expected[name], 1e-5, name, least)
