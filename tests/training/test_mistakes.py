"""Mistakes that people make are caught before training, each with what to change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.data.vocabulary import Task
from chainrule.errors import InputError
from chainrule.layers import Network
from tests.training import toys


def pictures() -> cr.Images:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 8, 8), dtype=np.uint8)
    return cr.Images("dots", pixels, cr.Column("kind", (np.arange(60) % 3).astype(float)))


def refusal(network: Network, data: Any, **settings: Any) -> str:
    with pytest.raises(InputError) as error:
        cr.train(network, data, progress=False, **settings)
    return str(error.value)


@pytest.mark.parametrize(
    ("task", "layers", "settings", "fragments"),
    [
        (
            "classification",
            (cr.Dense(3, "softmax"),),
            {"loss": "mean_squared_error"},
            (
                "loss 'mean_squared_error' is for numbers, but the target has 3 classes",
                "its gradient vanishes where the network is confidently wrong",
                "Use --loss sparse_categorical_cross_entropy or categorical_cross_entropy",
            ),
        ),
        (
            "classification",
            (cr.Dense(3, "sigmoid"),),
            {},
            (
                "The last layer Dense(3, 'sigmoid') ends with sigmoid",
                "whose probabilities do not sum to 1",
                "End the network with Dense(3) or Dense(3, 'softmax')",
            ),
        ),
        (
            "binary",
            (cr.Dense(1),),
            {"loss": "categorical_cross_entropy"},
            (
                "loss 'categorical_cross_entropy' is for classes, but the target has 2 classes",
                "Use --loss",
                "binary_cross_entropy",
            ),
        ),
        (
            "regression",
            (cr.Dense(2),),
            {},
            ("The last layer Dense(2) gives 2 scores", "expected 1", "Dense(1)"),
        ),
        (
            "regression",
            (cr.Conv2D(4), cr.Dense(1)),
            {},
            ("conv2d_1, Conv2D(4)", "(batch, 3)", "pictures (batch, height, width"),
        ),
        (
            "regression",
            (cr.LSTM(4), cr.Dense(1)),
            {},
            ("lstm_1, LSTM(4)", "(batch, 3)", "use Dense for them"),
        ),
        (
            "regression",
            (cr.Dense(4, "step"), cr.Dense(1)),
            {},
            ("'step' at 'dense_1' can't be trained", "derivative is 0 everywhere", "Use sigmoid"),
        ),
        (
            "regression",
            (cr.Dense(4), cr.BatchNorm(), cr.Dense(1)),
            {"batch_size": 1},
            ("batch_size: got 1", "batch normalisation cannot train", "Use --batch-size 2"),
        ),
        (
            "regression",
            (cr.Dense(4), cr.Dense(1)),
            {"schedule": "cosine", "schedule_epochs": 50, "epochs": 20},
            ("got a length of 50 epochs, but the run has 20", "Use --epochs 50"),
        ),
        (
            "regression",
            (cr.Dense(4), cr.Dense(1)),
            {"schedule": "cosine", "schedule_epochs": 10, "epochs": 20},
            ("got a length of 10 epochs, but the run has 20", "Use --epochs 10"),
        ),
        (
            "regression",
            (cr.Dense(4), cr.Dense(1)),
            {"warm_up": 5000, "epochs": 1},
            ("warm-up: got a length of 5,000 updates", "Use a share of the run, such as 0.05"),
        ),
        (
            "regression",
            (cr.Dense(4), cr.Dense(1)),
            {"augment": ["flip"]},
            ("augment: got augmentations for samples that are not pictures", "Leave it out"),
        ),
    ],
    ids=lambda given: " ".join(map(str, given)) if isinstance(given, tuple) else None,
)
def test_a_mistake_is_refused_with_what_to_change(
    task: Task, layers: tuple[Any, ...], settings: dict[str, Any], fragments: tuple[str, ...]
) -> None:
    message = refusal(Network(*layers), toys.table(task), **settings)
    for part in fragments:
        assert part in message


@pytest.mark.parametrize("rate", [1, 1.5, -0.1])
def test_dropout_of_everything_is_refused_where_it_is_written(rate: float) -> None:
    with pytest.raises(
        InputError,
        match=r"^Dropout: got rate=.*, such as rate=0\.5",
    ):
        cr.Dropout(rate)


def test_filters_larger_than_the_picture_are_refused_with_both_shapes() -> None:
    network = Network(cr.Conv2D(4, kernel=9, padding="valid"), cr.Dense(3))
    message = refusal(network, pictures(), task="classification")
    for part in ("conv2d_1, Conv2D(4, kernel=9, padding='valid')", "(batch, 8, 8, 1)", "9"):
        assert part in message


def test_a_shortcut_around_layers_that_no_projection_can_match_is_refused() -> None:
    network = Network(
        cr.Residual(cr.Conv2D(4, kernel=3, padding="valid")), cr.GlobalAveragePool(), cr.Dense(3)
    )
    message = refusal(network, pictures(), task="classification")
    for part in ("(batch, 6, 6, 4)", "(batch, 8, 8", "padding 'same'"):
        assert part in message
