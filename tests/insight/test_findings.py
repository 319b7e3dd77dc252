"""Findings: each rule speaks up when it should, and is silent on a healthy run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from chainrule.data.table import Column, Table
from chainrule.errors import InputError
from chainrule.insight.findings import findings
from chainrule.layers import Dense, Network
from chainrule.training.loop.loop import StopReason
from chainrule.training.model.model import Model
from chainrule.training.train import Run, train

FALLING = [1.0, 0.6, 0.4, 0.3, 0.25, 0.22]
HEALTHY = [1.0, 0.7, 0.5, 0.45, 0.46, 0.47]  # lowest in epoch 4, then a little noise


def run_with(
    validation: Sequence[float] | None = HEALTHY,
    training: Sequence[float] = FALLING,
    *,
    stopped: StopReason = "patience",
    test: dict[str, float] | None = None,
    baseline: dict[str, float] | None = None,
    constant_loss: float | None = 1.0,
    not_drawn: tuple[str, ...] = (),
    confusion: Tensor | None = None,
) -> Run:
    """A run with these losses in each epoch, and these scores."""
    history = [{"epoch": n, "training_loss": loss} for n, loss in enumerate(training, start=1)]
    for record, loss in zip(history, validation or [], strict=False):
        record["validation_loss"] = loss
    return Run(
        model=cast(Model, None),
        history=history,
        test={"accuracy": 0.9} if test is None else test,
        confusion=confusion,
        baseline={"accuracy": 0.4} if baseline is None else baseline,
        stopped=stopped,
        sizes={"training": 70, "validation": 15, "test": 15},
        seconds=1.0,
        notes=(),
        constant_loss=constant_loss,
        not_drawn=not_drawn,
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
        ({"r2": -0.2, "mae": 3}, {"r2": -0.01, "mae": 3}),
        ({"accuracy": 0.3, "log_loss": 0.8}, {"accuracy": 0.4, "log_loss": 0.7}),
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
    assert "accuracy 0.3125 (baseline 0.4375) is no better than the baseline" in finding.text


@pytest.mark.parametrize(
    "better", [{"log_loss": 0.1}, {"roc_auc": 0.9}, {"mae": 2.0}, {"accuracy": 0.96}]
)
def test_one_score_that_is_better_is_enough_to_be_better(better: dict[str, float]) -> None:
    baseline = {"accuracy": 0.95, "log_loss": 0.2, "roc_auc": 0.5, "r2": 0.0, "mae": 3.0}
    assert names(run_with(test=baseline, baseline=baseline)) == ["no better than the baseline"]
    assert names(run_with(test=baseline | better, baseline=baseline)) == []


@pytest.mark.parametrize(("roc_auc", "expected"), [(0.55, 1), (0.65, 0)])
def test_a_ranking_that_is_better_by_chance_is_not_better(roc_auc: float, expected: int) -> None:
    # Of 50 and 50 samples the deviation is 0.058.
    confusion = torch.tensor([[25, 25], [25, 25]])
    test = {"accuracy": 0.5, "log_loss": 0.7, "roc_auc": roc_auc}
    baseline = {"accuracy": 0.5, "log_loss": 0.69, "roc_auc": 0.5}
    found = findings(run_with(test=test, baseline=baseline, confusion=confusion))
    assert len(found) == expected
    assert all("by chance as much above it" in finding.text for finding in found)


@pytest.mark.parametrize(("accuracy", "expected"), [(0.58, 1), (0.59, 0)])
def test_an_accuracy_that_is_better_by_chance_is_not_better(accuracy: float, expected: int) -> None:
    # Of 100 samples, of which half are guessed, the deviation is 0.05.
    confusion = torch.tensor([[25, 25], [25, 25]])
    run = run_with(test={"accuracy": accuracy}, baseline={"accuracy": 0.5}, confusion=confusion)
    assert len(findings(run)) == expected


def test_without_a_test_the_baseline_is_no_finding() -> None:
    assert names(run_with(test={}, baseline={})) == []


def test_a_validation_loss_that_rises_while_training_goes_on_is_overfitting() -> None:
    assert names(run_with([1, 0.6, 0.5, 0.6, 0.7, 0.8])) == ["overfitting"]


def test_the_figures_of_overfitting_are_measured_and_said() -> None:
    (finding,) = findings(run_with([1, 0.6, 0.5, 0.6, 0.7, 0.8]))
    assert finding.measured == {
        "lowest_epoch": 3,
        "lowest_validation_loss": 0.5,
        "last_validation_loss": 0.8,
        "last_training_loss": 0.22,
        "constant_training_loss": 1.0,
    }
    assert "After epoch 3 the validation loss rose from 0.5000 to 0.8000" in finding.text
    assert "while the training loss fell from 0.4000 to 0.2200" in finding.text
    assert finding.text.endswith(
        "The model has the weights of epoch 3, the epoch with the lowest validation loss."
    )


RISING = [1, 0.6, 0.5, 0.6, 0.7, 0.8]


@pytest.mark.parametrize("constant_loss", [0.27, None])
def test_a_training_loss_as_of_a_constant_is_not_overfitting(constant_loss: float | None) -> None:
    assert names(run_with(RISING, constant_loss=constant_loss)) == []
    assert names(run_with(RISING, constant_loss=0.28)) == ["overfitting"]


def test_a_validation_loss_that_swings_is_not_overfitting() -> None:
    training = [1 - epoch / 50 for epoch in range(40)]
    swinging = [0.5 + 0.2 * (-1) ** epoch for epoch in range(40)]
    assert names(run_with(swinging, training)) == []
    rising = [loss + epoch / 40 for epoch, loss in enumerate(swinging)]
    assert names(run_with(rising, training)) == ["overfitting"]


def test_rows_that_were_not_drawn_may_follow_other_relations() -> None:
    (finding,) = findings(run_with(RISING, not_drawn=("validation", "test")))
    assert finding.name == "rising validation loss"
    assert "overfits, or the validation rows, which were not drawn at random," in finding.text


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
    assert finding.measured == {
        "epochs": 6,
        "validation_loss": 0.22,
        "earlier_validation_loss": 0.25,
    }
    assert (
        "was lowest, 0.2200, in the last epoch, in which it fell by 12%: training" in finding.text
    )


def test_of_many_epochs_the_last_tenth_tells_whether_the_loss_still_fell() -> None:
    losses = [2 - 0.05 * epoch for epoch in range(20)]
    (finding,) = findings(run_with(losses, losses, stopped="epochs"))
    assert "in the last epoch, after it had fallen by 9% in the last 2 epochs" in finding.text


def test_a_loss_that_hardly_falls_any_more_has_converged() -> None:
    assert names(run_with([1, 0.5, 0.4, 0.399], FALLING[:4], stopped="epochs")) == []


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


def table(rows: int, seed: int, target: str) -> Table:
    """Four columns of noise, the time, and a target of some kind."""
    random = np.random.default_rng(seed)
    a, b, *_ = columns = random.normal(size=(4, rows))
    time, noise = np.arange(rows, dtype=np.float64), random.normal(size=rows)
    targets: dict[str, NDArray[Any]] = {
        "xor": (a > 0) ^ (b > 0),
        "noise": noise > 0,
        "noisy": a + noise / 2 > 0,
        "clear": a > 0,
        "rare": 2 * a + b + noise > 4,
        "number": 3 * a - 2 * b,
        "noise number": noise,
        "sign changes": a * np.where(time < 0.7 * rows, 3, -3) + b,
    }
    values = targets[target]
    if values.dtype == bool:
        values = np.where(values, "yes", "no").astype(object)
    inputs = [Column(f"x{i}", column.copy()) for i, column in enumerate(columns)]
    return Table("toy.csv", (*inputs, Column("time", time)), Column("y", values))


def found(run: Run) -> set[str]:
    return set(names(run))


SILENT: dict[str, Any] = {"progress": False, "patience": 0}


@pytest.mark.parametrize("seed", range(3))
def test_a_linear_network_on_xor_and_ten_sigmoid_layers_have_learned_nothing_by_heart(
    seed: int,
) -> None:
    linear = Network(Dense(1))
    run = train(linear, table(200, seed, "xor"), epochs=60, learning_rate=0.05, **SILENT)
    assert run.history[-1]["training_loss"] > 0.8 * cast(float, run.constant_loss)
    assert "overfitting" not in found(run)
    deep = Network(*[Dense(8, "sigmoid") for _ in range(10)], Dense(1))
    run = train(deep, table(200, seed, "noisy"), epochs=20, **SILENT)
    assert run.history[-1]["training_loss"] == pytest.approx(run.constant_loss, rel=0.02)
    assert "overfitting" not in found(run)


@pytest.mark.parametrize("rate", [0.3, 1.0, 3.0])
def test_an_exploding_run_has_learned_nothing_by_heart(rate: float) -> None:
    network = Network(Dense(32, "relu"), Dense(32, "relu"), Dense(1))
    try:
        run = train(network, table(200, 0, "number"), epochs=40, learning_rate=rate, **SILENT)
    except InputError:
        return  # it diverged, which is an error
    assert "overfitting" not in found(run)


def test_a_network_that_memorises_overfits() -> None:
    network = Network(Dense(128, "relu"), Dense(1))
    run = train(network, table(120, 0, "noisy"), epochs=120, learning_rate=0.01, **SILENT)
    assert "overfitting" in found(run)
    assert run.history[-1]["training_loss"] < 0.1 * cast(float, run.constant_loss)


def test_certainty_that_label_smoothing_takes_back_is_not_overfitting() -> None:
    # At first the network is more certain than the smoothed targets ask for, and then less.
    data = table(400, 0, "clear")
    run = train("strong", data, epochs=60, progress=False)
    losses = [record["validation_loss"] for record in run.history]
    assert losses[-1] > 1.2 * min(losses)
    assert run.constant_loss is None
    assert "overfitting" not in found(run)


def test_a_relation_that_changes_in_time_is_not_called_overfitting() -> None:
    network = Network(Dense(32, "relu"), Dense(1))
    data = table(400, 1, "sign changes")
    run = train(network, data, time="time", epochs=60, learning_rate=0.01, **SILENT)
    assert found(run) <= {"rising validation loss", "no better than the baseline"}
    assert "no better than the baseline" in found(run)
    (baseline, *_) = findings(run)
    assert "whether the test rows, which were not drawn at random, are of the same kind" in (
        baseline.text
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_rare_class_that_is_ranked_well_is_better_than_the_baseline(seed: int) -> None:
    run = train("strong", table(1000, seed, "rare"), epochs=15, seed=seed, progress=False)
    assert run.test["roc_auc"] > 0.8
    assert "no better than the baseline" not in found(run)


@pytest.mark.parametrize(("target", "seed"), [("noise", 0), ("noise", 2), ("noise number", 1)])
def test_a_target_of_noise_is_learned_no_better_than_the_baseline(target: str, seed: int) -> None:
    network = Network(Dense(32, "relu"), Dense(1))
    run = train(network, table(300, seed, target), epochs=30, **SILENT)
    assert "no better than the baseline" in found(run)


@pytest.mark.parametrize("target", ["noisy", "number"])
def test_the_loss_of_a_constant_is_that_of_the_frequencies_or_the_mean(target: str) -> None:
    run = train(Network(Dense(1)), table(200, 0, target), epochs=1, **SILENT)
    if target == "number":
        assert run.constant_loss == pytest.approx(1, abs=1e-3)
    else:
        counts = np.array(run.model.preparation.target.counts)  # type: ignore[union-attr]
        shares = counts / counts.sum()
        assert run.constant_loss == pytest.approx(-(shares * np.log(shares)).sum(), rel=1e-4)
