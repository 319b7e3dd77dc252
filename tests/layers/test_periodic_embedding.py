"""PeriodicEmbedding: what it computes, how it begins, and what it refuses."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from chainrule.errors import InputError
from chainrule.layers import PeriodicEmbedding
from tests.layers.plans import graph_of, numbers, parameters_of, plan_of, run

LAYER = "periodicembedding_1"


def test_the_features_come_first_then_the_sums_of_waves_of_each_column() -> None:
    graph = graph_of(PeriodicEmbedding((2, 0), dimensions=3, waves=5), features=(4,))
    parameters = parameters_of(graph)
    w, b, sums, c = (
        0.1 * parameters.values[f"{LAYER}.{part}"]
        for part in ("frequencies", "phases", "weights", "bias")
    )
    x = numbers(6, 4)
    waves = torch.cos(2 * math.pi * w * x[:, [2, 0], None] + b)
    embedded = torch.einsum("nfw,fdw->nfd", waves, sums) + c
    y = run(plan_of(graph, parameters, 6, "evaluate"), x=x)
    expected = torch.cat([x, embedded.flatten(1)], 1)
    torch.testing.assert_close(y, expected, rtol=1e-12, atol=1e-12)


def test_without_columns_it_takes_all_features() -> None:
    graph = graph_of(PeriodicEmbedding(), features=(4,))
    assert graph.outputs["y"].shape == ("batch", 4 * 4)


def begun(part: str) -> Tensor:
    graph = graph_of(PeriodicEmbedding(), features=(300,))
    return 0.1 * parameters_of(graph).values[f"{LAYER}.{part}"]


def test_frequencies_begin_as_normal_numbers_of_the_deviation() -> None:
    assert float(begun("frequencies").std()) == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize(
    ("part", "bound"), [("phases", math.pi), ("weights", 1 / 4), ("bias", 1 / 4)]
)
def test_the_others_begin_as_uniform_numbers(part: str, bound: float) -> None:
    drawn = begun(part)
    assert float(drawn.abs().max()) <= bound
    assert float(drawn.std()) == pytest.approx(bound / math.sqrt(3), rel=0.05)


@pytest.mark.parametrize(("dimensions", "waves"), [(1, 16), (4, 0)])
def test_less_than_one_new_dimension_or_one_wave_is_refused(dimensions: int, waves: int) -> None:
    with pytest.raises(InputError, match=r"(dimensions|waves)=., expected a whole number of at"):
        PeriodicEmbedding(dimensions=dimensions, waves=waves)


def test_it_shows_as_it_would_be_written() -> None:
    assert repr(PeriodicEmbedding()) == "PeriodicEmbedding()"
    assert repr(PeriodicEmbedding((0,), waves=8)) == "PeriodicEmbedding(columns=(0,), waves=8)"
