"""Settings of a training run: the same words in Python, on the command line and in TOML files."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import AfterValidator, Field

from chainrule.data.augmentation import Augmentation, Mixup, parse_augmentation
from chainrule.data.preparation.encoding import ENCODINGS
from chainrule.data.preparation.projection import PROJECTIONS
from chainrule.data.preparation.scaling import SCALINGS
from chainrule.ops.parts.loss import LOSSES
from chainrule.registry import named
from chainrule.training.objective.mixed_precision import Precision
from chainrule.training.objective.objective import Objective
from chainrule.training.optimizers import OPTIMIZERS, GradientOptimizer, Optimizer
from chainrule.training.schedules import SCHEDULES, Schedule, WarmUp
from chainrule.training.settings.validation import Expected, OneOf, Options
from chainrule.training.update import Update

Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Shares = tuple[Share, Share, Share]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
AboveZero = Annotated[float, Field(gt=0, allow_inf_nan=False)]
BelowOne = Annotated[float, Field(ge=0, lt=1)]
ClassWeight = Literal["balanced"]
Duplicates = Literal["together"]
PredictionRange = Literal["any", "training"]
MemberValidation = Literal["shared", "folds"]
BestBy = Literal["loss", "accuracy"]
Sampling = Literal["shuffled", "in_order", "with_replacement"]

A_POSITIVE = "a positive number"

Given = TypeVar("Given")


def _sum_to_one(shares: Shares) -> Shares:
    if abs(math.fsum(shares) - 1) > 1e-9 or shares[0] == 0:
        raise ValueError
    return shares


def _understood_by(understand: Callable[[Given], object]) -> Callable[[Given], Given]:
    """A validator that refuses what a function raises an error for."""

    def checked(given: Given) -> Given:
        understand(given)
        return given

    return checked


class Settings(Options):
    """How a network is trained. Every field has a default that is a good first try."""

    # How many networks
    members: Annotated[Positive, Expected("a whole number of at least 1", "5")] = 1
    member_validation: Annotated[MemberValidation, OneOf(get_args(MemberValidation))] = "shared"

    # The samples
    split: Annotated[
        Shares,
        AfterValidator(_sum_to_one),
        Expected("three numbers from 0 to 1 that sum to 1, the first above 0", "0.7,0.15,0.15"),
    ] = (0.7, 0.15, 0.15)
    group: Annotated[str | None, Expected("the name of a column as text", "patient")] = None
    time: Annotated[str | None, Expected("the name of a column as text", "date")] = None
    split_column: Annotated[str | None, Expected("the name of a column as text", "part")] = None
    duplicates: Annotated[Duplicates | None, OneOf(get_args(Duplicates))] = None
    class_weight: Annotated[ClassWeight | None, OneOf(get_args(ClassWeight))] = None
    sample_weight: Annotated[str | None, Expected("the name of a column as text", "weight")] = None

    # Their preparation
    scaling: Annotated[str | None, AfterValidator(OneOf(SCALINGS))] = None
    encoding: Annotated[str, AfterValidator(OneOf(ENCODINGS))] = "one_hot"
    embedding: Annotated[Positive, Expected("a whole number of at least 1", "8")] = 8
    projection: Annotated[str | None, AfterValidator(OneOf(PROJECTIONS))] = None
    components: Annotated[
        Positive | Annotated[float, Field(gt=0, le=1)] | None,
        Expected("a whole number, or a share of the variance from 0.0 to 1.0", "0.95"),
    ] = None
    augment: Annotated[
        tuple[str, ...],
        AfterValidator(_understood_by(parse_augmentation)),
        Expected("texts", '["flip", "shift:0.1"]'),
    ] = ()
    mixup: Annotated[NotNegative, Expected("a number of at least 0", "0.2", "; 0 is for none")] = (
        0.0
    )

    # What is minimised
    loss: Annotated[str | None, AfterValidator(OneOf(LOSSES))] = None
    label_smoothing: Annotated[BelowOne, Expected("a number from 0 to below 1", "0.1")] = 0.0
    prediction_range: Annotated[PredictionRange, OneOf(get_args(PredictionRange))] = "any"

    # How
    optimizer: Annotated[
        str,
        AfterValidator(_understood_by(partial(named, registry=OPTIMIZERS))),
        Expected("the name of an optimizer", "adam"),
    ] = "adam"
    learning_rate: Annotated[AboveZero | None, Expected(A_POSITIVE, "0.001")] = None
    schedule: Annotated[
        str,
        AfterValidator(_understood_by(partial(named, registry=SCHEDULES))),
        Expected("the name of a schedule", "cosine"),
    ] = "constant"
    schedule_epochs: Annotated[Positive | None, Expected("a whole number of at least 1", "100")] = (
        None
    )
    warm_up: Annotated[
        NotNegative,
        Expected("a share of the run below 1, or a whole number of updates", "0.05"),
    ] = 0.0
    batch_size: Annotated[
        Positive | Literal["all"] | None, Expected("a whole number of at least 1, or all", "32")
    ] = None
    epochs: Annotated[Positive, Expected("a whole number of at least 1", "100")] = 100
    iterations: Annotated[Positive | None, Expected("a whole number of at least 1", "1000")] = None
    sampling: Annotated[Sampling, OneOf(get_args(Sampling))] = "shuffled"
    precision: Annotated[Precision, OneOf(get_args(Precision))] = "float32"

    # Kept in bounds
    weight_decay: Annotated[NotNegative | None, Expected("a number of at least 0", "0.01")] = None
    weight_decay_schedule: Annotated[
        str,
        AfterValidator(_understood_by(partial(named, registry=SCHEDULES))),
        Expected("the name of a schedule", "flat_cos"),
    ] = "constant"
    dropout_schedule: Annotated[
        str,
        AfterValidator(_understood_by(partial(named, registry=SCHEDULES))),
        Expected("the name of a schedule", "flat_cos"),
    ] = "constant"
    l1: Annotated[NotNegative, Expected("a number of at least 0", "0.0001")] = 0.0
    clip_norm: Annotated[AboveZero | None, Expected(A_POSITIVE, "1")] = None
    clip_value: Annotated[AboveZero | None, Expected(A_POSITIVE, "0.5")] = None
    average: Annotated[
        BelowOne | None, Expected("the share that is kept, from 0 to below 1", "0.999")
    ] = None
    patience: Annotated[
        int, Field(ge=0), Expected("a whole number of at least 0", "10", "; 0 is for never")
    ] = 10
    best_by: Annotated[BestBy, OneOf(get_args(BestBy))] = "loss"
    seed: Annotated[int, Expected("a whole number", "0")] = 0

    @property
    def chosen_optimizer(self) -> Optimizer:
        """The rule by which weights follow the gradient."""
        return named(self.optimizer, OPTIMIZERS)

    @property
    def chosen_schedule(self) -> Schedule:
        """How the learning rate goes, the warm-up included."""
        chosen = named(self.schedule, SCHEDULES)
        return WarmUp(chosen, self.warm_up) if self.warm_up else chosen

    @property
    def chosen_dropout_schedule(self) -> Schedule:
        """How the rate of dropout goes, as a share of what each layer says."""
        return named(self.dropout_schedule, SCHEDULES)

    @property
    def chosen_weight_decay_schedule(self) -> Schedule:
        """How the strength of weight decay goes, as a share of the full one."""
        return named(self.weight_decay_schedule, SCHEDULES)

    @property
    def chosen_augmentation(self) -> Augmentation | None:
        """What becomes of pictures, if anything."""
        chosen = parse_augmentation(self.augment)
        return chosen if chosen.transforms else None  # as of the preset none

    @property
    def chosen_mixup(self) -> Mixup | None:
        """How samples are mixed, if they are."""
        return Mixup(self.mixup) if self.mixup else None

    @property
    def objective(self) -> Objective:
        """What is minimised."""
        return Objective(
            self.loss,
            self.label_smoothing,
            weighted=self.class_weight is not None or self.sample_weight is not None,
            mixed=self.mixup > 0,
        )

    def update_for(self, optimizer: GradientOptimizer) -> Update:
        """All that stands between the gradient and the weights."""
        return Update(
            optimizer,
            weight_decay=self.weight_decay,
            l1=self.l1,
            clip_norm=self.clip_norm,
            clip_value=self.clip_value,
            average=self.average,
        )
