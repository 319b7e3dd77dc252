"""Random numbers are a function of the seed and of what they are for."""

from itertools import combinations

import pytest
import torch

from chainrule.randomness import generator

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
