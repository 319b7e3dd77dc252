"""The batch size: as set, or a default, and never too small for batch normalisation."""

import pytest

from chainrule.errors import InputError
from chainrule.graph.graph import Graph
from chainrule.layers import BatchNorm, Dense, Layer, Network
from chainrule.training.loop.batch_size import resolve_batch_size
from chainrule.training.objective.objective import objective_graph
from chainrule.training.settings.settings import Settings


def graph_of(*hidden: Layer) -> Graph:
    return objective_graph(Network(*hidden, Dense(1)), (3,), "regression", 0)


PLAIN = graph_of(Dense(4, "relu"))
NORMALISED = graph_of(Dense(4), BatchNorm())


def test_a_batch_larger_than_the_data_is_refused() -> None:
    with pytest.raises(InputError) as error:
        resolve_batch_size(PLAIN, Settings(batch_size=100), 70)
    assert str(error.value) == (
        "batch_size: got 100, but there are only 70 training samples; expected at most that many. "
        "Use --batch-size 32."
    )


def test_a_batch_as_large_as_the_data_is_not() -> None:
    assert resolve_batch_size(PLAIN, Settings(batch_size=70), 70) == 70
    assert resolve_batch_size(PLAIN, Settings(batch_size="all"), 70) == 70


@pytest.mark.parametrize(
    ("samples", "expected"),
    [(20, 20), (9_999, 32), (10_000, 128), (99_999, 128), (100_000, 256)],
)
def test_the_default_batch_size_grows_with_the_data(samples: int, expected: int) -> None:
    assert resolve_batch_size(PLAIN, Settings(), samples) == expected


@pytest.mark.parametrize(
    ("batch_size", "message"),
    [
        (1, "batch_size: got 1, which makes a batch of one; batch normalisation cannot train"),
        (32, "batch_size: got 32, which makes a last batch of one of 65 samples; batch norm"),
    ],
)
def test_batch_normalisation_with_a_batch_of_one_is_refused(batch_size: int, message: str) -> None:
    with pytest.raises(InputError) as error:
        resolve_batch_size(NORMALISED, Settings(batch_size=batch_size), 65)
    assert str(error.value).startswith(message)
    assert f"Use --batch-size {batch_size + 1}, or layer normalisation." in str(error.value)


def test_without_batch_normalisation_a_batch_of_one_is_stochastic_gradient_descent() -> None:
    assert resolve_batch_size(PLAIN, Settings(batch_size=1), 65) == 1


def test_the_default_batch_size_leaves_no_batch_of_one_to_batch_normalisation() -> None:
    assert resolve_batch_size(NORMALISED, Settings(), 65) == 33
    assert resolve_batch_size(NORMALISED, Settings(), 64) == 32
    assert resolve_batch_size(PLAIN, Settings(), 65) == 32


def test_batches_drawn_with_replacement_are_all_whole() -> None:
    settings = Settings(batch_size=32, sampling="with_replacement")
    assert resolve_batch_size(NORMALISED, settings, 65) == 32
