"""Members trained together: each is what it would be alone, whatever the others do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from chainrule.data.dataset import Images
from chainrule.data.table import Column
from chainrule.layers import (
    Activation,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPool2D,
    Network,
)
from chainrule.plan import Plan
from chainrule.training.cross_validation import prepare_folds
from chainrule.training.fit import TrainingJob, completed_runs, fit, run_jobs
from chainrule.training.loop.loop import DivergedError
from chainrule.training.loop.progress import SilentProgress, Work
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared, prepare
from chainrule.training.settings.settings import Settings
from tests.training import toys
from tests.training.optimizers.counterparts import GRADIENT_OPTIMIZERS

# No validation samples, so that the last weights count. 157 rows: the folds differ in size.
ALL_STEPS: dict[str, Any] = {"iterations": 100, "batch_size": 20, "split": (0.9, 0, 0.1)}
OF_EACH: list[dict[str, Any]] = [
    {"seed": 3, "learning_rate": 0.003},
    {"seed": 4, "learning_rate": 0.03, "weight_decay": 0.01, "schedule": "cosine"},
    {"seed": 5, "learning_rate": 0.01, "optimizer": "momentum", "clip_norm": 0.5, "average": 0.9},
]
RATES = (0.1, 0.5, 0.3)


def folds(picture: bool = False) -> list[Prepared]:
    """Three folds of two sizes."""
    data = pictures() if picture else toys.table("classification", rows=157)
    return prepare_folds(data, Settings(**ALL_STEPS), folds=3, task="classification")


def pictures() -> Images:
    labels = np.arange(157) % 3
    pixels = np.random.default_rng(0).integers(0, 100, (157, 8, 8)) + 50 * labels[:, None, None]
    return Images("dots", pixels.astype(np.uint8), Column("target", labels * 1.0))


def dense(rate: float) -> Network:
    return Network(Dense(16, "relu"), Dense(8, "tanh"), Dense(3))


def dropout(rate: float) -> Network:
    return Network(Dense(32, "relu"), Dropout(rate), Dense(8, "relu"), Dropout(rate / 2), Dense(3))


def batch_norm(rate: float) -> Network:
    # Without the bias that batch normalisation takes away again: its gradient is nothing but what
    # rounding leaves, of which Adam makes steps as long as any.
    return Network(Dense(16, bias=False), BatchNorm(), Activation("relu"), Dense(3))


def convolutional(rate: float) -> Network:
    return Network(Conv2D(4, 3, "relu"), MaxPool2D(2), Flatten(), Dropout(rate), Dense(3))


def weights_of(run: Run) -> Tensor:
    return run.model.parameters.everything


def difference(together: Run, alone: Run) -> float:
    """Relative, of all weights and states."""
    expected = weights_of(alone)
    return float((weights_of(together) - expected).norm() / expected.norm())


def alone(one: TrainingJob) -> Run:
    return fit(one.network, one.prepared, settings=one.settings, progress=SilentProgress())


@pytest.mark.parametrize("network", [dense, dropout, batch_norm, convolutional])
def test_members_have_the_weights_that_each_has_alone(
    network: Callable[[float], Network],
) -> None:
    samples = folds(picture=network is convolutional)
    assert len({len(prepared.training) for prepared in samples}) == 2
    fits = [
        TrainingJob(network(rate), prepared, Settings(**(ALL_STEPS | own)))
        for rate, prepared, own in zip(RATES, samples, OF_EACH, strict=True)
    ]
    runs = completed_runs(run_jobs(fits, progress=SilentProgress()))
    assert share_memory(runs)
    for run, one in zip(runs, fits, strict=True):
        assert run.history[-1]["iteration"] == 100
        assert difference(run, alone(one)) < 1e-5


@pytest.mark.parametrize("optimizer", GRADIENT_OPTIMIZERS)
def test_members_follow_each_optimizer_as_each_does_alone(optimizer: str) -> None:
    settings = Settings(**(ALL_STEPS | {"optimizer": optimizer, "iterations": 20}))
    fits = [TrainingJob(dense(0), prepared, settings) for prepared in folds()]
    for run, one in zip(
        completed_runs(run_jobs(fits, progress=SilentProgress())), fits, strict=True
    ):
        assert difference(run, alone(one)) < (1e-3 if optimizer == "muon" else 1e-5)


def test_early_stopping_ends_each_member_when_it_would_alone() -> None:
    settings = Settings(epochs=200, patience=3, learning_rate=0.1)
    data = prepare(toys.table("classification"), settings)
    seeds = [settings.model_copy(update={"seed": seed}) for seed in range(4)]
    fits = [TrainingJob(batch_norm(0), data, each) for each in seeds]
    runs = completed_runs(run_jobs(fits, progress=SilentProgress()))
    assert len({len(run.history) for run in runs}) > 1
    for run, one in zip(runs, fits, strict=True):
        by_itself = alone(one)
        assert (run.stopped, len(run.history)) == ("patience", len(by_itself.history))
        assert difference(run, by_itself) < 1e-4
        assert run.best["epoch"] == by_itself.best["epoch"]


def test_a_member_that_diverges_leaves_the_others_as_they_are() -> None:
    (one, *_) = folds()
    settings = [Settings(**(ALL_STEPS | {"learning_rate": rate})) for rate in (0.01, 1e38, 0.02)]
    fits = [TrainingJob(dense(0), one, each) for each in settings]
    first, second, third = run_jobs(fits, progress=SilentProgress())
    assert isinstance(second, DivergedError)
    assert "at learning rate 1e+38" in str(second)
    for run, at in ((first, 0), (third, 2)):
        assert isinstance(run, Run)
        assert difference(run, alone(fits[at])) < 1e-5


def test_networks_of_other_shapes_are_trained_in_plans_of_their_own() -> None:
    (one, *_) = folds()
    settings = Settings(**ALL_STEPS)
    fits = [TrainingJob(network(0.2), one, settings) for network in (dense, dropout, dense)]
    first, second, third = completed_runs(run_jobs(fits, progress=SilentProgress()))
    assert share_memory([first, third])
    assert not share_memory([first, second])
    assert difference(second, alone(fits[1])) == 0


def test_batch_sizes_that_differ_need_plans_of_their_own() -> None:
    (one, *_) = folds()
    settings = [Settings(**(ALL_STEPS | {"batch_size": size})) for size in (20, 10)]
    fits = [TrainingJob(dense(0), one, each) for each in settings]
    for run, fit_alone in zip(
        completed_runs(run_jobs(fits, progress=SilentProgress())), fits, strict=True
    ):
        assert difference(run, alone(fit_alone)) == 0


def test_one_training_is_computed_without_an_axis_of_members() -> None:
    (one, *_) = folds()
    (run,) = completed_runs(
        run_jobs([TrainingJob(dense(0), one, Settings(**ALL_STEPS))], progress=SilentProgress())
    )
    assert run.model.parameters.weights.dim() == 1


def test_steps_are_taken_by_the_joint_plan_and_the_last_of_unequal_folds_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[tuple[int | None, int]] = []
    for name in ("step", "gradient_step"):
        take = getattr(Plan, name)

        def noted(plan: Plan, take: Any = take) -> None:
            steps.append((plan.members, plan.batch_size))
            take(plan)

        monkeypatch.setattr(Plan, name, noted)
    settings = Settings(epochs=2, batch_size=20, split=(0.9, 0, 0.1))
    run_jobs(
        [TrainingJob(dense(0), prepared, settings) for prepared in folds()],
        progress=SilentProgress(),
    )
    # 104, 105 and 105 samples: each epoch 5 whole batches of all, then what each has left.
    whole = [(3, 20)] * 5
    first = [*whole, (None, 4), (None, 5), (None, 5)]
    # In the end one has none left, and the other two are at the same.
    assert steps == [*first, *whole, (None, 4), (3, 5)]


class Interrupts(SilentProgress):
    """Ctrl-C at a batch or an epoch of the one that is furthest."""

    def __init__(self, *, batch: int = 0, epoch: int = 0) -> None:
        self.batches_left, self.epochs_left = batch, epoch

    def batch(self, samples: int, loss: Tensor) -> None:
        self.batches_left -= 1
        if self.batches_left == 0:
            raise KeyboardInterrupt

    def epoch(self, record: dict[str, float]) -> None:
        self.epochs_left -= 1
        if self.epochs_left == 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("when", [{"batch": 13}, {"epoch": 2}], ids=str)
def test_an_interruption_ends_all_members_and_keeps_what_each_has_learned(
    when: dict[str, int],
) -> None:
    settings = Settings(**(ALL_STEPS | {"iterations": 1000}))
    fits = [TrainingJob(dense(0), prepared, settings) for prepared in folds()]
    runs = completed_runs(run_jobs(fits, progress=Interrupts(**when)))
    assert [run.stopped for run in runs] == ["interrupted"] * 3
    assert all(1 <= len(run.history) <= 2 and run.test for run in runs)


def test_an_interruption_while_a_step_is_taken_does_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    left, step = 10, Plan.step

    def interrupted(plan: Plan) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
        step(plan)

    monkeypatch.setattr(Plan, "step", interrupted)
    fits = [TrainingJob(dense(0), prepared, Settings(**ALL_STEPS)) for prepared in folds()]
    runs = completed_runs(run_jobs(fits, progress=SilentProgress()))
    assert [run.stopped for run in runs] == ["interrupted"] * 3


def test_an_interruption_before_the_first_epoch_ended_is_passed_on() -> None:
    fits = [TrainingJob(dense(0), prepared, Settings(**ALL_STEPS)) for prepared in folds()]
    with pytest.raises(KeyboardInterrupt):
        run_jobs(fits, progress=Interrupts(batch=2))


class Shown(SilentProgress):
    """Notes what is shown."""

    def __init__(self) -> None:
        self.work: list[Work] = []
        self.visits = 0
        self.epochs: list[float] = []

    def start(self, work: Work) -> None:
        self.work.append(work)

    def batch(self, samples: int, loss: Tensor) -> None:
        self.visits += samples

    def epoch(self, record: dict[str, float]) -> None:
        self.epochs.append(record["epoch"])


def test_the_progress_that_is_shown_is_that_of_the_member_that_is_furthest() -> None:
    shown = Shown()
    settings = Settings(epochs=3, batch_size=20, split=(0.9, 0, 0.1))
    run_jobs([TrainingJob(dense(0), prepared, settings) for prepared in folds()], progress=shown)
    assert shown.epochs == [1, 2, 3]
    assert shown.visits == 3 * 105
    assert [work.iterations for work in shown.work] == [3 * 6]


def test_groups_that_follow_each_other_are_one_work() -> None:
    (one, *_) = folds()
    shown = Shown()
    settings = Settings(epochs=3, batch_size=20, split=(0.9, 0, 0.1))
    run_jobs(
        [TrainingJob(network(0.2), one, settings) for network in (dense, dropout)], progress=shown
    )
    assert [work.iterations for work in shown.work] == [2 * 3 * 6]
    assert shown.epochs == [1, 2, 3, 1, 2, 3]


def share_memory(runs: list[Run]) -> bool:
    """Whether the weights of all lie in one block, as those of a joint plan do."""
    return len({weights_of(run).untyped_storage().data_ptr() for run in runs}) == 1


def test_the_weights_of_a_member_that_ended_are_not_touched_by_the_steps_of_the_others() -> None:
    (one, *_) = folds()
    settings = [Settings(**(ALL_STEPS | {"iterations": steps})) for steps in (20, 100, 100)]
    fits = [TrainingJob(batch_norm(0), one, each) for each in settings]
    first, *_ = completed_runs(run_jobs(fits, progress=SilentProgress()))
    assert torch.allclose(weights_of(first), weights_of(alone(fits[0])), rtol=1e-5, atol=1e-6)
