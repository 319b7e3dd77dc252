"""The compiled kernels by themselves: their formulas, their extremes, and what they refuse."""

from functools import partial

import pytest
import torch
from torch import Tensor

from chainrule.data.preparation.byte_features import ByteFeatures, look_up
from chainrule.graph.operation import Call
from chainrule.native import CompiledCalls, compile_calls, lower_calls, merge_calls
from chainrule.native.library import library

pytestmark = pytest.mark.skipif(library() is None, reason="there is no C compiler here")

EXTREMES = torch.tensor([0.0, -0.0, 1e-30, -1e-30, 88.7, 89.0, -87.0, -104.0, 1e30, -1e30])
NOT_FINITE = torch.tensor([torch.inf, -torch.inf, torch.nan])
EVERYWHERE = torch.cat([torch.linspace(-100, 100, 20_001), torch.linspace(-1, 1, 4_001), EXTREMES])


def run(*calls: Call) -> None:
    ready = compile_calls(lower_calls(calls))
    assert all(isinstance(call, CompiledCalls) for call in ready), "a call has no kernel"
    for call in ready:
        call()


@pytest.mark.parametrize("name", ["exp", "sigmoid", "tanh"])
def test_functions_are_exact_to_a_few_units_in_the_last_place(name: str) -> None:
    function = getattr(torch, name)
    x = torch.cat([EVERYWHERE, NOT_FINITE])
    y = torch.empty_like(x)
    run(partial(function, x, out=y))
    exact = function(x.double())
    subnormal = exact.abs() < torch.finfo(torch.float32).tiny
    torch.testing.assert_close(
        y[~subnormal], exact[~subnormal].float(), rtol=4e-7, atol=0, equal_nan=True
    )
    assert (y[subnormal].abs() <= torch.finfo(torch.float32).tiny).all()


def test_log_softmax_holds_scores_that_are_far_apart() -> None:
    x = torch.tensor([[1e4, 0.0, -1e4], [-3e38, 3e38, 0.0], [1.0, 2.0, 3.0]])
    y = torch.empty_like(x)
    run(partial(torch.log_softmax, x, -1, out=y))
    torch.testing.assert_close(y, torch.log_softmax(x, -1))


@pytest.mark.parametrize("call", ["clamp_min", "exp", "sigmoid", "tanh"])
def test_what_is_no_number_stays_visible(call: str) -> None:
    x = torch.tensor([torch.nan, 1.0])
    y = torch.empty_like(x)
    arguments = (0,) if call == "clamp_min" else ()
    run(partial(getattr(torch, call), x, *arguments, out=y))
    assert y[0].isnan()
    assert not y[1].isnan()


@pytest.mark.parametrize("index", [-1, 3, 2**40])
def test_a_class_that_is_not_there_is_no_number_and_spoils_nothing(index: int) -> None:
    x, t = torch.ones(1, 3), torch.tensor([[index]])
    picked = torch.zeros(1, 1)
    run(partial(torch.gather, x, -1, t, out=picked), partial(x.scatter_add_, -1, t, picked))
    assert picked.isnan().all()
    assert x.equal(torch.ones(1, 3))


def test_samples_are_picked_whole_and_whatever_their_type() -> None:
    rows = torch.tensor([2, 0, 2])
    for samples in (torch.rand(3, 4, 5), torch.arange(3), torch.rand(3, 2).double()):
        picked = samples.new_empty(3, *samples.shape[1:])
        run(partial(torch.index_select, samples, 0, rows, out=picked))
        assert picked.equal(samples[rows])
    missing = torch.zeros(1)
    run(partial(torch.index_select, torch.rand(3), 0, torch.tensor([3]), out=missing))
    assert missing.isnan().all()


@pytest.mark.parametrize("channels", [1, 3])
def test_bytes_of_samples_are_looked_up_by_channel(channels: int) -> None:
    values = torch.rand(channels, 256)
    kept = ByteFeatures(torch.randint(256, (9, 5, 4, channels), dtype=torch.uint8), values)
    rows = torch.tensor([8, 0, 3, 3])
    x = torch.empty(4, 5, 4, channels)
    run(partial(look_up, kept.bytes, values, rows, out=x))
    assert x.equal(kept[rows])
    for missing in (-1, 9):
        run(partial(look_up, kept.bytes, values, torch.tensor([missing]), out=x[:1]))
        assert x[0].isnan().all()
        assert x[1].equal(kept[rows][1])


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_merged_calls_give_what_each_gives_alone(threads: int) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        numbers, halves, sums = torch.rand(7, 300), torch.zeros(7, 300), torch.zeros(7, 1)
        # The sum needs what the other kernel makes, of another thread.
        calls = [
            [
                partial(torch.mul, x, 0.5, out=half),
                partial(torch.sum, half, 0, keepdim=True, out=total),
            ][: 1 if number == 3 else 2]
            for number, (x, half, total) in enumerate(zip(numbers, halves, sums, strict=True))
        ]
        runs = [call for each in calls for call in compile_calls(lower_calls(each))]
        assert all(isinstance(call, CompiledCalls) for call in runs)
        merge_calls([call for call in runs if isinstance(call, CompiledCalls)])()
    finally:
        torch.set_num_threads(before)
    assert halves.equal(numbers / 2)
    expected = numbers.sum(1, keepdim=True) / 2
    expected[3] = 0
    torch.testing.assert_close(sums, expected)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_no_thread_reads_what_another_has_still_to_write(threads: int) -> None:
    # A chain in which each link reads all that the one before it wrote, divided otherwise.
    n = 257
    a, b, c = (torch.empty(n, n) for _ in range(3))
    sums, ones = torch.empty(n), torch.ones(n)
    generator = torch.Generator().manual_seed(0)
    start = torch.rand(n, n, generator=generator)
    calls = [
        partial(torch.mul, start, 1 / n, out=a),
        partial(torch.mm, a, start, out=b),
        partial(torch.add, b.mT, a, out=c),
        partial(torch.mv, c, ones, out=sums),
        partial(torch.mul, c, sums, out=b),
        partial(torch.mm, b.mT, a, out=c),
        partial(torch.sigmoid, c, out=c),
        partial(torch.sum, c, 1, out=sums),
    ]
    for call in calls:
        call()
    expected = sums.clone()
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        for _ in range(50):
            sums.fill_(torch.nan)
            run(*calls)
            torch.testing.assert_close(sums, expected)
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    "call",
    [
        partial(torch.erf, torch.ones(2), out=torch.empty(2)),
        partial(torch.add, torch.ones(2).double(), 1, out=torch.empty(2).double()),
        partial(torch.sum, torch.ones(2, 2), 0, dtype=torch.float32, out=torch.empty(2)),
        partial(torch.mul, torch.ones(0), 2, out=torch.empty(0)),
        partial(torch.mm, torch.ones(4, 4)[::2, ::2], torch.ones(2, 2), out=torch.empty(2, 2)),
        print,
    ],
    ids=["unknown", "float64", "unknown setting", "empty", "with gaps both ways", "not torch's"],
)
def test_what_is_not_understood_is_called_as_before(call: Call) -> None:
    assert lower_calls([call]) == [call]


def test_calls_between_kernels_keep_their_place() -> None:
    order: list[Tensor] = []
    x = torch.ones(3)
    calls: list[Call] = [partial(x.mul_, 2), lambda: order.append(x.clone()), partial(x.add_, 1)]
    ready = compile_calls(lower_calls(calls))
    assert [isinstance(call, CompiledCalls) for call in ready] == [True, False, True]
    for call in ready:
        call()
    assert order[0].equal(torch.full((3,), 2.0))
    assert x.equal(torch.full((3,), 3.0))
