"""Parameters of estimators become settings of training; with a preset only explicit ones."""

from __future__ import annotations

from typing import Any

import pytest

from chainrule import NeuralClassifier
from chainrule.estimators.parameters import EstimatorRecipe
from chainrule.training.optimizers import LBFGS
from chainrule.training.recipe.methods import make_optimizer
from chainrule.training.recipe.presets import preset

DEFAULTS = NeuralClassifier().get_params()


def recipe_of(samples: int = 1000, **parameters: Any) -> EstimatorRecipe:
    return EstimatorRecipe.of({**DEFAULTS, **parameters}, DEFAULTS, "binary", samples)


@pytest.mark.parametrize(("samples", "batch_size"), [(1000, 200), (150, 150)])
def test_a_batch_has_200_samples_or_all(samples: int, batch_size: int) -> None:
    assert recipe_of(samples).batch_size == batch_size


def test_a_batch_has_no_more_samples_than_there_are() -> None:
    assert recipe_of(50, batch_size=64).batch_size == 50


def test_the_penalty_is_divided_by_the_weight_of_a_batch() -> None:
    assert recipe_of(alpha=0.5).weight_decay(batch_weight=200) == 0.5 / 200


def test_without_alpha_the_optimizer_has_its_default_weight_decay() -> None:
    assert recipe_of(alpha=None, optimizer="adamw").weight_decay(200) is None


def test_without_a_rate_the_optimizer_has_its_default_rate() -> None:
    recipe = recipe_of(learning_rate_init=None, optimizer="momentum")
    assert recipe.learning_rate == make_optimizer(recipe.settings).default_learning_rate


def test_default_parameters_do_not_change_a_preset() -> None:
    fast = preset("fast", "binary", 1000)
    recipe = recipe_of(preset="fast")
    settings = {**recipe.settings.model_dump(), **recipe.recipe.resolved()}
    assert {name: settings[name] for name in fast} == fast
    assert recipe.alpha is None


def test_explicit_parameters_override_a_preset() -> None:
    recipe = recipe_of(preset="fast", max_iter=7, hidden_layer_sizes=(9,), alpha=0.3)
    assert recipe.settings.epochs == 7
    assert recipe.recipe.resolved()["layers"] == (9,)
    assert recipe.alpha == 0.3


def test_a_solver_does_not_change_the_batch_size_of_a_preset() -> None:
    assert recipe_of(preset="fast", solver="sgd").batch_size == 256


def test_with_lbfgs_a_batch_has_all_samples() -> None:
    assert recipe_of(solver="lbfgs").batch_size == 1000


def test_the_solver_lbfgs_is_the_optimizer_with_its_tolerance_and_evaluations() -> None:
    recipe = recipe_of(solver="lbfgs", tol=1e-3, max_fun=100).settings
    assert make_optimizer(recipe) == LBFGS(tolerance=1e-3, evaluations=100)
    assert recipe.learning_rate is None


def test_a_loss_that_cannot_have_the_presets_label_smoothing_goes_without() -> None:
    assert recipe_of(preset="fast").settings.label_smoothing > 0
    assert recipe_of(preset="fast", loss="binary_cross_entropy").settings.label_smoothing == 0


def test_infinite_patience_is_a_patience_of_0() -> None:
    assert recipe_of(n_iter_no_change=float("inf")).settings.patience == 0
