"""Given: the settings as keyword arguments, so that editors and type checkers know them.

What they mean and their defaults stand in settings.py, which also checks them.
"""

from typing import Literal, TypedDict

from chainrule.training.objective.mixed_precision import Precision
from chainrule.training.settings.settings import (
    BestBy,
    ClassWeight,
    Duplicates,
    MemberValidation,
    PredictionRange,
    Sampling,
)


class SettingsKwargs(TypedDict, total=False):
    """Any of the fields of `Settings` but those that `train` also takes as objects."""

    members: int
    member_validation: MemberValidation
    split: tuple[float, float, float]
    group: str | None
    time: str | None
    split_column: str | None
    duplicates: Duplicates | None
    class_weight: ClassWeight | None
    sample_weight: str | None
    scaling: str | None
    encoding: str
    embedding: int
    projection: str | None
    components: int | float | None
    mixup: float
    loss: str | None
    label_smoothing: float
    prediction_range: PredictionRange
    learning_rate: float | None
    schedule_epochs: int | None
    warm_up: float
    batch_size: int | Literal["all"] | None
    epochs: int
    iterations: int | None
    sampling: Sampling
    precision: Precision
    weight_decay: float | None
    weight_decay_schedule: str
    dropout_schedule: str
    l1: float
    clip_norm: float | None
    clip_value: float | None
    average: float | None
    patience: int
    best_by: BestBy
    seed: int
