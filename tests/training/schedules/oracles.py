"""Expected factors of each schedule, from torch.optim.lr_scheduler or a float64 formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.optim import lr_scheduler

from chainrule.training.schedules import (
    Constant,
    Cosine,
    Coslog4,
    Exponential,
    FlatCos,
    MultiStep,
    OneCycle,
    Rate,
    ReduceOnPlateau,
    Schedule,
    Step,
    WarmUp,
)

STEPS = 200

# A validation loss each ten updates: falls, stalls, falls by too little, rises, falls again.
EVERY = 10
LOSSES = [1.0, 0.8, 0.8, 0.79999, 0.9, 0.85, 0.7, 0.7, 0.71, 0.72]
LOSSES += [0.7, 0.73, 0.69, 0.69, 0.7, 0.7, 0.7, 0.7, 0.7, 0.6]


def factors_of(rate: Rate) -> list[float]:
    """Return the factor at each update, with validation losses passed in between."""
    factors = []
    for step in range(STEPS):
        factors.append(rate.factor(step))
        if (step + 1) % EVERY == 0:
            rate.validated(LOSSES[step // EVERY])
    return factors


def factors_of_torch(scheduler: Callable[[torch.optim.Optimizer], Any]) -> list[float]:
    """The learning rate at each update, of which the full rate is 1."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = scheduler(optimizer)
    factors = []
    for step in range(STEPS):
        factors.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if not isinstance(theirs, lr_scheduler.ReduceLROnPlateau):
            if step + 1 < STEPS:
                theirs.step()
        elif (step + 1) % EVERY == 0:
            theirs.step(LOSSES[step // EVERY])
    return factors


def behind_linear(
    length: int, start: float, following: Callable[[torch.optim.Optimizer], Any]
) -> Callable[[torch.optim.Optimizer], Any]:
    """torch's SequentialLR of a LinearLR and another."""
    return lambda o: lr_scheduler.SequentialLR(
        o,
        [lr_scheduler.LinearLR(o, start, 1.0, length), following(o)],
        milestones=[length],
    )


TORCH: Sequence[tuple[Schedule, Callable[[torch.optim.Optimizer], Any]]] = [
    (Constant(), lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
    (Step(), lambda o: lr_scheduler.StepLR(o, 50, gamma=0.5)),
    (Step(0.1, 0.7), lambda o: lr_scheduler.StepLR(o, 20, gamma=0.7)),
    (MultiStep(), lambda o: lr_scheduler.MultiStepLR(o, [100, 150], gamma=0.1)),
    (MultiStep((0.1, 0.3, 0.7), 0.5), lambda o: lr_scheduler.MultiStepLR(o, [20, 60, 140], 0.5)),
    (Exponential(), lambda o: lr_scheduler.ExponentialLR(o, 0.01 ** (1 / STEPS))),
    (Exponential(0.5), lambda o: lr_scheduler.ExponentialLR(o, 0.5 ** (1 / STEPS))),
    (Cosine(), lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS)),
    (Cosine(0.1), lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, eta_min=0.1)),
    (OneCycle(), lambda o: one_cycle(o)),
    (OneCycle(0.25, 10, 1e5), lambda o: one_cycle(o, 0.25, 10, 1e5)),
    (OneCycle(0.333), lambda o: one_cycle(o, 0.333)),
    (ReduceOnPlateau(), lambda o: plateau(o, 0.1, 4, 1e-4)),
    (ReduceOnPlateau(patience=1), lambda o: plateau(o, 0.1, 0, 1e-4)),
    (ReduceOnPlateau(0.5, 2, 0.0), lambda o: plateau(o, 0.5, 1, 0.0)),
    (ReduceOnPlateau(0.5, 2, 0.1), lambda o: plateau(o, 0.5, 1, 0.1)),
    (
        WarmUp(Constant(), length=20, start=0.1),
        behind_linear(20, 0.1, lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
    ),
    (
        WarmUp(Cosine(), length=0.05),
        behind_linear(10, 0.01, lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS - 10)),
    ),
    (
        WarmUp(Exponential(0.5), length=1, start=0.5),
        behind_linear(1, 0.5, lambda o: lr_scheduler.ExponentialLR(o, 0.5 ** (1 / (STEPS - 1)))),
    ),
]

FORMULAS: Sequence[tuple[Schedule, Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]]] = [
    (Coslog4(), lambda t: (1 - np.cos(2 * np.pi * np.log2(1 + 15 * t))) / 2),
    (FlatCos(), lambda t: np.where(t < 0.5, 1, np.cos(np.pi * (t - 0.5)) ** 2)),
]


def one_cycle(
    optimizer: torch.optim.Optimizer,
    pct_start: float = 0.3,
    div_factor: float = 25,
    final_div_factor: float = 1e4,
) -> lr_scheduler.OneCycleLR:
    """torch's, over all steps, without its cycle of the momentum."""
    return lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=1.0,
        total_steps=STEPS,
        pct_start=pct_start,
        div_factor=div_factor,
        final_div_factor=final_div_factor,
        cycle_momentum=False,
    )


def plateau(
    optimizer: torch.optim.Optimizer, factor: float, patience: int, threshold: float
) -> lr_scheduler.ReduceLROnPlateau:
    """torch's, without its rule that leaves out small reductions."""
    return lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=factor, patience=patience, threshold=threshold, eps=0
    )
