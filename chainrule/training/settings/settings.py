"""Settings of a training: the declaration of each option, with type, default, help and example.

The names are keyword arguments in Python, keys of TOML files and options of the command line. No
large library is imported here, since the help of the command line is made from this module.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal, TypedDict

from pydantic import AfterValidator, BeforeValidator, Field

from chainrule.options import (
    DATA,
    PREPARATION,
    REGULARISATION,
    TRAINING,
    AboveZero,
    BelowOne,
    NotNegative,
    Option,
    Options,
    Positive,
    Share,
    split_text,
)
from chainrule.training.settings.selection import SelectionMetric, full_name

Shares = tuple[Share, Share, Share]
ClassWeight = Literal["balanced"]
Duplicates = Literal["together"]
PredictionRange = Literal["any", "training"]
MemberValidation = Literal["shared", "folds"]
Sampling = Literal["shuffled", "in_order", "with_replacement"]
TargetTransformName = Literal["none", "log", "yeo_johnson", "auto"]
Precision = Literal["float32", "bfloat16", "auto"]

NAME_OF_COLUMN = "the name of a column as text"
METHODS = "chainrule.training.recipe.methods"


def _sum_to_one(shares: Shares) -> Shares:
    if abs(math.fsum(shares) - 1) > 1e-9 or shares[0] == 0:
        raise ValueError
    return shares


class Settings(Options):
    """Settings of a training. Every field has a default that suits most data."""

    split: Annotated[
        Shares,
        BeforeValidator(split_text),
        AfterValidator(_sum_to_one),
        Option(
            help="Shares of DATA for training, for validation (which selects the best epoch) and "
            "for the test.",
            metavar="A,B,C",
            group=DATA,
            expects="three numbers from 0 to 1 that sum to 1, the first above 0",
            example="0.7,0.15,0.15",
            basic=True,
        ),
    ] = (0.7, 0.15, 0.15)
    group: Annotated[
        str | None,
        Option(
            help="Column of groups, such as patients: all rows of a group are in the same part. It "
            "is not an input of the network.",
            metavar="COLUMN",
            group=DATA,
            expects=NAME_OF_COLUMN,
            example="patient",
            default="rows are split at random",
        ),
    ] = None
    time: Annotated[
        str | None,
        Option(
            help="Column of dates or numbers: train on the earliest rows, test on the latest.",
            metavar="COLUMN",
            group=DATA,
            expects=NAME_OF_COLUMN,
            example="date",
        ),
    ] = None
    split_column: Annotated[
        str | None,
        Option(
            help="Column that marks each row as train, validation or test. It is not an input of "
            "the network.",
            metavar="COLUMN",
            group=DATA,
            expects=NAME_OF_COLUMN,
            example="part",
        ),
    ] = None
    duplicates: Annotated[
        Duplicates | None,
        Option(
            help="Put equal rows into the same part.",
            metavar="together",
            group=DATA,
            default="they are split like other rows, and counted",
        ),
    ] = None

    scaling: Annotated[
        str | None,
        Option(
            help="Scaling of numbers: smooth_clip, standardise, centre, min_max, robust, "
            "robust_smooth_clip, quantile or none.",
            metavar="NAME",
            group=PREPARATION,
            default="robust_smooth_clip of the preset strong, smooth_clip of plain, min_max for "
            "pictures",
            names="chainrule.data.preparation.scaling:SCALINGS",
        ),
    ] = None
    encoding: Annotated[
        str,
        Option(
            help="Encoding of categories: one_hot, ordinal, codes (indices of learned vectors), or "
            "auto: one_hot up to 8 categories, codes above.",
            metavar="NAME",
            group=PREPARATION,
            names="chainrule.data.preparation.encoding:ENCODINGS",
            default="auto of the preset strong, one_hot of plain",
        ),
    ] = "one_hot"
    embedding: Annotated[
        Positive,
        Option(
            help="Length of the learned vector of a category.",
            metavar="N",
            group=PREPARATION,
            example="8",
        ),
    ] = 8
    projection: Annotated[
        str | None,
        Option(
            help="Projection of all features: pca, pca_whitening or zca_whitening.",
            metavar="NAME",
            group=PREPARATION,
            default="none",
            names="chainrule.data.preparation.projection:PROJECTIONS",
        ),
    ] = None
    components: Annotated[
        Positive | Annotated[float, Field(gt=0, le=1)] | None,
        Option(
            help="Principal components to keep: how many, or their share of the variance, such as "
            "0.95.",
            metavar="N",
            group=PREPARATION,
            expects="a whole number, or a share of the variance from 0.0 to 1.0",
            example="0.95",
            default="all",
        ),
    ] = None
    target_transform: Annotated[
        TargetTransformName,
        Option(
            help="Transform of a numeric target in training: log or yeo_johnson, for a skewed one, "
            "none, or auto (the one with the lowest validation error in short trainings). "
            "Predictions and metrics are in the unit of the data.",
            metavar="NAME",
            group=PREPARATION,
        ),
    ] = "none"
    augment: Annotated[
        tuple[str, ...],
        Option(
            help="Augmentation of training pictures: flip, shift:0.1, crop:4, zoom:0.1, rotate:15, "
            "jitter, erase; or photographs or digits for a set of them; or none. Repeatable.",
            metavar="NAME",
            group=PREPARATION,
            expects="texts",
            example='["flip", "shift:0.1"]',
            default="photographs for files of pictures in colour",
            parse=f"{METHODS}:parse_augmentation",
            repeatable=True,
        ),
    ] = ()
    mixup: Annotated[
        NotNegative,
        Option(
            help="Mixup: mix the samples of a batch in pairs, weakly near 0, evenly at 1.",
            metavar="NUMBER",
            group=PREPARATION,
            example="0.2",
            remark="; 0 is for none",
            default="0, none",
        ),
    ] = 0.0

    loss: Annotated[
        str | None,
        Option(
            help="Loss: mean_squared_error, half_sum_of_squares, mean_absolute_error or huber; "
            "binary_cross_entropy or perceptron_criterion; sparse_categorical_cross_entropy or "
            "categorical_cross_entropy.",
            metavar="NAME",
            group=TRAINING,
            default="the first that fits the task",
            names="chainrule.ops.parts.loss:LOSSES",
        ),
    ] = None
    label_smoothing: Annotated[
        BelowOne,
        Option(
            help="Share of each target that is spread over all classes.",
            metavar="SHARE",
            group=TRAINING,
            example="0.1",
            default="0.1 of the preset strong for classes, else 0",
        ),
    ] = 0.0
    prediction_range: Annotated[
        PredictionRange,
        Option(
            help="Range of predicted numbers: training (that of the training samples) or any.",
            metavar="NAME",
            group=TRAINING,
            only_learning=True,
            default="training of the preset strong for numbers, else any",
        ),
    ] = "any"
    class_weight: Annotated[
        ClassWeight | None,
        Option(
            help="Weight the samples so that all classes have the same total weight.",
            metavar="balanced",
            group=TRAINING,
            default="all samples have the same weight",
        ),
    ] = None
    sample_weight: Annotated[
        str | None,
        Option(
            help="Column of sample weights.",
            metavar="COLUMN",
            group=TRAINING,
            expects=NAME_OF_COLUMN,
            example="weight",
        ),
    ] = None
    optimizer: Annotated[
        str,
        Option(
            help="Optimizer: gradient_descent, momentum, nesterov, adagrad, rmsprop, adam, adamw, "
            "nadam, lion, muon or lbfgs (all samples in each step); with settings such as "
            "adam:beta1=0.8.",
            metavar="NAME",
            group=TRAINING,
            expects="the name of an optimizer",
            example="adam",
            parse=f"{METHODS}:parse_optimizer",
            only_learning=True,
            default="adamw:beta2=0.95 of the preset strong, adam of plain",
        ),
    ] = "adam"
    learning_rate: Annotated[
        AboveZero | None,
        Option(
            help="Learning rate; `chainrule range-test` proposes one.",
            metavar="NUMBER",
            group=TRAINING,
            example="0.001",
            default="0.04 of the preset strong for classes, 0.2 of strong for numbers, else that "
            "of the optimizer, 0.001 for adam",
            basic=True,
            only_learning=True,
        ),
    ] = None
    schedule: Annotated[
        str,
        Option(
            help="Schedule of the learning rate: constant, step, multi_step, exponential, cosine, "
            "one_cycle, coslog4, flat_cos or reduce_on_plateau.",
            metavar="NAME",
            group=TRAINING,
            expects="the name of a schedule",
            example="cosine",
            parse=f"{METHODS}:parse_schedule",
            only_learning=True,
            default="coslog4 of the preset strong, constant of plain",
        ),
    ] = "constant"
    schedule_epochs: Annotated[
        Positive | None,
        Option(
            help="Number of epochs that the schedule is planned for; a run of another length is "
            "refused.",
            metavar="N",
            group=TRAINING,
            example="100",
            default="the length of the run",
        ),
    ] = None
    warm_up: Annotated[
        NotNegative,
        Option(
            help="Warm-up: raise the learning rate linearly at first, for a share of the run or a "
            "number of updates.",
            metavar="SHARE",
            group=TRAINING,
            expects="a share of the run below 1, or a whole number of updates",
            example="0.05",
            default="0",
            only_learning=True,
        ),
    ] = 0.0
    batch_size: Annotated[
        Positive | Literal["all"] | None,
        Option(
            help="Number of samples in a batch, for one update: 1 for stochastic, all for batch "
            "gradient descent.",
            metavar="N",
            group=TRAINING,
            expects="a whole number of at least 1, or all",
            example="32",
            default="256 of the preset strong; of plain 32 below 10,000 samples, 128 below "
            "100,000, else 256",
            basic=True,
        ),
    ] = None
    epochs: Annotated[
        Positive,
        Option(
            help="Largest number of epochs, passes over all training samples.",
            metavar="N",
            group=TRAINING,
            example="100",
            default="256 of the preset strong, 100 of plain",
            basic=True,
            only_learning=True,
        ),
    ] = 100
    iterations: Annotated[
        Positive | None,
        Option(
            help="Number of updates after which training ends, instead of epochs.",
            metavar="N",
            group=TRAINING,
            example="1000",
            only_learning=True,
        ),
    ] = None
    sampling: Annotated[
        Sampling,
        Option(
            help="Order of the samples: shuffled (each once an epoch), in_order, or "
            "with_replacement (each batch drawn independently).",
            metavar="NAME",
            group=TRAINING,
        ),
    ] = "shuffled"
    precision: Annotated[
        Precision,
        Option(
            help="Precision of matrix products in training: float32, bfloat16 (half the memory; "
            "faster where the processor has it), or auto (bfloat16 where it is faster). Weights "
            "stay float32.",
            metavar="NAME",
            group=TRAINING,
        ),
    ] = "float32"
    members: Annotated[
        Positive,
        Option(
            help="Number of networks with different seeds, which are trained together and predict "
            "by their mean.",
            metavar="N",
            group=TRAINING,
            example="5",
        ),
    ] = 1
    member_validation: Annotated[
        MemberValidation,
        Option(
            help="Validation samples of members: shared, or folds (each member is validated on "
            "another part of all samples except the test, and trained on the rest).",
            metavar="NAME",
            group=TRAINING,
        ),
    ] = "shared"
    seed: Annotated[
        int,
        Option(
            help="Seed of random numbers; equal seeds give bit-identical runs.",
            metavar="N",
            group=TRAINING,
            expects="a whole number",
            example="0",
            basic=True,
        ),
    ] = 0

    patience: Annotated[
        Annotated[int, Field(ge=0)],
        Option(
            help="Number of epochs without a better validation score after which training stops; 0 "
            "for no early stopping.",
            metavar="N",
            group=REGULARISATION,
            expects="a whole number of at least 0",
            example="10",
            remark="; 0 is for never",
            only_learning=True,
            default="0 of the preset strong, 10 of plain",
        ),
    ] = 10
    metric: Annotated[
        SelectionMetric,
        BeforeValidator(full_name),
        Option(
            help="Metric of the validation that selects the best epoch and drives early stopping; "
            "reports name it first. loss; for classes accuracy, balanced_accuracy, f1, roc_auc, "
            "average_precision or log_loss; for numbers rmse, mae, mape or r2.",
            metavar="NAME",
            group=REGULARISATION,
            only_learning=True,
            default="accuracy of the preset strong for classes, else loss",
        ),
    ] = "loss"
    weight_decay: Annotated[
        NotNegative | None,
        Option(
            help="Strength of weight decay (the L2 penalty) on matrices and filters.",
            metavar="NUMBER",
            group=REGULARISATION,
            example="0.01",
            default="0.02 of the preset strong, else that of the optimizer, 0 for adam",
            only_learning=True,
        ),
    ] = None
    weight_decay_schedule: Annotated[
        str,
        Option(
            help="Schedule of the weight decay, such as flat_cos.",
            metavar="NAME",
            group=REGULARISATION,
            expects="the name of a schedule",
            example="flat_cos",
            parse=f"{METHODS}:parse_schedule",
            only_learning=True,
            default="flat_cos of the preset strong, constant of plain",
        ),
    ] = "constant"
    dropout_schedule: Annotated[
        str,
        Option(
            help="Schedule of the dropout rate, such as flat_cos.",
            metavar="NAME",
            group=REGULARISATION,
            expects="the name of a schedule",
            example="flat_cos",
            parse=f"{METHODS}:parse_schedule",
            only_learning=True,
            default="flat_cos of the preset strong, constant of plain",
        ),
    ] = "constant"
    l1: Annotated[
        NotNegative,
        Option(
            help="Strength of the L1 penalty on matrices and filters.",
            metavar="NUMBER",
            group=REGULARISATION,
            example="0.0001",
            default="0",
            only_learning=True,
        ),
    ] = 0.0
    clip_norm: Annotated[
        AboveZero | None,
        Option(
            help="Largest norm of the gradient.",
            metavar="NUMBER",
            group=REGULARISATION,
            example="1",
            default="no limit",
            only_learning=True,
        ),
    ] = None
    clip_value: Annotated[
        AboveZero | None,
        Option(
            help="Largest absolute element of the gradient.",
            metavar="NUMBER",
            group=REGULARISATION,
            example="0.5",
            default="no limit",
            only_learning=True,
        ),
    ] = None
    average: Annotated[
        BelowOne | None,
        Option(
            help="Decay of a moving average of the weights, which replaces them in validation and "
            "in the model, such as 0.999.",
            metavar="SHARE",
            group=REGULARISATION,
            expects="the share that is kept, from 0 to below 1",
            example="0.999",
            default="none",
            only_learning=True,
        ),
    ] = None


class SettingsKwargs(TypedDict, total=False):
    """Settings as keyword arguments, without those that functions also take as objects."""

    split: tuple[float, float, float]
    group: str | None
    time: str | None
    split_column: str | None
    duplicates: Duplicates | None
    scaling: str | None
    encoding: str
    embedding: int
    projection: str | None
    components: int | float | None
    target_transform: TargetTransformName
    mixup: float
    loss: str | None
    label_smoothing: float
    prediction_range: PredictionRange
    class_weight: ClassWeight | None
    sample_weight: str | None
    learning_rate: float | None
    schedule_epochs: int | None
    warm_up: float
    batch_size: int | Literal["all"] | None
    epochs: int
    iterations: int | None
    sampling: Sampling
    precision: Precision
    members: int
    member_validation: MemberValidation
    seed: int
    patience: int
    metric: SelectionMetric
    weight_decay: float | None
    weight_decay_schedule: str
    dropout_schedule: str
    l1: float
    clip_norm: float | None
    clip_value: float | None
    average: float | None
