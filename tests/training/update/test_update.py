"""The update as a whole: its parts in the order of PyTorch's practice."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from chainrule.errors import InputError
from chainrule.plan import Parameters
from chainrule.training.optimizers import (
    OPTIMIZERS,
    Adam,
    AdamW,
    GradientDescent,
    GradientOptimizer,
    Momentum,
)
from chainrule.training.update import Update
from tests.allocations import allocations
from tests.training.optimizers.counterparts import COUNTERPARTS, GRADIENT_OPTIMIZERS
from tests.training.optimizers.paths import (
    RATE,
    assert_same_path,
    path_of,
    path_of_torch,
    start,
)

DECAY = 0.3
MAX_NORM = 5.0  # gradients here have norms from about 9 to 50
PRECISIONS = pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)

clip_by_torch = partial(torch.nn.utils.clip_grad_norm_, max_norm=MAX_NORM)


@PRECISIONS
@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_weight_decay_is_that_of_torch(name: str, dtype: torch.dtype) -> None:
    ours = path_of(Update(GRADIENT_OPTIMIZERS[name](), weight_decay=DECAY).bind, dtype=dtype)
    assert_same_path(ours, path_of_torch(COUNTERPARTS[name], weight_decay=DECAY, dtype=dtype))


@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_clipping_is_that_of_torch(name: str) -> None:
    ours = path_of(Update(GRADIENT_OPTIMIZERS[name](), weight_decay=0, clip_norm=MAX_NORM).bind)
    assert_same_path(ours, path_of_torch(COUNTERPARTS[name], clip=clip_by_torch))


@PRECISIONS
@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_clipping_and_weight_decay_together_are_those_of_torch(
    name: str, dtype: torch.dtype
) -> None:
    update = Update(GRADIENT_OPTIMIZERS[name](), weight_decay=DECAY, clip_norm=MAX_NORM)
    theirs = path_of_torch(COUNTERPARTS[name], weight_decay=DECAY, clip=clip_by_torch, dtype=dtype)
    assert_same_path(path_of(update.bind, dtype=dtype), theirs)


@pytest.mark.parametrize("optimizer", [Adam(), AdamW()])
def test_a_share_of_the_weight_decay_is_a_weaker_decay(optimizer: GradientOptimizer) -> None:
    halved, weak = start(), start()
    updates = (
        Update(optimizer, weight_decay=DECAY).bind(halved).calls(RATE, decay_share=0.5),
        Update(optimizer, weight_decay=DECAY / 2).bind(weak).calls(RATE),
    )
    for calls in updates:
        for call in calls:
            call()
    assert not halved.weights.equal(start().weights)
    assert halved.weights.equal(weak.weights)


def test_both_forms_of_weight_decay_are_one_under_gradient_descent() -> None:
    class Decoupled(GradientDescent):
        decoupled_decay = True

    coupled = path_of(Update(GradientDescent(), DECAY).bind)
    assert_same_path(coupled, path_of(Update(Decoupled(), DECAY).bind))


@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_weight_decay_is_the_default_of_the_optimizer_where_none_is_given(name: str) -> None:
    chosen = GRADIENT_OPTIMIZERS[name]()
    explicit = Update(chosen, weight_decay=chosen.default_weight_decay)
    ours, expected = path_of(Update(chosen).bind), path_of(explicit.bind)
    assert all(path.equal(expected[parameter]) for parameter, path in ours.items())


def test_the_defaults_of_weight_decay_are_those_of_the_sources() -> None:
    defaults = {n: (o.default_weight_decay, o.decoupled_decay) for n, o in OPTIMIZERS.items()}
    coupled = OPTIMIZERS.keys() - {"adamw", "lion", "muon"}
    assert defaults == {
        # torch 2.13.0, torch.optim.AdamW and torch.optim.Muon
        "adamw": (0.01, True),
        "muon": (0.1, True),
        # Chen et al. (2023), section 5: three to ten times that of AdamW
        "lion": (0.03, True),
        **dict.fromkeys(coupled, (0.0, False)),
    }


def gradient_after(update: Update) -> dict[str, float]:
    """A weight of 2 and a bias of 3 with a gradient of 10 each: what the gradient is made to."""
    parameters = Parameters({"w": (1, 1), "b": (1,)}, torch.float64)
    parameters.values["w"].fill_(2.0)
    parameters.values["b"].fill_(3.0)
    for gradient in parameters.gradients.values():
        gradient.fill_(10.0)
    update.bind(parameters)(RATE)
    return {name: gradient.item() for name, gradient in parameters.gradients.items()}


def test_penalties_are_added_to_the_gradient_after_it_was_clipped() -> None:
    update = Update(GradientDescent(), weight_decay=0.5, l1=0.25, clip_value=1.0)
    assert gradient_after(update) == {"w": 1.0 + 0.5 * 2.0 + 0.25, "b": 1.0}


def test_the_norm_is_clipped_before_the_values() -> None:
    update = Update(GradientDescent(), clip_norm=0.5, clip_value=0.3)
    assert gradient_after(update) == {"w": 0.3, "b": 0.3}
    # The other way round the norm of (0.4, 0.4) would be cut to 0.5: 0.35 each.
    update = Update(GradientDescent(), clip_norm=0.5, clip_value=0.4)
    clipped = gradient_after(update)
    assert clipped == {"w": pytest.approx(0.3535533, rel=1e-6), "b": clipped["w"]}


def test_what_is_off_leaves_the_optimizer_alone() -> None:
    ours, expected = path_of(Update(Momentum()).bind), path_of(Momentum().bind)
    assert all(path.equal(expected[parameter]) for parameter, path in ours.items())


def test_the_average_has_the_weights_that_the_step_led_to() -> None:
    parameters = start()
    update = Update(GradientDescent(), average=0.0).bind(parameters)
    parameters.gradient.fill_(1.0)
    update(RATE)
    assert update.average is not None
    torch.testing.assert_close(update.average.values, parameters.weights)


def test_an_update_without_averaging_keeps_nothing() -> None:
    update = Update(GradientDescent()).bind(start())
    assert update.average is None


@pytest.mark.parametrize("name", GRADIENT_OPTIMIZERS)
def test_a_whole_update_allocates_nothing(name: str) -> None:
    parameters = start(torch.float32)
    update = Update(
        GRADIENT_OPTIMIZERS[name](),
        weight_decay=DECAY,
        l1=0.1,
        clip_norm=MAX_NORM,
        clip_value=1.0,
        average=0.9,
    ).bind(parameters)
    parameters.gradient.copy_(parameters.weights)
    assert allocations([partial(update, RATE)]) == []


def test_what_lies_between_parameters_stays_zero_in_a_whole_update() -> None:
    parameters = start()
    update = Update(
        AdamW(), weight_decay=DECAY, l1=0.1, clip_norm=MAX_NORM, clip_value=1.0, average=0.9
    ).bind(parameters)
    for gradient in parameters.gradients.values():
        gradient.fill_(1.0)
    for _ in range(3):
        update(RATE)
    for values in (*parameters.values.values(), *parameters.gradients.values()):
        values.zero_()
    assert parameters.weights.count_nonzero() == 0
    assert parameters.gradient.count_nonzero() == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (Update(Adam(), weight_decay=-1.0), "weight_decay=-1.0, expected a number of at least 0"),
        (Update(Adam(), l1=-1.0), "l1=-1.0, expected a number of at least 0"),
        (Update(Adam(), clip_norm=0.0), "max_norm=0.0, expected a positive number"),
        (Update(Adam(), clip_value=0.0), "max_value=0.0, expected a positive number"),
        (Update(Adam(), average=1.0), "decay=1.0, expected a number from 0 to below 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_part_that_cannot_be_is_refused_before_the_first_step(
    wrong: Update, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        wrong.bind(start())
