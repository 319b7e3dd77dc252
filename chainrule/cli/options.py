"""Options: the same words on the command line, in TOML files and in Python, told of in one place.

Here are the words for people; what each option takes is checked by the records of config.py. Values
arrive as text, so that a mistake gets the same message wherever it was made. Nothing heavy is
imported, for help must be quick.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args

import typer

from chainrule.data.columns.vocabulary import LEFT_OUT, Role

DATA = "What to learn"
PREPARATION = "How it is prepared"
NETWORK = "The network"
LEARNING = "How it learns"
BOUNDS = "What keeps it in bounds"


@dataclass(frozen=True)
class Option:
    """An option of a command.

    Attributes:
        name: as in TOML and Python; on the command line with dashes.
        metavar: what it takes, in one word.
        panel: under which help lists it.
        help: what it does, and what happens without it.
        repeatable: whether it can be given several times.
        flag: whether it is given without a value.
    """

    name: str
    metavar: str
    panel: str
    help: str
    repeatable: bool = False
    flag: bool = False


# A bracket is written \\[ in help, which would read it as a style otherwise. What a name means is
# told by `chainrule methods`.
MISSING = Option(
    "missing",
    "TEXT",
    DATA,
    "Text that means a missing value, beside empty, ?, NA, n/a, NaN and NULL. Repeatable.",
    repeatable=True,
)

FORMAT = (
    Option(
        "query",
        "SQL",
        DATA,
        "A SELECT of the rows, where DATA is a database of DuckDB, SQLite or PostgreSQL.",
    ),
    Option(
        "text_encoding",
        "NAME",
        DATA,
        "Of a text file, such as cp949 or utf-16. \\[default: UTF-8, or what it seems to be]",
    ),
    Option(
        "decimal",
        "SIGN",
        DATA,
        "Before the decimals of numbers in a text file: . or ,. \\[default: ., and also , where "
        "semicolons stand between values]",
    ),
)

UNREADABLE_SHARE = Option(
    "unreadable_share",
    "SHARE",
    DATA,
    "Of files of pictures that may be damaged; they are left out. \\[default: 0.05]",
)
PATH_COLUMN = Option(
    "path_column",
    "COLUMN",
    DATA,
    "That names files of pictures, where it can't be found out.",
)

# How rows for a model are read, beside what the model knows.
READING = (MISSING, *FORMAT, UNREADABLE_SHARE, PATH_COLUMN)

THE_NETWORK = (
    Option(
        "network",
        "NAME",
        NETWORK,
        "linear, perceptron, mlp, residual_mlp, realmlp, realmlp_simple, or for pictures cnn and "
        "resnet; rnn, lstm and gru read a picture row by row. \\[default: mlp] For photographs "
        "cnn.",
    ),
    Option(
        "layers",
        "N,N,...",
        NETWORK,
        "Units of each dense hidden layer; '' for none. \\[default: 128,64 of an mlp]",
    ),
    Option("filters", "N,N,...", NETWORK, "Of the stages of a cnn or resnet."),
    Option("units", "N", NETWORK, "Width of a residual_mlp."),
    Option("blocks", "N", NETWORK, "Blocks of a residual_mlp, or of each stage of a resnet."),
    Option(
        "activation",
        "NAME",
        NETWORK,
        "Of the hidden layers: relu, leaky_relu, elu, selu, gelu, silu, mish, softplus, tanh, "
        "sigmoid, softmax or identity. (step can't be trained.) \\[default: relu]",
    ),
    Option(
        "initialiser",
        "NAME",
        NETWORK,
        "How weights begin: he, he_uniform, xavier, xavier_uniform, xavier_fan_in, lecun, "
        "lecun_uniform, orthogonal, gaussian (deviation 0.01), gaussian_large (1) or zeros. "
        "\\[default: what suits the activation]",
    ),
    Option(
        "normalisation",
        "NAME",
        NETWORK,
        "batch or layer: before each activation. \\[default: batch in cnn, resnet and "
        "residual_mlp, none in an mlp]",
    ),
    Option("dropout", "SHARE", NETWORK, "Of units that are dropped in a step. \\[default: 0]"),
)

PREPARED = (
    Option(
        "scaling",
        "NAME",
        PREPARATION,
        "Of numbers: smooth_clip, standardise, centre, min_max, robust, robust_smooth_clip, "
        "quantile or none. "
        "\\[default: smooth_clip; of pictures min_max]",
    ),
    Option(
        "encoding",
        "NAME",
        PREPARATION,
        "Of categories: one_hot, ordinal, codes, whose vectors are learned, or auto: one_hot of up "
        "to 8 categories, else codes. "
        "\\[default: one_hot]",
    ),
    Option("embedding", "N", PREPARATION, "Length of the vector of a code. \\[default: 8]"),
    Option(
        "projection",
        "NAME",
        PREPARATION,
        "Of all features together: pca, pca_whitening or zca_whitening. \\[default: none]",
    ),
    Option(
        "components",
        "N",
        PREPARATION,
        "Principal components that are kept: how many, or their share of the variance, such as "
        "0.95. \\[default: all]",
    ),
    Option(
        "augment",
        "NAME",
        PREPARATION,
        "What may happen to a training picture: flip, shift:0.1, crop:4, zoom:0.1, rotate:15, "
        "jitter, erase; or photographs or digits, for what is usual there; or none. Repeatable. "
        "\\[default: photographs for files of pictures in colour]",
        repeatable=True,
    ),
    Option(
        "mixup",
        "NUMBER",
        PREPARATION,
        "Mix samples of a batch in pairs; near 0 a little, 1 evenly. \\[default: 0, none]",
    ),
)

LEARNS = (
    Option(
        "loss",
        "NAME",
        LEARNING,
        "mean_squared_error, half_sum_of_squares, mean_absolute_error or huber; "
        "binary_cross_entropy or perceptron_criterion; sparse_categorical_cross_entropy or "
        "categorical_cross_entropy. \\[default: the first that fits the task]",
    ),
    Option(
        "label_smoothing",
        "SHARE",
        LEARNING,
        "Of each target that is spread over all classes. \\[default: 0]",
    ),
    Option(
        "prediction_range",
        "NAME",
        LEARNING,
        "Of predicted numbers: training, no further than the training samples, or any. "
        "\\[default: any]",
    ),
    Option(
        "class_weight",
        "balanced",
        LEARNING,
        "Let all classes count alike, however rare. \\[default: all samples count alike]",
    ),
    Option("sample_weight", "COLUMN", LEARNING, "That says how much each sample counts."),
    Option(
        "optimizer",
        "NAME",
        LEARNING,
        "gradient_descent, momentum, nesterov, adagrad, rmsprop, adam, adamw, nadam, lion, muon or "
        "lbfgs; with settings such as adam:beta1=0.8. \\[default: adam]",
    ),
    Option(
        "learning_rate",
        "NUMBER",
        LEARNING,
        "Size of the updates; `chainrule range-test` proposes one. \\[default: what suits the "
        "optimizer, 0.001 for adam]",
    ),
    Option(
        "schedule",
        "NAME",
        LEARNING,
        "How the learning rate goes: constant, step, multi_step, exponential, cosine, one_cycle, "
        "coslog4, flat_cos or reduce_on_plateau. \\[default: constant]",
    ),
    Option(
        "schedule_epochs",
        "N",
        LEARNING,
        "For how long a run the schedule was planned; a run of another length is then refused. "
        "\\[default: it takes the whole run]",
    ),
    Option(
        "warm_up",
        "SHARE",
        LEARNING,
        "Let the rate rise at first, for a share of the run, or for so many updates. "
        "\\[default: 0]",
    ),
    Option(
        "batch_size",
        "N",
        LEARNING,
        "Samples in a batch, from which an update is computed: 1 for stochastic, all for batch "
        "gradient descent. \\[default: 32 below 10,000 samples, 128 below 100,000, else 256]",
    ),
    Option(
        "epochs",
        "N",
        LEARNING,
        "Times that all training samples are seen, at most. \\[default: 100]",
    ),
    Option("iterations", "N", LEARNING, "Updates after which training ends, instead of epochs."),
    Option(
        "sampling",
        "NAME",
        LEARNING,
        "shuffled (each sample once an epoch), in_order (the same, as they come) or "
        "with_replacement (each batch drawn anew). \\[default: shuffled]",
    ),
    Option(
        "precision",
        "NAME",
        LEARNING,
        "Of the products in training: float32, bfloat16 (half the memory; faster where the "
        "processor has it), or auto (bfloat16 where it is faster). Weights stay float32. "
        "\\[default: float32]",
    ),
    Option(
        "members",
        "N",
        LEARNING,
        "Networks that are trained at once, from as many seeds, and predict together by their "
        "mean. \\[default: 1]",
    ),
    Option(
        "member_validation",
        "NAME",
        LEARNING,
        "What chooses the best epoch of each of several networks: the shared validation samples, "
        "or folds, another part for each of all samples but those of the test, while it learns "
        "from the rest. \\[default: shared]",
    ),
    Option(
        "seed",
        "N",
        LEARNING,
        "The same seed gives the same run, bit for bit. \\[default: 0]",
    ),
)

BOUNDED = (
    Option(
        "patience",
        "N",
        BOUNDS,
        "Epochs without a lower validation loss before training stops; 0 for never. "
        "\\[default: 10]",
    ),
    Option(
        "best_by",
        "NAME",
        BOUNDS,
        "What the epoch that is kept, and patience, go by in the validation: loss, or of classes "
        "accuracy. \\[default: loss]",
    ),
    Option(
        "weight_decay",
        "NUMBER",
        BOUNDS,
        "Strength of the L2 penalty, of matrices and filters. \\[default: 0; adamw and muon have "
        "one of their own]",
    ),
    Option(
        "weight_decay_schedule",
        "NAME",
        BOUNDS,
        "How its strength goes, such as flat_cos. \\[default: constant]",
    ),
    Option(
        "dropout_schedule",
        "NAME",
        BOUNDS,
        "How the share of dropped units goes, such as flat_cos. \\[default: constant]",
    ),
    Option("l1", "NUMBER", BOUNDS, "Strength of the L1 penalty, likewise. \\[default: 0]"),
    Option("clip_norm", "NUMBER", BOUNDS, "Largest norm of the gradient. \\[default: any]"),
    Option("clip_value", "NUMBER", BOUNDS, "Largest element of the gradient. \\[default: any]"),
    Option(
        "average",
        "SHARE",
        BOUNDS,
        "Keep a moving average of the weights, of which this share stays in each step, such as "
        "0.999. \\[default: none]",
    ),
)

TRAIN = (
    Option(
        "target",
        "COLUMN",
        DATA,
        "Column to predict. For IDX pictures the file of labels, if it is not named as usual; for "
        "npz the array of labels; for a folder of pictures nothing.",
    ),
    Option(
        "test_data",
        "FILE",
        DATA,
        "A file of its own for the test, instead of a share of DATA.",
    ),
    Option(
        "validation_data",
        "FILE",
        DATA,
        "A file of its own to choose the best epoch by, instead of a share of DATA.",
    ),
    Option(
        "split",
        "A,B,C",
        DATA,
        "Shares of DATA to learn from, to choose the best epoch by (validation), and to test on. "
        "\\[default: 0.7,0.15,0.15]",
    ),
    Option(
        "group",
        "COLUMN",
        DATA,
        "Whose rows of one value, such as those of a patient, all go to one part. Nothing is "
        "learned from it. \\[default: rows are split at random]",
    ),
    Option(
        "time",
        "COLUMN",
        DATA,
        "Of dates or numbers: the earliest rows are learned from, the latest tested on.",
    ),
    Option(
        "split_column",
        "COLUMN",
        DATA,
        "That says of each row train, validation or test. Nothing is learned from it.",
    ),
    Option(
        "duplicates",
        "together",
        DATA,
        "Let equal rows all go to one part. \\[default: they are split like others, and counted]",
    ),
    Option(
        "memory",
        "SIZE",
        DATA,
        "That learning may take, such as 2GiB. A CSV or Parquet file that needs more is read some "
        "rows at a time. \\[default: half of what is free]",
    ),
    Option(
        "task",
        "NAME",
        DATA,
        "regression (a number), binary (one of two classes) or classification (one of several). "
        "\\[default: what the target looks like]",
    ),
    Option(
        "categorical",
        "COLUMN",
        DATA,
        "Column whose values are names even if they are numbers, such as a postcode. Repeatable.",
        repeatable=True,
    ),
    Option(
        "role",
        "COLUMN=ROLE",
        DATA,
        "Role of a column, where it is not the one that `chainrule inspect` tells: "
        f"{', '.join(get_args(Role))}. Columns of {', '.join(sorted(LEFT_OUT))} are left out. "
        "Repeatable.",
        repeatable=True,
    ),
    MISSING,
    *FORMAT,
    Option(
        "picture_size",
        "N",
        DATA,
        "Pixels along the longer side that files of pictures are scaled to. \\[default: as they "
        "are, but at most 64]",
    ),
    UNREADABLE_SHARE,
    PATH_COLUMN,
    Option(
        "preset",
        "NAME",
        DATA,
        "Settings that belong together; those that you give win. strong: a network for tables that "
        "was tuned on many, RealMLP-TD; fast: its simple form; quick; ensemble; sklearn; plain: an "
        "mlp of the textbook, with the defaults that the other options tell. \\[default: strong "
        "for tables, plain for pictures, and where you choose network, optimizer, learning rate or "
        "schedule yourself]",
    ),
    Option("quick", "", DATA, "A first look in seconds: --preset quick.", flag=True),
    Option(
        "best",
        "",
        DATA,
        "Five networks, each validated on another fifth of the rows: the best scores, above all of "
        "few rows, for five times the work: --preset ensemble.",
        flag=True,
    ),
    *PREPARED,
    *THE_NETWORK,
    *LEARNS,
    *BOUNDED,
)

_INSPECTED = {"target", "task", "categorical", "role", "picture_size", *(o.name for o in READING)}
INSPECT = tuple(option for option in TRAIN if option.name in _INSPECTED)

CHECK = (
    Option(
        "inputs",
        "N",
        NETWORK,
        "Features of a sample, or height x width of a picture, as in 8x8. \\[default: 20]",
    ),
    Option(
        "outputs",
        "N",
        NETWORK,
        "Classes to tell apart; 1 for a number to predict. \\[default: 10]",
    ),
    *THE_NETWORK,
    Option(
        "batch_size",
        "N",
        LEARNING,
        "Samples to compute the loss of, drawn at random. \\[default: 16]",
    ),
    Option(
        "coordinates",
        "N",
        LEARNING,
        "Weights of each parameter to check, drawn at random; 0 for all. \\[default: 100]",
    ),
    Option("seed", "N", LEARNING, "Of the samples and of the weights. \\[default: 0]"),
)

Command = TypeVar("Command", bound=Callable[..., None])


def offers(options: Sequence[Option]) -> Callable[[Command], Command]:
    """Give a command, in place of its ``**given``, these options for Typer to find."""

    def offered(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        parameters = own + [_parameter(option) for option in options]
        parameters.sort(key=lambda parameter: parameter.kind)
        command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # as inspect documents
        return command

    return offered


def _parameter(option: Option) -> inspect.Parameter:
    takes: Any = bool if option.flag else list[str] if option.repeatable else str
    declared = typer.Option(
        f"--{option.name.replace('_', '-')}",
        metavar=option.metavar,
        rich_help_panel=option.panel,
        help=option.help,
    )
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[takes | None, declared],
    )
