"""Metrics of resamples of rows: those of the drawn rows, however they are computed."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.training.metrics import METRICS, measure, resampled
from chainrule.training.metrics.resampled import ResampledClasses


def check(probabilities: torch.Tensor, classes: torch.Tensor, draw: torch.Generator) -> None:
    rows = ResampledClasses(probabilities, classes)
    draws = torch.randint(len(classes), (5, len(classes)), generator=draw)
    for drawn, scores in zip(draws, rows.measure(draws), strict=True):
        expected = measure("classification", probabilities[drawn], classes[drawn], rows.names)
        assert scores == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 40), count=st.integers(3, 30))
@settings(max_examples=40)
def test_the_metrics_are_those_of_the_drawn_rows(seed: int, rows: int, count: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    probabilities = torch.rand(rows, count, generator=draw)
    if seed % 2:  # many equal ones
        probabilities = (4 * probabilities).round() / 4
    check(probabilities, torch.randint(count, (rows,), generator=draw), draw)


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 40), count=st.integers(3, 30))
@settings(max_examples=40)
def test_weighted_metrics_are_those_of_the_drawn_rows(seed: int, rows: int, count: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    probabilities = (8 * torch.rand(rows, count, generator=draw)).round() / 8
    classes = torch.randint(count, (rows,), generator=draw)
    weights = 0.01 + torch.rand(rows, generator=draw, dtype=torch.float64)
    draws = torch.randint(rows, (5, rows), generator=draw)
    weighted = ResampledClasses(probabilities, classes, weights)
    for drawn, scores in zip(draws, weighted.measure(draws), strict=True):
        samples = (probabilities[drawn], classes[drawn])
        expected = measure("classification", *samples, weighted.names, weights[drawn])
        assert scores == pytest.approx(expected, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("pairs", [1, 7 * 60, 2**20])
def test_rows_are_compared_in_parts(monkeypatch: pytest.MonkeyPatch, pairs: int) -> None:
    monkeypatch.setattr(resampled, "PAIRS", pairs)
    draw = torch.Generator().manual_seed(0)
    check(torch.rand(60, 4, generator=draw), torch.randint(4, (60,), generator=draw), draw)


def test_ranks_of_many_rows_of_few_classes_are_left_to_sorting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resampled, "ROWS_OF_A_CLASS", 2)
    probabilities, classes = torch.rand(10, 4), torch.arange(10) % 4
    left = {*METRICS["classification"]} - ResampledClasses(probabilities, classes).names
    assert left == {"accuracy", "top_5_accuracy", "roc_auc", "average_precision"}


def test_all_other_metrics_are_computed_at_once() -> None:
    rows = ResampledClasses(torch.rand(10, 4), torch.arange(10) % 4)
    assert {*METRICS["classification"]} - rows.names == {"accuracy", "top_5_accuracy"}
