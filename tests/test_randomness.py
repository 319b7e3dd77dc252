"""Random numbers are a function of the seed and of what they are for."""

from hashlib import sha256
from itertools import combinations

import numpy as np
import pytest
import torch
from torch import Tensor

from chainrule.randomness import generator, numpy_generator, uniforms

STREAMS: list[tuple[int, str, tuple[int | str, ...]]] = [
    (0, "order", ()),
    (1, "order", ()),
    (-1, "order", ()),
    (0, "weights", ()),
    (0, "order", (0,)),
    (0, "order", (1,)),
    (0, "order", (0, 1)),
    (0, "order", (1, 0)),
    (0, "order", ("w",)),
    (0, "order", (11,)),
    (0, "order", (1, 1)),
    (2**100, "order", ()),
]


def test_the_same_arguments_give_the_same_numbers() -> None:
    first, second = (torch.rand(100, generator=generator(7, "order", 3, "w")) for _ in range(2))
    assert first.equal(second)


def test_another_seed_purpose_or_key_gives_other_numbers() -> None:
    drawn = [torch.rand(4, generator=generator(s, p, *keys)) for s, p, keys in STREAMS]
    assert not any(first.equal(second) for first, second in combinations(drawn, 2))


def test_a_draw_leaves_other_streams_and_the_global_one_as_they_were() -> None:
    state = torch.get_rng_state()
    other = torch.rand(3, generator=generator(7, "weights"))
    torch.rand(1000, generator=generator(7, "order"))
    assert torch.rand(3, generator=generator(7, "weights")).equal(other)
    assert torch.get_rng_state().equal(state)


def test_the_seed_of_a_stream_stays_the_same_in_all_versions() -> None:
    # hashlib.sha256(b"7\x1forder of samples\x1f0"), its first 8 bytes, little-endian. A run that
    # is resumed by a later version has to go on with the same numbers.
    assert generator(7, "order of samples", 0).initial_seed() == 7540534639531894667


def test_the_numbers_of_a_stream_stay_the_same_in_all_versions() -> None:
    # torch 2.13.0
    order = torch.randperm(10, generator=generator(7, "order of samples", 0))
    assert order.tolist() == [4, 3, 7, 5, 6, 1, 2, 0, 8, 9]


@pytest.mark.parametrize("seed", range(50))
def test_any_hash_is_a_seed(seed: int) -> None:
    # manual_seed takes a signed 64-bit number; half of the hashes are negative as one.
    assert 0 <= torch.rand((), generator=generator(seed, "order")) < 1


def test_the_generator_of_numpy_is_a_stream_of_its_arguments_too() -> None:
    first, second = (numpy_generator(7, "share", 3).random(100) for _ in range(2))
    assert np.array_equal(first, second)
    drawn = [numpy_generator(s, p, *keys).random(4) for s, p, keys in STREAMS]
    assert not any(np.array_equal(one, other) for one, other in combinations(drawn, 2))


def test_the_numbers_of_numpy_stay_the_same_in_all_versions() -> None:
    # numpy 2.4.6
    share = numpy_generator(7, "mixup share", 1, 0).beta(0.2, 0.2)
    assert share == pytest.approx(0.0005634636886680792, rel=1e-9)


def split_mix_64(start: int, number: int) -> int:
    """That number, from 0, of the generator as it is published, in numbers without a bound."""
    z = (start + (number + 1) * 0x9E3779B97F4A7C15) % 2**64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
    return z ^ (z >> 31)


def test_the_generator_beside_which_rows_are_tested_is_split_mix_64() -> None:
    # rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64, of the seed 1234567
    assert [split_mix_64(1234567, number) for number in range(3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


@pytest.mark.parametrize("seed", range(4))
def test_a_row_has_that_number_of_split_mix_64(seed: int) -> None:
    rows = [0, 1, 2, 59_999, 2**31, 2**40 + 7, 2**63 - 1]
    start = int.from_bytes(sha256(f"{seed}\x1fangle\x1f3".encode()).digest()[:8], "little")
    expected = [(split_mix_64(start, row) >> 11) / 2**53 for row in rows]
    assert uniforms(seed, "angle", 3, rows=torch.tensor(rows)).tolist() == expected


def test_a_row_has_its_number_whichever_rows_stand_beside_it() -> None:
    all_of_them = uniforms(7, "angle", rows=torch.arange(100))
    some = torch.tensor([[31, 4], [99, 4]])
    assert uniforms(7, "angle", rows=some).equal(all_of_them[some])
    assert uniforms(7, "angle", rows=torch.tensor(31)).equal(all_of_them[31])
    assert uniforms(7, "angle", rows=torch.arange(100)[::3]).equal(all_of_them[::3])
    assert uniforms(7, "angle", rows=torch.arange(0)).shape == (0,)


def test_another_seed_purpose_or_key_gives_a_row_another_number() -> None:
    drawn = [float(uniforms(s, p, *keys, rows=torch.tensor(5))) for s, p, keys in STREAMS]
    assert len(set(drawn)) == len(STREAMS)


def chi_square(counts: Tensor, expected: float) -> float:
    """In standard deviations from its mean, for equally likely bins."""
    freedom = counts.numel() - 1
    return float((((counts - expected) ** 2 / expected).sum() - freedom) / (2 * freedom) ** 0.5)


def test_the_numbers_are_uniform() -> None:
    drawn = uniforms(7, "angle", rows=torch.arange(1_000_000))
    assert drawn.dtype == torch.float64
    assert 0 <= drawn.min() <= drawn.max() < 1
    assert abs(chi_square(drawn.histc(1000, 0, 1), 1000)) < 5
    # The last ten of the 53 bits are as random as the first.
    assert abs(chi_square((drawn * 2**43 % 1).histc(1024, 0, 1), 1_000_000 / 1024)) < 5


@pytest.mark.parametrize(
    "other",
    [
        uniforms(7, "angle", 1, rows=torch.arange(1, 200_001)),
        uniforms(7, "angle", 2, rows=torch.arange(200_000)),
        uniforms(8, "angle", 1, rows=torch.arange(200_000)),
        uniforms(7, "area", 1, rows=torch.arange(200_000)),
    ],
    ids=["the next row", "the next epoch", "the next seed", "another purpose"],
)
def test_neighbours_are_independent(other: Tensor) -> None:
    drawn = uniforms(7, "angle", 1, rows=torch.arange(200_000))
    pairs = (drawn * 20).floor() * 20 + (other * 20).floor()
    assert abs(chi_square(pairs.histc(400, 0, 400), 500)) < 5


def test_rows_far_apart_are_as_random_as_neighbours() -> None:
    # Places within a sample are told apart by rows that lie 2^32 apart.
    drawn = uniforms(7, "angle", rows=torch.arange(200_000) * 2**32)
    assert abs(chi_square(drawn.histc(400, 0, 1), 500)) < 5
