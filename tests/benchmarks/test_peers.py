"""The benchmark compares like with like: peers begin with the same weights and take the same steps.

Those in libraries of the extra `peers` are held to this by the benchmark itself, before it times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import networks, samples
from benchmarks.networks import Weights
from benchmarks.peers import PEERS, pytorch
from benchmarks.peers.ours import OurTraining, initial_weights
from benchmarks.peers.peer import OneAfterAnother
from benchmarks.race import distance
from benchmarks.samples import Samples
from benchmarks.works import SHAPES, WORKS, Data, Work, work_named

STEPS = 4
# Of one network each; precisions and batch sizes change nothing in how a network is built.
KINDS = {
    work.network: replace(work, batch_size=16) for work in WORKS if work.precision == "float32"
}
every_kind = pytest.mark.parametrize("work", KINDS.values(), ids=lambda work: work.name)


@pytest.fixture(autouse=True)
def subnormals_as_before() -> Iterator[None]:
    """PyTorch's peer has them flushed for the rest of its process, which here has other tests."""
    yield
    torch.set_flush_denormal(False)


def small_samples(work: Work) -> Samples:
    draw = np.random.default_rng(0)
    shape = (STEPS * work.batch_size, *SHAPES[work.data])
    x = draw.random(shape, dtype=np.float32)
    if work.classes:
        t = draw.integers(0, work.classes, len(x))
        return Samples(x, t, x, t)
    numbers = x.reshape(len(x), -1).sum(1, keepdims=True)
    return Samples(x, numbers, x, numbers)


def given_weights(work: Work) -> Weights:
    """Initial weights with an axis of members."""
    members = [initial_weights(work, seed) for seed in range(work.members)]
    return {key: np.stack([member[key] for member in members]) for key in members[0]}


def rows_of(work: Work) -> np.ndarray:
    order = [np.random.default_rng(m).permutation(STEPS * 16) for m in range(work.members)]
    return np.stack(order).reshape(work.members, STEPS, 16)


@every_kind
def test_pytorch_begins_where_chainrule_begins(work: Work) -> None:
    weights = given_weights(work)
    theirs = OneAfterAnother(pytorch.begin, work, weights, small_samples(work)).weights()
    assert distance(theirs, weights) == 0


@every_kind
def test_pytorch_takes_the_steps_that_chainrule_takes(work: Work) -> None:
    weights, given = given_weights(work), small_samples(work)
    ours = OurTraining(work, weights, given)
    theirs = OneAfterAnother(pytorch.begin, work, weights, given)
    for training in (ours, theirs):
        training.learn(rows_of(work))
    moved = distance(theirs.weights(), weights)
    # Behind batch normalisation many gradients are nothing but rounding, whose sign Adam follows.
    blocks = any(isinstance(layer, networks.Block) for layer in work.network)
    assert distance(ours.weights(), theirs.weights()) < (0.2 if blocks else 1e-3) * moved


def test_a_second_turn_goes_on_where_the_first_ended() -> None:
    work = replace(WORKS[0], batch_size=16)
    weights, given = given_weights(work), small_samples(work)
    at_once, in_turns = (OurTraining(work, weights, given) for _ in range(2))
    at_once.learn(rows_of(work))
    in_turns.learn(rows_of(work)[:, :1])
    in_turns.learn(rows_of(work)[:, 1:])
    assert distance(at_once.weights(), in_turns.weights()) == 0


def test_gates_brought_into_another_order_come_back() -> None:
    work = work_named("LSTM of 64 units, 64 steps, batch 64")
    weights = initial_weights(work, 0)
    there = networks.with_gates(work.network, weights, networks.INPUT_FORGET_CANDIDATE_OUTPUT)
    back = networks.with_gates(work.network, there, networks.OUTPUT_INPUT_FORGET_CANDIDATE)
    assert distance(there, weights) > 0
    assert distance(back, weights) == 0


def test_filters_with_their_inputs_first_come_back() -> None:
    weights = initial_weights(work_named("CNN, batch 64"), 0)
    there = networks.inputs_first(weights)
    assert there["0.weights"].shape == (3, 3, 1, 32)
    assert distance(networks.outputs_first(there), weights) == 0


def test_who_has_dense_layers_only_says_so_of_a_convolution() -> None:
    (peer,) = [peer for peer in PEERS if peer.name == "scikit-learn"]
    assert peer.cannot(work_named("CNN, batch 64")) == "its networks have dense layers only"
    assert not peer.cannot(WORKS[0])


@pytest.mark.parametrize("data", ["sequences", "table"])
def test_samples_are_the_same_each_time(data: Data, tmp_path: Path) -> None:
    made: list[Samples] = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        samples.save(data, tmp_path / name)
        made.append(samples.load(tmp_path / name))
    for first, second in zip(*map(astuple, made), strict=True):
        assert np.array_equal(first, second)


def test_classes_are_scored_by_accuracy_and_numbers_by_the_variance_explained() -> None:
    x = np.zeros((4, 1), np.float32)
    classes = Samples(x, np.arange(4) % 2, x, np.array([0, 1, 0, 1]))
    scores = np.array([[2, 1], [0, 1], [0, 1], [0, 1]])
    assert classes.score(scores) == 0.75
    numbers = np.array([[0.0], [1.0], [2.0], [3.0]], np.float32)
    table = Samples(x, numbers, x, numbers)
    # The variance of 0, 1, 2, 3 is 1.25; errors of 0.5 each have a mean square of 0.25.
    assert table.score(numbers + 0.5) == pytest.approx(1 - 0.25 / 1.25)


def test_each_turn_has_rows_of_its_own_and_each_member_too() -> None:
    work = work_named("16 x MLP 784-50-10, batch 32")
    rows = work.rows(1, 3)
    assert rows.shape == (16, 3, 32)
    assert np.array_equal(rows, work.rows(1, 3))
    assert not np.array_equal(rows, work.rows(2, 3))
    assert not np.array_equal(rows[0], rows[1])
    assert len(set(rows[0].ravel())) == rows[0].size
