"""Methods that settings name: optimizer, schedules, augmentation, objective and update."""

from __future__ import annotations

from chainrule.data.augmentation import Augmentation, Mixup, parse_augmentation
from chainrule.ops.parts.activation import ACTIVATIONS
from chainrule.registry import named
from chainrule.training.objective.objective import Objective
from chainrule.training.optimizers import OPTIMIZERS, GradientOptimizer, Optimizer
from chainrule.training.schedules import SCHEDULES, Schedule, WarmUp
from chainrule.training.settings.settings import Settings
from chainrule.training.update import Update

__all__ = ["parse_augmentation", "parse_optimizer", "parse_schedule"]


def parse_optimizer(text: str) -> Optimizer:
    """Make the optimizer that a text such as "adam:beta1=0.8" names.

    Raises:
        InputError: the optimizer or one of its settings is unknown or invalid.
    """
    return named(text, OPTIMIZERS)


def parse_schedule(text: str) -> Schedule:
    """Make the schedule that a text such as "step:factor=0.5" names.

    Raises:
        InputError: the schedule or one of its settings is unknown or invalid.
    """
    return named(text, SCHEDULES)


def check_activation(names: str | tuple[str, ...]) -> None:
    """Refuse unknown names of activations.

    Raises:
        InputError: an activation is unknown.
    """
    for name in (names,) if isinstance(names, str) else names:
        ACTIVATIONS[name]


def make_optimizer(settings: Settings) -> Optimizer:
    """Make the optimizer."""
    return parse_optimizer(settings.optimizer)


def make_schedule(settings: Settings) -> Schedule:
    """Make the schedule of the learning rate, with its warm-up."""
    schedule = parse_schedule(settings.schedule)
    return WarmUp(schedule, settings.warm_up) if settings.warm_up else schedule


def make_augmentation(settings: Settings) -> Augmentation | None:
    """Make the augmentation of pictures; None if there is none."""
    augmentation = parse_augmentation(settings.augment)
    return augmentation if augmentation.transforms else None


def make_mixup(settings: Settings) -> Mixup | None:
    """Make mixup; None if there is none."""
    return Mixup(settings.mixup) if settings.mixup else None


def make_objective(settings: Settings) -> Objective:
    """Make the objective to minimise."""
    return Objective(
        settings.loss,
        settings.label_smoothing,
        weighted=settings.class_weight is not None or settings.sample_weight is not None,
        mixed=settings.mixup > 0,
    )


def make_update(settings: Settings, optimizer: GradientOptimizer) -> Update:
    """Make the update of the weights: clipping, penalties, the optimizer's step, averaging."""
    return Update(
        optimizer,
        weight_decay=settings.weight_decay,
        l1=settings.l1,
        clip_norm=settings.clip_norm,
        clip_value=settings.clip_value,
        average=settings.average,
    )
