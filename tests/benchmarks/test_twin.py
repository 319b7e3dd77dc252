"""The twin in PyTorch begins as chainrule does, takes the same steps, and refuses what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from benchmarks import twin
from benchmarks.mnist import RECIPES
from benchmarks.mnist_time import configured
from benchmarks.recipe import Recipe
from benchmarks.twin import Twin, in_torch
from chainrule.data.dataset import Images
from chainrule.data.table import Column
from chainrule.layers import BatchNorm, Dense, LayerNorm, Network
from chainrule.networks import network_named
from chainrule.plan import Parameters
from chainrule.training.fit import TrainingJob, run_job
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.members.trainer import Trainer
from chainrule.training.recipe.recipe import build_network
from chainrule.training.samples.prepare import prepare
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.network_options import NetworkOptions
from chainrule.training.settings.settings import Settings

CLASSES = 3


def pictures(*channels: int) -> Images:
    """90 of 8 x 8 pixels, whose brightness tells their class."""
    draw = np.random.default_rng(0)
    classes = np.arange(90) % CLASSES
    pixels = draw.integers(0, 128, (90, 8, 8, *channels))
    brighter = 60 * classes.reshape(-1, *[1] * (pixels.ndim - 1))
    names = np.array(["dark", "grey", "light"], object)[classes]
    return Images("toy", (pixels + brighter).astype(np.uint8), Column("class", names))


def fit_of(network: Network, data: Images, **settings: Any) -> TrainingJob:
    usual: dict[str, Any] = {"split": (1, 0, 0), "batch_size": 32, "epochs": 2}
    chosen = Settings(**usual | settings)
    return TrainingJob(network, prepare(data, chosen), chosen)


def small_fit(**settings: Any) -> TrainingJob:
    return fit_of(network_named("mlp", CLASSES, layers=(8,)), pictures(), **settings)


FITS = {
    "convolutions on colours": fit_of(
        network_named("cnn", CLASSES, filters=(4, 8), layers=(8,)),
        pictures(3),
        augment=("photographs",),
    ),
    "convolutions on grey pictures, along a schedule": fit_of(
        network_named("cnn", CLASSES, filters=(4,), layers=(8,), normalisation=None),
        pictures(),
        augment=("digits",),
        schedule="one_cycle",
        learning_rate=0.005,
    ),
    "dense layers": small_fit(),
    "dense layers with batch normalisation": fit_of(
        Network(Dense(8, bias=False), BatchNorm(), Dense(CLASSES)), pictures()
    ),
}


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_two_epochs_move_the_weights_as_in_chainrule(fit: TrainingJob) -> None:
    theirs = Twin(fit)
    start = weights_of(theirs.network)
    for epoch in (1, 2):
        theirs.train(epoch)
    run = run_job(fit, progress=SilentProgress())
    ours = weights_of(in_torch(fit.network, run.model.parameters.values))
    # Rounding brought 2e-5 of the way.
    assert distance(weights_of(theirs.network), ours) < 1e-3 * distance(ours, start)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_the_recipes_for_mnist_have_a_twin(recipe: Recipe) -> None:
    config = configured(recipe).model_copy(update={"batch_size": 32})
    prepared = prepare(pictures(), config)
    network = build_network(config.subset(NetworkOptions), CLASSES)
    assert Twin(TrainingJob(network, prepared, config)).train(1) > 0


def test_both_judge_the_same_samples_alike_after_training() -> None:
    fit = small_fit()
    samples = fit.prepared.training
    assert isinstance(samples, Samples)
    theirs, run = Twin(fit), run_job(fit, progress=SilentProgress())
    theirs.train(1)
    theirs.train(2)
    ours, judged = run.model.evaluate_prepared(samples), theirs.evaluate(samples)
    assert judged["loss"] == pytest.approx(ours["loss"], rel=1e-4)
    assert judged["accuracy"] == ours["accuracy"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("weight_decay", 0.01),
        ("clip_norm", 1.0),
        ("label_smoothing", 0.1),
        ("mixup", 0.2),
        ("class_weight", "balanced"),
        ("dropout_schedule", "cosine"),
        ("precision", "bfloat16"),
    ],
)
def test_a_setting_that_is_not_known_is_refused(setting: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"the twin supports plain Adam only, not {setting}"):
        Twin(small_fit(**{setting: value}))


def test_another_optimizer_is_refused() -> None:
    with pytest.raises(ValueError, match="the twin supports plain Adam only, not AdamW"):
        Twin(small_fit(optimizer="adamw"))


def test_a_layer_that_is_not_known_is_refused() -> None:
    network = Network(Dense(8), LayerNorm(), Dense(CLASSES))
    with pytest.raises(ValueError, match=r"LayerNorm\(\) is not known here"):
        Twin(fit_of(network, pictures()))


def test_an_activation_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="the activation tanh is not known here, only relu"):
        Twin(fit_of(Network(Dense(8, "tanh"), Dense(CLASSES)), pictures()))


def test_a_twin_that_begins_with_other_weights_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(network: Network, weights: Mapping[str, Tensor]) -> nn.Sequential:
        return in_torch(network, {name: 1.01 * values for name, values in weights.items()})

    monkeypatch.setattr(twin, "in_torch", other)
    with pytest.raises(ValueError, match="the twin begins with a loss of"):
        Twin(small_fit())


def test_a_twin_with_fewer_weights_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(network: Network, weights: Mapping[str, Tensor]) -> nn.Sequential:
        return nn.Sequential(*list(in_torch(network, weights))[:-1])

    monkeypatch.setattr(twin, "in_torch", other)
    with pytest.raises(ValueError, match=r"the twin has 520 weights, not 547"):  # 64 x 8 + 8
        Twin(small_fit())


def test_the_twin_of_a_convolution_has_its_filters_where_torch_wants_them() -> None:
    fit = FITS["convolutions on colours"]
    weights = Parameters.initialised(Trainer(fit).graph, seed=0).values
    first = in_torch(fit.network, weights)[0]
    assert isinstance(first, nn.Conv2d)
    assert torch.equal(first.weight[1, 2], weights["conv2d_1.weights"][1, :, :, 2])


def weights_of(network: nn.Module) -> Tensor:
    """All of them in a row."""
    return torch.cat([weights.detach().flatten() for weights in network.parameters()])


def distance(a: Tensor, b: Tensor) -> float:
    return float((a - b).norm())
