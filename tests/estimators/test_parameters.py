"""Parameters become settings of training; beside a preset only those that were given."""

from __future__ import annotations

from typing import Any

import pytest

from chainrule import NeuralClassifier
from chainrule.estimators.parameters import Choices
from chainrule.training.optimizers import LBFGS
from chainrule.training.recipe.methods import make_optimizer
from chainrule.training.recipe.presets import preset

USUAL = NeuralClassifier().get_params()


def choices(samples: int = 1000, **given: Any) -> Choices:
    return Choices.of({**USUAL, **given}, USUAL, "binary", samples)


@pytest.mark.parametrize(("samples", "batch_size"), [(1000, 200), (150, 150)])
def test_a_batch_has_200_samples_or_all(samples: int, batch_size: int) -> None:
    assert choices(samples).batch_size == batch_size


def test_a_batch_has_no_more_samples_than_there_are() -> None:
    assert choices(50, batch_size=64).batch_size == 50


def test_the_penalty_is_divided_by_what_a_batch_weighs() -> None:
    assert choices(alpha=0.5).weight_decay(batch_weight=200) == 0.5 / 200


def test_without_alpha_the_optimizer_has_its_usual_weight_decay() -> None:
    assert choices(alpha=None, optimizer="adamw").weight_decay(200) is None


def test_without_a_rate_the_optimizer_has_its_usual_one() -> None:
    chosen = choices(learning_rate_init=None, optimizer="momentum")
    assert chosen.learning_rate == make_optimizer(chosen.settings).default_learning_rate


def test_parameters_left_alone_do_not_change_a_preset() -> None:
    fast = preset("fast", "binary", 1000)
    chosen = choices(preset="fast")
    found = {**chosen.settings.model_dump(), **chosen.recipe.resolved()}
    assert {name: found[name] for name in fast} == fast
    assert chosen.alpha is None


def test_parameters_that_are_given_win_over_a_preset() -> None:
    chosen = choices(preset="fast", max_iter=7, hidden_layer_sizes=(9,), alpha=0.3)
    assert chosen.settings.epochs == 7
    assert chosen.recipe.resolved()["layers"] == (9,)
    assert chosen.alpha == 0.3


def test_a_solver_beside_a_preset_leaves_its_batches() -> None:
    assert choices(preset="fast", solver="sgd").batch_size == 256


def test_with_lbfgs_a_batch_has_all_samples() -> None:
    assert choices(solver="lbfgs").batch_size == 1000


def test_the_solver_lbfgs_is_the_optimizer_with_its_tolerance_and_evaluations() -> None:
    chosen = choices(solver="lbfgs", tol=1e-3, max_fun=100).settings
    assert make_optimizer(chosen) == LBFGS(tolerance=1e-3, evaluations=100)
    assert chosen.learning_rate is None


def test_a_loss_that_cannot_have_the_presets_label_smoothing_goes_without() -> None:
    assert choices(preset="fast").settings.label_smoothing > 0
    assert choices(preset="fast", loss="binary_cross_entropy").settings.label_smoothing == 0


def test_waiting_without_end_is_never_over() -> None:
    assert choices(n_iter_no_change=float("inf")).settings.patience == 0
