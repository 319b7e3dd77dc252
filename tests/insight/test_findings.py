"""Findings: each rule speaks up when it should, and is silent on a healthy run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from chainrule.insight.findings import findings
from chainrule.training.loop.loop import StopReason
from chainrule.training.model.model import Model
from chainrule.training.train import Run

FALLING = [1.0, 0.6, 0.4, 0.3, 0.25, 0.22]
HEALTHY = [1.0, 0.7, 0.5, 0.45, 0.46, 0.47]  # lowest in epoch 4, then a little noise


def run_with(
    validation: Sequence[float] | None = HEALTHY,
    training: Sequence[float] = FALLING,
    *,
    stopped: StopReason = "patience",
    test: dict[str, float] | None = None,
    baseline: dict[str, float] | None = None,
) -> Run:
    """A run with these losses in each epoch, and these scores."""
    history = [{"epoch": n, "training_loss": loss} for n, loss in enumerate(training, start=1)]
    for record, loss in zip(history, validation or [], strict=False):
        record["validation_loss"] = loss
    return Run(
        model=cast(Model, None),
        history=history,
        test={"accuracy": 0.9} if test is None else test,
        confusion=None,
        baseline={"accuracy": 0.4} if baseline is None else baseline,
        stopped=stopped,
        sizes={"training": 70, "validation": 15, "test": 15},
        seconds=1.0,
        notes=(),
    )


def names(run: Run) -> list[str]:
    return [finding.name for finding in findings(run)]


def test_a_healthy_run_has_no_findings() -> None:
    assert names(run_with()) == []


@pytest.mark.parametrize(
    ("test", "baseline"),
    [
        ({"accuracy": 0.4}, {"accuracy": 0.4}),
        ({"accuracy": 0.3}, {"accuracy": 0.4}),
        ({"rmse": 5, "r2": -0.2}, {"rmse": 4, "r2": -0.01}),
    ],
)
def test_scores_no_better_than_the_baseline_are_found(
    test: dict[str, float], baseline: dict[str, float]
) -> None:
    assert names(run_with(test=test, baseline=baseline)) == ["no better than the baseline"]


def test_an_r2_above_that_of_the_mean_is_better_than_the_baseline() -> None:
    # A lower rmse is better: it is r2 that is compared.
    run = run_with(test={"rmse": 2, "r2": 0.4}, baseline={"rmse": 4, "r2": -0.01})
    assert names(run) == []


def test_the_baseline_is_part_of_the_finding() -> None:
    (finding,) = findings(run_with(test={"accuracy": 0.3125}, baseline={"accuracy": 0.4375}))
    assert finding.measured == {"accuracy": 0.3125, "baseline_accuracy": 0.4375}
    assert "test accuracy of 0.3125 is no better than the baseline of 0.4375" in finding.text


def test_without_a_test_the_baseline_is_no_finding() -> None:
    assert names(run_with(test={}, baseline={})) == []


def test_a_validation_loss_that_rises_while_training_goes_on_is_overfitting() -> None:
    assert names(run_with([1, 0.6, 0.5, 0.6, 0.7, 0.8])) == ["overfitting"]


def test_the_figures_of_overfitting_are_measured_and_said() -> None:
    (finding,) = findings(run_with([1, 0.6, 0.5, 0.6, 0.7, 0.8]))
    assert finding.measured == {
        "best_epoch": 3,
        "best_validation_loss": 0.5,
        "last_validation_loss": 0.8,
    }
    assert "After epoch 3 the validation loss rose from 0.5 to 0.8" in finding.text


@pytest.mark.parametrize(
    ("last", "expected"), [(0.5 * 1.09, []), (0.5 * 1.11, ["overfitting"])], ids=["9 %", "11 %"]
)
def test_a_rise_of_a_tenth_is_overfitting_and_less_is_noise(
    last: float, expected: list[str]
) -> None:
    assert names(run_with([1, 0.7, 0.6, 0.5, 0.52, last])) == expected


def test_a_validation_loss_that_rises_with_the_training_loss_is_not_overfitting() -> None:
    assert names(run_with([1, 0.6, 0.5, 0.6, 0.7, 0.8], [1, 0.6, 0.5, 0.6, 0.7, 0.8])) == []


def test_a_validation_loss_that_was_zero_is_no_obstacle() -> None:
    assert names(run_with([1, 0, 0, 0, 0, 0])) == []
    assert names(run_with([1, 0, 0, 0, 0, 0.5])) == ["overfitting"]


@pytest.mark.parametrize("stopped", ["epochs", "iterations", "interrupted"])
def test_a_loss_that_is_lowest_in_the_last_epoch_has_not_converged(stopped: StopReason) -> None:
    assert names(run_with(FALLING, stopped=stopped)) == ["not converged"]


def test_the_lowest_loss_is_part_of_the_finding() -> None:
    (finding,) = findings(run_with(FALLING, stopped="epochs"))
    assert finding.measured == {"epochs": 6, "validation_loss": 0.22}
    assert "was lowest, 0.22, in the last epoch" in finding.text


def test_a_loss_that_was_lower_before_is_no_finding() -> None:
    assert names(run_with(HEALTHY, stopped="epochs")) == []


def test_without_validation_the_curves_give_no_finding() -> None:
    assert names(run_with(None, stopped="epochs")) == []


def test_the_most_important_finding_comes_first() -> None:
    run = run_with(FALLING, stopped="epochs", test={"accuracy": 0.1}, baseline={"accuracy": 0.4})
    assert names(run) == ["no better than the baseline", "not converged"]


def test_a_finding_is_json() -> None:
    (finding,) = findings(run_with(FALLING, stopped="epochs"))
    record: dict[str, Any] = finding.as_json()
    assert record.keys() == {"name", "measured", "text"}
